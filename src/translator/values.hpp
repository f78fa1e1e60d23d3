// What a run of a map is told beside the document: the values of `$…` and the partner's cross-references. Plain data,
// filled by whoever knows the profile and the store; borrowed for one call of read or write.
#pragma once

#include "syntax/json/value.hpp"
#include "translator/write_policy.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

/// One cross-reference of a partner: what it calls a thing, and what we call it.
class CrossReference {
public:
    enum class Unknown : std::uint8_t { refuse, pass, use_default };
    Unknown unknown = Unknown::refuse;
    std::string default_ours, default_theirs; // of use_default

    /// Of several rows with one side alike the first counts, for that direction.
    void add(std::string const& theirs, std::string const& ours);
    /// What the other side calls it; by the policy where it is not known. False: refused.
    [[nodiscard]] bool to_ours(std::string& text) const;
    [[nodiscard]] bool to_theirs(std::string& text) const;

private:
    std::map<std::string, std::string> ours_of_, theirs_of_;
};

using CrossReferences = std::map<std::string, CrossReference, std::less<>>;

struct RunValues {
    /// `$today`, `$now`, `$usage`, `$sender.id`, `$receiver.id`, `$profile.NAME`, `$envelope.NAME`: by the name without
    /// `$`. One that is missing is absent.
    std::map<std::string, std::string, std::less<>> named;
    /// `$order.PATH`: the stored order that this document answers; nullptr: none is known.
    json::Value const* order = nullptr;
    /// What happens to texts that the receiver cannot take.
    WritePolicy policy;
    /// `lookup NAME`. A name that is not here refuses every value.
    CrossReferences cross_references;
    /// The same, lent for the call: what a profile keeps for all runs. Asked where the name is not above.
    CrossReferences const* of_profile = nullptr;

    /// The text of `$name`; nothing when it is not known.
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
};

/// `lookup NAME` of a text, to ours or to theirs. False: `reason` says why.
[[nodiscard]] bool look_up(std::string const& name, RunValues const* values, bool to_ours, std::string& text,
                           std::string& reason);

} // namespace wharf::translator
