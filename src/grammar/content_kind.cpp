// What a file that is not X12 seems to be.
#include "grammar/interchange.hpp"

#include <cctype>

namespace wharf::grammar {

std::string describe_content(std::string_view text) {
    struct Signature {
        std::string_view begin;
        std::string_view name;
    };
    constexpr Signature signatures[] = {
        {"\xc9\xe2\xc1", "X12 in EBCDIC, the character set of mainframes: have it sent as ASCII, or convert it (iconv -f IBM037)"},
        {"UNA", "an EDIFACT interchange"},   {"UNB", "an EDIFACT interchange"},      {"STX=", "a TRADACOMS interchange"},
        {"\xff\xd8\xff", "a JPEG picture"},  {"\x89PNG", "a PNG picture"},           {"%PDF", "a PDF document"},
        {"PK\x03\x04", "a ZIP archive (or an office document)"}, {"\x1f\x8b", "gzip-compressed data"}, {"GIF8", "a GIF picture"},
        {"<?xml", "an XML document"},        {"{", "JSON"},                          {"[", "JSON"},
        {"-----BEGIN", "PEM or PGP armoured data"}, {"\xff\xfe", "UTF-16 text"},     {"\xfe\xff", "UTF-16 text"},
        {"EDIDE", "an encrypted SEF container"}, {".VER", "a SEF guideline"},        {"GS", "X12 without its ISA"},
        {"ST", "X12 without its ISA and GS"}, {"<", "XML or HTML"},
    };
    if (text.empty())
        return "empty";
    auto start = text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
    while (!start.empty() && (start.front() == ' ' || start.front() == '\r' || start.front() == '\n' || start.front() == '\t'))
        start.remove_prefix(1);
    if (start.empty())
        return "nothing but blanks";
    if (start.starts_with("ISA"))
        return start.size() > 3 && std::isalnum(static_cast<unsigned char>(start[3])) == 0
                   ? "an ISA segment that is cut off or broken"
                   : "text that begins with ISA, but not with the separator that must follow it (ISA*)";
    auto const is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    for (auto const& [begin, name] : signatures) {
        bool const segment_id = begin.size() == 2 && is_word(begin[1]); // GS, ST: a separator follows, not a word
        if (start.starts_with(begin) && !(segment_id && (start.size() == 2 || is_word(start[2]) || start[2] == ' ')))
            return std::string(name);
    }
    auto const head = start.substr(0, 1024);
    if (head.find('\0') != std::string_view::npos)
        return "binary data";
    if (head.find(',') != std::string_view::npos || head.find(';') != std::string_view::npos)
        return "text, perhaps CSV";
    return "text of no kind Wharf knows";
}

} // namespace wharf::grammar
