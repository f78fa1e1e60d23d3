// What loading keeps beside the values until the checks across files are done. Internal to partner/.
#pragma once

#include "partner/field.hpp"

#include <memory>
#include <string>
#include <vector>

namespace wharf::partner {

/// One file's values and where each was set.
template <class T>
struct Loaded {
    T value;
    Origins origins;
    std::shared_ptr<TextSource const> source;

    /// The place of a value; of the nearest mapping around it, or the file's beginning, when it was not set.
    [[nodiscard]] Origin origin(std::string path) const {
        for (;;) {
            if (auto const found = origins.find(path); found != origins.end() && found->second.source)
                return found->second;
            auto const cut = path.find_last_of(".[");
            if (cut == std::string::npos) return {source, {}, {}};
            path.resize(cut);
        }
    }
};

struct LoadedConfiguration {
    Loaded<GatewayConfiguration> gateway;
    std::vector<Loaded<PartnerProfile>> partners;
    std::vector<Loaded<Channel>> channels;
    std::vector<Loaded<CalendarFile>> calendars;
};

/// Fills what files may leave out because something else says it: identity, document and set, poll interval.
void fill_in(LoadedConfiguration& loaded, Diagnostics& findings);
/// Everything that one field alone cannot tell. Findings are appended.
void check_gateway(LoadedConfiguration const& loaded, Diagnostics& findings);
void check_partners(LoadedConfiguration const& loaded, Diagnostics& findings);
void check_channels(LoadedConfiguration const& loaded, Diagnostics& findings);
void check_as2(LoadedConfiguration const& loaded, Certificates certificates, Diagnostics& findings);
/// Channel::timetable of those that have a schedule, and what is wrong with it.
void make_timetables(LoadedConfiguration& loaded, Diagnostics& findings);
/// Resolves every secret once and looks for every key file, to say now what would fail later. Not of form alone.
void check_secrets(LoadedConfiguration const& loaded, SecretCheck how, Diagnostics& findings);

} // namespace wharf::partner
