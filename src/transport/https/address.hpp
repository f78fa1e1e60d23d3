// URLs, as far as files behind them need it. libcurl reads them, so that what is compared is what is asked. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wharf::transport::https {

/// "https://host:443" in one spelling; nothing for what is no https URL.
[[nodiscard]] std::optional<std::string> origin_of(std::string const& url);
/// `reference` as it stands in a page at `base`; without a fragment. Nothing when there is no such URL.
[[nodiscard]] std::optional<std::string> resolved(std::string const& base, std::string const& reference);
/// The last part of the path, unescaped: "order.edi". Empty when the path ends with a slash.
[[nodiscard]] std::string file_name_of(std::string const& url);
/// With everything up to the last slash of the path: "https://host/out/".
[[nodiscard]] std::string folder_of(std::string const& url);
/// {name} in a URL, escaped.
[[nodiscard]] std::string with_name(std::string_view url, std::string_view name);

} // namespace wharf::transport::https
