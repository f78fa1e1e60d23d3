#include "transport/as2/distinguished_name.hpp"

#include "transport/as2/mime.hpp"
#include "transport/as2/openssl.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <openssl/objects.h>

namespace wharf::transport::as2 {

Result<std::vector<NamePart>> read_distinguished_name(std::string_view text) {
    std::vector<NamePart> parts;
    while (!text.empty()) {
        std::string part;
        std::size_t at = 0;
        for (; at < text.size() && text[at] != ','; ++at) {
            if (text[at] == '\\' && at + 1 < text.size()) ++at;
            part += text[at];
        }
        text.remove_prefix(std::min(at + 1, text.size()));
        auto const equals = part.find('=');
        if (equals == std::string::npos) return invalid(fmt::format("\"{}\" is no part of a subject; such parts are CN=… and O=…", part));
        std::string const type(trimmed(std::string_view(part).substr(0, equals)));
        auto const nid = OBJ_txt2nid(type.c_str());
        (void)openssl_reason();
        if (nid == NID_undef) return invalid(fmt::format("subjects have no part {}; common ones are CN, O, OU, L, ST and C", type));
        parts.push_back({type, std::string(trimmed(std::string_view(part).substr(equals + 1)))});
    }
    return parts;
}

} // namespace wharf::transport::as2
