#include "syntax/csv/reader.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "syntax/csv/row_rule.hpp"

#include <algorithm>
#include <cstring>

namespace wharf::csv {
namespace {

constexpr std::uint32_t first_window = 1u << 18;

} // namespace

bool Row::blank() const {
    if (fault != RowFault::none) return false;
    return std::all_of(fields.begin(), fields.end(), [&](Field const& field) {
        auto const inside = text.substr(field.begin, field.length);
        return inside.find_first_not_of(' ') == inside.npos || (inside == "\x1a" && fields.size() == 1);
    });
}

Reader::Reader(std::unique_ptr<ByteSource> bytes, Dialect dialect)
    : source_(std::move(bytes), dialect.encoding), dialect_(dialect) {}

/// More bytes behind those not used yet; false when there are none and the window says so already.
bool Reader::refill() {
    if (complete_) return false;
    auto const left = size_ - at_;
    if (window_.empty()) window_.resize(first_window);
    if (left != 0 && at_ != 0) std::memmove(window_.data(), window_.data() + at_, left);
    window_offset_ += at_;
    at_ = 0;
    size_ = left;
    if (left > window_.size() / 2) window_.resize(window_.size() * 2);
    // at least a quarter more, so that a long row in small pieces is not indexed over and over
    auto const wanted = left + std::max<std::size_t>((window_.size() - left) / 4, 1);
    while (size_ < wanted) {
        auto const got = source_.read(window_.data() + size_, window_.size() - size_);
        if (!got) {
            failure_ = got.error();
            complete_ = true;
            size_ = 0; // a row cut in two is no row
            break;
        }
        if (*got == 0) {
            complete_ = true;
            break;
        }
        size_ += static_cast<std::uint32_t>(*got);
    }
    index_.index(window_.data(), size_, dialect_.delimiter, dialect_.quote, complete_);
    position_ = index_.begin();
    return true;
}

Row const* Reader::next() {
    RowScan scan;
    scan.dialect = &dialect_;
    scan.fields = &fields_;
    for (;;) {
        if (skipping_) skip_line();
        if (at_ == size_ && (complete_ || !refill())) return nullptr;
        if (at_ == size_ && complete_) return nullptr;
        scan.text = window_.data();
        scan.size = size_;
        scan.complete = complete_;
        scan.at = at_;
        auto position = position_;
        parse_row(position, index_.end(), scan);
        row_.line = line_;
        row_.offset = window_offset_ + at_;
        if (scan.stop == RowScan::Stop::more) {
            if (size_ - at_ <= limits::csv_row_bytes) {
                if (!refill()) return nullptr; // cannot be: a complete window has its last position
                continue;
            }
            scan.stop = RowScan::Stop::fault;
            scan.fault = RowFault::row_too_long;
            scan.fault_at = at_;
        }
        if (scan.stop == RowScan::Stop::fault) {
            auto const rest = std::string_view(window_).substr(at_, size_ - at_);
            row_.text = rest.substr(0, rest.find_first_of("\r\n"));
            std::erase_if(fields_, [&](Field const& field) { return field.begin + field.length > at_ + row_.text.size(); });
            for (auto& field : fields_)
                field.begin -= at_;
            row_.fields = fields_;
            row_.fault = scan.fault;
            row_.fault_at = std::min(scan.fault_at - at_, static_cast<std::uint32_t>(row_.text.size()));
            skipping_ = true;
            return &row_;
        }
        auto const begin = at_;
        position_ = position;
        at_ = scan.behind;
        line_ += scan.lines + 1;
        if (scan.at == begin && !fields_.empty() && !fields_.front().quoted) continue; // an empty line
        row_.text = {window_.data() + begin, scan.at - begin};
        for (auto& field : fields_)
            field.begin -= begin;
        row_.fields = fields_;
        row_.fault = RowFault::none;
        if (index_.odd(begin, scan.at)) [[unlikely]]
            check_characters();
        return &row_;
    }
}

/// Behind the line end of the line at at_.
void Reader::skip_line() {
    skipping_ = false;
    for (;;) {
        while (position_ != index_.end() && (*position_ < at_ || (*position_ < size_ && window_[*position_] != '\n' &&
                                                                   window_[*position_] != '\r')))
            ++position_;
        if (position_ != index_.end()) {
            at_ = *position_;
            if (at_ == size_) return; // the end of the file
            auto const carriage_return = window_[at_] == '\r';
            if (carriage_return && at_ + 1 == size_ && !complete_) {
                if (!refill()) return;
                continue; // at_ is at the CR still
            }
            ++at_;
            ++position_;
            if (carriage_return && at_ < size_ && window_[at_] == '\n') {
                ++at_;
                ++position_;
            }
            ++line_;
            return;
        }
        at_ = size_; // nothing here
        if (!refill()) return;
        if (at_ == size_) return;
    }
}

void Reader::check_characters() {
    auto const text = row_.text;
    for (std::size_t at = 0; at < text.size();) {
        auto const byte = static_cast<unsigned char>(text[at]);
        if (byte != 0 && byte < 0x80) {
            ++at;
            continue;
        }
        auto const length = byte == 0 ? 0 : utf8_sequence_length(text, at);
        if (length == 0) {
            row_.fault = byte == 0 ? RowFault::nul_character : RowFault::bad_character;
            row_.fault_at = static_cast<std::uint32_t>(at);
            return;
        }
        at += length;
    }
}

std::string_view value(Dialect const& dialect, Row const& row, Field const& field, std::string& scratch) {
    auto const text = row.text.substr(field.begin, field.length);
    if (!field.escaped) return text;
    scratch.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i + 1 < text.size()) {
            if (dialect.backslash ? text[i] == '\\' && (text[i + 1] == dialect.quote || text[i + 1] == '\\')
                                  : text[i] == dialect.quote && text[i + 1] == dialect.quote)
                ++i;
        }
        scratch += text[i];
    }
    return scratch;
}

} // namespace wharf::csv
