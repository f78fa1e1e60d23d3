// The examples of src/diagnostic/codes as whole files: what `wharf lint` can be given.
#pragma once

#include "support/x12_text.hpp"

#include <fmt/format.h>
#include <string>
#include <string_view>

namespace wharf::test {

struct CodeExample {
    std::string x12;
    std::string guide; // the file that --guide names; empty: the standard alone
};

inline std::size_t segments_called(std::string_view id, std::string_view text) {
    std::size_t count = text.starts_with(id) ? 1 : 0;
    for (auto at = text.find(id); at != std::string_view::npos; at = text.find(id, at + 1))
        count += at != 0 && (text[at - 1] == '\n' || text[at - 1] == '~') ? 1 : 0;
    return count;
}

inline std::string group_of(std::string_view sets, std::string_view trailer = {}) {
    auto const kind = sets.starts_with("ST*997") ? "FA" : sets.starts_with("ST*810") ? "IN" : "PO";
    auto text = fmt::format("{}GS*{}*SENDER*RECEIVER*20250602*1403*77*X*004010~\n{}\n", isa(), kind, sets);
    return text + (trailer.empty() ? fmt::format("GE*{}*77~", segments_called("ST*", sets)) : std::string(trailer)) + "IEA*1*000000901~";
}

/// An example is a whole file, some segments of an envelope, sets, or segments that are put where sets have them.
inline std::string around(std::string const& example) {
    auto const small = set("850", small_850);
    if (example.starts_with("IEA"))
        return isa() + "GS*PO*SENDER*RECEIVER*20250602*1403*77*X*004010~" + small + "GE*1*77~" + example;
    if (example.starts_with("UN") || example.find("IEA*") != std::string::npos || (example.starts_with("ISA") && example.find("GS*") != std::string::npos))
        return example;
    if (example.starts_with("ISA") && example.size() > 60)
        return example + interchange("PO", {small}).substr(isa().size());
    if (example.starts_with("ISA"))
        return example;
    if (example.starts_with("GS") || example.starts_with("TA1"))
        return fmt::format("{}{}\nIEA*{}*000000901~", isa(), example, segments_called("GS*", example));
    if (example.starts_with("GE"))
        return group_of(small, example);
    if (example.starts_with("ST*"))
        return group_of(example);
    std::string const head = "BEG*00*SA*4711**20250602~";
    if (example.starts_with("IT1"))
        return interchange("IN", {set("810", "BIG*20250602*INV1~" + example + "TDS*1~")});
    if (example.starts_with("BSN"))
        return interchange("SH", {set("856", example)});
    if (example.starts_with("BEG"))
        return interchange("PO", {set("850", example + (example.find("PO1") == std::string::npos ? "PO1~" : ""))});
    return interchange("PO", {set("850", head + example + "PO1~")});
}

/// Rows of a guide, a line `---`, and what is held against them; or what is held against the standard.
inline CodeExample code_example(std::string const& example) {
    auto const cut = example.find("\n---\n");
    if (cut == std::string::npos)
        return {around(example), {}};
    auto const data = example.substr(cut + 5);
    return {around(data), fmt::format("guide example \"Example\"\nnarrows {} of 004010\n{}\n", data.starts_with("BSN") ? "856" : "850", example.substr(0, cut))};
}

} // namespace wharf::test
