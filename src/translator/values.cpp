#include "translator/values.hpp"

#include <fmt/format.h>

namespace wharf::translator {
namespace {

bool convert(std::map<std::string, std::string> const& table, std::string const& otherwise,
             CrossReference::Unknown unknown, std::string& text) {
    if (auto const found = table.find(text); found != table.end()) {
        text = found->second;
        return true;
    }
    if (unknown == CrossReference::Unknown::use_default) text = otherwise;
    return unknown != CrossReference::Unknown::refuse;
}

} // namespace

void CrossReference::add(std::string const& theirs, std::string const& ours) {
    ours_of_.emplace(theirs, ours);
    theirs_of_.emplace(ours, theirs);
}

bool CrossReference::to_ours(std::string& text) const {
    return convert(ours_of_, default_ours, unknown, text);
}

bool CrossReference::to_theirs(std::string& text) const {
    return convert(theirs_of_, default_theirs, unknown, text);
}

std::optional<std::string> RunValues::value(std::string_view name) const {
    if (auto const found = named.find(name); found != named.end()) return found->second;
    return std::nullopt;
}

bool look_up(std::string const& name, RunValues const* values, bool to_ours, std::string& text, std::string& reason) {
    CrossReference const* known = nullptr;
    for (auto const* const tables : {values ? &values->cross_references : nullptr, values ? values->of_profile : nullptr})
        if (tables && !known)
            if (auto const found = tables->find(name); found != tables->end()) known = &found->second;
    if (known == nullptr) {
        reason = fmt::format("cannot be looked up: the partner's profile has no cross-reference `{}`", name);
        return false;
    }
    auto const& table = *known;
    if (to_ours ? table.to_ours(text) : table.to_theirs(text)) return true;
    reason = fmt::format("is not in the cross-reference `{}` of the partner's profile", name);
    return false;
}

} // namespace wharf::translator
