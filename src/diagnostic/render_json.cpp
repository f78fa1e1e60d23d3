#include "diagnostic/json_writer.hpp"
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"

namespace wharf {
namespace {

/// What is absent (empty, zero) is left out.
void write_position(JsonWriter& json, Place const& place) {
    if (place.has_offset) { // 0 is a place of its own: the first byte; and length 0 a point between two bytes
        json.number("offset", place.offset);
        json.number("length", place.length);
    }
}

void write_segment(JsonWriter& json, Place const& place) {
    json.text_if("segment_id", place.segment_id);
    json.number_if("segment_position", place.segment_position);
    json.number_if("element", place.element);
}

void write_line(JsonWriter& json, Place const& place) {
    json.text_if("path", place.path);
    json.number_if("line", place.line);
    json.number_if("column", place.column);
}

void write_related(JsonWriter& json, Related const& related, Place const& own) {
    auto const& place = related.place;
    json.object([&] {
        json.text_if("message", related.message);
        if (place.file != own.file) json.text_if("file", place.file);
        write_position(json, place);
        write_segment(json, place);
        write_line(json, place);
    });
}

void write(JsonWriter& json, Diagnostic const& diagnostic) {
    auto const& place = diagnostic.place;
    json.object([&] {
        json.text_if("code", diagnostic.code);
        json.text_if("severity", to_string(diagnostic.severity));
        json.text_if("message", diagnostic.message);
        json.text_if("help", diagnostic.help);
        json.text_if("file", place.file);
        write_position(json, place);
        json.text_if("interchange", place.interchange);
        json.text_if("group", place.group);
        json.text_if("transaction", place.transaction);
        json.text_if("loop", place.loop);
        write_segment(json, place);
        json.number_if("component", place.component);
        json.text_if("value", diagnostic.value);
        write_line(json, place);
        if (!diagnostic.related.empty())
            json.array("related", [&] {
                for (auto const& related : diagnostic.related)
                    write_related(json, related, place);
            });
    });
}

} // namespace

std::string render_json(Diagnostics const& diagnostics) {
    if (diagnostics.empty()) return "[]\n";
    std::string out = "[\n";
    for (auto const& diagnostic : diagnostics) {
        if (out.size() > 2) out += ",\n";
        JsonWriter json(out);
        write(json, diagnostic);
    }
    out += "\n]\n";
    return out;
}

std::string render_statistics_json(CodeCounts const& counts) {
    std::string out = "[";
    for (auto const& counted : by_frequency(counts)) {
        out += out.size() > 1 ? ",\n" : "\n";
        JsonWriter json(out);
        json.object([&] {
            auto const entry = find_code(counted.code);
            json.text("code", counted.code);
            json.text_if("name", entry ? entry->name : std::string_view());
            json.text("severity", to_string(counted.severity));
            json.number("count", counted.count);
        });
    }
    return out + (out.size() > 1 ? "\n]\n" : "]\n");
}

} // namespace wharf
