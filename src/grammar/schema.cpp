#include "grammar/schema.hpp"

#include "grammar/schema_compiler.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <mutex>

namespace wharf::grammar {
namespace {

// Loops nest at most a handful of levels: the recursion follows the grammar, never the data.
std::vector<NarrowedRow> narrowed_rows(std::vector<SetRow> const& rows, std::uint32_t& place) {
    std::vector<NarrowedRow> out;
    out.reserve(rows.size());
    for (auto const& row : rows) {
        NarrowedRow narrowed;
        narrowed.row = &row;
        narrowed.place = place++;
        narrowed.mandatory = row.mandatory;
        narrowed.min = row.mandatory ? 1 : 0;
        narrowed.max = narrowed.place_max = row.max;
        narrowed.rows = narrowed_rows(row.rows, place);
        out.push_back(std::move(narrowed));
    }
    return out;
}

} // namespace

NarrowedSet as_it_is(SetDefinition const& set, std::shared_ptr<Dictionary const> dictionary) {
    NarrowedSet narrowed;
    narrowed.set = &set;
    narrowed.dictionary = std::move(dictionary);
    std::uint32_t place = 0;
    narrowed.rows = narrowed_rows(set.rows, place);
    return narrowed;
}

std::string qualifiers_in_brackets(NarrowedRow const& row, std::uint8_t key) {
    std::string text;
    for (auto const& test : row.qualifiers) {
        std::string name;
        if (test.element != key)
            name = fmt::format("{}{:02}=", row.row->segment, test.element);
        if (test.values.empty())
            text += fmt::format("{}{}*", text.empty() ? "[" : ",", name);
        for (auto const& value : test.values)
            text += fmt::format("{}{}{}", text.empty() ? "[" : ",", name, value);
    }
    return text.empty() ? text : text + "]";
}

Result<std::shared_ptr<Schema const>> Schema::compile(SetDefinition const& set, std::shared_ptr<Dictionary const> dictionary) {
    return compile(std::make_shared<NarrowedSet const>(as_it_is(set, std::move(dictionary))));
}

Result<std::shared_ptr<Schema const>> Schema::compile(std::shared_ptr<NarrowedSet const> narrowed) {
    auto schema = std::make_shared<Schema>();
    schema->set_ = narrowed->set;
    schema->dictionary_ = narrowed->dictionary;
    schema->narrowed_ = std::move(narrowed);
    if (auto ok = compile_schema(*schema); !ok)
        return unexpected(ok.error());
    return schema;
}

int Schema::find_segment(std::uint32_t packed_id) const {
    auto const index = tables_.lookup[(packed_id * tables_.multiplier) >> tables_.shift];
    return tables_.packed_ids[index] == packed_id ? index : -1;
}

NodeIndex Schema::variant_of(NodeIndex node, x12::SegmentView const& segment, char component_separator) const {
    if (nodes_[node].place == no_place)
        return node;
    auto const& place = places_[nodes_[node].place];
    for (auto const variant : place.variants) {
        auto const& tests = nodes_[variant].narrowed->qualifiers;
        auto const holds = [&](QualifierTest const& test) {
            auto value = segment.element(test.element);
            if (test.component != 0)
                value = component_of(value, test.component, component_separator);
            return test.values.empty() ? !value.empty() : std::ranges::find(test.values, value) != test.values.end();
        };
        if (!tests.empty() && std::ranges::all_of(tests, holds))
            return variant;
    }
    return place.others;
}

bool Schema::must_stand(NodeIndex node) const {
    auto const& row = nodes_[node];
    if (row.place == no_place)
        return row.mandatory;
    auto const& variants = places_[row.place].variants;
    auto const beyond = [&](NodeIndex variant) { return nodes_[variant].narrowed->beyond; };
    return std::ranges::any_of(variants, [&](NodeIndex variant) { return nodes_[variant].mandatory; }) ||
           (row.row->mandatory && std::ranges::none_of(variants, beyond));
}

bool Schema::is_counted(NodeIndex node) const {
    auto const& row = nodes_[node];
    if (row.place == no_place)
        return row.min > 1;
    return std::ranges::any_of(places_[row.place].variants, [&](NodeIndex variant) { return nodes_[variant].min > 1 || nodes_[variant].mandatory; });
}

bool Schema::is_enough(NodeIndex node, std::uint32_t count) const {
    auto const& row = nodes_[node];
    return count >= row.min || (count == 0 && !row.mandatory);
}

std::vector<NodeIndex> Schema::skipped(NodeIndex from, NodeIndex to) const {
    std::vector<NodeIndex> missing;
    to = representative(to);
    auto const parent = nodes_[to].starts_loop ? loops_[nodes_[to].loop].parent : nodes_[to].loop; // among whose rows it is
    auto loop = nodes_[from].loop;
    auto row = representative(from);
    bool at_first = nodes_[from].starts_loop;
    if (row == to && !at_first)
        return missing;
    for (;;) {
        bool const ends_here = loop == parent && to != representative(loops_[loop].first) && (at_first || to > row);
        for (auto const next : loops_[loop].required)
            if ((at_first || next > row) && (!ends_here || next < to))
                missing.push_back(next);
        if (ends_here)
            return missing;
        if (loop == 0 || representative(loops_[loop].first) == to)
            return missing;
        row = representative(loops_[loop].first);
        loop = loops_[loop].parent;
        at_first = false;
    }
}

std::vector<NodeIndex> Schema::left(NodeIndex from, NodeIndex to) const {
    std::vector<NodeIndex> rows;
    static_cast<void>(all_left(from, representative(to), [&](NodeIndex row) {
        rows.push_back(row);
        return true;
    }));
    return rows;
}

std::string Schema::path(NodeIndex index) const {
    auto const& node = nodes_[index];
    auto const& loop = loops_[node.loop];
    if (node.starts_loop && index != 0)
        return loop.path;
    return loop.path + "/" + segments_[node.segment].definition->id + qualifiers_in_brackets(*node.narrowed, segments_[node.segment].definition->key);
}

bool Schema::is_inside(std::uint16_t loop, std::uint16_t ancestor) const {
    while (loop != ancestor && loop != 0)
        loop = loops_[loop].parent;
    return loop == ancestor;
}

struct SchemaCache::State {
    std::shared_ptr<Grammars const> grammars;
    std::mutex mutex;
    std::map<std::pair<std::string, std::string>, std::shared_ptr<Schema const>, std::less<>> schemas;
    std::map<NarrowedSet const*, std::shared_ptr<Schema const>> guided;
};

SchemaCache::SchemaCache(std::shared_ptr<Grammars const> grammars) : state_(std::make_unique<State>()) {
    state_->grammars = std::move(grammars);
}
SchemaCache::~SchemaCache() = default;

Grammars const& SchemaCache::grammars() const { return *state_->grammars; }

std::shared_ptr<Schema const> SchemaCache::get(std::string_view release, std::string_view set_id) {
    std::lock_guard const lock(state_->mutex);
    std::pair key(std::string{release}, std::string{set_id});
    if (auto const place = state_->schemas.find(key); place != state_->schemas.end())
        return place->second;
    // A set we do not have leaves no entry: its id is whatever a partner wrote, and the cache lives as long as the gateway.
    auto dictionary = state_->grammars->dictionary(release);
    auto const* set = dictionary ? dictionary->set(set_id) : nullptr;
    if (set == nullptr)
        return nullptr;
    auto schema = Schema::compile(*set, dictionary);
    return state_->schemas.emplace(std::move(key), schema ? *schema : nullptr).first->second;
}

std::shared_ptr<Schema const> SchemaCache::get(std::shared_ptr<NarrowedSet const> const& set) {
    std::lock_guard const lock(state_->mutex);
    auto& place = state_->guided[set.get()];
    if (place == nullptr)
        if (auto compiled = Schema::compile(set))
            place = *std::move(compiled);
    return place;
}

} // namespace wharf::grammar
