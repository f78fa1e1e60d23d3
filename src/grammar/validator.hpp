// Validates one transaction set against its compiled schema: structure, requirement, repeats, length, type, codes, syntax
// notes. All findings in one pass; one fault gives one finding where that can be told.
//
// The result also says at which row of the set each segment stands (`nodes`), which the translator walks by.
// The segment list is borrowed for the call; findings own their texts. One validator, one thread; reuse it: its
// buffers are kept between sets.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "diagnostic/severity_policy.hpp"
#include "grammar/schema.hpp"
#include "syntax/x12/segment_list.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// The envelope around the set, for the place of each finding, and what is made of each. Borrows everything: making one costs
/// nothing, and it lives no longer than the item it came with.
struct SetContext {
    std::string_view file;
    std::string_view interchange; // ISA13
    std::string_view group;       // GS06
    std::string_view transaction; // ST02
    SeverityPolicy const* severities = nullptr; // nullptr: each finding keeps the severity of its code
};

struct ValidatorOptions {
    std::uint32_t max_findings; // per set; further ones are only counted
    bool sense = true;          // X12-04xx: counts, sums, check digits, dates; false where all of them would be ignored
    ValidatorOptions();
};

class Validator {
public:
    explicit Validator(std::shared_ptr<Schema const> schema, ValidatorOptions options = {});
    ~Validator();
    Validator(Validator&&) noexcept;
    Validator& operator=(Validator&&) noexcept;

    /// Appends findings in file order. Segments run from ST to SE (SE may be missing: its own finding is the
    /// envelope's).
    void validate(x12::SegmentList const& set, SetContext const& context, Diagnostics& findings);

    /// Of the set last validated: the row of each segment, no_node for one that has no place. Valid until the next
    /// call.
    [[nodiscard]] std::vector<NodeIndex> const& nodes() const;
    [[nodiscard]] std::uint64_t suppressed() const; // findings beyond max_findings, over all calls
    [[nodiscard]] Schema const& schema() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wharf::grammar
