// What the tests of the reader share: a small interchange, its parts as text, the file written back from them, a slow source.
#pragma once

#include "syntax/x12/reader.hpp"
#include "syntax/x12/writer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace wharf::x12::test {

inline std::string const header = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250602*1403*U*00401*000000901*0*P*>~";
inline std::string const small = header + "GS*PO*SENDER*RECEIVER*20250602*1403*1*X*004010~ST*850*0001~BEG*00*SA*4711**20250602~"
                                   "PO1*1*10*EA*12.50~SE*4*0001~GE*1*1~IEA*1*000000901~";

inline std::string kinds_of(std::string_view text) {
    constexpr char const* names[] = {"ISA", "GS", "SET", "GE", "IEA", "SERVICE", "STRAY", "JUNK"};
    std::string out;
    Reader reader(text, "t");
    while (reader.next()) {
        if (!out.empty())
            out += ' ';
        out += names[static_cast<int>(reader.part().kind)];
        if (reader.part().kind == PartKind::transaction_set)
            out += std::to_string(reader.part().segments.size()) + (reader.part().terminated ? "" : "!");
    }
    for (auto const& finding : reader.take_diagnostics())
        out += " " + finding.code + "@" + std::to_string(finding.place.offset);
    return out;
}

/// The first law: gaps between parts and the parts themselves, written back from elements, are the file.
inline std::string written_back(std::string_view text) {
    std::string out;
    Reader reader(text, "t");
    std::uint64_t end = 0;
    while (reader.next()) {
        auto const& part = reader.part();
        out += text.substr(end, part.offset - end);
        write_back(part, text, out);
        end = part.offset + part.length;
    }
    out += text.substr(end);
    return out;
}

/// Gives a few bytes at a time, as a slow pipe does.
class Trickle : public ByteSource {
public:
    Trickle(std::string_view text, std::size_t step) : text_(text), step_(step) {}
    Result<std::size_t> read(char* to, std::size_t most) override {
        auto const count = std::min({step_, most, text_.size()});
        text_.copy(to, count);
        text_.remove_prefix(count);
        return count;
    }

private:
    std::string_view text_;
    std::size_t step_;
};

/// All parts with their places and elements, in one text.
inline std::string told(Reader reader) {
    std::string out;
    while (reader.next()) {
        auto const& part = reader.part();
        out += fmt::format("{} {}+{} #{}\n", static_cast<int>(part.kind), part.offset, part.length, part.segment_position);
        for (std::size_t i = 0; i < part.segments.size(); ++i) {
            auto const segment = part.segments[i];
            for (std::uint32_t k = 0; k <= segment.element_count(); ++k)
                out += fmt::format("{}@{}|", segment.element(k), part.segments.file_offset(segment.element_begin(k)));
            out += '\n';
        }
    }
    for (auto const& finding : reader.take_diagnostics())
        out += fmt::format("{}@{}+{}\n", finding.code, finding.place.offset, finding.place.length);
    return out;
}

inline std::string many_interchanges() {
    std::mt19937 random(7);
    std::string text;
    for (int i = 0; i < 40; ++i) {
        auto one = small;
        std::string lines;
        for (auto n = random() % 300; n > 0; --n)
            lines += fmt::format("PO1*{}*{}*EA*12.50~{}", n, random() % 1000, random() % 3 == 0 ? "\r\n" : "");
        one.insert(one.find("SE*4"), lines);
        if (i % 3 == 1)
            std::ranges::replace(one, '~', '\n');
        if (i % 5 == 2)
            one += "some junk";
        text += one;
    }
    return text;
}

} // namespace wharf::x12::test
