// One file linted by several threads. Internal to grammar/.
//
// Whoever is free takes the reader, cuts the next run of whole sets from the file (the envelope is judged on the way), gives the
// reader back and judges the sets of its run. What was found is put together in file order. So no thread only waits for
// another, and memory follows the number of jobs.
#pragma once

#include "grammar/lint.hpp"

namespace wharf::grammar {

/// Findings in file order up to a limit, and counts. The first error is never lost behind warnings.
class LintTotals {
public:
    explicit LintTotals(std::uint32_t max_findings);
    void add(Item& item); // takes the findings
    void add(LintResult&& part);
    [[nodiscard]] LintResult take();

private:
    void add(Diagnostic&& finding);
    void keep(Diagnostic&& finding); // counted already

    void note_guide(std::string const& name);

    std::uint32_t max_findings_;
    Schema const* last_schema_ = nullptr;
    bool has_error_ = false;
    LintResult result_;
};

/// `reader` was made from options.reader with defer_sets. Returns when the file is read; the calling thread works too.
void lint_with_jobs(InterchangeReader& reader, SchemaCache& schemas, LintOptions const& options, LintTotals& totals);

} // namespace wharf::grammar
