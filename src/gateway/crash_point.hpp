// Places where a test may kill the gateway: one between every two effects that the outside world or the store can see.
//
// They do nothing unless the environment variable WHARF_TEST_CRASH_AT is set:
//
//     WHARF_TEST_CRASH_AT=after-fetch       kill -9 of itself when that point is passed for the first time
//     WHARF_TEST_CRASH_AT=after-fetch:3     … for the third time
//     WHARF_TEST_CRASH_AT=*:17              … when the seventeenth point, of any name, is passed
//
// tests/integration/kill_test.py runs through all of them and restarts after each. Thread-safe.
#pragma once

#include <array>
#include <string_view>

namespace wharf::gateway {

/// In the order in which a file meets them. A name given to crash_point() must be one of these.
inline constexpr std::array<std::string_view, 38> crash_points = {
    "after-list",               // files seen on the channel
    "after-fetch",              // bytes in memory only
    "before-store-transfer",    // inside the transaction, not yet committed
    "after-store-transfer",     // raw bytes durable; the file still on its channel
    "after-finish-file",        // file removed; the job that did it not yet finished
    "after-finish-file-record", // … and recorded
    "after-evaluate",           // validated and translated in memory only
    "before-store-messages",    // inside the transaction
    "after-store-messages",     // messages, documents, deliveries and acknowledgments durable
    "before-count-attempt",     // inside the transaction that counts a delivery attempt
    "after-count-attempt",      // counted; no request made yet
    "after-request",            // the target has answered; nothing recorded
    "after-record-outcome",     // recorded
    "before-transmit",          // outgoing bytes durable; not yet on the channel
    "after-transmit",           // on the channel; not yet recorded as sent
    "after-record-sent",        // recorded
    "after-pack",               // an AS2 message packed; large bytes in the vault, nothing refers to them
    "before-count-post",        // inside the transaction that counts a POST
    "after-count-post",         // exchange and bytes durable, the POST counted; not made yet
    "after-post",               // the partner has answered; nothing recorded
    "before-record-post",       // inside the transaction that records what follows
    "after-record-post",        // recorded
    "before-submit",            // inside the transaction that numbers an outgoing document
    "after-submit",             // numbered and durable; the caller has no answer yet
    "after-overdue",            // an acknowledgment was noted as overdue
    // AS2, receipts for what we sent
    "before-record-receipt",    // inside the transaction that records a receipt that came by itself
    "after-record-receipt",     // recorded; the partner has no answer yet
    // AS2, in
    "after-exchange-body",      // the body of a message is here; nothing recorded, nothing answered
    "before-store-exchange",    // inside the transaction of an asynchronous message
    "after-store-exchange",     // durable; not yet answered
    "after-exchange-answer",    // answered
    "after-open-exchange",      // opened in memory only
    "after-prepare-exchange",   // large parts of the evidence are files; nothing recorded
    "before-commit-exchange",   // inside the transaction that settles it
    "after-commit-exchange",    // files, receipt and evidence durable; a synchronous one not yet answered
    "before-send-receipt",      // a receipt that goes by itself; not yet sent
    "after-send-receipt",       // the partner has it; not yet recorded
    "after-record-sent-receipt", // recorded
};

/// Kills this process with SIGKILL when the environment asks for it here; returns otherwise.
void crash_point(std::string_view name);

} // namespace wharf::gateway
