#include "syntax/x12/writer.hpp"

#include "syntax/x12/karma_segment.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace wharf::x12 {

void OutSegment::set(std::size_t number, std::string value) {
    if (elements.size() < number)
        elements.resize(number);
    elements[number - 1] = std::move(value);
}

std::string_view OutSegment::element(std::size_t number) const {
    return number >= 1 && number <= elements.size() ? std::string_view(elements[number - 1]) : std::string_view{};
}

void SetBody::clear(Delimiters const& delimiters) {
    delimiters_ = delimiters;
    bytes_.clear();
    segments_ = 0;
}

void SetBody::add(std::vector<std::string_view>& fields) {
    while (fields.size() > 1 && fields.back().empty())
        fields.pop_back();
    generate_segment(fields, delimiters_, bytes_);
    ++segments_;
}

void SetBody::replace(std::string_view text, std::string_view by) {
    auto const is_end = [&](std::size_t at) { return bytes_[at] == delimiters_.element || bytes_[at] == delimiters_.segment; };
    for (auto at = bytes_.find(text); at != std::string::npos; at = bytes_.find(text, at)) {
        auto const behind = at + text.size();
        if (bytes_[at - 1] != delimiters_.element || !is_end(behind)) { // a part of something else
            at = behind;
            continue;
        }
        auto first = at;
        if (by.empty() && bytes_[behind] == delimiters_.segment)
            while (bytes_[first - 1] == delimiters_.element)
                --first;
        bytes_.replace(first, behind - first, by);
        at = first + by.size();
    }
}

Delimiters without_data_characters(Delimiters const& delimiters) {
    auto made = delimiters;
    made.element = made.segment = '\0';
    for (char const c : {'\x1c', '\x1d', '\x1e', '\x1f'})
        if (c != made.component && c != made.repetition) (made.element == '\0' ? made.element : made.segment) = c;
    return made;
}

std::vector<OutSegment> SetBody::cut() const {
    std::vector<OutSegment> segments;
    segments.reserve(segments_);
    for (auto rest = bytes(); !rest.empty();) {
        auto const end = rest.find(delimiters_.segment);
        auto segment = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        auto next = [&] {
            auto const size = segment.find(delimiters_.element);
            std::string text(segment.substr(0, size));
            segment = size == segment.npos ? std::string_view() : segment.substr(size + 1);
            return std::pair(std::move(text), size != std::string_view::npos);
        };
        auto [id, more] = next();
        auto& made = segments.emplace_back(OutSegment{std::move(id), {}});
        while (more) {
            auto [text, another] = next();
            made.elements.push_back(std::move(text));
            more = another;
        }
    }
    return segments;
}

std::string_view SetBody::last_id() const {
    if (segments_ == 0) return {};
    auto const end = bytes_.size() - 1;
    auto const before = end == 0 ? std::string::npos : bytes_.rfind(delimiters_.segment, end - 1);
    auto const segment = std::string_view(bytes_).substr(before == std::string::npos ? 0 : before + 1);
    return segment.substr(0, std::min(segment.find(delimiters_.element), segment.size() - 1));
}

void write_back(Part const& part, std::string_view file_text, std::string& out) {
    auto const& list = part.segments;
    if (list.empty()) {
        out += file_text.substr(part.offset, part.length);
        return;
    }
    generate_verbatim(list, out);
}

InterchangeWriter::InterchangeWriter(InterchangeHeader header) : header_(std::move(header)) {
    auto const& separators = header_.delimiters;
    for (unsigned c = 0; c < 256; ++c)
        forbidden_[c] = c < 0x20 || c == 0x7f;
    for (char const c : {separators.element, separators.segment, separators.repetition}) // no repetition: NUL, forbidden anyway
        forbidden_[static_cast<unsigned char>(c)] = true;
    auto const fixed = [](std::string_view text, std::size_t width) { return fmt::format("{:<{}}", text.substr(0, width), width); };
    if (header_.suffix.empty() && header_.line_breaks)
        header_.suffix = "\n";
    auto& control_number = header_.control_number;
    if (control_number.size() < 9)
        control_number.insert(0, 9 - control_number.size(), '0');
    auto const& d = header_.delimiters;
    segment("ISA", {fixed(header_.authorization_qualifier, 2), fixed(header_.authorization, 10), fixed(header_.security_qualifier, 2),
                    fixed(header_.security, 10), fixed(header_.sender.qualifier, 2), fixed(header_.sender.id, 15),
                    fixed(header_.receiver.qualifier, 2), fixed(header_.receiver.id, 15), header_.date6, header_.time4,
                    d.repetition ? std::string(1, d.repetition) : header_.standards_id, header_.version, control_number,
                    header_.acknowledgment_requested ? "1" : "0", std::string(1, header_.usage), std::string(1, d.component)});
}

void InterchangeWriter::segment(std::string_view id, std::vector<std::string> const& elements) {
    auto count = elements.size();
    while (count > 0 && elements[count - 1].empty())
        --count;
    fields_.assign(1, id);
    if (header_.replacement == '\0' || id == "ISA") {
        fields_.insert(fields_.end(), elements.begin(), elements.begin() + static_cast<std::ptrdiff_t>(count));
        generate_segment(fields_, header_.delimiters, out_);
    } else {
        std::vector<std::string> replaced;
        for (std::size_t i = 0; i < count; ++i)
            replaced.push_back(written(elements[i]));
        fields_.insert(fields_.end(), replaced.begin(), replaced.end());
        generate_segment(fields_, header_.delimiters, out_);
    }
    out_ += header_.suffix;
}

std::string InterchangeWriter::written(std::string_view value) {
    std::string text(value);
    for (char& c : text)
        if (is_forbidden(c)) {
            c = header_.replacement;
            ++replaced_;
        }
    return text;
}

void InterchangeWriter::begin_group(GroupHeader header) {
    end_group();
    group_ = std::move(header);
    in_group_ = true;
    sets_ = 0;
    ++groups_;
    segment("GS", {group_.functional_id, header_.sender.group_id, header_.receiver.group_id, group_date(), header_.time4,
                   group_.control_number, group_.agency, group_.release});
}

/// GS04 has six digits up to 003072 and eight from 004010 on (element 373).
std::string const& InterchangeWriter::group_date() const {
    bool const is_release = group_.release.size() >= 6 && group_.release[0] == '0';
    return is_release && group_.release < "004" ? header_.date6 : header_.date8;
}

Result<void> InterchangeWriter::check(OutSegment const& out) const {
    if (header_.replacement != '\0')
        return {};
    for (std::size_t i = 0; i < out.elements.size(); ++i) {
        auto const& value = out.elements[i];
        auto const bad = std::ranges::find_if(value, [&](char c) { return is_forbidden(c); });
        if (bad == value.end())
            continue;
        auto const shown = static_cast<unsigned char>(*bad) < 0x20 || *bad == 0x7f
                               ? fmt::format("the control character 0x{:02x}", static_cast<unsigned char>(*bad))
                               : fmt::format("'{}', a delimiter of this interchange", *bad);
        return invalid(fmt::format("{}{:02} \"{}\" holds {}: remove it or choose other delimiters in the partner's profile",
                                   out.id, i + 1, value, shown));
    }
    return {};
}

/// The identifiers in ISA and GS come from profiles and, in an acknowledgment, from the partner's own envelope.
Result<void> InterchangeWriter::check_envelope() const {
    auto const& h = header_;
    if (h.replacement != '\0' && (is_forbidden(h.replacement) || h.replacement == h.delimiters.component))
        return invalid(fmt::format("'{}' cannot replace separators found in data: it is one itself, or a control character", h.replacement));
    struct Field {
        std::string_view name, value;
        std::size_t most;
    };
    if (h.authorization.size() > 10 || h.security.size() > 10 || !check({"ISA", {h.authorization, h.security}})) // ISA04 is not repeated: it may be a password
        return invalid("ISA02 or ISA04 has more than ten characters, or holds a separator");
    for (auto const& field : {Field{"ISA05", h.sender.qualifier, 2}, Field{"ISA06", h.sender.id, 15}, Field{"ISA07", h.receiver.qualifier, 2},
                              Field{"ISA08", h.receiver.id, 15}, Field{"ISA09", h.date6, 6}, Field{"ISA10", h.time4, 4},
                              Field{"ISA11", h.standards_id, 1}, Field{"ISA12", h.version, 5}, Field{"ISA13", h.control_number, 9}})
        if (field.value.size() > field.most)
            return invalid(fmt::format("{} \"{}\" has {} characters; the field holds {}", field.name, field.value, field.value.size(), field.most));
    OutSegment const isa{"ISA", {"", "", "", "", h.sender.qualifier, h.sender.id, h.receiver.qualifier, h.receiver.id, h.date6, h.time4,
                                 h.delimiters.repetition ? "" : h.standards_id, h.version, h.control_number}};
    if (auto ok = check(isa); !ok || !in_group_)
        return ok;
    return check({"GS", {group_.functional_id, h.sender.group_id, h.receiver.group_id, group_date(), h.time4, group_.control_number,
                         group_.agency, group_.release}});
}

Result<void> InterchangeWriter::add_transaction_set(std::string_view set_id, std::string_view control_number,
                                                    std::vector<OutSegment> const& body,
                                                    std::string_view implementation_reference) {
    if (auto ok = check_envelope(); !ok)
        return ok;
    if (auto ok = check({"ST", {std::string(set_id), std::string(control_number), std::string(implementation_reference)}}); !ok)
        return ok;
    for (auto const& part : body)
        if (auto ok = check(part); !ok)
            return ok;
    ++sets_;
    segment("ST", {std::string(set_id), std::string(control_number), std::string(implementation_reference)});
    for (auto const& part : body)
        segment(part.id, part.elements);
    segment("SE", {std::to_string(body.size() + 2), std::string(control_number)});
    return {};
}

Result<void> InterchangeWriter::add_transaction_set(std::string_view set_id, std::string_view control_number,
                                                    SetBody const& body, std::string_view implementation_reference) {
    if (auto ok = check_envelope(); !ok)
        return ok;
    auto const& own = body.delimiters();
    if (own.component != header_.delimiters.component || own.repetition != header_.delimiters.repetition)
        return invalid("the body of the set has other component or repetition separators than the interchange");
    if (!(own == header_.delimiters))
        return add_transaction_set(set_id, control_number, body.cut(), implementation_reference);
    OutSegment const st{"ST", {std::string(set_id), std::string(control_number), std::string(implementation_reference)}};
    if (auto ok = check(st); !ok)
        return ok;
    ++sets_;
    segment(st.id, st.elements);
    if (header_.suffix.empty())
        out_ += body.bytes();
    else
        for (auto rest = body.bytes(); !rest.empty();) {
            auto const size = rest.find(header_.delimiters.segment) + 1;
            out_ += rest.substr(0, size);
            out_ += header_.suffix;
            rest.remove_prefix(size);
        }
    segment("SE", {std::to_string(body.segments() + 2), std::string(control_number)});
    return {};
}

Result<void> InterchangeWriter::add_transaction_set(SegmentList const& set, std::string_view control_number) {
    if (auto ok = check_envelope(); !ok)
        return ok;
    if (set.empty() || set[0].id() != "ST")
        return invalid("a transaction set begins with ST");
    auto const st = set[0];
    auto const number = std::string(control_number.empty() ? st.element(2) : control_number);
    if (auto ok = check({"ST", {std::string(st.element(1)), number, std::string(st.element(3))}}); !ok)
        return ok;
    auto const before = out_.size();
    auto const replaced_before = replaced_;
    segment("ST", {std::string(st.element(1)), number, std::string(st.element(3))});
    auto const last = set.back().id() == "SE" ? set.size() - 1 : set.size();
    if (set.delimiters() == header_.delimiters) {
        generate_segments(set, 1, last, header_.suffix, out_); // as they could be read, no element holds a separator
    } else if (auto ok = add_translated(set); !ok) {
        out_.resize(before);
        replaced_ = replaced_before;
        return ok;
    }
    ++sets_;
    segment("SE", {std::to_string(last + 1), number});
    return {};
}

/// The segments between ST and SE, from one set of delimiters to another.
Result<void> InterchangeWriter::add_translated(SegmentList const& set) {
    auto const& from = set.delimiters();
    auto const& to = header_.delimiters;
    std::array<char, 256> becomes{};
    std::array<bool, 256> bad{};
    auto const at = [](char c) { return static_cast<std::size_t>(static_cast<unsigned char>(c)); };
    for (std::size_t c = 0; c < 256; ++c) {
        becomes[c] = static_cast<char>(c);
        bad[c] = is_forbidden(becomes[c]) || becomes[c] == to.component;
    }
    if (from.repetition != '\0') {
        becomes[at(from.repetition)] = to.repetition;
        bad[at(from.repetition)] = to.repetition == '\0';
    }
    becomes[at(from.component)] = to.component;
    bad[at(from.component)] = false;
    std::vector<std::string_view> fields;
    std::string text;
    auto const last = set.back().id() == "SE" ? set.size() - 1 : set.size();
    for (std::size_t i = 1; i < last; ++i) {
        auto const segment = set[i];
        auto elements = segment.element_count();
        while (elements > 0 && segment.element(elements).empty())
            --elements;
        text.assign(segment.bytes());
        fields.assign(1, segment.id());
        for (std::uint32_t k = 1; k <= elements; ++k) {
            auto const begin = segment.element_begin(k) - segment.begin();
            auto const size = segment.element(k).size();
            for (auto j = begin; j < begin + size; ++j) {
                auto const c = text[j];
                if (bad[at(c)] && header_.replacement == '\0')
                    return invalid(fmt::format("{}{:02} \"{}\" of segment {} holds {}: it is a separator of the new interchange or not allowed in data; "
                                               "choose other delimiters, or a character to stand for it",
                                               segment.id(), k, segment.element(k), i + 1,
                                               static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? fmt::format("the control character 0x{:02x}", static_cast<unsigned char>(c))
                                                                                                 : fmt::format("'{}'", c)));
                replaced_ += bad[at(c)] ? 1 : 0;
                text[j] = bad[at(c)] ? header_.replacement : becomes[at(c)];
            }
            fields.push_back(std::string_view(text).substr(begin, size));
        }
        generate_segment(fields, to, out_);
        out_ += header_.suffix;
    }
    return {};
}

Result<void> InterchangeWriter::add_service_segment(OutSegment const& service) {
    if (auto ok = check_envelope(); !ok)
        return ok;
    if (auto ok = check(service); !ok)
        return ok;
    segment(service.id, service.elements);
    return {};
}

void InterchangeWriter::end_group() {
    if (!in_group_)
        return;
    segment("GE", {std::to_string(sets_), group_.control_number});
    in_group_ = false;
}

std::string InterchangeWriter::finish() {
    end_group();
    segment("IEA", {std::to_string(groups_), header_.control_number});
    return std::move(out_);
}

} // namespace wharf::x12
