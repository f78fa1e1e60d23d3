// How findings are printed: the options of every command that checks something.
#include "tools/wharf/command_line_reporting.hpp"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

namespace wharf::cli {
namespace {

/// An option with one of a few words.
template <class Value, std::size_t count>
CLI::Option* add_choice(CLI::App& command, std::string const& name, std::string const& help, Value& value,
                        std::pair<std::string_view, Value> const (&words)[count]) {
    std::string all;
    for (auto const& [word, meaning] : words)
        all += fmt::format("{}{}", all.empty() ? "" : "|", word);
    return command
        .add_option_function<std::string>(
            name,
            [&value, &words, all, name](std::string const& given) {
                for (auto const& [word, meaning] : words)
                    if (word == given) {
                        value = meaning;
                        return;
                    }
                throw CLI::ValidationError(name.substr(0, name.find(',')), fmt::format("{} is none of {}", given, all));
            },
            help)
        ->type_name(all);
}

constexpr std::pair<std::string_view, Format> formats[] = {
    {"text", Format::text}, {"json", Format::json}, {"sarif", Format::sarif}, {"github", Format::github}, {"junit", Format::junit}};
constexpr std::pair<std::string_view, Colour> colours[] = {{"auto", Colour::automatic}, {"always", Colour::always}, {"never", Colour::never}};

} // namespace

void add_reporting(CLI::App& command, Reporting& reporting) {
    add_choice(command, "--format", "How findings are printed: text (default), or for other programs", reporting.format, formats);
    command.add_flag("--strict", reporting.strict, "Warnings count: exit code 1");
    command.add_flag("-q,--quiet", reporting.quiet, "Only what is wrong: no summary, and nothing at all when all is well");
    command.add_flag("--statistics", reporting.statistics, "How often each code was found, instead of the findings (text, json)");
    add_choice(command, "--colour,--color", "Colours: auto (default) means on a terminal, unless NO_COLOR is set", reporting.colour, colours);
}

} // namespace wharf::cli
