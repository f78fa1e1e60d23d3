#include "grammar/schema.hpp"

#include "grammar/schema_compiler.hpp"

#include <algorithm>
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

NodeIndex Schema::variant_of(NodeIndex node, x12::SegmentView const& segment) const {
    auto const place = nodes_[node].place;
    if (place == no_place)
        return node;
    for (auto const variant : places_[place].variants) {
        auto const& tests = nodes_[variant].narrowed->qualifiers;
        auto const holds = [&](QualifierTest const& test) {
            auto const value = segment.element(test.element);
            return test.values.empty() ? !value.empty() : std::ranges::find(test.values, value) != test.values.end();
        };
        if (!tests.empty() && std::ranges::all_of(tests, holds))
            return variant;
    }
    return places_[place].others;
}

std::vector<NodeIndex> Schema::skipped(NodeIndex from, NodeIndex to) const {
    std::vector<NodeIndex> missing;
    if (from == to && !nodes_[from].starts_loop)
        return missing;
    auto loop = nodes_[from].loop;
    auto row = from;
    bool at_first = nodes_[from].starts_loop;
    for (;;) {
        for (auto const next : loops_[loop].rows) {
            if (!at_first && next <= row)
                continue;
            if (next == to)
                return missing;
            if (nodes_[next].mandatory)
                missing.push_back(next);
        }
        if (loop == 0 || loops_[loop].first == to)
            return missing;
        row = loops_[loop].first;
        loop = loops_[loop].parent;
        at_first = false;
    }
}

std::string Schema::path(NodeIndex index) const {
    auto const& node = nodes_[index];
    auto const& loop = loops_[node.loop];
    auto const& id = segments_[node.segment].definition->id;
    return node.starts_loop && index != 0 ? loop.path : loop.path + "/" + id;
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

} // namespace wharf::grammar
