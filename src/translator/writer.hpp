// Writing: the same plan backwards (map language §7). First the document is bound to slots, then slots become segments
// in the grammar's order. Internal to writer_*.cpp.
//
// Bound objects, their texts and paths stand in a Pool that is kept between documents; texts that are written as they
// stand in the document are views of it. Names are looked up once, by document::check, which marks each member.
#pragma once

#include "syntax/json/tape.hpp"
#include "translator/claim_choice.hpp"
#include "translator/plan.hpp"
#include "translator/pool.hpp"
#include "translator/translator.hpp"
#include "translator/translator_impl.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wharf::translator {

/// The text that stands for the number of HL segments until all are written.
inline constexpr std::string_view count_mark = "\x01HL";

/// Where something stands in the document: put into words only for what is said of it.
struct PathStep {
    static constexpr std::size_t member = static_cast<std::size_t>(-1);
    PathStep const* around = nullptr; // nullptr: the document
    std::string_view name;            // of a member
    std::size_t entry = member;       // else: place in the list around it
};
/// "lines[0].items[1]"; empty for nullptr, the document.
[[nodiscard]] std::string text_of(PathStep const* step);

struct OutObject {
    struct Text {
        std::string_view text;
        Line const* line = nullptr;
        bool computed = false; // does not make its segment worth writing
    };
    struct List {
        SlotIndex slot = no_slot;
        OutObject* first = nullptr;
        OutObject* last = nullptr;
        OutObject* unwritten = nullptr; // the first that no tuple was written for
        std::size_t size = 0;
        List* next = nullptr;

        void append(OutObject* item);
    };
    struct Kept { // an entry of `extensions`
        std::string_view key;
        json::Node const* value = nullptr;
        bool used = false;
    };

    Body const* body = nullptr;
    json::Node const* value = nullptr;
    PathStep const* place = nullptr;
    OutObject* next = nullptr; // in its list
    json::Node const* extensions = nullptr;
    std::span<Kept> kept;
    List* lists = nullptr;
    std::span<json::Node const*> members;    // of the document, by Member::number
    std::span<std::uint64_t> lines, claims;  // bits: those that something in the document concerns
    std::span<std::uint64_t> filled;         // bits: slots that have a text
    Text* texts = nullptr;                   // by slot; only where `filled`

    [[nodiscard]] std::string path() const { return text_of(place); }
    void add(List& list); // behind those that are there
    [[nodiscard]] List* list(SlotIndex slot) const {
        for (auto* one = lists; one != nullptr; one = one->next)
            if (one->slot == slot) return one;
        return nullptr;
    }
    /// nullptr: none.
    [[nodiscard]] Text const* text(SlotIndex slot) const {
        return (filled[slot / 64] >> (slot % 64) & 1) != 0 ? &texts[slot] : nullptr;
    }
    /// Of a text that is not empty.
    [[nodiscard]] bool says(SlotIndex slot) const {
        auto const* const one = text(slot);
        return one != nullptr && !one->text.empty();
    }
    void set(SlotIndex slot, Text const& text) {
        texts[slot] = text;
        filled[slot / 64] |= std::uint64_t{1} << (slot % 64);
        concern(slot);
    }
    void clear(SlotIndex slot) { filled[slot / 64] &= ~(std::uint64_t{1} << (slot % 64)); }
    /// The claims that read this slot have something to write.
    void concern(SlotIndex slot) {
        auto const words = claims.size();
        for (std::size_t i = 0; i < words; ++i)
            claims[i] |= body->slot_claims[slot * words + i];
    }
    [[nodiscard]] bool concerned(Claim const& claim) const {
        return (claims[claim.number / 64u] >> (claim.number % 64u) & 1) != 0;
    }
};

/// What binding found; `not_carried` counts members that no line writes.
struct BindReport {
    Diagnostics diagnostics;
    std::size_t not_carried = 0;
};

class Binder {
public:
    /// What is bound stands in `pool`, and holds views of the document. A document that is not marked for the plan's
    /// schema is marked.
    Binder(Plan const& plan, json::Node const& document, RunValues const* values, Pool& pool);
    OutObject& run(Diagnostics& diagnostics);

private:
    // --- writer_bind.cpp: objects, lists, extensions
    OutObject& make(Body const& body, json::Node const& value, PathStep const* place);
    OutObject& bind(Body const& body, json::Node const& value, PathStep const* place, OutObject const* parent,
                    BindReport& report);
    /// Notes each member of the document that the body knows, and the lines that write it. True: there is something
    /// for unwritten().
    bool find_members(OutObject& object, Member const& owner, json::Node const& value);
    void members(OutObject& object, Member const& owner, json::Node const& value, PathStep const* place,
                 BindReport& report);
    void position(OutObject const& item, std::size_t place, BindReport& report) const;
    void list(OutObject& object, Member const& member, json::Node const& items, PathStep const* place,
              BindReport& report);
    std::vector<std::string_view> carried_over(Member const& member, json::Node const& entry, PathStep const& place,
                                               BindReport& report);
    bool entry(OutObject& object, Member const& member, json::Node const& value, PathStep const& place,
               std::vector<Member const*>& taken, BindReport& report);
    OutObject& item(Body const& body, json::Node const& value, PathStep const* place, OutObject const* parent,
                    BindReport& report);
    void take_kept(OutObject& object, BindReport& report);
    void rests(OutObject& object);
    void filled_in(OutObject const& object, Member const& member, std::string const& path, BindReport& report) const;
    void not_carried(std::string const& path, json::Node const* value, std::string message, std::string help,
                     BindReport& report) const;
    PathStep const* step(PathStep const* around, std::string_view name);

    // --- writer_values.cpp: lines
    void values(OutObject& object, OutObject const* parent, BindReport& report);
    void value(OutObject& object, OutObject const* parent, Line const& line, BindReport& report);
    [[nodiscard]] Line const* chosen(OutObject const& object, Line const& line) const;
    void unwritten(OutObject const& object, Member const& owner, json::Node const& value, std::string const& path,
                   BindReport& report) const;
    bool quick_value(OutObject& object, Line const& line, json::Node const& value);
    bool line_value(OutObject& object, Line const& line, json::Node const& value, BindReport& report);
    void computed(OutObject& object, Line const& line, BindReport& report);
    void set(OutObject& object, SlotIndex slot, std::string_view text, Line const& line, bool is_computed,
             BindReport& report);
    void set_part(OutObject& object, SlotIndex slot, std::string_view text, Line const& line);
    std::string zone_offset(OutObject const& object, Line const& line) const;
    void check_read_back(Line const& line, std::vector<std::string> const& cells, json::Node const& value,
                         ConversionContext const& context, std::string const& path, BindReport& report) const;

    // --- writer_expression.cpp: what stands after `=`
    /// The canonical text; nothing where there is none. `fault` says why where that is an error.
    std::optional<std::string> evaluate(OutObject const& object, Expression const& expression,
                                        std::string& fault) const;
    std::optional<std::string> variable(OutObject const& object, Expression const& expression,
                                        std::string& fault) const;
    json::Node const* order_line(OutObject const& object) const;
    json::Node const& order() const;
    std::optional<std::string> sum(Expression const& expression, std::string& fault) const;
    std::uint64_t count(json::Node const& from, CanonicalPath const& path, std::size_t part, bool everywhere) const;

    Diagnostic fault(std::string_view code, std::string const& path, json::Node const* value, std::string message,
                     std::string help = {}) const;

    Plan const& plan_;
    json::Node const& document_;
    RunValues const* values_;
    Pool& pool_;
    bool extensions_fit_ = true;
    mutable std::optional<json::Tape> order_; // of values_->order, when it is asked for
    mutable bool order_missed_ = false;       // reported
};

/// How many entries the places behind a list slot of an X12 object take; the maximum where there is no limit.
[[nodiscard]] std::size_t x12_capacity(Plan const& plan, OutObject const& object, SlotIndex list);

/// One element under construction.
struct OutElement {
    std::string_view text;                // of a simple element, or of component 1
    std::vector<std::string_view> others; // components 2 and more
    OutObject::Text const* source = nullptr;

};

/// The elements of a segment under construction; its memory is kept for the next one.
class OutElements {
public:
    void clear() { size_ = 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] OutElement& operator[](std::size_t index) { return elements_[index]; }
    [[nodiscard]] OutElement const& operator[](std::size_t index) const { return elements_[index]; }
    /// Elements count from 1; component 0 is the whole of a simple element.
    OutElement& put(unsigned element, unsigned component, std::string_view text) {
        if (size_ < element) extend(element);
        auto& made = elements_[element - 1];
        if (component <= 1)
            made.text = text;
        else
            put_behind(made, component, text);
        return made;
    }
    [[nodiscard]] bool is_free(unsigned element, unsigned component) const {
        if (element > size_) return true;
        auto const& made = elements_[element - 1];
        if (component <= 1 && !made.text.empty()) return false;
        return component == 1 || made.others.empty() || others_free(made, component);
    }

private:
    void extend(unsigned element);
    static void put_behind(OutElement& element, unsigned component, std::string_view text);
    [[nodiscard]] static bool others_free(OutElement const& element, unsigned component);

    std::vector<OutElement> elements_;
    std::size_t size_ = 0;
};

class Emitter {
public:
    Emitter(Plan const& plan, x12::Delimiters const& delimiters, RunValues const* values, Pool& pool,
            Diagnostics& diagnostics);
    void run(OutObject& root, x12::SetBody& out);

private:
    /// What is known of the segment in fields_.
    struct Built {
        bool content = false; // something beside constants and computed values
        bool filled = false;  // anything at all
        bool more = false;    // tuples are left for another segment
    };
    /// Values of an element behind its first, from `extensions`.
    struct Repeated {
        unsigned element = 0;
        json::Node const* values = nullptr;
    };
    void scope(Scope const& scope, OutObject& object, x12::SetBody& out, unsigned parent_number);
    void row(Scope const& scope, grammar::NodeIndex row, OutObject& object, x12::SetBody& out,
             unsigned parent_number);
    /// `used`: the single claims of this row that are written already; nullptr where every claim is told apart by
    /// more than the row (levels of an HL tree).
    std::size_t claim(Scope const& scope, Claim const& claim, OutObject& object, x12::SetBody& out,
                      unsigned parent_number, UsedBits* used);
    std::size_t children(Scope const& scope, Claim const& claim, OutObject& object, x12::SetBody& out,
                         unsigned parent_number, UsedBits* used);
    void check_claim(Scope const& scope, Claim const& claim, std::vector<std::string_view> const& written,
                     OutObject const& object, UsedBits* used);
    std::size_t kept_segments(Scope const& scope, grammar::NodeIndex row, OutObject& object,
                              x12::SetBody& out);
    std::string kept_repetitions(json::Node const& values, OutObject const& object, grammar::NodeIndex node,
                                 std::size_t element);
    Built build(Use const& use, grammar::NodeIndex row, OutObject& object, Test const* test, std::string_view stem,
                bool more_allowed);
    void kept_elements(std::string_view stem, grammar::NodeIndex row, OutObject& object, Built& built);
    void finish(Built& built, grammar::NodeIndex row, OutObject const& object);
    void append_components(std::string& text, OutElement const& element, std::size_t number, grammar::NodeIndex row,
                           OutObject const& object);
    void append_repeated(std::string& text, json::Node const& values, std::size_t element, grammar::NodeIndex row,
                         OutObject const& object);
    char repetition(OutObject const& object, grammar::NodeIndex node, std::size_t element);
    void tuples(TupleRun const& run, grammar::NodeIndex row, OutObject& object, Built& built, bool more_allowed);
    void check(grammar::NodeIndex row, Built const& built, OutObject const& object);
    /// Where a text of the document came from; put into words only for what is said of it.
    struct TextPlace {
        OutObject const& object;
        OutObject::Text const* source = nullptr;
        bool kept = false; // from `extensions`
    };
    /// Characters and length by the partner's policy, each change with a diagnostic. Usual texts as they are.
    std::string_view fit(std::string_view text, grammar::NodeIndex row, std::size_t element, std::size_t component,
                         TextPlace place);
    void fit(std::string& text, grammar::NodeIndex row, std::size_t element, std::size_t component, TextPlace place);
    void check_characters(std::string_view text, std::string_view external, std::string const& canonical);
    static std::string canonical_of(TextPlace place);
    /// The first control character or delimiter; nullptr: none.
    [[nodiscard]] char const* bad_character(std::string_view text) const;
    Diagnostic fault(std::string_view code, std::string const& canonical, std::string message,
                     std::string help = {}) const;
    std::string const& segment_id(grammar::NodeIndex row) const;

    Plan const& plan_;
    grammar::Schema const& schema_;
    x12::Delimiters delimiters_;
    RunValues const* values_;
    Pool& pool_;
    Diagnostics& diagnostics_;
    OutElements elements_;                 // of the segment under construction
    std::vector<std::string_view> fields_; // … and what is written of it: the id, then the elements
    bool counted_ = false;                 // a count_mark stands in the body
    std::vector<Repeated> repeated_;
    std::array<bool, 256> bad_{}; // control characters and delimiters
    unsigned levels_ = 0;
};

/// The value of a member of an object of the document; nullptr where it is absent.
[[nodiscard]] inline json::Node const* find(OutObject const& object, Member const* member) {
    return member == nullptr || member->parent == nullptr ? object.value : object.members[member->number];
}
[[nodiscard]] bool holds(OutObject const& object, ConditionTest const& test, RunValues const* values);
/// `$profile.…`, `$envelope.…` in a condition: there, or one of the words.
[[nodiscard]] bool variable_holds(ConditionTest const& test, RunValues const* values);

} // namespace wharf::translator
