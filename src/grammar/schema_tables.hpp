// What the validator's fast path reads of a schema: flat arrays, small entries, no pointers. Made by Schema::compile beside
// the readable form of the same facts; docs/validator.md tells why. Internal to grammar/.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace wharf::grammar {

class CodeList;
class CodeTable;
class Schema;

/// How the fast path looks at an element. It only says "right" or "look again".
enum class Check : std::uint8_t {
    text,    // length; characters, and blanks at either end, are tested for the whole segment
    code,    // text, and in a list of codes of up to eight bytes
    digits,  // Nn: digits with a leading minus
    decimal, // R: the same with one point
    date,    // DT
    time,    // TM
    plain_digits, // by a guide: text of digits
    bounded,      // by a guide: a number within bounds
    careful, // what needs more: composites, binary data, what a guide says beyond lengths, codes and digits
};

struct FastElement {
    std::uint32_t min = 0;
    std::uint32_t span = 0;  // max - min
    std::uint16_t codes = 0; // index into SchemaTables::codes; of `bounded` into bounds
    Check check = Check::text;
};

/// What a guide says of a number, times 10^8.
struct FastBounds {
    std::int64_t from = INT64_MIN;
    std::int64_t to = INT64_MAX;
    std::uint8_t decimals = 0xff; // at most so many behind the point
    std::uint8_t implied = 0;     // of type Nn
    bool point = false;           // of type R
};

struct FastNote {
    std::uint64_t mask = 0;
    std::uint64_t first = 0;
    char kind = 'P';
};

/// By Node::rule.
struct FastRule {
    std::uint64_t mandatory = 0; // element masks: bit n-1 is element n
    std::uint64_t forbidden = 0; // by a guide
    std::uint32_t first_element = 0;
    std::uint32_t first_note = 0;
    std::uint16_t notes = 0;
    std::uint8_t elements = 0;
    bool components = false; // a guide says something of components
};

struct FastNode {
    std::uint32_t first_element = 0; // as of its rule
    std::uint32_t max = 1;           // 0xffffffff: unlimited; 0: no occurrence is right
    std::uint16_t rule = 0;
    std::uint16_t place = 0xffff;    // index into Schema::places()
    std::uint8_t elements = 0;
    std::uint8_t special = 0;        // SpecialSegment
};

/// Segments that mean more than their place: whether a set has any is known without looking again. Bits.
enum SpecialSegment : std::uint8_t {
    special_loop_header = 1, // LS
    special_level = 2,       // HL
    special_components = 4,  // a guide says something of components
};

/// Variants of one row that are told apart by one element.
struct FastPlace {
    std::uint64_t max = 0;        // of all variants together; all ones: unlimited
    std::uint32_t first_key = 0;  // index into SchemaTables::keys
    std::uint32_t first_variant = 0; // index into SchemaTables::variants
    std::uint16_t keys = 0;
    std::uint16_t variants = 0;
    std::uint16_t others = 0xffff;
    std::uint8_t element = 0;     // 0: Schema::variant_of knows more
};
struct FastKey {
    std::uint64_t key = 0; // as of CodeTable
    std::uint16_t node = 0;
};

/// A step of a correct reader in 16 bits.
using FastStep = std::uint16_t;
inline constexpr FastStep step_node = 0x3fff;    // mask of the node; all ones: a surprise
inline constexpr FastStep step_leaves = 0x4000;  // minimum counts of rows that are left must be looked at
inline constexpr FastStep step_repeats = 0x8000;
inline constexpr std::size_t most_nodes = 0x3fff;

/// A list of codes: the release's, or one that a guide narrows.
struct FastCodes {
    CodeList const* list = nullptr;         // hashed on first use
    std::shared_ptr<CodeTable const> table; // of a guide; hashed at once
};

struct SchemaTables {
    std::vector<FastElement> elements; // contiguous per rule
    std::vector<FastNote> notes;
    std::vector<FastRule> rules;
    std::vector<FastNode> nodes;
    std::vector<FastStep> steps;           // nodes x segments
    std::vector<std::uint16_t> lookup;     // hash of packed segment ids; an empty place has the index past the last segment
    std::vector<std::uint32_t> packed_ids; // by segment, and one that no id has
    std::vector<FastCodes> codes;
    std::vector<FastBounds> bounds;
    std::vector<FastPlace> places;         // as Schema::places()
    std::vector<FastKey> keys;
    std::vector<std::uint16_t> variants;   // nodes
    std::uint32_t multiplier = 1;
    unsigned shift = 0;
    bool guided = false; // places, minimum counts or bounds must be looked at
};

/// Of a schema whose readable form is complete.
[[nodiscard]] SchemaTables make_tables(Schema const& schema);

} // namespace wharf::grammar
