#include "base/invoice_sum.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace wharf {

std::optional<Decimal> price_basis_inverse(std::string_view code) {
    struct Row {
        std::string_view codes;
        std::string_view inverse;
    };
    // Element 639: per hundred, thousand, dozen, ten, and the bases that mean "per unit of the line".
    static constexpr std::array rows = {
        Row{"HP QH LC RC TC WC", "0.01"},
        Row{"TP LM QS RM TM", "0.001"},
        Row{"PD LD RD TD WD", "0.083333333333"},
        Row{"PN", "0.1"},
        Row{"PE UM CA CT TE", "1"},
    };
    if (code.empty())
        return Decimal::parse("1");
    for (auto const& row : rows)
        for (std::size_t i = 0; i + 2 <= row.codes.size(); i += 3)
            if (row.codes.substr(i, 2) == code)
                return Decimal::parse(row.inverse);
    return std::nullopt;
}

bool InvoiceSum::Reading::counts(Term const& term) const {
    return (!without_level || term.level != level || term.role == Role::goods) && (!without_tax || term.role != tax);
}

void InvoiceSum::add(Role role, Level level, Decimal const& amount) {
    auto const cents = amount.rounded(2);
    if (cents != amount)
        ++rounded_;
    terms_.push_back({role, level, cents + *Decimal::implied("0", 2)}); // two decimals in print
}

bool InvoiceSum::add_line(Decimal const& quantity, Decimal const& price, std::string_view basis) {
    auto const inverse = price_basis_inverse(basis);
    if (!inverse)
        return false;
    auto const value = quantity * price;
    add(Role::goods, Level::line, *inverse == *Decimal::parse("1") ? value : value.rounded(6) * *inverse);
    return true;
}

std::vector<InvoiceSum::Reading> InvoiceSum::readings() const {
    auto const has = [&](auto const& is_meant) { return std::ranges::any_of(terms_, is_meant); };
    bool const with_lines = has([](Term const& term) { return term.role != Role::goods && term.level == Level::line; });
    bool const with_summary = has([](Term const& term) { return term.role != Role::goods && term.level == Level::summary; });
    bool const taxed_twice = has([](Term const& term) { return term.role == Role::tax; }) &&
                             has([](Term const& term) { return term.role == Role::charged_tax; });
    std::vector<Reading> all;
    for (unsigned i = 0; i < 9; ++i) {
        auto const restated = i % 3;
        auto const taxes = i / 3;
        if ((restated != 0 && !(with_lines && with_summary)) || (taxes != 0 && !taxed_twice))
            continue;
        all.push_back({restated != 0, restated == 2 ? Level::line : Level::summary, taxes != 0, taxes == 2 ? Role::tax : Role::charged_tax});
    }
    return all;
}

Decimal InvoiceSum::total(Reading const& reading) const {
    auto total = *Decimal::implied("0", 2);
    for (auto const& term : terms_)
        if (reading.counts(term))
            total = total + term.amount;
    return total;
}

namespace {

Decimal distance(Decimal const& a, Decimal const& b) {
    auto const difference = a - b;
    return difference.is_negative() ? -difference : difference;
}

} // namespace

bool InvoiceSum::fits(Decimal const& stated) const {
    auto const allowed = *Decimal::implied(fmt::to_string(rounded_), 2);
    return std::ranges::any_of(readings(), [&](Reading const& reading) {
        auto const sum = total(reading);
        return distance(sum, stated) <= allowed || distance(sum, -stated) <= allowed;
    });
}

std::string InvoiceSum::written_out(Decimal const& stated) const {
    auto const all = readings();
    auto const nearest = *std::ranges::min_element(all, {}, [&](Reading const& reading) { return distance(total(reading), stated); });
    std::vector<Decimal> amounts;
    for (auto const& term : terms_)
        if (nearest.counts(term))
            amounts.push_back(term.amount);
    constexpr std::size_t most = 24;
    std::string text;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        if (amounts.size() > most && i == most / 2) {
            text += " + …";
            i = amounts.size() - most / 2;
        }
        if (text.empty())
            text = amounts[i].text();
        else
            text += (amounts[i].is_negative() ? " - " + (-amounts[i]).text() : " + " + amounts[i].text());
    }
    return amounts.size() == 1 ? "its lines come to " + text : text + " = " + total(nearest).text();
}

} // namespace wharf
