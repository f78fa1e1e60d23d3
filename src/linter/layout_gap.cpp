#include "linter/layout_gap.hpp"

#include <algorithm>

namespace wharf::linter {
namespace {

constexpr std::size_t kinds = 3; // of Separation

struct Split {
    std::string_view kept; // before the line break of the layout
    std::string_view lead; // the line begins with it
    std::size_t blanks = 0; // before a tab in `lead`; 0: there is no tab
};

Split split(std::string_view laid_out, bool line_feed_terminates) {
    Split parts;
    if (line_feed_terminates) {
        auto const end = laid_out.find_last_not_of(" \t");
        auto const lead = end == std::string_view::npos ? 0 : end + 1;
        parts = {laid_out.substr(0, lead), laid_out.substr(lead)};
    } else if (auto const end = laid_out.rfind('\n'); end != std::string_view::npos) {
        parts = {laid_out.substr(0, end), laid_out.substr(end + 1)};
    }
    auto const tab = parts.lead.find_first_not_of(' ');
    if (tab != std::string_view::npos && parts.lead[tab] == '\t')
        parts.blanks = tab;
    return parts;
}

std::string_view usual_of(GapRule const& rule) { return rule.line_feed_terminates ? std::string_view() : bytes_of(rule.usual); }

} // namespace

std::string_view bytes_of(Separation separation) {
    return separation == Separation::none ? std::string_view() : separation == Separation::lf ? std::string_view("\n") : std::string_view("\r\n");
}

std::string laid_out_gap(std::string_view wire, GapRule const& rule, std::size_t indentation) {
    bool const usual = wire == usual_of(rule);
    auto gap = usual ? std::string() : std::string(wire);
    if (!rule.line_feed_terminates)
        gap += '\n';
    auto const mark = rule.has_mark ? 1 + static_cast<std::size_t>(rule.usual) + (usual ? 0 : kinds) : usual ? 0 : 1;
    if (mark != 0)
        gap.append(mark, ' ') += '\t';
    return gap.append(indentation, ' ');
}

std::string_view wire_gap(std::string_view laid_out, GapRule const& rule) {
    auto const parts = split(laid_out, rule.line_feed_terminates);
    bool const keeps = rule.has_mark ? parts.blanks > kinds : parts.blanks == 1;
    return keeps ? parts.kept : usual_of(rule);
}

std::optional<Separation> read_mark(std::string_view laid_out, bool line_feed_terminates) {
    auto const blanks = split(laid_out, line_feed_terminates).blanks;
    if (blanks == 0 || blanks > 2 * kinds)
        return std::nullopt;
    return static_cast<Separation>((blanks - 1) % kinds);
}

} // namespace wharf::linter
