// The pattern of `like "…"`: character classes, counts, alternation and groups; no back-references, so matching is linear.
//
//     like "[0-9]{6}|X[A-Z]{2}"      the whole value must match
//
// Immutable, thread-safe. Matching takes time proportional to the value times the pattern, never more.
#pragma once

#include "base/error.hpp"

#include <memory>
#include <string_view>

namespace wharf::grammar {

class Pattern {
public:
    /// Fails with `invalid` and says at which byte (from 0) the pattern is wrong. Limits: 500 bytes, counts up to 100.
    [[nodiscard]] static Result<std::shared_ptr<Pattern const>> compile(std::string_view text);
    virtual ~Pattern() = default;
    /// The whole of `value`, bytes.
    [[nodiscard]] virtual bool matches(std::string_view value) const = 0;
    /// Some value of `min` to `max` bytes matches; lengths beyond 1,000 are not tried.
    [[nodiscard]] virtual bool fits_lengths(std::size_t min, std::size_t max) const = 0;
};

} // namespace wharf::grammar
