// The bytes of a SEF file cut into sections and records (SEF 1.6: a section begins with a line such as `.SETS`, a record is
// `key=value`, and long records are wrapped at any column).
//
// A SefText owns the text, with wrapped lines joined, and knows where each byte stood in the file. Records borrow from it, so it
// must stand still in memory. Limits: 32 MB, 200,000 lines, 1 MB a record. Functions without state, thread-safe.
#pragma once

#include "diagnostic/diagnostic.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

inline constexpr std::uint64_t sef_file_bytes = 32ULL << 20;

/// 1-based, bytes, as the file on disk has it.
struct SefPlace {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

enum class SefSection { version, head, standard, sets, segments, composites, elements, codes, value_places, value_lists, variables, rules, texts };

/// As SEF writes it: ".SETS".
[[nodiscard]] std::string_view section_word(SefSection section);

struct SefRecord {
    SefSection section = SefSection::head;
    std::string_view kind; // of `texts`: "SETS" of .TEXT,SETS
    std::string_view text; // "N1=[98,M][93]…"; of .VER and .STD what stands behind the word
};

/// Where the findings of an import go: at most 1,000 and as many errors more; further ones are counted in the last.
class SefFindings {
public:
    explicit SefFindings(std::string file) : file_(std::move(file)) {}
    Diagnostic& add(std::string_view code, SefPlace place, std::string message, std::string help = {});
    [[nodiscard]] std::string const& file() const { return file_; }
    [[nodiscard]] std::size_t errors() const { return errors_; }
    [[nodiscard]] Diagnostics take();

private:
    std::string file_;
    Diagnostics list_;
    Diagnostic beyond_limit_;
    std::size_t errors_ = 0, suppressed_ = 0;
};

class SefText {
public:
    SefText() = default;
    SefText(SefText const&) = delete;
    SefText& operator=(SefText const&) = delete;
    SefText(SefText&&) = delete;
    SefText& operator=(SefText&&) = delete;

    std::vector<SefRecord> records;       // in the file's order
    std::uint32_t private_lines = 0;      // between .PRIVATE and .PUBLIC
    SefPlace private_place;               // of the first .PRIVATE
    bool is_utf8 = true;                  // else it is read as Windows-1252

    /// Where a byte of a record stood in the file.
    [[nodiscard]] SefPlace place(char const* byte) const;
    /// The line of the file it stood in, for excerpts.
    [[nodiscard]] std::string_view line(std::uint32_t number) const;
    /// A piece of a record as UTF-8, without control characters.
    [[nodiscard]] std::string readable(std::string_view piece) const;

private:
    friend class SefCutter;
    std::string source_;
    std::string joined_;
    struct Piece { // from here on, bytes of `joined_` stand in this line
        std::size_t joined = 0;
        SefPlace place;
    };
    std::vector<Piece> pieces_;
    std::vector<std::size_t> lines_; // where each begins in source_
};

/// Cuts `bytes`. False when this is no SEF file, which is reported (SEF-0001); faults of order are reported too (SEF-0003, 0004).
[[nodiscard]] bool cut_sef(std::string bytes, SefText& text, SefFindings& findings);

} // namespace wharf::grammar
