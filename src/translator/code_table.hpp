// Code tables: the words of the canonical documents and the codes of each list they stand for.
//
// A table is a file translators/tables/NAME.csv: a header `word,x12:98,…`, then one row per word. The same word has at
// most one code per list, and the same code at most one word. A cell may say in which releases its code lives:
// `CODE @004030..`, `CODE @..004020`.
//
// A CodeMap is one list of one table in one release, as a line of a map uses it: immutable, shared, found by the code's
// eight bytes, without hashing a string.
#pragma once

#include "base/name_index.hpp"
#include "diagnostic/diagnostic.hpp"
#include "translator/map_tree.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace wharf::translator {

/// Up to eight bytes of a code as one number; longer codes are never in a table (0).
[[nodiscard]] constexpr std::uint64_t pack_code(std::string_view code) {
    if (code.size() > 8) return 0;
    std::uint64_t packed = 0;
    if (!std::is_constant_evaluated() && std::endian::native == std::endian::little && code.size() >= 2) {
        auto const behind = 8 * (code.size() - (code.size() >= 4 ? 4 : 2)); // bytes that are read twice are the same
        if (code.size() >= 4) {
            std::uint32_t first = 0, last = 0;
            std::memcpy(&first, code.data(), 4);
            std::memcpy(&last, code.data() + code.size() - 4, 4);
            return first | static_cast<std::uint64_t>(last) << behind;
        }
        std::uint16_t first = 0, last = 0;
        std::memcpy(&first, code.data(), 2);
        std::memcpy(&last, code.data() + code.size() - 2, 2);
        return first | static_cast<std::uint64_t>(last) << behind;
    }
    for (std::size_t i = 0; i < code.size(); ++i)
        packed |= static_cast<std::uint64_t>(static_cast<unsigned char>(code[i])) << (8 * i);
    return packed;
}

/// Small letters, digits and _, a letter first: what a table may give as a word.
[[nodiscard]] bool is_word(std::string_view text);
/// A code that says whose it is: `x12:8R`. Where words stand outside, it stands there as it is.
[[nodiscard]] bool is_listed_code(std::string_view text);

class CodeMap {
public:
    explicit CodeMap(std::string list) : list_(std::move(list)) {}
    /// False when code or word is there already. `write_only_once`: a second code for a word (a partner's row) is only
    /// read.
    bool add(std::string_view code, std::string_view word);
    /// A partner's row: replaces what the code meant; `write`: the word is written as this code from now on.
    void override_with(std::string_view code, std::string_view word, bool write);
    void finish();

    [[nodiscard]] std::string const& list() const { return list_; } // "x12:98"
    /// The word as JSON text, quotes included; empty when the table has no word for the code.
    [[nodiscard]] std::string_view quoted_word(std::string_view code) const {
        auto const key = pack_code(code);
        if (key == 0 || buckets_.empty()) return quoted_word_of_long(code);
        for (auto at = hash(key);; ++at) {
            auto const& bucket = buckets_[at & mask_];
            if (bucket.key == key) return words_[bucket.word];
            if (bucket.key == 0) return {};
        }
    }
    /// The code to write for a word; empty: none.
    [[nodiscard]] std::string_view code(std::string_view word) const;
    [[nodiscard]] std::vector<std::string> words() const;

private:
    struct Bucket {
        std::uint64_t key = 0;
        std::uint32_t word = 0;
    };
    [[nodiscard]] std::string_view quoted_word_of_long(std::string_view code) const; // of more than eight bytes
    [[nodiscard]] static std::size_t hash(std::uint64_t key) {
        return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15ULL) >> 40);
    }
    std::string list_;
    std::map<std::string, std::string, std::less<>> word_of_, code_of_;
    std::vector<Bucket> buckets_;
    std::size_t mask_ = 0;
    std::vector<std::string> words_; // quoted
    NameIndex written_;              // the words, once finish() was called
    std::vector<std::string> codes_; // of these words
    std::map<std::string, std::string, std::less<>> long_; // quoted words of long codes: a partner's own texts
};

class CodeTable {
public:
    /// Faults are MAP-0017, with the line of the file.
    [[nodiscard]] static std::expected<CodeTable, Diagnostics> parse(std::string_view file_name, std::string_view text);

    [[nodiscard]] bool has_list(std::string_view list) const;
    [[nodiscard]] std::vector<std::string> const& lists() const { return lists_; }
    /// All words, each as its own code: for formats of our own.
    [[nodiscard]] CodeMap words() const;
    /// The list in a release (empty: in all); the table must have it. Clashes inside the release are MAP-0017.
    [[nodiscard]] std::expected<CodeMap, Diagnostics> compile(std::string_view list, std::string_view release) const;

private:
    struct Cell {
        std::string code, from, to; // releases, inclusive; empty: open
    };
    struct Row {
        std::string word;
        std::vector<Cell> cells; // by list
        Origin origin;
    };
    std::vector<std::string> lists_;
    std::vector<Row> rows_;
};

} // namespace wharf::translator
