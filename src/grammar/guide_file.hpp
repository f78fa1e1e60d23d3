// A guide file as a tree: its header, and the rows of each area by indentation. Nothing is resolved yet.
//
// A GuideFile owns its text and its name; all words, and the places in rules, borrow from it, so it stands still in
// memory and lives as long as what was made of it. Reading never stops at the first fault. Limits: 1 MB, 10,000 rows,
// 12 levels, 1,000 findings.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/guide_line.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wharf::grammar {

struct GuideNode {
    GuideLine line;
    std::vector<GuideNode> rows; // indented below it
    // Set when the row is resolved: how the row of the set is found again (NarrowedRow::place and ::qualifiers).
    bool resolved = false;
    std::uint32_t place = 0;
    std::vector<QualifierTest> tests;
};

struct GuideFile {
    std::string name; // for messages
    std::string text;
    std::optional<GuideLine> guide, narrows, answers, extends, unlisted;
    std::vector<GuideNode> areas; // heading, detail, summary

    GuideFile() = default;
    GuideFile(GuideFile const&) = delete;
    GuideFile& operator=(GuideFile const&) = delete;
    /// "acme-850"; the file's name when there is no `guide` row.
    [[nodiscard]] std::string title_name() const;
};

/// Where the faults of guides go.
class GuideProblems {
public:
    /// A fault at a span of a line; an empty span is the row's first word. Returns the diagnostic, to add related
    /// places; valid until the next is added.
    Diagnostic& add(std::string_view code, GuideFile const& file, GuideLine const& line, Span span, std::string message,
                    std::string help = {});
    /// Of the file as a whole.
    Diagnostic& add(std::string_view code, std::string file_name, std::string message, std::string help = {});

    [[nodiscard]] std::size_t errors() const { return errors_; }
    [[nodiscard]] Diagnostics take() { return std::move(list_); }

private:
    Diagnostic& keep(Diagnostic diagnostic);
    Diagnostics list_;
    Diagnostic beyond_limit_;
    std::size_t errors_ = 0;
};

/// A place in a guide as a related place of a finding.
[[nodiscard]] Related related_place(GuidePlace const& place, std::string message);

/// Codes GUIDE-0001 to 0004.
[[nodiscard]] std::shared_ptr<GuideFile> read_guide_file(std::string name, std::string text, GuideProblems& problems);

} // namespace wharf::grammar
