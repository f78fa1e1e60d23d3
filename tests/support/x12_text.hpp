// X12 text for tests: an envelope around the body under test.
#pragma once

#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::test {

inline std::string isa(std::string_view control_number = "000000901", char usage = 'P') {
    return fmt::format("ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250602*1403*U*00401*{}*0*{}*>~",
                       control_number, usage);
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
    std::string text = isa() + fmt::format("GS*{}*SENDER*RECEIVER*20250602*1403*{}*X*{}~", functional_id, group_number, release);
    for (auto const& one : sets)
        text += one;
    return text + fmt::format("GE*{}*{}~IEA*1*000000901~", sets.size(), group_number);
}

inline std::string const small_850 = "BEG*00*SA*4711**20250602~N1*ST*ACME STORES*92*0107~PO1*1*10*EA*12.50**UP*012345678905~CTT*1~";
inline std::string const small_810 = "BIG*20250602*INV1**4711~IT1*1*10*EA*12.50**UP*012345678905~TDS*12500~";

} // namespace wharf::test
