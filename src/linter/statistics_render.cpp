#include "base/json_text.hpp"
#include "diagnostic/printable.hpp"
#include "linter/statistics.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace wharf::linter {
namespace {

/// The entries of a map, the most frequent first, equal ones by name.
template <class Value, class Count> auto by_frequency(std::map<std::string, Value> const& map, Count count) {
    std::vector<std::pair<std::string const*, Value const*>> order;
    for (auto const& [key, value] : map)
        if (count(value) > 0)
            order.emplace_back(&key, &value);
    std::ranges::stable_sort(order, [&](auto const& a, auto const& b) { return count(*a.second) > count(*b.second); });
    return order;
}
auto by_frequency(std::map<std::string, std::uint64_t> const& map) {
    return by_frequency(map, [](std::uint64_t count) { return count; });
}

std::string listed(std::map<std::string, std::uint64_t> const& counts) {
    std::string text;
    for (auto const& [key, count] : by_frequency(counts))
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key->empty() ? "(empty)" : printable(*key), *count);
    return text;
}

std::string size_words(std::uint64_t bytes) {
    if (bytes < 10'000)
        return fmt::format("{} B", bytes);
    return bytes < 10'000'000 ? fmt::format("{} kB", (bytes + 500) / 1000) : fmt::format("{} MB", (bytes + 500'000) / 1'000'000);
}

std::string plural(std::uint64_t count, std::string_view noun) { return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s"); }

std::uint64_t used(CodeStatistics const& one) {
    auto sum = one.unlisted;
    for (auto const& [code, count] : one.codes)
        sum += count;
    return sum;
}

/// JSON objects and arrays, commas where they belong.
class Writer {
public:
    void open(char bracket, std::string_view name = {}) {
        before(name);
        out_ += bracket;
        first_ = true;
    }
    void close(char bracket) {
        out_ += bracket;
        first_ = false;
    }
    void text(std::string_view name, std::string_view value) {
        before(name);
        append_json_string(out_, value);
    }
    void number(std::string_view name, std::uint64_t value) {
        before(name);
        out_ += std::to_string(value);
    }
    void counts(std::string_view name, std::map<std::string, std::uint64_t> const& counts) {
        open('{', name);
        for (auto const& [key, count] : by_frequency(counts))
            number(*key, *count);
        close('}');
    }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void before(std::string_view name) {
        if (!first_)
            out_ += ',';
        first_ = false;
        if (name.data() == nullptr)
            return;
        append_json_string(out_, name);
        out_ += ':';
    }
    std::string out_;
    bool first_ = true;
};

void write_pairs(Writer& json, Statistics const& all) {
    json.open('[', "partners");
    for (auto const& [key, pair] : by_frequency(all.pairs, [](auto const& one) { return one.interchanges; })) {
        json.open('{');
        json.text("pair", *key);
        json.number("interchanges", pair->interchanges);
        json.number("groups", pair->groups);
        json.number("sets", pair->sets);
        json.number("bytes", pair->bytes);
        json.counts("sets_by_id", pair->sets_by_id);
        json.counts("usage", pair->usage);
        json.text("first_date", pair->first_date);
        json.text("last_date", pair->last_date);
        json.close('}');
    }
    json.close(']');
}

void write_codes(Writer& json, Statistics const& all) {
    json.open('{', "codes");
    for (auto const& [place, one] : all.codes) {
        if (used(one) == 0)
            continue;
        json.open('{', place);
        json.text("element", one.element);
        json.text("name", one.name);
        json.counts("codes", one.codes);
        json.number("unlisted", one.unlisted);
        json.close('}');
    }
    json.close('}');
}

} // namespace

std::string render_text(Statistics const& all) {
    auto out = fmt::format("{}, {}: {}, {}, {}, {}\n", plural(all.files, "file"), size_words(all.bytes), plural(all.interchanges, "interchange"),
                           plural(all.groups, "group"), plural(all.sets, "transaction set"), plural(all.segments, "segment"));
    if (all.interchanges == 0)
        return out;
    out += fmt::format("ISA12 {}\nGS08  {}\n\nPartners\n", listed(all.versions), listed(all.releases));
    for (auto const& [key, pair] : by_frequency(all.pairs, [](auto const& one) { return one.interchanges; })) {
        out += fmt::format("  {}: {}, {}, {}", printable(*key), plural(pair->interchanges, "interchange"), plural(pair->sets, "set"), size_words(pair->bytes));
        if (!pair->first_date.empty())
            out += pair->first_date == pair->last_date ? fmt::format(", {}", pair->first_date) : fmt::format(", {} to {}", pair->first_date, pair->last_date);
        out += fmt::format("\n    sets {}; ISA15 {}\n", pair->sets_by_id.empty() ? "none" : listed(pair->sets_by_id), listed(pair->usage));
    }
    out += fmt::format("\n{:<6} {:>9} {:>11} {:>12} {:>12} {:>12}  {}\n", "Set", "sets", "segments", "bytes", "largest", "segments", "name");
    for (auto const& [id, set] : by_frequency(all.by_set, [](auto const& one) { return one.sets; }))
        out += fmt::format("{:<6} {:>9} {:>11} {:>12} {:>12} {:>12}  {}\n", printable(*id), set->sets, set->segments, set->bytes, set->most_bytes, set->most_segments, set->name);
    out += fmt::format("\n{:<7} {:>10} {:>9}  {}\n", "Segment", "times", "in sets", "name");
    for (auto const& [id, segment] : by_frequency(all.by_segment, [](auto const& one) { return one.segments; }))
        out += fmt::format("{:<7} {:>10} {:>9}  {}\n", *id, segment->segments, segment->sets, segment->name);
    out += "\nCodes\n";
    for (auto const& [place, one] : all.codes) {
        if (used(one) == 0)
            continue;
        out += fmt::format("  {} {}: {}", place, one.name, listed(one.codes));
        if (one.unlisted > 0)
            out += fmt::format("{}in no list {}", one.codes.empty() ? "" : ", ", one.unlisted);
        out += '\n';
    }
    return out;
}

std::string render_json(Statistics const& all) {
    Writer json;
    json.open('{');
    json.number("files", all.files);
    json.number("bytes", all.bytes);
    json.number("interchanges", all.interchanges);
    json.number("groups", all.groups);
    json.number("transaction_sets", all.sets);
    json.number("segments", all.segments);
    json.counts("versions", all.versions);
    json.counts("releases", all.releases);
    write_pairs(json, all);
    json.open('[', "sets");
    for (auto const& [id, set] : by_frequency(all.by_set, [](auto const& one) { return one.sets; })) {
        json.open('{');
        json.text("id", *id);
        json.text("name", set->name);
        json.number("sets", set->sets);
        json.number("segments", set->segments);
        json.number("bytes", set->bytes);
        json.number("most_segments", set->most_segments);
        json.number("most_bytes", set->most_bytes);
        json.close('}');
    }
    json.close(']');
    json.open('[', "segment_ids");
    for (auto const& [id, segment] : by_frequency(all.by_segment, [](auto const& one) { return one.segments; })) {
        json.open('{');
        json.text("id", *id);
        json.text("name", segment->name);
        json.number("segments", segment->segments);
        json.number("sets", segment->sets);
        json.close('}');
    }
    json.close(']');
    write_codes(json, all);
    json.close('}');
    return json.take() + "\n";
}

} // namespace wharf::linter
