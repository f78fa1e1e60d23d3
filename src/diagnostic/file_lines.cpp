#include "diagnostic/file_lines.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <vector>

namespace wharf {
namespace {

constexpr std::size_t read_bytes = 256 * 1024;
constexpr std::size_t longest_sequence = 4; // of UTF-8

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

std::uint32_t characters_in(std::string_view text) {
    std::uint32_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count)
        at += is_ascii(text[at]) ? 1 : std::max<std::size_t>(utf8_sequence_length(text, at), 1);
    return count;
}

/// Where the next byte stands.
class Position {
public:
    void pass(std::string_view part) {
        if (part.empty())
            return;
        auto const rest = part.find('\r') == std::string_view::npos ? pass_line_feeds(part) : pass_line_ends(part);
        if (rest != 0)
            column_ = 1;
        column_ += characters_in(part.substr(rest));
        after_return_ = part.back() == '\r';
    }
    void tell(Place& place) const {
        place.line = line_;
        place.column = column_;
    }

private:
    /// Both return where the last line begins; 0: in the part before.
    std::size_t pass_line_feeds(std::string_view part) {
        std::size_t begin = 0;
        for (auto at = part.find('\n'); at != std::string_view::npos; at = part.find('\n', begin)) {
            line_ += at == 0 && after_return_ ? 0 : 1;
            begin = at + 1;
        }
        return begin;
    }
    std::size_t pass_line_ends(std::string_view part) {
        std::size_t begin = 0;
        bool after_return = after_return_;
        for (std::size_t at = 0; at < part.size(); ++at) {
            if (part[at] == '\r' || part[at] == '\n') {
                line_ += part[at] == '\n' && after_return ? 0 : 1;
                begin = at + 1;
            }
            after_return = part[at] == '\r';
        }
        return begin;
    }

    std::uint32_t line_ = 1, column_ = 1;
    bool after_return_ = false;
};

std::vector<Place*> places_of(Diagnostics& diagnostics, std::string_view file) {
    std::vector<Place*> places;
    auto const collect = [&](Place& place) {
        if (place.has_offset && place.line == 0 && place.file == file)
            places.push_back(&place);
    };
    for (auto& diagnostic : diagnostics) {
        collect(diagnostic.place);
        for (auto& related : diagnostic.related)
            collect(related.place);
    }
    std::ranges::sort(places, {}, &Place::offset);
    return places;
}

} // namespace

void find_lines(Diagnostics& diagnostics, std::string_view file, ByteSource& source) {
    auto const places = places_of(diagnostics, file);
    auto next = places.begin();
    std::string buffer(read_bytes + longest_sequence, '\0');
    Position position;
    std::uint64_t base = 0;    // of the buffer's first byte
    std::size_t left_over = 0; // bytes of a character that the last read cut
    while (next != places.end()) {
        auto const got = source.read(buffer.data() + left_over, read_bytes);
        auto const size = left_over + got.value_or(0);
        bool const at_end = !got || *got == 0;
        std::string_view const text(buffer.data(), size);
        auto whole = size;
        while (!at_end && whole > 0 && size - whole < longest_sequence - 1 && !is_ascii(text[whole - 1]))
            --whole;
        std::size_t done = 0;
        for (; next != places.end() && (*next)->offset <= base + whole && (at_end || (*next)->offset < base + whole); ++next) {
            auto const at = static_cast<std::size_t>((*next)->offset - base);
            position.pass(text.substr(done, std::max(at, done) - done));
            done = std::max(at, done);
            position.tell(**next);
        }
        position.pass(text.substr(done, whole - done));
        if (at_end)
            return;
        base += whole;
        left_over = size - whole;
        std::copy(text.begin() + static_cast<std::ptrdiff_t>(whole), text.end(), buffer.begin());
    }
}

} // namespace wharf
