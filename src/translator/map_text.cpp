#include "translator/map_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

std::string quoted(std::string_view text) {
    return fmt::format("\"{}\"", text);
}

/// An argument or word: in quotes where blanks, commas or a word of the language would be misread.
std::string word_text(std::string_view text) {
    bool const plain = !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':' ||
               c == '.' || c == '-' || c == '/';
    });
    for (std::string_view const reserved : {"as", "then", "when", "or", "on", "and"})
        if (text == reserved) return quoted(text);
    return plain ? std::string(text) : quoted(text);
}

std::string paths_text(Source const& source) {
    std::string text = source.each ? "each " : "";
    for (auto const& path : source.alternatives)
        text += (&path == &source.alternatives.front() ? "" : " or ") + path.text;
    return text;
}

} // namespace

std::string text_of(Expression const& expression) {
    using Kind = Expression::Kind;
    auto const everywhere = expression.everywhere ? " everywhere" : "";
    switch (expression.kind) {
    case Kind::literal:
        return quoted(expression.text);
    case Kind::variable:
        return "$" + expression.text;
    case Kind::path:
        return expression.path.text();
    case Kind::count_path:
        return fmt::format("count {}{}", expression.path.text(), everywhere);
    case Kind::count_segment:
        return "count " + expression.text;
    case Kind::sum: {
        auto text = fmt::format("sum {}{}", expression.path.text(), everywhere);
        for (auto const& factor : expression.factors)
            text += (&factor == &expression.factors.front() ? " (" : " * ") + factor.text();
        return expression.factors.empty() ? text : text + ")";
    }
    case Kind::total:
        break;
    }
    std::string text;
    for (auto const& part : expression.parts)
        text += (&part == &expression.parts.front() ? "" : part.negative ? " - " : " + ") + text_of(part);
    return text;
}

std::string text_of(Condition const& condition) {
    if (condition.kind != Condition::Kind::test) { // from left to right, as it was read
        std::string text;
        for (auto const& part : condition.parts)
            text += (&part == &condition.parts.front()             ? ""
                     : condition.kind == Condition::Kind::all ? " and "
                                                              : " or ") +
                    text_of(part);
        return text;
    }
    auto text = fmt::format("{}{}{}", condition.negated ? "not " : "", condition.variable ? "$" : "",
                            condition.path.text());
    if (condition.words.size() == 1) return text + " = " + word_text(condition.words.front());
    for (auto const& word : condition.words)
        text += (&word == &condition.words.front() ? " in {" : " ") + word_text(word);
    return condition.words.empty() ? text : text + "}";
}

std::string text_of(Conversion const& conversion) {
    if (conversion.path) return fmt::format("{} {}", conversion.name, conversion.path->text());
    auto text = conversion.name;
    for (auto const& argument : conversion.arguments)
        text += " " + word_text(argument);
    return text;
}

std::string text_of(OptionLine const& option) {
    auto text = option.keyword;
    for (auto const& word : option.words)
        text += " " + (word.quoted ? quoted(word.text) : word.text);
    return text;
}

std::string target_text(Rule const& rule) {
    switch (rule.target) {
    case Rule::Target::member:
        return rule.path.text();
    case Rule::Target::same_object:
        return ".";
    case Rule::Target::none:
        return "-";
    case Rule::Target::one_of:
        break;
    }
    return "one of";
}

std::string source_text(Rule const& rule) {
    std::string text = rule.direction == Direction::read ? "read " : rule.direction == Direction::write ? "write " : "";
    if (!rule.sources.empty()) text += paths_text(rule.sources.front());
    if (rule.drop) text += " drop";
    if (rule.expression) {
        if (!text.empty() && text.back() != ' ') text += ' ';
        text += "= " + text_of(*rule.expression);
    }
    return text;
}

std::string conversion_text(Rule const& rule) {
    std::string text;
    auto const add = [&](std::string part) { text += (text.empty() ? "" : " ") + std::move(part); };
    for (auto const& conversion : rule.conversions)
        if (&conversion == &rule.conversions.front())
            add(text_of(conversion));
        else
            text += ", " + text_of(conversion);
    for (auto const& source : rule.sources) {
        if (&source != &rule.sources.front()) add("then " + paths_text(source));
        if (!source.shape.empty()) add("as " + source.shape);
    }
    if (rule.when) add("when " + text_of(*rule.when));
    if (rule.on_error == OnError::hold) add("on error hold");
    if (rule.on_error == OnError::pass) add("on error pass");
    return text;
}

} // namespace wharf::translator
