// A transaction set as the serialiser sees it. Internal.
#pragma once

#include "translator/run.hpp"
#include "translator/source_document.hpp"

#include <utility>

namespace wharf::translator {

class SetSource final : public SourceDocument {
public:
    SetSource(Plan const& plan, SetInput const& input, Run const& run)
        : SourceDocument(input.segments->text(), input.provenance), plan_(plan), input_(input), run_(run),
          separator_(input.segments->delimiters().component),
          repetition_(input.segments->delimiters().repetition) {}

    Diagnostic at_text(std::uint32_t begin, std::string_view code, std::string message,
                       std::string help) const override;
    Diagnostic at_occurrence(std::uint32_t segment, std::string_view external, std::string_view code,
                             std::string message, std::string help) const override;
    void append_kept(std::uint32_t entry, OutBuffer& json, std::uint64_t& fields) const override;
    std::uint32_t next_kept(std::uint32_t entry) const override { return run_.extensions[entry - 1].next; }
    Kept kind_of_kept(std::uint32_t entry) const override;

private:
    /// The key of an element or segment nobody read, below its object.
    std::string key_of(Extension const& entry) const;
    void append_element(std::string_view text, OutBuffer& json) const;
    /// `{"repeated": [ … ]}`
    void append_repeated(std::string_view text, OutBuffer& json) const;
    [[nodiscard]] bool blank(Extension const& entry) const;
    /// Segment and element at a place in the text.
    std::pair<std::uint32_t, std::uint32_t> locate(std::uint32_t begin) const;

    Plan const& plan_;
    SetInput const& input_;
    Run const& run_;
    char separator_;
    char repetition_; // '\0': none
};

} // namespace wharf::translator
