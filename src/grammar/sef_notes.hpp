// What .TEXT says of places of a set, and lines of the guide with the places they came from. Internal to the import.
#pragma once

#include "grammar/sef_rows.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace wharf::grammar {

/// A row of the guide to be, without its indentation.
struct SefLine {
    std::string text;
    char const* at = nullptr; // what it came from
    std::vector<SefLine> rows;
};

class SefNotes {
public:
    explicit SefNotes(SefSetView const& view);
    /// The guideline's own title and notes of the whole set.
    [[nodiscard]] std::string title() const;
    [[nodiscard]] std::vector<std::string> const& set_notes() const { return set_notes_; }
    /// Of a segment (element 0), an element or a component.
    [[nodiscard]] std::string note(SefRow const& row, std::uint32_t element = 0, std::uint32_t component = 0) const;
    [[nodiscard]] std::string name(SefRow const& row, std::uint32_t element = 0, std::uint32_t component = 0) const;

private:
    struct Entry {
        std::string name, note;
    };
    void take(SefNote const& note);
    void append(std::string& to, SefNote const& note, std::string_view before = {});

    SefSetView const& view_;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, Entry> entries_;
    std::string title_;
    std::vector<std::string> set_notes_;
    unsigned of_dictionary_ = 0; // notes of segments, elements, … wherever they stand
    char const* dictionary_at_ = nullptr;
};

} // namespace wharf::grammar
