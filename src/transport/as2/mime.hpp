// What AS2 needs of MIME (RFC 2045, 2046, 2183, 2231; multipart/signed RFC 1847): heads, parameters, transfer encodings, and
// multiparts whose parts are exact byte ranges, because a MIC is a digest of just those bytes.
//
// Reading is tolerant of what peers send (folded fields, LF alone, odd blanks, unquoted values); writing never folds. Pure;
// nothing recurses. Errors are `permanent` for what the bytes do wrong and `temporary` where the medium fails (content.hpp).
#pragma once

#include "transport/content.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::transport::as2 {

namespace limits {
inline constexpr std::size_t head_bytes = 64u << 10;   // the head of an entity
inline constexpr std::size_t head_fields = 200;
inline constexpr std::size_t parts = 1000;             // of one multipart
inline constexpr std::size_t boundary_bytes = 200;     // RFC 2046 says 70; some peers write more
inline constexpr std::size_t parameters = 50;          // of one field
} // namespace limits

/// Names keep their spelling and are compared in any case; values are unfolded and trimmed.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// The first field of that name, any case; empty when absent.
[[nodiscard]] std::string_view field(Fields const& fields, std::string_view name);
[[nodiscard]] bool has_field(Fields const& fields, std::string_view name);

struct Head {
    Fields fields;
    std::uint64_t size = 0; // bytes before the body, the blank line included
};
/// The head at the front of an entity. An entity that begins with a blank line has an empty head. Refused: no blank line within
/// the limit, a line without a colon, a NUL.
[[nodiscard]] Result<Head> read_head(Content const& entity);
/// One line each, CRLF, and the blank line. Line ends inside values become blanks: nothing can be smuggled into a head.
[[nodiscard]] std::string write_head(Fields const& fields);

/// `multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=x`. Names and the value are in lower
/// case, parameters as written. Continuations (`name*0=`) are joined and `name*=iso-8859-1''…` decoded into UTF-8 (RFC 2231); they
/// come before a plain parameter of the same name, which is for those who cannot read them (RFC 6266 4.3).
struct FieldValue {
    std::string value;
    Fields parameters;
    [[nodiscard]] std::string_view parameter(std::string_view name) const { return field(parameters, name); }
};
[[nodiscard]] FieldValue read_field_value(std::string_view text);
/// The value of a parameter: as it is where it is a token (RFC 2045 5.1), in quotation marks otherwise.
[[nodiscard]] std::string write_parameter(std::string_view value);

/// The bodies-with-heads between the boundary lines, without the line end before each boundary: it belongs to the boundary.
/// Preamble and epilogue are left out. Refused: no part, no closing boundary (a message cut short), too many parts.
[[nodiscard]] Result<std::vector<Content>> split_multipart(Content const& body, std::string_view boundary);

/// Content-Transfer-Encoding. Absent means binary in AS2 (RFC 4130bis 5).
enum class TransferEncoding { binary, base64, quoted_printable };
[[nodiscard]] Result<TransferEncoding> transfer_encoding(Fields const& fields);
/// The bytes meant; binary ones are the same Content. Base64 takes any line length and blanks, with or without padding.
[[nodiscard]] Result<Content> decode(Content const& body, TransferEncoding encoding, SpoolSettings const& spool);
/// Lines of 76 characters, each ended by CRLF (RFC 2045 6.8).
[[nodiscard]] Result<Content> encode_base64(Content const& bytes, SpoolSettings const& spool);

/// One line, padded (RFC 4648 4).
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Blanks and line ends are passed over; nothing for any other character or a broken length.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// The file name of an entity: Content-Disposition `filename`, else Content-Type `name`; quoted or not, made safe. Nothing when
/// there is none, or nothing safe is left of it.
[[nodiscard]] std::optional<std::string> file_name(Fields const& fields);
/// What file_name() reads: `filename=po.edi`. For a name outside ASCII both forms of RFC 6266, for readers of either:
/// `filename="Bestellung_.edi"; filename*=UTF-8''Bestellung%C3%A4.edi`.
[[nodiscard]] std::string write_file_name(std::string_view name);
/// The same as it is meant there (encoded words read), safe or not; empty when there is none.
[[nodiscard]] std::string stated_file_name(Fields const& fields);
/// The last part of a path of any system, without characters that some file system refuses, without leading dots, at most 200
/// bytes (its ending kept). Empty when nothing is left: "..", "/", control characters alone.
[[nodiscard]] std::string safe_file_name(std::string_view name);

/// Letters of A to Z in lower case.
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string_view trimmed(std::string_view text); // blanks, tabs, line ends
[[nodiscard]] bool same_word(std::string_view a, std::string_view b); // in any case

} // namespace wharf::transport::as2
