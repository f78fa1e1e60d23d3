#include "partner/unit_conversion.hpp"

#include "base/decimal.hpp"
#include "diagnostic/registry.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::partner {
namespace {

constexpr std::ptrdiff_t most_digits = 36; // of a Decimal

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

/// Ours already.
bool is_ours(std::string_view unit, PartnerProfile const& profile) {
    return std::ranges::any_of(profile.unit_conversions, [&](auto const& one) { return one.to == unit; });
}

/// A product of more digits than a Decimal has stops at the largest: it must not be taken for the quantity.
bool overflows(Decimal const& quantity, Decimal const& factor) {
    auto const digits = [](Decimal const& one) { return std::ranges::count_if(one.text(), [](char c) { return c >= '0' && c <= '9'; }); };
    return digits(quantity) + digits(factor) > most_digits;
}

class Converting {
public:
    explicit Converting(PartnerProfile const& profile) : profile_(profile) {}

    void line(json::Value& line, std::string_view list, std::size_t index) {
        auto const quantity = Decimal::parse(line.string("quantity"));
        auto const unit = line.string("unit");
        if (!quantity || unit.empty()) return;
        auto const* const conversion = conversion_for(line, profile_);
        if (conversion == nullptr) {
            if (profile_.other_units != OtherUnits::pass && !is_ours(unit, profile_))
                add(profile_.other_units == OtherUnits::hold ? Severity::error : Severity::warning, list, index,
                    fmt::format("the unit {} of line {} has no conversion", unit, name_of(line, index)),
                    fmt::format("Add one to unit_conversions of partner {}; other_units there says what becomes of such lines.", profile_.id));
            return;
        }
        auto const factor = *Decimal::parse(conversion->factor);
        if (overflows(*quantity, factor)) {
            add(Severity::error, list, index,
                fmt::format("the quantity {} of line {} is too large to convert by {}", quantity->text(), name_of(line, index), conversion->factor),
                "Ask the sender whether it is meant.");
            return;
        }
        auto const product = *quantity * factor;
        auto const whole = rounded(product, *conversion);
        json::Value converted{json::Object{}};
        converted.set("quantity", whole.text());
        converted.set("unit", conversion->to);
        converted.set("factor", factor.text());
        converted.set("rounded", json::Value(!(whole == product)));
        line.set("converted", std::move(converted));
        result_.changed = true;
    }

    [[nodiscard]] ConvertedUnits take() { return std::move(result_); }

private:
    static std::string name_of(json::Value const& line, std::size_t index) {
        auto const number = line.string("line_number");
        return number.empty() ? fmt::format("{}", index + 1) : std::string(number);
    }

    void add(Severity severity, std::string_view list, std::size_t index, std::string message, std::string help) {
        auto finding = make_diagnostic("DOC-0104", std::move(message), std::move(help));
        finding.severity = severity;
        finding.place.path = fmt::format("/{}/{}/unit", list, index);
        result_.findings.push_back(std::move(finding));
    }

    PartnerProfile const& profile_;
    ConvertedUnits result_;
};

} // namespace

ConvertedUnits convert_units(json::Value& document, PartnerProfile const& profile) {
    if (profile.unit_conversions.empty()) return {};
    Converting converting(profile);
    for (std::string_view const name : std::array{"lines", "shipped_lines"}) {
        auto* const lines = document.find(name);
        if (lines == nullptr || !lines->is_array()) continue;
        for (std::size_t i = 0; i < lines->items().size(); ++i)
            converting.line(lines->items()[i], name, i);
    }
    return converting.take();
}

} // namespace wharf::partner
