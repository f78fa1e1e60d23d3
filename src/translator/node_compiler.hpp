// The half of the compiler for formats that are trees of nodes: paths become places of a FormatSchema and claims on
// nodes. Internal to node_compile*.cpp.
#pragma once

#include "translator/compiler.hpp"
#include "translator/format.hpp"
#include "translator/node_plan.hpp"

#include <memory>
#include <optional>

namespace wharf::translator {

class NodeCompiler final : public Compiler {
public:
    NodeCompiler(EffectiveMap const& map, MapSource const& source) : Compiler(map, source) {}

private:
    // node_compile.cpp: what Compiler asks
    bool prepare(Context& root) override;
    bool enter(Rule const& rule, ExternalPath const& path, Context& outer, Context& inner) override;
    void list_source(Rule const& rule, Source const& source, Context& context, Member& target) override;
    void child_entered(Rule const& rule, Source const& source, Context& child, Body& body, BodyKind kind) override;
    ExternalPath value_path(Rule const& rule, Source const& source, Context const& child) override;
    std::vector<ValueFacts const*> facts(Rule const& rule, ExternalPath const& path, Context& context) override;
    bool bind(Rule const& rule, ExternalPath const& path, Context& context, Alternative& alternative) override;
    void constant(Rule const& rule, Context& context) override;
    void drop(Rule const& rule, Context& context) override;
    std::string code_list(ValueFacts const* facts, CodeTable const& table) const override;
    ValueDefaults const& defaults() const override { return schema_->defaults(); }
    void finish_external(Body& body) override;
    void check_external() override;

    std::optional<PlaceId> place(PlaceId below, NodeStep const& step, PlaceUse use, Rule const& rule);
    /// The first `count` steps of a path as single blocks of the same object.
    bool walk(Rule const& rule, ExternalPath const& path, std::size_t count, Context const& outer, Context& inner);
    NodeClaim* claim(NodeScope& scope, NodeStep const& step, PlaceUse use, Rule const& rule);
    NodeScope& scope_of(NodeClaim& claim);
    bool make_test(NodeStep const& step, PlaceId below, NodeTest& test, Rule const& rule);
    void add_test(NodeScope& scope, NodeTest const& test, Rule const& rule);
    bool has_place(Rule const& rule, ExternalPath const& path, Context const& context);
    void finish_scope(NodeScope& scope);
    void check_scope(NodeScope const& scope);

    std::shared_ptr<FormatSchema> schema_;
};

/// "Total/Money/@currency": how a step is called in keys of extensions.
[[nodiscard]] std::string step_name(NodeStep const& step);

} // namespace wharf::translator
