// What is stored, as JSON: the words of store.hpp unchanged, absent parts left out.
#pragma once

#include "gateway/exchanges.hpp"
#include "gateway/operations.hpp"
#include "syntax/json/value.hpp"

#include <string>
#include <string_view>

namespace wharf::api {

[[nodiscard]] json::Value view(store::Message const& message);
[[nodiscard]] json::Value view(store::Document const& document, bool with_content);
[[nodiscard]] json::Value view(store::Delivery const& delivery);
/// `partner`: whose channel it is; left out where empty.
[[nodiscard]] json::Value view(store::Exchange const& exchange, std::string_view partner = {});
[[nodiscard]] json::Value view(gateway::ExchangeView const& exchange, std::string_view partner);
[[nodiscard]] json::Value view(store::Event const& event);
[[nodiscard]] json::Value view(store::Refusal const& refusal, std::string_view partner);
/// With `settled` and `settled_at`, of whose subject it is.
[[nodiscard]] json::Value view_alarm(store::Event const& alarm);
/// Adds `next_attempt_at`, where there is one to come.
void put_next(json::Value& object, std::optional<gateway::NextAttempt> const& next);
[[nodiscard]] json::Value view(store::Transfer const& transfer);
[[nodiscard]] json::Value view(gateway::MessageView const& message);
[[nodiscard]] json::Value view(gateway::DeadLetters const& letters);

} // namespace wharf::api
