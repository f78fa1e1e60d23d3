#include "grammar/schema_compiler.hpp"

#include "grammar/narrowing_compiler.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

ElementClass class_of(std::string_view type) {
    if (type == "ID")
        return ElementClass::id;
    if (type == "R")
        return ElementClass::decimal;
    if (type == "DT")
        return ElementClass::date;
    if (type == "TM")
        return ElementClass::time;
    if (type == "B")
        return ElementClass::binary;
    if (type.size() == 2 && type[0] == 'N')
        return ElementClass::digits;
    return ElementClass::text;
}

std::uint64_t bit(std::uint8_t position) { return position == 0 || position > 64 ? 0 : std::uint64_t{1} << (position - 1); }

} // namespace

class SchemaCompiler {
public:
    SchemaCompiler(Schema& schema) : schema_(schema), dictionary_(*schema.dictionary_) {}

    Result<void> run() {
        schema_.loops_.push_back({0, 0, {}, schema_.set_->id});
        if (auto ok = add_rows(schema_.narrowed_->rows, 0); !ok)
            return ok;
        if (schema_.nodes_.empty() || schema_.segments_[schema_.nodes_[0].segment].definition->id != "ST")
            return invalid(fmt::format("set {} of {} does not begin with ST", schema_.set_->id, schema_.set_->release));
        schema_.nodes_[0].starts_loop = true;
        auto& rows = schema_.loops_[0].rows;
        rows.erase(rows.begin()); // ST starts loop 0
        schema_.rules_ = schema_.segments_;
        NarrowingCompiler narrowing(*schema_.narrowed_, schema_.rules_, schema_.narrowings_, schema_.widened_);
        for (auto& node : schema_.nodes_)
            node.rule = narrowing.rule_for(node);
        if (schema_.rules_.size() > most_nodes)
            return invalid(fmt::format("guide {} narrows more than {} rows", schema_.narrowed_->guide_name, most_nodes));
        build_steps();
        if (schema_.nodes_.size() > most_nodes || schema_.segments_.size() > most_nodes)
            return invalid(fmt::format("set {} of {} has more than {} rows", schema_.set_->id, schema_.set_->release, most_nodes));
        for (auto& loop : schema_.loops_)
            std::ranges::copy_if(loop.rows, std::back_inserter(loop.required), [&](NodeIndex row) { return schema_.must_stand(row); });
        schema_.tables_ = make_tables(schema_);
        return {};
    }

private:
    // Loops nest at most a handful of levels: the recursion follows the grammar, never the data.
    Result<void> add_rows(std::vector<NarrowedRow> const& rows, std::uint16_t loop, bool of_unlisted = false) {
        for (std::size_t i = 0; i < rows.size();) {
            auto end = i + 1;
            while (end < rows.size() && rows[end].place == rows[i].place && rows[end].row->segment == rows[i].row->segment)
                ++end;
            auto place = no_place;
            if (end - i > 1 || !rows[i].qualifiers.empty()) {
                place = static_cast<std::uint16_t>(schema_.places_.size());
                schema_.places_.emplace_back();
            }
            auto const first = i;
            for (; i != end; ++i)
                if (auto ok = add_row(rows[i], loop, place, of_unlisted); !ok)
                    return ok;
            if (place != no_place)
                if (auto ok = finish_place(schema_.places_[place], rows[first].place_max); !ok)
                    return ok;
        }
        return {};
    }

    Result<void> add_row(NarrowedRow const& narrowed, std::uint16_t loop, std::uint16_t place, bool of_unlisted) {
        auto const& row = *narrowed.row;
        auto const segment = add_segment(row.segment);
        if (!segment)
            return unexpected(segment.error());
        auto const node = static_cast<NodeIndex>(schema_.nodes_.size());
        auto own_loop = loop;
        if (place == no_place || schema_.places_[place].variants.empty())
            schema_.loops_[loop].rows.push_back(node);
        if (place != no_place)
            schema_.places_[place].variants.push_back(node);
        if (row.is_loop) {
            own_loop = static_cast<std::uint16_t>(schema_.loops_.size());
            schema_.loops_.push_back({loop, node, {}, schema_.loops_[loop].path + "/" + row.segment + qualifiers_in_brackets(narrowed, schema_.segments_[*segment].definition->key),
                                      static_cast<std::uint16_t>(schema_.loops_[loop].depth + 1)});
        }
        Node made;
        made.segment = made.rule = *segment;
        made.place = place;
        made.loop = own_loop;
        made.min = narrowed.min;
        made.max = narrowed.max;
        made.mandatory = narrowed.mandatory;
        made.starts_loop = row.is_loop;
        made.unlisted = is_unlisted(narrowed) && !of_unlisted;
        made.forbidden = narrowed.use == Use::must_not || made.unlisted;
        made.area = row.area;
        made.row = &row;
        made.narrowed = &narrowed;
        schema_.nodes_.push_back(made);
        return row.is_loop ? add_rows(narrowed.rows, own_loop, of_unlisted || made.forbidden) : Result<void>{};
    }

    /// The guide wants to hear of rows it does not mention, and the grammar does not demand this one.
    [[nodiscard]] bool is_unlisted(NarrowedRow const& row) const {
        return schema_.narrowed_->unlisted != Unlisted::allow && !row.listed && !row.mandatory && !row.row->mandatory;
    }

    Result<void> finish_place(VariantPlace& place, std::uint32_t max) {
        auto const& nodes = schema_.nodes_;
        auto const tests = [&](NodeIndex node) -> auto const& { return nodes[node].narrowed->qualifiers; };
        auto const others = std::ranges::find_if(place.variants, [&](NodeIndex node) { return tests(node).empty(); });
        if (others == place.variants.end())
            return invalid(fmt::format("guide {}: {} has variants, but no row for all others", schema_.narrowed_->guide_name,
                                       nodes[place.variants.front()].row->segment));
        place.others = *others;
        place.max = std::ranges::any_of(place.variants, [&](NodeIndex node) { return nodes[node].narrowed->beyond; }) ? 0 : max;
        std::vector<std::string_view> values;
        for (auto const node : place.variants) {
            if (tests(node).empty())
                continue;
            auto const& test = tests(node).front();
            bool const simple = tests(node).size() == 1 && test.component == 0 && !test.values.empty() &&
                                (place.element == 0 || place.element == test.element);
            if (!simple) {
                place.element = 0;
                return {};
            }
            place.element = test.element;
            for (auto const& value : test.values) {
                values.push_back(value);
                place.by_value.push_back(node);
            }
        }
        place.values = CodeTable(values);
        if (place.values.has_longer())
            place.element = 0;
        return {};
    }

    Result<std::uint16_t> add_segment(std::string const& id) {
        for (std::size_t i = 0; i < schema_.segments_.size(); ++i)
            if (schema_.segments_[i].definition->id == id)
                return static_cast<std::uint16_t>(i);
        auto const* definition = dictionary_.segment(id);
        if (definition == nullptr)
            return invalid(fmt::format("set {} of {} uses segment {}, which the segments file does not have in that release",
                                       schema_.set_->id, schema_.set_->release, id));
        if (definition->elements.size() > 64)
            return invalid(fmt::format("segment {} has {} elements; a segment may have at most 64", id, definition->elements.size()));
        SegmentRule rule;
        rule.packed_id = pack_id(id);
        rule.definition = definition;
        for (auto const& use : definition->elements) {
            auto element = element_rule(use);
            if (!element)
                return invalid(fmt::format("segment {}: {}", id, element.error().message));
            if (use.mandatory)
                rule.mandatory |= bit(use.position);
            rule.elements.push_back(std::move(*element));
        }
        for (auto const& note : definition->notes) {
            NoteRule compiled{&note, 0, note.positions.empty() ? 0 : bit(note.positions.front())};
            for (auto const position : note.positions)
                compiled.mask |= bit(position);
            rule.notes.push_back(compiled);
        }
        if (id == "AK1" || id == "AK2")
            accept_echoes(rule);
        schema_.segments_.push_back(std::move(rule));
        return static_cast<std::uint16_t>(schema_.segments_.size() - 1);
    }

    /// An acknowledgment repeats GS01, GS06, ST01 and ST02 as they were sent, right or wrong: what is wrong with them is what it
    /// tells, and no fault of its own.
    static void accept_echoes(SegmentRule& rule) {
        for (auto& element : rule.elements) {
            element.codes = nullptr;
            if (element.kind != ElementClass::composite)
                element.kind = ElementClass::text;
        }
    }

    Result<ElementRule> element_rule(ElementUse const& use) {
        ElementRule rule;
        rule.mandatory = use.mandatory;
        rule.max_repeat = use.max_repeat;
        if (auto const* composite = use.reference.starts_with('C') ? dictionary_.composite(use.reference) : nullptr) {
            rule.kind = ElementClass::composite;
            rule.composite = composite;
            rule.max = ~0u;
            for (auto const& component : composite->components) {
                auto inner = element_rule(component);
                if (!inner)
                    return inner;
                rule.components.push_back(std::move(*inner));
            }
            return rule;
        }
        auto const* definition = dictionary_.element(use.reference);
        if (definition == nullptr)
            return invalid(fmt::format("element {} is not in the elements file in release {}", use.reference, dictionary_.release()));
        rule.definition = definition;
        rule.kind = class_of(definition->type);
        rule.min = definition->min;
        rule.max = definition->max;
        if (rule.kind == ElementClass::digits)
            rule.implied_decimals = static_cast<std::uint8_t>(definition->type[1] - '0');
        if (rule.kind == ElementClass::id)
            rule.codes = dictionary_.codes(use.reference);
        return rule;
    }

    /// What the printed rules say: from the current row onward in this loop (the current row first: a repeat), then the
    /// loop's own first segment (a new occurrence), then the same one level up. The first place found counts.
    void build_steps() {
        auto const count = schema_.segments_.size();
        schema_.steps_.resize(schema_.nodes_.size() * count);
        schema_.places_of_.resize(count);
        for (std::size_t node = 0; node < schema_.nodes_.size(); ++node)
            schema_.places_of_[schema_.nodes_[node].segment].push_back(static_cast<NodeIndex>(node));
        for (std::size_t from = 0; from < schema_.nodes_.size(); ++from) {
            auto* const steps = schema_.steps_.data() + from * count;
            bool skips = false;
            bool leaves = false;
            auto const offer = [&](NodeIndex to, bool repeats) {
                auto& step = steps[schema_.nodes_[to].segment];
                if (step.node == no_node)
                    step = {to, skips, repeats, leaves};
            };
            auto const& node = schema_.nodes_[from];
            auto loop = node.loop;
            auto row = schema_.representative(static_cast<NodeIndex>(from)); // where we stand in `loop`
            bool at_first = node.starts_loop;
            if (!at_first) {
                offer(row, true);
                leaves = schema_.is_counted(row);
            }
            for (;;) {
                for (auto const next : schema_.loops_[loop].rows) {
                    if (!at_first && next <= row)
                        continue;
                    offer(next, false);
                    skips = skips || schema_.must_stand(next);
                }
                if (loop == 0)
                    break;
                row = schema_.representative(schema_.loops_[loop].first);
                offer(row, true);
                leaves = leaves || schema_.is_counted(row);
                loop = schema_.loops_[loop].parent;
                at_first = false;
            }
        }
    }

    Schema& schema_;
    Dictionary const& dictionary_;
};

Result<void> compile_schema(Schema& schema) { return SchemaCompiler(schema).run(); }

} // namespace wharf::grammar
