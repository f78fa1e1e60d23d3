// The X12 half of the compiler: paths become rows of the grammar, claims, tuples and elements. Internal to x12_*.cpp.
#pragma once

#include "translator/compiler.hpp"

namespace wharf::translator {

class X12Compiler final : public Compiler {
public:
    X12Compiler(EffectiveMap const& map, MapSource const& source, std::shared_ptr<grammar::Schema const> schema);

private:
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
    struct Settled { // by a constant or `drop`
        Use const* use = nullptr;
        std::uint8_t element = 0, component = 0;
        Direction direction = Direction::both;
        bool conditional = false;
        std::string external;
        Origin origin;
    };

    // x12_compile.cpp: what Compiler asks
    bool prepare(Context& root) override;
    bool enter(Rule const& rule, ExternalPath const& path, Context& outer, Context& inner) override;
    bool own_object(Rule const& rule, Source const& source, Context& context, Member& target) override;
    void list_source(Rule const& rule, Source const& source, Context& context, Member& target) override;
    void child_entered(Rule const& rule, Source const& source, Context& child, Body& body, BodyKind kind) override;
    ExternalPath value_path(Rule const& rule, Source const& source, Context const& child) override;
    std::vector<ValueFacts const*> facts(Rule const& rule, ExternalPath const& path, Context& context) override;
    bool bind(Rule const& rule, ExternalPath const& path, Context& context, Alternative& alternative) override;
    void constant(Rule const& rule, Context& context) override;
    void drop(Rule const& rule, Context& context) override;
    bool countable(std::string_view segment) const override;
    std::string code_list(ValueFacts const* facts, CodeTable const& table) const override;
    std::string release() const override { return schema_->dictionary().release(); }
    ValueDefaults const& defaults() const override;
    void finish_external(Body& body) override;
    void check_external() override;

    void tuple_list(Rule const& rule, Source const& source, Context& context, Member& member);
    void segment_list(Rule const& rule, Source const& source, Context& context, Member& member);
    std::vector<Cell> tuple_cells(ExternalPath const& path, grammar::NodeIndex row, Rule const& rule);
    bool bind_tuple(Rule const& rule, ExternalPath const& path, Context& context, Alternative& alternative);
    bool constant_fits(Rule const& rule, Place const& at);
    void check_settled();
    void check_deciding(Body const& body);
    void finish_use(Use& use, grammar::NodeIndex row) const;

    // x12_compile_place.cpp
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
    std::string segment_id(grammar::NodeIndex row) const;

    std::shared_ptr<grammar::Schema const> schema_;
    std::map<std::tuple<std::string, grammar::NodeIndex, document::Node const*>, Body*> recursive_;
    std::vector<Settled> settled_;
};

} // namespace wharf::translator
