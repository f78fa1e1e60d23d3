// The shape that CI servers agree on: testsuites, testsuite, testcase with at most one failure or error, and system-out behind it.
#include "diagnostic/printable.hpp"
#include "diagnostic/render.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace wharf {
namespace {

/// Printable text as XML; U+FFFE and U+FFFF are characters that XML does not have.
std::string escaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const no_character = text.substr(i).starts_with("\xef\xbf") && i + 2 < text.size() && (text[i + 2] == '\xbe' || text[i + 2] == '\xbf');
        switch (text[i]) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            if (no_character) {
                out += "\xef\xbf\xbd";
                i += 2;
            } else {
                out += text[i];
            }
        }
    }
    return out;
}

std::string attribute(std::string_view text) { return escaped(printable(text)); }
std::string content(std::string_view text) { return escaped(printable(text, true)); }

struct Case {
    std::string name;
    Diagnostics failures, others;
    std::string trouble; // an error of ours, not of the file
};

struct Suite {
    std::string name;
    std::vector<Case> cases;

    [[nodiscard]] std::size_t failures() const {
        return static_cast<std::size_t>(std::ranges::count_if(cases, [](Case const& one) { return !one.failures.empty(); }));
    }
    [[nodiscard]] std::size_t errors() const {
        return static_cast<std::size_t>(std::ranges::count_if(cases, [](Case const& one) { return !one.trouble.empty(); }));
    }
};

std::string case_name(Place const& place) {
    if (place.transaction.empty() && place.transaction_set.empty()) return place.interchange.empty() ? "file" : fmt::format("interchange {}", place.interchange);
    std::string name;
    if (!place.interchange.empty()) name += fmt::format("interchange {}, ", place.interchange);
    if (!place.group.empty()) name += fmt::format("group {}, ", place.group);
    return name + fmt::format("set {} ({})", place.transaction, place.transaction_set);
}

/// The element of the list with that name, made at its end when there is none. Searched from the end: findings come in file order.
template <class List> auto& named(List& list, std::string const& name) {
    for (auto at = list.rbegin(); at != list.rend(); ++at)
        if (at->name == name) return *at;
    list.emplace_back().name = name;
    return list.back();
}

void add(Suite& suite, Diagnostic const& diagnostic, bool strict) {
    auto& one = named(suite.cases, case_name(diagnostic.place));
    bool const fails = diagnostic.severity == Severity::error || (strict && diagnostic.severity == Severity::warning);
    (fails ? one.failures : one.others).push_back(diagnostic);
}

std::vector<Suite> suites_of(Report const& report) {
    std::vector<Suite> suites;
    for (auto const& file : report.files)
        (void)named(suites, file.name);
    for (auto const& diagnostic : report.diagnostics)
        add(named(suites, diagnostic.place.file), diagnostic, report.strict);
    for (auto const& file : report.files) {
        auto& suite = named(suites, file.name);
        if (!file.trouble.empty()) suite.cases.push_back({"read", {}, {}, file.trouble});
        if (file.suppressed != 0)
            suite.cases.push_back({"further findings", {}, {}, fmt::format("{} more findings are not listed; --max-findings lists more", file.suppressed)});
        if (suite.cases.empty()) suite.cases.push_back({fmt::format("no findings in {} transaction set{}", file.sets, file.sets == 1 ? "" : "s"), {}, {}, {}});
    }
    return suites;
}

void write(std::string& out, Suite const& suite, Case const& one) {
    auto const to = std::back_inserter(out);
    fmt::format_to(to, "    <testcase name=\"{}\" classname=\"{}\" time=\"0\"", attribute(one.name), attribute(suite.name));
    if (one.failures.empty() && one.others.empty() && one.trouble.empty()) {
        out += "/>\n";
        return;
    }
    out += ">\n";
    if (!one.failures.empty())
        fmt::format_to(to, "      <failure message=\"{}{}\" type=\"{}\">{}</failure>\n", attribute(one.failures.front().message),
                       one.failures.size() == 1 ? "" : fmt::format(" (and {} more)", one.failures.size() - 1), attribute(one.failures.front().code),
                       content(render_text(one.failures)));
    else if (!one.trouble.empty())
        fmt::format_to(to, "      <error message=\"{}\" type=\"not-read\"/>\n", attribute(one.trouble));
    if (!one.others.empty()) fmt::format_to(to, "      <system-out>{}</system-out>\n", content(render_text(one.others)));
    out += "    </testcase>\n";
}

} // namespace

std::string render_junit(Report const& report) {
    auto const suites = suites_of(report);
    std::size_t cases = 0, failures = 0, errors = 0;
    for (auto const& suite : suites) {
        cases += suite.cases.size();
        failures += suite.failures();
        errors += suite.errors();
    }
    auto out = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"wharf lint\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\">\n", cases,
                           failures, errors);
    for (auto const& suite : suites) {
        fmt::format_to(std::back_inserter(out), "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\">\n", attribute(suite.name),
                       suite.cases.size(), suite.failures(), suite.errors());
        for (auto const& one : suite.cases)
            write(out, suite, one);
        out += "  </testsuite>\n";
    }
    return out + "</testsuites>\n";
}

} // namespace wharf
