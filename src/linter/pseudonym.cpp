#include "linter/pseudonym.hpp"

#include "base/check_digit.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

namespace wharf::linter {
namespace {

constexpr unsigned rounds = 8;
constexpr std::uint64_t of_texts = 1, of_amounts = 2;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A character that changes: `radix` ones from `first` on.
struct Place {
    std::size_t at;
    unsigned char first;
    unsigned radix;
    unsigned value;
};

class Shape {
public:
    explicit Shape(std::string_view text) : text_(text), shape_(text) {
        bool leading = true; // no digit but zeros so far
        for (std::size_t i = 0; i < text.size();) {
            auto const c = text[i];
            auto const length = static_cast<unsigned char>(c) < 0x80 ? 1 : utf8_sequence_length(text, i);
            if (length > 1)
                continuation(i, length);
            else if (is_digit(c) && leading)
                first_digit(i, leading);
            else if (is_digit(c))
                add(i, '0', 10);
            else if (c >= 'A' && c <= 'Z')
                add(i, 'A', 26);
            else if (c >= 'a' && c <= 'z')
                add(i, 'a', 26);
            else if (static_cast<unsigned char>(c) >= 0xc0)
                add(i, 0xc0, 64);
            if (!is_digit(c))
                leading = true; // each run of digits has its own zeros in front
            i += std::max<std::size_t>(length, 1);
        }
    }
    [[nodiscard]] std::vector<Place>& places() { return places_; }
    /// The text with each place by its kind: what no round changes.
    [[nodiscard]] std::string const& kept() const { return shape_; }
    [[nodiscard]] std::string text() const {
        std::string out(text_);
        for (auto const& place : places_)
            out[place.at] = static_cast<char>(place.first + place.value);
        return out;
    }

private:
    void add(std::size_t at, unsigned char first, unsigned radix) {
        places_.push_back({at, first, radix, static_cast<unsigned>(static_cast<unsigned char>(text_[at]) - first)});
        shape_[at] = static_cast<char>(first);
    }
    void first_digit(std::size_t at, bool& leading) {
        if (text_[at] == '0')
            return;
        leading = false;
        add(at, '1', 9);
    }
    /// Only the last byte, so that a letter stays in its block; the control characters behind C2 stay out.
    void continuation(std::size_t at, std::size_t length) {
        bool const latin = length == 2 && text_[at] == '\xc2';
        auto const last = at + length - 1;
        if (latin && static_cast<unsigned char>(text_[last]) < 0xa0)
            return;
        add(last, latin ? 0xa0 : 0x80, latin ? 32 : 64);
    }

    std::string_view text_;
    std::string shape_;
    std::vector<Place> places_;
};

std::uint64_t mixed(std::uint64_t x) { // splitmix64: one secret seed, many numbers
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

std::uint64_t word_at(std::string_view bytes, std::size_t at) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
    return word;
}

struct SipState {
    std::uint64_t v0, v1, v2, v3;
    void round() {
        v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
        v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
    }
    void absorb(std::uint64_t word) {
        v3 ^= word;
        round(), round();
        v0 ^= word;
    }
};

} // namespace

std::uint64_t siphash(std::array<std::uint64_t, 2> const& key, std::string_view bytes) {
    SipState state{key[0] ^ 0x736f6d6570736575ULL, key[1] ^ 0x646f72616e646f6dULL, key[0] ^ 0x6c7967656e657261ULL, key[1] ^ 0x7465646279746573ULL};
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8)
        state.absorb(word_at(bytes, at));
    state.absorb((at < bytes.size() ? word_at(bytes, at) : 0) | std::uint64_t{bytes.size()} << 56);
    state.v2 ^= 0xff;
    for (unsigned i = 0; i < 4; ++i)
        state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

PseudonymKey::PseudonymKey(std::string_view secret) : key_{siphash({0, 0}, secret), siphash({0, 1}, secret)} {}

std::string PseudonymKey::permuted(std::string_view value, std::uint64_t domain) const {
    Shape shape(value);
    auto& places = shape.places();
    auto const half = (places.size() + 1) / 2;
    std::string input;
    for (unsigned round = 0; round < rounds; ++round) {
        bool const first = round % 2 == 0;
        auto const [begin, end] = first ? std::pair{std::size_t{0}, half} : std::pair{half, places.size()};
        input.assign(1, static_cast<char>(domain * 16 + round));
        input += shape.kept();
        for (std::size_t i = first ? half : 0; i < (first ? places.size() : half); ++i)
            input += static_cast<char>(places[i].value);
        auto const seed = siphash(key_, input);
        for (auto i = begin; i < end; ++i)
            places[i].value = static_cast<unsigned>((places[i].value + mixed(seed + i * 0x9e3779b97f4a7c15ULL) % places[i].radix) % places[i].radix);
    }
    return shape.text();
}

std::string PseudonymKey::text(std::string_view value) const {
    auto const size = value.size();
    bool const numbered = (size == 8 || size == 12 || size == 13 || size == 14 || size == 18 || size == 20) && std::ranges::all_of(value, is_digit);
    if (!numbered)
        return permuted(value, of_texts);
    auto out = permuted(value.substr(0, size - 1), of_texts + 2 * size);
    auto const off_by = static_cast<unsigned>(value.back() - gs1_check_digit(value.substr(0, size - 1)) + 10) % 10;
    out += static_cast<char>('0' + (static_cast<unsigned>(gs1_check_digit(out) - '0') + off_by) % 10);
    return out;
}

std::string PseudonymKey::amount(std::string_view value) const {
    bool const is_number = std::ranges::all_of(value, [](char c) { return is_digit(c) || c == '.' || c == '-' || c == '+' || c == ' '; });
    return permuted(value, is_number ? of_amounts : of_texts);
}

} // namespace wharf::linter
