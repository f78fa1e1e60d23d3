#include "syntax/x12/interchange_header.hpp"

#include <cctype>
#include <fmt/format.h>

namespace wharf::x12 {
namespace {

constexpr std::size_t longest_header = 400; // widths may be wrong, but not by much

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

} // namespace

bool starts_interchange(std::string_view text) {
    return text.size() >= 4 && text.starts_with("ISA") && !is_word(text[3]) && text[3] != ' ' && text[3] != '\r' &&
           text[3] != '\n';
}

Result<Delimiters> find_delimiters(std::string_view text) {
    Delimiters delimiters;
    delimiters.element = text[3];
    std::size_t separators[17] = {};
    unsigned found = 0;
    auto const head = text.substr(0, longest_header);
    for (std::size_t i = 3; i < head.size() && found < 16; ++i)
        if (head[i] == delimiters.element)
            separators[found++] = i;
    if (found < 16)
        return invalid(fmt::format("ISA is cut off: it has {} elements of 16", found));
    auto const last = separators[15];
    if (last + 2 >= text.size())
        return invalid("ISA is cut off: component separator (ISA16) and segment terminator are missing");
    delimiters.component = text[last + 1];
    delimiters.segment = text[last + 2];
    if (is_word(delimiters.segment) || delimiters.segment == delimiters.element)
        return invalid(fmt::format("the byte after ISA16 should be the segment terminator, but is '{}'",
                                   delimiters.segment));
    auto const isa11 = text.substr(separators[10] + 1, separators[11] - separators[10] - 1);
    auto const isa12 = text.substr(separators[11] + 1, separators[12] - separators[11] - 1);
    if (isa12 >= "00402" && isa11.size() == 1 && !is_word(isa11[0]) && isa11[0] != ' ' &&
        isa11[0] != delimiters.component)
        delimiters.repetition = isa11[0];
    return delimiters;
}

} // namespace wharf::x12
