// The second half of reading: slots become JSON in the schema's order. Internal to serialise.cpp (the hot road) and
// serialise_kept.cpp (derived values, extensions, faults).
#pragma once

#include "translator/derive.hpp"
#include "translator/run.hpp"
#include "translator/source_document.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace wharf::translator {

class Serialiser {
public:
    Serialiser(Plan const& plan, SourceDocument const& source, RunValues const* values, Run& run,
               Diagnostics& diagnostics)
        : plan_(plan), source_(source), values_(values), run_(run), arena_(run.arena), json_(run.json),
          diagnostics_(diagnostics), text_(source.text()) {}

    std::uint64_t run() {
        json_.clear();
        object(*plan_.root, run_.root, 0); // never empty: it has its provenance
        counts();
        return extended_;
    }
    /// A value could not be converted, and its line says `on error hold`.
    [[nodiscard]] bool held() const { return held_; }

private:
    /// What was settled about an object's conditional lines.
    struct Choices {
        std::uint64_t taken = 0;               // flags of lines that took their texts
        std::array<std::int16_t, 16> groups{}; // the chosen line of each `one of`; -1: none
    };

    [[nodiscard]] std::string_view slot_text(ObjectId id, SlotIndex slot) const {
        return {text_ + arena_.begin(id, slot), arena_.length(id, slot)};
    }

    // --- serialise.cpp
    // --- objects and lists
    /// Appends the object; false when there was nothing in it (then nothing is appended).
    bool object(Body const& body, ObjectId id, std::uint32_t index);
    /// Of the body's root: the members something was read for.
    void members(Body const& body, ObjectId id, Choices& choices, std::uint32_t index);
    void member(Body const& body, Member const& member, ObjectId id, Choices& choices, std::uint32_t index);
    /// Ends an object or array begun at `inner`, whose parts each brought a comma; takes it back (with its key) when
    /// empty.
    void close(std::size_t at, std::size_t inner, char open, char end);
    void list(Body const& own, Member const& member, ObjectId id, Choices& choices);
    bool entry(Body const& body, Member const& entry, ObjectId id, Choices& choices);
    void given(Body const& body, Member const& member, ObjectId id);
    /// An item of a list of values.
    bool value(Body const& body, ObjectId id);
    // --- values
    void simple(Member const& member, ObjectId id);
    void convert(Line const& line, Alternative const& alternative, ObjectId id);
    [[nodiscard]] Line const& plan_line(ObjectId id, Member const& member) const;
    /// All parts that must be there are, constants as they must be, and a value besides.
    [[nodiscard]] bool satisfied(Alternative const& alternative, ObjectId id) const;
    [[nodiscard]] Alternative const* first_satisfied(Line const& line, ObjectId id) const;
    void choose_groups(Body const& body, ObjectId id, Choices& choices);
    void lines(Body const& body, Member const& member, ObjectId id, Choices& choices);
    /// The value just appended at `inner` repeats what the line's `same` member says.
    bool same(Line const& line, Alternative const& alternative, ObjectId id, std::size_t inner);
    bool holds(ConditionTest const& test, ObjectId id);
    // --- provenance and derived values
    void provenance(Member const& member);

    // --- serialise_kept.cpp
    void derived(Member const& member, ObjectId id);
    std::string converted(ObjectId id, SlotIndex slot);
    /// A node of the ship notice: its members' places are noted for shipped_lines.
    void shipped_node(Body const& body, ObjectId id, Choices& choices);
    void note_shipped(ObjectId id, ShippedNode& node);
    void note_slots(ObjectId id, ShippedNode& node);
    // --- extensions
    void extensions(Body const& body, Member const& member, ObjectId id, Choices const& choices);
    template <class Entries>
    void format_key(std::string_view key, Entries const& entries) {
        auto const at = json_.size();
        json_ += ",\"";
        json_ += key;
        json_ += "\":";
        auto const inner = json_.size();
        entries();
        close(at, inner, '{', '}');
    }
    /// What stands behind the last part of an element that lines share.
    void keep_rest(Line const& line, ObjectId id, SlotIndex slot);
    /// A text that lines could have taken and none did.
    void keep_slot(Body const& body, ObjectId id, SlotIndex slot);
    bool unread(Body const& body, ObjectId id, SlotIndex slot, Choices const& choices) const;
    bool has_unread(Body const& body, ObjectId id, Choices const& choices) const;
    // --- faults
    /// "lines[2].unit_price": the canonical place of a line's value.
    std::string canonical_place(ObjectId id, std::string_view tail) const;
    void refused(Line const& line, ObjectId id, SlotIndex slot);
    void passed(Line const& line, ObjectId id, SlotIndex slot); // a value that was taken, with what is to be said of it
    void report(Diagnostic found);
    void missing(Body const& body, Member const& member, ObjectId id);
    /// Counts as sent are data; a wrong one is a warning.
    void counts();

    Plan const& plan_;
    SourceDocument const& source_;
    RunValues const* values_;
    Run& run_;
    Arena& arena_;
    OutBuffer& json_;
    Diagnostics& diagnostics_;
    char const* text_;
    std::string reason_;
    std::uint64_t extended_ = 0;
    bool held_ = false;
    Choices const* choices_ = nullptr; // of the object being written, once its groups are chosen
    std::vector<std::pair<ObjectId, SlotIndex>> passed_; // texts that could not be converted, and may stay as they are
    struct Rest {
        ObjectId object;
        SlotIndex slot;
        Line const* line;
    };
    std::vector<Rest> rests_;
    std::vector<std::pair<ObjectId, std::string>> via_;
    std::array<ShippedNode::Text, 12> watched_{};
    std::vector<ShippedNode> shipped_;
    std::int32_t shipped_parent_ = -1;
};

} // namespace wharf::translator
