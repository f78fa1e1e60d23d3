#include "document/arithmetic.hpp"

#include "base/decimal.hpp"
#include "base/embedded.hpp"
#include "diagnostic/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::document {

namespace {

// What a term of the sum is, so that it can be left out where a habit says it is only a repetition.
enum class Role { line, line_charge, summary_charge, charged_tax, tax };

struct Term {
    Role role;
    Decimal amount; // signed by its effect
};

struct Sum {
    std::vector<Term> terms;
    unsigned rounded = 0; // amounts that were not whole cents
    bool computable = true;
};

Decimal cents(Sum& sum, Decimal const& amount) {
    auto rounded = amount.rounded(2);
    if (rounded != amount)
        ++sum.rounded;
    return rounded + *Decimal::implied("0", 2); // two decimals in print
}

/// A number small enough that products of two stay exact.
std::optional<Decimal> number(json::Value const& object, std::string_view member) {
    auto const text = object.string(member);
    if (text.empty() || text.size() > 18)
        return std::nullopt;
    return Decimal::parse(text);
}

/// The X12 code (element 639) of a word of the shipped table; empty when it has none.
std::string_view code_of(std::string_view word) {
    auto rest = embedded_file("translators/tables/price_basis.csv").value_or(std::string_view());
    while (!rest.empty()) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.size() > word.size() && line.starts_with(word) && line[word.size()] == ',') {
            line.remove_prefix(word.size() + 1);
            return line.substr(0, line.find_first_of(",\r"));
        }
    }
    return {};
}

/// What a price is divided by; nothing for prices that need a weight or are not understood.
std::optional<Decimal> divisor_inverse(std::string_view basis) {
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
    if (basis.empty())
        return Decimal::parse("1");
    basis = basis.starts_with("x12:") ? basis.substr(4) : code_of(basis);
    for (auto const& row : rows)
        for (std::size_t i = 0; i + 2 <= row.codes.size(); i += 3)
            if (row.codes.substr(i, 2) == basis)
                return Decimal::parse(row.inverse);
    return std::nullopt;
}

void add_line(Sum& sum, json::Value const& line) {
    auto const quantity = number(line, "quantity");
    auto const price = number(line, "unit_price");
    auto const inverse = divisor_inverse(line.string("price_basis"));
    if (!quantity || !price || !inverse) {
        sum.computable = false;
        return;
    }
    auto const value = *quantity * *price;
    auto const divided = *inverse == *Decimal::parse("1") ? value : value.rounded(6) * *inverse;
    sum.terms.push_back({Role::line, cents(sum, divided)});
}

bool counts(json::Value const& charge) {
    auto const kind = charge.string("kind");
    auto const settlement = charge.string("settlement");
    return (kind == "allowance" || kind == "charge") &&
           (settlement.empty() || settlement == "off_invoice" || settlement == "paid_by_customer");
}

void add_taxes(Sum& sum, json::Value const& owner) {
    auto const* taxes = owner.find("taxes");
    if (taxes == nullptr)
        return;
    for (auto const& tax : taxes->items())
        if (auto const amount = number(tax, "amount"))
            sum.terms.push_back({Role::tax, cents(sum, *amount)});
}

void add_charges(Sum& sum, json::Value const& owner, Role role) {
    auto const* charges = owner.find("charges");
    if (charges == nullptr)
        return;
    for (auto const& charge : charges->items()) {
        if (!counts(charge))
            continue;
        auto amount = number(charge, "amount");
        if (!amount) {
            auto const rate = number(charge, "rate");
            auto const quantity = number(charge, "quantity");
            if (!rate || !quantity) {
                sum.computable = false; // a percentage, and X12 does not say of what
                return;
            }
            amount = *rate * *quantity;
        }
        bool const is_tax = charge.string("code") == "tax";
        auto const effect = charge.string("kind") == "allowance" ? -*amount : *amount;
        sum.terms.push_back({is_tax ? Role::charged_tax : role, cents(sum, effect)});
        add_taxes(sum, charge);
    }
}

Decimal total_without(Sum const& sum, Role left_out) {
    auto total = *Decimal::implied("0", 2);
    for (auto const& term : sum.terms)
        if (term.role != left_out)
            total = total + term.amount;
    return total;
}

bool has(Sum const& sum, Role role) {
    for (auto const& term : sum.terms)
        if (term.role == role)
            return true;
    return false;
}

bool within(Decimal const& a, Decimal const& b, unsigned rounded) {
    auto difference = a - b;
    if (difference.is_negative())
        difference = -difference;
    return difference <= *Decimal::implied(fmt::to_string(rounded), 2);
}

/// "125.00 - 12.50 + 20.00 + 9.28 = 141.78"; the middle of a very long sum is left out.
std::string written_out(Sum const& sum, Decimal const& total) {
    constexpr std::size_t most = 24;
    std::string text;
    for (std::size_t i = 0; i < sum.terms.size(); ++i) {
        if (sum.terms.size() > most && i == most / 2) {
            text += " + …";
            i = sum.terms.size() - most / 2;
        }
        auto const& amount = sum.terms[i].amount;
        if (text.empty())
            text = amount.text();
        else
            text += (amount.is_negative() ? " - " + (-amount).text() : " + " + amount.text());
    }
    return text + " = " + total.text();
}

} // namespace

Diagnostics check_invoice_arithmetic(json::Value const& invoice) {
    auto const* totals = invoice.find("totals");
    auto const* lines = invoice.find("lines");
    if (totals == nullptr || lines == nullptr || lines->items().empty())
        return {};
    auto const stated = number(*totals, "amount");
    if (!stated)
        return {};

    Sum sum;
    for (auto const& line : lines->items()) {
        add_line(sum, line);
        add_charges(sum, line, Role::line_charge);
        add_taxes(sum, line);
        if (!sum.computable)
            return {};
    }
    add_charges(sum, invoice, Role::summary_charge);
    add_taxes(sum, invoice);
    if (!sum.computable)
        return {};

    auto total = *Decimal::implied("0", 2);
    for (auto const& term : sum.terms)
        total = total + term.amount;
    if (within(total, *stated, sum.rounded))
        return {};
    if (has(sum, Role::line_charge) && within(total_without(sum, Role::summary_charge), *stated, sum.rounded))
        return {};
    if (has(sum, Role::tax) && has(sum, Role::charged_tax) &&
        (within(total_without(sum, Role::charged_tax), *stated, sum.rounded) ||
         within(total_without(sum, Role::tax), *stated, sum.rounded)))
        return {};

    auto diagnostic = make_diagnostic(
        "DOC-0101",
        fmt::format("the invoice does not add up: {}, but totals.amount says {}", written_out(sum, total), stated->text()),
        "the invoice was taken and passed on; compare it with the order before it is paid, and ask the sender which of "
        "lines, charges, taxes and total is wrong");
    diagnostic.place.transaction_set = "810";
    diagnostic.place.path = "/totals/amount";
    diagnostic.value = stated->text();
    return {diagnostic};
}

bool derive_absolute_amount(json::Value& invoice) {
    auto* totals = invoice.find("totals");
    if (totals == nullptr)
        return false;
    auto const amount = Decimal::parse(totals->string("amount"));
    if (!amount)
        return false;
    totals->set("absolute_amount", (amount->is_negative() ? -*amount : *amount).text());
    return true;
}

} // namespace wharf::document
