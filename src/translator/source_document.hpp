// What the serialiser asks of the document it reads from, whatever its format. Slots hold places in one text; that is
// all the fast road needs. The functions are called only where something is wrong or was kept.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "translator/out_buffer.hpp"
#include "translator/translator.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wharf::translator {

struct Run;

class SourceDocument {
public:
    SourceDocument(char const* text, Provenance const& provenance) : text_(text), provenance_(provenance) {}
    virtual ~SourceDocument() = default;

    /// What the places in slots count from.
    [[nodiscard]] char const* text() const { return text_; }
    [[nodiscard]] Provenance const& provenance() const { return provenance_; }

    /// A diagnostic at the field that the text at `begin` is part of: place, value and excerpt filled in.
    [[nodiscard]] virtual Diagnostic at_text(std::uint32_t begin, std::string_view code, std::string message,
                                             std::string help) const = 0;
    /// The same at an occurrence (Arena::segment: number of a segment or node), or where a field called `external`
    /// should stand in it.
    [[nodiscard]] virtual Diagnostic at_occurrence(std::uint32_t occurrence, std::string_view external,
                                                   std::string_view code, std::string message,
                                                   std::string help) const = 0;

    // What no line read. Entries of one object hang together from Arena::first_extension.
    /// `,"KEY":VALUE` for one entry; counts the fields in it.
    virtual void append_kept(std::uint32_t entry, OutBuffer& json, std::uint64_t& fields) const = 0;
    /// The next entry of the same object plus one; 0: none.
    [[nodiscard]] virtual std::uint32_t next_kept(std::uint32_t entry) const = 0;
    enum class Kept : std::uint8_t { nothing, returns, unplaced };
    /// Blank ones are nothing; what the grammar has no place for is `unplaced` and never written back.
    [[nodiscard]] virtual Kept kind_of_kept(std::uint32_t entry) const = 0;

private:
    char const* text_;
    Provenance const& provenance_;
};

} // namespace wharf::translator
