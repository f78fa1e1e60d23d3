// Guides: what one partner allows of a set, as text files (docs/guides.md; the language: docs/grammar-language.md).
//
// A guide is read, checked against its grammar and its parents (`extends`), and becomes a NarrowedSet. All errors of a file are
// listed (GUIDE-xxxx with file, line and column, the grammar's row as related place); a guide with errors is not used.
// Loaded guides are immutable and shared by all threads.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/narrowed_set.hpp"

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

class Guide {
public:
    virtual ~Guide() = default;
    [[nodiscard]] virtual std::string const& name() const = 0;  // "acme-850"
    [[nodiscard]] virtual std::string const& title() const = 0;
    [[nodiscard]] virtual std::string const& set_id() const = 0;  // narrows 850 …
    [[nodiscard]] virtual std::string const& release() const = 0; // … of 004010: where the set comes from
    /// The releases in GS08 that this guide is for, as written (`answers 004010 004010VICS`); never empty.
    [[nodiscard]] virtual std::vector<std::string> const& answers() const = 0;
    [[nodiscard]] virtual NarrowedSet const& narrowed() const = 0;
    /// Warnings of the check: each `beyond` is one (GUIDE-0050).
    [[nodiscard]] virtual Diagnostics const& deviations() const = 0;
    /// The effective guide in its own language, each row with the file and line its cells came from.
    [[nodiscard]] virtual std::string effective_text() const = 0;

    /// True when the guide is for set `set_id` in a group whose GS08 is `gs08`.
    [[nodiscard]] bool is_for(std::string_view set_id, std::string_view gs08) const;
};

/// Reads `path`. A guide it extends is looked for as NAME.guide beside it. Fails with all diagnostics; one without `narrows`
/// fails with GUIDE-0052, an info: it can only be extended.
[[nodiscard]] std::expected<std::shared_ptr<Guide const>, Diagnostics> load_guide(std::filesystem::path const& path,
                                                                                Grammars const& grammars);
/// The same from text in memory; `file_name` for messages; parents are looked for in `folder` (empty: none are).
[[nodiscard]] std::expected<std::shared_ptr<Guide const>, Diagnostics>
read_guide(std::string_view text, std::string file_name, std::filesystem::path const& folder, Grammars const& grammars);

} // namespace wharf::grammar
