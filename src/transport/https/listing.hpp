// What a URL says of the files behind it: a list in JSON, or a page with links. Pure; nothing is believed: sizes, depth and counts
// have limits, and the caller asks for no URL of another origin.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::https {

inline constexpr std::size_t most_names = 100'000;
inline constexpr std::size_t most_listing_bytes = 16u << 20;
inline constexpr std::size_t most_depth = 32;

struct ListedFile {
    std::string reference; // as it stands there
    /// What the list says of its size and of its time or ETag, to be compared with what it said before, and never read; empty where it
    /// does not say both.
    std::string facts{};
};

/// The files of an array, which is all there is or the first array of an object: each a text, or an object with a text called
/// url, href or name (the first of these is taken). `permanent` for anything else.
///
///     ["a.edi", "https://acme.example/out/b.edi"]      {"files": [{"name": "a.edi", "size": 7, "modified": "2026-06-02T10:00:00Z"}]}
[[nodiscard]] Result<std::vector<ListedFile>> read_json_listing(std::string_view text);

/// The links (`<a href=…>`) of a page as web servers make them of a folder; those with a question mark (orders of the page) and to folders are
/// left out.
[[nodiscard]] Result<std::vector<ListedFile>> read_index_page(std::string_view text);

} // namespace wharf::transport::https
