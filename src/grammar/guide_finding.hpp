// What every finding that a guide makes has in common: of_guide, the guide's line as related place, `report`. Internal to grammar/.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/guide_rule.hpp"

#include <fmt/format.h>
#include <string_view>

namespace wharf::grammar {

/// `report`: the guide only wants to hear of it. `what`: "the rule", "the row".
inline void mark_of_guide(Diagnostic& diagnostic, GuidePlace const& source, bool report, std::string_view what) {
    diagnostic.of_guide = true;
    if (report)
        diagnostic.severity = Severity::warning;
    if (source.file == nullptr)
        return;
    Related related;
    related.place.file = *source.file;
    related.place.line = source.line;
    related.place.column = source.column;
    related.message = fmt::format("{} of the guide", what);
    diagnostic.related.push_back(std::move(related));
}

} // namespace wharf::grammar
