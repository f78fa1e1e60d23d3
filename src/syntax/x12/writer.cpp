#include "syntax/x12/writer.hpp"

#include "syntax/x12/karma_segment.hpp"

#include <algorithm>
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

void write_back(Part const& part, std::string_view file_text, std::string& out) {
    auto const& list = part.segments;
    if (list.empty()) {
        out += file_text.substr(part.offset, part.length);
        return;
    }
    std::vector<std::string_view> fields;
    std::string_view const text(list.text(), list.readable());
    auto written = list[0].begin();
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto const segment = list[i];
        out += text.substr(written, segment.begin() - written); // filler
        fields.clear();
        for (std::uint32_t k = 0; k <= segment.element_count(); ++k)
            fields.push_back(segment.element(k));
        written = segment.end();
        generate_segment(fields, list.delimiters(), out);
        if (written < text.size() && text[written] == list.delimiters().segment)
            ++written;
        else // the last terminator of the file is missing
            out.pop_back();
    }
}

InterchangeWriter::InterchangeWriter(InterchangeHeader header) : header_(std::move(header)) {
    auto const fixed = [](std::string_view text, std::size_t width) { return fmt::format("{:<{}}", text.substr(0, width), width); };
    auto& control_number = header_.control_number;
    if (control_number.size() < 9)
        control_number.insert(0, 9 - control_number.size(), '0');
    auto const& d = header_.delimiters;
    segment("ISA", {"00", fixed("", 10), "00", fixed("", 10), fixed(header_.sender.qualifier, 2), fixed(header_.sender.id, 15),
                    fixed(header_.receiver.qualifier, 2), fixed(header_.receiver.id, 15), header_.date6, header_.time4,
                    d.repetition ? std::string(1, d.repetition) : header_.standards_id, header_.version, control_number,
                    header_.acknowledgment_requested ? "1" : "0", std::string(1, header_.usage), std::string(1, d.component)});
}

void InterchangeWriter::segment(std::string_view id, std::vector<std::string> const& elements) {
    auto count = elements.size();
    while (count > 0 && elements[count - 1].empty())
        --count;
    std::vector<std::string_view> fields{id};
    fields.insert(fields.end(), elements.begin(), elements.begin() + static_cast<std::ptrdiff_t>(count));
    generate_segment(fields, header_.delimiters, out_);
    if (header_.line_breaks)
        out_ += '\n';
}

void InterchangeWriter::begin_group(GroupHeader header) {
    end_group();
    group_ = std::move(header);
    in_group_ = true;
    sets_ = 0;
    ++groups_;
    segment("GS", {group_.functional_id, header_.sender.group_id, header_.receiver.group_id, header_.date8, header_.time4,
                   group_.control_number, group_.agency, group_.release});
}

Result<void> InterchangeWriter::check(OutSegment const& out) const {
    auto const& d = header_.delimiters;
    for (std::size_t i = 0; i < out.elements.size(); ++i) {
        auto const& value = out.elements[i];
        auto const bad = std::ranges::find_if(value, [&](char c) {
            return c == d.element || c == d.segment || (d.repetition && c == d.repetition) ||
                   (static_cast<unsigned char>(c) < 0x20) || c == 0x7f;
        });
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
    OutSegment const isa{"ISA", {"", "", "", "", h.sender.qualifier, h.sender.id, h.receiver.qualifier, h.receiver.id, h.date6, h.time4,
                                 h.delimiters.repetition ? "" : h.standards_id, h.version, h.control_number}};
    if (auto ok = check(isa); !ok || !in_group_)
        return ok;
    return check({"GS", {group_.functional_id, h.sender.group_id, h.receiver.group_id, h.date8, h.time4, group_.control_number,
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
