#include "document/stores.hpp"

#include "base/decimal.hpp"
#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace wharf::document {
namespace {

struct Store {
    json::Value location;
    json::Array lines;
};

void remove(json::Value& object, std::initializer_list<std::string_view> names) {
    std::erase_if(object.members(), [&](json::Member const& member) { return std::ranges::find(names, member.first) != names.end(); });
}

json::Array const* list(json::Value const& owner, std::string_view name) {
    auto const* found = owner.find(name);
    return found != nullptr && found->is_array() && !found->items().empty() ? &found->items() : nullptr;
}

/// What is per piece stays with each piece.
void leave_out_sums(json::Value& line) {
    remove(line, {"destinations", "converted", "taxes", "schedules"});
    auto* charges = line.find("charges");
    if (charges == nullptr) return;
    std::erase_if(charges->items(), [](json::Value const& charge) { return charge.find("rate") == nullptr && charge.find("percent") == nullptr; });
    for (auto& charge : charges->items())
        remove(charge, {"amount", "quantity", "taxes"});
    if (charges->items().empty()) remove(line, {"charges"});
}

json::Value share_of(json::Value const& line, json::Value const& destination) {
    auto share = line;
    leave_out_sums(share);
    share.set("quantity", destination.string("quantity"));
    if (auto const unit = destination.string("unit"); !unit.empty()) share.set("unit", unit);
    return share;
}

/// The store takes the place of whoever was the ship-to; one that is known with name and address is kept as it is.
void ship_to(json::Value& order, json::Value const& location) {
    json::Value store{json::Object{}};
    store.set("role", "ship_to");
    store.set("identifiers", json::Array{location});
    json::Array parties;
    if (auto const* known = list(order, "parties"))
        for (auto const& party : *known) {
            if (party.string("role") != "ship_to") {
                parties.push_back(party);
                continue;
            }
            if (auto const* identifiers = list(party, "identifiers"); identifiers && std::ranges::find(*identifiers, location) != identifiers->end())
                store = party;
        }
    parties.push_back(std::move(store));
    order.set("parties", std::move(parties));
}

json::Value part_of(json::Value const& whole, std::size_t index, std::size_t count) {
    json::Value link{json::Object{}};
    link.set("document", whole.string("id"));
    link.set("index", json::Value::integer(static_cast<std::int64_t>(index)));
    link.set("count", json::Value::integer(static_cast<std::int64_t>(count)));
    return link;
}

} // namespace

Diagnostics check_destinations(json::Value const& document) {
    Diagnostics findings;
    auto const* lines = list(document, "lines");
    for (std::size_t i = 0; lines != nullptr && i < lines->size(); ++i) {
        auto const& line = (*lines)[i];
        auto const* destinations = list(line, "destinations");
        auto const quantity = Decimal::parse(line.string("quantity"));
        if (destinations == nullptr || !quantity) continue;
        Decimal sum;
        bool comparable = true;
        for (auto const& destination : *destinations) {
            auto const share = Decimal::parse(destination.string("quantity"));
            auto const unit = destination.string("unit");
            comparable = comparable && share && (unit.empty() || unit == line.string("unit"));
            if (share) sum = sum + *share;
        }
        if (!comparable || sum == *quantity) continue;
        auto finding = make_diagnostic("DOC-0102",
                                       fmt::format("line {}: the stores get {}, not {}", line.string("line_number"), sum.text(), quantity->text()),
                                       "the order was taken and passed on; ask the sender which of the quantities hold");
        finding.place.path = fmt::format("/lines/{}/destinations", i);
        finding.value = sum.text();
        findings.push_back(std::move(finding));
    }
    return findings;
}

SplitSize size_of_split(json::Value const& order) {
    std::set<std::string, std::less<>> stores;
    std::size_t shares = 0, rest = 0;
    auto const* lines = list(order, "lines");
    for (std::size_t i = 0; lines != nullptr && i < lines->size(); ++i) {
        auto line = (*lines)[i];
        auto const* destinations = list(line, "destinations");
        if (destinations == nullptr) {
            rest = 1;
            continue;
        }
        for (auto const& destination : *destinations)
            if (auto const* location = destination.find("location")) stores.insert(json::to_text(*location));
        auto const count = destinations->size();
        remove(line, {"destinations"});
        shares += count * json::to_text(line).size();
    }
    if (stores.empty()) return {};
    auto header = order;
    remove(header, {"lines"});
    auto const parts = stores.size() + rest;
    return {parts, parts * json::to_text(header).size() + shares};
}

std::vector<json::Value> split_by_store(json::Value const& order) {
    std::vector<Store> stores;
    std::map<std::string, std::size_t, std::less<>> known; // by the text of the location
    json::Array rest;
    auto const* lines = list(order, "lines");
    for (std::size_t i = 0; lines != nullptr && i < lines->size(); ++i) {
        auto const& line = (*lines)[i];
        auto const* destinations = list(line, "destinations");
        if (destinations == nullptr) {
            rest.push_back(line);
            continue;
        }
        for (auto const& destination : *destinations) {
            auto const* location = destination.find("location");
            auto const where = location != nullptr ? *location : json::Value(json::Object{});
            auto const [at, is_new] = known.emplace(json::to_text(where), stores.size());
            if (is_new) stores.push_back({where, {}});
            stores[at->second].lines.push_back(share_of(line, destination));
        }
    }
    std::vector<json::Value> parts;
    if (stores.empty()) return parts;
    auto const count = stores.size() + (rest.empty() ? 0 : 1);
    auto header = order;
    remove(header, {"totals", "charges", "taxes"});
    header.set("lines", json::Array{});
    auto const add = [&](json::Array of_part, json::Value const* location) {
        auto part = header;
        if (location != nullptr) ship_to(part, *location);
        part.set("lines", std::move(of_part));
        part.set("part_of", part_of(order, parts.size() + 1, count));
        parts.push_back(std::move(part));
    };
    for (auto& store : stores)
        add(std::move(store.lines), &store.location);
    if (!rest.empty()) add(std::move(rest), nullptr);
    return parts;
}

} // namespace wharf::document
