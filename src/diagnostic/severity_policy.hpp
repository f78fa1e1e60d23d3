// What a person, a profile or a flag makes of a finding: enforce it, tolerate it, or ignore it.
//
//     X12-0304=tolerate   X12-04*=ignore   X12-0101=enforce
//
// Applied before a set is judged: an error that is tolerated becomes a warning, no longer refuses anything and is no longer
// acknowledged; a warning that is enforced becomes an error. What is ignored is gone. Of several rules that name a code, the
// longest wins (X12-0304 before X12-03*), then the later.
//
// A plain value; once filled it may be read by all threads.
#pragma once

#include "base/error.hpp"
#include "diagnostic/diagnostic.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf {

enum class Treatment { enforce, tolerate, ignore };

class SeverityPolicy {
public:
    /// `code` is a known code or a prefix with a star. Fails with `invalid` for one that names no code, with the nearest.
    [[nodiscard]] Result<void> add(std::string_view code, Treatment treatment);
    /// "CODE=TREATMENT".
    [[nodiscard]] Result<void> add(std::string_view assignment);
    [[nodiscard]] bool empty() const { return rules_.empty(); }
    /// Changes severities and removes what is ignored, from index `from` on. Order stays.
    void apply(Diagnostics& findings, std::size_t from = 0) const;
    /// True when every code that begins so is ignored: what makes them need not run.
    [[nodiscard]] bool ignores_all(std::string_view prefix) const;
    /// One finding; false: it is ignored.
    [[nodiscard]] bool apply(Diagnostic& finding) const;

private:
    struct Entry {
        std::string code; // without the star
        bool prefix = false;
        Treatment treatment = Treatment::enforce;
    };
    [[nodiscard]] std::optional<Treatment> treatment_of(std::string_view code) const;
    std::vector<Entry> rules_;
};

} // namespace wharf
