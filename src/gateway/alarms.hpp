// Alarms that a person has settled: `wharf alarm settle`. An alarm that stands is raised by every look, so it has to be known who settled it.
#pragma once

#include "store/store.hpp"

#include <string_view>

namespace wharf::gateway {

/// What a person has dealt with, of a subject, or of one word of it (empty: of any): how many alarms there were. Remembered as an event
/// `alarm_settled` of the subject.
[[nodiscard]] Result<unsigned> settle_by_hand(store::Transaction& transaction, std::string_view subject, std::string_view word, Timestamp now);

/// Whether the newest alarm of the same word, subject and text was settled by a person, and not because its trouble was over.
[[nodiscard]] Result<bool> is_settled_by_hand(store::Transaction& transaction, store::Event const& alarm);

} // namespace wharf::gateway
