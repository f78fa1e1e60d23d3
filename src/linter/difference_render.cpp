#include "linter/difference_render.hpp"

#include "base/json_text.hpp"
#include "diagnostic/printable.hpp"

#include <fmt/format.h>
#include <iterator>

namespace wharf::linter {
namespace {

constexpr std::string_view kind_words[] = {"added", "removed", "changed", "moved"};
constexpr std::string_view kind_signs[] = {"+", "-", "~", ">"};
constexpr std::string_view kind_colours[] = {"32", "31", "33", "36"};

std::string words_of(ShownWord const& word) {
    auto const text = word.text.empty() ? std::string("\"\"") : printable(word.text);
    return word.code.empty() ? text : fmt::format("{} ({})", text, printable(word.code));
}

class Text {
public:
    explicit Text(TextStyle const& style) : style_(style) {}

    std::string run(DifferenceResult const& result) {
        std::string const* set = nullptr;
        for (auto const& difference : result.differences) {
            if (set == nullptr || *set != difference.set)
                heading(difference.set);
            set = &difference.set;
            entry(difference);
        }
        if (!out_.empty())
            out_ += '\n';
        return std::move(out_) + totals(result);
    }

private:
    void heading(std::string const& set) {
        auto const title = set.empty() ? std::string("Envelope") : printable(set);
        fmt::format_to(std::back_inserter(out_), "{}{}\n", out_.empty() ? "" : "\n", style_.colour ? fmt::format("\x1b[1m{}\x1b[0m", title) : title);
    }

    void entry(Difference const& difference) {
        auto const kind = static_cast<std::size_t>(difference.kind);
        auto const sign = style_.colour ? fmt::format("\x1b[{}m{} {}\x1b[0m", kind_colours[kind], kind_signs[kind], kind_words[kind])
                                        : fmt::format("{} {}", kind_signs[kind], kind_words[kind]);
        fmt::format_to(std::back_inserter(out_), "  {}  {}", sign, printable(difference.path));
        if (!difference.name.empty())
            fmt::format_to(std::back_inserter(out_), "  {}", printable(difference.name));
        if (!difference.before && !difference.after) {
            out_ += '\n';
        } else if (difference.kind == DifferenceKind::moved) {
            fmt::format_to(std::back_inserter(out_), ": from place {} to place {}\n", words_of(*difference.before), words_of(*difference.after));
        } else if (difference.before && difference.after) {
            fmt::format_to(std::back_inserter(out_), ": {} → {}\n", words_of(*difference.before), words_of(*difference.after));
        } else {
            auto const& value = difference.before ? *difference.before : *difference.after;
            out_ += value.text.empty() && value.code.empty() ? std::string("\n") : fmt::format(": {}\n", words_of(value));
        }
        for (auto const& segment : difference.segments)
            fmt::format_to(std::back_inserter(out_), "      {}\n", printable(segment));
        if (difference.more_segments > 0)
            fmt::format_to(std::back_inserter(out_), "      {}{} segment{}\n", difference.segments.empty() ? "" : "and ", difference.more_segments,
                           difference.more_segments == 1 ? "" : "s");
    }

    static std::string totals(DifferenceResult const& result) {
        if (result.equal())
            return fmt::format("no differences in {} transaction set{}\n", result.matched_sets, result.matched_sets == 1 ? "" : "s");
        std::size_t counts[4] = {};
        for (auto const& difference : result.differences)
            ++counts[static_cast<std::size_t>(difference.kind)];
        std::string text;
        for (std::size_t i = 0; i < 4; ++i)
            if (counts[i] > 0)
                text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts[i], kind_words[i]);
        if (result.suppressed > 0)
            text += fmt::format(", and {} more, not shown", result.suppressed);
        return fmt::format("{}; {} of {} and {} transaction sets matched\n", text, result.matched_sets, result.left_sets, result.right_sets);
    }

    TextStyle style_;
    std::string out_;
};

void add_text(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty())
        return;
    fmt::format_to(std::back_inserter(out), ", \"{}\": ", name);
    append_json_string(out, value);
}

void add_word(std::string& out, std::string_view name, std::optional<ShownWord> const& word) {
    if (!word)
        return;
    fmt::format_to(std::back_inserter(out), ", \"{}\": {{\"text\": ", name);
    append_json_string(out, word->text);
    add_text(out, "code", word->code);
    out += '}';
}

std::string json_of(Difference const& difference) {
    auto out = fmt::format("{{\"kind\": \"{}\"", kind_words[static_cast<std::size_t>(difference.kind)]);
    add_text(out, "set", difference.set);
    add_text(out, "path", difference.path);
    add_text(out, "name", difference.name);
    add_word(out, "before", difference.before);
    add_word(out, "after", difference.after);
    if (!difference.segments.empty()) {
        out += ", \"segments\": [";
        for (auto const& segment : difference.segments) {
            out += &segment == &difference.segments.front() ? "" : ", ";
            append_json_string(out, segment);
        }
        out += ']';
    }
    if (difference.more_segments > 0)
        fmt::format_to(std::back_inserter(out), ", \"more_segments\": {}", difference.more_segments);
    if (difference.left_offset)
        fmt::format_to(std::back_inserter(out), ", \"left_offset\": {}", *difference.left_offset);
    if (difference.right_offset)
        fmt::format_to(std::back_inserter(out), ", \"right_offset\": {}", *difference.right_offset);
    return out + '}';
}

} // namespace

std::string render_text(DifferenceResult const& result, TextStyle const& style) { return Text(style).run(result); }

std::string render_json(DifferenceResult const& result) {
    auto out = fmt::format("{{\"equal\": {}, \"left_sets\": {}, \"right_sets\": {}, \"matched_sets\": {}, \"suppressed\": {}, \"differences\": [", result.equal(), result.left_sets,
                           result.right_sets, result.matched_sets, result.suppressed);
    for (auto const& difference : result.differences)
        out.append(&difference == &result.differences.front() ? "\n  " : ",\n  ").append(json_of(difference));
    return out + (result.differences.empty() ? "]}\n" : "\n]}\n");
}

} // namespace wharf::linter
