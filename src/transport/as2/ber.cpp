#include "transport/as2/ber.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

std::unexpected<Error> wrong(std::uint64_t offset, std::string_view what) {
    return permanent(fmt::format("not readable as BER at byte {}: {}", offset, what));
}

} // namespace

Result<std::string_view> BerCursor::view(std::uint64_t offset, std::size_t most) {
    auto const wanted = std::min<std::uint64_t>(most, content_.size() - std::min(offset, content_.size()));
    if (offset < window_begin_ || offset + wanted > window_begin_ + window_.size()) {
        window_.resize(window_bytes);
        auto const got = content_.read(offset, window_.data(), window_.size());
        if (!got) {
            window_.clear();
            return unexpected(got.error());
        }
        window_.resize(*got);
        window_begin_ = offset;
    }
    return std::string_view(window_).substr(static_cast<std::size_t>(offset - window_begin_), static_cast<std::size_t>(wanted));
}

Result<BerElement> BerCursor::header_at(std::uint64_t offset, std::uint64_t end) {
    auto const bytes = view(offset, 10);
    if (!bytes) return unexpected(bytes.error());
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>((*bytes)[i]); };
    if (bytes->size() < 2 || offset + 2 > end) return wrong(offset, "it ends within an element");
    BerElement element;
    element.identifier = byte(0);
    element.begin = offset;
    if ((element.identifier & 0x1f) == 0x1f) return wrong(offset, "a tag above 30, which CMS does not use");
    unsigned const first = byte(1), count = first & 0x7f;
    element.content = offset + 2;
    if (first < 0x80) {
        element.size = first;
    } else if (count == 0) {
        element.is_indefinite = true;
        if (!element.is_constructed()) return wrong(offset, "an element without a length that is not constructed");
    } else {
        if (count > 8 || bytes->size() < 2 + count) return wrong(offset, "a length of too many bytes");
        for (unsigned i = 0; i < count; ++i)
            element.size = element.size << 8 | byte(2 + i);
        element.content += count;
    }
    if (element.content > end || element.size > end - element.content)
        return wrong(offset, fmt::format("an element says that it has {} bytes, but fewer are left: the message was cut short", element.size));
    return element;
}

Result<bool> BerCursor::is_end_of_contents(std::uint64_t offset, std::uint64_t end) {
    auto const bytes = view(offset, 2);
    if (!bytes) return unexpected(bytes.error());
    if (bytes->size() < 2 || offset + 2 > end) return wrong(offset, "an element without a length is not ended: the message was cut short");
    return (*bytes)[0] == 0 && (*bytes)[1] == 0;
}

/// Walks through elements without a length, with a count instead of a stack of its own: only those nest here.
Result<std::uint64_t> BerCursor::end_of(BerElement const& element) {
    if (!element.is_indefinite) return element.content + element.size;
    auto const end = limit();
    auto at = element.content;
    for (std::size_t depth = 1; depth > 0;) {
        auto const ends = is_end_of_contents(at, end);
        if (!ends) return unexpected(ends.error());
        if (*ends) {
            --depth;
            at += 2;
            continue;
        }
        auto const inner = header_at(at, end);
        if (!inner) return unexpected(inner.error());
        if (inner->is_indefinite && ++depth > most_depth) return wrong(at, "nested too deeply");
        at = inner->content + inner->size;
    }
    return at;
}

Result<BerElement> BerCursor::peek() { return header_at(at_, limit()); }

Result<BerElement> BerCursor::expect(std::uint8_t identifier, std::string_view what) {
    auto const element = peek();
    if (!element) return unexpected(element.error());
    if (!element->is(identifier))
        return wrong(at_, fmt::format("{} was expected here, but the tag is {:#04x}", what, element->identifier));
    return *element;
}

Result<BerElement> BerCursor::skip(std::uint8_t identifier, std::string_view what) {
    auto const element = expect(identifier, what);
    if (!element) return unexpected(element.error());
    auto const end = end_of(*element);
    if (!end) return unexpected(end.error());
    at_ = *end;
    return *element;
}

Result<void> BerCursor::skip() {
    auto const element = peek();
    if (!element) return unexpected(element.error());
    if (auto const done = skip(element->identifier, ""); !done) return unexpected(done.error());
    return {};
}

Result<void> BerCursor::enter(std::uint8_t identifier, std::string_view what) {
    auto const element = expect(identifier, what);
    if (!element) return unexpected(element.error());
    if (!element->is_constructed()) return wrong(at_, fmt::format("{} should hold elements", what));
    if (frames_.size() == most_depth) return wrong(at_, "nested too deeply");
    frames_.push_back({element->is_indefinite ? limit() : element->content + element->size, element->is_indefinite});
    at_ = element->content;
    return {};
}

Result<bool> BerCursor::at_end() {
    if (frames_.empty()) return at_ == content_.size();
    if (!frames_.back().is_indefinite) return at_ >= frames_.back().end;
    return is_end_of_contents(at_, limit());
}

Result<void> BerCursor::leave() {
    auto const frame = frames_.back();
    if (!frame.is_indefinite) {
        at_ = frame.end;
        frames_.pop_back();
        return {};
    }
    for (;;) {
        auto const ended = at_end();
        if (!ended) return unexpected(ended.error());
        if (*ended) break;
        if (auto const done = skip(); !done) return done;
    }
    at_ += 2;
    frames_.pop_back();
    return {};
}

Result<std::string> BerCursor::take(std::uint8_t identifier, std::string_view what, std::uint64_t most) {
    auto const element = skip(identifier, what);
    if (!element) return unexpected(element.error());
    auto bytes = content_.slice(element->begin, at_).text(most);
    if (!bytes) return bytes.error().is_temporary() ? unexpected(bytes.error()) : wrong(element->begin, fmt::format("{} is too long", what));
    return bytes;
}

Result<std::string> BerCursor::take_value(std::uint8_t identifier, std::string_view what, std::uint64_t most) {
    std::string value;
    auto const begin = at_;
    auto const done = each_octets(identifier, what, [&](std::string_view piece) -> Result<void> {
        if (piece.size() > most - value.size()) return wrong(begin, fmt::format("{} is too long", what));
        value += piece;
        return {};
    });
    if (!done) return unexpected(done.error());
    return value;
}

Result<Content> BerCursor::take_octets(std::uint8_t identifier, std::string_view what, SpoolSettings const& settings) {
    auto const element = expect(identifier, what);
    if (!element) return unexpected(element.error());
    if (!element->is_constructed()) {
        at_ = element->content + element->size;
        return content_.slice(element->content, at_);
    }
    Spool spool(settings);
    auto const done = each_octets(identifier, what, [&](std::string_view piece) { return spool.append(piece); });
    if (!done) return unexpected(done.error());
    return spool.finish();
}

std::string der_header(std::uint8_t identifier, std::uint64_t size) {
    std::string made(1, static_cast<char>(identifier));
    if (size < 0x80) return made += static_cast<char>(size);
    std::string length;
    for (auto left = size; left > 0; left >>= 8)
        length.insert(length.begin(), static_cast<char>(left & 0xff));
    made += static_cast<char>(0x80 | length.size());
    return made + length;
}

std::string der(std::uint8_t identifier, std::string_view content) {
    auto made = der_header(identifier, content.size());
    return made.append(content);
}

std::string der_integer(unsigned value) { return der(tag::integer, std::string(1, static_cast<char>(value))); }

std::string der_oid(std::string_view dotted) {
    std::vector<unsigned> arcs(1);
    for (char const c : dotted) {
        if (c == '.') arcs.push_back(0);
        else arcs.back() = arcs.back() * 10 + static_cast<unsigned>(c - '0');
    }
    std::string content(1, static_cast<char>(arcs[0] * 40 + arcs[1]));
    for (std::size_t i = 2; i < arcs.size(); ++i) {
        std::string arc(1, static_cast<char>(arcs[i] & 0x7f));
        for (auto left = arcs[i] >> 7; left > 0; left >>= 7)
            arc.insert(arc.begin(), static_cast<char>(0x80 | (left & 0x7f)));
        content += arc;
    }
    return der(tag::oid, content);
}

std::string oid_text(std::string_view content) {
    if (content.empty() || content.size() > 32) return {};
    unsigned const first = static_cast<unsigned char>(content[0]);
    auto text = fmt::format("{}.{}", std::min(first / 40, 2u), first - std::min(first / 40, 2u) * 40);
    std::uint64_t arc = 0;
    for (char const c : content.substr(1)) {
        arc = arc << 7 | (static_cast<unsigned char>(c) & 0x7f);
        if ((static_cast<unsigned char>(c) & 0x80) != 0) continue;
        text += fmt::format(".{}", arc);
        arc = 0;
    }
    return text;
}

std::string der_set_of(std::uint8_t identifier, std::vector<std::string> elements) {
    std::ranges::sort(elements);
    std::string content;
    for (auto const& element : elements)
        content += element;
    return der(identifier, content);
}

} // namespace wharf::transport::as2
