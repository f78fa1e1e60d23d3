// Which certificates a relation cannot do without, and has not: what `wharf partner check` refuses and `wharf cert list` shows.
#pragma once

#include "partner/as2_configuration.hpp"

#include <optional>
#include <string>

namespace wharf::partner {

struct Channel;

/// What is missing and what to do, for people; nothing: it is there, or not needed.
struct As2Needs {
    std::optional<std::string> own, to_encrypt, to_check;
};
/// Of files that are named, not whether they can be read.
[[nodiscard]] As2Needs missing_certificates(Channel const& channel, As2Listener const& listener);

} // namespace wharf::partner
