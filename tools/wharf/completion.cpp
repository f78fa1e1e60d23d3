#include "tools/wharf/command_tree.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wharf::cli {
namespace {

using Visit = void (*)(CommandDescription const& command, std::string const& path, std::string& out);

/// Each command with the words that lead to it: "" for the whole, " guide check".
void visit(CommandDescription const& command, std::string const& path, Visit one, std::string& out) {
    one(command, path, out);
    for (auto const& inner : command.commands) visit(inner, fmt::format("{} {}", path, inner.name), one, out); // as deep as the declarations
}

std::string names_of(std::vector<CommandDescription> const& commands) {
    std::vector<std::string> names;
    for (auto const& command : commands) names.push_back(command.name);
    return fmt::format("{}", fmt::join(names, " "));
}

void bash_paths(CommandDescription const& command, std::string const& path, std::string& out) {
    if (!path.empty()) out += fmt::format("      '{}') path='{}' ;;\n", path, path);
    (void)command;
}

void bash_values(CommandDescription const& command, std::string const& path, std::string& out) {
    for (auto const& option : command.options) {
        if (option.is_positional || option.value.empty()) continue;
        std::string patterns;
        for (auto const& name : option.names) patterns += fmt::format("{}'{} {}'", patterns.empty() ? "" : " | ", path, name);
        auto const choices = option.choices();
        auto const words = option.value == "DIR"   ? std::string("mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")")
                           : option.takes_file()   ? std::string("mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")")
                           : choices.empty()       ? std::string("COMPREPLY=()")
                                                   : fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$cur\")", fmt::join(choices, " "));
        out += fmt::format("    {}) {}; return ;;\n", patterns, words);
    }
}

void bash_words(CommandDescription const& command, std::string const& path, std::string& out) {
    std::vector<std::string> options;
    std::vector<std::string> words;
    auto files = false;
    for (auto const& option : command.options) {
        if (!option.is_positional) std::ranges::copy(option.names, std::back_inserter(options));
        else if (auto const choices = option.choices(); !choices.empty()) std::ranges::copy(choices, std::back_inserter(words));
        else files = files || option.takes_file();
    }
    auto const named = command.commands.empty() ? fmt::format("{}", fmt::join(words, " ")) : names_of(command.commands);
    out += fmt::format("    '{}') options='{}'; words='{}'; files={} ;;\n", path, fmt::join(options, " "), named, files ? "yes" : "");
}

std::string zsh_quoted(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '\'') out += "'\\''";
        else if (c == '[' || c == ']' || c == ':' || c == '\\') (out += '\\') += c;
        else out += c;
    }
    return out;
}

std::string zsh_action(OptionDescription const& option) {
    auto const choices = option.choices();
    if (!choices.empty()) return fmt::format("({})", fmt::join(choices, " "));
    if (option.value == "DIR") return "_files -/";
    return option.takes_file() ? "_files" : " ";
}

std::string function_of(std::string path) {
    std::ranges::replace_if(path, [](char c) { return c == ' ' || c == '-'; }, '_');
    return "_wharf" + path;
}

void zsh_function(CommandDescription const& command, std::string const& path, std::string& out) {
    out += fmt::format("{}() {{\n", function_of(path));
    std::string arguments;
    for (auto const& option : command.options) {
        auto const label = zsh_quoted(option.value.empty() ? option.names.front() : option.value);
        if (option.is_positional) {
            arguments += fmt::format(" \\\n    '{}:{}:{}'", option.is_repeatable ? "*" : "", label, zsh_action(option));
            continue;
        }
        for (auto const& name : option.names)
            arguments += fmt::format(" \\\n    '{}{}[{}]{}'", option.is_repeatable ? "*" : "", name, zsh_quoted(option.description),
                                     option.value.empty() ? std::string() : fmt::format(":{}:{}", label, zsh_action(option)));
    }
    if (command.commands.empty()) {
        out += fmt::format("  _arguments{}\n}}\n", arguments);
        return;
    }
    out += fmt::format("  local line state\n  _arguments -C{} \\\n    '1:command:->command' \\\n    '*::argument:->argument'\n", arguments);
    out += "  case $state in\n    command)\n      local -a commands=(\n";
    for (auto const& inner : command.commands) out += fmt::format("        '{}:{}'\n", inner.name, zsh_quoted(inner.description));
    out += "      )\n      _describe command commands ;;\n    argument)\n      case $line[1] in\n";
    for (auto const& inner : command.commands) out += fmt::format("        {}) {} ;;\n", inner.name, function_of(path + " " + inner.name));
    out += "      esac ;;\n  esac\n}\n";
}

} // namespace

std::vector<std::string> OptionDescription::choices() const {
    std::vector<std::string> words;
    if (value.find('|') == std::string::npos) return words;
    std::string_view rest = value;
    for (;;) {
        auto const cut = rest.find('|');
        words.emplace_back(rest.substr(0, cut));
        if (cut == std::string_view::npos) return words;
        rest.remove_prefix(cut + 1);
    }
}

std::string bash_completion(CommandDescription const& whole) {
    std::string out = "# bash completion of wharf. Made by `wharf completion bash`.\n"
                      "_wharf() {\n"
                      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} path='' options='' words='' files='' i\n"
                      "  # bash cuts --format=json into three words.\n"
                      "  if [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
                      "  if [[ $cur == '=' ]]; then cur=''; fi\n"
                      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                      "    case \"$path ${COMP_WORDS[i]}\" in\n";
    visit(whole, "", bash_paths, out);
    out += "    esac\n  done\n  case \"$path $prev\" in\n";
    visit(whole, "", bash_values, out);
    out += "  esac\n  case \"$path\" in\n";
    visit(whole, "", bash_words, out);
    out += "  esac\n"
           "  if [[ $cur == -* ]]; then mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\"); return; fi\n"
           "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
           "  if [[ $files ]]; then mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$cur\"); fi\n"
           "}\n"
           "complete -o filenames -F _wharf wharf\n";
    return out;
}

std::string zsh_completion(CommandDescription const& whole) {
    std::string out = "#compdef wharf\n# zsh completion of wharf. Made by `wharf completion zsh`.\n";
    visit(whole, "", zsh_function, out);
    out += "if [[ ${funcstack[1]} == _wharf ]]; then _wharf \"$@\"; else compdef _wharf wharf; fi\n";
    return out;
}

} // namespace wharf::cli
