// The rules of a guide as values: paths, conditions, effects. Parsed by guide_line, resolved and run by guide_rules.
//
// Plain structs that own their texts; immutable once the guide is loaded and shared by all threads.
#pragma once

#include "base/decimal.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wharf::grammar {

class Pattern; // guide_pattern.hpp

/// What a row says of use: as the grammar has it, M, O or -.
enum class Use : std::uint8_t { grammar, must, may, must_not };

/// Where in a guide something was written. The file name belongs to the guide.
struct GuidePlace {
    std::string const* file = nullptr; // nullptr: not from a guide
    std::uint32_t line = 0;            // 1-based
    std::uint32_t column = 0;          // 1-based, bytes
    std::uint32_t length = 0;
};

/// What stands in brackets: `[ST]` (element 0: the segment's key), `[SAC02=C310]`. No values: any value (`[*]`).
struct QualifierTest {
    std::uint8_t element = 0; // after resolving always 1-based
    std::uint8_t component = 0;
    std::vector<std::string> values;
};

struct PathStep {
    std::string segment;      // "N1"; empty in a step that only names an element of the block's own segment
    std::uint32_t place = 1;  // `#2`: the second place of that name among its siblings
    std::vector<QualifierTest> qualifiers; // all must hold
    std::uint32_t occurrence = 0; // `(3)`; 0: any
};

/// docs/grammar-language.md, "Paths": looked up in the block, then outward; from the set when absolute.
struct RulePath {
    bool absolute = false;
    std::vector<PathStep> steps;
    std::uint8_t element = 0;   // 0: the segment or loop itself
    std::uint8_t component = 0; // 0: the whole element
    std::string pair;           // "UP" of `<UP>`: the value whose qualifier is UP
    std::string text;           // as written
    GuidePlace source;
};

/// `is WORD`: a kind of value with a rule of its own.
enum class ValueKind : std::uint8_t { none, upc, ean, gtin, sscc, gln, date, time };

/// What a guide says of one value: an element, a component, or the value of a pair.
struct ValueRule {
    Use use = Use::grammar;
    bool report = false; // findings of this row are warnings
    std::optional<std::pair<std::uint32_t, std::uint32_t>> lengths; // in place of the grammar's
    std::vector<std::string> codes;        // the only ones allowed, sorted; empty: the grammar's list
    std::vector<std::string> beyond_codes; // accepted beside `codes` or the grammar's list, sorted
    bool digits = false;
    bool unique = false; // within the set
    std::optional<std::uint8_t> decimals; // at most
    std::optional<Decimal> from, to;
    ValueKind is = ValueKind::none;
    std::shared_ptr<Pattern const> like;
    std::string like_text;
    std::string name; // for messages
    std::string note;
    GuidePlace source;
    std::vector<GuidePlace> earlier; // where guides that this one extends speak of it, newest first

    /// True when it says anything that must be looked at in data.
    [[nodiscard]] bool constrains() const {
        return use != Use::grammar || lengths || !codes.empty() || !beyond_codes.empty() || digits || unique || decimals ||
               from || to || is != ValueKind::none || like != nullptr;
    }
};

struct Operand {
    enum class Kind : std::uint8_t { literal, value, count, sum, unique };
    Kind kind = Kind::literal;
    std::string literal;
    RulePath path; // all but literal
};

struct Condition {
    enum class Kind : std::uint8_t { any_of, all_of, negation, present, absent, like, in, compare };
    enum class Order : std::uint8_t { equal, not_equal, less, less_or_equal, greater, greater_or_equal };
    Kind kind = Kind::present;
    std::vector<Condition> parts; // any_of, all_of, negation (one)
    Operand left;                 // the tests; a bare `unique(path)` is `present` on a unique operand
    Operand right;                // compare
    Order order = Order::equal;
    std::vector<std::string> values; // in
    std::shared_ptr<Pattern const> like;
    std::string like_text;
};

struct Effect {
    RulePath path;
    ValueRule rule;
};

/// `when C: effects [else use]`, `need C`, `order N1 BY ST`.
struct Rule {
    enum class Kind : std::uint8_t { when, need, order };
    Kind kind = Kind::need;
    Condition condition;              // when, need
    std::vector<Effect> effects;      // when
    Use otherwise = Use::grammar;     // when: what the effects' places are where the condition does not hold
    std::string segment;              // order
    std::vector<std::string> values;  // order: qualifiers in the order they must come
    std::string message;              // the author's own words for the finding; empty: made from the rule
    bool report = false;
    std::string text;                 // the rule as written, without the message
    GuidePlace source;
};

/// `levels HL`: one line of the tree.
struct LevelRule {
    std::string code; // HL03
    std::string name;
    bool mandatory = false;
    std::uint32_t min = 0;
    std::uint32_t max = 0; // 0: unlimited
    std::vector<std::string> under; // possible parents; empty: the top
    GuidePlace source;
};

struct LevelRules {
    std::vector<LevelRule> levels; // empty: the guide has no `levels`
    std::optional<std::uint32_t> count_from; // HL01
    bool parent_required = false;            // HL02 parent
    bool parent_unused = false, child_unused = false; // HL02 unused, HL04 unused
};

} // namespace wharf::grammar
