#include "transport/https/listing.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace wharf::transport::https {
namespace {

constexpr std::size_t most_tag_bytes = 8192;
constexpr std::size_t most_scalar_bytes = 64; // numbers
constexpr std::size_t most_fact_bytes = 128;
constexpr std::string_view blanks = " \t\r\n";

void append_utf8(std::string& text, unsigned long code) {
    auto const add = [&](unsigned long byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 | code >> 6);
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | code >> 12);
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | code >> 18);
        add(0x80 | (code >> 12 & 0x3F));
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    }
}

/// RFC 8259, one token after another: enough to walk over any value without keeping it.
class JsonTokens {
public:
    explicit JsonTokens(std::string_view text) : text_(text) {}
    /// One of {}[],: or 's' for a text, 'v' for another scalar (both in `word`), 0 at the end or where it is no JSON.
    char next() {
        at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
        if (at_ == text_.size())
            return 0;
        char const c = text_[at_];
        if (std::string_view("{}[],:").find(c) != std::string_view::npos) {
            ++at_;
            return c;
        }
        if (c == '"')
            return read_text() ? 's' : '\0';
        auto const end = std::min(text_.find_first_of(" \t\r\n{}[],:\"", at_), text_.size());
        word = text_.substr(at_, std::min(end - at_, most_scalar_bytes));
        at_ = end;
        return 'v';
    }
    std::string word;

private:
    std::optional<unsigned long> unit() {
        unsigned long value = 0;
        for (unsigned i = 0; i < 4; ++i, ++at_) {
            constexpr std::string_view digits = "0123456789abcdef";
            auto const digit = at_ < text_.size() ? digits.find(static_cast<char>(text_[at_] | 0x20)) : std::string_view::npos;
            if (digit == std::string_view::npos)
                return std::nullopt;
            value = value * 16 + digit;
        }
        return value;
    }
    bool read_escape() {
        constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
        char const c = at_ < text_.size() ? text_[at_++] : '\0';
        if (auto const found = letters.find(c); c != '\0' && found != std::string_view::npos) {
            word += meanings[found];
            return true;
        }
        if (c != 'u')
            return false;
        auto code = unit();
        if (code && *code >= 0xD800 && *code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
            at_ += 2;
            auto const low = unit();
            if (!low || *low < 0xDC00 || *low > 0xDFFF)
                return false;
            code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
        }
        if (!code || (*code >= 0xD800 && *code < 0xE000)) // half a character
            return false;
        append_utf8(word, *code);
        return true;
    }
    bool read_text() {
        word.clear();
        for (++at_; at_ < text_.size();) {
            char const c = text_[at_++];
            if (c == '"')
                return true;
            if (c != '\\')
                word += c;
            else if (!read_escape())
                return false;
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

constexpr std::array<std::string_view, 3> reference_names = {"url", "href", "name"};

constexpr std::array<std::string_view, 4> size_names = {"size", "length", "content_length", "bytes"};
constexpr std::array<std::string_view, 8> state_names = {"etag", "modified", "last_modified", "lastModified", "mtime", "updated", "updated_at", "time"};

/// What of an object among the files says where it is, how large and of when.
struct Candidate {
    std::size_t rank = reference_names.size();
    std::string text, size, state;

    void take(std::string_view key, std::string const& value, bool is_text) {
        auto const rank_of = static_cast<std::size_t>(std::ranges::find(reference_names, key) - reference_names.begin());
        if (is_text && rank_of < rank) {
            rank = rank_of;
            text = value;
        }
        if (value.size() > most_fact_bytes || value == "null")
            return;
        if (std::ranges::find(size_names, key) != size_names.end())
            size = value;
        if (std::ranges::find(state_names, key) != state_names.end())
            state += fmt::format("{}={};", key, value);
    }
    [[nodiscard]] ListedFile file() && {
        ListedFile made{std::move(text)};
        if (!size.empty() && !state.empty() && state.size() < state_names.size() * most_fact_bytes)
            made.facts = fmt::format("{} {}", size, state);
        return made;
    }
};

std::string unescaped_html(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        constexpr std::array<std::pair<std::string_view, char>, 6> entities = {
            {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}, {"&#x27;", '\''}}};
        auto const found = std::ranges::find_if(entities, [&](auto const& entity) { return text.substr(i).starts_with(entity.first); });
        plain += found == entities.end() ? text[i] : found->second;
        i += found == entities.end() ? 0 : found->first.size() - 1;
    }
    return plain;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// Where `word` (in small letters) next stands in `text`, in any case.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
    auto const found = std::search(text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size())), text.end(), word.begin(), word.end(),
                                   [](char a, char b) { return lower(a) == b; });
    return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

/// The value of href inside one tag.
std::optional<std::string_view> href_of(std::string_view tag) {
    for (auto at = find_word(tag, "href", 0); at != std::string_view::npos; at = find_word(tag, "href", at + 4)) {
        auto rest = tag.substr(at + 4);
        rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
        if (at == 0 || blanks.find(tag[at - 1]) == std::string_view::npos || !rest.starts_with('='))
            continue;
        rest.remove_prefix(1);
        rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
        if (rest.starts_with('"') || rest.starts_with('\''))
            return rest.substr(1, rest.find(rest.front(), 1) - 1);
        return rest.substr(0, rest.find_first_of(blanks));
    }
    return std::nullopt;
}

std::unexpected<Error> no_listing(std::string_view why) {
    return permanent(fmt::format("the listing is none: {}", why));
}

} // namespace

Result<std::vector<ListedFile>> read_json_listing(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    JsonTokens tokens(text);
    std::vector<ListedFile> files;
    std::string open;            // the brackets around where we are
    std::size_t array_depth = 0; // of the array of files, once it was found; 0: not yet, and again after it
    bool found = false, is_key = false;
    std::string key;
    Candidate candidate;
    for (char token = tokens.next(); token != 0; token = tokens.next()) {
        bool const in_files = array_depth != 0 && open.size() == array_depth;
        bool const in_file = array_depth != 0 && open.size() == array_depth + 1 && open.back() == '{';
        if (token == '{' || token == '[') {
            if (open.size() == most_depth)
                return no_listing(fmt::format("it is nested more than {} deep", most_depth));
            if (in_files && token == '[')
                return no_listing("an element of the array is an array itself");
            open += token;
            is_key = token == '{';
            if (token == '[' && !found && open.size() <= 2) {
                found = true;
                array_depth = open.size();
            } else if (in_files) {
                candidate = {};
            }
        } else if (token == '}' || token == ']') {
            if (open.empty() || (open.back() == '{') != (token == '}'))
                return no_listing("its brackets do not match");
            if (in_file) {
                if (candidate.text.empty())
                    return no_listing("an object in it has neither url, href nor name");
                files.push_back(std::move(candidate).file());
            }
            if (in_files)
                array_depth = 0;
            open.pop_back();
        } else if (token == ',') {
            is_key = !open.empty() && open.back() == '{';
        } else if (token == ':') {
            is_key = false;
        } else if (token == 's' && is_key) {
            key = tokens.word;
        } else if (token == 's' && in_files) {
            files.push_back({tokens.word});
        } else if ((token == 's' || token == 'v') && in_file) {
            candidate.take(key, tokens.word, token == 's');
        } else if (token == 'v' && in_files) {
            return no_listing("an element of the array is neither a text nor an object");
        }
        if (files.size() > most_names)
            return no_listing(fmt::format("it has more than {} names", most_names));
    }
    if (!found || !open.empty())
        return no_listing("there is no JSON array, or it does not end");
    return files;
}

Result<std::vector<ListedFile>> read_index_page(std::string_view text) {
    std::vector<ListedFile> files;
    std::string_view tag;
    for (auto at = find_word(text, "<a", 0); at != std::string_view::npos; at = find_word(text, "<a", at + 2 + tag.size())) {
        tag = text.substr(at + 2, most_tag_bytes); // one that does not end is not searched again
        tag = tag.substr(0, tag.find('>'));
        if (tag.empty() || blanks.find(tag.front()) == std::string_view::npos)
            continue;
        auto const reference = href_of(tag);
        if (!reference || reference->empty() || reference->ends_with('/') || reference->find_first_of("?#") != std::string_view::npos)
            continue;
        files.push_back({unescaped_html(*reference)});
        if (files.size() > most_names)
            return no_listing(fmt::format("the page has more than {} links", most_names));
    }
    return files;
}

} // namespace wharf::transport::https
