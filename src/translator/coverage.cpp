#include "translator/coverage.hpp"

#include "translator/format.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace wharf::translator {
namespace {

using grammar::NodeIndex;

/// Elements read per row of the grammar, over all bodies.
class External {
public:
    External(Plan const& plan, Coverage& out) : plan_(plan), schema_(*plan.schema), out_(out) {}

    void run() {
        for (auto const& body : plan_.bodies) {
            if (body->scope) scope(*body->scope);
            for (auto const& inner : body->prefix_scopes)
                scope(*inner);
        }
        if (plan_.hierarchy_row != grammar::no_node) read_[plan_.hierarchy_row] |= 0b1011;
        auto const& nodes = schema_.nodes();
        for (std::size_t row = 1; row + 1 < nodes.size(); ++row)
            if (!nodes[row].forbidden) segment(static_cast<NodeIndex>(row));
    }

private:
    void scope(Scope const& own) {
        for (auto const& claim : own.claims) {
            auto const& use = claim->child != nullptr ? claim->child->use : claim->use;
            auto& mask = read_[claim->row];
            mask |= use.mask;
            if (claim->child == nullptr && claim->scope == nullptr && use.mask == 0 && use.runs.empty()) continue;
            for (auto const& run : use.runs) {
                if (run.element != 0) mask |= std::uint64_t{1} << (run.element - 1);
                for (unsigned first = run.first; run.element == 0 && first <= run.last; first += run.stride)
                    for (auto const offset : run.offsets)
                        if (first + offset <= 64) mask |= std::uint64_t{1} << (first + offset - 1);
            }
        }
    }

    void segment(NodeIndex row) {
        auto const& rule = schema_.rules()[schema_.nodes()[row].rule];
        auto const mask = read_.contains(row) ? read_[row] : 0;
        std::vector<std::string> unread;
        std::size_t count = 0;
        for (std::size_t e = 0; e < rule.elements.size() && e < 64; ++e) {
            if (rule.elements[e].max == 0 && rule.elements[e].kind != grammar::ElementClass::composite) continue;
            ++count;
            if ((mask >> e & 1) != 0)
                ++out_.external_read;
            else
                unread.push_back(fmt::format("{:02}", e + 1));
        }
        out_.external_all += count;
        if (unread.empty()) return;
        out_.external_unread.push_back(fmt::format(
            "{}: {}", schema_.path(row), unread.size() == count ? "all" : fmt::format("{}", fmt::join(unread, ", "))));
    }

    Plan const& plan_;
    grammar::Schema const& schema_;
    Coverage& out_;
    std::map<NodeIndex, std::uint64_t> read_;
};

/// Members of the schema and the lines that write them.
class Members {
public:
    Members(Plan const& plan, Coverage& out) : out_(out) { object(*plan.root, plan.root->root.get(), *plan.root->node, {}); }

private:
    static bool written(Body const& body, Member const& member) {
        if (member.kind == MemberKind::word) return true;
        return std::ranges::any_of(member.lines, [&](auto index) {
            return body.lines[index]->writes() || body.lines[index]->computed_index;
        });
    }

    void object(Body const& body, Member const* own, document::Node const& node, std::string const& path) {
        for (auto const& property : node.properties) {
            if (property.derived || property.name == "extensions") continue;
            Member const* member = nullptr;
            if (own != nullptr)
                for (auto const& one : own->members)
                    if (one->name == property.name) member = one.get();
            if (member != nullptr && member->kind == MemberKind::provenance) continue;
            member_of(body, member, property, path.empty() ? property.name : path + "." + property.name);
        }
    }

    void member_of(Body const& body, Member const* member, document::Property const& property, std::string path) {
        auto const* node = property.node;
        bool const list = node->type == document::NodeType::array;
        if (list) {
            node = node->items != nullptr ? node->items : node;
            path += "[]";
        }
        if (node->type != document::NodeType::object) {
            ++out_.members_all;
            bool const lines = member != nullptr && (!member->lists.empty() || written(body, *member));
            out_.members_written += lines;
            if (!lines) out_.members_unwritten.push_back(path);
            return;
        }
        if (member != nullptr && !member->lines.empty()) { // one value that makes an object, such as a period
            ++out_.members_all;
            out_.members_written += written(body, *member);
            return;
        }
        if (member == nullptr || (member->members.empty() && member->bodies.empty())) {
            ++out_.members_all; // a whole object counts once, whatever it could hold
            out_.members_unwritten.push_back(path);
            return;
        }
        for (auto const* const child : member->bodies)
            if (child != nullptr && seen_.insert(child).second) object(*child, child->root.get(), *node, path);
        if (member->bodies.empty() && !list) object(body, member, *node, path);
        for (auto const& entry : member->members)
            if (entry->kind == MemberKind::entry) object(body, entry.get(), *node, path);
    }

    Coverage& out_;
    std::set<Body const*> seen_;
};

bool many_spellings(Converter const& converter) {
    if (!converter.plain || converter.default_value) return true;
    switch (converter.op) {
    case Op::decimal:
    case Op::implied:
    case Op::integer:
        return true;
    default:
        return false;
    }
}

void law_of(Plan const& plan, Coverage& out) {
    auto const at_least = [&](LawClass law, std::string reason) {
        out.law = std::max(out.law, law);
        if (law != LawClass::one_way) return;
        if (std::ranges::find(out.reasons, reason) == out.reasons.end()) out.reasons.push_back(std::move(reason));
    };
    for (auto const& body : plan.bodies)
        for (auto const& line : body->lines) {
            auto const name = fmt::format("{} `{}`", line->origin.text_place(), line->canonical);
            if (line->computed_index) continue;
            if (many_spellings(line->converter)) at_least(LawClass::normal_form, {});
            if (line->direction == Direction::both || line->target == nullptr) continue;
            bool const answered = std::ranges::any_of(line->target->lines, [&](auto index) {
                auto const& other = *body->lines[index];
                return other.direction != line->direction;
            });
            if (answered)
                at_least(LawClass::normal_form, {});
            else
                at_least(LawClass::one_way, fmt::format("{} is only {}", name,
                                                        line->direction == Direction::read ? "read" : "written"));
        }
}

} // namespace

Coverage coverage_of(Plan const& plan) {
    Coverage out;
    if (plan.schema != nullptr) {
        External(plan, out).run();
        out.law = LawClass::normal_form; // packing and order are normalised
    } else if (plan.format != nullptr) {
        out.external_unread = plan.format->unread();
    }
    Members(plan, out);
    law_of(plan, out);
    return out;
}

std::string summary(Coverage const& coverage) {
    auto const share = [](std::size_t part, std::size_t all) { return all == 0 ? 100 : part * 100 / all; };
    std::string text;
    if (coverage.external_all != 0)
        text = fmt::format("reads {} of {} elements ({} %), ", coverage.external_read, coverage.external_all,
                           share(coverage.external_read, coverage.external_all));
    text += fmt::format("writes {} of {} members ({} %); ", coverage.members_written, coverage.members_all,
                        share(coverage.members_written, coverage.members_all));
    switch (coverage.law) {
    case LawClass::exact:
        return text + "what is read comes back exactly";
    case LawClass::normal_form:
        return text + "what is read comes back in normal form";
    case LawClass::one_way:
        break;
    }
    return text + fmt::format("one-way in {} line{}", coverage.reasons.size(), coverage.reasons.size() == 1 ? "" : "s");
}

} // namespace wharf::translator
