#include "document/arithmetic.hpp"

#include "base/decimal.hpp"
#include "base/embedded.hpp"
#include "base/invoice_sum.hpp"
#include "diagnostic/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::document {

namespace {

using Role = InvoiceSum::Role;
using Level = InvoiceSum::Level;

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

/// False: the line cannot be computed.
bool add_line(InvoiceSum& sum, json::Value const& line) {
    auto const quantity = number(line, "quantity");
    auto const price = number(line, "unit_price");
    auto basis = line.string("price_basis");
    if (basis.starts_with("x12:"))
        basis.remove_prefix(4);
    else if (!basis.empty() && (basis = code_of(basis)).empty())
        return false;
    return quantity && price && sum.add_line(*quantity, *price, basis);
}

bool counts(json::Value const& charge) {
    auto const kind = charge.string("kind");
    auto const settlement = charge.string("settlement");
    return (kind == "allowance" || kind == "charge") &&
           (settlement.empty() || settlement == "off_invoice" || settlement == "paid_by_customer");
}

void add_taxes(InvoiceSum& sum, json::Value const& owner, Level level) {
    auto const* taxes = owner.find("taxes");
    if (taxes == nullptr)
        return;
    for (auto const& tax : taxes->items())
        if (auto const amount = number(tax, "amount"))
            sum.add(Role::tax, level, *amount);
}

/// False: a charge cannot be computed.
bool add_charges(InvoiceSum& sum, json::Value const& owner, Level level) {
    auto const* charges = owner.find("charges");
    if (charges == nullptr)
        return true;
    for (auto const& charge : charges->items()) {
        if (!counts(charge))
            continue;
        auto amount = number(charge, "amount");
        if (!amount) {
            auto const rate = number(charge, "rate");
            auto const quantity = number(charge, "quantity");
            if (!rate || !quantity)
                return false; // a percentage, and X12 does not say of what
            amount = *rate * *quantity;
        }
        bool const is_tax = charge.string("code") == "tax";
        sum.add(is_tax ? Role::charged_tax : Role::charge, level, charge.string("kind") == "allowance" ? -*amount : *amount);
        add_taxes(sum, charge, level);
    }
    return true;
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

    InvoiceSum sum;
    for (auto const& line : lines->items()) {
        if (!add_line(sum, line) || !add_charges(sum, line, Level::line))
            return {};
        add_taxes(sum, line, Level::line);
    }
    if (!add_charges(sum, invoice, Level::summary))
        return {};
    add_taxes(sum, invoice, Level::summary);
    if (sum.fits(*stated))
        return {};

    auto diagnostic = make_diagnostic(
        "DOC-0101",
        fmt::format("the invoice does not add up: {}, but totals.amount says {}", sum.written_out(*stated), stated->text()),
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
