#include "support/reference_validator.hpp"

#include <algorithm>
#include <set>

namespace wharf::test {
namespace {

using grammar::NarrowedRow;

class Structure {
public:
    explicit Structure(Document const& document) : document_(document), rows(document.segments.size(), nullptr) {}

    std::optional<std::size_t> run() {
        read(document_.schema->narrowed().rows);
        if (!fault_ && at_ != document_.segments.size())
            fault_ = at_;
        return fault_;
    }

private:
    Document const& document_;

public:
    std::vector<NarrowedRow const*> rows;

private:
    [[nodiscard]] bool next_is(std::string const& id) const {
        return at_ < document_.segments.size() && segment_id(document_.segments[at_], document_.delimiters) == id;
    }

    /// Rows of one place (with a guide: several, told apart by qualifiers) share its segments.
    void read(std::vector<NarrowedRow> const& all) { // NOLINT(misc-no-recursion): as deep as the grammar's loops
        for (std::size_t begin = 0; begin < all.size() && !fault_;) {
            std::size_t end = begin + 1;
            while (end < all.size() && all[end].place == all[begin].place)
                ++end;
            read_place(all, begin, end);
            begin = end;
        }
    }

    void read_place(std::vector<NarrowedRow> const& all, std::size_t begin, std::size_t end) { // NOLINT(misc-no-recursion)
        std::vector<std::uint32_t> counts(end - begin, 0);
        std::uint32_t total = 0;
        auto const limit = all[begin].place_max;
        while (!fault_ && next_is(all[begin].row->segment) && (limit == 0 || total < limit)) {
            auto const variant = which(all, begin, end);
            if (variant == end || all[variant].use == grammar::Use::must_not)
                break;
            auto const& row = all[variant];
            if (row.max != 0 && counts[variant - begin] == row.max)
                break;
            ++counts[variant - begin];
            ++total;
            rows[at_] = &row;
            ++at_;
            if (row.row->is_loop)
                read(row.rows);
        }
        for (auto i = begin; i < end && !fault_; ++i)
            if (counts[i - begin] < std::max(all[i].min, all[i].mandatory ? 1u : 0u))
                fault_ = at_;
    }

    [[nodiscard]] std::size_t which(std::vector<NarrowedRow> const& all, std::size_t begin, std::size_t end) const {
        auto const elements = split(document_.segments[at_], document_.delimiters.element);
        auto others = end;
        for (auto i = begin; i < end; ++i) {
            bool all_hold = true;
            for (auto const& test : all[i].qualifiers) {
                auto const value = test.element < elements.size() ? elements[test.element] : std::string_view();
                all_hold = all_hold && (test.values.empty() ? !value.empty() : std::ranges::find(test.values, value) != test.values.end());
            }
            if (all[i].qualifiers.empty())
                others = i;
            else if (all_hold)
                return i;
        }
        return others;
    }

    std::size_t at_ = 0;
    std::optional<std::size_t> fault_;
};

// --- elements -----------------------------------------------------------------------------------------------------------

bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_real_date(std::string_view text) {
    if (!all_digits(text) || (text.size() != 6 && text.size() != 8))
        return false;
    auto const number = [&](std::size_t from, std::size_t length) { return std::stoi(std::string(text.substr(from, length))); };
    auto const year = text.size() == 8 ? number(0, 4) : number(0, 2) + (number(0, 2) < 50 ? 2000 : 1900);
    auto const month = number(text.size() - 4, 2);
    auto const day = number(text.size() - 2, 2);
    if (month < 1 || month > 12 || day < 1)
        return false;
    if (month == 2)
        return day <= (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) ? 29 : 28);
    return day <= (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31);
}

bool is_real_time(std::string_view text) {
    if (!all_digits(text) || (text.size() != 4 && text.size() != 6 && text.size() != 7 && text.size() != 8))
        return false;
    return text.substr(0, 2) < "24" && text.substr(2, 2) < "60" && (text.size() == 4 || text.substr(4, 2) < "60");
}

/// Digits of a number as X12 writes it; nothing when it is none.
std::optional<std::size_t> digits_of(std::string_view text, bool point_allowed) {
    if (text.starts_with('-'))
        text.remove_prefix(1);
    std::string digits(text);
    if (point_allowed)
        if (auto const point = digits.find('.'); point != std::string::npos)
            digits.erase(point, 1);
    if (!all_digits(digits))
        return std::nullopt;
    return digits.size();
}

/// Bytes that begin a character: UTF-8 is counted only where it is valid, else each byte is one of Latin-1. The documents of
/// these tests hold ASCII.
class Elements {
public:
    explicit Elements(Document const& document)
        : document_(document), dictionary_(document.schema->dictionary()), separators_(document.delimiters) {}

    void check(std::size_t index) {
        index_ = index;
        auto const elements = split(document_.segments[index], separators_.element);
        auto const* segment = dictionary_.segment(elements[0]);
        if (segment == nullptr || !is_of_the_set(document_.schema->narrowed().rows, elements[0]))
            return;
        std::set<std::uint8_t> present;
        std::set<std::uint8_t> missing;
        for (auto const& use : segment->elements) {
            auto const value = use.position < elements.size() ? elements[use.position] : std::string_view();
            if (!value.empty()) {
                present.insert(use.position);
                check_repeats(use, value);
            } else if (use.mandatory) {
                missing.insert(use.position);
                say(use.position, "missing");
            }
        }
        auto const wrong = std::exchange(wrong_, {});
        for (auto const& note : segment->notes)
            if (!std::ranges::any_of(note.positions, [&](auto position) { return missing.contains(position) || wrong.contains(position); }))
                if (auto const at = where_broken(note, present); at != 0)
                    say(at, "note");
        check_surplus(elements, segment->elements.size());
    }

    std::set<ElementFault> faults;

private:
    [[nodiscard]] static bool is_of_the_set(std::vector<NarrowedRow> const& rows, std::string_view id) { // NOLINT(misc-no-recursion)
        return std::ranges::any_of(rows, [&](NarrowedRow const& row) { return row.row->segment == id || is_of_the_set(row.rows, id); });
    }

    void say(std::uint32_t element, char const* reason) { faults.insert({index_, element, reason}); }
    /// A value that is no value: notes that touch it are silent.
    void say_wrong(std::uint32_t element, char const* reason) {
        say(element, reason);
        wrong_.insert(element);
    }

    void check_surplus(std::vector<std::string_view> const& elements, std::size_t known) {
        bool surplus = false;
        for (auto i = known + 1; i < elements.size(); ++i)
            surplus = surplus || !elements[i].empty();
        if (surplus)
            say(static_cast<std::uint32_t>(known) + 1, "surplus");
        else if (elements.size() > known + 1 || (elements.size() > 1 && elements.back().empty() && !is_missed_behind(elements)))
            say(0, "separators");
    }

    /// Separators that stand where something is missing are no second fault.
    [[nodiscard]] bool is_missed_behind(std::vector<std::string_view> const& elements) const {
        auto last = elements.size() - 1;
        while (last > 0 && elements[last].empty())
            --last;
        return std::ranges::any_of(faults, [&](ElementFault const& fault) { return fault.segment == index_ && fault.element > last; });
    }

    /// The element a broken note is reported at; 0 when it holds.
    [[nodiscard]] static std::uint8_t where_broken(grammar::SyntaxNote const& note, std::set<std::uint8_t> const& present) {
        std::vector<std::uint8_t> here;
        std::vector<std::uint8_t> absent;
        for (auto const position : note.positions)
            (present.contains(position) ? here : absent).push_back(position);
        bool const first_is_here = present.contains(note.positions.front());
        if (note.kind == 'P')
            return !here.empty() && !absent.empty() ? absent.front() : 0;
        if (note.kind == 'R')
            return here.empty() ? note.positions.front() : 0;
        if (note.kind == 'E')
            return here.size() > 1 ? here[1] : 0;
        if (note.kind == 'C')
            return first_is_here && !absent.empty() ? absent.front() : 0;
        return first_is_here && here.size() == 1 ? note.positions[1] : 0;
    }

    void check_repeats(grammar::ElementUse const& use, std::string_view value) {
        if (use.max_repeat == 1 || separators_.repetition == '\0')
            return check_one(use, value);
        auto const repeats = split(value, separators_.repetition);
        if (repeats.size() == 1)
            return check_one(use, value);
        if (use.max_repeat != 0 && repeats.size() > use.max_repeat)
            say(use.position, "repeat");
        for (auto const one : repeats)
            if (one.empty())
                say(use.position, "empty repeat");
            else
                check_one(use, one);
    }

    void check_one(grammar::ElementUse const& use, std::string_view value) {
        if (auto const* composite = dictionary_.composite(use.reference))
            check_composite(use.position, *composite, value);
        else
            check_value(use.position, use.reference, value);
    }

    void check_composite(std::uint32_t element, grammar::CompositeDefinition const& composite, std::string_view value) {
        if (value.ends_with(separators_.component))
            say(element, "component separators");
        while (value.ends_with(separators_.component))
            value.remove_suffix(1);
        if (value.empty())
            return;
        auto const parts = split(value, separators_.component);
        std::set<std::uint8_t> present;
        if (parts.size() > composite.components.size())
            say_wrong(element, "component");
        for (auto const& use : composite.components) {
            auto const part = use.position <= parts.size() ? parts[use.position - 1u] : std::string_view();
            if (!part.empty()) {
                present.insert(use.position);
                check_value(element, use.reference, part);
            } else if (use.mandatory) {
                say_wrong(element, "missing");
            }
        }
        for (auto const& note : composite.notes)
            if (where_broken(note, present) != 0)
                say_wrong(element, "note");
    }

    void check_value(std::uint32_t element, std::string const& number, std::string_view value) {
        auto definition = *dictionary_.element(number);
        // An acknowledgment repeats what was sent to it, right or wrong: any text of the right length.
        if (auto const id = segment_id(document_.segments[index_], separators_); id == "AK1" || id == "AK2")
            definition.type = "AN";
        auto const& type = definition.type;
        auto const outside = [&](std::size_t length) { return length < definition.min || length > definition.max; };
        if (type == "DT") {
            if (!is_real_date(value) || outside(value.size()))
                say_wrong(element, "date");
        } else if (type == "TM") {
            if (!is_real_time(value) || outside(value.size()))
                say_wrong(element, "time");
        } else if (type == "R" || type.starts_with('N')) {
            auto const digits = digits_of(value, type == "R");
            if (!digits)
                say_wrong(element, "value");
            else if (outside(*digits))
                say_wrong(element, "length");
        } else if (type == "B") {
            if (outside(value.size()))
                say_wrong(element, "length");
        } else {
            check_text(element, definition, value);
        }
    }

    void check_text(std::uint32_t element, grammar::ElementDefinition const& definition, std::string_view value) {
        auto const is_separator = [&](char c) { return c == separators_.component || (c == separators_.repetition && c != '\0'); };
        auto const is_control = [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; };
        for (char const c : value) {
            if (is_separator(c))
                return say_wrong(element, "component");
            if (is_control(c))
                return say_wrong(element, "value");
        }
        auto const* codes = definition.type == "ID" ? dictionary_.codes(definition.number) : nullptr;
        if (codes != nullptr && !codes->find(value))
            return say_wrong(element, "code");
        if (value.size() < definition.min || value.size() > definition.max)
            return say_wrong(element, "length");
        if (value.find_first_not_of(' ') == std::string_view::npos)
            return say_wrong(element, "only blanks");
        if (value.ends_with(' ') && value.size() > definition.min)
            return say(element, "blank");
        // Orders, invoices, items and references are looked up: a blank in front makes another identifier.
        static std::set<std::string> const identifiers = {"67", "76", "87", "127", "234", "324", "327", "328", "350", "396"};
        if (value.starts_with(' ') && (definition.type == "ID" || identifiers.contains(definition.number)))
            say(element, "blank in front");
    }

    Document const& document_;
    grammar::Dictionary const& dictionary_;
    x12::Delimiters separators_;
    std::size_t index_ = 0;
    std::set<std::uint32_t> wrong_; // elements of the segment
};

} // namespace

std::optional<std::size_t> first_structural_fault(Document const& document) { return Structure(document).run(); }

std::vector<NarrowedRow const*> rows_of(Document const& document) {
    Structure structure(document);
    static_cast<void>(structure.run());
    return std::move(structure.rows);
}

ReferenceVerdict judge(Document const& document) {
    Structure structure(document);
    ReferenceVerdict verdict;
    verdict.structure = structure.run();
    verdict.rows = std::move(structure.rows);
    Elements elements(document);
    for (std::size_t i = 0; i < document.segments.size(); ++i)
        elements.check(i);
    verdict.elements.assign(elements.faults.begin(), elements.faults.end());
    return verdict;
}

} // namespace wharf::test
