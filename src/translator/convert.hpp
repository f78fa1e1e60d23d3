// Conversions: how the text of elements becomes a canonical value, and back. One Converter is one line's conversions,
// compiled; docs/map-language.md lists them.
//
// Reading appends JSON text; nothing is allocated for usual values. Each conversion is left-invertible: what `write`
// accepts is read back as it was.
#pragma once

#include "document/schema.hpp"
#include "grammar/schema.hpp"
#include "syntax/json/tape.hpp"
#include "translator/code_table.hpp"
#include "translator/date_format.hpp"
#include "translator/out_buffer.hpp"
#include "translator/values.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

enum class Op : std::uint8_t { text, code, decimal, implied, integer, date, time, moment, period };

[[nodiscard]] std::string_view to_string(Op op);

struct Converter {
    Op op = Op::text;
    std::uint8_t scale = 0; // implied
    bool plain = true;      // none of the steps below
    bool check = false;     // the schema may refuse what comes out: ask it
    bool trim = false, upper = false, negate = false;
    bool comma = false;   // decimal comma
    char pad_fill = '\0'; // pad n left "0": stripped on reading, filled on writing
    std::uint32_t pad_length = 0;
    std::string prefix;     // taken off on reading, put on on writing
    bool percent = false;   // outside a fraction: 0.05 is 5
    bool iso = false;       // dates and times are ISO 8601 text outside too
    std::shared_ptr<DateFormat const> format; // … or written like this
    std::string split, join;                  // separators: one text of several values, one value of several texts
    std::uint32_t part_first = 0, part_last = 0; // characters of the element, from 1; part_last 0: to the end
    bool part_is_last = false; // what stands behind it is kept: see keeps_rest()
    std::string lookup;                          // the partner's cross-reference, by name
    document::Node const* node = nullptr;
    std::shared_ptr<CodeMap const> codes;
    std::string quoted_list;                                // `"x12:` for a code without a word
    bool words = false;                                     // `code T words`: outside stand the words themselves
    bool known = false;                                     // `code T known`: a code without a word is refused
    std::optional<std::string> default_value, absent_value; // canonical text
    std::vector<grammar::ElementRule const*> elements;      // what the cells are, for writing

    /// `part 1..10` with nothing for the rest: that goes to `extensions`, as `KEY[11..]`, and returns from there.
    [[nodiscard]] bool keeps_rest() const { return part_is_last && part_last != 0; }
};
/// The key of what stands behind the last part: "BEG06[9..]".
[[nodiscard]] std::string rest_key(std::string_view key, Converter const& converter);

/// What a conversion may need beside line and text.
struct ConversionContext {
    std::string_view zone_offset;     // put behind a moment that has a time
    RunValues const* values = nullptr; // for `lookup`
};

/// Appends the canonical value of `cells` as JSON text. False: nothing appended, `reason` says what was wrong ("is not
/// a decimal number"). True with a `reason`: it was taken, and that is to be told. Empty cells give nothing and succeed.
[[nodiscard]] bool read_value(Converter const& converter, std::span<std::string_view const> cells, OutBuffer& out,
                              std::string& reason, ConversionContext const& context = {});

/// Fills the cells from a canonical value. False: `reason` says why it cannot be written.
[[nodiscard]] bool write_value(Converter const& converter, json::Node const& value, std::vector<std::string>& cells,
                               std::string& reason, ConversionContext const& context = {});

/// What the cells will be read as: JSON text, to be held against the value they were written from. Only lines with
/// steps beside their type can differ.
[[nodiscard]] std::string read_back(Converter const& converter, std::vector<std::string> const& cells,
                                    ConversionContext const& context = {});

/// A decimal's point moved: ("0.05", 2) is "5", ("5", -2) is "0.05"; nothing for what is no decimal.
[[nodiscard]] std::optional<std::string> point_moved(std::string_view decimal, int places);

/// True for text that is a canonical decimal already and short enough to be exact.
[[nodiscard]] bool is_canonical_decimal(std::string_view text);

/// The first and last byte (one behind) of characters `first` to `last` (0: to the end) of UTF-8 text.
[[nodiscard]] std::string_view characters(std::string_view text, std::uint32_t first, std::uint32_t last);

/// Trailing blanks off.
[[nodiscard]] inline std::string_view right_trimmed(std::string_view text) {
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

/// Appends text as a JSON string; plain ASCII, the usual case, in one copy.
void append_text(OutBuffer& out, std::string_view text);
void append_text(std::string& out, std::string_view text);
/// The same without the opening quote.
void append_text_end(OutBuffer& out, std::string_view text);

/// The offset an X12 time code (element 623) fixes: "ES" -> "-05:00"; empty where it fixes none (ET, LT).
[[nodiscard]] std::string_view fixed_offset(std::string_view time_code);

} // namespace wharf::translator
