#include "support/document_generator.hpp"

#include <algorithm>
#include <stdexcept>

namespace wharf::test {

using grammar::ElementClass;
using grammar::ElementRule;
using grammar::NodeIndex;
using grammar::Schema;
using grammar::SyntaxNote;

namespace {

constexpr unsigned attempts = 200; // to meet random notes, qualifiers and orders before giving up

bool holds(SyntaxNote const& note, std::uint64_t present) {
    std::size_t count = 0;
    for (auto const position : note.positions)
        count += present >> (position - 1) & 1;
    bool const first = (present >> (note.positions.front() - 1) & 1) != 0;
    switch (note.kind) {
    case 'P': return count == 0 || count == note.positions.size();
    case 'R': return count > 0;
    case 'E': return count <= 1;
    case 'C': return !first || count == note.positions.size();
    default: return !first || count > 1;
    }
}

grammar::QualifierTest const* test_of(grammar::NarrowedRow const& row, std::size_t element) {
    auto const found = std::ranges::find_if(row.qualifiers, [&](auto const& test) { return test.element == element; });
    return found == row.qualifiers.end() ? nullptr : &*found;
}

} // namespace

Document DocumentGenerator::draw(std::shared_ptr<Schema const> schema, std::size_t segments) {
    for (unsigned attempt = 0; attempt < attempts; ++attempt) {
        segments_.clear();
        loop_ids_.clear();
        current_ = 0;
        levels_ = 0;
        unreachable_ = false;
        wanted_ = segments;
        static constexpr std::array<unsigned, 5> densities{3, 10, 25, 50, 85};
        likely_ = random_.one_of(densities);
        elements_likely_ = random_.one_of(densities);
        segments_.push_back(fmt::format("ST{}{}{}{:04}", delimiters_.element, schema->set().id, delimiters_.element, random_.below(10000)));
        draw_rows(*schema, schema->loops()[0].rows);
        if (unreachable_)
            continue;
        Document document{schema, delimiters_, segments_};
        auto const number = split(segments_.front(), delimiters_.element)[2];
        document.segments.back() = fmt::format("SE{}0{}{}", delimiters_.element, delimiters_.element, std::string(number));
        set_count(document);
        return document;
    }
    throw std::runtime_error("no clean document of set " + schema->set().id + " could be drawn");
}

// Loops nest at most a handful of levels: the recursion follows the grammar.
void DocumentGenerator::draw_rows(Schema const& schema, std::vector<NodeIndex> const& rows) {
    for (auto const node : rows)
        draw_row(schema, node);
}

void DocumentGenerator::draw_row(Schema const& schema, NodeIndex index) {
    auto const& node = schema.nodes()[index];
    auto const& id = schema.segments()[node.segment].definition->id;
    if (node.forbidden)
        return;
    std::size_t count = node.mandatory ? std::max(node.min, 1u) : 0;
    auto const limit = node.max == 0 ? std::size_t{1'000'000} : node.max;
    if (id == "LE") // closes the LS of the same loop: comes when that came
        count = loop_ids_.empty() ? 0 : 1;
    else
        while (count < limit && segments_.size() < wanted_ && random_.chance(likely_))
            ++count;
    for (std::size_t k = 0; k < count && !unreachable_; ++k) {
        if (!add(schema, index, k > 0)) {
            unreachable_ = unreachable_ || k < node.min;
            return;
        }
        if (node.starts_loop)
            draw_rows(schema, schema.loops()[node.loop].rows);
    }
}

/// False when a reader standing at the segment before would not find this row.
bool DocumentGenerator::add(Schema const& schema, NodeIndex index, bool again) {
    auto const& node = schema.nodes()[index];
    auto const step = schema.step(current_, node.segment);
    if (step.node == grammar::no_node || step.skips_mandatory)
        return false;
    auto const& reached = schema.nodes()[step.node];
    bool const same_place = step.node == index || (node.place != grammar::no_place && reached.place == node.place);
    if (!same_place || (step.repeats != again && node.place == grammar::no_place))
        return false;
    segments_.push_back(draw_segment(schema, index));
    current_ = index;
    return true;
}

std::string DocumentGenerator::draw_segment(Schema const& schema, NodeIndex index) {
    auto const& node = schema.nodes()[index];
    for (unsigned attempt = 0; attempt < attempts; ++attempt) {
        auto text = text_of(schema, index);
        if (node.place == grammar::no_place)
            return text;
        SetText const one({nullptr, delimiters_, {text}});
        if (schema.variant_of(index, one.list()[0]) == index)
            return text;
    }
    throw std::runtime_error("no segment for " + schema.path(index) + " could be drawn");
}

std::string DocumentGenerator::text_of(Schema const& schema, NodeIndex index) {
    auto const& rule = schema.rule_of(index);
    auto const& row = *schema.nodes()[index].narrowed;
    std::vector<SyntaxNote const*> notes;
    for (auto const& note : rule.notes)
        notes.push_back(note.note);
    auto present = draw_presence(rule.elements, notes);
    std::vector<std::string> elements{rule.definition->id};
    for (std::size_t k = 1; k <= rule.elements.size(); ++k) {
        auto const* test = test_of(row, k);
        if (test != nullptr && !test->values.empty())
            elements.push_back(random_.one_of(test->values));
        else
            elements.push_back((present >> (k - 1) & 1) != 0 ? draw_element(rule.elements[k - 1]) : std::string());
    }
    make_consistent(elements);
    while (elements.size() > 1 && elements.back().empty())
        elements.pop_back();
    std::string text;
    for (auto const& element : elements)
        (text += text.empty() ? std::string_view() : std::string_view(&delimiters_.element, 1)) += element;
    return text;
}

/// What the standard says across segments: the tree of HL, LS with LE, the length of binary data.
void DocumentGenerator::make_consistent(std::vector<std::string>& elements) {
    auto const& id = elements.front();
    if (id == "HL" && elements.size() > 4) {
        elements[1] = fmt::format("{}", levels_ + 1);
        elements[2] = levels_ == 0 ? std::string() : fmt::format("{}", 1 + random_.below(levels_));
        elements[4].clear();
        ++levels_;
    } else if (id == "LS") {
        loop_ids_.push_back(elements[1]);
    } else if (id == "LE" && !loop_ids_.empty()) {
        elements[1] = loop_ids_.back();
        loop_ids_.pop_back();
    } else if (id == "BIN" || id == "BDS") {
        auto const length = elements.size() - 2;
        elements[length] = fmt::format("{}", elements.back().size());
    }
}

/// Which elements come: the mandatory ones, others at random, mended until every note holds.
std::uint64_t DocumentGenerator::draw_presence(std::vector<ElementRule> const& elements, std::vector<SyntaxNote const*> const& notes) {
    std::uint64_t mandatory = 0;
    for (std::size_t k = 0; k < elements.size(); ++k)
        mandatory |= std::uint64_t{elements[k].mandatory} << k;
    for (unsigned attempt = 0; attempt < attempts; ++attempt) {
        auto present = mandatory;
        for (std::size_t k = 0; k < elements.size(); ++k)
            present |= std::uint64_t{random_.chance(elements_likely_)} << k;
        for (unsigned round = 0; round < 20; ++round) {
            auto const broken = std::ranges::find_if_not(notes, [&](auto const* note) { return holds(*note, present); });
            if (broken == notes.end())
                return present;
            auto const& positions = (*broken)->positions;
            bool const more = (*broken)->kind != 'E' && random_.chance(60);
            for (auto const position : positions) {
                auto const bit = std::uint64_t{1} << (position - 1);
                if (more)
                    present |= bit;
                else if ((*broken)->kind == 'R' ? position == positions[random_.below(positions.size())] : false)
                    present |= bit;
                else if (random_.chance(70) || (*broken)->kind == 'P' || (*broken)->kind == 'C')
                    present &= ~bit | mandatory;
            }
        }
    }
    throw std::runtime_error("notes of a segment contradict each other");
}

std::string DocumentGenerator::draw_element(ElementRule const& rule) {
    if (rule.max_repeat == 1 || delimiters_.repetition == '\0')
        return draw_single(rule);
    auto text = draw_single(rule);
    for (std::uint32_t count = 1; (rule.max_repeat == 0 || count < rule.max_repeat) && random_.chance(40); ++count)
        (text += delimiters_.repetition) += draw_single(rule);
    return text;
}

std::string DocumentGenerator::draw_single(ElementRule const& rule) {
    return rule.kind == ElementClass::composite ? draw_composite(rule) : draw_value(rule);
}

std::string DocumentGenerator::draw_composite(ElementRule const& rule) {
    std::vector<SyntaxNote const*> notes;
    for (auto const& note : rule.composite->notes)
        notes.push_back(&note);
    auto present = draw_presence(rule.components, notes);
    if (present == 0)
        present = 1;
    std::string text;
    for (std::size_t k = 0; k < rule.components.size(); ++k) {
        text += k == 0 ? "" : std::string(1, delimiters_.component);
        if ((present >> k & 1) != 0)
            text += draw_value(rule.components[k]);
    }
    while (text.ends_with(delimiters_.component))
        text.pop_back();
    return text;
}

std::vector<std::string> const& DocumentGenerator::codes_of(grammar::CodeList const& list, ElementRule const& rule) {
    auto const [place, made] = codes_.try_emplace(&list);
    if (made)
        for (auto const& [code, meaning] : list.all())
            if (code.size() >= rule.min && code.size() <= rule.max)
                place->second.emplace_back(code);
    return place->second;
}

std::string DocumentGenerator::draw_value(ElementRule const& rule) {
    switch (rule.kind) {
    case ElementClass::id:
        if (rule.codes != nullptr)
            if (auto const& codes = codes_of(*rule.codes, rule); !codes.empty())
                return random_.one_of(codes);
        return draw_text(rule.min, rule.max);
    case ElementClass::digits:
    case ElementClass::decimal:
        return draw_number(rule);
    case ElementClass::date:
        return draw_date(rule.max >= 8);
    case ElementClass::time:
        return draw_time(rule.min, rule.max);
    default:
        return draw_text(rule.min, rule.max);
    }
}

std::string DocumentGenerator::draw_text(std::uint32_t min, std::uint32_t max) {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz";
    auto const longest = std::min(max, random_.chance(5) ? 80u : std::max(min, 12u));
    auto const length = std::max<std::size_t>(1, min + random_.below(longest - min + 1));
    std::string text;
    for (std::size_t i = 0; i < length; ++i)
        text += i > 0 && i + 1 < length && random_.chance(8) ? random_.one_of(std::string_view(" .,-/&#()")) : random_.one_of(letters);
    for (char& c : text) // partners choose odd delimiters
        if (c == delimiters_.element || c == delimiters_.component || c == delimiters_.segment || c == delimiters_.repetition)
            c = 'q';
    return text;
}

std::string DocumentGenerator::draw_number(ElementRule const& rule) {
    auto const longest = std::min(rule.max, std::max(rule.min, 9u));
    auto const digits = std::max<std::size_t>(1, rule.min + random_.below(longest - rule.min + 1));
    std::string text = random_.chance(5) ? "-" : "";
    auto const point = rule.kind == ElementClass::decimal && random_.chance(40) ? random_.below(digits + 1) : digits + 1;
    for (std::size_t i = 0; i < digits; ++i) {
        if (i == point)
            text += '.';
        text += static_cast<char>('0' + random_.below(10));
    }
    return text;
}

std::string DocumentGenerator::draw_date(bool with_century) {
    auto const year = 1990 + random_.below(50);
    auto const month = 1 + random_.below(12);
    auto const days = month == 2 ? (year % 4 == 0 ? 29u : 28u) : month == 4 || month == 6 || month == 9 || month == 11 ? 30u : 31u;
    auto const day = 1 + random_.below(days);
    return with_century ? fmt::format("{}{:02}{:02}", year, month, day) : fmt::format("{:02}{:02}{:02}", year % 100, month, day);
}

std::string DocumentGenerator::draw_time(std::uint32_t min, std::uint32_t max) {
    auto text = fmt::format("{:02}{:02}{:02}{:02}", random_.below(24), random_.below(60), random_.below(60), random_.below(100));
    static constexpr std::array<std::uint32_t, 4> lengths{4, 6, 7, 8};
    auto length = random_.one_of(lengths);
    while (length < min || length > max)
        length = random_.one_of(lengths);
    text.resize(length);
    return text;
}

} // namespace wharf::test
