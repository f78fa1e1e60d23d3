// One reading of a file that collects what can be mended. Internal to linter/; fix() repeats it.
#pragma once

#include "linter/edits.hpp"
#include "linter/fix.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::linter {

class FixRound {
public:
    FixRound(std::string_view text, std::string const& file_name, grammar::SchemaCache& schemas, FixOptions const& options);

    /// Reads the text and collects. Where the file is wrapped only that is mended: all other places stand elsewhere afterwards.
    [[nodiscard]] Edits run();
    /// After run(): it was wrapped.
    [[nodiscard]] bool has_joined() const { return has_joined_; }

private:
    void item(grammar::Item const& item);
    void bytes(Diagnostic const& finding);
    void join_lines(std::uint64_t from, std::uint64_t width);
    void last_terminator(grammar::Item const& item, Diagnostic const& finding);

    void gaps(grammar::Item const& item);
    void gap(std::uint64_t begin, std::uint64_t end, char terminator);

    void header(grammar::Item const& item);
    void envelope_separators(x12::Part const& part, std::size_t index);
    void set_separators(grammar::Item const& item);
    void components(grammar::Item const& item, Diagnostic const& finding);

    void trailer(grammar::Item const& item, Diagnostic const& finding);
    void count_of_lines(grammar::Item const& item, Diagnostic const& finding);
    void set_element(x12::Part const& part, std::size_t index, std::uint32_t element, std::string value, std::string_view code);

    [[nodiscard]] bool is_filler(std::uint64_t begin, std::uint64_t end, char also) const;

    std::string_view text_;
    FixOptions const& options_;
    grammar::InterchangeReader reader_;
    Edits edits_;
    Edits joins_;   // of wrapped lines
    Edits doubled_; // terminators: taken when one of them is reported, since the others are not
    bool has_joined_ = false, has_doubled_ = false;

    // Of the interchange being read.
    bool inside_ = false;
    std::uint64_t behind_ = 0; // the end of the segment before
    char terminator_ = '~';
    std::string interchange_number_; // ISA13
    std::uint64_t groups_ = 0;
};

} // namespace wharf::linter
