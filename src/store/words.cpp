#include "store/store.hpp"

#include <array>
#include <cstddef>

namespace wharf::store {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 2> direction_words = {"inbound", "outbound"};
constexpr std::array<std::string_view, 4> transfer_words = {"received", "processed", "dead_letter", "discarded"};
constexpr std::array<std::string_view, 13> message_words = {
    "processed", "rejected",           "held",    "quarantined", "duplicate",   "ready",    "sent",
    "accepted",  "partially_accepted", "refused", "overdue",     "dead_letter", "discarded"};
constexpr std::array<std::string_view, 12> document_words = {"accepted",     "rejected",  "duplicate", "held",
                                                             "recorded",     "unmatched", "ready",     "sent",
                                                             "acknowledged", "refused",   "overdue", "discarded"};
constexpr std::array<std::string_view, 9> exchange_words = {"received",         "accepted",            "refused",   "ready", "posting",
                                                            "waiting_to_retry", "waiting_for_receipt", "succeeded", "failed"};
constexpr std::array<std::string_view, 5> receipt_words = {"none", "owed", "sent", "unsent", "received"};
constexpr std::array<std::string_view, 4> delivery_words = {"waiting", "delivered", "dead_letter", "discarded"};
constexpr std::array<std::string_view, 8> job_words = {"process_transfer",      "finish_file",   "deliver",      "transmit",
                                                       "expect_acknowledgment", "open_exchange", "send_receipt", "expect_receipt"};

static_assert(message_words.size() == static_cast<std::size_t>(MessageState::discarded) + 1);
static_assert(document_words.size() == static_cast<std::size_t>(DocumentState::discarded) + 1);
static_assert(exchange_words.size() == static_cast<std::size_t>(ExchangeState::failed) + 1);
static_assert(receipt_words.size() == static_cast<std::size_t>(ReceiptState::received) + 1);
static_assert(job_words.size() == static_cast<std::size_t>(JobKind::expect_receipt) + 1);

template <std::size_t N, class E>
std::string_view word(std::array<std::string_view, N> const& words, E value) {
    auto const place = static_cast<std::size_t>(value);
    return place < N ? words[place] : std::string_view{};
}

template <class E, std::size_t N>
std::optional<E> parse(std::array<std::string_view, N> const& words, std::string_view text) {
    for (std::size_t place = 0; place < N; ++place)
        if (words[place] == text) return static_cast<E>(place);
    return std::nullopt;
}

} // namespace

std::string_view to_string(Direction value) {
    return word(direction_words, value);
}
std::string_view to_string(TransferState value) {
    return word(transfer_words, value);
}
std::string_view to_string(MessageState value) {
    return word(message_words, value);
}
std::string_view to_string(DocumentState value) {
    return word(document_words, value);
}
std::string_view to_string(ExchangeState value) {
    return word(exchange_words, value);
}
std::string_view to_string(ReceiptState value) {
    return word(receipt_words, value);
}
std::string_view to_string(DeliveryState value) {
    return word(delivery_words, value);
}
std::string_view to_string(JobKind value) {
    return word(job_words, value);
}

std::optional<Direction> parse_direction(std::string_view text) {
    return parse<Direction>(direction_words, text);
}
std::optional<TransferState> parse_transfer_state(std::string_view text) {
    return parse<TransferState>(transfer_words, text);
}
std::optional<MessageState> parse_message_state(std::string_view text) {
    return parse<MessageState>(message_words, text);
}
std::optional<DocumentState> parse_document_state(std::string_view text) {
    return parse<DocumentState>(document_words, text);
}
std::optional<ExchangeState> parse_exchange_state(std::string_view text) {
    return parse<ExchangeState>(exchange_words, text);
}
std::optional<ReceiptState> parse_receipt_state(std::string_view text) {
    return parse<ReceiptState>(receipt_words, text);
}
std::optional<DeliveryState> parse_delivery_state(std::string_view text) {
    return parse<DeliveryState>(delivery_words, text);
}
std::optional<JobKind> parse_job_kind(std::string_view text) {
    return parse<JobKind>(job_words, text);
}

} // namespace wharf::store
