// One line per event for whoever watches the gateway run: time, event, subject, facts. No payload, no secrets.
//
//     2025-06-02T14:03:07.250Z received 01JXQ5W5G1V7B6Q2M8N4T0ZC3D channel=acme file="po.edi" bytes=512
//
// Thread-safe: lines are written whole.
#pragma once

#include "base/clock.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::gateway {

/// Takes one line without its line break.
using LineSink = std::function<void(std::string_view)>;

class Log {
public:
    Log(Clock const& clock, LineSink sink) : clock_(clock), sink_(std::move(sink)) {}
    /// `facts` is "name=value name=value"; values that came from outside pass through for_log() first.
    void line(std::string_view event, std::string_view subject, std::string_view facts = {}) const;

private:
    Clock const& clock_;
    LineSink sink_;
};

/// A sink that writes to standard error with one write per line.
[[nodiscard]] LineSink standard_error();

/// A value from outside, fit for a log line: quoted, control characters escaped, at most 1000 bytes of it: a reason with both
/// fingerprints fits.
[[nodiscard]] std::string for_log(std::string_view text);

} // namespace wharf::gateway
