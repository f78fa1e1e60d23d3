// What a run of a map is told beside the document: the values of `$…` and the partner's cross-references. Plain data,
// filled by whoever knows the profile and the store; borrowed for one call of read or write.
#pragma once

#include "syntax/json/value.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

/// One cross-reference of a partner: what it calls a thing, and what we call it.
struct CrossReference {
    enum class Unknown : std::uint8_t { refuse, pass, use_default };
    struct Row {
        std::string theirs, ours;
    };
    std::vector<Row> rows; // of several with one side alike the first counts, for that direction
    Unknown unknown = Unknown::refuse;
    std::string default_ours, default_theirs; // of use_default

    [[nodiscard]] std::optional<std::string_view> ours(std::string_view theirs) const;
    [[nodiscard]] std::optional<std::string_view> theirs(std::string_view ours) const;
};

struct RunValues {
    /// `$today`, `$now`, `$usage`, `$sender.id`, `$receiver.id`, `$profile.NAME`, `$envelope.NAME`: by the name without
    /// `$`. One that is missing is absent.
    std::map<std::string, std::string, std::less<>> named;
    /// `$order.PATH`: the stored order that this document answers; nullptr: none is known.
    json::Value const* order = nullptr;
    /// `lookup NAME`. A name that is not here is MAP-0121 for every value.
    std::map<std::string, CrossReference, std::less<>> cross_references;

    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
};

} // namespace wharf::translator
