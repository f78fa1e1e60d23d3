#include "grammar/guide_value.hpp"

#include "grammar/guide_pattern.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace wharf::grammar {
namespace {

using CellKind = GuideCell::Kind;
using Lengths = std::pair<std::uint32_t, std::uint32_t>;

bool contains(std::vector<std::string> const& list, std::string_view value) {
    return std::ranges::find(list, value) != list.end();
}

/// The lengths of a value kind; nothing where the kind says nothing.
std::optional<Lengths> lengths_of(ValueKind kind) {
    switch (kind) {
    case ValueKind::upc:
        return Lengths{12, 12};
    case ValueKind::ean:
        return Lengths{8, 13};
    case ValueKind::gtin:
        return Lengths{8, 14};
    case ValueKind::sscc:
        return Lengths{18, 20};
    case ValueKind::gln:
        return Lengths{13, 13};
    case ValueKind::date:
        return Lengths{6, 8};
    case ValueKind::time:
        return Lengths{4, 8};
    case ValueKind::none:
        break;
    }
    return std::nullopt;
}

/// Holds one row against grammar and parent, cell by cell.
class ValueCheck {
public:
    ValueCheck(ValueRule const& prior, std::span<GuideCell const> cells, ElementFacts const& facts,
               RowContext const& context)
        : prior_(prior), cells_(cells), facts_(facts), context_(context),
          parent_((context.has_parent || context.in_rule) && !context.may_override) {}

    bool run(Use use, Span use_span) {
        check_use(use, use_span);
        unsigned seen = 0;
        for (auto const& cell : cells_) {
            auto const bit = 1u << (static_cast<unsigned>(cell.kind) + (cell.beyond ? 16u : 0u));
            if ((seen & bit) != 0) add("GUIDE-0015", cell, "this is said twice in one row", "keep one of the two");
            seen |= bit;
            check(cell);
        }
        if (use == Use::must_not) unused_words();
        else if (facts_.definition != nullptr && !facts_.is_number()) check_pattern_fits();
        return deviates_;
    }

private:
    Diagnostic& add(std::string_view code, Span span, std::string message, std::string help = {}) {
        return context_.problems.add(code, context_.file, context_.line, span, std::move(message), std::move(help));
    }
    void deviation(Span span, std::string message) {
        deviates_ = true;
        add("GUIDE-0050", span, std::move(message),
            "a strict receiver would refuse it; nothing to do when the partner really sends this");
    }
    void needless(Span span, std::string message, std::string help) {
        add("GUIDE-0051", span, std::move(message), std::move(help));
    }
    static void relate(Diagnostic& finding, std::optional<Related> row) {
        if (row) finding.related.push_back(std::move(*row));
    }
    /// The parent said something narrower.
    void relaxes(Span span, std::string what) {
        auto& finding =
            context_.in_rule
                ? add("GUIDE-0042", span, std::move(what),
                      "a rule may only narrow what its row allows; let the row allow it, and narrow it in rules")
                : add("GUIDE-0045", span, std::move(what),
                      "a guide may only narrow the one it extends; write `override` at the end of the row if this is "
                      "meant");
        if (prior_.source.file != nullptr)
            finding.related.push_back(
                related_place(prior_.source, context_.in_rule ? "the row" : "the guide it extends says so here"));
    }

    void check_use(Use use, Span span) {
        if (use == Use::grammar) return;
        if (facts_.mandatory && use != Use::must) {
            auto const what = use == Use::may ? "made optional" : "forbidden";
            if (context_.beyond)
                deviation(span, fmt::format("{} is mandatory in {}; this guide lets it be absent", facts_.label,
                                            facts_.release));
            else
                relate(add("GUIDE-0020", span,
                           fmt::format("{} is mandatory in {} and cannot be {}", facts_.label, facts_.release, what),
                           fmt::format("write {} M, or `beyond {} {}` if the partner really leaves it out",
                                       facts_.label, facts_.label, use_word(use))),
                       segment_row(context_.grammars, context_.segment, context_.element));
        } else if (context_.beyond)
            needless(context_.line.beyond_span,
                     fmt::format("{} {} is within the standard", facts_.label, use_word(use)),
                     "leave `beyond` out; before a row it lets a mandatory thing be absent");
        if (parent_ &&
            ((prior_.use == Use::must && use != Use::must) || (prior_.use == Use::must_not && use != Use::must_not)))
            relaxes(span, fmt::format("{} is {} in {}, not {}", facts_.label, use_word(prior_.use), authority(),
                                      use_word(use)));
    }

    void check(GuideCell const& cell) {
        auto const speaks_of_value =
            cell.kind != CellKind::report && cell.kind != CellKind::override_parent && cell.kind != CellKind::name;
        if (speaks_of_value && facts_.definition == nullptr) {
            add("GUIDE-0023", cell, fmt::format("{} is made of components", facts_.label),
                fmt::format("say it of a component, such as {}-01", facts_.label));
            return;
        }
        switch (cell.kind) {
        case CellKind::lengths:
            return check_lengths(cell);
        case CellKind::codes:
            return check_codes(cell);
        case CellKind::digits:
            return check_digits(cell);
        case CellKind::decimals:
            return check_decimals(cell);
        case CellKind::from:
            return check_range(cell);
        case CellKind::is:
            return check_kind(cell);
        case CellKind::like:
            static_cast<void>(compile_pattern(cell.text, cell, context_));
            if (parent_ && prior_.like && prior_.like_text != cell.text)
                relaxes(cell, fmt::format("{} is like {} here, but like {} in {}", facts_.label, guide_quoted(cell.text),
                                          guide_quoted(prior_.like_text), authority()));
            return;
        case CellKind::report:
            if (parent_ && prior_.source.file != nullptr && !prior_.report)
                relaxes(cell, fmt::format("{} is only reported here, but an error in {}", facts_.label, authority()));
            return;
        case CellKind::override_parent:
            if (!context_.has_parent) needless(cell, "`override` without `extends` changes nothing", "leave it out");
            return;
        case CellKind::unique:
        case CellKind::name:
            return;
        }
    }

    /// What is said of a value that must not be there.
    void unused_words() {
        auto const of_value = [](GuideCell const& cell) {
            return cell.kind != CellKind::report && cell.kind != CellKind::override_parent && cell.kind != CellKind::name;
        };
        auto const found = std::ranges::find_if(cells_, of_value);
        if (found == cells_.end()) return;
        add("GUIDE-0053", *found, fmt::format("{} must not be there, so what its value must be has no effect", facts_.label),
            "leave it out, or write M or O");
    }

    /// A pattern that no value of these lengths, or none of these codes, fits.
    void check_pattern_fits() {
        auto const written = std::ranges::find(cells_, CellKind::like, &GuideCell::kind);
        if (written == cells_.end()) return;
        auto const pattern = Pattern::compile(written->text);
        if (!pattern) return; // said already
        auto const [min, max] = effective_lengths();
        if (min <= max && !(*pattern)->fits_lengths(min, max)) {
            add("GUIDE-0024", *written, fmt::format("no value of {} to {} signs is like {}", min, max, guide_quoted(written->text)), "correct the pattern or the lengths");
            return;
        }
        auto const codes = std::ranges::find_if(cells_, [](GuideCell const& cell) { return cell.kind == CellKind::codes && !cell.beyond; });
        if (codes != cells_.end() && std::ranges::none_of(codes->values, [&](Word const& word) { return (*pattern)->matches(code_of(word)); }))
            add("GUIDE-0024", *written, fmt::format("none of its codes is like {}", guide_quoted(written->text)), "correct the pattern or the codes");
    }

    [[nodiscard]] Lengths grammar_lengths() const { return {facts_.definition->min, facts_.definition->max}; }
    /// The lengths that hold after this row.
    [[nodiscard]] Lengths effective_lengths() const {
        for (auto const& cell : cells_)
            if (cell.kind == CellKind::lengths) return {cell.min, cell.max};
        return prior_.lengths.value_or(grammar_lengths());
    }

    void check_lengths(GuideCell const& cell) {
        if (cell.min > cell.max) {
            add("GUIDE-0024", cell, fmt::format("no value is {} long at least and {} at most", cell.min, cell.max),
                fmt::format("write {}/{}", cell.max, cell.min));
            return;
        }
        auto const [min, max] = grammar_lengths();
        auto const wider = cell.min < min || cell.max > max;
        if (wider && cell.beyond)
            deviation(cell, fmt::format("lengths {}/{} of {} are wider than element {} has in {} ({})", cell.min,
                                        cell.max, facts_.label, facts_.reference, facts_.release, facts_.lengths()));
        else if (wider)
            relate(add("GUIDE-0021", cell,
                       fmt::format("lengths {}/{} are wider than element {} has in {} ({})", cell.min, cell.max,
                                   facts_.reference, facts_.release, facts_.lengths()),
                       fmt::format("write `beyond {}/{}` if the partner really sends {}", cell.min, cell.max,
                                   cell.max > max ? "more" : "less")),
                   element_row(context_.grammars, facts_.reference));
        else if (cell.beyond)
            needless(cell,
                     fmt::format("lengths {}/{} are within those of element {} in {} ({})", cell.min, cell.max,
                                 facts_.reference, facts_.release, facts_.lengths()),
                     "leave `beyond` out");
        if (parent_ && prior_.lengths && (cell.min < prior_.lengths->first || cell.max > prior_.lengths->second))
            relaxes(cell, fmt::format("{} has lengths {}/{} here, which are wider than {}/{} in {}", facts_.label, cell.min,
                                      cell.max, prior_.lengths->first, prior_.lengths->second, authority()));
    }

    void check_codes(GuideCell const& cell) {
        std::vector<std::string> outside;
        for (auto const& word : cell.values) {
            if (std::ranges::any_of(cell.values.data(), &word, [&](Word const& earlier) { return code_of(earlier) == code_of(word); })) {
                add("GUIDE-0015", word, fmt::format("{} a second time", word.text), "name each code once");
                continue;
            }
            auto const code = code_of(word);
            auto const listed = facts_.codes != nullptr && facts_.codes->find(code).has_value();
            if (!cell.beyond && facts_.codes != nullptr && !listed && !contains(prior_.beyond_codes, code) &&
                !is_beyond_here(code))
                relate(add("GUIDE-0022", word,
                           fmt::format("{} is no code of {} (element {}) in {}", word.text, facts_.label,
                                       facts_.reference, facts_.release),
                           code_hint(code, facts_, context_.grammars)),
                       code_list(context_.grammars, facts_.reference));
            else if (!cell.beyond || facts_.codes != nullptr)
                check_code_form(cell, word, code);
            if (cell.beyond && listed)
                needless(word,
                         fmt::format("{} is a code of element {} in {}", word.text, facts_.reference, facts_.release),
                         "write it in a `codes` cell without `beyond`");
            if (cell.beyond && facts_.codes != nullptr && !listed) outside.push_back(std::string(word.text));
            if (parent_ && !prior_.codes.empty() && !contains(prior_.codes, code) &&
                !contains(prior_.beyond_codes, code))
                relaxes(word, fmt::format("{} may be {} here, but only {} in {}", facts_.label, word.text,
                                          fmt::join(prior_.codes, " "), authority()));
        }
        if (!cell.beyond) return;
        if (facts_.codes == nullptr)
            needless(cell,
                     fmt::format("the codes of element {} are not listed in the standard, nothing needs widening",
                                 facts_.reference),
                     "leave `beyond` out: `codes …` allows these only");
        else if (!outside.empty())
            deviation(cell,
                      fmt::format("{} of {} {} not in the list of element {} in {}", fmt::join(outside, " "),
                                  facts_.label, outside.size() == 1 ? "is" : "are", facts_.reference, facts_.release));
    }

    [[nodiscard]] bool is_beyond_here(std::string_view code) const {
        return std::ranges::any_of(cells_, [&](GuideCell const& cell) {
            return cell.kind == CellKind::codes && cell.beyond &&
                   std::ranges::any_of(cell.values, [&](Word const& word) { return code_of(word) == code; });
        });
    }

    void check_code_form(GuideCell const& cell, Word const& word, std::string const& code) {
        auto const [min, max] = effective_lengths();
        if (!cell.beyond && (code.size() < min || code.size() > max))
            add("GUIDE-0024", word,
                fmt::format("{} has {} signs, {} {} to {}", word.text, code.size(), facts_.label, min, max),
                "correct the code or the lengths");
    }

    void check_digits(GuideCell const& cell) {
        auto const& type = facts_.definition->type;
        if (type == "B")
            add("GUIDE-0023", cell, fmt::format("element {} is binary data", facts_.reference),
                "`digits` is for text and numbers");
    }

    void check_decimals(GuideCell const& cell) {
        auto const& type = facts_.definition->type;
        if (!facts_.is_number()) {
            relate(add("GUIDE-0023", cell,
                       fmt::format("element {} is of type {}, which has no decimals", facts_.reference, type),
                       "`decimals` is for elements of type R and N; use `like` for texts"),
                   element_row(context_.grammars, facts_.reference));
            return;
        }
        if (type != "R" && cell.min > static_cast<std::uint32_t>(type[1] - '0'))
            relate(add("GUIDE-0023", cell,
                       fmt::format("element {} is of type {}: it has {} decimals at most", facts_.reference, type,
                                   type.substr(1))),
                   element_row(context_.grammars, facts_.reference));
        if (cell.min > 18) add("GUIDE-0024", cell, "more than 18 decimals", "write at most 18");
        if (parent_ && prior_.decimals && cell.min > *prior_.decimals)
            relaxes(cell, fmt::format("{} may have {} decimals here, but only {} in {}", facts_.label, cell.min,
                                      *prior_.decimals, authority()));
    }

    void check_range(GuideCell const& cell) {
        auto const has_digits = prior_.digits || std::ranges::any_of(cells_, [](GuideCell const& other) {
                                    return other.kind == CellKind::digits;
                                });
        if (!facts_.is_number() && !has_digits)
            relate(add("GUIDE-0023", cell,
                       fmt::format("element {} is of type {}, not a number", facts_.reference, facts_.definition->type),
                       "write `digits` too if its values are numbers"),
                   element_row(context_.grammars, facts_.reference));
        if (cell.lower && cell.upper && *cell.upper < *cell.lower)
            add("GUIDE-0024", cell,
                fmt::format("no value is {} at least and {} at most", cell.lower->text(), cell.upper->text()),
                "the smaller number stands first");
        if (parent_ && ((prior_.from && cell.lower && *cell.lower < *prior_.from) ||
                        (prior_.to && (!cell.upper || *prior_.to < *cell.upper))))
            relaxes(cell, fmt::format("{} may be {} here, but {} in {}", facts_.label, range_text(cell.lower, cell.upper),
                                      range_text(prior_.from, prior_.to), authority()));
    }

    static std::string range_text(std::optional<Decimal> const& from, std::optional<Decimal> const& to) {
        return from && to ? fmt::format("{} to {}", from->text(), to->text())
               : to       ? fmt::format("{} at most", to->text())
               : from     ? fmt::format("{} at least", from->text())
                          : std::string("anything");
    }

    void check_kind(GuideCell const& cell) {
        auto const& type = facts_.definition->type;
        auto const fits = type == "AN" || type == "ID" || (type == "DT" && cell.is == ValueKind::date) ||
                          (type == "TM" && cell.is == ValueKind::time);
        if (!fits)
            relate(add("GUIDE-0023", cell,
                       fmt::format("element {} is of type {}, which cannot be a {}", facts_.reference, type,
                                   value_kind_word(cell.is)),
                       "`is` is for texts"),
                   element_row(context_.grammars, facts_.reference));
        auto const [min, max] = effective_lengths();
        if (auto const needed = lengths_of(cell.is); fits && needed && (max < needed->first || min > needed->second))
            add("GUIDE-0024", cell, fmt::format("no {} fits lengths {}/{}", value_kind_word(cell.is), min, max),
                fmt::format("a {} has {} to {} digits", value_kind_word(cell.is), needed->first, needed->second));
        if (parent_ && prior_.is != ValueKind::none && prior_.is != cell.is)
            relaxes(cell, fmt::format("{} is a {} here, but a {} in {}", facts_.label, value_kind_word(cell.is),
                                      value_kind_word(prior_.is), authority()));
    }

    /// Who said what this row would relax.
    [[nodiscard]] std::string_view authority() const {
        return context_.in_rule ? "its own row" : "the guide this one extends";
    }

    ValueRule const& prior_;
    std::span<GuideCell const> cells_;
    ElementFacts const& facts_;
    RowContext const& context_;
    bool parent_; // something besides the grammar must not be relaxed
    bool deviates_ = false;
};

void add_sorted(std::vector<std::string>& list, std::string value) {
    auto const at = std::ranges::lower_bound(list, value);
    if (at == list.end() || *at != value) list.insert(at, std::move(value));
}

} // namespace

std::string code_of(Word const& word) {
    auto const quoted = word.text.size() >= 2 && word.text.front() == '"';
    return std::string(quoted ? word.text.substr(1, word.text.size() - 2) : word.text);
}

bool check_value(ValueRule const& prior, Use use, Span use_span, std::span<GuideCell const> cells,
                 ElementFacts const& facts, RowContext const& context) {
    return ValueCheck(prior, cells, facts, context).run(use, use_span);
}

std::shared_ptr<Pattern const> compile_pattern(std::string const& text, Span span, RowContext const& context) {
    auto made = Pattern::compile(text);
    if (made) return std::move(*made);
    context.problems.add("GUIDE-0025", context.file, context.line, span,
                         fmt::format("the pattern cannot be used: {}", made.error().message),
                         "patterns have letters and digits, [A-Z0-9], . for any sign, (a|b), ?, *, + and {2,4}");
    return nullptr;
}

void merge_value(ValueRule& rule, Use use, std::span<GuideCell const> cells) {
    if (use != Use::grammar) rule.use = use;
    std::vector<std::string> parent_beyond;
    auto const has_codes =
        std::ranges::any_of(cells, [](GuideCell const& cell) { return cell.kind == CellKind::codes && !cell.beyond; });
    if (has_codes) {
        rule.codes.clear();
        parent_beyond.swap(rule.beyond_codes);
    }
    for (auto const& cell : cells)
        switch (cell.kind) {
        case CellKind::digits:
            rule.digits = true;
            break;
        case CellKind::unique:
            rule.unique = true;
            break;
        case CellKind::report:
            rule.report = true;
            break;
        case CellKind::override_parent:
            break;
        case CellKind::is:
            rule.is = cell.is;
            break;
        case CellKind::decimals:
            rule.decimals = static_cast<std::uint8_t>(std::min(cell.min, 18u));
            break;
        case CellKind::lengths:
            rule.lengths = std::pair(cell.min, cell.max);
            break;
        case CellKind::name:
            rule.name = cell.text;
            break;
        case CellKind::from:
            rule.from = cell.lower;
            rule.to = cell.upper;
            break;
        case CellKind::like:
            if (auto made = Pattern::compile(cell.text)) rule.like = std::move(*made);
            rule.like_text = cell.text;
            break;
        case CellKind::codes:
            for (auto const& word : cell.values) {
                auto code = code_of(word);
                if (!cell.beyond && contains(parent_beyond, code)) add_sorted(rule.beyond_codes, code);
                add_sorted(cell.beyond ? rule.beyond_codes : rule.codes, std::move(code));
            }
        }
}

std::optional<std::string> why_impossible(std::string_view value, ValueRule const& rule, ElementFacts const& facts) {
    if (facts.definition == nullptr) return std::nullopt;
    if (contains(rule.beyond_codes, value)) return std::nullopt;
    if (!rule.codes.empty()) {
        if (contains(rule.codes, value)) return std::nullopt;
        return fmt::format("{} allows only {} here", facts.label, fmt::join(rule.codes, " "));
    }
    if (facts.codes != nullptr && !facts.codes->find(value))
        return fmt::format("element {} has no code {} in {}", facts.reference, guide_value(value), facts.release);
    if (facts.is_number())
        return Decimal::parse(value) ? std::nullopt : std::optional(fmt::format("{} is a number", facts.label));
    auto const [min, max] = rule.lengths.value_or(Lengths{facts.definition->min, facts.definition->max});
    if (value.size() < min || value.size() > max) return fmt::format("{} has {} to {} signs", facts.label, min, max);
    return std::nullopt;
}

} // namespace wharf::grammar
