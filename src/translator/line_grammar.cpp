// The line language as Boost.Spirit X3 rules. Actions write into the MapLine being built (the Draft in the parse
// context); every alternative is decided by its first token, so that an action is never taken back.
#include "translator/line_grammar.hpp"

#include <boost/spirit/home/x3.hpp>
#include <boost/spirit/home/x3/directive/repeat.hpp>

#include <fmt/format.h>
#include <functional>
#include <span>
#include <stdexcept>

namespace wharf::translator {
namespace {

namespace x3 = boost::spirit::x3;
using x3::_attr;
using x3::_pass;
using x3::_val;
using Iterator = char const*;

struct Draft {
    MapLine* line = nullptr;
    Rule* rule = nullptr;
    Iterator begin = nullptr;
    std::uint32_t first_column = 1;
    unsigned tests = 0; // of the condition
    PathSyntax syntax = PathSyntax::segments;
    [[nodiscard]] std::uint32_t column(Iterator at) const {
        return first_column + static_cast<std::uint32_t>(at - begin);
    }
};
struct draft_tag;
constexpr unsigned test_limit = 64;
template <class Context>
Draft& draft(Context const& context) {
    return x3::get<draft_tag>(context).get();
}
template <class Range>
std::string text_of(Range const& range) {
    return {range.begin(), range.end()};
}

// --- tokens
auto const lower_or_digit = x3::char_("a-z0-9_");
auto const upper_or_digit = x3::char_("A-Z0-9");
auto keyword(char const* word) {
    return x3::lexeme[x3::lit(word) >> !x3::char_("a-zA-Z0-9_.[/")];
}
auto const reserved = keyword("as") | keyword("then") | keyword("when") | keyword("or") |
                      (keyword("on") >> keyword("error"));

x3::rule<struct name_rule, std::string> const name = "a name in small letters";
auto const name_def = x3::lexeme[x3::char_("a-z") >> *lower_or_digit];
x3::rule<struct quoted_rule, std::string> const quoted = "a text in quotes";
auto const quoted_def = x3::lexeme['"' > *(x3::char_ - '"') > '"'];
x3::rule<struct code_rule, std::string> const code = "a code";
auto const code_def = x3::lexeme[+x3::char_("A-Za-z0-9")] | quoted;
x3::rule<struct word_rule, std::string> const word = "a word";
auto const word_def = x3::lexeme[+(x3::char_("A-Za-z0-9_:") | x3::char_("-"))] | quoted;
x3::rule<struct map_name_rule, std::string> const map_name = "the name of a map, such as x12/850";
auto const map_name_def = x3::lexeme[+x3::char_("A-Za-z0-9_./-")];
x3::rule<struct token_rule, std::string> const token = "an argument";
auto const token_def = quoted | (!reserved >> x3::lexeme[+(x3::graph - ',')]);
x3::rule<struct any_token_rule, std::string> const any_token = "a word or code";
auto const any_token_def = quoted | x3::lexeme[+x3::graph];
x3::rule<struct two_digits_rule, unsigned> const two_digits = "two digits";
auto const two_digits_def = x3::uint_parser<unsigned, 10, 2, 2>{};
x3::rule<struct component_rule, unsigned> const component_number = "the number of a component, 01 or more";
auto const component_number_def = two_digits;
x3::rule<struct row_number_rule, unsigned> const row_number = "a number";
auto const row_number_def = x3::uint_;
x3::rule<struct end_rule> const end_of_line = "the end of the line";
auto const end_of_line_def = x3::eoi;
BOOST_SPIRIT_DEFINE(name, quoted, code, word, map_name, token, any_token, two_digits, component_number, row_number,
                    end_of_line)

// --- canonical paths: lines[]  address.city  ../unit  parties[role=ship_to].name
auto const here = x3::raw[x3::eps];
x3::rule<struct canonical_rule, CanonicalPath> const canonical = "a canonical path";
auto const cpath_at = [](auto& c) { _val(c).column = draft(c).column(_attr(c).begin()); };
auto const cpath_up = [](auto& c) { ++_val(c).up; };
auto const cpath_part = [](auto& c) { _val(c).parts.push_back({_attr(c), {}, {}}); };
auto const cpath_select_member = [](auto& c) { _val(c).parts.back().select_member = _attr(c); };
auto const cpath_select_word = [](auto& c) { _val(c).parts.back().select_word = _attr(c); };
auto const cpath_list = [](auto& c) { _val(c).list = true; };
auto const cpath_one = name[cpath_part] >> -('[' >> name[cpath_select_member] >> '=' > word[cpath_select_word] > ']');
auto const canonical_def =
    here[cpath_at] >> x3::lexeme[*x3::lit("../")[cpath_up] >> (cpath_one % '.') >> -x3::lit("[]")[cpath_list]];
BOOST_SPIRIT_DEFINE(canonical)

// --- external paths
x3::rule<struct select_rule, Select> const select = "a qualifier in brackets, such as [ST]";
auto const select_element = [](auto& c) { _val(c).element = _attr(c); };
auto const select_code = [](auto& c) { _val(c).codes.push_back(_attr(c)); };
x3::rule<struct select_inside_rule, Select> const select_inside = "a code, such as ST, or an element and =";
auto const select_inside_def =
    ((two_digits >> &x3::lit('='))[select_element] >> '=' >> -(code[select_code] % ',') | (code[select_code] % ','));
auto const select_whole = [](auto& c) { _val(c) = _attr(c); };
auto const select_def = x3::lit('[') > select_inside[select_whole] > ']';
BOOST_SPIRIT_DEFINE(select_inside, select)

x3::rule<struct cell_rule, Cell> const cell = "an element, such as 06";
auto const cell_at = [](auto& c) { _val(c).column = draft(c).column(_attr(c).begin()); };
auto const cell_element = [](auto& c) { _val(c).element = _attr(c); };
auto const cell_component = [](auto& c) {
    _val(c).component = _attr(c);
    _pass(c) = _attr(c) != 0;
};
auto const cell_constant = [](auto& c) { _val(c).constant = _attr(c); };
auto const cell_may_lack = [](auto& c) { _val(c).may_lack = true; };
auto const cell_tail = -('-' > component_number[cell_component]) >> -('=' > code[cell_constant]) >>
                       -x3::lit('?')[cell_may_lack];
auto const cell_def = here[cell_at] >> two_digits[cell_element] >> cell_tail;
BOOST_SPIRIT_DEFINE(cell)

x3::rule<struct segments_rule, ExternalPath> const by_segments =
    "a path in the other format, such as BEG03, N1[ST] or 06";
auto const path_text = [](auto& c) {
    _val(c).text = text_of(_attr(c));
    _val(c).column = draft(c).column(_attr(c).begin());
};
auto const path_up = [](auto& c) { ++_val(c).up; };
auto const path_cell = [](auto& c) { _val(c).cells.push_back(_attr(c)); };
auto const path_slash_cells = [](auto& c) { _val(c).slash_before_cells = !_val(c).steps.empty(); };
auto const path_repeats = [](auto& c) { _val(c).repeats = true; };
auto const path_tuple_select = [](auto& c) { _val(c).tuple_select = _attr(c); };
auto const path_pair = [](auto& c) {
    _val(c).repeats = true;
    _val(c).tuple_select = Select{0, {_attr(c)}};
};
auto const path_step = [](auto& c) {
    Step step;
    step.segment = text_of(_attr(c));
    step.column = draft(c).column(_attr(c).begin());
    _val(c).steps.push_back(std::move(step));
};
// PO106: two or three characters are the segment, two digits more the element
auto const path_step_with_element = [](auto& c) {
    auto const run = text_of(_attr(c));
    auto const digit = [](char character) { return character >= '0' && character <= '9'; };
    auto const length = run.size();
    if (!digit(run[length - 1]) || !digit(run[length - 2])) {
        _pass(c) = false;
        return;
    }
    Step step;
    step.segment = run.substr(0, length - 2);
    step.column = draft(c).column(_attr(c).begin());
    Cell element;
    element.element = static_cast<unsigned>((run[length - 2] - '0') * 10 + (run[length - 1] - '0'));
    element.column = step.column + static_cast<std::uint32_t>(length - 2);
    _val(c).steps.push_back(std::move(step));
    _val(c).cells.push_back(std::move(element));
};
auto const first_component = [](auto& c) {
    _val(c).cells.back().component = _attr(c);
    _pass(c) = _attr(c) != 0;
};
auto const first_constant = [](auto& c) { _val(c).cells.back().constant = _attr(c); };
auto const first_may_lack = [](auto& c) { _val(c).cells.back().may_lack = true; };
auto const step_number = [](auto& c) { _val(c).steps.back().number = _attr(c); };
auto const step_select = [](auto& c) { _val(c).steps.back().select = _attr(c); };

auto const tuple_end = -x3::lit("...")[path_repeats] >> -(&x3::lit('[') >> select[path_tuple_select]);
auto const cells = (cell[path_cell] % '+') >> tuple_end;
auto const segment_id = x3::raw[x3::char_("A-Z") >> x3::repeat(1, 2)[upper_or_digit] >> !upper_or_digit];
auto const segment_and_element = x3::raw[x3::char_("A-Z") >> x3::repeat(3, 4)[upper_or_digit] >> !upper_or_digit];
auto const path_step_part =
    (segment_id[path_step] >> -('#' > row_number[step_number]) >> -(&x3::lit('[') >> select[step_select]) >>
     -(&x3::digit >> cells)) |
    (segment_and_element[path_step_with_element] >> -('-' > component_number[first_component]) >>
     -('=' > code[first_constant]) >> -x3::lit('?')[first_may_lack] >> *('+' > cell[path_cell]) >> tuple_end);
auto const path_part =
    ('<' > code[path_pair] > '>') | (&x3::digit >> x3::eps[path_slash_cells] >> cells) | path_step_part;
auto const by_segments_def = x3::raw[x3::lexeme[*x3::lit("../")[path_up] >> (path_part % '/')]][path_text];
BOOST_SPIRIT_DEFINE(by_segments)

// --- external paths by names: Total/Money/@currency  Address[@role=shipTo]  "PO Number"  row by "Ship To"
auto const name_end = x3::blank | x3::char_("/[]=,\"@()+");
x3::rule<struct node_name_rule, std::string> const node_name = "a name";
auto const node_name_def = x3::lexeme[+(x3::char_ - name_end)];
x3::rule<struct plain_step_rule, NodeStep> const plain_step = "a name, @ and a name, or text()";
auto const step_at = [](auto& c) { _val(c).column = draft(c).column(_attr(c).begin()); };
auto const step_attribute = [](auto& c) { _val(c).attribute = true; };
auto const step_name = [](auto& c) { _val(c).name = _attr(c); };
auto const step_quoted = [](auto& c) {
    _val(c).name = _attr(c);
    _val(c).quoted = true;
};
auto const plain_step_def = here[step_at] >> ((x3::lit("text()")) | ('@' >> x3::eps[step_attribute] > node_name[step_name]) |
                                              quoted[step_quoted] | node_name[step_name]);
x3::rule<struct node_select_rule, NodeStep::Select> const node_select = "a condition in brackets, such as [@role=shipTo]";
auto const select_path = [](auto& c) { _val(c).path.push_back(_attr(c)); };
auto const select_word = [](auto& c) { _val(c).word = _attr(c); };
auto const node_select_def =
    x3::lit('[') > (plain_step[select_path] % '/') > '=' > (quoted[select_word] | node_name[select_word]) > ']';
x3::rule<struct node_step_rule, NodeStep> const node_step = "a step of a path";
auto const step_whole = [](auto& c) { _val(c) = _attr(c); };
auto const step_selected = [](auto& c) { _val(c).select.push_back(_attr(c)); };
auto const node_step_def = plain_step[step_whole] >> -(&x3::lit('[') >> node_select[step_selected]);
x3::rule<struct names_rule, ExternalPath> const by_names =
    "a path in the other format, such as Total/Money, @orderID or \"PO Number\"";
auto const path_node = [](auto& c) { _val(c).nodes.push_back(_attr(c)); };
auto const path_by = [](auto& c) { _val(c).nodes.back().by.push_back(_attr(c)); };
auto const by_names_def =
    !reserved >> x3::raw[x3::lexeme[*x3::lit("../")[path_up] >> (node_step[path_node] % '/')] >>
                         -(keyword("by") > (plain_step[path_by] % ','))][path_text];
BOOST_SPIRIT_DEFINE(node_name, plain_step, node_select, node_step, by_names)

x3::rule<struct external_rule, ExternalPath> const external = "a path in the other format";
auto const path_whole = [](auto& c) { _val(c) = _attr(c); };
auto const written_as = [](PathSyntax syntax) {
    return x3::eps[([syntax](auto& c) { _pass(c) = draft(c).syntax == syntax; })];
};
auto const external_def = (written_as(PathSyntax::segments) >> by_segments[path_whole]) |
                          (written_as(PathSyntax::names) >> by_names[path_whole]);
BOOST_SPIRIT_DEFINE(external)

// --- expressions, conversions, conditions
x3::rule<struct expression_rule, Expression> const expression =
    "a value: a text in quotes, $index, count …, or a canonical path";
auto const expression_at = [](auto& c) { _val(c).column = draft(c).column(_attr(c).begin()); };
auto const expression_kind = [](Expression::Kind kind) {
    return [kind](auto& c) {
        _val(c).kind = kind;
        _val(c).text = std::string(_attr(c).begin(), _attr(c).end());
    };
};
auto const expression_path = [](Expression::Kind kind) {
    return [kind](auto& c) {
        _val(c).kind = kind;
        _val(c).path = _attr(c);
    };
};
auto const expression_everywhere = [](auto& c) { _val(c).everywhere = true; };
auto const expression_factor = [](auto& c) { _val(c).factors.push_back(_attr(c)); };
auto const expression_variable = [](auto& c) {
    _val(c).kind = Expression::Kind::variable;
    _val(c).path = _attr(c);
    _val(c).text = _attr(c).text();
};
x3::rule<struct term_rule, Expression> const term =
    "a value: a text in quotes, $index, count …, sum …, or a canonical path";
auto const term_def =
    here[expression_at] >>
    (quoted[expression_kind(Expression::Kind::literal)] |
     x3::raw[x3::lexeme[+x3::digit >> -('.' >> +x3::digit)]][expression_kind(Expression::Kind::literal)] |
     (x3::lexeme['$' > canonical[expression_variable]]) |
     (keyword("count") >
      (x3::lexeme[segment_id[expression_kind(Expression::Kind::count_segment)]] |
       (canonical[expression_path(Expression::Kind::count_path)] >> -keyword("everywhere")[expression_everywhere]))) |
     (keyword("sum") > canonical[expression_path(Expression::Kind::sum)] > -keyword("everywhere")[expression_everywhere] >
      -('(' > (canonical[expression_factor] % '*') > ')')) |
     canonical[expression_path(Expression::Kind::path)]);
auto const expression_first = [](auto& c) { _val(c) = _attr(c); };
auto const expression_join = [](bool negative) {
    return [negative](auto& c) {
        auto& whole = _val(c);
        if (whole.kind != Expression::Kind::total) {
            Expression total;
            total.kind = Expression::Kind::total;
            total.column = whole.column;
            total.parts.push_back(std::move(whole));
            whole = std::move(total);
        }
        whole.parts.push_back(_attr(c));
        whole.parts.back().negative = negative;
        _pass(c) = whole.parts.size() <= test_limit;
    };
};
auto const expression_def = term[expression_first] >> *(('+' > term[expression_join(false)]) |
                                                        ('-' > term[expression_join(true)]));
BOOST_SPIRIT_DEFINE(term)
BOOST_SPIRIT_DEFINE(expression)

x3::rule<struct conversion_rule, Conversion> const conversion = "a conversion";
auto const conversion_at = [](auto& c) { _val(c).column = draft(c).column(_attr(c).begin()); };
auto const conversion_name = [](auto& c) { _val(c).name = _attr(c); };
auto const conversion_argument = [](auto& c) { _val(c).arguments.push_back(_attr(c)); };
auto const conversion_path = [](auto& c) { _val(c).path = _attr(c); };
auto const conversion_def = here[conversion_at] >> ((keyword("same") >> x3::attr(std::string("same"))[conversion_name] >
                                                     canonical[conversion_path]) |
                                                    (name[conversion_name] >> *token[conversion_argument]));
BOOST_SPIRIT_DEFINE(conversion)

x3::rule<struct test_rule, Condition> const test = "a condition";
auto const test_not = [](auto& c) { _val(c).negated = true; };
auto const test_path = [](auto& c) { _val(c).path = _attr(c); };
auto const test_word = [](auto& c) { _val(c).words.push_back(_attr(c)); };
auto const test_variable = [](auto& c) { _val(c).variable = true; };
auto const test_def = -keyword("not")[test_not] >> -x3::lit('$')[test_variable] >> canonical[test_path] >>
                      -(('=' > word[test_word]) | (keyword("in") > '{' > +word[test_word] > '}'));
x3::rule<struct condition_rule, Condition> const condition = "a condition";
auto const condition_first = [](auto& c) { _val(c) = _attr(c); };
auto const condition_join = [](Condition::Kind kind) {
    return [kind](auto& c) {
        auto& whole = _val(c);
        if (whole.kind != kind) { // from left to right, without precedence
            Condition joined;
            joined.kind = kind;
            joined.parts.push_back(std::move(whole));
            whole = std::move(joined);
        }
        whole.parts.push_back(_attr(c));
        _pass(c) = ++draft(c).tests < test_limit; // conditions nest where `and` and `or` change places
    };
};
auto const condition_def = test[condition_first] >> *((keyword("and") > test[condition_join(Condition::Kind::all)]) |
                                                      (keyword("or") > test[condition_join(Condition::Kind::any)]));
BOOST_SPIRIT_DEFINE(test, condition)

// --- rules
auto const rule_target = [](Rule::Target target) { return [target](auto& c) { draft(c).rule->target = target; }; };
auto const rule_path = [](auto& c) { draft(c).rule->path = _attr(c); };
auto const rule_direction = [](Direction direction) {
    return [direction](auto& c) { draft(c).rule->direction = direction; };
};
auto const rule_source = [](auto& c) { draft(c).rule->sources.emplace_back(); };
auto const rule_each = [](auto& c) { draft(c).rule->sources.back().each = true; };
auto const rule_external = [](auto& c) { draft(c).rule->sources.back().alternatives.push_back(_attr(c)); };
auto const rule_expression = [](auto& c) { draft(c).rule->expression = _attr(c); };
auto const rule_drop = [](auto& c) { draft(c).rule->drop = true; };
auto const rule_conversion = [](auto& c) { draft(c).rule->conversions.push_back(_attr(c)); };
auto const rule_shape_at = [](auto& c) {
    if (!draft(c).rule->sources.empty()) draft(c).rule->sources.back().shape_column = draft(c).column(_attr(c).begin());
};
auto const rule_shape = [](auto& c) {
    if (draft(c).rule->sources.empty()) draft(c).rule->sources.emplace_back();
    draft(c).rule->sources.back().shape = _attr(c);
};
auto const rule_when = [](auto& c) { draft(c).rule->when = _attr(c); };

auto const lone = [](char character) { return x3::lexeme[x3::lit(character) >> !x3::graph]; };
auto const target = lone('-')[rule_target(Rule::Target::none)] | lone('.')[rule_target(Rule::Target::same_object)] |
                    canonical[rule_path];
auto const as_shape = keyword("as") > here[rule_shape_at] > name[rule_shape];
auto const value = ('=' > expression[rule_expression]) | keyword("drop")[rule_drop];
auto const source = x3::eps[rule_source] >> -keyword("each")[rule_each] >> external[rule_external] >>
                    *(keyword("or") > external[rule_external]);
auto const on_error_is = [](OnError policy) { return [policy](auto& c) { draft(c).rule->on_error = policy; }; };
x3::rule<struct policy_rule> const policy = "refuse, hold or pass";
auto const policy_def = keyword("refuse")[on_error_is(OnError::refuse)] | keyword("hold")[on_error_is(OnError::hold)] |
                        keyword("pass")[on_error_is(OnError::pass)];
BOOST_SPIRIT_DEFINE(policy)
auto const on_error = (keyword("on") >> keyword("error")) > policy;
x3::rule<struct source_rule> const source_or_value =
    "a path in the other format, such as BEG03, N1[ST] or 06, or = value";
auto const source_or_value_def = value | (source >> -value);
BOOST_SPIRIT_DEFINE(source_or_value)
auto const then_source = keyword("then") > x3::eps[rule_source] >
                         -keyword("each")[rule_each] > external[rule_external] > -as_shape;
auto const direction =
    keyword("read")[rule_direction(Direction::read)] | keyword("write")[rule_direction(Direction::write)];
auto const rule_line = (keyword("one") >> keyword("of")[rule_target(Rule::Target::one_of)]) |
                       (target > -direction > source_or_value > -(!reserved >> (conversion[rule_conversion] % ',')) >
                        -as_shape > *then_source > -(keyword("when") > condition[rule_when]) > -on_error);

// --- options and edits
auto const kind = [](MapLine::Kind value_) { return [value_](auto& c) { draft(c).line->kind = value_; }; };
auto const add_word = [](auto& c) { draft(c).line->words.push_back(_attr(c)); };
auto const no_word = [](auto& c) { draft(c).line->words.emplace_back(); };
auto const set_edit_path = [](auto& c) { draft(c).rule->path = _attr(c); };
auto const header = keyword("translator")[kind(MapLine::Kind::header)] > map_name[add_word] >
                    ((keyword("extends") > map_name[add_word]) | x3::eps[no_word]) > -quoted[add_word];
auto const number_text = x3::raw[x3::lexeme[+x3::digit]];
auto const add_text = [](auto& c) { draft(c).line->words.push_back(text_of(_attr(c))); };
auto const document = keyword("document")[kind(MapLine::Kind::document)] >> name[add_word] > -number_text[add_text];
auto const format = keyword("format")[kind(MapLine::Kind::format)] >> +any_token[add_word];
auto const include = keyword("include")[kind(MapLine::Kind::include)] >> map_name[add_word];
auto const shape = keyword("shape")[kind(MapLine::Kind::shape)] >> name[add_word];
auto const row_code = [](auto& c) {
    TableRow row;
    row.code = _attr(c);
    draft(c).line->rows.push_back(std::move(row));
};
auto const row_word = [](auto& c) { draft(c).line->rows.back().word = _attr(c); };
auto const row_star = [](auto& c) { draft(c).line->rows.back().write = true; };
auto const table = keyword("table")[kind(MapLine::Kind::table)] >> name[add_word] >>
                   +(code[row_code] > word[row_word] > -x3::lit('*')[row_star]);
// An option's word begins a rule too, where a member has that name (`table`, `shape`): it is an option where no path
// follows.
auto const option = header | document | format | include | shape | table;

// --- options that only their format understands
auto const option_bare = [](auto& c) {
    draft(c).line->option.push_back({text_of(_attr(c)), false, draft(c).column(_attr(c).begin())});
};
auto const option_quoted = [](auto& c) {
    auto const range = _attr(c);
    draft(c).line->option.push_back(
        {std::string(range.begin() + 1, range.end() - 1), true, draft(c).column(range.begin())});
};
auto const option_text = x3::raw[x3::lexeme['"' >> *(x3::char_ - '"') >> '"']][option_quoted] |
                         x3::raw[x3::lexeme[(x3::graph - '"') >> *(x3::graph - x3::char_(",\""))]][option_bare];
auto const format_option = x3::raw[x3::lexeme[+x3::char_("a-z")]][add_text] >> x3::eps[kind(MapLine::Kind::option)] >>
                           *(option_text >> -x3::lit(','));

auto const edit = (keyword("add")[kind(MapLine::Kind::add)] > rule_line) |
                  (keyword("replace")[kind(MapLine::Kind::replace)] > rule_line) |
                  (keyword("remove")[kind(MapLine::Kind::remove)] >
                   ((lone('-')[rule_target(Rule::Target::none)] > source) | canonical[set_edit_path])) |
                  (keyword("in") > ((keyword("shape")[kind(MapLine::Kind::in_shape)] > name[add_word]) |
                                    (x3::eps[kind(MapLine::Kind::in_member)] > canonical[set_edit_path])));

bool begins_with(std::string_view text, std::span<std::string_view const> words) {
    for (auto const word_ : words)
        if (text.starts_with(word_) && text.size() > word_.size() && text[word_.size()] == ' ') return true;
    return false;
}

constexpr std::string_view options_of_all[] = {"translator", "document", "format", "include", "shape", "table"};
constexpr std::string_view options_of_formats[] = {"format", "columns", "documents", "record", "namespace", "order"};

} // namespace

bool parse_line(std::string_view text, std::uint32_t first_column, LineContext context, MapLine& line,
                LineError& error) {
    Draft state{&line, &line.rule, text.data(), first_column, 0, context.syntax};
    bool const names = context.syntax == PathSyntax::names;
    bool const of_format = first_column == 1 && names && begins_with(text, options_of_formats);
    bool const of_all = first_column == 1 && begins_with(text, options_of_all);
    auto const begin = text.data();
    auto const end = text.data() + text.size();
    auto at = begin;
    auto run = [&](auto const& grammar) {
        return x3::phrase_parse(at, end, x3::with<draft_tag>(std::ref(state))[grammar > end_of_line], x3::blank);
    };
    try {
        bool parsed = false;
        if (of_format)
            parsed = run(format_option);
        else if (of_all)
            parsed = run(option);
        else if (context.edits)
            parsed = run(edit);
        else
            parsed = run(rule_line);
        if (parsed) return true;
        error.column = state.column(at);
        error.expected = context.edits ? "add, replace, remove or in, then a path" : "a canonical path, - or .";
        if (of_format)
            error.expected = "words and texts in quotes";
        else if (of_all)
            error.expected = "an option: translator, document, format, include, shape or table, with its words";
    } catch (x3::expectation_failure<Iterator> const& failure) {
        auto where = failure.where();
        while (where != end && *where == ' ')
            ++where;
        error.column = state.column(where);
        error.expected = failure.which();
        if (names && error.expected == source_or_value.name)
            error.expected = fmt::format("{}, or = value", by_names.name);
        if (error.expected.find("spirit") != std::string::npos) // the name of a type: nothing to read
            error.expected = state.tests >= test_limit
                                 ? fmt::format("the end of a condition ({} tests at most)", test_limit)
                                 : std::string("something else");
    }
    return false;
}

} // namespace wharf::translator
