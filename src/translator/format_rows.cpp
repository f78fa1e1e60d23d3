#include "translator/format_rows.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "translator/convert.hpp"
#include "translator/map_parser.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

std::unexpected<PlaceFault> refused(std::string message, std::string help = {}) {
    return std::unexpected(PlaceFault{std::move(message), std::move(help)});
}

} // namespace

RowsSchema::RowsSchema(RowsSettings settings) : settings_(std::move(settings)) {
    RowPlace document;
    document.shown = "the document";
    add(std::move(document));
    RowLevel root;
    root.by = settings_.documents_by;
    root.record = settings_.documents_each;
    levels_.push_back(std::move(root));
}

PlaceId RowsSchema::add(RowPlace place) {
    places_.push_back(std::make_unique<RowPlace>(std::move(place)));
    return static_cast<PlaceId>(places_.size() - 1);
}

std::string RowsSchema::shown(PlaceId place) const {
    return place < places_.size() ? places_[place]->shown : std::string("a column");
}

std::expected<PlaceId, PlaceFault> RowsSchema::place(PlaceId below, NodeStep const& step, PlaceUse use) {
    if (step.attribute) return refused("A row has no attributes.", "Write the name of the column.");
    if (!step.select.empty()) return refused("A row cannot be chosen by what stands in it.");
    auto const& above = *places_[below];
    if (above.field >= 0) return refused(fmt::format("Nothing stands below {}.", above.shown));
    if (use == PlaceUse::value) return settings_.has_records ? record_field(above.level, step) : column(above.level, step);
    if (use == PlaceUse::block)
        return refused(fmt::format("`{}` holds no others.", step.name), "A row is a list: each row.");
    return settings_.has_records ? record_level(above.level, step) : row_level(above.level, step);
}

/// `each row`, `each row by "Ship To"`.
std::expected<PlaceId, PlaceFault> RowsSchema::row_level(int level, NodeStep const& step) {
    if (step.name != "row" || step.quoted)
        return refused(fmt::format("`each {}`: a column does not repeat.", step.name), "Write: each row");
    auto const above = static_cast<std::size_t>(level);
    if (above != 0 && levels_[above].by.empty()) return refused("Nothing stands below a row.");
    RowLevel made;
    made.above = level;
    for (auto const& by : step.by) {
        auto const at = column(-1, by);
        if (!at) return at;
        made.by.push_back(static_cast<unsigned>(*at));
    }
    for (auto const& known : levels_)
        if (known.above == level) {
            if (known.by == made.by) return known.place;
            return refused("The rows of this level are taken by another list.");
        }
    RowPlace place;
    place.level = static_cast<int>(levels_.size());
    place.shown = place.name = "row";
    made.place = add(std::move(place));
    levels_.push_back(std::move(made));
    return levels_.back().place;
}

std::expected<PlaceId, PlaceFault> RowsSchema::record_level(int level, NodeStep const& step) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < settings_.records.size(); ++i) {
        auto& record = settings_.records[i];
        names.push_back(record.name);
        if (record.name != step.name) continue;
        if (!step.by.empty()) return refused("`by` is for files of one kind of row.");
        if (record.parent != levels_[static_cast<std::size_t>(level)].record)
            return refused(fmt::format("The record `{}` does not stand in this one.", record.name),
                           "Say where it stands: record D in H when …");
        if (record.each) return record.place;
        if (record.place != unnamed_place || static_cast<int>(i) == head())
            return refused(fmt::format("The fields of `{}` are read one by one already.", record.name));
        RowPlace place;
        place.level = static_cast<int>(levels_.size());
        place.record = static_cast<int>(i);
        place.shown = place.name = record.name;
        record.each = true;
        record.place = add(std::move(place));
        levels_.push_back({level, record.place, {}, static_cast<int>(i)});
        return record.place;
    }
    return refused(fmt::format("There is no record `{}`.", step.name), did_you_mean(step.name, names));
}

/// A column by its name or number. Level -1: only its number in the list, for `by`.
std::expected<PlaceId, PlaceFault> RowsSchema::column(int level, NodeStep const& step) {
    auto& fields = settings_.records.front().fields;
    auto field = settings_.records.front().find(step.name);
    if (unsigned number = 0; field < 0 && !step.quoted) {
        auto const [end, error] = std::from_chars(step.name.data(), step.name.data() + step.name.size(), number);
        if (error == std::errc() && end == step.name.data() + step.name.size() && number >= 1 &&
            number <= limits::csv_fields) {
            if (settings_.declared && number > fields.size())
                return refused(fmt::format("The file has {} columns, no column {}.", fields.size(), number));
            if (settings_.header && !settings_.declared)
                return refused("A file with a header row has its columns by name.");
            while (fields.size() < number) { // without names the column's number is its name
                auto const next = fields.size() + 1;
                fields.emplace_back().name = std::to_string(next);
            }
            field = static_cast<int>(number - 1);
        }
    }
    if (field < 0 && (settings_.declared || !settings_.header)) {
        std::vector<std::string> names;
        for (auto const& one : fields)
            names.push_back(one.name);
        return refused(fmt::format("The file has no column `{}`.", step.name),
                       settings_.declared ? did_you_mean(step.name, names)
                                          : std::string("Name the columns: columns A B C, or say header yes."));
    }
    if (field < 0) {
        field = static_cast<int>(fields.size());
        fields.emplace_back().name = step.name;
    }
    if (level < 0) return static_cast<PlaceId>(field);
    return field_place(level, 0, static_cast<unsigned>(field));
}

/// `H.po`, or `line` inside `each D`.
std::expected<PlaceId, PlaceFault> RowsSchema::record_field(int level, NodeStep const& step) {
    auto const own = levels_[static_cast<std::size_t>(level)].record;
    auto record = own;
    std::string_view name = step.name;
    if (auto const dot = name.find('.'); dot != name.npos && !step.quoted) {
        auto const wanted = name.substr(0, dot);
        auto const found = std::ranges::find(settings_.records, wanted, &RowRecord::name);
        if (found != settings_.records.end()) {
            record = static_cast<int>(found - settings_.records.begin());
            name.remove_prefix(dot + 1);
            if (record != own && (found->parent != own || found->each))
                return refused(fmt::format("The record `{}` does not stand in this one by itself.", wanted),
                               found->each ? "It repeats: read it below `each`." : "");
        }
    }
    if (record < 0)
        return refused(fmt::format("`{}`: say of which record.", step.name), "Write, for example: H.number");
    auto& of = settings_.records[static_cast<std::size_t>(record)];
    auto const field = of.find(name);
    if (field < 0) {
        std::vector<std::string> names;
        for (auto const& one : of.fields)
            names.push_back(one.name);
        return refused(fmt::format("The record `{}` has no field `{}`.", of.name, name),
                       did_you_mean(std::string(name), names));
    }
    if (record != own && of.place == unnamed_place) of.place = document_place; // read field by field
    return field_place(level, record, static_cast<unsigned>(field));
}

std::expected<PlaceId, PlaceFault> RowsSchema::field_place(int level, int record, unsigned field) {
    auto& one = settings_.records[static_cast<std::size_t>(record)].fields[field];
    if (one.place != unnamed_place) {
        if (one.level == level) return one.place;
        return refused(fmt::format("The column `{}` belongs to another object already.", one.name),
                       "A column is read for the document, for a group of rows, or for each row.");
    }
    RowPlace place;
    place.level = level;
    place.record = record;
    place.field = static_cast<int>(field);
    place.name = settings_.has_records
                     ? fmt::format("{}.{}", settings_.records[static_cast<std::size_t>(record)].name, one.name)
                     : one.name;
    place.shown = fmt::format("{} `{}`", settings_.has_records ? "field" : "column", place.name);
    place.facts.min = 1;
    place.facts.max = settings_.fixed ? one.last - one.first + 1 : limits::csv_field_bytes;
    one.level = level;
    return one.place = add(std::move(place));
}

Diagnostics RowsSchema::finish() {
    Diagnostics faults;
    for (auto const& level : levels_)
        for (auto const field : level.by)
            if (auto const& one = settings_.records.front().fields[field];
                one.place == unnamed_place || one.level > &level - levels_.data())
                faults.push_back(map_diagnostic(
                    "MAP-0031", settings_.origin, 1,
                    fmt::format("The rows are split by `{}`, but no line of that object reads it.", one.name),
                    "What is split by must be written again: give the column a line above the rows."));
    if (settings_.has_records && head() < 0)
        for (auto const& record : settings_.records)
            if (record.parent < 0 && !record.each && record.place != unnamed_place) return faults;
    return faults;
}

std::vector<std::string> RowsSchema::unread() const {
    std::vector<std::string> names;
    if (settings_.declared)
        for (auto const& record : settings_.records)
            for (auto const& field : record.fields)
                if (field.place == unnamed_place && !(record.test_first != 0 && !settings_.fixed &&
                                                      &field - record.fields.data() + 1 == record.test_first))
                    names.push_back(settings_.has_records ? record.name + "." + field.name : field.name);
    return names;
}

void RowsSchema::keep(SourceTree const& tree, std::uint32_t, std::uint32_t node, std::string& key,
                      std::string& json) const {
    auto const name_of = [&](SourceNode const& one) {
        return one.place >= first_unnamed_place ? tree.names[one.place - first_unnamed_place] : places_[one.place]->name;
    };
    auto const& one = tree.nodes[node];
    key = name_of(one);
    if (one.end == node + 1) {
        append_text(json, right_trimmed(tree.text_of(one)));
        return;
    }
    json += '{';
    for (auto child = node + 1; child < one.end; child = tree.nodes[child].end) {
        if (json.size() > 1) json += ',';
        append_text(json, name_of(tree.nodes[child]));
        json += ':';
        append_text(json, right_trimmed(tree.text_of(tree.nodes[child])));
    }
    json += '}';
}

Diagnostic RowsSchema::at(SourceTree const& tree, std::uint32_t node, std::string_view code, std::string message,
                          std::string help) const {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    found.place.file = tree.file;
    found.place.transaction = tree.key;
    if (node >= tree.nodes.size() || tree.marks.empty()) return found;
    auto const& one = tree.nodes[node];
    auto const source = node == 0 ? tree.marks.front().at : one.source;
    auto mark = std::ranges::upper_bound(tree.marks, source, {}, &SourceMark::at) - 1;
    auto line_begin = mark->at;
    found.place.line = mark->line;
    for (auto i = mark->at; i < source; ++i) // a row may go over several lines
        if (tree.bytes[i] == '\n') {
            ++found.place.line;
            line_begin = i + 1;
        }
    auto const line = tree.bytes.substr(line_begin, tree.bytes.find('\n', line_begin) - line_begin);
    found.excerpt = std::string(line);
    if (one.end == node + 1 && one.length != 0) {
        found.excerpt_offset = source - line_begin;
        found.place.column = 1;
        for (auto i = line_begin; i < source; ++i)
            found.place.column += (static_cast<unsigned char>(tree.bytes[i]) & 0xc0) != 0x80;
        found.value = std::string(tree.text_of(one));
        found.place.length = one.length;
        if (one.place < places_.size()) found.place.path = places_[one.place]->name;
    }
    return found;
}

} // namespace wharf::translator
