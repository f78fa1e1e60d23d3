// The files that AS2 relations name: whether they can be read, and whether what stands in them is valid on this day. Apart from
// loading, because the gateway starts without them, and because the answer changes by itself.
#pragma once

#include "base/clock.hpp"
#include "partner/configuration.hpp"

namespace wharf::partner {

/// Warnings PARTNER-0038 and PARTNER-0039. Our own keys are looked at where they are there: a machine that only checks holds none.
[[nodiscard]] Diagnostics check_certificate_files(Configuration const& configuration, Timestamp now);

} // namespace wharf::partner
