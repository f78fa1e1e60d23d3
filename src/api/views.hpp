// What is stored, as JSON: the words of store.hpp unchanged, absent parts left out.
#pragma once

#include "gateway/operations.hpp"
#include "syntax/json/value.hpp"

#include <string>

namespace wharf::api {

[[nodiscard]] json::Value view(store::Message const& message);
[[nodiscard]] json::Value view(store::Document const& document, bool with_content);
[[nodiscard]] json::Value view(store::Delivery const& delivery);
[[nodiscard]] json::Value view(store::Exchange const& exchange);
[[nodiscard]] json::Value view(store::Event const& event);
[[nodiscard]] json::Value view(store::Transfer const& transfer);
[[nodiscard]] json::Value view(gateway::MessageView const& message);
[[nodiscard]] json::Value view(gateway::DeadLetters const& letters);

} // namespace wharf::api
