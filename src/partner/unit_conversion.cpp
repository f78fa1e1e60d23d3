#include "partner/unit_conversion.hpp"

#include "base/decimal.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::partner {
namespace {

Decimal rounded(Decimal const& value, UnitConversion const& conversion) {
    if (conversion.rounding == Rounding::none) return value;
    auto const nearest = value.rounded(conversion.decimals);
    if (conversion.rounding == Rounding::nearest) return nearest;
    auto const size = [](Decimal const& one) { return one.is_negative() ? -one : one; };
    auto step = *Decimal::parse(conversion.decimals == 0 ? "1" : "0." + std::string(conversion.decimals - 1, '0') + "1");
    if (value.is_negative()) step = -step;
    bool const away = conversion.rounding == Rounding::up;
    if (size(nearest) < size(value) && away) return nearest + step;
    if (size(nearest) > size(value) && !away) return nearest - step;
    return nearest;
}

bool names(UnitConversion const& conversion, json::Value const& line) {
    auto const* const items = line.find("items");
    return items != nullptr && items->is_array() && std::ranges::any_of(items->items(), [&](json::Value const& item) {
        return std::ranges::find(conversion.items, item.string("value")) != conversion.items.end();
    });
}

UnitConversion const* conversion_for(json::Value const& line, PartnerProfile const& profile) {
    auto const unit = line.string("unit");
    UnitConversion const* general = nullptr;
    for (auto const& one : profile.unit_conversions) {
        if (one.from != unit) continue;
        if (one.items.empty())
            general = general ? general : &one;
        else if (names(one, line))
            return &one;
    }
    return general;
}

bool convert_line(json::Value& line, PartnerProfile const& profile) {
    auto const quantity = Decimal::parse(line.string("quantity"));
    auto const* const conversion = quantity ? conversion_for(line, profile) : nullptr;
    if (conversion == nullptr) return false;
    auto const product = *quantity * *Decimal::parse(conversion->factor);
    auto const whole = rounded(product, *conversion);
    json::Value converted{json::Object{}};
    converted.set("quantity", whole.text());
    converted.set("unit", conversion->to);
    converted.set("factor", Decimal::parse(conversion->factor)->text());
    converted.set("rounded", json::Value(!(whole == product)));
    line.set("converted", std::move(converted));
    return true;
}

} // namespace

bool convert_units(json::Value& document, PartnerProfile const& profile) {
    if (profile.unit_conversions.empty()) return false;
    bool any = false;
    for (std::string_view const list : std::array{"lines", "shipped_lines"})
        if (auto* const lines = document.find(list); lines != nullptr && lines->is_array())
            for (auto& line : lines->items())
                any = convert_line(line, profile) || any;
    return any;
}

} // namespace wharf::partner
