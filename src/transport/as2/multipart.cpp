// Multiparts: the boundary lines of a body of any size, found in blocks.
#include "transport/as2/mime.hpp"

#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

struct BoundaryLine {
    std::uint64_t begin; // of the line end before it, which is the boundary's own
    std::uint64_t next;  // first byte behind the line
    bool closes;
};

/// Looks for "--boundary" at the beginning of a line. A window runs over the body, so that a block's end hides nothing.
class BoundaryFinder {
public:
    BoundaryFinder(Content const& body, std::string_view boundary)
        : body_(body), needle_("--" + std::string(boundary)), reach_(needle_.size() + 2 + most_padding) {}

    /// The next boundary line at or behind where the last one ended.
    Result<std::optional<BoundaryLine>> next() {
        for (;;) {
            auto const found = window_.find(needle_, static_cast<std::size_t>(at_ - begin_));
            bool const whole = begin_ + window_.size() == body_.size();
            if (found == std::string::npos || (!whole && found + reach_ > window_.size())) {
                if (whole) {
                    at_ = body_.size();
                    return std::nullopt;
                }
                // Two bytes more are kept: the line end before a boundary.
                auto const keep = found == std::string::npos ? needle_.size() + 2 : window_.size() - found + 2;
                if (auto moved = move_window(keep); !moved) return unexpected(moved.error());
                continue;
            }
            if (auto line = line_at(found)) {
                at_ = line->next;
                return line;
            }
            at_ = begin_ + found + 1;
        }
    }

private:
    static constexpr std::size_t most_padding = 100, block = 256u << 10;

    Result<void> move_window(std::size_t keep) {
        auto const from = window_.size() > keep ? begin_ + window_.size() - keep : begin_;
        std::string next(block + keep, '\0');
        auto const got = body_.read(from, next.data(), next.size());
        if (!got) return unexpected(got.error());
        next.resize(*got);
        window_ = std::move(next);
        begin_ = from;
        at_ = std::max(at_, begin_);
        return {};
    }

    /// The line, when what stands at `found` is one: at a line's beginning, with nothing but "--" and blanks behind it.
    std::optional<BoundaryLine> line_at(std::size_t found) const {
        if (found > 0 && window_[found - 1] != '\n') return std::nullopt;
        if (found == 0 && begin_ > 0) return std::nullopt;
        BoundaryLine line{begin_ + found, 0, false};
        if (found > 0) --line.begin;
        if (found > 1 && window_[found - 2] == '\r') --line.begin;
        auto end = found + needle_.size();
        if (std::string_view(window_).substr(end).starts_with("--")) {
            line.closes = true;
            end += 2;
        }
        while (end < window_.size() && (window_[end] == ' ' || window_[end] == '\t' || window_[end] == '\r'))
            ++end;
        if (end < window_.size() && window_[end] != '\n') return std::nullopt;
        if (end == window_.size() && !line.closes) return std::nullopt;
        line.next = begin_ + end + (end < window_.size() ? 1 : 0);
        return line;
    }

    Content body_;
    std::string needle_;
    std::size_t reach_; // what must be in the window to judge a hit
    std::string window_;
    std::uint64_t begin_ = 0, at_ = 0; // of the window; where the search goes on
};

} // namespace

Result<std::vector<Content>> split_multipart(Content const& body, std::string_view boundary) {
    if (boundary.empty() || boundary.size() > limits::boundary_bytes)
        return permanent(boundary.empty() ? "a multipart without a boundary" : "the boundary of a multipart is too long");
    BoundaryFinder finder(body, boundary);
    std::vector<Content> parts;
    std::optional<std::uint64_t> begin;
    for (;;) {
        auto const line = finder.next();
        if (!line) return unexpected(line.error());
        if (!*line)
            return permanent(begin ? fmt::format("the multipart has no end: no line --{}-- stands behind part {}", boundary, parts.size() + 1)
                                   : fmt::format("the multipart has no line --{}", boundary));
        // An empty part: its boundary's line end is the one that ended the boundary before.
        if (begin) parts.push_back(body.slice(*begin, std::max(*begin, (*line)->begin)));
        if (parts.size() > limits::parts) return permanent(fmt::format("the multipart has more than {} parts", limits::parts));
        if ((*line)->closes) break;
        begin = (*line)->next;
    }
    if (parts.empty()) return permanent("the multipart has no parts");
    return parts;
}

} // namespace wharf::transport::as2
