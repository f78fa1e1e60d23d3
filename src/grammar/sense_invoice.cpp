#include "grammar/sense_invoice.hpp"

#include "base/invoice_sum.hpp"
#include "grammar/small_number.hpp"
#include "grammar/stated_totals.hpp"

#include <array>
#include <fmt/format.h>
#include <optional>

namespace wharf::grammar {
namespace {

using Role = InvoiceSum::Role;
using Level = InvoiceSum::Level;

constexpr std::array<std::int64_t, 19> powers = [] {
    std::array<std::int64_t, 19> all{};
    std::int64_t power = 1;
    for (auto& one : all) {
        one = power;
        power = power < 1'000'000'000'000'000'000 ? power * 10 : power;
    }
    return all;
}();

/// digits * 10^-scale in cents, rounded half away from zero; |digits| below 10^16, scale at most 18.
std::int64_t to_cents(std::int64_t digits, unsigned scale) {
    if (scale <= 2)
        return digits * powers[2 - scale];
    auto const divisor = powers[scale - 2];
    auto const half = divisor / 2;
    return (digits >= 0 ? digits + half : digits - half) / divisor;
}

/// SAC12, G7202: whether the customer settles it with this invoice.
enum class Settlement { counts, does_not, unclear };
Settlement settlement_of(std::string_view code) {
    if (code.empty() || code == "02" || code == "06")
        return Settlement::counts;
    for (auto const known : {"01", "03", "04", "05", "07", "09", "10", "11", "12", "13", "15", "18", "20", "21", "25"})
        if (code == known)
            return Settlement::does_not;
    return Settlement::unclear; // 08, CA, CC, PP, ZZ, and what is no code at all
}

/// A number small enough that products of two stay exact.
std::optional<Decimal> number(std::string_view text) {
    return text.empty() || text.size() > 18 ? std::nullopt : Decimal::parse(text);
}

/// How the parts are read whose effect differs from sender to sender.
struct Reading {
    bool with_unclear = false;  // charges with an unclear settlement
    bool with_sublines = false; // charges below SLN
    bool subtract = false;      // 880: all of G72 lowers the sum, whatever its sign
};

/// Adds up one set by one reading; nothing when it cannot be computed.
class Adder {
public:
    Adder(SenseInput const& input, Reading reading) : input_(input), reading_(reading) {}

    std::optional<InvoiceSum> add_up() {
        for (std::size_t i = 0; i < input_.set.size(); ++i)
            if (input_.has_look(i, look_invoice) && !add(input_.plan.parts[input_.nodes[i]], input_.set[i]))
                return std::nullopt;
        return std::move(sum_);
    }
    [[nodiscard]] bool saw_unclear() const { return saw_unclear_; }
    [[nodiscard]] bool saw_sublines() const { return saw_sublines_; }
    [[nodiscard]] bool saw_grocery_charges() const { return saw_grocery_charges_; }
    [[nodiscard]] bool saw_lines() const { return saw_lines_; }

private:
    bool add(InvoicePart part, x12::SegmentView const& segment) {
        switch (part) {
        case InvoicePart::line:
            return add_line(segment.element(2), segment.element(4), segment.element(5));
        case InvoicePart::grocery_line:
            return add_line(segment.element(1), segment.element(3), {});
        case InvoicePart::line_charge:
            return add_charge(segment, Level::line);
        case InvoicePart::summary_charge:
            return add_charge(segment, Level::summary);
        case InvoicePart::subline_charge:
            saw_sublines_ = true;
            return !reading_.with_sublines || add_charge(segment, Level::line);
        case InvoicePart::line_tax:
            return add_tax(segment, Level::line);
        case InvoicePart::summary_tax:
            return add_tax(segment, Level::summary);
        case InvoicePart::grocery_charge:
            return add_grocery_charge(segment);
        case InvoicePart::not_computable:
            return false;
        default:
            return true;
        }
    }

    bool add_line(std::string_view quantity, std::string_view price, std::string_view basis) {
        saw_lines_ = true;
        auto const a = number(quantity);
        auto const b = number(price);
        return a && b && sum_.add_line(*a, *b, basis); // IT104 may be blank: not computable
    }

    bool is_settled(std::string_view code) {
        auto const settlement = settlement_of(code);
        saw_unclear_ = saw_unclear_ || settlement == Settlement::unclear;
        return settlement == Settlement::counts || (settlement == Settlement::unclear && reading_.with_unclear);
    }

    bool add_charge(x12::SegmentView const& sac, Level level) {
        auto const indicator = sac.element(1);
        if ((indicator != "A" && indicator != "C") || !is_settled(sac.element(12)))
            return true; // N, S, P, bill-backs
        std::optional<Decimal> amount;
        if (auto const text = sac.element(5); !text.empty()) {
            amount = Decimal::implied(text, 2);
        } else {
            auto const rate = number(sac.element(8));
            auto const quantity = number(sac.element(10));
            if (rate && quantity)
                amount = *rate * *quantity;
        }
        if (!amount)
            return false; // a percentage, and X12 does not say of what
        sum_.add(is_tax(sac.element(2)) ? Role::charged_tax : Role::charge, level, indicator == "A" ? -*amount : *amount);
        return true;
    }

    /// A code of element 1300 whose name begins with "Tax".
    bool is_tax(std::string_view code) const {
        auto const* codes = input_.schema.dictionary().codes("1300");
        auto const meaning = codes != nullptr && !code.empty() ? codes->find(code) : std::nullopt;
        return meaning && meaning->starts_with("Tax");
    }

    bool add_tax(x12::SegmentView const& txi, Level level) {
        auto const relation = txi.element(7);
        if (relation == "I" || relation == "O")
            return true; // included in the prices, or for information
        auto const amount = number(txi.element(2));
        if (!amount)
            return txi.element(2).empty() && txi.element(3).empty(); // a percentage alone: of what?
        sum_.add(Role::tax, level, *amount);
        return true;
    }

    bool add_grocery_charge(x12::SegmentView const& g72) {
        if (!is_settled(g72.element(2)))
            return true;
        std::optional<Decimal> amount;
        if (auto const text = g72.element(8); !text.empty()) {
            amount = Decimal::implied(text, 2);
        } else {
            auto const rate = number(g72.element(5));
            auto const quantity = number(g72.element(6));
            if (rate && quantity)
                amount = *rate * *quantity;
        }
        if (!amount)
            return false;
        saw_grocery_charges_ = true;
        if (reading_.subtract)
            amount = amount->is_negative() ? *amount : -*amount;
        sum_.add(Role::charge, Level::summary, *amount);
        return true;
    }

    SenseInput const& input_;
    Reading reading_;
    InvoiceSum sum_;
    bool saw_unclear_ = false;
    bool saw_sublines_ = false;
    bool saw_grocery_charges_ = false;
    bool saw_lines_ = false;
};

} // namespace

void QuickSum::add(InvoicePart part, std::size_t index, x12::SegmentView const& segment) {
    auto const add_product = [&](std::string_view quantity, std::string_view price) {
        SmallNumber a;
        SmallNumber b;
        if (!read_small(quantity, a) || !read_small(price, b)) {
            look_again = true;
            return;
        }
        cents += to_cents(a.digits * b.digits, a.scale + b.scale);
    };
    auto const add_amount = [&](std::string_view text, bool implied, bool subtract) {
        SmallNumber amount;
        if (!read_small(text, amount) || (implied && amount.scale != 0)) {
            look_again = true;
            return;
        }
        auto const value = implied ? amount.digits : to_cents(amount.digits, amount.scale);
        cents += subtract ? -value : value;
    };
    switch (part) {
    case InvoicePart::line:
        if (auto const basis = segment.element(5); !basis.empty() && basis != "PE" && basis != "UM" && basis != "CA" && basis != "CT" && basis != "TE")
            look_again = true;
        else
            add_product(segment.element(2), segment.element(4));
        break;
    case InvoicePart::grocery_line:
        add_product(segment.element(1), segment.element(3));
        break;
    case InvoicePart::line_charge:
    case InvoicePart::summary_charge:
        if (auto const indicator = segment.element(1); indicator == "A" || indicator == "C")
            if (settlement_of(segment.element(12)) == Settlement::counts)
                add_amount(segment.element(5), true, indicator == "A");
        break;
    case InvoicePart::line_tax:
    case InvoicePart::summary_tax:
        if (auto const relation = segment.element(7); relation != "I" && relation != "O")
            add_amount(segment.element(2), false, false);
        break;
    case InvoicePart::total:
    case InvoicePart::grocery_total:
        total = index;
        break;
    case InvoicePart::grocery_charge:
    case InvoicePart::not_computable:
        look_again = true;
        break;
    case InvoicePart::subline_charge:
    case InvoicePart::none:
        break;
    }
}

bool QuickSum::is_right(x12::SegmentView const& total_segment) const {
    SmallNumber stated;
    return !look_again && read_small(total_segment.element(1), stated) && stated.scale == 0 && stated.digits == cents;
}

std::optional<Decimal> sum_of_invoice(Schema const& schema, x12::SegmentList const& set, std::vector<NodeIndex> const& nodes) {
    SensePlan const plan(schema);
    SetContext const context;
    Diagnostics none;
    Findings findings(schema, set, context, 0, none);
    SenseInput const input{schema, plan, set, nodes, findings};
    auto const sum = Adder(input, {}).add_up();
    return sum ? std::optional(sum->sum()) : std::nullopt;
}

void check_invoice(SenseInput const& input, std::size_t total) {
    auto const text = input.set[total].element(1);
    auto const stated = text.size() > 18 ? std::nullopt : Decimal::implied(text, 2);
    if (!stated)
        return;
    Adder plain(input, {});
    auto const sum = plain.add_up();
    if (!sum || !plain.saw_lines() || sum->fits(*stated))
        return;
    for (unsigned reading = 1; reading < 8; ++reading) {
        Reading const other{(reading & 1) != 0, (reading & 2) != 0, (reading & 4) != 0};
        if ((other.with_unclear && !plain.saw_unclear()) || (other.with_sublines && !plain.saw_sublines()) ||
            (other.subtract && !plain.saw_grocery_charges()))
            continue;
        if (auto const again = Adder(input, other).add_up(); !again || again->fits(*stated))
            return;
    }
    auto const segment = input.set[total];
    input.findings.add_if_new(input.at("X12-0404", total, 1,
                                fmt::format("the invoice does not add up: {}, but {}01 says {}", sum->written_out(*stated), segment.id(), stated->text()),
                                "Compare it with the order before it is paid, and ask the sender which of lines, charges, taxes and total is wrong."));
}

} // namespace wharf::grammar
