// A map as an annotated sample of its transaction set.
#include "translator/show.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace wharf::translator {
namespace {

using grammar::NodeIndex;

class Sample {
public:
    explicit Sample(Plan const& plan) : plan_(plan), schema_(*plan.schema) {}

    std::string run() {
        scope(*plan_.root->scope, *plan_.root, 0);
        return std::move(text_);
    }

private:
    std::string segment_id(NodeIndex row) const {
        return schema_.segments()[schema_.nodes()[row].segment].definition->id;
    }

    void scope(Scope const& own, Body const& body, std::size_t depth) {
        auto const& loop = schema_.loops()[own.loop];
        for (auto const row : loop.rows)
            for (auto const* const claim : own.by_row[row - own.first])
                this->claim(*claim, body, depth);
        if (own.loop != 0 && loop.first == plan_.hierarchy_row)
            for (auto const* const claim : own.by_row[0])
                this->claim(*claim, body, depth);
    }

    void claim(Claim const& claim, Body const& body, std::size_t depth) {
        auto const indent = std::string(2 * depth, ' ');
        auto const& inner = claim.child != nullptr ? *claim.child : body;
        if (claim.child != nullptr) text_ += fmt::format("{}{{each {}}}\n", indent, inner.path);
        if (claim.child != nullptr && !open_.insert(claim.child).second) {
            text_ += fmt::format("{}  … the same again\n", indent);
            return;
        }
        auto const own_depth = claim.child != nullptr ? depth + 1 : depth;
        auto const& use = claim.child != nullptr ? inner.use : claim.use;
        text_ += fmt::format("{}{}\n", std::string(2 * own_depth, ' '), segment(claim, use, inner));
        auto const* const below = claim.child != nullptr ? inner.scope.get() : claim.scope;
        if (below != nullptr) scope(*below, inner, own_depth + 1);
        if (claim.child != nullptr) open_.erase(claim.child);
    }

    /// "{quantity}", "{unit: code}", "{a | b}" where several lines read it.
    static std::string field(Body const& body, SlotIndex slot) {
        std::string text;
        for (auto const index : body.slots[slot].readers) {
            auto const& line = *body.lines[index];
            text += text.empty() ? "" : " | ";
            text += line.target == nullptr ? std::string("= computed") : member_path(line.target);
            if (body.scalar) text += body.path;
            if (line.converter.op != Op::text) text += fmt::format(": {}", to_string(line.converter.op));
        }
        return fmt::format("{{{}}}", text);
    }

    static void put(std::vector<std::string>& elements, unsigned element, unsigned component, std::string text) {
        if (elements.size() < element) elements.resize(element);
        auto& at = elements[element - 1];
        if (component > 1 && !at.empty()) at += '>';
        at += std::move(text);
    }

    std::string segment(Claim const& claim, Use const& use, Body const& body) const {
        std::vector<std::string> elements;
        if (claim.test.present) put(elements, claim.test.element, 0, fmt::format("{}", fmt::join(claim.test.texts, "|")));
        for (auto const& constant : use.constants)
            put(elements, constant.element, constant.component, constant.text);
        auto fields = use.fields;
        std::ranges::sort(fields, {}, [](Field const& one) { return std::pair(one.element, one.component); });
        for (auto const& one : fields)
            put(elements, one.element, one.component, field(body, one.slot));
        for (auto const& run : use.runs)
            for (auto const& tuple : run.claims) {
                auto const& holder = tuple.child != nullptr ? *tuple.child : body;
                for (auto const& cell : tuple.cells)
                    put(elements, run.element != 0 ? run.element : tuple.first + run.offsets[cell.element],
                        run.element != 0 ? tuple.first + run.offsets[cell.element] : 0, field(holder, cell.slot));
                if (tuple.test.present)
                    put(elements, run.element != 0 ? run.element : tuple.first + run.offsets[tuple.test.element],
                        run.element != 0 ? tuple.first + run.offsets[tuple.test.element] : 0,
                        fmt::format("{}", fmt::join(tuple.test.texts, "|")));
                if (tuple.first != tuple.last) put(elements, run.element != 0 ? run.element : tuple.last, 0, "…");
            }
        if (claim.row == plan_.hierarchy_row) {
            put(elements, 1, 0, "{number}");
            put(elements, 2, 0, "{parent}");
        }
        auto text = segment_id(claim.row);
        for (auto const& element : elements)
            text += "*" + element;
        return text + "~";
    }

    Plan const& plan_;
    grammar::Schema const& schema_;
    std::string text_;
    std::set<Body const*> open_;
};

} // namespace

std::string map_sample(Plan const& plan) {
    return plan.schema == nullptr ? std::string() : Sample(plan).run();
}

} // namespace wharf::translator
