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

void InvoiceSum::add(Role role, Decimal const& amount) {
    auto const cents = amount.rounded(2);
    if (cents != amount)
        ++rounded_;
    terms_.push_back({role, cents + *Decimal::implied("0", 2)}); // two decimals in print
}

bool InvoiceSum::add_line(Decimal const& quantity, Decimal const& price, std::string_view basis) {
    auto const inverse = price_basis_inverse(basis);
    if (!inverse)
        return false;
    auto const value = quantity * price;
    add(Role::line, *inverse == *Decimal::parse("1") ? value : value.rounded(6) * *inverse);
    return true;
}

Decimal InvoiceSum::total() const {
    auto total = *Decimal::implied("0", 2);
    for (auto const& term : terms_)
        total = total + term.amount;
    return total;
}

Decimal InvoiceSum::total_without(Role left_out) const {
    auto total = *Decimal::implied("0", 2);
    for (auto const& term : terms_)
        if (term.role != left_out)
            total = total + term.amount;
    return total;
}

bool InvoiceSum::has(Role role) const {
    return std::ranges::any_of(terms_, [&](Term const& term) { return term.role == role; });
}

bool InvoiceSum::within(Decimal const& sum, Decimal const& stated) const {
    auto difference = sum - stated;
    if (difference.is_negative())
        difference = -difference;
    return difference <= *Decimal::implied(fmt::to_string(rounded_), 2);
}

bool InvoiceSum::fits_unsigned(Decimal const& stated) const {
    if (within(total(), stated))
        return true;
    if (has(Role::line_charge) && within(total_without(Role::summary_charge), stated))
        return true;
    return has(Role::tax) && has(Role::charged_tax) &&
           (within(total_without(Role::charged_tax), stated) || within(total_without(Role::tax), stated));
}

bool InvoiceSum::fits(Decimal const& stated) const { return fits_unsigned(stated) || fits_unsigned(-stated); }

std::string InvoiceSum::written_out() const {
    constexpr std::size_t most = 24;
    std::string text;
    for (std::size_t i = 0; i < terms_.size(); ++i) {
        if (terms_.size() > most && i == most / 2) {
            text += " + …";
            i = terms_.size() - most / 2;
        }
        auto const& amount = terms_[i].amount;
        if (text.empty())
            text = amount.text();
        else
            text += (amount.is_negative() ? " - " + (-amount).text() : " + " + amount.text());
    }
    return text + " = " + total().text();
}

} // namespace wharf
