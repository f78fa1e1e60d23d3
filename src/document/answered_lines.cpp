#include "document/answered_lines.hpp"

#include "base/decimal.hpp"
#include "diagnostic/registry.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace wharf::document {
namespace {

enum class Fate { confirmed, backordered, rejected, on_hold, open };
constexpr std::array<std::string_view, 5> fate_names = {"confirmed", "backordered", "rejected", "on_hold", "open"};

struct Meaning {
    Fate fate = Fate::open;
    std::string_view change; // what else it says of these pieces
    bool attribute = false;  // it says nothing but that
};

Meaning meaning_of(std::string_view status) {
    if (status == "accepted" || status == "accepted_alternate_location" || status == "shipped" || status == "released" ||
        status == "partial_balance_backordered")
        return {Fate::confirmed, {}, false};
    if (status == "quantity_changed") return {Fate::confirmed, "quantity", false};
    if (status == "substituted") return {Fate::confirmed, "item", false};
    if (status == "backordered") return {Fate::backordered, {}, false};
    if (status == "deleted" || status.starts_with("rejected")) return {Fate::rejected, {}, false};
    if (status.starts_with("on_hold")) return {Fate::on_hold, {}, false};
    if (status == "price_changed" || status == "price_pending") return {Fate::confirmed, "price", true};
    if (status == "date_rescheduled" || status == "schedule_pending") return {Fate::confirmed, "date", true};
    if (status == "changed") return {Fate::confirmed, "other", true};
    return {Fate::open, {}, false}; // a word of another list: a person reads it
}

/// What the status of the whole says of a line that is not named. `is_alone`: no line is named at all.
Fate fate_of_absent(std::string_view status, bool is_alone) {
    if (status == "rejected" || status == "rejected_with_detail" || status == "rejected_not_as_agreed" ||
        status == "rejected_industry_practices")
        return is_alone ? Fate::rejected : Fate::open;
    if (status == "on_hold") return Fate::on_hold;
    if (status == "accepted_exceptions_only") return Fate::confirmed; // named is only what differs
    bool const accepts_all = status == "accepted" || status == "accepted_no_detail" || status == "accepted_with_detail" ||
                             status == "product_replenishment";
    return accepts_all && is_alone ? Fate::confirmed : Fate::open;
}

Decimal quantity_of(json::Value const& owner, std::string_view name, Decimal const& otherwise) {
    return Decimal::parse(owner.string(name)).value_or(otherwise);
}

/// "upc|012345678905" of each item.
std::set<std::string> items_of(json::Value const& line) {
    std::set<std::string> items;
    if (auto const* list = line.find("items"))
        for (auto const& item : list->items())
            items.insert(fmt::format("{}|{}", item.string("scheme"), item.string("value")));
    return items;
}

/// Finds the line of the answer for a line of the order: by its number, else by the items that only it has.
class Answers {
public:
    explicit Answers(json::Value const& acknowledgment) {
        auto const* lines = acknowledgment.find("lines");
        if (lines == nullptr) return;
        for (auto const& line : lines->items()) {
            ++count_;
            if (auto const number = line.string("line_number"); !number.empty())
                by_number_[std::string(number)].push_back(&line);
            else
                for (auto const& item : items_of(line))
                    by_item_[item].push_back(&line);
        }
    }
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] std::vector<json::Value const*> of(json::Value const& line) const {
        if (auto const found = by_number_.find(std::string(line.string("line_number"))); found != by_number_.end()) return found->second;
        for (auto const& item : items_of(line))
            if (auto const found = by_item_.find(item); found != by_item_.end()) return found->second;
        return {};
    }

private:
    std::size_t count_ = 0;
    std::map<std::string, std::vector<json::Value const*>> by_number_, by_item_;
};

struct Part {
    json::Value const* response;
    Meaning meaning;
    Decimal quantity;
};

class AnsweredLine {
public:
    explicit AnsweredLine(json::Value const& line) : line_(line), ordered_(quantity_of(line, "quantity", Decimal())) {}

    void answer(std::vector<json::Value const*> const& answers) {
        for (auto const* answer : answers)
            if (auto const* responses = answer->find("responses"))
                for (auto const& response : responses->items())
                    parts_.push_back({&response, meaning_of(response.string("status")), quantity_of(response, "quantity", ordered_)});
        if (parts_.empty()) // named, and nothing said
            return set(Fate::open, ordered_);
        count_parts();
    }
    void by_status(Fate fate) {
        basis_ = fate == Fate::open ? "none" : "absence";
        set(fate, ordered_);
    }

    [[nodiscard]] json::Value value() const {
        json::Value entry{json::Object{}};
        if (auto const number = line_.string("line_number"); !number.empty()) entry.set("order_line_number", number);
        entry.set("quantity", ordered_.text());
        if (auto const unit = line_.string("unit"); !unit.empty()) entry.set("unit", unit);
        for (std::size_t i = 0; i < fates_.size(); ++i)
            if (!fates_[i].is_zero()) entry.set(std::string(fate_names[i]), fates_[i].text());
        if (!changes_.empty()) {
            json::Array changes;
            for (auto const change : changes_)
                changes.emplace_back(change);
            entry.set("changes", std::move(changes));
        }
        entry.set("basis", basis_);
        json::Array parts;
        for (auto const& part : parts_) {
            json::Value one{json::Object{}};
            one.set("status", part.response->string("status"));
            one.set("quantity", part.quantity.text());
            if (auto const* dates = part.response->find("dates"); dates != nullptr && !dates->items().empty()) one.set("dates", *dates);
            parts.push_back(std::move(one));
        }
        if (!parts.empty()) entry.set("parts", std::move(parts));
        return entry;
    }
    /// Set: the parts are more than was ordered.
    [[nodiscard]] std::optional<Decimal> const& too_much() const { return too_much_; }
    [[nodiscard]] Decimal const& ordered() const { return ordered_; }
    [[nodiscard]] std::string_view number() const { return line_.string("line_number"); }

private:
    void set(Fate fate, Decimal const& quantity) { fates_[static_cast<std::size_t>(fate)] = quantity; }
    void add(Fate fate, Decimal const& quantity) {
        auto& place = fates_[static_cast<std::size_t>(fate)];
        place = place + quantity;
    }

    void count_parts() {
        Decimal all, dispositions, most; // most: of the attributes
        bool balance_backordered = false;
        for (auto const& part : parts_) {
            all = all + part.quantity;
            if (!part.meaning.attribute) dispositions = dispositions + part.quantity;
            else most = std::max(most, part.quantity);
            balance_backordered = balance_backordered || part.response->string("status") == "partial_balance_backordered";
            if (!part.meaning.change.empty()) changes_.insert(part.meaning.change);
        }
        bool const same_pieces = all > ordered_ && dispositions <= ordered_;
        for (auto const& part : parts_)
            if (!part.meaning.attribute || !same_pieces) add(part.meaning.fate, part.quantity);
        // Attributes alone: they confirm the pieces they speak of, once.
        if (same_pieces && dispositions.is_zero()) set(Fate::confirmed, std::min(most, ordered_));
        Decimal sum;
        for (auto const& fate : fates_)
            sum = sum + fate;
        if (sum > ordered_)
            too_much_ = sum;
        else if (sum < ordered_)
            add(balance_backordered ? Fate::backordered : Fate::open, ordered_ - sum);
    }

    json::Value const& line_;
    Decimal ordered_;
    std::vector<Part> parts_;
    std::array<Decimal, fate_names.size()> fates_{};
    std::set<std::string_view> changes_;
    std::string basis_ = "responses";
    std::optional<Decimal> too_much_;
};

} // namespace

Diagnostics derive_answered_lines(json::Value& acknowledgment, json::Value const& order) {
    Diagnostics findings;
    auto const* lines = order.find("lines");
    if (lines == nullptr) return findings;
    Answers const answers(acknowledgment);
    auto const absent = fate_of_absent(acknowledgment.string("status"), answers.count() == 0);
    json::Array answered;
    for (auto const& line : lines->items()) {
        AnsweredLine entry(line);
        if (auto const found = answers.of(line); !found.empty())
            entry.answer(found);
        else
            entry.by_status(absent);
        if (entry.too_much()) {
            auto finding = make_diagnostic("DOC-0103",
                                           fmt::format("line {} is answered for {}, {} were ordered", entry.number(), entry.too_much()->text(),
                                                       entry.ordered().text()),
                                           "the acknowledgment was taken and passed on; ask the sender which of the quantities hold");
            finding.place.path = fmt::format("/answered_lines/{}", answered.size());
            finding.value = entry.too_much()->text();
            findings.push_back(std::move(finding));
        }
        answered.push_back(entry.value());
    }
    acknowledgment.set("answered_lines", std::move(answered));
    return findings;
}

} // namespace wharf::document
