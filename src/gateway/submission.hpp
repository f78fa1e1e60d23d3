// A canonical document somebody wants sent: checked, translated, checked again as X12, and only then numbered and stored.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "gateway/context.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::gateway {

struct Submission {
    std::string partner;         // profile id
    std::string body;            // one canonical document, or an array of documents of one kind: one group with a set each
    std::string idempotency_key; // empty: none
};

enum class SubmissionFate {
    accepted,  // stored and numbered; `answer` is the JSON to give back
    repeated,  // this key was answered before: the same answer
    refused,   // nothing stored: `diagnostics`
    conflict,  // the key was used for another document: `diagnostics`
    failed,    // the store failed: `error`; try again
};

struct SubmissionResult {
    SubmissionFate fate = SubmissionFate::refused;
    std::string answer;
    Diagnostics diagnostics;
    Error error;
};

[[nodiscard]] SubmissionResult submit(Context const& context, Submission const& submission);

} // namespace wharf::gateway
