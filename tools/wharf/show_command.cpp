#include "base/byte_source.hpp"
#include "linter/show.hpp"
#include "linter/show_html.hpp"
#include "linter/show_text.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/lint_rules.hpp"
#include "tools/wharf/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace wharf::cli {
namespace {

constexpr std::size_t enough_bytes = 1 << 16;

/// Standard output in pieces.
class Pieces {
public:
    ~Pieces() { flush(); }
    Pieces() = default;
    Pieces(Pieces const&) = delete;
    Pieces& operator=(Pieces const&) = delete;

    void add(std::string_view text) {
        pending_ += text;
        if (pending_.size() >= enough_bytes) flush();
    }
    void flush() {
        if (!pending_.empty() && good_) good_ = print(pending_);
        pending_.clear();
    }
    [[nodiscard]] bool good() const { return good_; }

private:
    std::string pending_;
    bool good_ = true;
};

std::string counted(linter::ShowResult const& total) {
    auto words = fmt::format("{}, {}: {}, {}", plural(total.interchanges, "interchange"), plural(total.sets, "transaction set"), plural(total.errors, "error"),
                             plural(total.warnings, "warning"));
    if (total.notes > 0) words += ", " + plural(total.notes, "note");
    if (total.suppressed > 0) words += fmt::format(" and {} more, not shown", total.suppressed);
    return words;
}

void add(linter::ShowResult& total, linter::ShowResult const& part) {
    total.interchanges += part.interchanges;
    total.sets += part.sets;
    total.errors += part.errors;
    total.warnings += part.warnings;
    total.notes += part.notes;
    total.suppressed += part.suppressed;
}

} // namespace

int run(ShowCommand const& command) {
    auto const rules = LintRules::load(command.rules);
    if (!rules) return could_not_run;
    auto style = style_of(STDOUT_FILENO);
    if (command.width != 0) style.width = command.width;
    linter::ShowText text(style);
    linter::ShowHtml html;
    Pieces out;
    linter::Emit const emit = [&](linter::ShownBlock const& block) { out.add(command.html ? html.render(block) : text.render(block)); };

    Outcome outcome;
    linter::ShowResult total;
    if (command.html) out.add(html.begin(command.rules.files.size() == 1 ? name_of_input(command.rules.files.front()) : std::string("X12 files")));
    for (auto const& file : command.rules.files) {
        auto source = open_byte_source(file);
        if (!source) {
            outcome.failed();
            trouble(unreadable(source.error()));
            continue;
        }
        auto const result = linter::show(*std::move(source), name_of_input(file), rules->schemas(), rules->options.reader, emit);
        if (result.trouble) {
            outcome.failed();
            trouble(unreadable(*result.trouble));
        }
        add(total, result);
    }
    if (total.errors > 0 || (command.rules.reporting.strict && total.warnings > 0)) outcome.found();
    out.add(command.html ? html.end(counted(total)) : fmt::format("\n{}\n", counted(total)));
    out.flush();
    if (!out.good()) outcome.failed();
    return outcome.exit_code();
}

} // namespace wharf::cli
