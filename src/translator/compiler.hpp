// The canonical half of the compiler: members, bodies, lines, conversions, conditions, what the schema requires. What a
// path of the other format means is asked of the derived class: X12Compiler (x12_compiler.hpp) binds it to rows of a
// grammar, NodeCompiler to places of a FormatSchema. Internal to the compile*.cpp files.
//
// Faults are collected; the plan is thrown away when there are any.
#pragma once

#include "translator/compile.hpp"
#include "translator/format.hpp"
#include "translator/map_parser.hpp"
#include "translator/node_plan.hpp"

#include <functional>
#include <map>
#include <set>
#include <tuple>

namespace wharf::translator {

class Compiler {
public:
    Compiler(EffectiveMap const& map, MapSource const& source) : map_(map), source_(source) {}
    virtual ~Compiler() = default;
    std::expected<std::unique_ptr<Plan const>, Diagnostics> run();

protected:
    /// Where the lines being compiled stand: the object they fill, and the occurrence they read.
    struct Context {
        Body* body = nullptr;
        Member* object = nullptr; // of the body: its root, or an object below it
        document::Node const* node = nullptr;
        std::string path; // "lines[]" of `object`
        unsigned depth = 0;
        // X12
        Scope* scope = nullptr;                    // loops: the rows that can be named
        Use* use = nullptr;                        // of the own segment; nullptr in the document's own context
        Claim* claim = nullptr;                    // of the own segment
        grammar::NodeIndex row = grammar::no_node; // of the own segment
        TupleClaim* tuple = nullptr;               // inside a tuple
        std::vector<Cell> const* tuple_cells = nullptr;
        unsigned fixed_element = 0; // settled by the qualifier the block was chosen by
        // trees of nodes
        NodeScope* nodes = nullptr;
        PlaceId place = document_place;
    };
    struct Pending { // bound when all members are known
        Line* line = nullptr;
        Body* body = nullptr;
        Member* object = nullptr;
        std::optional<Condition> when;
        std::optional<Conversion> same;
        std::shared_ptr<ConditionTest> constant; // of a constant, instead of a line's
        Origin origin;
    };

    // --- the external half, in the order in which a map needs it. After a fault (see fault()) or where a line is left
    // out, functions give nothing or false.

    /// Fills the plan's own facts (schema or format, format_key) and the document's place. False: faults say why.
    virtual bool prepare(Context& root) = 0;
    /// A `.` line or a single block: `inner` is where its lines stand, for the same object.
    virtual bool enter(Rule const& rule, ExternalPath const& path, Context& outer, Context& inner) = 0;
    /// A single block that makes an object of its own, like the root of a hierarchy. True: done.
    virtual bool own_object(Rule const&, Source const&, Context&, Member&) { return false; }
    /// `each …`: makes the claim and, with child_body(), what an occurrence becomes.
    virtual void list_source(Rule const& rule, Source const& source, Context& context, Member& target) = 0;
    /// Gives a new body its place; `child` then stands inside it.
    virtual void child_entered(Rule const& rule, Source const& source, Context& child, Body& body, BodyKind kind) = 0;
    /// Of a list of values: the path of the value inside its occurrence.
    virtual ExternalPath value_path(Rule const& rule, Source const& source, Context const& child) = 0;
    /// What the fields of a path are, constants aside, for conversions. Empty after a fault or where left out.
    virtual std::vector<ValueFacts const*> facts(Rule const& rule, ExternalPath const& path, Context& context) = 0;
    /// The slots of a path. facts() has succeeded before.
    virtual bool bind(Rule const& rule, ExternalPath const& path, Context& context, Alternative& alternative) = 0;
    /// `- PATH = …`, `- PATH drop`: one field, checked to be one. `constant` is bound with conditions later, through
    /// add_condition(). A computed value becomes a line of `slot_of`.
    virtual void constant(Rule const& rule, Context& context) = 0;
    virtual void drop(Rule const& rule, Context& context) = 0;
    /// `count HL`: can this be counted?
    [[nodiscard]] virtual bool countable(std::string_view) const { return false; }
    /// The column of a code table for a field: "x12:98"; empty: the map's own `table` rows only.
    [[nodiscard]] virtual std::string code_list(ValueFacts const* facts, CodeTable const& table) const = 0;
    /// The releases of codes; empty: all.
    [[nodiscard]] virtual std::string release() const { return {}; }
    [[nodiscard]] virtual ValueDefaults const& defaults() const = 0;
    virtual void finish_external(Body& body) = 0;
    virtual void check_external() {}

    // --- compile.cpp, compile_value.cpp, compile_members.cpp
    void rules(std::vector<Rule> const& list, Context& context, std::int16_t group = -1);
    void rule(Rule const& rule, Context& context, std::int16_t group, std::uint16_t ordinal);
    void list_rule(Rule const& rule, Context& context, Member& member);
    void block_rule(Rule const& rule, Context& context, Member& member);
    void scalar_rule(Rule const& rule, Context& context, Member* member, std::int16_t group, std::uint16_t ordinal);
    void dash_rule(Rule const& rule, Context& context);
    bool checked_on_reading(Rule const& rule, Body const& body) const;
    Body* child_body(Rule const& rule, Source const& source, Context child, Member& member, BodyKind kind);
    std::vector<Rule> const* block_rules(Rule const& rule, Source const& source);
    Body* new_body(BodyKind kind, Body* parent, document::Node const* node, std::string path);
    SlotIndex list_slot(Body& body, ExternalPath const& path);
    Member* member(Context& context, CanonicalPath const& path, Origin const& origin);
    Member* entry(Member& list, CanonicalPart const& part, Rule const& rule, std::uint32_t column, std::string& walked);
    void value_rule(Rule const& rule, Context& context, Member& target, std::unique_ptr<Line> line);
    Member* child_member(Member& object, document::Property const& property);
    static Rule at(Pending const& pending);
    static Rule at(Origin const& origin);
    /// The condition of a constant, bound when all members are known.
    std::shared_ptr<ConditionTest const> add_condition(Rule const& rule, Context const& context);
    void bind_pending();
    void bind_condition(Condition const& condition, ConditionTest& test, Pending const& pending);
    void check_words(Condition const& condition, Member const& member, Pending const& pending);
    Member const* find_member(Body const* body, Member const* object, CanonicalPath const& path, bool& in_parent);
    void finish_body(Body& body);
    void check_parts(Body& body, SlotInfo const& slot);
    static void presence(Body& body);
    static void quick_members(Body& body);
    void writing(Body& body) const; // compile_writing.cpp
    void finish_members(Body& body, Member& object);
    void provenance(Member& root, document::Node const& node);
    void source_members(Member& object, document::Node const& node, std::string const& prefix);
    void derived(Body& body, Member& object, document::Node const& node);
    void check_required(Body const& body, Member const& object, document::Node const& node, std::string const& path,
                        Origin const& origin);

    // --- compile_strict.cpp
    bool understood(Rule const& rule, std::int16_t group);
    bool expression_known(Rule const& rule, Context const& context);
    bool expression_known(Rule const& rule, Expression const& expression, Context const& context);
    bool variable_known(Rule const& rule, Expression const& expression);
    bool conversion_fits(Rule const& rule, document::Node const& node, Converter const& out);
    bool alternatives_agree(Rule const& rule, Context& context, document::Node const* node, Converter const& first);
    void check_table_rows();
    void check_own_shapes();
    /// A line that may not fit where it stands: notes it, and says whether that is no fault.
    bool left_out(Rule const& rule);
    void fits(Rule const& rule); // the line of a shape has found its place once

    // --- compile_convert.cpp
    bool converter(Rule const& rule, document::Node const* node, std::vector<ValueFacts const*> const& fields,
                   Converter& out);
    bool infer(Rule const& rule, document::Node const* node, ValueFacts const* field, Converter& out);
    std::shared_ptr<CodeMap> code_map(Conversion const& conversion, ValueFacts const* field, Rule const& rule,
                                      Converter& out);
    bool date_form(std::string const& pattern, Rule const& rule, std::uint32_t column, Converter& out);
    bool spell(Rule const& rule, Converter& out);
    bool one_conversion(Conversion const& conversion, Rule const& rule, std::vector<ValueFacts const*> const& fields,
                        Converter& out, bool& chosen);

    void fault(std::string_view code, Rule const& rule, std::uint32_t column, std::string message,
               std::string help = {});
    static unsigned rank(bool each, bool tested) { return tested ? (each ? 1 : 0) : (each ? 3 : 2); }

    EffectiveMap const& map_;
    MapSource const& source_;
    std::unique_ptr<Plan> plan_ = std::make_unique<Plan>();
    Diagnostics faults_;
    bool strict_ = true; // every line must fit
    std::uint16_t order_ = 0;

private:
    std::vector<Pending> pending_;
    std::map<std::string, std::shared_ptr<CodeMap>> code_maps_;
    std::map<std::string, std::shared_ptr<CodeTable>> tables_;
    std::set<std::string> used_shapes_, fits_;
    std::map<std::string, Origin> misfits_; // lines of shapes that were left out somewhere, by place in the file
};

} // namespace wharf::translator
