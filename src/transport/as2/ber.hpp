// BER and DER (X.690) in contents of any size: a cursor that reads headers and passes over what is large, and a few functions
// that write DER. Knows nothing of CMS.
//
// The cursor takes definite and indefinite lengths, constructed octet strings in pieces, and lengths in more bytes than needed.
// It keeps one window of a file in memory. Errors are `permanent` with the place, or `temporary` from the medium. No recursion;
// nesting is limited.
#pragma once

#include "transport/content.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::as2 {

/// Identifier octets as they stand (class, constructed bit and number below 31 in one byte).
namespace tag {
inline constexpr std::uint8_t boolean = 0x01, integer = 0x02, octet_string = 0x04, null = 0x05, oid = 0x06, utc_time = 0x17;
inline constexpr std::uint8_t sequence = 0x30, set = 0x31;
inline constexpr std::uint8_t constructed = 0x20;
[[nodiscard]] constexpr std::uint8_t context(unsigned number) { return static_cast<std::uint8_t>(0x80 | number); }             // primitive
[[nodiscard]] constexpr std::uint8_t context_constructed(unsigned number) { return static_cast<std::uint8_t>(0xa0 | number); }
} // namespace tag

struct BerElement {
    std::uint8_t identifier = 0;
    std::uint64_t begin = 0;   // of its header
    std::uint64_t content = 0; // first byte behind the header
    std::uint64_t size = 0;    // of the content; 0 when indefinite
    bool is_indefinite = false;
    [[nodiscard]] bool is_constructed() const { return (identifier & tag::constructed) != 0; }
    /// The same tag, constructed or not: octet strings come in both forms.
    [[nodiscard]] bool is(std::uint8_t other) const { return (identifier | tag::constructed) == (other | tag::constructed); }
};

class BerCursor {
public:
    explicit BerCursor(Content content) : content_(std::move(content)) {}

    /// The header here; the cursor stays.
    [[nodiscard]] Result<BerElement> peek();
    /// The element here, which must have that tag; the cursor moves behind it, or into it with enter().
    [[nodiscard]] Result<BerElement> skip(std::uint8_t identifier, std::string_view what);
    [[nodiscard]] Result<void> skip();
    /// Into a constructed element, and behind it again: what is left of it is passed over.
    [[nodiscard]] Result<void> enter(std::uint8_t identifier, std::string_view what);
    [[nodiscard]] Result<void> leave();
    /// True at the end of the element that was entered last.
    [[nodiscard]] Result<bool> at_end();
    [[nodiscard]] std::uint64_t position() const { return at_; }

    /// A small element, header included, in its own bytes; the cursor moves behind it.
    [[nodiscard]] Result<std::string> take(std::uint8_t identifier, std::string_view what, std::uint64_t most);
    /// The content of a small primitive element (or of an octet string in pieces).
    [[nodiscard]] Result<std::string> take_value(std::uint8_t identifier, std::string_view what, std::uint64_t most);
    /// Calls `take(std::string_view) -> Result<void>` with the content of an octet string of any size, in one piece or many.
    template <class Take> [[nodiscard]] Result<void> each_octets(std::uint8_t identifier, std::string_view what, Take&& take);
    /// The content of an octet string of any size: a slice where it is in one piece, else put together in a spool.
    [[nodiscard]] Result<Content> take_octets(std::uint8_t identifier, std::string_view what, SpoolSettings const& spool);

private:
    struct Frame {
        std::uint64_t end; // of the content; of what is around it when indefinite
        bool is_indefinite;
    };
    static constexpr std::size_t most_depth = 20, window_bytes = 64u << 10;
    [[nodiscard]] Result<std::string_view> view(std::uint64_t offset, std::size_t most);
    [[nodiscard]] Result<BerElement> header_at(std::uint64_t offset, std::uint64_t end);
    [[nodiscard]] Result<bool> is_end_of_contents(std::uint64_t offset, std::uint64_t end);
    [[nodiscard]] Result<std::uint64_t> end_of(BerElement const& element);
    [[nodiscard]] Result<BerElement> expect(std::uint8_t identifier, std::string_view what);
    template <class Take> [[nodiscard]] Result<void> each_piece(BerElement const& element, Take&& take);
    [[nodiscard]] std::uint64_t limit() const { return frames_.empty() ? content_.size() : frames_.back().end; }

    Content content_;
    std::uint64_t at_ = 0;
    std::vector<Frame> frames_;
    std::string window_;
    std::uint64_t window_begin_ = 0;
};

/// Calls `take(begin, end)` for the pieces of an octet string, which may hold octet strings again.
template <class Take> Result<void> BerCursor::each_piece(BerElement const& element, Take&& take) {
    if (!element.is_constructed()) {
        at_ = element.content + element.size;
        return take(element.content, at_);
    }
    auto const depth = frames_.size();
    if (auto entered = enter(element.identifier, "an octet string"); !entered) return entered;
    while (frames_.size() > depth) {
        auto const ended = at_end();
        if (!ended) return unexpected(ended.error());
        if (*ended) {
            if (auto left = leave(); !left) return left;
            continue;
        }
        auto const piece = expect(tag::octet_string, "a piece of an octet string");
        if (!piece) return unexpected(piece.error());
        if (piece->is_constructed()) {
            if (auto entered = enter(tag::octet_string, "a piece of an octet string"); !entered) return entered;
            continue;
        }
        at_ = piece->content + piece->size;
        if (auto taken = take(piece->content, at_); !taken) return taken;
    }
    return {};
}

template <class Take> Result<void> BerCursor::each_octets(std::uint8_t identifier, std::string_view what, Take&& take) {
    auto const element = expect(identifier, what);
    if (!element) return unexpected(element.error());
    return each_piece(*element, [&](std::uint64_t begin, std::uint64_t end) -> Result<void> {
        if (end - begin > window_bytes) return content_.slice(begin, end).each_block(take);
        auto const piece = view(begin, static_cast<std::size_t>(end - begin));
        if (!piece) return unexpected(piece.error());
        return take(*piece);
    });
}

/// One element. For content of another medium, der_header gives what stands before it.
[[nodiscard]] std::string der(std::uint8_t identifier, std::string_view content);
[[nodiscard]] std::string der_header(std::uint8_t identifier, std::uint64_t size);
[[nodiscard]] std::string der_integer(unsigned value); // below 128
/// "1.2.840.113549.1.7.2"
[[nodiscard]] std::string der_oid(std::string_view dotted);
[[nodiscard]] std::string oid_text(std::string_view content); // the other way; "" when it is none
/// The elements in the order DER wants them in a SET OF.
[[nodiscard]] std::string der_set_of(std::uint8_t identifier, std::vector<std::string> elements);

} // namespace wharf::transport::as2
