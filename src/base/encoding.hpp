// Bytes of a text file to UTF-8 and back.
#pragma once

#include "base/byte_source.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wharf {

enum class Encoding : std::uint8_t {
    automatic, // by byte order mark; without one UTF-16 by its zero bytes, else UTF-8
    utf_8,
    utf_16le,
    utf_16be,
    iso_8859_1,
    windows_1252
};

/// "utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "latin-1", "windows-1252"; small or capital letters.
[[nodiscard]] std::optional<Encoding> encoding_named(std::string_view name);
[[nodiscard]] std::string_view to_string(Encoding encoding);

/// What stands for bytes that are no character of their encoding: never part of UTF-8, so that whoever checks finds it.
inline constexpr char not_a_character = '\xff';

/// Gives the file as UTF-8 without byte order mark. UTF-8 itself is passed through and not checked.
class Utf8Source final : public ByteSource {
public:
    Utf8Source(std::unique_ptr<ByteSource> bytes, Encoding encoding) : bytes_(std::move(bytes)), encoding_(encoding) {}
    [[nodiscard]] Result<std::size_t> read(char* to, std::size_t most) override;
    /// What the file turned out to be; after the first read.
    [[nodiscard]] Encoding encoding() const { return encoding_; }

private:
    [[nodiscard]] Result<bool> begin();
    [[nodiscard]] Result<bool> fill(std::size_t least);
    std::size_t convert_bytes(char* to, std::size_t most);
    std::size_t convert_units(char* to, std::size_t most);

    std::unique_ptr<ByteSource> bytes_;
    Encoding encoding_;
    bool begun_ = false, ended_ = false;
    std::string raw_; // read and not converted
    std::size_t used_ = 0;
};

/// The whole text as UTF-8 without byte order mark.
[[nodiscard]] std::string to_utf8(std::string_view bytes, Encoding encoding);
/// UTF-8 to an encoding. Gives the offset of the first character that it cannot say, or npos; nothing is appended then.
[[nodiscard]] std::size_t append_encoded(std::string& out, std::string_view utf8, Encoding encoding);
/// The encoding's byte order mark; empty where it has none.
[[nodiscard]] std::string_view byte_order_mark(Encoding encoding);

} // namespace wharf
