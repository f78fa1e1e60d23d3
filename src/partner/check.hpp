// What the checks across values share: findings with the place of a value. Internal to partner/.
#pragma once

#include "base/nearest.hpp"
#include "partner/loading.hpp"
#include "partner/text_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::partner {

/// Collects findings about the values of one file.
template <class T>
class Check {
public:
    Check(Loaded<T> const& loaded, Diagnostics& findings) : loaded_(loaded), findings_(findings) {}

    void report(std::string const& path, std::string_view code, std::string message, std::string help,
                std::string value = {}) {
        auto const origin = loaded_.origin(path);
        findings_.push_back(
            diagnostic_at(*origin.source, origin.mark, code, std::move(message), std::move(help), std::move(value)));
    }
    void related(Origin const& origin, std::string message) {
        Place place;
        place.file = origin.source->name;
        place.line = origin.mark.line;
        place.column = origin.mark.column;
        findings_.back().related.push_back({std::move(place), std::move(message)});
    }

private:
    Loaded<T> const& loaded_;
    Diagnostics& findings_;
};

/// "did you mean 'erp'?" or the whole list.
inline std::string known_names(std::string_view name, std::vector<std::string> const& names, std::string_view what,
                        std::string_view where) {
    if (auto const nearest = nearest_word(name, names); !nearest.empty())
        return fmt::format("did you mean '{}'?", nearest);
    if (names.empty()) return fmt::format("there is no {} yet; {}", what, where);
    return fmt::format("there are: {}; {}", fmt::join(names, ", "), where);
}

template <class T>
std::vector<std::string> names_of(std::vector<T> const& list) {
    std::vector<std::string> names;
    for (auto const& item : list)
        names.push_back(item.name);
    return names;
}

/// On some day, for some usage, both would hold.
bool overlap(auto const& left, auto const& right) {
    bool const usage = left.usage == IdentifierUsage::both || right.usage == IdentifierUsage::both || left.usage == right.usage;
    return usage && (left.until.empty() || right.from.empty() || right.from <= left.until) &&
           (right.until.empty() || left.from.empty() || left.from <= right.until);
}

/// A day from after which it ends.
template <class T>
void check_days(Check<T>& check, auto const& identifier, std::string const& path) {
    if (!identifier.from.empty() && !identifier.until.empty() && identifier.until < identifier.from)
        check.report(path + ".until", "PARTNER-0007", fmt::format("it ends on {} and begins on {}", identifier.until, identifier.from),
                     "the last day must not be before the first", identifier.until);
}

} // namespace wharf::partner
