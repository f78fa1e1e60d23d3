// Lookups and small services over a loaded configuration.

#include "partner/configuration.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::partner {
namespace {

std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

template <class T>
T const* by_name(std::vector<T> const& list, std::string_view name) {
    auto const found = std::ranges::find(list, name, &T::name);
    return found == list.end() ? nullptr : &*found;
}

template <class T>
T const* serving(std::vector<T> const& list, std::string_view qualifier, std::string_view id, bool test, std::string_view day) {
    for (auto const& item : list) {
        bool const serves = (item.usage == IdentifierUsage::both || (item.usage == IdentifierUsage::test) == test) &&
                            holds_on(item.from, item.until, day);
        if (serves && item.qualifier == trimmed(qualifier) && item.id == trimmed(id)) return &item;
    }
    return nullptr;
}

/// Keeps the nearest of the candidates offered. A wrong qualifier weighs less than any wrong letter of the id.
class NearestSearch {
public:
    NearestSearch(std::string_view qualifier, std::string_view id) : qualifier_(trimmed(qualifier)), id_(trimmed(id)) {}
    void offer(std::string const& partner, std::string const& qualifier, std::string const& id) {
        auto const distance = 4 * edit_distance(id_, id) + edit_distance(qualifier_, qualifier);
        if (!nearest_.found() || distance < least_) {
            least_ = distance;
            nearest_ = {partner, qualifier, id};
        }
    }
    [[nodiscard]] NearestIdentifier result() const { return nearest_; }

private:
    std::string_view qualifier_, id_;
    std::size_t least_ = 0;
    NearestIdentifier nearest_;
};

} // namespace

bool Target::takes(std::string_view document) const {
    return documents.empty() || std::ranges::find(documents, document) != documents.end();
}

bool Identifier::accepts_group(std::string_view group_id) const {
    return group_ids.empty() || std::ranges::find(group_ids, trimmed(group_id)) != group_ids.end();
}

bool Channel::allows(std::string_view partner_id) const {
    return std::ranges::find(senders, partner_id) != senders.end();
}

DocumentAgreement& PartnerProfile::add_document() {
    auto& document = documents.emplace_back();
    document.channel = channel;
    document.file_name = file_name;
    document.envelope = envelope;
    document.findings = findings;
    document.acknowledgment = acknowledgment;
    document.duplicates = duplicates;
    document.texts = texts;
    return document;
}

DocumentAgreement const* PartnerProfile::inbound(std::string_view set) const {
    for (auto const& document : documents)
        if (document.direction == Direction::inbound && document.is_x12() && document.set == set) return &document;
    return nullptr;
}

DocumentAgreement const* PartnerProfile::outbound(std::string_view kind, bool test) const {
    DocumentAgreement const* found = nullptr;
    for (auto const& document : documents)
        if (document.direction == Direction::outbound && document.document == kind && (!found || document.serves(test))) {
            found = &document;
            if (found->serves(test)) break;
        }
    return found;
}

Identifier const* PartnerProfile::identifier(bool test, std::string_view day) const {
    for (auto const& one : identifiers)
        if (one.serves(test) && holds_on(one.from, one.until, day)) return &one;
    return nullptr;
}

PartnerProfile const* Configuration::partner(std::string_view id) const {
    auto const found = std::ranges::find(partners, id, &PartnerProfile::id);
    return found == partners.end() ? nullptr : &*found;
}
Channel const* Configuration::channel(std::string_view name) const {
    return by_name(channels, name);
}
Target const* Configuration::target(std::string_view name) const {
    return by_name(gateway.targets, name);
}
Identity const* Configuration::identity(std::string_view name) const {
    return by_name(gateway.identities, name);
}

Identity const* Configuration::find_identity(std::string_view qualifier, std::string_view id, bool test,
                                             std::string_view day) const {
    return serving(gateway.identities, qualifier, id, test, day);
}

PartnerProfile const* Configuration::find_partner(std::string_view qualifier, std::string_view id, bool test,
                                                  std::string_view day) const {
    for (auto const& profile : partners)
        if (serving(profile.identifiers, qualifier, id, test, day)) return &profile;
    return nullptr;
}

PartnerProfile const* Configuration::find_partner(Channel const& channel, std::string_view qualifier,
                                                  std::string_view id, bool test, std::string_view day) const {
    auto const* const profile = find_partner(qualifier, id, test, day);
    return profile && channel.allows(profile->id) ? profile : nullptr;
}

NearestIdentifier Configuration::nearest_partner(std::string_view qualifier, std::string_view id) const {
    NearestSearch search(qualifier, id);
    for (auto const& profile : partners)
        for (auto const& identifier : profile.identifiers)
            search.offer(profile.id, identifier.qualifier, identifier.id);
    return search.result();
}

NearestIdentifier Configuration::nearest_identity(std::string_view qualifier, std::string_view id) const {
    NearestSearch search(qualifier, id);
    for (auto const& identity : gateway.identities)
        search.offer(identity.name, identity.qualifier, identity.id);
    return search.result();
}

std::string expand_file_name(std::string_view name_template, FileNameParts const& parts) {
    struct Part {
        std::string_view name;
        std::string const& value;
    };
    Part const known[] = {{"{partner}", parts.partner}, {"{identity}", parts.identity},
                          {"{set}", parts.set},         {"{document}", parts.document},
                          {"{number}", parts.number},   {"{interchange}", parts.interchange},
                          {"{group}", parts.group},     {"{sequence}", parts.sequence},
                          {"{date}", parts.date},       {"{time}", parts.time}};
    std::string name;
    while (!name_template.empty()) {
        auto const part =
            std::ranges::find_if(known, [&](Part const& one) { return name_template.starts_with(one.name); });
        if (part != std::end(known)) {
            name += part->value;
            name_template.remove_prefix(part->name.size());
        } else {
            name += name_template.front();
            name_template.remove_prefix(1);
        }
    }
    for (char& c : name)
        if (c == '/' || static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '_';
    if (name.empty() || name.front() == '.') name.insert(0, 1, '_'); // hidden, or no name at all
    if (name.size() > 255) name.resize(255);
    return name;
}

std::vector<EffectiveValue> values_below(std::vector<EffectiveValue> const& effective, std::string_view field) {
    std::string path(field);
    // "850 inbound.envelope": the entry with this set or kind, and this direction
    auto const rest = std::min(path.find('.'), path.size());
    std::string_view const words = std::string_view(path).substr(0, rest);
    if (auto const blank = words.find(' '); blank != std::string_view::npos) {
        auto const is = [&](std::string const& entry, std::string_view name, std::string_view text) {
            return std::ranges::any_of(effective, [&](EffectiveValue const& value) {
                return value.path == fmt::format("{}.{}", entry, name) && value.value == text;
            });
        };
        for (auto const& value : effective) {
            if (!value.path.starts_with("documents[") || !value.path.ends_with("].set")) continue;
            auto const entry = value.path.substr(0, value.path.size() - 4);
            auto const what = words.substr(0, blank);
            if ((value.value == what || is(entry, "document", what)) && is(entry, "direction", words.substr(blank + 1))) {
                path = entry + path.substr(rest);
                break;
            }
        }
    }
    std::vector<EffectiveValue> found;
    for (auto const& value : effective)
        if (value.path == path || (value.path.starts_with(path) && !path.empty() &&
                                   (value.path[path.size()] == '.' || value.path[path.size()] == '['))) {
            found.push_back(value);
            found.back().inherited = false; // it was asked for
        }
    return found;
}

std::string explain(std::vector<EffectiveValue> const& effective) {
    std::size_t path_width = 0, value_width = 0;
    for (auto const& value : effective) {
        if (value.inherited) continue;
        path_width = std::max(path_width, value.path.size());
        value_width = std::max(value_width, std::min<std::size_t>(value.value.size(), 48));
    }
    std::string text;
    for (auto const& value : effective)
        if (!value.inherited) text += fmt::format("{:{}}  {:{}}  {}\n", value.path, path_width, value.value.empty() ? "-" : value.value,
                            std::max<std::size_t>(value_width, 1), value.source);
    return text;
}

} // namespace wharf::partner
