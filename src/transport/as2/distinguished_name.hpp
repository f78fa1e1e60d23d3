// Subjects as people write them: "CN=as2.acme.example,O=Acme\, Inc". Internal to as2/.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::as2 {

struct NamePart {
    std::string type, value; // a short or long name or an OID, as OpenSSL knows it; UTF-8
};
/// In the order written; blanks around parts do not count, `\` takes the next character as it is. `invalid` for a part without
/// '=' or of a type that there is not.
[[nodiscard]] Result<std::vector<NamePart>> read_distinguished_name(std::string_view text);

} // namespace wharf::transport::as2
