#include "tools/wharf/command_tree.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::cli {
namespace {

/// Text as roff takes it: nothing at a line's beginning is a request, a hyphen is one that can be copied.
std::string roff(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (static_cast<unsigned char>(c) >= 0x80) {
            auto const length = std::max<std::size_t>(1, utf8_sequence_length(text, i));
            out += length == 3 && text.substr(i, 3) == "…" ? "..." : "?";
            i += length - 1;
        } else if (c == '\\') out += "\\e";
        else if (c == '-') out += "\\-";
        else if ((c == '.' || c == '\'') && (i == 0 || text[i - 1] == '\n')) (out += "\\&") += c;
        else out += c;
    }
    return out;
}

void options(CommandDescription const& command, std::string& out) {
    for (auto const& option : command.options) {
        std::string names;
        for (auto const& name : option.names) names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
        auto const value = option.is_positional || option.value.empty() ? std::string() : fmt::format(" \\fI{}\\fR", roff(option.value));
        out += fmt::format(".TP\n{}{}{}\n{}\n", names, value, option.is_repeatable ? " ..." : "", roff(option.description));
    }
}

/// Leaf commands, each a subsection. As deep as the declarations are.
void commands(CommandDescription const& command, std::string const& path, std::string& out) {
    for (auto const& inner : command.commands) {
        auto const name = path + " " + inner.name;
        if (inner.commands.empty()) {
            std::string synopsis;
            for (auto const& option : inner.options)
                if (option.is_positional)
                    synopsis += fmt::format(" {}{}{}", option.is_required ? "" : "[", option.names.front(), option.is_repeatable ? "..." : "") + (option.is_required ? "" : "]");
            out += fmt::format(".SS \"{}{}\"\n{}.\n", roff(name), roff(synopsis), roff(inner.description));
            options(inner, out);
        } else {
            commands(inner, name, out);
        }
    }
}

} // namespace

std::string manual_page(CommandDescription const& whole, std::string const& version) {
    auto out = fmt::format(".\\\" Made by `wharf man`.\n.TH WHARF 1 \"\" \"wharf {}\" \"User Commands\"\n"
                           ".SH NAME\nwharf \\- {}\n"
                           ".SH SYNOPSIS\n.B wharf\n.I COMMAND\n.RI [ OPTION ]...\n.RI [ FILE ]...\n"
                           ".SH DESCRIPTION\n"
                           "Wharf reads and writes EDI (ANSI ASC X12), checks it against the standard and against what one partner allows, turns it into\n"
                           "canonical JSON and back, and moves it between partners and business systems.\n"
                           "A\n.I FILE\nof \\- is standard input.\n"
                           ".SH COMMANDS\n",
                           roff(version), roff(whole.description.substr(whole.description.find(": ") == std::string::npos ? 0 : whole.description.find(": ") + 2)));
    commands(whole, "wharf", out);
    out += ".SH EXIT STATUS\n.TP\n.B 0\nno errors\n.TP\n.B 1\nfindings: errors in what was checked; warnings too with \\fB\\-\\-strict\\fR\n"
           ".TP\n.B 2\ncould not run: a file that cannot be read, a command line that makes no sense; this wins over findings\n"
           ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nno colours, whatever the terminal can do\n"
           ".SH FILES\n.TP\n.I .wharf.yaml\nhow files are linted; the one nearest above a file counts\n"
           ".TP\n.I wharf.yaml\nthe gateway's configuration, with profiles in \\fIpartners/\\fR and channels in \\fIchannels/\\fR\n"
           ".SH EXAMPLES\n.TP\n.B wharf lint orders/\nevery X12 file in a folder\n"
           ".TP\n.B wharf explain BEG02\nwhat the standard says of an element\n"
           ".TP\n.B wharf guide import acme.sef \\-o acme\\-850.guide\na guideline in SEF as a guide\n";
    return out;
}

} // namespace wharf::cli
