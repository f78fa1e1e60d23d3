#include "grammar/sef_notes.hpp"

#include <fmt/format.h>

#include <charconv>

namespace wharf::grammar {
namespace {

constexpr std::size_t max_note = 1500; // a guide's line has at most 10,000 bytes
constexpr std::size_t max_name = 120;

/// `\r\n` and `\t` are written out in SEF; runs of blanks become one.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '\\' && i + 1 < text.size()) {
            auto const next = text[i + 1];
            if (next == 'r' || next == 'n' || next == 't' || next == '\\') {
                ++i;
                c = next == '\\' ? '\\' : ' ';
            }
        }
        if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += c;
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

/// The first `most` bytes, cut before a character.
std::string cut(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    text.resize(most);
    return text + "…";
}

bool read_number(std::string_view text, std::uint32_t& to) {
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), to);
    return !text.empty() && error == std::errc() && stop == text.data() + text.size();
}

} // namespace

SefNotes::SefNotes(SefSetView const& view) : view_(view) {
    for (auto const& note : view.file.notes) {
        if (note.kind == "SETS") take(note);
        else if (of_dictionary_++ == 0) dictionary_at_ = note.at;
    }
    if (of_dictionary_ > 0)
        view.report("SEF-0014", dictionary_at_, fmt::format("{} notes describe the dictionary (.TEXT of segments, composites, elements or codes), not this guideline; the guide has the standard's own names", of_dictionary_));
}

void SefNotes::append(std::string& to, SefNote const& note, std::string_view before) {
    auto text = unescaped(view_.file.text.readable(note.text));
    if (text.empty()) return;
    if (!before.empty()) text = fmt::format("{}: {}", before, text);
    if (!to.empty()) to += to.ends_with('.') ? " " : "; ";
    to += text;
    if (to.size() <= max_note) return;
    to = cut(std::move(to), max_note);
    view_.report("SEF-0014", note.at, fmt::format("the note is longer than {} bytes; the guide has its beginning", max_note));
}

void SefNotes::take(SefNote const& note) {
    if (note.where.front() != view_.set.id) return;
    auto const text = unescaped(view_.file.text.readable(note.text));
    if (note.where.size() == 1) { // 0 title, 1 group, 2 purpose, 3 to 5 notes
        if (note.what == 0) title_ = text;
        if (note.what >= 3 && !text.empty()) set_notes_.push_back(text);
        return;
    }
    std::uint32_t ordinal = 0, element = 0, component = 0;
    auto good = read_number(note.where[1], ordinal);
    if (note.where.size() > 2) good = good && read_number(note.where[2], element);
    // 850~42~1~ST: of one code of the element; 850~42~1~2: of a component
    auto const of_code = note.where.size() > 4;
    if (note.where.size() == 4) good = good && read_number(note.where[3], component);
    if (!good || view_.row(ordinal) == nullptr) {
        view_.report("SEF-0013", note.at, fmt::format("{} has no segment {}; the note was left out", view_.set.id, note.where[1]));
        return;
    }
    auto& entry = entries_[{ordinal, element, component}];
    if (of_code) return append(entry.note, note, note.where[3]);
    // A segment: 3 its name, 4, 5 and 7 notes of the guideline, 0 to 2 and 6 texts of the standard. An element: 2 its name.
    auto const is_name = element == 0 ? note.what == 3 : note.what == 2;
    auto const of_standard = element == 0 && (note.what <= 2 || note.what == 6);
    if (is_name) entry.name = cut(text, max_name);
    else if (!of_standard) append(entry.note, note);
}

std::string SefNotes::title() const { return cut(title_, max_name); }

std::string SefNotes::note(SefRow const& row, std::uint32_t element, std::uint32_t component) const {
    auto const found = entries_.find({row.ordinal, element, component});
    return row.ordinal == 0 || found == entries_.end() ? std::string() : found->second.note;
}
std::string SefNotes::name(SefRow const& row, std::uint32_t element, std::uint32_t component) const {
    auto const found = entries_.find({row.ordinal, element, component});
    return row.ordinal == 0 || found == entries_.end() ? std::string() : found->second.name;
}

} // namespace wharf::grammar
