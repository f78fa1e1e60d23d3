#include "grammar/sef_text.hpp"

#include "base/encoding.hpp"
#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "base/utf8.hpp"
#include "diagnostic/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace wharf::grammar {
namespace {

constexpr std::size_t max_lines = 200'000;
constexpr std::size_t max_record = 1u << 20;

struct SectionName {
    std::string_view word;
    SefSection section;
};
constexpr std::array section_names{SectionName{".VER", SefSection::version},
                                   SectionName{".INI", SefSection::head},
                                   SectionName{".STD", SefSection::standard},
                                   SectionName{".SETS", SefSection::sets},
                                   SectionName{".SEGS", SefSection::segments},
                                   SectionName{".COMS", SefSection::composites},
                                   SectionName{".ELMS", SefSection::elements},
                                   SectionName{".CODES", SefSection::codes},
                                   SectionName{".VALREFS", SefSection::value_places},
                                   SectionName{".VALLISTS", SefSection::value_lists},
                                   SectionName{".OBJVARS", SefSection::variables},
                                   SectionName{".SEMREFS", SefSection::rules},
                                   SectionName{".TEXT", SefSection::texts}};

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// ".SETS" of ".SETS" or ".TEXT,SETS"; empty: the line names no section.
std::string_view dotted_word(std::string_view line) {
    if (line.size() < 4 || line[0] != '.') return {};
    std::size_t end = 1;
    while (end < line.size() && is_letter(line[end])) ++end;
    auto const closed = end == line.size() || line[end] == ' ' || line[end] == ',' || line[end] == '\t';
    return end >= 4 && closed ? line.substr(0, end) : std::string_view();
}

bool all_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        auto const length = utf8_sequence_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

/// Does a new record of this section begin here? Else the line goes on with the one before.
bool begins_record(SefSection section, std::string_view line) {
    std::size_t end = 0;
    auto const part_of_key = [&](char c) {
        return is_letter(c) || is_digit(c) || (c >= 'a' && c <= 'z') || c == '/' || c == '-' || c == '_' || c == '~' || c == '.';
    };
    while (end < line.size() && end <= 80 && part_of_key(line[end])) ++end;
    if (end == line.size()) return false;
    if (section != SefSection::texts) return end > 0 && line[end] == '=';
    if (end == 0 || line[end] != ',') return false;
    auto digit = end + 1;
    while (digit < line.size() && is_digit(line[digit])) ++digit;
    return digit > end + 1 && digit < line.size() && line[digit] == ',';
}

} // namespace

std::string_view section_word(SefSection section) {
    return std::ranges::find(section_names, section, &SectionName::section)->word;
}

Diagnostic& SefFindings::add(std::string_view code, SefPlace place, std::string message, std::string help) {
    auto made = make_diagnostic(code, std::move(message), std::move(help));
    made.place.file = file_;
    made.place.line = place.line;
    made.place.column = place.column;
    auto const is_error = made.severity == Severity::error;
    if (is_error) ++errors_;
    if (list_.size() >= limits::findings + (is_error ? limits::findings : 0)) {
        ++suppressed_;
        return beyond_limit_ = std::move(made);
    }
    list_.push_back(std::move(made));
    return list_.back();
}

Diagnostics SefFindings::take() {
    if (suppressed_ > 0) {
        auto made = make_diagnostic("SEF-0009", fmt::format("{} further findings are not shown", suppressed_));
        made.place.file = file_;
        made.severity = Severity::info;
        list_.push_back(std::move(made));
    }
    suppressed_ = 0;
    return std::move(list_);
}

SefPlace SefText::place(char const* byte) const {
    auto const at = static_cast<std::size_t>(byte - joined_.data());
    auto const after = std::ranges::upper_bound(pieces_, at, {}, &Piece::joined);
    if (after == pieces_.begin()) return {1, 1};
    auto const& piece = *std::prev(after);
    return {piece.place.line, piece.place.column + static_cast<std::uint32_t>(at - piece.joined)};
}

std::string_view SefText::line(std::uint32_t number) const {
    if (number == 0 || number > lines_.size()) return {};
    auto const begin = lines_[number - 1];
    auto const end = source_.find_first_of("\r\n", begin);
    return std::string_view(source_).substr(begin, end == std::string::npos ? std::string::npos : end - begin);
}

std::string SefText::readable(std::string_view piece) const {
    auto out = is_utf8 ? std::string(piece) : to_utf8(piece, Encoding::windows_1252);
    std::erase(out, not_a_character);
    std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return out;
}

/// Goes over the lines once.
class SefCutter {
public:
    SefCutter(std::string bytes, SefText& text, SefFindings& findings) : text_(text), findings_(findings) { text_.source_ = std::move(bytes); }

    bool run() {
        if (!looks_like_sef()) return false;
        text_.is_utf8 = all_utf8(text_.source_);
        text_.joined_.reserve(text_.source_.size() + 1); // records borrow from it: it never grows beyond
        std::string_view const all = text_.source_;
        std::size_t at = all.starts_with("\xef\xbb\xbf") ? 3 : 0;
        while (at < all.size()) {
            auto const end = std::min(all.find_first_of("\r\n", at), all.size());
            text_.lines_.push_back(at);
            if (text_.lines_.size() > max_lines) {
                findings_.add("SEF-0009", {max_lines, 1}, fmt::format("more than {} lines", max_lines), "is this a SEF file?");
                return false;
            }
            take_line(all.substr(at, end - at));
            if (stopped_) return false;
            at = end + 1;
            if (end + 1 < all.size() && all[end] == '\r' && all[end + 1] == '\n') ++at;
        }
        close_record();
        if (in_private_)
            findings_.add("SEF-0003", text_.private_place, "the section .PRIVATE is not closed by .PUBLIC; what follows it was not read");
        if (!seen_[static_cast<std::size_t>(SefSection::sets)]) {
            findings_.add("SEF-0001", {number(), 1}, "the file has no section .SETS, so it says nothing about any transaction set",
                          "it may be cut off, or hold only dictionaries");
            return false;
        }
        return true;
    }

private:
    [[nodiscard]] std::uint32_t number() const { return static_cast<std::uint32_t>(text_.lines_.size()); }

    bool no_sef(std::string message, std::string help) {
        findings_.add("SEF-0001", {1, 1}, std::move(message), std::move(help));
        return false;
    }
    bool looks_like_sef() {
        std::string_view bytes = text_.source_;
        if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
        if (bytes.empty()) return no_sef("the file is empty", "export the guideline again");
        if (bytes.starts_with("EDIDE"))
            return no_sef("this is an encrypted container, not a SEF file", "ask its publisher for the plain SEF: only their own editor opens this one");
        if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff"))
            return no_sef("the file is UTF-16 text; SEF is ASCII", "save it as plain text first: iconv -f utf-16 -t utf-8");
        if (bytes.starts_with("ISA") || bytes.starts_with("UNB") || bytes.starts_with("UNA"))
            return no_sef("this is an interchange, not a SEF file", "check it with `wharf lint`");
        auto const head = bytes.substr(0, 4096);
        if (head.find('\0') != std::string_view::npos) return no_sef("the file is binary; SEF is text", "export the guideline as SEF 1.5 or 1.6");
        auto const dark = bytes.find_first_not_of(" \t\r\n");
        if (dark == std::string_view::npos || bytes[dark] != '.' || dotted_word(bytes.substr(dark, std::min(bytes.find_first_of("\r\n", dark), bytes.size()) - dark)).empty())
            return no_sef("a SEF file begins with .VER or .INI, this one does not", "export the guideline as SEF 1.5 or 1.6");
        return true;
    }

    void take_line(std::string_view line) {
        if (auto const word = section_of(line); !word.empty()) return begin_section(word, line);
        if (in_private_) {
            ++text_.private_lines;
            return;
        }
        if (!section_ || trimmed(line).empty() || line.starts_with("* ")) return;
        auto const keyed = *section_ != SefSection::head && *section_ != SefSection::standard && *section_ != SefSection::version;
        if (*section_ == SefSection::value_lists && (line[0] == '\'' || line[0] == '&')) return begin_record(line, 0);
        if (!keyed || begins_record(*section_, line) || open_ == std::string::npos) return begin_record(line, 0);
        append(line, 0);
    }

    /// A line that goes on with the one before may begin with a dot too: `.PER,,3]`.
    std::string_view section_of(std::string_view line) const {
        auto const word = dotted_word(line);
        if (word.empty() || word == ".PRIVATE" || word == ".PUBLIC" || std::ranges::find(section_names, word, &SectionName::word) != section_names.end()) return word;
        return in_private_ || line.find_first_of("[]{}^=") != std::string_view::npos ? std::string_view() : word;
    }

    void begin_section(std::string_view word, std::string_view line) {
        if (word == ".PUBLIC") {
            in_private_ = false;
            return close_section();
        }
        if (in_private_) {
            ++text_.private_lines;
            return;
        }
        if (word == ".PRIVATE") {
            in_private_ = true;
            if (text_.private_place.line == 0) text_.private_place = {number(), 1};
            return close_section();
        }
        close_section();
        auto const found = std::ranges::find(section_names, word, &SectionName::word);
        if (found == section_names.end()) return unknown(word);
        check_order(found->section);
        section_ = found->section;
        seen_[static_cast<std::size_t>(*section_)] = true;
        auto const rest = line.substr(word.size());
        kind_ = {};
        if (*section_ == SefSection::texts) {
            kind_ = trimmed(rest.starts_with(',') ? rest.substr(1) : rest);
        } else if (!trimmed(rest).empty()) {
            begin_record(line, word.size());
            close_record();
        }
    }

    void unknown(std::string_view word) {
        std::vector<std::string> words{".PRIVATE", ".PUBLIC"};
        for (auto const& name : section_names) words.emplace_back(name.word);
        auto const nearest = nearest_word(word, words);
        findings_.add("SEF-0004", {number(), 1}, fmt::format("there is no section {} in SEF 1.6; its lines were not read", word),
                      nearest.empty() ? std::string() : fmt::format("did you mean {}?", nearest));
    }

    void check_order(SefSection section) {
        auto const seen = [&](SefSection other) { return seen_[static_cast<std::size_t>(other)]; };
        auto const any = std::ranges::find(seen_, true) != seen_.end();
        if (section == SefSection::version && any)
            findings_.add("SEF-0003", {number(), 1}, ".VER stands behind other sections; it must be the first");
        if (section == SefSection::head && any && !(seen(SefSection::version) && std::ranges::count(seen_, true) == 1))
            findings_.add("SEF-0003", {number(), 1}, ".INI stands behind other sections; it must be the first, or follow .VER");
        if (section == SefSection::standard && seen(SefSection::sets))
            findings_.add("SEF-0003", {number(), 1}, ".STD stands behind .SETS; it must stand before it");
        if (section != SefSection::texts && section != SefSection::codes && seen(section))
            findings_.add("SEF-0003", {number(), 1}, fmt::format("a second section {}; both were read", section_word(section)));
    }

    void begin_record(std::string_view line, std::size_t from) {
        close_record();
        open_ = text_.joined_.size();
        append(line, from);
    }
    void append(std::string_view line, std::size_t from) {
        if (text_.joined_.size() + line.size() - from - open_ > max_record) {
            findings_.add("SEF-0009", {number(), 1}, fmt::format("a record of {} of more than {} bytes", section_word(*section_), max_record), "is the file whole?");
            stopped_ = true;
            return;
        }
        text_.pieces_.push_back({text_.joined_.size(), {number(), static_cast<std::uint32_t>(from) + 1}});
        text_.joined_ += line.substr(from);
    }
    void close_record() {
        if (open_ == std::string::npos) return;
        std::string_view const record = std::string_view(text_.joined_).substr(open_);
        if (section_) text_.records.push_back({*section_, kind_, record});
        open_ = std::string::npos;
    }
    void close_section() {
        close_record();
        section_.reset();
    }

    SefText& text_;
    SefFindings& findings_;
    std::optional<SefSection> section_;
    std::string_view kind_;
    std::array<bool, 13> seen_{};
    std::size_t open_ = std::string::npos; // where the open record begins in joined_
    bool in_private_ = false, stopped_ = false;
};

bool cut_sef(std::string bytes, SefText& text, SefFindings& findings) {
    if (bytes.size() > sef_file_bytes) {
        findings.add("SEF-0009", {1, 1}, fmt::format("the file has {} bytes; {} are read", bytes.size(), sef_file_bytes), "a SEF file has a few hundred kB; is this one?");
        return false;
    }
    return SefCutter(std::move(bytes), text, findings).run();
}

} // namespace wharf::grammar
