// Writing: the same plan backwards (map language §7). First the document is bound to slots, then slots become segments
// in the grammar's order. Internal to writer_*.cpp.
#pragma once

#include "translator/claim_choice.hpp"
#include "translator/plan.hpp"
#include "translator/translator.hpp"
#include "translator/translator_impl.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wharf::translator {

/// The text that stands for the number of HL segments until all are written.
inline constexpr std::string_view count_mark = "\x01HL";

struct OutObject {
    struct Text {
        std::string text;
        Line const* line = nullptr;
        bool set = false;
        bool computed = false; // does not make its segment worth writing
    };
    struct List {
        SlotIndex slot = no_slot;
        std::vector<std::unique_ptr<OutObject>> items;
        std::size_t written = 0;
    };
    struct Kept { // an entry of `extensions`
        std::string key;
        json::Value const* value = nullptr;
        bool used = false;
    };

    Body const* body = nullptr;
    json::Value const* value = nullptr;
    std::string path; // "lines[0].items[1]"
    std::vector<Text> slots;
    std::vector<List> lists;
    std::vector<Kept> kept;
    std::vector<std::unique_ptr<json::Value>> made; // entries that the document does not have: pieces of a long text

    [[nodiscard]] List* list(SlotIndex slot);
};

/// What binding found; `not_carried` counts members that no line writes.
struct BindReport {
    Diagnostics diagnostics;
    std::size_t not_carried = 0;
};

class Binder {
public:
    Binder(Plan const& plan, json::Value const& document, RunValues const* values);
    std::unique_ptr<OutObject> run(Diagnostics& diagnostics);

private:
    // --- writer_bind.cpp: objects, lists, extensions
    std::unique_ptr<OutObject> bind(Body const& body, json::Value const& value, std::string path,
                                    OutObject const* parent, BindReport& report);
    void members(OutObject& object, Member const& owner, json::Value const& value, std::string const& path,
                 BindReport& report);
    void position(Body const& body, json::Value const& entry, std::string const& path, std::size_t place,
                  BindReport& report) const;
    void list(OutObject& object, Member const& member, json::Value const& items, std::string const& path,
              BindReport& report);
    std::vector<json::Value> carried_over(Member const& member, json::Value const& entry, std::string const& path,
                                          BindReport& report) const;
    bool entry(OutObject& object, Member const& member, json::Value const& value, std::string const& path,
               std::size_t index, std::vector<Member const*>& taken, BindReport& report);
    std::unique_ptr<OutObject> item(Body const& body, json::Value const& value, std::string path,
                                    OutObject const* parent, BindReport& report);
    void take_kept(OutObject& object, BindReport& report);
    void rests(OutObject& object);
    void filled_in(OutObject const& object, Member const& member, std::string const& path, BindReport& report) const;
    void not_carried(std::string const& path, json::Value const* value, std::string message, std::string help,
                     BindReport& report) const;

    // --- writer_values.cpp: lines
    void values(OutObject& object, OutObject const* parent, BindReport& report);
    void unwritten(OutObject const& object, Member const& owner, json::Value const& value, std::string const& path,
                   BindReport& report) const;
    bool line_value(OutObject& object, Line const& line, json::Value const& value, BindReport& report);
    void computed(OutObject& object, Line const& line, BindReport& report);
    void set(OutObject& object, SlotIndex slot, std::string text, Line const& line, bool is_computed,
             BindReport& report);
    void set_part(OutObject::Text& place, std::string const& text, Line const& line) const;
    std::string zone_offset(OutObject const& object, Line const& line) const;
    void check_read_back(Line const& line, std::vector<std::string> const& cells, json::Value const& value,
                         ConversionContext const& context, std::string const& path, BindReport& report) const;

    // --- writer_expression.cpp: what stands after `=`
    /// The canonical text; nothing where there is none. `fault` says why where that is an error.
    std::optional<std::string> evaluate(OutObject const& object, Expression const& expression,
                                        std::string& fault) const;
    std::optional<std::string> variable(OutObject const& object, Expression const& expression,
                                        std::string& fault) const;
    json::Value const* order_line(OutObject const& object) const;
    std::optional<std::string> sum(Expression const& expression, std::string& fault) const;
    std::uint64_t count(json::Value const& from, CanonicalPath const& path, std::size_t part, bool everywhere) const;

    Diagnostic fault(std::string_view code, std::string const& path, json::Value const* value, std::string message,
                     std::string help = {}) const;

    Plan const& plan_;
    json::Value const& document_;
    RunValues const* values_;
    bool extensions_fit_ = true;
    mutable bool order_missed_ = false; // reported
};

/// How many entries the places behind a list slot of an X12 object take; the maximum where there is no limit.
[[nodiscard]] std::size_t x12_capacity(Plan const& plan, OutObject const& object, SlotIndex list);

class Emitter {
public:
    Emitter(Plan const& plan, x12::Delimiters const& delimiters, RunValues const* values, Diagnostics& diagnostics)
        : plan_(plan), schema_(*plan.schema), delimiters_(delimiters), values_(values), diagnostics_(diagnostics) {}
    void run(OutObject& root, std::vector<x12::OutSegment>& out);

private:
    struct Built {
        x12::OutSegment segment;
        bool content = false; // something beside constants and computed values
        bool filled = false;  // anything at all
        bool more = false;    // tuples are left for another segment
    };
    void scope(Scope const& scope, OutObject& object, std::vector<x12::OutSegment>& out, unsigned parent_number);
    void row(Scope const& scope, grammar::NodeIndex row, OutObject& object, std::vector<x12::OutSegment>& out,
             unsigned parent_number);
    /// `used`: the single claims of this row that are written already; nullptr where every claim is told apart by
    /// more than the row (levels of an HL tree).
    std::size_t claim(Scope const& scope, Claim const& claim, OutObject& object, std::vector<x12::OutSegment>& out,
                      unsigned parent_number, UsedBits* used);
    void check_claim(Scope const& scope, Claim const& claim, x12::OutSegment const& written, OutObject const& object,
                     UsedBits* used);
    std::size_t kept_segments(Scope const& scope, grammar::NodeIndex row, OutObject& object,
                              std::vector<x12::OutSegment>& out);
    std::string kept_repetitions(json::Value const& values, OutObject const& object, grammar::NodeIndex node,
                                 std::size_t element);
    Built build(Use const& use, grammar::NodeIndex row, OutObject& object, Test const* test, std::string const& stem,
                bool more_allowed);
    char repetition(OutObject const& object, grammar::NodeIndex node, std::size_t element);
    void tuples(TupleRun const& run, grammar::NodeIndex row, OutObject& object, Built& built,
                std::vector<std::vector<std::string>>& elements, bool more_allowed);
    using Sources = std::array<OutObject::Text const*, 64>; // by element: the text that filled it, or nullptr
    void check(grammar::NodeIndex row, Built const& built, Sources const& sources, OutObject const& object);
    /// Where a text of the document came from; put into words only for what is said of it.
    struct TextPlace {
        OutObject const& object;
        OutObject::Text const* source = nullptr;
        bool kept = false; // from `extensions`
    };
    /// Characters and length by the partner's policy, each change with a diagnostic.
    void fit(std::string& text, grammar::NodeIndex row, std::size_t element, std::size_t component, TextPlace place);
    void check_characters(std::string_view text, std::string_view external, std::string const& canonical);
    static std::string canonical_of(TextPlace place);
    /// The first control character or delimiter; nullptr: none.
    [[nodiscard]] char const* bad_character(std::string_view text) const;
    Diagnostic fault(std::string_view code, std::string const& canonical, std::string message,
                     std::string help = {}) const;
    std::string segment_id(grammar::NodeIndex row) const;

    Plan const& plan_;
    grammar::Schema const& schema_;
    x12::Delimiters delimiters_;
    RunValues const* values_;
    Diagnostics& diagnostics_;
    unsigned levels_ = 0;
};

/// The value of a member of an object of the document; nullptr where it is absent.
[[nodiscard]] json::Value const* find(OutObject const& object, Member const* member);
[[nodiscard]] bool holds(OutObject const& object, ConditionTest const& test, RunValues const* values);
/// `$profile.…`, `$envelope.…` in a condition: there, or one of the words.
[[nodiscard]] bool variable_holds(ConditionTest const& test, RunValues const* values);

} // namespace wharf::translator
