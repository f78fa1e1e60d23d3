// The compiler's working state, shared by its sources. Internal to the compile*.cpp files.
#pragma once

#include "translator/compile.hpp"
#include "translator/map_parser.hpp"

#include <functional>
#include <map>
#include <set>
#include <tuple>

namespace wharf::translator {

class Compiler {
public:
    Compiler(EffectiveMap const& map, MapSource const& source, std::shared_ptr<grammar::Schema const> schema);
    std::expected<std::unique_ptr<Plan const>, Diagnostics> run();

private:
    /// Where the lines being compiled stand: the object they fill, and the segment or tuple they read.
    struct Context {
        Body* body = nullptr;
        Member* object = nullptr; // of the body: its root, or an object below it
        document::Node const* node = nullptr;
        std::string path;                          // "lines[]" of `object`
        Scope* scope = nullptr;                    // loops: the rows that can be named
        Use* use = nullptr;                        // of the own segment; nullptr in the document's own context
        Claim* claim = nullptr;                    // of the own segment
        grammar::NodeIndex row = grammar::no_node; // of the own segment
        TupleClaim* tuple = nullptr;               // inside a tuple
        std::vector<Cell> const* tuple_cells = nullptr;
        unsigned fixed_element = 0; // settled by the qualifier the block was chosen by
        unsigned depth = 0;
    };
    /// One element as a line names it.
    struct Place {
        std::vector<Field>* fields = nullptr;
        Use* use = nullptr;
        std::uint8_t element = 0, component = 0;
        grammar::ElementRule const* rule = nullptr;
        std::string external;
        std::string key; // in extensions
        bool in_tuple = false;
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
    struct Settled { // by a constant or `drop`
        Use const* use = nullptr;
        std::uint8_t element = 0, component = 0;
        Direction direction = Direction::both;
        bool conditional = false;
        std::string external;
        Origin origin;
    };

    // compile.cpp, compile_value.cpp, compile_members.cpp
    void rules(std::vector<Rule> const& list, Context& context, std::int16_t group = -1);
    void rule(Rule const& rule, Context& context, std::int16_t group, std::uint16_t ordinal);
    void list_rule(Rule const& rule, Context& context, Member& member);
    void block_rule(Rule const& rule, Context& context, Member& member);
    void scalar_rule(Rule const& rule, Context& context, Member* member, std::int16_t group, std::uint16_t ordinal);
    std::vector<grammar::ElementRule const*> elements_of(Rule const& rule, ExternalPath const& path, Context& context);
    std::vector<Cell> tuple_cells(ExternalPath const& path, grammar::NodeIndex row, Rule const& rule);
    void dash_rule(Rule const& rule, Context& context);
    void constant(Rule const& rule, Context& context, Place const& at);
    bool checked_on_reading(Rule const& rule, Body const& body) const;
    void tuple_list(Rule const& rule, Source const& source, Context& context, Member& member);
    void segment_list(Rule const& rule, Source const& source, Context& context, Member& member);
    Body* child_body(Rule const& rule, Source const& source, Context child, Member& member, BodyKind kind);
    std::vector<Rule> const* block_rules(Rule const& rule, Source const& source);
    Body* new_body(BodyKind kind, Body* parent, document::Node const* node, std::string path);
    Member* member(Context& context, CanonicalPath const& path, Origin const& origin);
    Member* child_member(Member& object, document::Property const& property);
    static Rule at(Pending const& pending);
    void bind_pending();
    void bind_condition(Condition const& condition, ConditionTest& test, Pending const& pending);
    void check_words(Condition const& condition, Member const& member, Pending const& pending);
    Member const* find_member(Body const* body, Member const* object, CanonicalPath const& path, bool& in_parent);
    void finish_body(Body& body);
    static void finish_use(Use& use);
    static void presence(Body& body);
    void finish_members(Body& body, Member& object);
    void provenance(Member& root, document::Node const& node);
    void source_members(Member& object, document::Node const& node, std::string const& prefix);
    void derived(Body& body, Member& object, document::Node const& node);
    void check_required(Body const& body, Member const& object, document::Node const& node, std::string const& path,
                        Origin const& origin);

    // compile_strict.cpp
    bool understood(Rule const& rule, std::int16_t group);
    bool expression_known(Rule const& rule, Context const& context);
    bool constant_fits(Rule const& rule, Place const& at);
    bool conversion_fits(Rule const& rule, document::Node const& node, Converter const& out);
    bool alternatives_agree(Rule const& rule, Context& context, document::Node const* node, Converter const& first);
    void check_settled();
    void check_table_rows();
    void check_own_shapes();
    void check_deciding(Body const& body);

    // compile_place.cpp
    std::optional<grammar::NodeIndex> row(Scope const& scope, Step const& step, Rule const& rule);
    Claim* open(Context& context, Rule const& rule, std::vector<Step> const& steps, std::size_t count, bool each_last,
                bool child, Context& inner);
    Claim* claim(Scope& scope, grammar::NodeIndex row, Step const& step, bool each, bool child, Rule const& rule);
    Scope* scope_below(Body& body, Claim& claim, Scope const& parent);
    std::unique_ptr<Scope> new_scope(Body& body, std::uint16_t loop, std::string prefix);
    bool make_test(Select const& select, grammar::NodeIndex row, Test& test, Rule const& rule, std::uint32_t column);
    bool make_tuple_test(Select const& select, std::vector<Cell> const& cells, Test& test, Rule const& rule,
                         std::uint32_t column);
    bool selectable(std::string const& code, grammar::ElementRule const* element, Rule const& rule,
                    std::uint32_t column);
    std::string test_text(grammar::NodeIndex row, Test const& test) const;
    std::optional<Place> place(Context& context, Cell const& cell, ExternalPath const& path, Rule const& rule);
    grammar::ElementRule const* element_rule(grammar::NodeIndex row, unsigned element, unsigned& component,
                                             bool& composite) const;
    SlotIndex slot(Body& body, Place const& place);
    static void mark_read(Use& use, unsigned element, unsigned component);
    TupleRun* tuple_run(Use& use, grammar::NodeIndex row, std::vector<Cell> const& cells, bool repeats,
                        TupleClaim& claim, Rule const& rule);
    void add_tuple(TupleRun& run, TupleClaim claim, Rule const& rule);
    bool left_out(Rule const& rule); // a line that may not fit here: shapes, other releases
    std::string segment_id(grammar::NodeIndex row) const;
    static unsigned rank(bool each, bool tested) { return tested ? (each ? 1 : 0) : (each ? 3 : 2); }

    // compile_convert.cpp
    bool converter(Rule const& rule, document::Node const* node,
                   std::vector<grammar::ElementRule const*> const& elements, Converter& out);
    bool infer(Rule const& rule, document::Node const* node, grammar::ElementRule const* element, Converter& out);
    std::shared_ptr<CodeMap> code_map(Conversion const& conversion, grammar::ElementRule const* element,
                                      Rule const& rule);
    bool one_conversion(Conversion const& conversion, Rule const& rule,
                        std::vector<grammar::ElementRule const*> const& elements, Converter& out, bool& chosen);

    void fault(std::string_view code, Rule const& rule, std::uint32_t column, std::string message,
               std::string help = {});

    EffectiveMap const& map_;
    MapSource const& source_;
    std::shared_ptr<grammar::Schema const> schema_;
    std::unique_ptr<Plan> plan_ = std::make_unique<Plan>();
    Diagnostics faults_;
    bool strict_ = true;
    std::vector<Pending> pending_;
    std::map<std::tuple<std::string, grammar::NodeIndex, document::Node const*>, Body*> recursive_;
    std::map<std::string, std::shared_ptr<CodeMap>> code_maps_;
    std::map<std::string, std::shared_ptr<CodeTable>> tables_;
    std::vector<Settled> settled_;
    std::set<std::string> used_shapes_, fits_;
    std::map<std::string, Origin> misfits_; // lines of shapes that were left out somewhere, by place in the file
    std::uint16_t order_ = 0;
};

} // namespace wharf::translator
