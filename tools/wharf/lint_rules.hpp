// By what files are checked: grammars, release, guides, a partner's profile, what becomes of findings.
#pragma once

#include "grammar/lint.hpp"
#include "partner/configuration.hpp"
#include "partner/knowledge.hpp"
#include "tools/wharf/command_line.hpp"

#include <memory>

namespace wharf::cli {

struct LintRules {
    grammar::LintOptions options;

    /// nullptr: they cannot be used, which was said on standard error.
    [[nodiscard]] static std::unique_ptr<LintRules> load(LintCommand const& command);
    [[nodiscard]] grammar::SchemaCache& schemas() const { return knowledge_ ? knowledge_->schemas() : *schemas_; }

private:
    [[nodiscard]] bool load_profile(LintCommand const& command);
    [[nodiscard]] bool choose_release(LintCommand const& command);

    std::unique_ptr<grammar::SchemaCache> schemas_; // where no partner is named
    partner::Configuration configuration_;
    std::unique_ptr<partner::Knowledge> knowledge_;
};

} // namespace wharf::cli
