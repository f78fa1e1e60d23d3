// The codes of one element in one release, read and hashed when the first code is looked up.
//
// Borrows its text. Thread-safe.
#pragma once

#include "grammar/grammar_file.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace wharf::grammar {

class HashedCodeList final : public CodeList {
public:
    /// `file` and `releases` must outlive the list; `release` is the index of the release.
    HashedCodeList(GrammarText file, ReleaseTable const& releases, unsigned release);
    ~HashedCodeList() override;

    [[nodiscard]] std::optional<std::string_view> find(std::string_view code) const override;
    [[nodiscard]] std::size_t size() const override;
    [[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> all() const override;
    [[nodiscard]] CodeTable const& table() const override;

private:
    struct Content;
    [[nodiscard]] Content const& content() const;

    GrammarText file_;
    ReleaseTable const& releases_;
    unsigned release_;
    mutable std::once_flag once_;
    mutable std::unique_ptr<Content const> owned_;
    mutable std::atomic<Content const*> content_{nullptr}; // owned_, once it is ready
};

} // namespace wharf::grammar
