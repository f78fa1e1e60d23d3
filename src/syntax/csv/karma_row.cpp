#include "syntax/csv/karma_row.hpp"

#include "syntax/karma_view.ipp"

#include <algorithm>

namespace wharf::csv {
namespace {

using namespace karma_view;

void generate_field(Sink& sink, OutField const& field, Dialect const& dialect) {
    if (field.quoted)
        karma::generate(sink, karma::lit(dialect.quote) << view << karma::lit(dialect.quote), field.text);
    else
        karma::generate(sink, view, field.text);
}

} // namespace

void generate_row(std::span<OutField const> fields, Dialect const& dialect, std::string& out) {
    auto room = fields.size() * 3 + dialect.line_end.size();
    for (auto const& field : fields)
        room += field.text.size();
    auto const before = out.size();
    if (out.capacity() < before + room) out.reserve(std::max(before + room, 2 * out.capacity()));
    out.resize_and_overwrite(before + room, [&](char* bytes, std::size_t) {
        auto* at = bytes + before;
        Sink sink(at);
        if (!fields.empty()) generate_field(sink, fields.front(), dialect);
        for (std::size_t i = 1; i < fields.size(); ++i) { // a plain loop: Karma's list buffers character by character
            karma::generate(sink, karma::lit(dialect.delimiter));
            generate_field(sink, fields[i], dialect);
        }
        karma::generate(sink, view, dialect.line_end);
        return static_cast<std::size_t>(at - bytes);
    });
}

} // namespace wharf::csv
