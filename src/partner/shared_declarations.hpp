// What the declarations of several kinds of file share. Internal to partner/.
#pragma once

#include "partner/conversions.hpp"
#include "partner/text_checks.hpp"

#include <array>

namespace wharf::partner {

template <>
struct EnumWords<IdentifierUsage> {
    static constexpr std::array<std::string_view, 3> words = {"both", "production", "test"};
};

[[nodiscard]] Declaration const& basic_declaration();        // BasicLogin
[[nodiscard]] Declaration const& retry_declaration();        // RetryPolicy
[[nodiscard]] Declaration const& server_tls_declaration();   // ServerTls
[[nodiscard]] Declaration const& server_limits_declaration(); // ServerLimits
[[nodiscard]] Declaration const& as2_listener_declaration(); // As2Listener
[[nodiscard]] Declaration const& as2_channel_declaration();  // As2Channel
[[nodiscard]] Declaration const& header_declaration();       // TargetHeader
[[nodiscard]] Declaration const& proxy_declaration();        // Proxy
[[nodiscard]] Declaration const& ftps_channel_declaration(); // FtpsChannel
[[nodiscard]] Declaration const& https_channel_declaration(); // HttpsChannel

/// `from` and `until` of an identifier.
template <class T>
void add_validity(Declaration& declaration) {
    declaration.add("from", &T::from, "the first day it holds; empty: it always did").check(check_day).example("2026-01-01");
    declaration.add("until", &T::until, "the last day it holds; empty: no end").check(check_day).example("2026-12-31");
}

} // namespace wharf::partner
