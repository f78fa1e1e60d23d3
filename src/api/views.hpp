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
[[nodiscard]] json::Value view(store::Transfer const& transfer);
[[nodiscard]] json::Value view(gateway::MessageView const& message);
[[nodiscard]] json::Value view(gateway::DeadLetters const& letters);

} // namespace wharf::api
