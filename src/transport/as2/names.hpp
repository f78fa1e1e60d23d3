// The names of an AS2 relation and the identifiers of its messages, as they stand in fields. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wharf::transport::as2 {

/// A name for AS2-From and AS2-To: 1 to 128 printable characters of ASCII, case-sensitive (RFC 4130 6.2, RFC 4130bis 6.3).
[[nodiscard]] bool is_as2_name(std::string_view name);
/// As a field carries it: in quotation marks only where a blank, `"` or `\` makes it necessary. The same in Final-Recipient.
///     write_as2_name("My Co") == "\"My Co\""
[[nodiscard]] std::string write_as2_name(std::string_view name);
/// The name meant by a field's value: quoted although it need not be, or not quoted although it should be. Nothing when that is
/// no name: empty, too long, control characters, a quotation mark that does not close.
[[nodiscard]] std::optional<std::string> read_as2_name(std::string_view value);

/// What we take as a Message-ID: 1 to 998 printable characters, with or without brackets and `@`. It is echoed byte for byte and
/// compared whole (RFC 4130bis 5.3.3).
[[nodiscard]] bool is_message_id(std::string_view value);
/// `<unique@domain>`, at most 255 characters without blanks; characters that have no place in it become '-'.
[[nodiscard]] std::string make_message_id(std::string_view unique, std::string_view domain);
/// True for the identifier that was sent and what came back as Original-Message-ID: brackets and blanks around do not count.
[[nodiscard]] bool same_message_id(std::string_view sent, std::string_view echoed);

} // namespace wharf::transport::as2
