// The X3 rules of the guide language: one line a row, all in one file.
//
// As in grammar_line.cpp, actions write straight into the line being built, and after the word that decides a row everything is
// expected (`>`) by rules named in words. Each rule takes the blanks before its word, so that a missing word is reported as that word.
#include "grammar/guide_line_parts.hpp"
#include "grammar/x3_parts.ipp"

#include <boost/spirit/home/x3.hpp>
#include <boost/spirit/home/x3/directive/repeat.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace wharf::grammar {
namespace {

namespace x3 = boost::spirit::x3;
using x3::_attr;
using x3::_pass;
using x3::_val;
using x3::eoi;
using x3::eps;
using x3::lit;
using Iterator = char const*;

constexpr std::size_t max_line = 10'000;
constexpr std::size_t max_codes = 500;
constexpr unsigned max_parentheses = 16;

struct Draft {
    GuideLine& line;
    Iterator begin;
    std::string const* file;
    std::vector<GuideCell>* cells; // where the next cell goes: the row's, or an effect's
    unsigned open = 0;             // parentheses
    [[nodiscard]] Span span(Iterator first, Iterator last) const {
        return {static_cast<std::uint32_t>(first - begin) + 1, static_cast<std::uint32_t>(last - first)};
    }
};
struct DraftTag;
template <class Context> Draft& draft(Context const& context) { return x3::get<DraftTag>(context).get(); }
template <class Context> GuideLine& line_of(Context const& context) { return draft(context).line; }
template <class Context> GuideCell& cell_of(Context const& context) { return draft(context).cells->back(); }
template <class Context> Span span_of(Context const& context) {
    return draft(context).span(_attr(context).begin(), _attr(context).end());
}
template <class Context> Word word_of(Context const& context) {
    return {span_of(context), std::string_view(_attr(context).begin(), _attr(context).end())};
}

// ---- words

auto const upper = x3::char_("A-Z0-9");
auto const gap = +lit(' ');
auto const ws = *lit(' ');
auto const word_end = !x3::char_("A-Za-z0-9_-");
constexpr auto keyword = [](char const* text) { return lit(text) >> word_end; };
template <class Id> constexpr x3::rule<Id> row(char const* name) { return {name}; }

auto const to_word = [](auto const& c) { _val(c) = word_of(c); };
auto const to_value = [](auto const& c) { _val(c) = _attr(c); };
auto const to_text = [](auto const& c) { _val(c).assign(_attr(c).begin(), _attr(c).end()); };
auto const add_sign = [](auto const& c) { _val(c) += _attr(c); };
auto const add_quote = [](auto const& c) { _val(c) += '"'; };

x3::uint_parser<std::uint32_t, 10, 1, 9> const digits;
auto const any_number = x3::rule<struct NumberRule, std::uint32_t>{"a number"} = ws >> digits[to_value];
auto const to_positive = [](auto const& c) {
    _val(c) = _attr(c);
    _pass(c) = _attr(c) > 0;
};
auto const positive = x3::rule<struct PositiveRule, std::uint32_t>{"a number from 1"} = ws >> digits[to_positive];
auto const string_here = x3::rule<struct StringHereRule, std::string>{"a text in double quotes"} =
    lit('"') >> *((x3::char_ - '"')[add_sign] | lit("\"\"")[add_quote]) >> '"';
auto const string = x3::rule<struct StringRule, std::string>{"a text in double quotes"} = gap >> string_here[to_value];
auto const bare_value = x3::raw[+x3::char_("A-Z0-9.-") >> !x3::char_("a-z_")];
auto const value = x3::rule<struct ValueRule_, std::string>{"a value: capitals and digits, or a text in double quotes"} =
    ws >> (string_here[to_value] | bare_value[to_text]);
auto const to_decimal = [](auto const& c) {
    auto const parsed = Decimal::parse(std::string_view(_attr(c).begin(), _attr(c).end()));
    _pass(c) = parsed.has_value();
    if (parsed) _val(c) = *parsed;
};
auto const decimal = x3::rule<struct DecimalRule, Decimal>{"a number such as 1 or 0.5"} =
    gap >> x3::raw[-lit('-') >> +x3::char_("0-9.")][to_decimal];

auto const name = x3::rule<struct NameRule, Word>{"a name of small letters, digits and hyphens, such as harbour-850"} =
    gap >> x3::raw[x3::char_("a-z0-9") >> *x3::char_("a-z0-9_-")][to_word];
auto const set_number_word = x3::rule<struct SetIdRule, Word>{"a transaction set of three digits"} =
    gap >> x3::raw[x3::repeat(3)[x3::digit]][to_word] >> word_end;
auto const release = x3::rule<struct ReleaseRule, Word>{"a release of six digits"} =
    gap >> x3::raw[x3::repeat(6)[x3::digit]][to_word] >> word_end;
auto const answer = x3::rule<struct AnswerRule, Word>{"a release as GS08 has it, such as 004010VICS"} =
    gap >> x3::raw[+upper][to_word] >> word_end;
auto const segment_here = x3::rule<struct SegmentHereRule, Word>{"a segment: two or three capitals and digits"} =
    x3::raw[x3::repeat(2, 3)[upper]][to_word] >> word_end;
auto const segment = x3::rule<struct SegmentRule, Word>{"a segment: two or three capitals and digits"} = gap >> segment_here[to_value];
auto const level_code = x3::rule<struct LevelCodeRule, Word>{"a level: a code of HL03 such as S"} =
    gap >> x3::raw[x3::repeat(1, 2)[upper]][to_word] >> word_end;

// `N104`, `REF04-02`: the name of a segment and two digits.
auto const to_element = [](auto const& c) { _pass(c) = name_element(word_of(c), _val(c)); };
auto const element_tail = x3::digit >> x3::digit >> !upper >> -(lit('-') >> x3::digit >> x3::digit) >> !x3::char_("a-zA-Z0-9_-");
auto const element_name = x3::rule<struct ElementNameRule, ElementName>{"an element such as N104 or REF04-02"} =
    x3::raw[(x3::repeat(3)[upper] >> element_tail) | (x3::repeat(2)[upper] >> element_tail)][to_element];

// ---- qualifiers: [ST], [002,010], [A, SAC02=C310], [*]

auto const begin_qualifier = [](auto const& c) { _val(c).emplace_back(); };
auto const qualifier_element = [](auto const& c) {
    auto const& named = _attr(c);
    auto& qualifier = _val(c).back();
    qualifier.segment = named.segment;
    qualifier.element = named.element;
    qualifier.component = named.component;
};
auto const qualifier_value = [](auto const& c) { _val(c).back().value = _attr(c); };
auto const qualifier_span = [](auto const& c) { static_cast<Span&>(_val(c).back()) = span_of(c); };
auto const one_qualifier = ws >> eps[begin_qualifier] >>
                           x3::raw[-((element_name >> lit('='))[qualifier_element]) > value[qualifier_value]][qualifier_span];
auto const qualifiers = x3::rule<struct QualifiersRule, Qualifiers>{"a qualifier such as ST, or *"} =
    (ws >> lit('*')) | (one_qualifier % (ws >> lit(',')));
auto const bracket_end = row<struct BracketEndRule>("`,` or `]`") = ws >> lit(']');

// ---- paths

auto const step_segment = [](auto const& c) { _val(c).step.segment = std::string(_attr(c).text); };
auto const step_element = [](auto const& c) {
    _val(c).step.segment = std::string(_attr(c).segment);
    _val(c).element = _attr(c).element;
    _val(c).component = _attr(c).component;
};
auto const step_pair = [](auto const& c) { _val(c).pair = std::string(_attr(c).text); };
auto const step_place = [](auto const& c) { _val(c).step.place = _attr(c); };
auto const step_qualifiers = [](auto const& c) {
    auto const& own = _val(c).step.segment;
    _pass(c) = std::ranges::all_of(_attr(c), [&](auto const& written) { return written.segment.empty() || written.segment == own; });
    _val(c).step.qualifiers = tests_of(_attr(c), _attr(c).empty());
};
auto const step_occurrence = [](auto const& c) { _val(c).step.occurrence = _attr(c); };
auto const pair_code = x3::rule<struct PairCodeRule, Word>{"a qualifier such as UP, or *"} = x3::raw[lit('*') | +upper][to_word];
auto const pair_end = row<struct PairEndRule>("`>`") = lit('>');
auto const step = x3::rule<struct StepRule, Step>{"a segment or an element, such as N1 or N104"} =
    element_name[step_element] | (lit('<') >> pair_code[step_pair] > pair_end) |
    (segment_here[step_segment] >> -(lit('#') > positive[step_place]) >>
     -(lit('[') > qualifiers[step_qualifiers] > bracket_end) >> -(lit('(') > positive[step_occurrence] > lit(')')));
auto const absolute = [](auto const& c) { _val(c).absolute = true; };
auto const add_step = [](auto const& c) { _pass(c) = append_step(_val(c), _attr(c)); };
auto const path_source = [](auto const& c) {
    auto const written = word_of(c);
    _val(c).text = std::string(written.text);
    _val(c).source = {draft(c).file, line_of(c).number, written.column, written.length};
};
auto const path_here = x3::rule<struct PathRule, RulePath>{"a path such as BEG02, N1[ST]/N104 or <UP>"} =
    x3::raw[-lit('/')[absolute] >> step[add_step] >> *(lit('/') > step[add_step])][path_source];
auto const path = x3::rule<struct GapPathRule, RulePath>{"a path such as BEG02, N1[ST]/N104 or <UP>"} = ws >> path_here[to_value];

// ---- conditions: cond, conj, neg, test

using Kind = Condition::Kind;
using Order = Condition::Order;
x3::rule<struct CondRule, Condition> const cond = "a condition";
auto const add_part = [](auto const& c) { _val(c).parts.push_back(std::move(_attr(c))); };
template <Kind Joined> constexpr auto join = [](auto const& c) {
    auto& made = _val(c);
    if (made.parts.size() == 1) {
        Condition only = std::move(made.parts.front());
        made = std::move(only);
    } else
        made.kind = Joined;
};
auto const set_kind = [](Kind kind) { return [kind](auto const& c) { _val(c).kind = kind; }; };
auto const set_order = [](Order order) {
    return [order](auto const& c) {
        _val(c).kind = Kind::compare;
        _val(c).order = order;
    };
};
auto const operand_kind = [](Operand::Kind kind) { return [kind](auto const& c) { _val(c).kind = kind; }; };
auto const operand_path = [](auto const& c) { _val(c).path = std::move(_attr(c)); };
auto const operand_value = [](auto const& c) { _val(c).literal = _attr(c); };
auto const function_word = (lit("count")[operand_kind(Operand::Kind::count)] | lit("sum")[operand_kind(Operand::Kind::sum)] |
                            lit("unique")[operand_kind(Operand::Kind::unique)] | lit("value")[operand_kind(Operand::Kind::value)]);
auto const open = row<struct OpenRule>("`(`") = ws >> lit('(');
auto const close = row<struct CloseRule>("`)`") = ws >> lit(')');
auto const function = function_word > open > path[operand_path] > close;
auto const left = x3::rule<struct LeftRule, Operand>{"a path such as BEG02, or count, sum or unique of one"} =
    ws >> (function | path_here[operand_path] >> eps[operand_kind(Operand::Kind::value)]);
auto const right = x3::rule<struct RightRule, Operand>{"a value, or value, count or sum of a path"} =
    ws >> (function | value[operand_value]);
auto const set_left = [](auto const& c) { _val(c).left = std::move(_attr(c)); };
auto const set_right = [](auto const& c) { _val(c).right = std::move(_attr(c)); };
auto const set_like = [](auto const& c) {
    _val(c).kind = Kind::like;
    _val(c).like_text = _attr(c);
};
auto const add_value = [](auto const& c) {
    _val(c).values.push_back(_attr(c));
    if (_val(c).values.size() > max_codes) _pass(c) = false;
};
auto const open_set = row<struct OpenSetRule>("`{`") = ws >> lit('{');
auto const close_set = row<struct CloseSetRule>("a value or `}`") = ws >> lit('}');
auto const order_sign = (lit("!=")[set_order(Order::not_equal)] | lit("<=")[set_order(Order::less_or_equal)] |
                         lit(">=")[set_order(Order::greater_or_equal)] | lit('=')[set_order(Order::equal)] |
                         lit('<')[set_order(Order::less)] | lit('>')[set_order(Order::greater)]);
auto const check = ws >> (keyword("present")[set_kind(Kind::present)] | keyword("absent")[set_kind(Kind::absent)] |
                          (keyword("like") > string[set_like]) |
                          (keyword("in")[set_kind(Kind::in)] > open_set > *(ws >> value[add_value]) > close_set) |
                          (order_sign > right[set_right]));
auto const enter = [](auto const& c) { _pass(c) = ++draft(c).open <= max_parentheses; };
auto const leave = [](auto const& c) { --draft(c).open; };
auto const not_too_deep = row<struct DeepRule>("at most 16 parentheses inside each other") = eps[enter];
auto const take = [](auto const& c) { _val(c) = std::move(_attr(c)); };
auto const test = x3::rule<struct TestRule, Condition>{"a condition such as BEG02 = RL"} =
    ws >> ((lit('(') > not_too_deep > cond[take] > close > eps[leave]) | (left[set_left] >> -check));
auto const negate = [](auto const& c) {
    _val(c).kind = Kind::negation;
    _val(c).parts.push_back(std::move(_attr(c)));
};
auto const neg = x3::rule<struct NegRule, Condition>{"a condition such as BEG02 = RL"} =
    (ws >> keyword("not") > test[negate]) | test[take];
auto const conj = x3::rule<struct ConjRule, Condition>{"a condition such as BEG02 = RL"} =
    neg[add_part] >> *(ws >> keyword("and") > neg[add_part]) >> eps[join<Kind::all_of>];
auto const cond_def = conj[add_part] >> *(ws >> keyword("or") > conj[add_part]) >> eps[join<Kind::any_of>];
BOOST_SPIRIT_DEFINE(cond)

// ---- cells

using CellKind = GuideCell::Kind;
auto const begin_cell = [](CellKind kind) { return [kind](auto const& c) { cell_of(c).kind = kind; }; };
auto const new_cell = [](auto const& c) { draft(c).cells->emplace_back(); };
auto const drop_cell = [](auto const& c) {
    draft(c).cells->pop_back();
    _pass(c) = false;
};
auto const cell_span = [](auto const& c) { static_cast<Span&>(cell_of(c)) = span_of(c); };
auto const cell_beyond = [](auto const& c) { cell_of(c).beyond = true; };
auto const cell_text = [](auto const& c) { cell_of(c).text = _attr(c); };
auto const cell_min = [](auto const& c) { cell_of(c).min = _attr(c); };
auto const cell_max = [](auto const& c) { cell_of(c).max = _attr(c); };
auto const cell_lower = [](auto const& c) { cell_of(c).lower = _attr(c); };
auto const cell_upper = [](auto const& c) { cell_of(c).upper = _attr(c); };
auto const add_code = [](auto const& c) {
    cell_of(c).values.push_back(word_of(c));
    if (cell_of(c).values.size() > max_codes) _pass(c) = false;
};
struct KindSymbols : x3::symbols<ValueKind> {
    KindSymbols() {
        add("upc", ValueKind::upc)("ean", ValueKind::ean)("gtin", ValueKind::gtin)("sscc", ValueKind::sscc)("gln", ValueKind::gln)(
            "date", ValueKind::date)("time", ValueKind::time);
    }
} const kind_symbols;
auto const set_value_kind = [](auto const& c) { cell_of(c).is = _attr(c); };
auto const value_kind = row<struct ValueKindRule>("a kind of value: upc, ean, gtin, sscc, gln, date or time") =
    gap >> (kind_symbols[set_value_kind] >> word_end);
// A quoted text among codes is a code when it could be one; else it is the name of the row.
auto const quoted_code = x3::raw[lit('"') >> +(x3::char_ - x3::char_(" \"a-z")) >> '"'];
auto const bare_code = x3::raw[+x3::char_("A-Z0-9.-") >> !x3::char_("a-z_/\"")];
auto const code_here = gap >> (bare_code[add_code] | quoted_code[add_code]);
auto const first_code = row<struct FirstCodeRule>("a code: capitals and digits, or a text in double quotes") = code_here;
auto const codes_cell = lit("codes") >> word_end >> eps[begin_cell(CellKind::codes)] > first_code > *code_here;
auto const longest = x3::rule<struct LongestRule, std::uint32_t>{"a longest length from 1"} = digits[to_positive];
auto const lengths_cell = digits[cell_min] >> lit('/') >> eps[begin_cell(CellKind::lengths)] > longest[cell_max];
auto const beyond_word = lit("beyond") >> word_end >> gap;
auto const widening = row<struct WideningRule>("`codes` or lengths such as 1/40 after `beyond`") = codes_cell | lengths_cell;
auto const value_cell = (keyword("digits")[begin_cell(CellKind::digits)]) | (keyword("is") > eps[begin_cell(CellKind::is)] > value_kind) |
                        (keyword("like") > eps[begin_cell(CellKind::like)] > string[cell_text]) |
                        (keyword("decimals") > eps[begin_cell(CellKind::decimals)] > any_number[cell_min]) |
                        (keyword("from") > eps[begin_cell(CellKind::from)] > decimal[cell_lower] >
                         -(gap >> keyword("to") > decimal[cell_upper])) |
                        (beyond_word[cell_beyond] > widening) | codes_cell | lengths_cell;
auto const row_cell = value_cell | keyword("unique")[begin_cell(CellKind::unique)] | keyword("report")[begin_cell(CellKind::report)] |
                      keyword("override")[begin_cell(CellKind::override_parent)] |
                      (string_here[cell_text] >> eps[begin_cell(CellKind::name)]);
auto const cells = *(gap >> eps[new_cell] >> (x3::raw[row_cell][cell_span] | eps[drop_cell]));
auto const effect_cell = value_cell | keyword("unique")[begin_cell(CellKind::unique)]; // refused, but by name
auto const value_cells = *(gap >> eps[new_cell] >> (x3::raw[effect_cell][cell_span] | eps[drop_cell]));

// ---- what several rows have

auto const end = row<struct EndRule>("the end of the row") = -(gap >> -(lit('#') >> *x3::char_)) >> eoi;
auto const is_a = [](GuideLineKind kind) { return [kind](auto const& c) { line_of(c).kind = kind; }; };
auto const set_id = [](auto const& c) { line_of(c).id = _attr(c); };
auto const set_title = [](auto const& c) { line_of(c).title = _attr(c); };
auto const add_word = [](auto const& c) { line_of(c).words.push_back(_attr(c)); };
Use use_of(char sign) { return sign == 'M' ? Use::must : sign == 'O' ? Use::may : Use::must_not; }
auto const set_use = [](auto const& c) {
    line_of(c).use = use_of(*_attr(c).begin());
    line_of(c).use_span = span_of(c);
};
auto const use_sign = x3::raw[x3::char_("MO-")];
auto const use = row<struct UseRule>("M, O or -") = gap >> use_sign[set_use] >> word_end;
auto const count_min = [](auto const& c) { _val(c).min = _attr(c); };
auto const count_max = [](auto const& c) { _val(c).max = _attr(c); };
auto const count_has_min = [](auto const& c) { _val(c).has_min = true; };
auto const count_beyond = [](auto const& c) { _val(c).beyond = true; };
auto const count_span = [](auto const& c) { static_cast<Span&>(_val(c)) = span_of(c); };
auto const count_range = (digits[count_min] >> lit("..") >> eps[count_has_min] >> ((lit(">1")[([](auto const& c) { _val(c).max = 0; })]) | digits[count_max])) |
                         (lit(">1") >> !x3::digit) | digits[count_max];
auto const count = x3::rule<struct CountRule, GuideCount>{"a count: 1, >1 or 1..5"} =
    gap >> -(beyond_word[count_beyond]) >> x3::raw[count_range][count_span] >> &(lit(' ') | eoi);
auto const set_count = [](auto const& c) { line_of(c).count = _attr(c); };
auto const may_count = -(&(gap >> (lit("beyond") | lit('>') | x3::digit)) > count[set_count]);

// ---- rows

auto const of_word = row<struct OfWordRule>("`of`") = gap >> keyword("of");
template <Unlisted Value> constexpr auto set_unlisted = [](auto const& c) { line_of(c).unlisted = Value; };
auto const unlisted_word = row<struct UnlistedWordRule>("`allow`, `report` or `forbid`") =
    gap >> (keyword("allow")[set_unlisted<Unlisted::allow>] | keyword("report")[set_unlisted<Unlisted::report>] |
            keyword("forbid")[set_unlisted<Unlisted::forbid>]);
auto const header_row =
    (keyword("guide")[is_a(GuideLineKind::guide)] > name[set_id] > string[set_title] > end) |
    (keyword("narrows")[is_a(GuideLineKind::narrows)] > set_number_word[set_id] > of_word > release[add_word] > end) |
    (keyword("answers")[is_a(GuideLineKind::answers)] > answer[add_word] > *(&(gap >> upper) > answer[add_word]) > end) |
    (keyword("extends")[is_a(GuideLineKind::extends)] > name[set_id] > end) |
    (keyword("unlisted")[is_a(GuideLineKind::unlisted)] > unlisted_word > end);

template <Area Value> constexpr auto is_area = [](auto const& c) {
    line_of(c).kind = GuideLineKind::area;
    line_of(c).area = Value;
};
auto const area_row = (keyword("heading")[is_area<Area::heading>] | keyword("detail")[is_area<Area::detail>] |
                       keyword("summary")[is_area<Area::summary>]) > end;

auto const under = gap >> keyword("under") > level_code[add_word] > *(&(gap >> upper) > level_code[add_word]);
auto const level_code_here = x3::rule<struct LevelCodeHereRule, Word>{"a level"} =
    x3::raw[x3::repeat(1, 2)[upper]][to_word] >> &(gap >> lit('"'));
auto const level_rows = (keyword("levels")[is_a(GuideLineKind::levels)] > segment[set_id] > end) |
                        (keyword("level")[is_a(GuideLineKind::level)] > level_code[set_id] > end) |
                        (level_code_here[set_id] >> eps[is_a(GuideLineKind::level_row)] > string[set_title] > use > count[set_count] >
                         -under > end);

auto const set_element = [](auto const& c) {
    auto& line = line_of(c);
    line.id = _attr(c).word;
    line.segment = _attr(c).segment;
    line.element = _attr(c).element;
    line.component = _attr(c).component;
};
template <LevelCount Value> constexpr auto set_level_count = [](auto const& c) {
    line_of(c).kind = GuideLineKind::level_count;
    line_of(c).level_count = Value;
};
auto const set_number = [](auto const& c) { line_of(c).number_value = _attr(c); };
auto const from_word = row<struct FromWordRule>("`from`") = gap >> keyword("from");
auto const level_counts = gap >> ((keyword("count")[set_level_count<LevelCount::count_from>] > from_word > any_number[set_number]) |
                                  keyword("parent")[set_level_count<LevelCount::parent>] |
                                  keyword("unused")[set_level_count<LevelCount::unused>]) > end;
auto const element_says = row<struct ElementSaysRule>("M, O or -") = level_counts | (use > cells > end);
auto const element_row = element_name[set_element] >> eps[is_a(GuideLineKind::element)] > element_says;
auto const pair_row = lit('<') >> eps[is_a(GuideLineKind::pair)] > pair_code[set_id] > pair_end > use > cells > end;

auto const mark_loop = [](auto const& c) { line_of(c).is_loop = true; };
auto const set_place = [](auto const& c) { line_of(c).place = _attr(c); };
auto const set_qualifiers = [](auto const& c) {
    line_of(c).any_value = _attr(c).empty();
    line_of(c).qualifiers = _attr(c);
};
auto const set_qualifier_span = [](auto const& c) { line_of(c).qualifier_span = span_of(c); };
auto const brackets = ws >> x3::raw[lit('[') > qualifiers[set_qualifiers] > bracket_end][set_qualifier_span];
auto const segment_tail = -(lit('#') > positive[set_place]) > -brackets > use > may_count > cells > end;
auto const segment_row = (keyword("loop")[mark_loop] > segment[set_id] > eps[is_a(GuideLineKind::segment)] > segment_tail) |
                         (segment_here[set_id] >> eps[is_a(GuideLineKind::segment)] > segment_tail);

// ---- rules

auto const set_rule = [](Rule::Kind kind) {
    return [kind](auto const& c) {
        line_of(c).kind = GuideLineKind::rule;
        line_of(c).rule.kind = kind;
    };
};
auto const set_condition = [](auto const& c) { line_of(c).rule.condition = std::move(_attr(c)); };
auto const begin_effect = [](auto const& c) {
    auto& effect = line_of(c).rule.effects.emplace_back();
    effect.path = std::move(_attr(c));
    effect.rule.source = effect.path.source;
    draft(c).cells = &line_of(c).effect_cells.emplace_back();
};
auto const effect_use = [](auto const& c) { line_of(c).rule.effects.back().rule.use = use_of(*_attr(c).begin()); };
auto const otherwise = [](auto const& c) { line_of(c).rule.otherwise = use_of(*_attr(c).begin()); };
auto const some_cells = [](auto const& c) { _pass(c) = !draft(c).cells->empty(); };
auto const effect_says = row<struct EffectSaysRule>("M, O, - or what the value must be, such as codes 00 05") =
    (gap >> use_sign[effect_use] >> word_end >> value_cells) | (&gap >> !(gap >> lit("else")) >> value_cells >> eps[some_cells]);
auto const effect = path[begin_effect] > effect_says;
auto const colon = row<struct ColonRule>("`and`, `or` or `:` and what holds then") = ws >> lit(':');
auto const comma = ws >> lit(',');
auto const else_use = row<struct ElseUseRule>("M, O or - after `else`") = gap >> use_sign[otherwise] >> word_end;
auto const set_segment = [](auto const& c) {
    line_of(c).rule.segment = std::string(_attr(c).text);
    line_of(c).id = _attr(c);
};
auto const add_order = [](auto const& c) { line_of(c).rule.values.push_back(_attr(c)); };
auto const rule_text = [](auto const& c) {
    auto& line = line_of(c);
    auto const written = word_of(c);
    line.rule.text = std::string(written.text);
    line.rule.source = {draft(c).file, line.number, written.column, written.length};
};
auto const set_message = [](auto const& c) { line_of(c).rule.message = _attr(c); };
auto const set_report = [](auto const& c) { line_of(c).rule.report = true; };
auto const rule_tail = *(string[set_message] | (gap >> keyword("report"))[set_report]) > end;
auto const rule_body = (keyword("when")[set_rule(Rule::Kind::when)] > cond[set_condition] > colon > effect > *(comma > effect) >
                        -(gap >> keyword("else") > else_use)) |
                       (keyword("need")[set_rule(Rule::Kind::need)] > cond[set_condition]) |
                       (keyword("order")[set_rule(Rule::Kind::order)] > segment[set_segment] > value[add_order] > value[add_order] >
                        *(&(ws >> (upper | lit('"')) >> !(x3::char_("a-z"))) >> value[add_order]));
auto const rule_row = x3::raw[rule_body][rule_text] > rule_tail;
auto const note_row = keyword("note")[is_a(GuideLineKind::note)] > string[set_title] > end;

auto const mark_beyond = [](auto const& c) {
    line_of(c).beyond = true;
    line_of(c).beyond_span = span_of(c);
};
auto const wide_row = row<struct WideRowRule>("a segment, `loop`, an element or a pair after `beyond`") = element_row | pair_row | segment_row;
auto const any_row = row<struct AnyRowRule>("a segment such as REF, `loop`, an element such as REF02, `when`, `need` or another word that begins a row") =
    header_row | area_row | level_rows | rule_row | note_row | (x3::raw[keyword("beyond")][mark_beyond] > gap > wide_row) | element_row |
    pair_row | segment_row;

} // namespace

bool parse_guide_line(std::string_view text, std::uint32_t number, std::string const* file, GuideLine& line, GuideLineError& error) {
    line = GuideLine{};
    line.text = text;
    line.number = number;
    auto const dark = text.find_first_not_of(' ');
    if (dark == std::string_view::npos || text[dark] == '#') return true;
    line.indent = static_cast<std::uint32_t>(dark);
    auto const fail = [&](std::size_t at, std::size_t length, std::string message, std::string help = {}) {
        error = {{static_cast<std::uint32_t>(at) + 1, static_cast<std::uint32_t>(length)}, std::move(message), std::move(help)};
        return false;
    };
    if (text[dark] == '\t') return fail(dark, 1, "a tab; rows are indented by two blanks per level");
    if (text.size() > max_line) return fail(max_line, text.size() - max_line, fmt::format("a line of {} bytes; {} are allowed", text.size(), max_line));
    Draft made{line, text.data(), file, &line.cells};
    auto first = text.data() + dark;
    auto const last = text.data() + text.size();
    try {
        return x3::parse(first, last, x3::with<DraftTag>(std::ref(made))[eps > Borrowed(any_row)]);
    } catch (x3::expectation_failure<Iterator> const& failure) {
        auto found = failure.where();
        while (found != last && *found == ' ')
            ++found;
        auto const found_end = std::find(found, last, ' ');
        std::string_view const word(found, found_end);
        auto const at = static_cast<std::size_t>(found - text.data());
        if (word.empty()) return fail(at, 0, fmt::format("expected {}, found the end of the line", failure.which()));
        return fail(at, word.size(), fmt::format("expected {}, found \"{}\"", failure.which(), word), at == dark ? nearest_row_word(word) : "");
    }
}

} // namespace wharf::grammar
