// What the generator writes with: segments, an envelope with the right counts, and numbers that only look random.
//
// Not the library's writer: what is measured must not depend on what measures it, and a fault in the writer must not
// hide in the benchmark's input.
#pragma once

#include "tools/generate/interchange_generator.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace wharf::generate {

/// splitmix64: small, and the same everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    [[nodiscard]] std::uint64_t next() {
        auto z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    /// 0 … limit - 1
    [[nodiscard]] unsigned below(std::uint64_t limit) { return static_cast<unsigned>(next() % limit); }
    [[nodiscard]] bool chance(unsigned percent) { return below(100) < percent; }

private:
    std::uint64_t state_;
};

class InterchangeText {
public:
    explicit InterchangeText(Options const& options) : options_(options) {}

    void begin_interchange(std::uint64_t number) {
        interchange_ = padded(number % 1000000000, 9);
        groups_ = 0;
        std::string const parts[] = {"00",
                                     std::string(10, ' '),
                                     "00",
                                     std::string(10, ' '),
                                     "ZZ",
                                     "NORTHGATE      ",
                                     "ZZ",
                                     "SAMPLETRADING  ",
                                     "250602",
                                     "1403",
                                     "U",
                                     "00401",
                                     interchange_,
                                     "0",
                                     options_.test ? "T" : "P",
                                     std::string(1, options_.component)};
        out_ += "ISA";
        for (auto const& part : parts) {
            out_ += options_.element;
            out_ += part;
        }
        terminate();
    }
    void end_interchange() { segment("IEA", {this->number(groups_), interchange_}); }

    void begin_group(std::string_view id) {
        ++groups_;
        ++group_;
        sets_ = 0;
        segment("GS", {id, "NORTHGATE", "SAMPLETRADING", "20250602", "1403", number(group_), "X", "004010"});
    }
    void end_group() { segment("GE", {number(sets_), number(group_)}); }

    void begin_set(std::string_view set) {
        ++sets_;
        segments_ = 0;
        segment("ST", {set, padded(sets_, 4)});
    }
    void end_set() {
        auto const count = number(segments_ + 1);
        segment("SE", {count, padded(sets_, 4)});
    }

    /// Trailing empty elements are left out.
    void segment(std::string_view id, std::initializer_list<std::string_view> elements) {
        out_ += id;
        auto end = elements.size();
        while (end > 0 && elements.begin()[end - 1].empty())
            --end;
        for (std::size_t i = 0; i < end; ++i) {
            out_ += options_.element;
            out_ += elements.begin()[i];
        }
        terminate();
    }
    /// Elements already joined by '*'.
    void raw(std::string_view id, std::string_view elements, std::string_view more) {
        out_ += id;
        out_ += options_.element;
        for (auto const part : {elements, more})
            for (char const c : part)
                out_ += c == '*' ? options_.element : c;
        terminate();
    }

    [[nodiscard]] static std::string number(std::uint64_t value) { return std::to_string(value); }
    [[nodiscard]] static std::string padded(std::uint64_t value, std::size_t digits) {
        auto text = std::to_string(value);
        return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
    }

    [[nodiscard]] std::uint64_t size() const { return out_.size(); }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void terminate() {
        out_ += options_.segment;
        if (options_.line_breaks) out_ += '\n';
        ++segments_;
    }

    Options options_;
    std::string out_;
    std::string interchange_;
    std::uint64_t groups_ = 0;
    std::uint64_t group_ = 0;
    std::uint64_t sets_ = 0;
    std::uint64_t segments_ = 0;
};

} // namespace wharf::generate
