// One reading of one transaction set: the tree of slot objects, and how it is filled. Scratch memory that is kept
// between sets; one Run belongs to one thread.
//
// An object is a few words in one arena: a header, then a slot per SlotInfo of its Body. A slot is where a text begins
// in the set and how long it is, or the first and last object of a list. Nothing is copied, nothing is allocated per
// field.
#pragma once

#include "translator/claim_choice.hpp"
#include "translator/node_plan.hpp"
#include "translator/plan.hpp"
#include "translator/source_document.hpp"
#include "translator/translator.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wharf::translator {

using ObjectId = std::uint32_t; // word index in the arena; 0: none

class Arena {
public:
    static constexpr std::uint32_t header_words = 8;

    void clear() { size_ = 1; }
    ObjectId make(Body const& body, ObjectId parent, std::uint32_t segment) {
        auto const id = static_cast<ObjectId>(size_);
        // four words at a time: most objects have two or three slots, and a call would cost more than it does
        auto const count = (header_words + 2 * body.slots.size() + 3) / 4 * 4;
        if (size_ + count > words_.size()) words_.resize((size_ + count) * 2);
        constexpr std::array<std::uint32_t, 4> nothing{};
        for (auto *to = words_.data() + size_, *const end = to + count; to != end; to += 4)
            std::memcpy(to, nothing.data(), sizeof nothing);
        size_ += count;
        words_[id + 1] = parent;
        words_[id + 2] = body.index;
        words_[id + 5] = segment;
        return id;
    }
    [[nodiscard]] ObjectId next(ObjectId id) const { return words_[id]; }
    void set_next(ObjectId id, ObjectId next) { words_[id] = next; }
    [[nodiscard]] ObjectId parent(ObjectId id) const { return words_[id + 1]; }
    [[nodiscard]] std::uint16_t body(ObjectId id) const { return static_cast<std::uint16_t>(words_[id + 2]); }
    // indices into Run::extensions, plus one
    [[nodiscard]] std::uint32_t& first_extension(ObjectId id) { return words_[id + 3]; }
    [[nodiscard]] std::uint32_t first_extension(ObjectId id) const { return words_[id + 3]; }
    [[nodiscard]] std::uint32_t& last_extension(ObjectId id) { return words_[id + 4]; }
    [[nodiscard]] std::uint32_t segment(ObjectId id) const { return words_[id + 5]; }
    /// Members of the body's root that something was read for (Body::slot_members).
    [[nodiscard]] std::uint64_t present(ObjectId id) const {
        return words_[id + 6] | static_cast<std::uint64_t>(words_[id + 7]) << 32;
    }
    void add_present(ObjectId id, std::uint64_t members) {
        words_[id + 6] |= static_cast<std::uint32_t>(members);
        words_[id + 7] |= static_cast<std::uint32_t>(members >> 32);
    }

    [[nodiscard]] std::uint32_t begin(ObjectId id, SlotIndex slot) const {
        return words_[id + header_words + 2u * slot];
    }
    [[nodiscard]] std::uint32_t length(ObjectId id, SlotIndex slot) const {
        return words_[id + header_words + 2u * slot + 1];
    }
    void set(ObjectId id, SlotIndex slot, std::uint32_t begin, std::uint32_t length) {
        words_[id + header_words + 2u * slot] = begin;
        words_[id + header_words + 2u * slot + 1] = length;
    }
    /// First of a list slot; 0: empty.
    [[nodiscard]] ObjectId list(ObjectId id, SlotIndex slot) const { return begin(id, slot); }
    void append(ObjectId id, SlotIndex slot, ObjectId item) {
        auto const last = length(id, slot);
        if (last == 0)
            set(id, slot, item, item);
        else {
            set_next(last, item);
            words_[id + header_words + 2u * slot + 1] = item;
        }
    }

private:
    std::vector<std::uint32_t> words_; // what lies behind size_ is left over from earlier documents
    std::size_t size_ = 1;             // 0 is no object
};

/// Something no line read: an element, a component, or a whole segment.
struct Extension {
    std::uint32_t next = 0, previous = 0; // of the same object, plus one
    std::uint32_t segment = 0;
    std::uint32_t number = 0;  // of a whole segment, or of the segment a numbered claim took
    std::int32_t parent = -1;  // of a segment inside a loop that nobody claimed: the loop's entry
    std::uint16_t element = 0; // 0: the whole segment
    std::uint16_t component = 0; // 0x100 and more: cell of a tuple; later_repetitions: all but the first
    grammar::NodeIndex node = grammar::no_node;
    Claim const* claim = nullptr; // of an element
    Scope const* scope = nullptr;
};

inline constexpr std::uint16_t later_repetitions = 0xff;
struct Run {
    struct Frame {
        std::uint16_t loop = 0;
        Scope const* scope = nullptr; // nullptr: nobody claimed the loop
        ObjectId object = 0;
        std::int32_t extension = -1; // of a loop nobody claimed
        std::int32_t level = -1;     // index into levels, of an HL loop
        std::uint32_t first_segment = 0;
        UsedBits used{};
    };
    /// An HL loop, kept open for the loops below it.
    struct Level {
        std::string_view id;
        unsigned rank = 0;
        unsigned depth = 0;
        Frame frame;
    };

    Arena arena;
    std::vector<Extension> extensions; // of X12
    std::vector<KeptNode> kept_nodes;  // of the other formats
    std::vector<Frame> frames;
    std::vector<Level> levels;
    std::unordered_map<std::string_view, std::uint32_t> level_ids; // only when HL01 does not count from 1
    bool levels_counted = true;
    std::uint64_t elements = 0;
    OutBuffer json;
    bool held = false; // a line says `on error hold`
    ObjectId root = 0;
    struct {
        Claim const* claim = nullptr;
        ObjectId object = 0;
        std::uint32_t segment = 0, number = 0;
    } numbered;
};

/// Fills the run's tree from a validated set. Diagnostics: MAP-0104 to MAP-0107 (hierarchy, constants).
void read_tree(Plan const& plan, SetInput const& input, Run& run, Diagnostics& diagnostics);

/// Writes the tree as JSON into run.json, checked against the schema on the way; counts what went to `extensions`.
/// `values` may be null: then nothing can be looked up.
void serialise(Plan const& plan, SourceDocument const& source, RunValues const* values, Run& run,
               Diagnostics& diagnostics, std::uint64_t& extended);

/// A diagnostic of the data at an element: place, value and excerpt filled in. `element` 0: the segment.
[[nodiscard]] Diagnostic data_diagnostic(Plan const& plan, SetInput const& input, std::string_view code,
                                         std::uint32_t segment, std::uint32_t element, std::string message,
                                         std::string help = {});

/// The text of component `number` (from 1) of an element; empty when it has fewer.
[[nodiscard]] std::string_view component_of(std::string_view element, char separator, unsigned number);

} // namespace wharf::translator
