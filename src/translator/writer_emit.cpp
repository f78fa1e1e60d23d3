// Writing X12, second half: slots to segments in the grammar's order; claims of one row in the order of §5; extensions
// last. One segment is made in writer_segment.cpp, what cannot be written is said in writer_check.cpp.
#include "translator/writer.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace wharf::translator {

using grammar::NodeIndex;

Emitter::Emitter(Plan const& plan, x12::Delimiters const& delimiters, RunValues const* values, Pool& pool,
                 Diagnostics& diagnostics)
    : plan_(plan), schema_(*plan.schema), delimiters_(delimiters), values_(values), pool_(pool), diagnostics_(diagnostics) {
    for (unsigned c = 0; c < bad_.size(); ++c)
        bad_[c] = c < 0x20 || c == 0x7f;
    for (char const c : {delimiters.element, delimiters.segment, delimiters.component, delimiters.repetition})
        bad_[static_cast<unsigned char>(c)] = true; // no repetition: NUL, bad anyway
}

std::string const& Emitter::segment_id(NodeIndex row) const {
    return schema_.segments()[schema_.nodes()[row].segment].definition->id;
}

Diagnostic Emitter::fault(std::string_view code, std::string const& canonical, std::string message,
                          std::string help) const {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    found.place.path = canonical;
    found.place.transaction_set = schema_.set().id;
    return found;
}

void Emitter::run(OutObject& root, x12::SetBody& out) {
    scope(*plan_.root->scope, root, out, 0);
    auto const levels = std::to_string(levels_);
    if (counted_) out.replace(count_mark, levels_ == 0 ? std::string_view() : std::string_view(levels));
    auto const* const totals = root.value->find("totals"); // what is counted last cannot be held against it earlier
    auto const* const stated = counted_ && totals != nullptr ? totals->find("hl_count") : nullptr;
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
                    "MAP-0116", joined(object->path(), "extensions"),
                    fmt::format("The kept `{}` of {} is not written: its place is taken, or there is no such place.",
                                kept.key, object->place == nullptr ? "the document" : object->path())));
        for (auto const* list = object->lists; list != nullptr; list = list->next)
            for (auto* item = list->first; item != nullptr; item = item->next)
                open.push_back(item);
    }
}

void Emitter::scope(Scope const& scope, OutObject& object, x12::SetBody& out, unsigned parent_number) {
    auto const& loop = schema_.loops()[scope.loop];
    if (object.kept.empty()) {
        for (auto const& one : scope.writing) // most have nothing to say
            if (one.always || (object.claims[one.word] & one.claims) != 0) row(scope, one.row, object, out, parent_number);
    } else {
        for (auto const node : loop.rows)
            row(scope, node, object, out, parent_number);
    }
    if (scope.loop != 0 && loop.first == plan_.hierarchy_row) // the levels below stand behind all segments of this one
        for (auto* const taken : scope.by_row[0])
            claim(scope, *taken, object, out, parent_number, nullptr);
}

void Emitter::row(Scope const& scope, NodeIndex node, OutObject& object, x12::SetBody& out,
                  unsigned parent_number) {
    auto const& rule = schema_.nodes()[node];
    auto const& claims = scope.by_row[node - scope.first];
    if (scope.loop == 0 && segment_id(node) == "SE") return;
    std::size_t count = 0;
    UsedBits used{};
    for (auto* const taken : claims)
        if (rule.mandatory || !object.kept.empty() || object.concerned(*taken))
            count += claim(scope, *taken, object, out, parent_number, &used);
    if (!object.kept.empty()) count += kept_segments(scope, node, object, out);
    auto const shown = [&] { return object.place == nullptr ? "the document" : fmt::format("`{}`", object.path()); };
    if (rule.mandatory && count == 0)
        diagnostics_.push_back(
            fault("MAP-0112", object.path(),
                  fmt::format("{} is mandatory, and {} has nothing to write there.", schema_.path(node), shown())));
    if (rule.max != 0 && count > rule.max)
        diagnostics_.push_back(
            fault("MAP-0115", object.path(),
                  fmt::format("{} can stand {} time{}; {} would be needed for {}.", schema_.path(node), rule.max,
                              rule.max == 1 ? "" : "s", count, shown())));
}

/// A segment for each entry of a list, with what stands below it.
std::size_t Emitter::children(Scope const& scope_, Claim const& taken, OutObject& object,
                              x12::SetBody& out, unsigned parent_number, UsedBits* used) {
    auto* const list = object.list(taken.list);
    if (list == nullptr) return 0;
    auto const* const test = taken.test.present ? &taken.test : nullptr;
    for (auto* item = list->first; item != nullptr; item = item->next) {
        build(taken.child->use, taken.row, *item, test, {}, false);
        unsigned number = parent_number;
        if (taken.row == plan_.hierarchy_row) {
            number = ++levels_;
            fields_.resize(std::max<std::size_t>(fields_.size(), 5));
            fields_[1] = pool_.keep(std::to_string(number));
            if (parent_number != 0) fields_[2] = pool_.keep(std::to_string(parent_number));
            bool below = false;
            for (auto* const one : taken.child->scope->by_row[0])
                if (auto const* const inner = item->list(one->list); inner != nullptr) below = below || inner->size != 0;
            fields_[4] = below ? "1" : "0";
        }
        check_claim(scope_, taken, fields_, *item, used);
        out.add(fields_);
        if (schema_.nodes()[taken.row].starts_loop) scope(*taken.child->scope, *item, out, number);
    }
    return list->size;
}

std::size_t Emitter::claim(Scope const& scope_, Claim const& taken, OutObject& object,
                           x12::SetBody& out, unsigned parent_number, UsedBits* used) {
    if (taken.child != nullptr) return children(scope_, taken, object, out, parent_number, used);
    auto const& node = schema_.nodes()[taken.row];
    auto const* const test = taken.test.present ? &taken.test : nullptr;
    std::size_t count = 0;
    for (;;) {
        auto const numbered = taken.numbered && !object.kept.empty();
        auto const stem = numbered ? fmt::format("{}{}({})/", scope_.prefix, segment_id(taken.row), count + 1) : std::string();
        auto const faults = diagnostics_.size();
        auto const built = build(taken.use, taken.row, object, test, numbered ? stem : taken.stem, taken.each);
        auto const place = out.mark();
        // a mandatory segment of constants alone, such as LE, is written where its loop says something
        bool const closes = node.mandatory && scope_.loop != 0 && built.filled && place.segments > 0 &&
                            out.last_id() != segment_id(scope_.first);
        bool keep = built.content || closes;
        bool const more = built.more;
        if (built.filled || taken.scope != nullptr) out.add(fields_);
        std::vector<std::string_view> before_inner; // fields_ serves the segments of the loop, too
        if (taken.scope != nullptr) {
            before_inner = fields_;
            scope(*taken.scope, object, out, parent_number);
            bool const inner = out.segments() > place.segments + 1;
            if (inner && !built.filled)
                diagnostics_.push_back(
                    fault("MAP-0117", object.path(),
                          fmt::format("There are segments to write inside {}, but nothing for the {} that begins it.",
                                      schema_.path(taken.row), segment_id(taken.row))));
            keep = keep || inner;
        }
        if (!keep) { // constants and counts alone are not worth a segment
            out.take_back(place);
            diagnostics_.resize(faults);
            return count;
        }
        if (built.filled) check_claim(scope_, taken, taken.scope != nullptr ? before_inner : fields_, object, used);
        ++count;
        if (!more) return count;
    }
}

/// The entries of a kept composite, with the separator between them.
template <class Check>
static void append_parts(std::string& text, json::Node const& composite, char separator, Check const& check) {
    bool first = true;
    for (auto const& part : composite.items()) {
        check(part.text());
        if (!std::exchange(first, false)) text += separator;
        text += part.text();
    }
}

/// An element of a kept segment that repeats: `{"repeated": ["A", ["B", "C"]]}`.
std::string Emitter::kept_repetitions(json::Node const& values, OutObject const& object, NodeIndex node,
                                      std::size_t element) {
    auto const external = fmt::format("{}{:02}", segment_id(node), element + 1);
    auto const canonical = joined(object.path(), "extensions");
    std::string text;
    bool first = true;
    for (auto const& value : values.items()) {
        if (!std::exchange(first, false)) text += repetition(object, node, element);
        check_characters(value.text(), external, canonical);
        text += value.text();
        append_parts(text, value, delimiters_.component,
                     [&](std::string_view part) { check_characters(part, external, canonical); });
    }
    return text;
}

std::size_t Emitter::kept_segments(Scope const& scope_, NodeIndex node, OutObject& object,
                                   x12::SetBody& out) {
    auto const& id = segment_id(node);
    std::size_t count = 0;
    auto const write = [&](std::string_view segment, json::Node const& elements) {
        fields_.assign(1, segment);
        for (auto const& element : elements.items()) {
            if (auto const* const repeated = element.find("repeated")) {
                fields_.push_back(pool_.keep(kept_repetitions(*repeated, object, node, fields_.size() - 1)));
                continue;
            }
            std::string text(element.text());
            auto const external = fmt::format("{}{:02}", segment, fields_.size());
            check_characters(text, external, joined(object.path(), "extensions"));
            append_parts(text, element, delimiters_.component, [&](std::string_view part) {
                check_characters(part, external, joined(object.path(), "extensions"));
            });
            fields_.push_back(pool_.keep(text));
        }
        out.add(fields_);
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
        auto const below = std::string(kept.key) + "/";
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

WriteOutcome write_document(Plan const& plan, json::Node const& document, x12::Delimiters const& delimiters,
                            RunValues const* values) {
    WriteOutcome outcome;
    if (!document.is_object() || document.string("document") != plan.document_kind) {
        outcome.diagnostics.push_back(
            make_diagnostic("MAP-0113", fmt::format("The document is a `{}`; {} writes `{}`.",
                                                    document.string("document"), plan.name, plan.document_kind)));
        return outcome;
    }
    thread_local Pool pool; // its memory is kept, and the body's; nothing in them outlives this call
    thread_local x12::SetBody body;
    pool.clear();
    body.clear(delimiters);
    auto& root = Binder(plan, document, values, pool).run(outcome.diagnostics);
    Emitter(plan, delimiters, values, pool, outcome.diagnostics).run(root, body);
    outcome.body = body; // a copy has no more memory than it needs
    return outcome;
}

} // namespace wharf::translator
