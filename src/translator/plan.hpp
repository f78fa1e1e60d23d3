// The compiled map: what the reader, the serialiser and the writer walk. Immutable after compile(); shared by all
// threads.
//
//   Body    one kind of object of the document: its slots, its lines, its members in the schema's order
//   Scope   one kind of loop as the map sees it: which claims stand at which row of the grammar
//   Claim   what takes an occurrence of a segment or loop (map language §5): single or each, with or without qualifier
//   Use     what is taken out of one segment: elements into slots, tuples (qualifier and value) to tuple claims
//
// A slot of an object at run time holds one of: the place of an element's text, or the head of a list of objects.
#pragma once

#include "document/schema.hpp"
#include "grammar/schema.hpp"
#include "syntax/json/tape.hpp"
#include "translator/convert.hpp"
#include "translator/map_tree.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

using SlotIndex = std::uint16_t;
inline constexpr SlotIndex no_slot = 0xffff;
inline constexpr unsigned used_words = 4; // single claims of one scope: at most 256

struct Body;
struct Scope;
struct Claim;
struct NodeScope; // node_plan.hpp: of formats that are no X12
class FormatSchema; // format.hpp
struct NodeScopeDelete {
    void operator()(NodeScope* scope) const;
};

/// The text of a qualifier, made ready once for many tests.
struct PackedText {
    std::uint64_t key = 0; // 0: no code of a table
    bool empty = true;

    PackedText() = default;
    explicit PackedText(std::string_view text) {
        text = right_trimmed(text);
        key = pack_code(text);
        empty = text.empty();
    }
};

/// A qualifier's test. Codes are packed; `present` false: every occurrence passes.
struct Test {
    bool present = false;
    std::uint8_t element = 0;         // of the segment; of a tuple: index of the cell
    std::vector<std::uint64_t> codes; // empty: the element must be empty
    std::vector<std::string> texts;

    [[nodiscard]] bool accepts(std::string_view text) const { return accepts(PackedText(text)); }
    [[nodiscard]] bool accepts(PackedText const& text) const {
        if (codes.empty()) return text.empty;
        for (auto const code : codes)
            if (code == text.key && text.key != 0) return true;
        return false;
    }
    /// The code a writer can put there by itself.
    [[nodiscard]] bool single() const { return texts.size() == 1; }
};

/// One element (component 0: whole) of a segment, or one cell of a tuple, and the slot its text goes to.
struct Field {
    std::uint8_t element = 0;
    std::uint8_t component = 0;
    SlotIndex slot = no_slot;
};

struct ConditionTest;

/// A line `- 02 = "X"`: checked on reading, written where nothing else is. With `write` it is not checked, and may be
/// written under a condition.
struct Constant {
    std::uint8_t element = 0;
    std::uint8_t component = 0;
    std::string text;
    Origin origin;
    Direction direction = Direction::both;
    std::shared_ptr<ConditionTest const> when; // of a written one; null: always
};

/// Takes one tuple of a run such as 06+07... .
struct TupleClaim {
    std::uint8_t rank = 0;
    bool each = false;
    std::uint16_t order = 0; // in the file
    Test test;
    std::uint8_t first = 0, last = 0; // first elements (or components) of the tuples it may take
    Body* child =
        nullptr; // object per tuple; nullptr (single: while its slots are empty): into the slots of the current object
    SlotIndex list = no_slot;        // of the current object, when child
    std::vector<Field> cells;        // Field::element: index of the cell
    std::vector<Field> outer;        // elements of the segment around, into the child's slots
    std::vector<Constant> constants; // Constant::element: index of the cell
    Origin origin;
};

inline constexpr std::size_t tuple_parts = 16;

struct TupleRun {
    std::uint8_t element = 0; // inside this composite element; 0: elements of the segment
    std::uint8_t stride = 1;
    std::vector<std::uint8_t> offsets; // of the cells from the tuple's first element
    std::uint8_t first = 0, last = 0;  // of all its claims
    std::vector<TupleClaim> claims;    // by rank
    std::vector<std::uint16_t> writing; // places in claims, in the order of writing; see compile_writing.cpp
};

struct ComponentUse {
    std::uint8_t element = 0;
    std::uint64_t mask = 0; // components read
};

struct Use {
    std::vector<Field> fields;
    std::uint64_t mask = 0; // bit n-1: element n is read
    std::vector<ComponentUse> components;
    bool composites = false; // components, or runs inside a composite
    std::uint64_t repeats = 0; // bit n-1: element n may repeat; lines read its first value
    std::vector<TupleRun> runs;
    std::vector<Constant> constants;
};

struct Claim {
    grammar::NodeIndex row = 0;
    bool each = false;
    std::uint8_t rank = 0;
    std::uint16_t used = 0;
    std::uint16_t order = 0; // in the file
    Test test;
    Use use;               // of the segment, into the current object; with a child: the child's own use counts
    Body* child = nullptr; // an object per occurrence
    SlotIndex list = no_slot;
    Scope* scope = nullptr; // of a loop without an object of its own
    std::string stem;       // before an element's name in extensions: "REF[DP]/", "PO4(1)/", ""
    bool numbered = false;  // stem is made with the occurrence: "SDQ(2)/"
    std::uint16_t number = 0; // among all of its body; those of a row stand together
    Origin origin;
};

/// A row as the writer looks at it: anything to say where one of its claims has.
struct WritingRow {
    grammar::NodeIndex row = 0;
    bool always = false;    // mandatory: its absence is told
    std::uint16_t word = 0; // of Claim::number, the bits of its claims
    std::uint64_t claims = 0;
};

struct Scope {
    Body* body = nullptr;
    std::uint16_t loop = 0;
    grammar::NodeIndex first = 0, last = 0;  // rows of the loop, inner loops included
    std::vector<std::vector<Claim*>> by_row; // index: row - first; by rank, then file order
    std::vector<std::unique_ptr<Claim>> claims;
    std::string prefix;              // of extensions' keys: "CTT/"
    std::uint16_t single_claims = 0; // bits given
    Claim* own = nullptr;            // of a prefix scope: the claim that opens it
    std::vector<WritingRow> writing; // rows of the loop that can be written, or must be
};

/// One alternative of a line: the slots its value is made of.
struct Alternative {
    struct Part {
        SlotIndex slot = no_slot;
        bool may_lack = false;
        std::string constant; // must be this; not part of the value
    };
    std::vector<Part> parts;
    std::string external; // "PO104": for messages and `via`
};

struct Line;
struct Member;

/// `when …`, bound to members of the same object.
struct ConditionTest {
    Condition::Kind kind = Condition::Kind::test;
    bool negated = false;
    Member const* member = nullptr;
    std::string variable; // $profile.…: instead of a member
    std::vector<std::string> words;
    std::vector<ConditionTest> parts;
};

/// A line of one slot whose values need no more on writing than this, mostly.
enum class QuickWrite : std::uint8_t { none, text, code, decimal, whole, date };

struct Line {
    Origin origin;
    std::string canonical; // "lines[].unit_price"
    Direction direction = Direction::both;
    std::vector<Alternative> alternatives;
    Converter converter;
    std::int16_t one_of = -1;  // group in the body
    std::int8_t flag = -1;     // bit of a line that may pass its text over
    std::uint16_t ordinal = 0; // in the group
    std::unique_ptr<ConditionTest> when;
    Member const* same = nullptr; // in the parent body when same_in_parent
    bool same_in_parent = false;
    std::optional<Expression> expression;
    OnError on_error = OnError::refuse;
    Member const* zone = nullptr; // sibling of a moment
    Member* target = nullptr;     // nullptr: a "-" line
    bool conversion_inferred = false;
    bool computed_index = false; // `read = $index`, `read = $envelope.…`, `read = "USD"`: no external side
    bool checked = false;        // `= count …` of the whole set: compared on reading, never kept
    QuickWrite quick = QuickWrite::none;

    /// A line with `= value` is checked on reading, not stored.
    [[nodiscard]] bool reads() const { return direction != Direction::write && (!expression || computed_index); }
    [[nodiscard]] bool writes() const { return direction != Direction::read; }
};

enum class MemberKind : std::uint8_t {
    simple, // one line, one slot, no step beside the conversion
    lines,  // several lines, or a line with conditions
    index,  // = $index
    value,  // = "USD", = $envelope.control_number: on reading, without an external side
    entry,  // `[scheme=vendor_item]` of a list: an object of the same body, whose `word` chooses it
    word,   // the member that chooses an entry: always this
    object, // members below, same body
    list,   // objects or values from list slots
    child,  // one object of its own (HL)
    provenance,
    derived,
    extensions,
};

struct Member {
    std::string name;
    std::string key; // ,"name":
    MemberKind kind = MemberKind::lines;
    std::vector<std::uint16_t> lines;
    std::vector<std::unique_ptr<Member>> members; // of an object, in the schema's order; of a list: its entries
    std::string select_member, word;              // of an entry; of a word: its text
    std::vector<SlotIndex> lists;                 // list, child: one slot per source
    std::vector<Body*> bodies;                    // … and what its objects are
    document::Node const* node = nullptr;
    bool required = false;
    bool derived = false;
    std::uint8_t code = 0;                                                                 // provenance, derived: which
    std::array<SlotIndex, 6> inputs{no_slot, no_slot, no_slot, no_slot, no_slot, no_slot}; // of a derived value
    Line const* line = nullptr; // simple: the line, and its slot
    Line const* alone = nullptr; // on writing: the one line, which shares its slot with no other and is quick
    SlotIndex slot = no_slot;
    std::int8_t watch = -1; // its text's place is kept for derived values
    Origin origin;          // of its block
    Member const* parent = nullptr;

    // for writing, see compile_writing.cpp
    std::uint16_t number = 0;              // among all members of its body; the root is 0
    std::vector<Member const*> by_property; // of an object or entry: its members by their place in node->properties
    std::vector<std::uint16_t> written_by;  // lines without `= …`
    bool settled = true;                    // what the document says here is written, or somebody else's to judge
    bool fills_in = false;                  // reading may say something where the document is silent

    /// The member that a node marked by document::check is; nullptr: none.
    [[nodiscard]] Member const* member_of(json::Node const& one) const {
        return one.mark() < by_property.size() ? by_property[one.mark()] : nullptr;
    }
};

/// "totals.amount", "parties[role=ship_to].name": below its body's root.
[[nodiscard]] std::string member_path(Member const* member);
/// "lines[0]" and "quantity" to one path; either may be empty.
[[nodiscard]] std::string joined(std::string_view path, std::string_view name);

/// What a value without further steps needs on reading.
enum class QuickRead : std::uint8_t { none, text, code, decimal };

[[nodiscard]] inline QuickRead quick_read(Converter const& converter) {
    if (!converter.plain || converter.check) return QuickRead::none;
    switch (converter.op) {
    case Op::text:
        return QuickRead::text;
    case Op::code:
        return converter.words ? QuickRead::none : QuickRead::code;
    case Op::decimal:
        return QuickRead::decimal;
    default:
        return QuickRead::none;
    }
}

/// A member of one line and one slot, in few bytes: most values of most documents are written from these alone.
struct QuickMember {
    Converter const* converter = nullptr;
    SlotIndex slot = no_slot;
    QuickRead kind = QuickRead::none; // none: go by the member itself
    std::uint8_t key_size = 0;
    std::array<char, 36> key{};

};

enum class BodyKind : std::uint8_t { set, loop, segment, tuple };

struct SlotInfo {
    bool list = false;
    std::string external; // "PO104", "PO1/REF02"
    grammar::ElementRule const* rule = nullptr;
    std::vector<std::uint16_t> readers; // lines
    bool conditional = false;           // read by a line that may pass it over: unread text is kept
    std::string key;                    // of extensions, when conditional
};

struct Body {
    std::uint16_t index = 0;
    BodyKind kind = BodyKind::set;
    bool scalar = false; // a list of values: no object around the one line
    std::string path;    // "lines[]"; empty for the document
    document::Node const* node = nullptr;
    Body* parent = nullptr;
    Member const* parent_object = nullptr; // the object of the parent that this one's list or member stands in
    Member const* member = nullptr;        // that list or member
    grammar::NodeIndex row = 0;
    std::unique_ptr<Scope> scope; // kind set, loop
    std::vector<std::unique_ptr<Scope>> prefix_scopes;
    Use use; // of its own segment
    std::unique_ptr<NodeScope, NodeScopeDelete> nodes; // instead of scope and use, where the format is a tree of nodes
    std::vector<SlotInfo> slots;
    std::vector<std::uint64_t> slot_members; // by slot: the members of `root` that a text in it concerns, one bit each
    std::uint64_t always = 0;                // members to be looked at whatever was read
    std::uint64_t extension_bit = 0;
    std::vector<std::unique_ptr<Line>> lines;
    std::unique_ptr<Member> root;
    std::vector<QuickMember> quick; // of the root's members, one for each
    std::uint16_t one_of_groups = 0;
    std::vector<std::vector<std::uint16_t>> groups; // the lines of each `one of`, in order
    std::vector<SlotIndex> conditional;
    bool extensible = false; // the schema gives it `extensions`

    // for writing, see compile_writing.cpp
    std::uint16_t member_count = 0;                // root and all below
    std::vector<std::uint16_t> unasked;            // lines to be looked at whatever the document says
    std::vector<Member const*> filled_in, indices; // members that fill in, that count the entries of a list
    std::uint16_t claim_count = 0;
    std::vector<std::uint64_t> slot_claims; // by slot, claim_words() each: claims that a text or list in it concerns

    [[nodiscard]] std::size_t line_words() const { return (lines.size() + 63) / 64; }
    [[nodiscard]] std::size_t claim_words() const { return (claim_count + 63u) / 64; }
};

/// Slots of a ship notice's node that derived values look at.
struct ShippedSlots {
    std::vector<SlotIndex> item_marks; // SN1: a node that fills one is an item
    SlotIndex order_line = no_slot;    // PRF05
    SlotIndex items = no_slot, item_scheme = no_slot, item_value = no_slot;
    SlotIndex marks = no_slot, mark_kind = no_slot, mark_value = no_slot;
    SlotIndex dates = no_slot, date_kind = no_slot, date_value = no_slot;
};

struct Plan {
    std::string name, document_kind;
    std::shared_ptr<grammar::Schema const> schema; // of X12; else null
    std::shared_ptr<FormatSchema const> format;    // of the others; else null
    document::Schema const* document = nullptr;
    std::string format_key; // "x12:004010"
    std::vector<std::unique_ptr<Body>> bodies;
    Body* root = nullptr;
    grammar::NodeIndex hierarchy_row = grammar::no_node; // the HL loop
    ShippedSlots shipped;
    std::vector<std::uint8_t> mandatory; // by segment of the schema: the last element that must stand
    Diagnostics warnings;
};

} // namespace wharf::translator
