// What the receiving side of AS2 answers, as HTTP carries it. Thread-safe.
#pragma once

#include "gateway/as2_arrival.hpp"
#include "gateway/as2_relations.hpp"
#include "gateway/context.hpp"
#include "transport/as2/reception.hpp"

#include <optional>
#include <string_view>

namespace wharf::gateway {

/// A line of text; 503 asks to come again in a minute.
[[nodiscard]] As2Answer plain_answer(int status, std::string_view text);

/// What the machine wants answered. `exchange`: whose stored receipt it may be; nullptr: none.
[[nodiscard]] As2Answer answer_of(Context const& context, as2::Respond const& respond, as2::MessageHead const& head, store::Exchange const* exchange);

/// The answer to a message that came before, as things stand now; nothing when it did not.
[[nodiscard]] std::optional<As2Answer> answer_repeated(Context const& context, as2::MessageHead const& head, As2RelationPointer const& relation);

} // namespace wharf::gateway
