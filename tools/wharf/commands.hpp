// The commands. Each prints what it has to say and gives its exit code.
#pragma once

#include "tools/wharf/command_line.hpp"

namespace wharf::cli {

[[nodiscard]] int run(LintCommand const& command);
[[nodiscard]] int run(FormatCommand const& command);
[[nodiscard]] int run(StatisticsCommand const& command);
[[nodiscard]] int run(SplitCommand const& command);
[[nodiscard]] int run(RedactCommand const& command);
[[nodiscard]] int run(AckCommand const& command);
[[nodiscard]] int run(ExplainCommand const& command);
[[nodiscard]] int run(ShowCommand const& command);
[[nodiscard]] int run(DifferenceCommand const& command);
[[nodiscard]] int run(TranslateCommand const& command);
[[nodiscard]] int run(DocumentCheckCommand const& command);
[[nodiscard]] int run(TranslatorCheckCommand const& command);
[[nodiscard]] int run(TranslatorShowCommand const& command);
[[nodiscard]] int run(TranslatorTestCommand const& command);
[[nodiscard]] int run(GuideCheckCommand const& command);
[[nodiscard]] int run(GuideShowCommand const& command);
[[nodiscard]] int run(GuideImportCommand const& command);
[[nodiscard]] int run(CompletionCommand const& command);
[[nodiscard]] int run(ManualCommand const& command);
[[nodiscard]] int run(PartnerCheckCommand const& command);
[[nodiscard]] int run(PartnerExplainCommand const& command);
/// Becomes wharf-gateway; comes back only when that cannot be started.
[[nodiscard]] int run(GatewayCommand const& command);
[[nodiscard]] int run(Answer const& answer);

} // namespace wharf::cli
