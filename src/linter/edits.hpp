// Changes to a text, collected while reading it and made at once. Internal to linter/.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::linter {

struct Edit {
    std::uint64_t offset = 0;
    std::uint64_t length = 0; // 0: something is inserted
    std::string text;         // in its place
};

class Edits {
public:
    /// One fault of a code mended by `edits`, which must not overlap others; those of one place come in order.
    void mend(std::string_view code, std::vector<Edit> edits, std::uint64_t count = 1);
    void mend(std::string_view code, std::uint64_t offset, std::uint64_t length, std::string text = {}) {
        mend(code, {{offset, length, std::move(text)}});
    }
    /// Takes over all of another.
    void add(Edits&& other);
    [[nodiscard]] bool empty() const { return edits_.empty(); }
    [[nodiscard]] std::map<std::string, std::uint64_t, std::less<>> const& counts() const { return counts_; }
    /// The text with all changes made. An edit that overlaps the one before it is left out.
    [[nodiscard]] std::string apply_to(std::string_view text) const;

private:
    std::vector<Edit> edits_;
    std::map<std::string, std::uint64_t, std::less<>> counts_;
};

} // namespace wharf::linter
