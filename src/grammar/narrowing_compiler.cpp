#include "grammar/narrowing_compiler.hpp"

#include <algorithm>
#include <mutex>

namespace wharf::grammar {
namespace {

class WidenedCodeList final : public CodeList {
public:
    WidenedCodeList(CodeList const& list, std::vector<std::string> const& more) : list_(list), more_(more) {}

    [[nodiscard]] std::optional<std::string_view> find(std::string_view code) const override {
        if (auto const meaning = list_.find(code))
            return meaning;
        return std::ranges::find(more_, code) != more_.end() ? std::optional<std::string_view>("") : std::nullopt;
    }
    [[nodiscard]] std::size_t size() const override { return list_.size() + more_.size(); }
    [[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> all() const override {
        auto codes = list_.all();
        for (auto const& code : more_)
            codes.emplace_back(code, "");
        return codes;
    }
    [[nodiscard]] CodeTable const& table() const override {
        std::call_once(once_, [this] {
            std::vector<std::string_view> codes;
            for (auto const& entry : all())
                codes.push_back(entry.first);
            table_ = CodeTable(codes);
        });
        return table_;
    }

private:
    CodeList const& list_;
    std::vector<std::string> more_;
    mutable std::once_flag once_;
    mutable CodeTable table_;
};

std::uint64_t bit(std::uint32_t element) { return element == 0 || element > 64 ? 0 : std::uint64_t{1} << (element - 1); }

using Mentioned = std::unordered_map<std::string, std::uint64_t>;

/// `own`: the segment of the row that the rule stands at, which a path need not name.
void add_path(RulePath const& path, std::string const& own, Mentioned& mentioned) {
    auto const& segment = path.steps.empty() || path.steps.back().segment.empty() ? own : path.steps.back().segment;
    mentioned[segment] |= bit(path.element);
}

/// Conditions nest as a guide's author wrote them: a few levels.
void add_condition(Condition const& condition, std::string const& own, Mentioned& mentioned) {
    for (auto const* operand : {&condition.left, &condition.right})
        add_path(operand->path, own, mentioned);
    for (auto const& part : condition.parts)
        add_condition(part, own, mentioned);
}

void add_rules(std::vector<Rule> const& rules, std::string const& own, Mentioned& mentioned) {
    for (auto const& rule : rules) {
        add_condition(rule.condition, own, mentioned);
        for (auto const& effect : rule.effects)
            add_path(effect.path, own, mentioned);
    }
}

void add_rows(std::vector<NarrowedRow> const& rows, Mentioned& mentioned) {
    for (auto const& row : rows) {
        add_rules(row.rules, row.row->segment, mentioned);
        add_rows(row.rows, mentioned);
    }
}

} // namespace

NarrowingCompiler::NarrowingCompiler(NarrowedSet const& set, std::vector<SegmentRule>& rules, std::vector<Narrowing>& narrowings,
                                     std::vector<std::unique_ptr<CodeList const>>& widened)
    : set_(set), rules_(rules), narrowings_(narrowings), widened_(widened) {
    if (set.unlisted == Unlisted::allow)
        return;
    add_rules(set.rules, {}, mentioned_);
    add_rows(set.rows, mentioned_);
}

std::unique_ptr<CodeList const> widened_list(CodeList const& list, std::vector<std::string> const& codes) {
    return std::make_unique<WidenedCodeList>(list, codes);
}

std::uint16_t NarrowingCompiler::rule_for(Node const& node) {
    auto const& row = *node.narrowed;
    bool const beyond_qualifier = row.beyond && !row.qualifiers.empty();
    bool const unlisted_matters = set_.unlisted != Unlisted::allow && row.listed && !row.pairs.empty();
    if (row.elements.empty() && !unlisted_matters && !beyond_qualifier)
        return node.segment;
    auto rule = rules_[node.segment];
    Narrowing narrowing;
    narrowing.row = &row;
    narrowing.elements.resize(rule.elements.size());
    for (auto const& test : row.qualifiers)
        if (beyond_qualifier && test.component == 0 && test.element >= 1 && test.element <= rule.elements.size())
            widen_codes(rule.elements[test.element - 1], test.values);
    for (auto const& element : row.elements)
        narrow(rule, narrowing, element);
    if (set_.unlisted != Unlisted::allow && row.listed)
        narrowing.unlisted = unlisted_elements(row, rule);
    rules_.push_back(std::move(rule));
    narrowings_.push_back(std::move(narrowing));
    return static_cast<std::uint16_t>(rules_.size() - 1);
}

void NarrowingCompiler::narrow(SegmentRule& rule, Narrowing& narrowing, ElementNarrowing const& element) {
    if (element.element < 1 || element.element > rule.elements.size())
        return;
    auto& whole = rule.elements[element.element - 1];
    auto const& guide = element.rule;
    auto* target = &whole;
    if (element.component != 0) {
        if (element.component > whole.components.size())
            return;
        narrowing.components = true;
        target = &whole.components[element.component - 1];
        if (guide.use == Use::may || guide.use == Use::must_not)
            target->mandatory = false; // `beyond`
    } else {
        narrowing.elements[element.element - 1] = &element;
        auto const mask = bit(element.element);
        if (guide.use == Use::must && (rule.mandatory & mask) == 0)
            narrowing.must |= mask;
        if (guide.use == Use::must_not)
            narrowing.must_not |= mask;
        if (guide.use == Use::may || guide.use == Use::must_not) { // of what the grammar demands only with `beyond`
            rule.mandatory &= ~mask;
            whole.mandatory = false;
        }
    }
    if (guide.lengths) {
        target->min = std::min(target->min, guide.lengths->first);
        target->max = std::max(target->max, guide.lengths->second);
    }
    widen_codes(*target, guide.beyond_codes);
}

void NarrowingCompiler::widen_codes(ElementRule& rule, std::vector<std::string> const& codes) {
    if (rule.codes == nullptr)
        return;
    std::vector<std::string> more;
    for (auto const& code : codes)
        if (!rule.codes->find(code))
            more.push_back(code);
    if (more.empty())
        return;
    widened_.push_back(widened_list(*rule.codes, more));
    rule.codes = widened_.back().get();
    for (auto const& code : more) {
        rule.min = std::min(rule.min, static_cast<std::uint32_t>(code.size()));
        rule.max = std::max(rule.max, static_cast<std::uint32_t>(code.size()));
    }
}

std::uint64_t NarrowingCompiler::unlisted_elements(NarrowedRow const& row, SegmentRule const& rule) const {
    std::uint64_t listed = rule.mandatory;
    for (auto const& element : row.elements)
        listed |= bit(element.element);
    for (auto const& test : row.qualifiers)
        listed |= bit(test.element);
    if (!row.pairs.empty() && rule.definition->pairs_from != 0)
        for (std::uint32_t k = rule.definition->pairs_from; k <= rule.definition->pairs_to; ++k)
            listed |= bit(k);
    if (auto const found = mentioned_.find(row.row->segment); found != mentioned_.end())
        listed |= found->second;
    for (auto const& note : rule.definition->notes) { // what a listed element cannot be sent without
        std::uint64_t all_of_note = 0;
        for (auto const position : note.positions)
            all_of_note |= bit(position);
        bool const asks = note.kind == 'P' ? (listed & all_of_note) != 0 : note.kind == 'C' && !note.positions.empty() && (listed & bit(note.positions.front())) != 0;
        if (asks)
            listed |= all_of_note;
    }
    auto const all = rule.elements.size() >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << rule.elements.size()) - 1;
    return all & ~listed;
}

} // namespace wharf::grammar
