#include "syntax/x12/unwrap_source.hpp"

#include "syntax/x12/interchange_header.hpp"

#include <algorithm>
#include <cstring>

namespace wharf::x12 {
namespace {

constexpr std::size_t most_short_lines = 1'000'000; // noted, each; then the text is left as it stands
constexpr std::size_t most_lines_seen = 8; // so many of the narrowest hold an ISA
constexpr std::size_t narrowest_line = 20;
constexpr std::size_t isa_bytes = 106;
constexpr std::size_t usual_widths[] = {120, 128, 132, 133, 150, 160, 200, 240, 250, 254, 255, 256, 300, 320, 400, 500, 511, 512}; // of records

bool is_break(char c) { return c == '\r' || c == '\n'; }

/// Bytes of the line break at the beginning of the text: 0, 1 or 2.
std::uint32_t break_length(std::string_view text) {
    if (text.empty())
        return 0;
    return text.starts_with("\r\n") ? 2 : text.front() == '\n' ? 1 : 0;
}

class UnwrapSource : public ByteSource {
public:
    UnwrapSource(std::string owned, std::string_view borrowed, std::unique_ptr<ByteSource> rest, Wrapping const& wrapping, WrapMap& map)
        : owned_(std::move(owned)), borrowed_(borrowed), rest_(std::move(rest)), wrapping_(wrapping), map_(map) {
        map_.add(wrapping.offset, wrapping.file_offset, wrapping.width, wrapping.line_break);
    }

    Result<std::size_t> read(char* to, std::size_t most) override {
        std::size_t written = 0;
        while (written < most && !ended_) {
            if (joining_ && column_ == wrapping_.width) {
                if (auto ok = pass_break(written); !ok)
                    return unexpected(ok.error());
                continue;
            }
            auto const wanted = joining_ ? std::min<std::size_t>(most - written, wrapping_.width - column_) : most - written;
            auto const got = take(to + written, wanted);
            if (!got)
                return got;
            ended_ = *got == 0;
            if (joining_)
                follow_line({to + written, *got}, written);
            written += *got;
        }
        given_ += written;
        return written;
    }

private:
    /// At the end of a full line: its break goes, or the joining ends here.
    Result<void> pass_break(std::size_t written) {
        char head[2];
        auto const got = peek(head);
        if (!got)
            return unexpected(got.error());
        auto const length = break_length({head, *got});
        if (length == wrapping_.line_break)
            (void)take(head, length);
        else
            stop(written);
        column_ = 0;
        return {};
    }

    /// A line that is shorter, the last of an interchange perhaps, keeps its break; the next line begins behind it.
    void follow_line(std::string_view bytes, std::size_t written) {
        auto const last = std::find_if(bytes.rbegin(), bytes.rend(), is_break);
        if (last == bytes.rend()) {
            column_ += static_cast<std::uint32_t>(bytes.size());
            return;
        }
        column_ = static_cast<std::uint32_t>(last - bytes.rbegin());
        if (++short_lines_ > most_short_lines)
            return stop(written + bytes.size());
        auto const offset = wrapping_.offset + given_ + written + bytes.size() - column_;
        map_.add(offset, map_.file_offset(offset - 1) + 1, wrapping_.width, wrapping_.line_break);
    }

    void stop(std::size_t written) {
        joining_ = false;
        auto const offset = wrapping_.offset + given_ + written;
        map_.add(offset, map_.file_offset(offset - 1) + 1, 0, 0); // not with the break that should stand here
    }

    /// Up to two bytes, left where they are. They stand in owned_ or borrowed_ or are brought into owned_.
    Result<std::size_t> peek(char (&head)[2]) {
        while (owned_.size() - at_ < 2 && borrowed_.size() < 2 && rest_ != nullptr) {
            char more[2];
            auto const got = rest_->read(more, 2);
            if (!got)
                return got;
            if (*got == 0)
                break;
            owned_.erase(0, at_);
            at_ = 0;
            owned_.append(borrowed_);
            borrowed_ = {};
            owned_.append(more, *got);
        }
        auto const available = owned_.size() > at_ ? std::string_view(owned_).substr(at_, 2) : borrowed_.substr(0, 2);
        return available.copy(head, sizeof head);
    }

    Result<std::size_t> take(char* to, std::size_t most) {
        if (owned_.size() > at_) {
            auto const count = std::min(most, owned_.size() - at_);
            std::memcpy(to, owned_.data() + at_, count);
            at_ += count;
            return count;
        }
        if (!borrowed_.empty()) {
            auto const count = std::min(most, borrowed_.size());
            std::memcpy(to, borrowed_.data(), count);
            borrowed_.remove_prefix(count);
            return count;
        }
        return rest_ != nullptr ? rest_->read(to, most) : std::size_t{0};
    }

    std::string owned_;
    std::size_t at_ = 0; // in owned_
    std::string_view borrowed_;
    std::unique_ptr<ByteSource> rest_;
    Wrapping wrapping_;
    WrapMap& map_;
    std::uint64_t given_ = 0;
    std::uint32_t column_ = 0;
    std::size_t short_lines_ = 0;
    bool joining_ = true;
    bool ended_ = false;
};

} // namespace

void WrapMap::add(std::uint64_t offset, std::uint64_t file_offset, std::uint32_t width, std::uint32_t line_break) {
    std::lock_guard const lock(mutex_);
    stretches_.push_back({offset, file_offset, width, line_break});
}

std::uint64_t WrapMap::file_offset(std::uint64_t offset) const {
    std::lock_guard const lock(mutex_);
    auto const next = std::ranges::upper_bound(stretches_, offset, {}, &Stretch::offset);
    if (next == stretches_.begin())
        return offset;
    auto const& stretch = *(next - 1);
    auto const inside = offset - stretch.offset;
    return stretch.file_offset + inside + (stretch.width == 0 ? 0 : inside / stretch.width * stretch.line_break);
}

namespace {

/// How many lines at the beginning of the text have this width and this break.
std::size_t equal_lines(std::string_view text, std::size_t width, std::uint32_t line_break) {
    std::size_t lines = 0;
    for (; lines < most_lines_seen; ++lines) {
        auto const line = text.substr(std::min(lines * (width + line_break), text.size()));
        if (line.size() <= width || break_length(line.substr(width)) != line_break || std::ranges::any_of(line.substr(0, width), is_break))
            break;
    }
    return lines;
}

/// What stands behind the only line break: less than a line, and with it the text ends.
bool is_all_of_the_last_line(std::string_view rest, std::size_t width) {
    while (!rest.empty() && is_break(rest.back()))
        rest.remove_suffix(1);
    return !rest.empty() && rest.size() <= width && std::ranges::none_of(rest, is_break);
}

} // namespace

Wrapping find_wrapping(std::string_view text) {
    auto const line_feed = text.substr(0, widest_line + 2).find('\n');
    if (line_feed < narrowest_line || line_feed == std::string_view::npos)
        return {};
    std::uint32_t const line_break = text[line_feed - 1] == '\r' ? 2 : 1;
    auto const width = line_feed + 1 - line_break;
    auto const lines = equal_lines(text, width, line_break);
    bool const only_break = lines == 1 && std::ranges::find(usual_widths, width) != std::end(usual_widths) && is_all_of_the_last_line(text.substr(line_feed + 1), width);
    if (width > widest_line || (lines < 2 && !only_break) || (lines < 3 && width < isa_bytes)) // an interchange has some 240 bytes at least
        return {};
    std::string joined;
    for (std::size_t line = 0; line < lines; ++line)
        joined += text.substr(line * (width + line_break), width);
    auto const delimiters = find_delimiters(joined);
    if (!delimiters || is_break(delimiters->segment))
        return {};
    bool inside = false; // a break stands inside a segment; behind a terminator blanks may fill a record up
    for (std::size_t line = 1; line <= lines; ++line)
        inside = inside || joined[joined.find_last_not_of(' ', line * width - 1)] != delimiters->segment;
    Wrapping wrapping;
    wrapping.width = inside ? static_cast<std::uint32_t>(width) : 0;
    wrapping.line_break = line_break;
    return wrapping;
}

std::unique_ptr<ByteSource> make_unwrap_source(std::string owned, std::string_view borrowed, std::unique_ptr<ByteSource> rest,
                                               Wrapping const& wrapping, WrapMap& map) {
    return std::make_unique<UnwrapSource>(std::move(owned), borrowed, std::move(rest), wrapping, map);
}

} // namespace wharf::x12
