// A secret by reference: `${env:NAME}` or `${file:path}`. The content is read when it is used, never kept, never shown.
//
// Holds only the reference, so it may be copied, compared and printed. Thread-safe to read.
#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace wharf::partner {

class Secret {
public:
    Secret() = default;

    /// Reads a reference; relative file paths are taken from `folder`. Fails with `invalid` on anything else; the
    /// message does not repeat the text, which may be the secret itself.
    [[nodiscard]] static Result<Secret> parse(std::string_view text, std::filesystem::path const& folder);

    [[nodiscard]] bool empty() const { return reference_.empty(); }
    /// As the file says it: "${env:WHARF_ERP_TOKEN}".
    [[nodiscard]] std::string const& reference() const { return reference_; }

    /// The file it stands in; empty where it is in the environment.
    [[nodiscard]] std::filesystem::path file() const { return source_ == Source::file ? std::filesystem::path(name_) : std::filesystem::path(); }

    /// The content, without one line break at its end; "" for an empty Secret. Fails with `invalid` when the variable
    /// is not set, the file cannot be read, or the content is empty or holds a line break or NUL.
    [[nodiscard]] Result<std::string> resolve() const;

    /// The same for a text of several lines, as a key in PEM is; with its last line break.
    [[nodiscard]] Result<std::string> resolve_text() const;

    friend bool operator==(Secret const&, Secret const&) = default;

private:
    enum class Source { environment, file };
    std::string reference_;
    Source source_ = Source::environment;
    std::string name_; // of the variable, or the file's path
};

} // namespace wharf::partner
