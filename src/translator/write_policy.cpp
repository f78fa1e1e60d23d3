#include "translator/write_policy.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace wharf::translator {
namespace {

struct Form {
    std::string_view characters; // of UTF-8, two bytes each
    std::string_view ascii;
};

/// Letters of Latin scripts without their marks; German and Nordic ones as their owners write them.
constexpr Form forms[] = {
    {"Ä", "Ae"},
    {"Ö", "Oe"},
    {"Ü", "Ue"},
    {"ä", "ae"},
    {"ö", "oe"},
    {"ü", "ue"},
    {"ß", "ss"},
    {"ÀÁÂÃĀĂĄ", "A"},
    {"àáâãāăą", "a"},
    {"Å", "Aa"},
    {"å", "aa"},
    {"Æ", "Ae"},
    {"æ", "ae"},
    {"ÇĆĈĊČ", "C"},
    {"çćĉċč", "c"},
    {"ĎĐÐ", "D"},
    {"ďđð", "d"},
    {"ÈÉÊËĒĔĖĘĚ", "E"},
    {"èéêëēĕėęě", "e"},
    {"ĜĞĠĢ", "G"},
    {"ĝğġģ", "g"},
    {"ĤĦ", "H"},
    {"ĥħ", "h"},
    {"ÌÍÎÏĨĪĬĮİ", "I"},
    {"ìíîïĩīĭįı", "i"},
    {"Ĵ", "J"},
    {"ĵ", "j"},
    {"Ķ", "K"},
    {"ķĸ", "k"},
    {"ĹĻĽĿŁ", "L"},
    {"ĺļľŀł", "l"},
    {"ÑŃŅŇŊ", "N"},
    {"ñńņňŉŋ", "n"},
    {"ÒÓÔÕŌŎŐ", "O"},
    {"òóôõōŏő", "o"},
    {"Ø", "Oe"},
    {"ø", "oe"},
    {"Œ", "Oe"},
    {"œ", "oe"},
    {"ŔŖŘ", "R"},
    {"ŕŗř", "r"},
    {"ŚŜŞŠ", "S"},
    {"śŝşš", "s"},
    {"ŢŤŦ", "T"},
    {"ţťŧ", "t"},
    {"Þ", "Th"},
    {"þ", "th"},
    {"ÙÚÛŨŪŬŮŰŲ", "U"},
    {"ùúûũūŭůűų", "u"},
    {"Ŵ", "W"},
    {"ŵ", "w"},
    {"ÝŶŸ", "Y"},
    {"ýÿŷ", "y"},
    {"ŹŻŽ", "Z"},
    {"źżž", "z"},
    {"«»", "\""},
    {"´", "'"},
    {"\u00a0", " "},
    {"×", "x"},
    {"÷", "/"},
    {"°", "deg"},
    {"µ", "u"},
};

/// Of three bytes: quotes, dashes and signs that word processors put in.
constexpr Form signs[] = {
    {"‘", "'"}, {"’", "'"}, {"‚", "'"}, {"“", "\""}, {"”", "\""}, {"„", "\""},  {"–", "-"},
    {"—", "-"}, {"…", "..."}, {"•", "-"}, {"€", "EUR"}, {"™", "TM"}, {"−", "-"}, {"\u202f", " "},
};

std::string_view form_of(std::string_view character) {
    if (character.size() == 2)
        for (auto const& form : forms)
            for (std::size_t i = 0; i + 1 < form.characters.size(); i += 2)
                if (form.characters.substr(i, 2) == character) return form.ascii;
    if (character.size() == 3)
        for (auto const& sign : signs)
            if (sign.characters == character) return sign.ascii;
    return {};
}

bool in_basic(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" !\"&'()*+,-./:;?=").find(c) != std::string_view::npos;
}

bool allowed(char c, CharacterSet set) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return false;
    return set == CharacterSet::any || (byte < 0x80 && (set == CharacterSet::extended || in_basic(c)));
}

} // namespace

bool in_set(std::string_view text, CharacterSet set) {
    return std::ranges::all_of(text, [set](char c) { return allowed(c, set); });
}

std::string in_set(std::string_view text, WritePolicy const& policy) {
    std::string out;
    bool const helps = policy.characters == WritePolicy::Characters::transliterate;
    auto const put = [&](char c) {
        bool const small = c >= 'a' && c <= 'z';
        if (allowed(c, policy.set))
            out += c;
        else
            out += helps && small ? static_cast<char>(c - 32) : policy.replacement;
    };
    for (std::size_t i = 0; i < text.size();) {
        auto const byte = static_cast<unsigned char>(text[i]);
        auto const length = byte < 0x80 ? 1 : utf8_sequence_length(text, i);
        if (length <= 1) {
            put(length == 1 && byte < 0x80 ? text[i] : '\x01');
            ++i;
            continue;
        }
        auto const character = text.substr(i, length);
        auto const form = helps && policy.set != CharacterSet::any ? form_of(character) : std::string_view();
        if (policy.set == CharacterSet::any)
            out += character;
        else if (form.empty())
            out += policy.replacement;
        else
            std::ranges::for_each(form, put);
        i += length;
    }
    return out;
}

std::size_t character_count(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::vector<std::string> pieces_of(std::string_view text, std::size_t most) {
    std::vector<std::string> pieces;
    while (!text.empty()) {
        std::size_t end = 0, blank = 0;
        for (std::size_t count = 0; end < text.size(); ++end) {
            bool const begins = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
            if (begins && count++ == most) break;
            if (text[end] == ' ') blank = end;
        }
        auto cut = end;
        if (end < text.size() && text[end] != ' ' && blank > 0) cut = blank;
        auto piece = text.substr(0, cut);
        text.remove_prefix(cut);
        if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        while (!piece.empty() && piece.back() == ' ')
            piece.remove_suffix(1);
        if (!piece.empty()) pieces.emplace_back(piece);
    }
    return pieces;
}

} // namespace wharf::translator
