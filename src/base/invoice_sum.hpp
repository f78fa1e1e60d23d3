// The arithmetic of an invoice, whatever it is written in: lines, less allowances, plus charges, plus taxes, against a total.
//
// Owns nothing but its amounts; one thread. Callers decide what counts (reference: docs/gateway.md, "Invoices that do not add
// up"); here is how it is added, rounded, compared and written out.
#pragma once

#include "base/decimal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf {

/// 1/divisor of a price by its basis (X12 element 639): 0.01 for a price per hundred, 1 for a price per unit or none stated.
/// Nothing for prices that need a weight or a length, or whose basis is not understood.
[[nodiscard]] std::optional<Decimal> price_basis_inverse(std::string_view code);

class InvoiceSum {
public:
    enum class Role : std::uint8_t { goods, charge, charged_tax, tax };
    enum class Level : std::uint8_t { line, summary };

    /// Adds an amount signed by its effect, rounded to cents.
    void add(Role role, Level level, Decimal const& amount);
    /// Adds quantity x price / divisor; false (and nothing added) when the basis is not understood.
    [[nodiscard]] bool add_line(Decimal const& quantity, Decimal const& price, std::string_view basis);

    /// Of all amounts, as they were added.
    [[nodiscard]] Decimal sum() const { return total({}); }
    /// Equal to the total stated, with a cent of difference allowed for each amount that was rounded. Where the plain sum does not
    /// fit, the habits of senders are tried: charges and taxes given with the lines and restated at the end (or the other way round),
    /// taxes sent both as a charge and as a tax, and a credit whose total alone, or whose lines alone, have a sign.
    [[nodiscard]] bool fits(Decimal const& stated) const;
    /// "125.00 - 12.50 + 20.00 + 9.28 = 141.78": the reading that comes nearest to the total stated, the plain one if none is nearer.
    /// The middle of a very long sum is left out; a single amount is "its lines come to 125.00".
    [[nodiscard]] std::string written_out(Decimal const& stated) const;

private:
    struct Term {
        Role role;
        Level level;
        Decimal amount;
    };
    /// What is taken for a repetition and left out.
    struct Reading {
        bool without_level = false; // all but the goods of `level`
        Level level = Level::summary;
        bool without_tax = false; // all of `tax`
        Role tax = Role::tax;

        [[nodiscard]] bool counts(Term const& term) const;
    };
    [[nodiscard]] std::vector<Reading> readings() const; // that this invoice may mean, the plain one first
    [[nodiscard]] Decimal total(Reading const& reading) const;

    std::vector<Term> terms_;
    unsigned rounded_ = 0; // amounts that were not whole cents
};

} // namespace wharf
