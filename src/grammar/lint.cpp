#include "grammar/lint.hpp"

#include "base/limits.hpp"
#include "diagnostic/file_lines.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/lint_jobs.hpp"
#include "grammar/not_x12.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t head_bytes = 4096;         // enough to say what a file is that is not X12
constexpr std::size_t most_kept = 16 * 1024 * 1024; // of what cannot be read a second time

/// What a file that is not X12 has been found to be: in place of whatever the reader made of it, unless that is to be ignored.
void set_not_x12(LintResult& result, std::string_view head, std::string const& file_name, SeverityPolicy const& severities) {
    auto finding = not_x12(head, file_name);
    if (!severities.apply(finding))
        return;
    result.counts.clear();
    result.counts[finding.code] = {finding.severity, 1};
    result.diagnostics.clear();
    result.diagnostics.push_back(std::move(finding));
    result.suppressed = 0;
}

LintResult lint(InterchangeReader reader, std::string const& file_name, SchemaCache& schemas, LintOptions const& options) {
    std::string const head(reader.peek().substr(0, head_bytes));
    LintTotals totals(options.max_findings);
    if (options.jobs <= 1) {
        while (reader.next())
            totals.add(reader.item());
    } else {
        lint_with_jobs(reader, schemas, options, totals);
    }
    auto result = totals.take();
    result.trouble = reader.error();
    auto const says_more = [](Diagnostic const& finding) { return finding.severity == Severity::error && finding.code != "X12-0003" && finding.code != "X12-0009"; };
    if (result.interchanges == 0 && !result.trouble && std::ranges::none_of(result.diagnostics, says_more))
        set_not_x12(result, head, file_name, options.reader.severities);
    sort_by_offset(result.diagnostics);
    return result;
}

/// A source that the reader consumes and that can be had once more afterwards: rewound, or of a pipe as far as it was kept.
class Medium {
public:
    explicit Medium(std::unique_ptr<ByteSource> source) : source_(std::move(source)), keeps_(!source_->rewind()) {}

    Result<std::size_t> read(char* to, std::size_t most) {
        auto got = source_->read(to, most);
        if (keeps_ && got) {
            keeps_ = kept_.size() + *got <= most_kept;
            keeps_ ? kept_.append(to, *got) : kept_.assign({});
            lost_ = !keeps_;
        }
        return got;
    }
    /// nullptr: it is gone.
    std::unique_ptr<ByteSource> again() {
        if (lost_)
            return nullptr;
        return source_->rewind() ? std::move(source_) : byte_source_of(kept_);
    }

private:
    std::unique_ptr<ByteSource> source_;
    std::string kept_;
    bool keeps_, lost_ = false;
};

/// What the reader owns of it.
class MediumSource : public ByteSource {
public:
    explicit MediumSource(std::shared_ptr<Medium> medium) : medium_(std::move(medium)) {}
    Result<std::size_t> read(char* to, std::size_t most) override { return medium_->read(to, most); }

private:
    std::shared_ptr<Medium> medium_;
};

InterchangeReaderOptions reader_options(LintOptions const& options) {
    auto chosen = options.reader;
    chosen.defer_sets = options.jobs > 1;
    return chosen;
}

} // namespace

LintOptions::LintOptions() : max_findings(limits::findings) {}

LintTotals::LintTotals(std::uint32_t max_findings) : max_findings_(max_findings) {}

void LintTotals::add(Item& item) {
    result_.interchanges += item.kind == ItemKind::interchange_start;
    result_.groups += item.kind == ItemKind::group_start && item.present;
    result_.sets += item.kind == ItemKind::transaction_set;
    result_.suppressed += item.suppressed;
    if (item.schema && item.schema.get() != last_schema_) {
        last_schema_ = item.schema.get();
        note_guide(last_schema_->narrowed().guide_name);
    }
    for (auto& finding : item.findings)
        add(std::move(finding));
}

void LintTotals::add(LintResult&& part) {
    result_.interchanges += part.interchanges;
    result_.groups += part.groups;
    result_.sets += part.sets;
    result_.suppressed += part.suppressed;
    for (auto const& [code, counted] : part.counts)
        add_count(result_.counts, code, counted.severity, counted.count);
    for (auto const& guide : part.guides)
        note_guide(guide);
    for (auto& finding : part.diagnostics)
        keep(std::move(finding));
}

void LintTotals::note_guide(std::string const& name) {
    if (!name.empty() && std::ranges::find(result_.guides, name) == result_.guides.end())
        result_.guides.push_back(name);
}

void LintTotals::add(Diagnostic&& finding) {
    add_count(result_.counts, finding.code, finding.severity);
    keep(std::move(finding));
}

void LintTotals::keep(Diagnostic&& finding) {
    bool const first_error = finding.severity == Severity::error && !has_error_;
    has_error_ = has_error_ || first_error;
    if (result_.diagnostics.size() < max_findings_) {
        result_.diagnostics.push_back(std::move(finding));
        return;
    }
    ++result_.suppressed;
    if (first_error && !result_.diagnostics.empty()) // the exit code depends on it: never lost behind warnings
        result_.diagnostics.back() = std::move(finding);
}

LintResult LintTotals::take() { return std::move(result_); }

LintResult lint(std::string_view text, std::string file_name, SchemaCache& schemas, LintOptions const& options) {
    auto result = lint(InterchangeReader(text, file_name, schemas, reader_options(options)), file_name, schemas, options);
    if (options.find_lines && !result.diagnostics.empty())
        find_lines(result.diagnostics, file_name, *byte_source_of(text));
    return result;
}

LintResult lint(std::unique_ptr<ByteSource> source, std::string file_name, SchemaCache& schemas, LintOptions const& options) {
    if (!options.find_lines)
        return lint(InterchangeReader(std::move(source), file_name, schemas, reader_options(options)), file_name, schemas, options);
    auto const medium = std::make_shared<Medium>(std::move(source));
    auto result = lint(InterchangeReader(std::make_unique<MediumSource>(medium), file_name, schemas, reader_options(options)), file_name, schemas, options);
    if (!result.diagnostics.empty())
        if (auto const again = medium->again())
            find_lines(result.diagnostics, file_name, *again);
    return result;
}

} // namespace wharf::grammar
