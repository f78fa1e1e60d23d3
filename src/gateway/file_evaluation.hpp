// Looks into a file without an envelope: CSV, fixed width, XML, JSON. The other half of evaluation.hpp.
#pragma once

#include "gateway/evaluation.hpp"

#include <optional>

namespace wharf::gateway {

/// nullopt: it is X12, or nobody sends anything else on this channel. Otherwise one message with one group, whose sets are the
/// documents of the file in their order; one that cannot be read is `held`, with its line and column, and touches no other.
[[nodiscard]] std::optional<EvaluatedInterchange> evaluate_file(store::Transfer const& transfer,
                                                                partner::Configuration const& configuration,
                                                                partner::Channel const* channel, Knowledge& knowledge,
                                                                Timestamp now);

} // namespace wharf::gateway
