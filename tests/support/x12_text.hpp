// X12 text for tests: an envelope around the body under test.
#pragma once

#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::test {

inline std::string isa(std::string_view control_number = "000000901", char usage = 'P', std::string_view version = "00401") {
    return fmt::format("ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250602*1403*{}*{}*{}*0*{}*>~",
                       version > "00401" ? '^' : 'U', version, control_number, usage);
}

/// ISA12 for a group of this release: as new as the group, so that nobody has to say it is newer.
inline std::string_view version_for(std::string_view release) {
    constexpr std::string_view newer[] = {"00402", "00403", "00405", "00406", "00501", "00502", "00505", "00601", "00604", "00701", "00704"};
    for (auto const version : newer)
        if (release.starts_with(version))
            return version;
    return "00401";
}

/// The body (segments between ST and SE, each with its terminator) as a set with right counts.
inline std::string set(std::string_view id, std::string_view body, std::string_view control_number = "0001") {
    unsigned segments = 2;
    for (char const c : body)
        segments += c == '~' ? 1 : 0;
    return fmt::format("ST*{}*{}~{}SE*{}*{}~", id, control_number, body, segments, control_number);
}

/// Sets in one group in one interchange, with right counts.
inline std::string interchange(std::string_view functional_id, std::vector<std::string> const& sets,
                               std::string_view release = "004010", std::string_view group_number = "77") {
    auto const date = release < "004010" ? "250602" : "20250602"; // GS04
    std::string text = isa("000000901", 'P', version_for(release)) +
                       fmt::format("GS*{}*SENDER*RECEIVER*{}*1403*{}*X*{}~", functional_id, date, group_number, release);
    for (auto const& one : sets)
        text += one;
    return text + fmt::format("GE*{}*{}~IEA*1*000000901~", sets.size(), group_number);
}

inline std::string const small_850 = "BEG*00*SA*4711**20250602~N1*ST*ACME STORES*92*0107~PO1*1*10*EA*12.50**UP*012345678905~CTT*1~";
inline std::string const small_810 = "BIG*20250602*INV1**4711~IT1*1*10*EA*12.50**UP*012345678905~TDS*12500~";

} // namespace wharf::test
