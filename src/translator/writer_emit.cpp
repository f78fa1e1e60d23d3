// Writing X12, second half: slots to segments in the grammar's order; claims of one row in the order of §5; extensions
// last. One segment is made in writer_segment.cpp, what cannot be written is said in writer_check.cpp.
#include "translator/writer.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

using grammar::NodeIndex;
std::string Emitter::segment_id(NodeIndex row) const {
    return schema_.segments()[schema_.nodes()[row].segment].definition->id;
}

Diagnostic Emitter::fault(std::string_view code, std::string const& canonical, std::string message,
                          std::string help) const {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    found.place.path = canonical;
    found.place.transaction_set = schema_.set().id;
    return found;
}

void Emitter::run(OutObject& root, std::vector<x12::OutSegment>& out) {
    scope(*plan_.root->scope, root, out, 0);
    auto const levels = std::to_string(levels_);
    bool counted = false;
    for (auto& segment : out)
        for (auto& element : segment.elements)
            if (element == count_mark) {
                element = levels_ == 0 ? std::string() : levels;
                counted = true;
            }
    auto const* const totals = root.value->find("totals"); // what is counted last cannot be held against it earlier
    auto const* const stated = counted && totals != nullptr ? totals->find("hl_count") : nullptr;
    if (stated != nullptr && stated->text() != levels)
        diagnostics_.push_back(fault("MAP-0118", "totals.hl_count",
                                     fmt::format("`totals.hl_count` says {}; {} was counted and written.", stated->text(), levels)));
    // what came in `extensions` and found no place
    std::vector<OutObject*> open{&root};
    while (!open.empty()) {
        auto* const object = open.back();
        open.pop_back();
        for (auto const& kept : object->kept)
            if (!kept.used)
                diagnostics_.push_back(fault(
                    "MAP-0116", joined(object->path, "extensions"),
                    fmt::format("The kept `{}` of {} is not written: its place is taken, or there is no such place.",
                                kept.key, object->path.empty() ? "the document" : object->path)));
        for (auto& list : object->lists)
            for (auto& item : list.items)
                open.push_back(item.get());
    }
}

void Emitter::scope(Scope const& scope, OutObject& object, std::vector<x12::OutSegment>& out, unsigned parent_number) {
    auto const& loop = schema_.loops()[scope.loop];
    for (auto const node : loop.rows)
        row(scope, node, object, out, parent_number);
    if (scope.loop != 0 && loop.first == plan_.hierarchy_row) // the levels below stand behind all segments of this one
        for (auto* const taken : scope.by_row[0])
            claim(scope, *taken, object, out, parent_number, nullptr);
}

void Emitter::row(Scope const& scope, NodeIndex node, OutObject& object, std::vector<x12::OutSegment>& out,
                  unsigned parent_number) {
    auto const id = segment_id(node);
    if (id == "SE" && scope.loop == 0) return;
    std::size_t count = 0;
    UsedBits used{};
    for (auto* const taken : scope.by_row[node - scope.first])
        count += claim(scope, *taken, object, out, parent_number, &used);
    if (!object.kept.empty()) count += kept_segments(scope, node, object, out);
    auto const& rule = schema_.nodes()[node];
    if (rule.mandatory && count == 0)
        diagnostics_.push_back(
            fault("MAP-0112", object.path,
                  fmt::format("{} is mandatory, and {} has nothing to write there.", schema_.path(node),
                              object.path.empty() ? "the document" : fmt::format("`{}`", object.path))));
    if (rule.max != 0 && count > rule.max)
        diagnostics_.push_back(
            fault("MAP-0115", object.path,
                  fmt::format("{} can stand {} time{}; {} would be needed for {}.", schema_.path(node), rule.max,
                              rule.max == 1 ? "" : "s", count,
                              object.path.empty() ? "the document" : fmt::format("`{}`", object.path))));
}

std::size_t Emitter::claim(Scope const& scope_, Claim const& taken, OutObject& object,
                           std::vector<x12::OutSegment>& out, unsigned parent_number, UsedBits* used) {
    auto const& node = schema_.nodes()[taken.row];
    auto const* const test = taken.test.present ? &taken.test : nullptr;
    if (taken.child != nullptr) {
        auto* const list = object.list(taken.list);
        if (list == nullptr) return 0;
        for (auto& item : list->items) {
            auto built = build(taken.child->use, taken.row, *item, test, {}, false);
            unsigned number = parent_number;
            if (taken.row == plan_.hierarchy_row) {
                number = ++levels_;
                built.segment.set(1, std::to_string(number));
                if (parent_number != 0) built.segment.set(2, std::to_string(parent_number));
                bool children = false;
                for (auto* const below : taken.child->scope->by_row[0])
                    if (auto const* const inner = item->list(below->list); inner != nullptr)
                        children = children || !inner->items.empty();
                built.segment.set(4, children ? "1" : "0");
            }
            check_claim(scope_, taken, built.segment, *item, used);
            out.push_back(std::move(built.segment));
            if (node.starts_loop) scope(*taken.child->scope, *item, out, number);
        }
        return list->items.size();
    }
    std::size_t count = 0;
    for (;;) {
        auto const stem =
            taken.numbered ? fmt::format("{}{}({})/", scope_.prefix, segment_id(taken.row), count + 1) : taken.stem;
        auto const faults = diagnostics_.size();
        auto built = build(taken.use, taken.row, object, test, stem, taken.each);
        auto const place = out.size();
        // a mandatory segment of constants alone, such as LE, is written where its loop says something
        bool const closes = node.mandatory && scope_.loop != 0 && built.filled && place > 0 &&
                            out[place - 1].id != segment_id(scope_.first);
        bool keep = built.content || closes;
        bool const more = built.more;
        if (built.filled || taken.scope != nullptr) out.push_back(std::move(built.segment));
        if (taken.scope != nullptr) {
            scope(*taken.scope, object, out, parent_number);
            bool const inner = out.size() > place + 1;
            if (inner && !built.filled)
                diagnostics_.push_back(
                    fault("MAP-0117", object.path,
                          fmt::format("There are segments to write inside {}, but nothing for the {} that begins it.",
                                      schema_.path(taken.row), segment_id(taken.row))));
            keep = keep || inner;
        }
        if (!keep) { // constants and counts alone are not worth a segment
            out.resize(place);
            diagnostics_.resize(faults);
            return count;
        }
        if (built.filled) check_claim(scope_, taken, out[place], object, used);
        ++count;
        if (!more) return count;
    }
}

/// An element of a kept segment that repeats: `{"repeated": ["A", ["B", "C"]]}`.
std::string Emitter::kept_repetitions(json::Value const& values, OutObject const& object, NodeIndex node,
                                      std::size_t element) {
    auto const external = fmt::format("{}{:02}", segment_id(node), element + 1);
    auto const canonical = joined(object.path, "extensions");
    std::string text;
    for (auto const& value : values.items()) {
        if (&value != &values.items().front()) text += repetition(object, node, element);
        check_characters(value.text(), external, canonical);
        text += value.text();
        for (auto const& part : value.items()) {
            check_characters(part.text(), external, canonical);
            if (&part != &value.items().front()) text += delimiters_.component;
            text += part.text();
        }
    }
    return text;
}

std::size_t Emitter::kept_segments(Scope const& scope_, NodeIndex node, OutObject& object,
                                   std::vector<x12::OutSegment>& out) {
    auto const id = segment_id(node);
    std::size_t count = 0;
    auto const component = delimiters_.component;
    auto const write = [&](std::string_view segment, json::Value const& elements) {
        x12::OutSegment made;
        made.id = std::string(segment);
        for (auto const& element : elements.items()) {
            if (auto const* const repeated = element.find("repeated")) {
                made.elements.push_back(kept_repetitions(*repeated, object, node, made.elements.size()));
                continue;
            }
            std::string text = element.text();
            auto const external = fmt::format("{}{:02}", segment, made.elements.size() + 1);
            check_characters(text, external, joined(object.path, "extensions"));
            for (auto const& part : element.items())
                check_characters(part.text(), external, joined(object.path, "extensions"));
            for (auto const& part : element.items())
                text += (&part == &element.items().front() ? std::string() : std::string(1, component)) + part.text();
            made.elements.push_back(std::move(text));
        }
        out.push_back(std::move(made));
    };
    std::vector<std::size_t> by_key;
    for (auto& kept : object.kept) {
        // "IT8(1)" below this scope's prefix; deeper ones follow their loop
        std::string_view key = kept.key;
        if (kept.used || !kept.value->is_array() || !key.starts_with(scope_.prefix)) continue;
        key.remove_prefix(scope_.prefix.size());
        if (!key.starts_with(id) || key.size() <= id.size() || key[id.size()] != '(' || key.find('/') != key.npos)
            continue;
        kept.used = true;
        ++count;
        write(id, *kept.value);
        if (!schema_.nodes()[node].starts_loop) continue;
        if (by_key.empty()) { // sorted once: an object may have kept thousands
            by_key.resize(object.kept.size());
            for (std::size_t i = 0; i < by_key.size(); ++i)
                by_key[i] = i;
            std::sort(by_key.begin(), by_key.end(),
                      [&](auto a, auto b) { return object.kept[a].key < object.kept[b].key; });
        }
        auto const below = kept.key + "/";
        auto at = std::lower_bound(by_key.begin(), by_key.end(), below,
                                   [&](auto index, auto const& wanted) { return object.kept[index].key < wanted; });
        std::vector<std::size_t> inside;
        for (; at != by_key.end() && object.kept[*at].key.starts_with(below); ++at)
            inside.push_back(*at);
        std::sort(inside.begin(), inside.end()); // as they came
        for (auto const index : inside) {
            auto& inner = object.kept[index];
            if (inner.used || !inner.value->is_array()) continue;
            auto name = std::string_view(inner.key);
            name.remove_prefix(name.rfind('/') + 1);
            inner.used = true;
            write(name.substr(0, name.find('(')), *inner.value);
        }
    }
    return count;
}

WriteOutcome write_document(Plan const& plan, json::Value const& document, x12::Delimiters const& delimiters,
                            RunValues const* values) {
    WriteOutcome outcome;
    if (!document.is_object() || document.string("document") != plan.document_kind) {
        outcome.diagnostics.push_back(
            make_diagnostic("MAP-0113", fmt::format("The document is a `{}`; {} writes `{}`.",
                                                    document.string("document"), plan.name, plan.document_kind)));
        return outcome;
    }
    auto root = Binder(plan, document, values).run(outcome.diagnostics);
    Emitter(plan, delimiters, values, outcome.diagnostics).run(*root, outcome.segments);
    return outcome;
}

} // namespace wharf::translator
