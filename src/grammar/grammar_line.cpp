// The X3 rules of the grammar language: one rule a row, all in one file.
//
// Values go by semantic actions straight into the Line that stands in the parse context, so that no attribute is built
// and copied. After the first word that decides a row everything is expected (`>`), by rules named in words: the name
// is what the reader of the message sees. A rule for a later word takes the blanks before it, so that a missing word is
// reported as that word and not as a missing blank.
#include "grammar/grammar_line.hpp"
#include "grammar/x3_parts.ipp"

#include <boost/spirit/home/x3.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <type_traits>

namespace wharf::grammar {
namespace {

namespace x3 = boost::spirit::x3;
using x3::eoi;
using x3::eps;
using x3::lit;
using Iterator = char const*;

struct LineTag;
struct ReleasesTag;

constexpr auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
constexpr auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
constexpr auto is_name = [](char c) { return is_upper(c) || is_digit(c); };
constexpr auto is_dark = [](char c) { return c != ' ' && c != '\t'; };
constexpr auto is_any = [](char) { return true; };
constexpr auto is_unquoted = [](char c) { return c != '"'; };

void assign(std::string_view& attribute, std::string_view value) { attribute = value; }
void assign(x3::unused_type, std::string_view) {}

/// A run of characters of one class, as a view into the line.
template <class Class> struct Run : x3::parser<Run<Class>> {
    using attribute_type = std::string_view;
    static constexpr bool has_attribute = true;

    Class is_member;
    std::size_t min;
    std::size_t max;

    constexpr Run(Class member, std::size_t least, std::size_t most) : is_member(member), min(least), max(most) {}

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const&, RuleContext&, Attribute& attribute) const {
        auto it = first;
        while (it != last && is_member(*it))
            ++it;
        auto const size = static_cast<std::size_t>(it - first);
        if (size < min || size > max)
            return false;
        assign(attribute, std::string_view(first, size));
        first = it;
        return true;
    }
};

/// Six digits that name a listed release; yields its index.
struct KnownRelease : x3::parser<KnownRelease> {
    using attribute_type = int;
    static constexpr bool has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&, Attribute& attribute) const {
        auto it = first;
        while (it != last && is_digit(*it))
            ++it;
        int const index = x3::get<ReleasesTag>(context).get().find(std::string_view(first, it));
        if (index < 0)
            return false;
        first = it;
        x3::traits::move_to(index, attribute);
        return true;
    }
};

template <class Class> constexpr Run<Class> run(Class member, std::size_t min = 1, std::size_t max = 1u << 20) {
    return {member, min, max};
}
template <class Context> Line& line_of(Context const& context) { return x3::get<LineTag>(context).get(); }
/// Of the word that stands next.
template <class Context> std::uint32_t column_of(Context const& context) {
    auto const rest = x3::_where(context);
    auto const word = std::find_if_not(rest.begin(), rest.end(), [](char c) { return c == ' '; });
    return static_cast<std::uint32_t>(word - line_of(context).text.data()) + 1;
}

// ---- words

x3::uint_parser<std::uint32_t, 10, 1, 9> const number;
x3::uint_parser<std::uint64_t, 10, 1, 15> const long_number;
x3::uint_parser<std::uint32_t, 10, 2, 2> const two_digits;
x3::uint_parser<std::uint32_t, 10, 1, 1> const one_digit;
auto const gap = +lit(' ');

auto const to_value = [](auto const& context) { x3::_val(context) = x3::_attr(context); };
auto const to_view = [](auto const& context) {
    auto const range = x3::_attr(context);
    x3::_val(context) = std::string_view(range.begin(), range.end());
};
// Lengths of binary data go beyond what 32 bits hold and beyond what anybody can send.
auto const to_length = [](auto const& context) {
    x3::_val(context) = static_cast<std::uint32_t>(std::min<std::uint64_t>(x3::_attr(context), 0xffffffffu));
    x3::_pass(context) = x3::_attr(context) > 0;
};
auto const to_positive = [](auto const& context) {
    x3::_val(context) = x3::_attr(context);
    x3::_pass(context) = x3::_attr(context) > 0;
};
template <bool Value> constexpr auto to_bool = [](auto const& context) { x3::_val(context) = Value; };
template <class Id> constexpr x3::rule<Id, std::string_view> word(char const* name) { return {name}; }
template <class Id> constexpr x3::rule<Id> row(char const* name) { return {name}; }

auto const quoted = word<struct QuotedRule>("a name in double quotes") =
    gap >> lit('"') >> run(is_unquoted, 0)[to_value] >> lit('"');
auto const segment_here = word<struct SegmentHereRule>("a segment: two or three capitals and digits") =
    run(is_name, 2, 3)[to_value];
auto const segment = word<struct SegmentRule>("a segment: two or three capitals and digits") =
    gap >> run(is_name, 2, 3)[to_value];
auto const set_number = word<struct SetNumberRule>("a transaction set of three digits") =
    gap >> run(is_digit, 3, 3)[to_value];
auto const group_word = row<struct GroupWordRule>("`group`") = gap >> lit("group");
auto const group_id = word<struct GroupIdRule>("a functional group of two capitals") = gap >> run(is_name, 2, 2)[to_value];
auto const element_number = word<struct ElementNumberRule>("a data element such as 98 or I05") =
    gap >> !lit('C') >> run(is_name, 1, 4)[to_value];
auto const composite_number = word<struct CompositeNumberRule>("a composite: C and three digits") =
    gap >> &lit('C') >> run(is_name, 4, 4)[to_value];
auto const reference = word<struct ReferenceRule>("a data element or composite") = run(is_name, 1, 4)[to_value];
auto const release_here = word<struct ReleaseHereRule>("a release of six digits") = run(is_digit, 6, 6)[to_value];
auto const interchange_version = word<struct VersionRule>("an ISA12 value of five digits") =
    gap >> run(is_digit, 5, 5)[to_value];
auto const positions_word = row<struct PositionsWordRule>("`positions`") = gap >> lit("positions");
auto const position_digits = x3::rule<struct PositionDigitsRule, std::uint32_t>{"3 or 4"} =
    gap >> &(lit('3') | lit('4')) >> one_digit[to_value];

auto const requirement = x3::rule<struct RequirementRule, bool>{"M or O"} =
    gap >> (lit('M')[to_bool<true>] | lit('O')[to_bool<false>]);
auto const positive = x3::rule<struct PositiveRule, std::uint32_t>{"a number from 1"} = number[to_positive];
auto const unlimited = [](auto const& context) { x3::_val(context) = 0; };
auto const maximum = x3::rule<struct MaximumRule, std::uint32_t>{"a maximum: a number from 1, or >1 for no limit"} =
    gap >> ((lit(">1")[unlimited] >> !x3::digit) | positive[to_value]);
auto const repeat = x3::rule<struct RepeatRule, std::uint32_t>{"a number from 1, or >1 for no limit"} =
    (lit(">1")[unlimited] >> !x3::digit) | positive[to_value];
auto const element_position =
    x3::rule<struct ElementPositionRule, std::uint32_t>{"an element position of two digits from 01"} =
        two_digits[to_positive];

// ---- lifetimes

constexpr int newest = static_cast<int>(max_releases) - 1;
struct Range {
    int from = 0;
    int to = newest;
};
KnownRelease const known_release;
constexpr char release_name[] = "a release listed in `releases`"; // parse_line tells this error apart by its name
auto const set_from_and_to = [](auto const& context) { x3::_val(context) = Range{x3::_attr(context), x3::_attr(context)}; };
auto const set_to = [](auto const& context) { x3::_val(context).to = x3::_attr(context); };
auto const set_open = [](auto const& context) { x3::_val(context).to = newest; };
auto const add_range = [](auto const& context) {
    auto const [from, to] = x3::_attr(context);
    if (from <= to)
        x3::_val(context) |= (every_release >> (newest - to)) & (every_release << from);
};
auto const release = x3::rule<struct ReleaseRule, int>{release_name} = known_release[to_value];
auto const range = x3::rule<struct RangeRule, Range>{release_name} =
    (lit("..") > release[set_to]) | (release[set_from_and_to] >> -(lit("..")[set_open] >> -(&x3::digit > release[set_to])));
auto const life = x3::rule<struct LifeRule, ReleaseMask>{"a lifetime such as @004010.."} =
    lit('@') > range[add_range] > *(lit(',') > range[add_range]);

// ---- what ends a row

#define WHARF_LINE(member) ([](auto const& context) { line_of(context).member = x3::_attr(context); })
#define WHARF_ALTERNATIVE(member)                                                                                      \
    ([](auto const& context) {                                                                                         \
        auto& target = line_of(context).alternatives.back().member;                                                    \
        target = static_cast<std::remove_reference_t<decltype(target)>>(x3::_attr(context));                           \
    })

auto const set_row_life = [](auto const& context) { line_of(context).life = x3::_attr(context); };
auto const mark_row_life = [](auto const& context) { line_of(context).life_column = column_of(context); };
auto const set_alternative_life = [](auto const& context) {
    line_of(context).alternatives.back().life = x3::_attr(context);
    line_of(context).alternatives.back().has_life = true;
};
auto const begin_alternative = [](auto const& context) {
    line_of(context).alternatives.emplace_back().column = column_of(context);
};
// two blanks before it: the life of the row; one: of the alternative
auto const row_life = lit("  ") >> *lit(' ') >> &lit('@') >> eps[mark_row_life] >> life[set_row_life];
auto const alternative_life = lit(' ') >> &lit('@') >> life[set_alternative_life];
auto const comment = +lit(' ') >> -(lit('#') >> run(is_any, 0));
auto const end = row<struct EndRule>("the end of the row") = -comment >> eoi;
auto const end_with_life = row<struct EndWithLifeRule>("a lifetime after two blanks, or the end of the row") =
    (row_life > end) | (-comment >> eoi);
auto const bar = +lit(' ') >> lit('|');

// ---- rows that stand at column 1

auto const set_id = [](auto const& context) {
    line_of(context).id = x3::_attr(context);
    line_of(context).id_column = static_cast<std::uint32_t>(line_of(context).id.data() - line_of(context).text.data()) + 1;
};
template <LineKind Kind> constexpr auto is_a = [](auto const& context) { line_of(context).kind = Kind; };
template <Area Value> constexpr auto is_area = [](auto const& context) {
    line_of(context).kind = LineKind::area;
    line_of(context).area = Value;
};

auto const release_row = row<struct ReleaseRowRule>("a release of six digits") =
    release_here[set_id] > eps[is_a<LineKind::release>] > interchange_version[WHARF_LINE(name)] > positions_word >
    position_digits[WHARF_LINE(number_value)] > end;

auto const envelope_start = row<struct EnvelopeStartRule>("`envelope`") = lit("envelope")[is_a<LineKind::envelope>] > end;

auto const set_head = lit("set")[is_a<LineKind::set>] > set_number[set_id] > quoted[WHARF_LINE(name)] > group_word >
                      group_id[WHARF_LINE(group)] > end_with_life;
auto const area_row = (lit("heading")[is_area<Area::heading>] | lit("detail")[is_area<Area::detail>] |
                       lit("summary")[is_area<Area::summary>]) > end;
auto const set_start = row<struct SetStartRule>("`set`, `heading`, `detail` or `summary`") = set_head | area_row;

auto const segments_start = row<struct SegmentsStartRule>("`segment`") =
    lit("segment")[is_a<LineKind::segment>] > segment[set_id] > quoted[WHARF_LINE(name)] > end_with_life;

auto const type = word<struct TypeRule>("a type: AN, ID, N0 to N9, R, DT, TM or B") =
    x3::raw[lit("AN") | lit("ID") | lit("DT") | lit("TM") | (lit('N') >> x3::digit) | lit('R') | lit('B')][to_view] >>
    &lit(' ');
auto const shortest = x3::rule<struct ShortestRule, std::uint32_t>{"lengths such as 1/30"} =
    gap >> number[to_value] >> lit('/');
auto const longest = x3::rule<struct LongestRule, std::uint32_t>{"a number from 1"} = long_number[to_length];
auto const element_value = row<struct ElementValueRule>("a type and lengths such as AN 1/30") =
    gap >> eps[begin_alternative] > type[WHARF_ALTERNATIVE(type)] > shortest[WHARF_ALTERNATIVE(min)] >
    longest[WHARF_ALTERNATIVE(max)] > -alternative_life;
auto const element_row = lit("element")[is_a<LineKind::element>] > element_number[set_id] > element_value >
                         *(bar > element_value) > quoted[WHARF_LINE(name)] > end_with_life;
auto const composite_head = lit("composite")[is_a<LineKind::composite>] > composite_number[set_id] >
                            quoted[WHARF_LINE(name)] > end_with_life;
auto const elements_start = row<struct ElementsStartRule>("`element` or `composite`") = element_row | composite_head;

auto const codes_head = lit("codes")[is_a<LineKind::codes>] > element_number[set_id] > quoted[WHARF_LINE(name)] >
                        end_with_life;
auto const group_row = (lit("@all") | life[WHARF_LINE(life)]) > eps[is_a<LineKind::group>] > end;
auto const codes_start = row<struct CodesStartRule>("`codes`, `@all` or a lifetime") = codes_head | group_row;

// ---- indented rows

auto const mark_loop = [](auto const& context) { line_of(context).is_loop = true; };
auto const set_value = row<struct SetValueRule>("M or O and a maximum, such as O >1") =
    &gap >> eps[begin_alternative] > requirement[WHARF_ALTERNATIVE(mandatory)] > maximum[WHARF_ALTERNATIVE(count)] >
    -alternative_life;
auto const set_values = set_value > *(bar > set_value) > end_with_life;
auto const row_position = word<struct RowPositionRule>("a position: digits, ~digits or -") =
    x3::raw[lit('-') | (-lit('~') >> run(is_digit, 3, 4))][to_view];
auto const set_row = row<struct SetRowRule>("a position: digits, ~digits or -") =
    row_position[WHARF_LINE(position)] > eps[is_a<LineKind::set_row>] > -(gap >> lit("loop")[mark_loop]) >
    segment[set_id] > set_values;
auto const envelope_row = row<struct EnvelopeRowRule>("a segment or `loop`") =
    (lit("loop")[mark_loop] > segment[set_id] > eps[is_a<LineKind::set_row>] > set_values) |
    (segment_here[set_id] > eps[is_a<LineKind::set_row>] > set_values);

auto const use_value = row<struct UseValueRule>("a data element or composite and M or O, such as 98 M") =
    gap >> eps[begin_alternative] >> reference[WHARF_ALTERNATIVE(reference)] >
    requirement[WHARF_ALTERNATIVE(mandatory)] > -(gap >> lit('x') > repeat[WHARF_ALTERNATIVE(count)]) > -alternative_life;
auto const use_row = element_position[WHARF_LINE(number_value)] > eps[is_a<LineKind::element_use>] > use_value >
                     *(bar > use_value) > end_with_life;

auto const begin_note = [](auto const& context) { line_of(context).notes.push_back({x3::_attr(context), {}}); };
auto const add_note_position = [](auto const& context) {
    line_of(context).notes.back().positions.push_back(static_cast<std::uint8_t>(x3::_attr(context)));
};
auto const note = row<struct NoteRule>("a syntax note: P, R, E, C or L and two-digit positions, such as P0304") =
    gap >> x3::char_("PRECL")[begin_note] > element_position[add_note_position] > element_position[add_note_position] >
    *(&x3::digit > element_position[add_note_position]);
auto const note_row = lit("note")[is_a<LineKind::note>] > note > *(&(gap >> x3::upper) > note) > end_with_life;

auto const key_value = row<struct KeyValueRule>("an element position or `none`") =
    gap >> eps[begin_alternative] >> (lit("none") | element_position[WHARF_ALTERNATIVE(first)]) >> -alternative_life;
auto const key_row = lit("key")[is_a<LineKind::key>] > key_value > *(bar > key_value) > end_with_life;
auto const pairs_value = row<struct PairsValueRule>("two element positions such as 06..25") =
    gap >> eps[begin_alternative] >> element_position[WHARF_ALTERNATIVE(first)] >> lit("..") >
    element_position[WHARF_ALTERNATIVE(last)] > -alternative_life;
auto const pairs_row = lit("pairs")[is_a<LineKind::pairs>] > pairs_value > *(bar > pairs_value) > end_with_life;

auto const segment_row = row<struct SegmentRowRule>("an element position, `note`, `key` or `pairs`") =
    use_row | note_row | key_row | pairs_row;
auto const composite_row = row<struct CompositeRowRule>("an element position or `note`") = use_row | note_row;

auto const code_row = row<struct CodeRowRule>("a code") = run(is_dark)[set_id] >> eps[is_a<LineKind::code>] >>
                                                            -(gap >> run(is_any, 0)[WHARF_LINE(name)]) >> eoi;

#undef WHARF_LINE
#undef WHARF_ALTERNATIVE

template <class Rule>
bool run_rule(Rule const& rule, ReleaseTable const& releases, Line& line, LineError& error) {
    auto first = line.text.data() + line.indent;
    auto const last = line.text.data() + line.text.size();
    try {
        return x3::parse(first, last, x3::with<LineTag>(std::ref(line))[x3::with<ReleasesTag>(std::cref(releases))[eps > Borrowed(rule)]]);
    } catch (x3::expectation_failure<Iterator> const& failure) {
        auto found = failure.where();
        while (found != last && *found == ' ')
            ++found;
        auto const found_end = std::find(found, last, ' ');
        auto const expected = failure.which();
        error.code = expected == release_name ? "GRAMMAR-0002" : "GRAMMAR-0001";
        error.column = static_cast<std::uint32_t>(found - line.text.data()) + 1;
        error.length = static_cast<std::uint32_t>(found_end - found);
        error.message = found == last ? fmt::format("expected {}, found the end of the line", expected)
                                      : fmt::format("expected {}, found \"{}\"", expected, std::string_view(found, found_end));
        return false;
    }
}

} // namespace

bool parse_line(FileKind kind, std::string_view text, ReleaseTable const& releases, Line& line, LineError& error) {
    line.kind = LineKind::empty;
    line.text = text;
    line.indent = 0;
    line.id_column = 1;
    line.id = line.name = line.group = line.position = {};
    line.is_loop = false;
    line.life = every_release;
    line.life_column = 0;
    line.alternatives.clear();
    line.notes.clear();

    auto const dark = text.find_first_not_of(' ');
    if (dark == std::string_view::npos || text[dark] == '#')
        return true;
    line.indent = static_cast<std::uint32_t>(dark);
    if (text[dark] == '\t') {
        error = {"GRAMMAR-0003", "a tab; rows are indented by two blanks per level", line.indent + 1, 1};
        return false;
    }
    bool const indented = line.indent > 0;
    switch (kind) {
    case FileKind::releases:
        return run_rule(release_row, releases, line, error);
    case FileKind::envelope:
        return indented ? run_rule(envelope_row, releases, line, error) : run_rule(envelope_start, releases, line, error);
    case FileKind::set:
        return indented ? run_rule(set_row, releases, line, error) : run_rule(set_start, releases, line, error);
    case FileKind::segments:
        return indented ? run_rule(segment_row, releases, line, error) : run_rule(segments_start, releases, line, error);
    case FileKind::elements:
        return indented ? run_rule(composite_row, releases, line, error) : run_rule(elements_start, releases, line, error);
    case FileKind::codes:
        return indented ? run_rule(code_row, releases, line, error) : run_rule(codes_start, releases, line, error);
    }
    return false;
}

} // namespace wharf::grammar
