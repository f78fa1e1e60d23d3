#include "base/byte_source.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "diagnostic/file_lines.hpp"
#include "diagnostic/severity_policy.hpp"
#include "grammar/acknowledge.hpp"
#include "grammar/acknowledgment_report.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/load_guides.hpp"
#include "tools/wharf/output.hpp"

#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>

namespace wharf::cli {
namespace {

std::string shown_name(std::string const& file) { return file == "-" ? "(standard input)" : file; }

/// "2025-06-02T14:03"
std::optional<Timestamp> parse_time(std::string_view text) {
    if (text.size() != 16 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':')
        return std::nullopt;
    auto const number = [&](std::size_t from, std::size_t length) {
        int value = 0;
        auto const* const begin = text.data() + from;
        auto const [end, error] = std::from_chars(begin, begin + length, value);
        return error == std::errc() && end == begin + length ? value : -1;
    };
    using namespace std::chrono;
    auto const day = year_month_day(year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))), std::chrono::day(static_cast<unsigned>(number(8, 2))));
    auto const hour = number(11, 2), minute = number(14, 2);
    if (number(0, 4) < 0 || !day.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return std::nullopt;
    return sys_days(day) + hours(hour) + minutes(minute);
}

int read_acknowledgment(AckCommand const& command, grammar::SchemaCache& schemas) {
    auto const text = read_file(command.file, command.max_bytes);
    if (!text) {
        trouble(unreadable(text.error()));
        return could_not_run;
    }
    std::string original_text;
    std::optional<grammar::NamedText> original;
    if (!command.original.empty()) {
        auto bytes = read_file(command.original, command.max_bytes);
        if (!bytes) {
            trouble(unreadable(bytes.error()));
            return could_not_run;
        }
        original_text = std::move(*bytes);
        original = grammar::NamedText{original_text, shown_name(command.original)};
    }
    auto report = grammar::explain_acknowledgment({*text, shown_name(command.file)}, original, schemas);
    if (!report) {
        trouble(report.error().message);
        return could_not_run;
    }
    find_lines(report->findings, shown_name(command.file), *byte_source_of(*text));
    if (original)
        find_lines(report->findings, original->file, *byte_source_of(original_text));
    std::string out;
    if (command.format == Format::json) {
        out = report_json(*report);
    } else {
        out = verdict_lines(*report);
        if (!report->findings.empty())
            out += "\n" + rendered(report->findings, STDOUT_FILENO) + "\n" + count_words(report->findings, report->suppressed) + "\n";
    }
    Outcome outcome;
    if (report->refused)
        outcome.found();
    if (!print(out))
        outcome.failed();
    return outcome.exit_code();
}

int write_acknowledgment(AckCommand const& command, grammar::SchemaCache& schemas) {
    grammar::AcknowledgeOptions options;
    using Form = AckCommand::Form;
    options.form = command.form == Form::functional       ? grammar::AcknowledgmentForm::functional
                   : command.form == Form::implementation ? grammar::AcknowledgmentForm::implementation
                   : command.form == Form::interchange    ? grammar::AcknowledgmentForm::interchange
                                                          : grammar::AcknowledgmentForm::automatic;
    options.release = command.release;
    options.control_number = command.control_number;
    options.content.list_accepted_sets = !command.errors_only;
    options.content.ta1_with_errors = command.ta1_with_errors;
    options.content.accept_with_errors = command.accept_with_errors;
    options.reader.severities = grammar::syntax_only();
    for (auto const& rule : command.treat)
        if (auto const added = options.reader.severities.add(rule); !added) {
            trouble("--treat " + added.error().message);
            return could_not_run;
        }
    SeverityPolicy known; // only to learn whether the codes exist
    for (auto const& code : command.accept_with_errors)
        if (auto ok = known.add(code, Treatment::tolerate); !ok) {
            trouble("--accept-with-errors: " + ok.error().message);
            return could_not_run;
        }
    if (!load_guides(command.guides, schemas.grammars(), options.reader.guides)) {
        trouble("nothing was answered");
        return could_not_run;
    }
    options.content.guide_findings = !command.guides.empty();
    options.at = SystemClock().now();
    if (!command.at.empty()) {
        auto const at = parse_time(command.at);
        if (!at) {
            trouble(fmt::format("--at {} is not a time; write it as 2025-06-02T14:03", command.at));
            return could_not_run;
        }
        options.at = *at;
    }
    if (!command.release.empty())
        if (auto const match = schemas.grammars().match_release(command.release); !match.exact) {
            trouble(fmt::format("there is no grammar for release {}; the nearest is {}", command.release, match.release));
            return could_not_run;
        }
    auto const text = read_file(command.file, command.max_bytes);
    if (!text) {
        trouble(unreadable(text.error()));
        return could_not_run;
    }
    auto const result = grammar::acknowledge(*text, shown_name(command.file), schemas, options);
    if (!result) {
        trouble(result.error().message);
        return could_not_run;
    }
    for (auto const& remark : result->remarks)
        trouble(remark);
    Outcome outcome;
    if (result->refused)
        outcome.found();
    if (command.output.empty()) {
        if (!print(result->bytes))
            outcome.failed();
    } else if (auto const written = write_file_durably(command.output, result->bytes); !written) {
        trouble(written.error().message);
        outcome.failed();
    }
    return outcome.exit_code();
}

} // namespace

int run(AckCommand const& command) {
    auto grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) {
        print_beside(grammars.error());
        trouble("the grammar files cannot be used; nothing was done");
        return could_not_run;
    }
    grammar::SchemaCache schemas(*std::move(grammars));
    return command.read ? read_acknowledgment(command, schemas) : write_acknowledgment(command, schemas);
}

} // namespace wharf::cli
