// What the generator writes with: segments, an envelope with the right counts, and numbers that only look random.
//
// Not the library's writer: what is measured must not depend on what measures it, and a fault in the writer must not
// hide in the benchmark's input.
#pragma once

#include "tools/generate/fault.hpp"
#include "tools/generate/interchange_generator.hpp"
#include "tools/generate/random.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace wharf::generate {

class InterchangeText {
public:
    explicit InterchangeText(Options const& options)
        : options_(options), faults_(options.seed, options.element, options.segment) {}

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
                                     options_.release < "004020" ? "U" : "^",
                                     options_.release.substr(0, 3) + options_.release.substr(3, 2),
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
        segment("GS", {id, "NORTHGATE", "SAMPLETRADING", "20250602", "1403", number(group_), "X", options_.release});
    }
    void end_group() { segment("GE", {number(sets_), number(group_)}); }

    void begin_set(std::string_view set) {
        ++sets_;
        segments_ = 0;
        segment("ST", {set, padded(sets_, 4)});
        body_ = out_.size();
    }
    void end_set() {
        if (options_.fault_in_every_set) segments_ += static_cast<std::uint64_t>(faults_.put(out_, body_));
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

    /// Of everything so far, also of what was taken.
    [[nodiscard]] std::uint64_t size() const { return taken_ + out_.size(); }
    /// What was written since the last time; between sets only.
    [[nodiscard]] std::string take() {
        taken_ += out_.size();
        return std::exchange(out_, {});
    }
    [[nodiscard]] std::size_t waiting() const { return out_.size(); }

private:
    void terminate() {
        out_ += options_.segment;
        if (options_.line_breaks) out_ += '\n';
        ++segments_;
    }

    Options options_;
    Faults faults_;
    std::string out_;
    std::uint64_t taken_ = 0;
    std::size_t body_ = 0; // where the open set's segments after ST begin
    std::string interchange_;
    std::uint64_t groups_ = 0;
    std::uint64_t group_ = 0;
    std::uint64_t sets_ = 0;
    std::uint64_t segments_ = 0;
};

} // namespace wharf::generate
