#include "linter/show_segment.hpp"

#include "base/date.hpp"
#include "base/decimal.hpp"
#include "linter/show_words.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace wharf::linter {
namespace {

constexpr std::size_t most_shapes = 4096; // a broken file may hold any number of segment ids

std::string_view trimmed(std::string_view text) {
    auto const begin = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

bool is_numeric(ElementShape const& element) { return element.type == "R" || element.type.starts_with('N'); }

bool is_blank(std::string_view text) { return text.find_first_not_of(' ') == std::string_view::npos; }

/// Behind a qualifier: a value to be named by it, no further qualifier and no code, be its list somebody else's (a currency).
bool can_be_qualified(ElementShape const& element) { return !element.is_qualifier && element.codes == nullptr && element.type != "ID" && !element.is_unit; }

std::string shape_name(SegmentShape const& segment, std::uint8_t position) {
    return position <= segment.elements.size() ? segment.elements[position - 1u].name : std::string();
}

} // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0;;) {
        auto const end = text.find(separator, begin);
        parts.push_back(text.substr(begin, end - begin));
        if (end == std::string_view::npos)
            return parts;
        begin = end + 1;
    }
}

std::string written_date(std::string_view digits) {
    static constexpr std::array<std::string_view, 12> months = {"January", "February", "March",     "April",   "May",      "June",
                                                                "July",    "August",   "September", "October", "November", "December"};
    auto const iso = iso_date(digits); // 2025-06-02
    auto const month = static_cast<std::size_t>((iso[5] - '0') * 10 + (iso[6] - '0'));
    auto const day = iso[8] == '0' ? iso.substr(9) : iso.substr(8);
    return fmt::format("{} {} {}", day, months[month - 1], iso.substr(0, 4));
}

ElementShape SegmentWords::element_shape(grammar::ElementUse const& use, std::string place) const {
    auto const& words = ShowWords::get();
    ElementShape shape;
    shape.place = std::move(place);
    shape.reference = use.reference;
    if (auto const* const composite = dictionary_->composite(use.reference)) {
        shape.name = composite->name;
        for (auto const& component : composite->components) // no composite stands in a composite
            if (dictionary_->composite(component.reference) == nullptr)
                shape.components.push_back(element_shape(component, fmt::format("{}-{:02}", shape.place, component.position)));
    } else if (auto const* const element = dictionary_->element(use.reference)) {
        shape.name = element->name;
        shape.type = element->type;
        shape.codes = dictionary_->codes(use.reference);
        if (element->type.size() == 2 && element->type.front() == 'N')
            shape.implied_decimals = static_cast<std::uint8_t>(element->type[1] - '0');
    }
    shape.is_qualifier = shape.components.empty() &&
                         (words.is_label(use.reference) || (shape.name.find("Qualifier") != std::string::npos && shape.type == "ID"));
    shape.is_unit = words.is_unit(use.reference);
    shape.is_count = words.is_count(use.reference);
    if (auto const here = words.name(shape.place); !here.empty())
        shape.name = here;
    else if (auto const everywhere = words.name(use.reference); !everywhere.empty())
        shape.name = everywhere;
    return shape;
}

SegmentShape const& SegmentWords::shape(std::string_view id) {
    std::string const key(id);
    if (auto const found = shapes_.find(key); found != shapes_.end())
        return *found->second;
    auto made = std::make_unique<SegmentShape>();
    made->id = key;
    if (auto const* const definition = dictionary_ ? dictionary_->segment(id) : nullptr) {
        made->name = definition->name;
        for (auto const& use : definition->elements)
            made->elements.push_back(element_shape(use, fmt::format("{}{:02}", id, use.position)));
        made->pairs_from = definition->pairs_from;
        made->pairs_to = definition->pairs_to;
        if (definition->key >= 1 && definition->key <= made->elements.size() && made->elements[definition->key - 1u].codes != nullptr)
            made->qualifier = definition->key;
        made->line = ShowWords::get().line(id);
        if (auto const& aside = ShowWords::get().aside(id); aside.size() == 2) {
            made->remark = aside[0];
            made->remarked = aside[1];
        }
    }
    if (made->name.empty() && shapes_.size() >= most_shapes) { // known ones are as many as the release has
        unknown_ = std::move(made);
        return *unknown_;
    }
    return *shapes_.emplace(key, std::move(made)).first->second;
}

ShownWord SegmentWords::word(ElementShape const& element, std::string_view value) const {
    std::string const sent(value);
    if (element.codes != nullptr) {
        if (auto const meaning = element.codes->find(trimmed(value)); meaning && !meaning->empty())
            return {std::string(*meaning), sent};
        return {sent, {}};
    }
    if (element.type == "DT" && is_date(value))
        return {written_date(value), {}, iso_date(value)};
    if (element.type == "TM" && is_time(value))
        return {iso_time(value), {}};
    if (element.implied_decimals > 0)
        if (auto const number = Decimal::implied(value, element.implied_decimals))
            return {number->text(), {}};
    return {sent, {}};
}

/// One segment, or the components of one element, being put into words.
class SegmentWords::Reading {
public:
    Reading(SegmentWords const& words, std::vector<ElementShape> const& shapes, std::vector<std::string_view> values, x12::Delimiters const& delimiters, std::string const& prefix)
        : words_(words), shapes_(shapes), values_(std::move(values)), delimiters_(delimiters), prefix_(prefix) {}

    void run(std::vector<ShownFact>& facts) {
        for (std::size_t i = 0; i < values_.size();)
            i = is_blank(values_[i]) ? i + 1 : read(i, facts);
    }

private:
    [[nodiscard]] ElementShape const* shape(std::size_t index) const { return index < shapes_.size() ? &shapes_[index] : nullptr; }
    [[nodiscard]] bool has(std::size_t index) const { return index < values_.size() && shape(index) != nullptr && !is_blank(values_[index]); }
    [[nodiscard]] bool repeats(std::size_t index) const {
        return delimiters_.repetition != '\0' && values_[index].size() > 1 && values_[index].find(delimiters_.repetition) != std::string_view::npos;
    }
    [[nodiscard]] bool is_composite(std::size_t index) const { return !shapes_[index].components.empty(); }

    /// Reads from one element on; gives the index behind what was read.
    std::size_t read(std::size_t index, std::vector<ShownFact>& facts) {
        auto const* const own = shape(index);
        if (own == nullptr) { // more elements than the segment has, or an unknown segment
            facts.push_back({{fmt::format("{}{:02}", prefix_, index + 1), {}}, {{std::string(values_[index]), {}}}});
            return index + 1;
        }
        if (is_composite(index)) {
            composite(*own, values_[index], facts);
            return index + 1;
        }
        ShownFact fact;
        auto at = index;
        if (own->is_qualifier && has(index + 1) && can_be_qualified(shapes_[index + 1]) && !is_composite(index + 1) && !repeats(index)) {
            fact.label = words_.word(*own, trimmed(values_[index]));
            if (fact.label.code.empty()) // a code without meaning: the name of what it qualifies
                fact.label = {shapes_[index + 1].name, std::string(values_[index])};
            ++at;
        } else {
            fact.label = {own->name.empty() ? own->place : own->name, {}};
        }
        value(at, at > index ? values_[index] : std::string_view(), fact);
        auto const next = attach(at, fact);
        facts.push_back(std::move(fact));
        return next;
    }

    void value(std::size_t index, std::string_view qualifier, ShownFact& fact) {
        auto const& element = shapes_[index];
        fact.is_number = is_numeric(element);
        auto const each = repeats(index) ? split(values_[index], delimiters_.repetition) : std::vector{values_[index]};
        if (each.size() > 1)
            fact.separator = ", ";
        for (auto const one : each) {
            if (element.reference == "1251" && format_date_period(qualifier, one, fact))
                continue;
            if (!one.empty())
                fact.values.push_back(words_.word(element, trimmed(one)));
        }
    }

    /// Element 1251 behind D8, D6 or RD8.
    static bool format_date_period(std::string_view format, std::string_view sent, ShownFact& fact) {
        auto const add = [&](std::string_view digits) { fact.values.push_back({written_date(digits), {}, iso_date(digits)}); };
        if ((format == "D8" || format == "D6") && is_date(sent)) {
            add(sent);
            return true;
        }
        if (format != "RD8" || sent.size() != 17 || sent[8] != '-' || !is_date(sent.substr(0, 8)) || !is_date(sent.substr(9)))
            return false;
        fact.separator = " – ";
        add(sent.substr(0, 8));
        add(sent.substr(9));
        return true;
    }

    /// What belongs to the value before it: a unit to a number, a time to a date, a time zone to a time.
    std::size_t attach(std::size_t index, ShownFact& fact) {
        auto next = index + 1;
        if (is_numeric(shapes_[index]) && has(next) && shapes_[next].is_unit && !repeats(next)) {
            if (auto const unit = unit_of(next)) {
                fact.values.push_back(*unit);
                fact.unit = is_composite(next) ? shapes_[next].components.front().name : shapes_[next].name;
                return next + 1;
            }
            return next;
        }
        if (shapes_[index].type == "DT" && has(next) && shapes_[next].type == "TM") {
            fact.values.push_back(words_.word(shapes_[next], values_[next]));
            ++next;
        }
        if (shapes_[next - 1].type == "TM" && has(next) && shapes_[next].reference == "623") {
            fact.values.push_back(words_.word(shapes_[next], values_[next]));
            ++next;
        }
        return next;
    }

    /// A unit that is one code; nothing for a composite of more.
    [[nodiscard]] std::optional<ShownWord> unit_of(std::size_t index) const {
        auto const& element = shapes_[index];
        if (!is_composite(index))
            return words_.word(element, values_[index]);
        if (values_[index].find(delimiters_.component) != std::string_view::npos)
            return std::nullopt;
        return words_.word(element.components.front(), values_[index]);
    }

    void composite(ElementShape const& element, std::string_view value, std::vector<ShownFact>& facts) {
        auto const each = delimiters_.repetition != '\0' ? split(value, delimiters_.repetition) : std::vector{value};
        for (auto const one : each)
            Reading(words_, element.components, split(one, delimiters_.component), delimiters_, element.place + "-").run(facts);
    }

    SegmentWords const& words_;
    std::vector<ElementShape> const& shapes_;
    std::vector<std::string_view> values_;
    x12::Delimiters const& delimiters_;
    std::string const& prefix_;
};

std::vector<ShownFact> SegmentWords::facts(x12::SegmentView const& segment, x12::Delimiters const& delimiters, std::uint32_t from) {
    return facts_without(segment, delimiters, (std::uint64_t{1} << (from - 1)) - 1);
}

std::vector<ShownFact> SegmentWords::facts_without(x12::SegmentView const& segment, x12::Delimiters const& delimiters, std::uint64_t left_out) {
    auto const& known = shape(segment.id());
    std::vector<std::string_view> values;
    for (std::uint32_t i = 1; i <= segment.element_count(); ++i)
        values.push_back(i <= 64 && (left_out >> (i - 1) & 1) != 0 ? std::string_view() : segment.element(i));
    std::vector<ShownFact> facts;
    ShownFact line;
    for (auto const position : known.line)
        if (position <= values.size() && !is_blank(values[position - 1u])) {
            line.separator = ", ";
            line.values.push_back({std::string(trimmed(values[position - 1u])), {}});
            values[position - 1u] = {};
        }
    if (!line.values.empty())
        facts.push_back(std::move(line));
    std::string remark, remarked;
    if (known.remark != 0 && known.remark <= values.size() && known.remarked <= values.size() && !is_blank(values[known.remarked - 1u])) {
        remark = trimmed(values[known.remark - 1u]);
        remarked = trimmed(values[known.remarked - 1u]);
        values[known.remark - 1u] = {};
    }
    Reading(*this, known.elements, std::move(values), delimiters, known.id).run(facts);
    for (auto& fact : facts)
        if (!remark.empty() && !fact.values.empty() && fact.values.front().text == remarked)
            fact.values.front().code = std::exchange(remark, {});
    if (!remark.empty()) // the remarked value is shown in other words
        facts.push_back({{shape_name(known, known.remark), {}}, {{remark, {}}}});
    return facts;
}

} // namespace wharf::linter
