// The X3 rules of SEF's records: one record a call, all in one file. What is expected is said by rules named in words.
#include "grammar/sef_file.hpp"
#include "grammar/x3_parts.ipp"

#include <boost/spirit/home/x3.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

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

constexpr unsigned max_depth = 16;
constexpr std::size_t max_records = 20'000; // of one section
constexpr auto max_codes = max_sef_codes;   // of one list, ranges written out
constexpr std::size_t max_elements = 1000;  // of one segment, groups written out

template <class Range> std::string_view view_of(Range const& range) { return {range.begin(), static_cast<std::size_t>(range.end() - range.begin())}; }
template <class Id, class Value = x3::unused_type> constexpr x3::rule<Id, Value> named(char const* name) { return {name}; }

// ---- words

x3::uint_parser<std::uint32_t, 10, 1, 9> const digits;
auto const to_value = [](auto const& c) { _val(c) = _attr(c); };
auto const to_view = [](auto const& c) { _val(c) = view_of(_attr(c)); };
auto const number = named<struct NumberRule, std::uint32_t>("a number") = digits[to_value];
auto const unlimited = [](auto const& c) { _val(c) = 0; };
auto const maximum = named<struct MaximumRule, std::uint32_t>("how often, as a number or >1") = lit(">1")[unlimited] | digits[to_value];
auto const id = named<struct IdRule, std::string_view>("a name of capitals and digits") = x3::raw[+x3::char_("A-Z0-9")][to_view];
auto const free_name = named<struct FreeNameRule, std::string_view>("a name") = x3::raw[+x3::char_("A-Za-z0-9_.-")][to_view];
auto const sign = x3::char_(".!$&-");
auto const requirement = named<struct RequirementRule, char>("M, O, C or nothing, then `,` or `]`") = x3::char_("A-Z")[to_value];
auto const equals = named<struct EqualsRule>("`=`") = lit('=');
auto const close_bracket = named<struct CloseBracketRule>("`]`") = lit(']');
auto const close_brace = named<struct CloseBraceRule>("`}` at the end of the loop or group") = lit('}');
auto const colon = named<struct ColonRule>("`:`") = lit(':');
auto const comma = named<struct CommaRule>("`,`") = lit(',');
auto const end = named<struct EndRule>("the end of the record") = eoi;

// ---- .SETS

auto const use_at = [](auto const& c) { _val(c).at = _attr(c).begin(); };
auto const use_mark = [](auto const& c) { _val(c).mark = _attr(c); };
auto const use_segment = [](auto const& c) {
    _val(c).segment = _attr(c);
    _pass(c) = _attr(c).size() >= 2 && _attr(c).size() <= 3;
};
auto const use_mask = [](auto const& c) { _val(c).mask = _attr(c); };
auto const use_ordinal = [](auto const& c) { _val(c).ordinal = _attr(c); };
auto const use_requirement = [](auto const& c) { _val(c).requirement = _attr(c); };
auto const use_max = [](auto const& c) { _val(c).max = _attr(c); };
auto const segment_name = named<struct SegmentNameRule, std::string_view>("a segment: two or three capitals and digits") = id[to_value];
auto const segment_use = named<struct SegmentUseRule, SefSegmentUse>("a segment in brackets") =
    x3::raw[lit('[')][use_at] > -sign[use_mark] > segment_name[use_segment] > *((lit('*') > number[use_mask]) | (lit('@') > number[use_ordinal])) >
    -(lit(',') > -requirement[use_requirement] > -(lit(',') > -maximum[use_max])) > close_bracket;

x3::rule<struct ItemRule, SefItem> const item = "a segment `[` or a loop `{`";
auto const item_area = [](auto const& c) { _val(c).starts_area = true; };
auto const item_use = [](auto const& c) { _val(c).use = _attr(c); };
auto const item_loop_id = [](auto const& c) {
    _val(c).is_loop = true;
    _val(c).loop_id = view_of(_attr(c));
};
auto const item_loop_max = [](auto const& c) { _val(c).loop_max = _attr(c); };
auto const item_inner = [](auto const& c) { _val(c).items.push_back(std::move(_attr(c))); };
auto const position_step = x3::char_("+-") >> digits;
auto const loop_trigger = named<struct LoopTriggerRule, SefSegmentUse>("the segment that starts the loop") = -x3::omit[position_step] >> segment_use[to_value];
auto const item_def = -lit('^')[item_area] >> -x3::omit[position_step] >>
                      (segment_use[item_use] | (lit('{') > x3::raw[*x3::char_("A-Za-z0-9_")][item_loop_id] > -(lit(':') > -maximum[item_loop_max]) >
                                                loop_trigger[item_use] > *item[item_inner] > close_brace));
BOOST_SPIRIT_DEFINE(item)
auto const set_id = [](auto const& c) { _val(c).id = _attr(c); };
auto const set_item = [](auto const& c) { _val(c).items.push_back(std::move(_attr(c))); };
auto const set_record = named<struct SetRecordRule, SefSet>("a set") = id[set_id] > equals > +item[set_item] > end;

// ---- .SEGS and .COMS

auto const element_at = [](auto const& c) { _val(c).at = _attr(c).begin(); };
auto const element_mark = [](auto const& c) { _val(c).mark = _attr(c); };
auto const element_id = [](auto const& c) { _val(c).element = _attr(c); };
auto const element_ordinal = [](auto const& c) { _val(c).ordinal = _attr(c); };
auto const element_min = [](auto const& c) { _val(c).min = _attr(c); };
auto const element_max = [](auto const& c) { _val(c).max = _attr(c); };
auto const element_mask = [](auto const& c) { _val(c).mask = _attr(c); };
auto const element_requirement = [](auto const& c) { _val(c).requirement = _attr(c); };
auto const element_repeat = [](auto const& c) { _val(c).repeat = _attr(c); };
auto const element_tail = *((lit('@') > number[element_ordinal]) | (lit('*') > number[element_mask]) |
                            (lit(';') > -digits[element_min] > -(lit(':') > -digits[element_max]))) >
                          -(lit(',') > -requirement[element_requirement] > -(lit(',') > -maximum[element_repeat])) > close_bracket;
auto const element_name = named<struct ElementNameRule, std::string_view>("a data element or composite, such as 98 or C040") = id[to_value];
auto const element_use = named<struct ElementUseRule, SefElementUse>("an element in brackets") =
    x3::raw[lit('[')][element_at] > -sign[element_mark] > element_name[element_id] > element_tail;

using Elements = std::vector<SefElementUse>;
x3::rule<struct ElementsRule, Elements> const elements = "elements in brackets";
auto const add_element = [](auto const& c) {
    _val(c).push_back(_attr(c));
    _pass(c) = _val(c).size() <= max_elements;
};
struct Group {
    std::uint32_t times = 0;
    Elements elements;
};
auto const group_times = [](auto const& c) { _val(c).times = _attr(c); };
auto const group_elements = [](auto const& c) { _val(c).elements = std::move(_attr(c)); };
auto const group = named<struct GroupRule, Group>("a group of elements") = lit('{') > number[group_times] > elements[group_elements] > close_brace;
auto const add_group = [](auto const& c) {
    auto const& made = _attr(c);
    auto& all = _val(c);
    _pass(c) = made.times * static_cast<std::uint64_t>(made.elements.size()) + all.size() <= max_elements;
    for (std::uint32_t i = 0; _pass(c) && i < made.times; ++i) all.insert(all.end(), made.elements.begin(), made.elements.end());
};
auto const elements_def = +(element_use[add_element] | group[add_group]);
BOOST_SPIRIT_DEFINE(elements)

x3::uint_parser<unsigned, 10, 2, 2> const two_digits;
auto const note_kind = [](auto const& c) { _val(c).kind = _attr(c); };
auto const note_position = [](auto const& c) { _val(c).positions.push_back(static_cast<std::uint8_t>(_attr(c))); };
auto const position = named<struct PositionRule, unsigned>("two digits") = two_digits[to_value];
auto const note = named<struct NoteRule, SyntaxNote>("a syntax note such as P0304") = x3::char_("PRECL")[note_kind] > +position[note_position];
auto const mask_mark = [](auto const& c) {
    _val(c).mark = *_attr(c).begin();
    _val(c).at = _attr(c).begin();
};
auto const mask_tail = lit('[') > element_tail;
auto const mask_sign = named<struct MaskSignRule, SefElementUse>("a mark of a mask: . ! $ & - #") =
    x3::raw[x3::char_(".!$&#*-")][mask_mark] > -digits[element_mask] > -mask_tail;
auto const add_mark = [](auto const& c) {
    _val(c).push_back(_attr(c));
    _pass(c) = _val(c).size() <= max_elements;
};
auto const mask = named<struct MaskRule, Elements>("a mask") = *mask_sign[add_mark];
auto const segment_id = [](auto const& c) { _val(c).id = _attr(c); };
auto const segment_elements = [](auto const& c) { _val(c).elements = std::move(_attr(c)); };
auto const segment_note = [](auto const& c) { _val(c).notes.push_back(std::move(_attr(c))); };
auto const segment_mask = [](auto const& c) { _val(c).masks.push_back(std::move(_attr(c))); };
auto const segment_record = named<struct SegmentRecordRule, SefSegment>("a segment") =
    id[segment_id] > equals > -elements[segment_elements] > -(lit('+') > +note[segment_note]) > *(lit(',') > mask[segment_mask]) > end;

// ---- .ELMS

auto const def_id = [](auto const& c) { _val(c).id = _attr(c); };
auto const def_type = [](auto const& c) { _val(c).type = _attr(c); };
auto const def_min = [](auto const& c) { _val(c).min = _attr(c); };
auto const def_max = [](auto const& c) { _val(c).max = _attr(c); };
auto const element_type = named<struct ElementTypeRule, std::string_view>("a type such as AN, ID, N2, R or DT") = id[to_value];
auto const element_record = named<struct ElementRecordRule, SefElement>("an element") =
    id[def_id] > equals > element_type[def_type] > comma > number[def_min] > comma > number[def_max] > end;

// ---- .CODES

using Codes = std::vector<std::string>;
struct CodeRange {
    std::string_view first, last;
};
auto const code = named<struct CodeRule, std::string_view>("a code") = x3::raw[+(x3::char_ - x3::char_(",:|%[]{}"))][to_view];
auto const range_first = [](auto const& c) { _val(c).first = _attr(c); };
auto const range_last = [](auto const& c) { _val(c).last = _attr(c); };
auto const code_range = named<struct CodeRangeRule, CodeRange>("a code or a range such as 00:08") = code[range_first] >> -(lit(':') > code[range_last]);
auto const add_range = [](auto const& c) {
    auto const& [first, last] = _attr(c);
    if (last.empty()) _val(c).emplace_back(first);
    else _pass(c) = expand_sef_range(first, last, _val(c));
    if (_val(c).size() > max_codes) _pass(c) = false;
};
auto const checked_range = named<struct CheckedRangeRule, Codes>("a range whose ends are of one kind, such as A1:A9") = code_range[add_range];
auto const add_codes = [](auto const& c) {
    auto& made = _attr(c);
    std::ranges::move(made, std::back_inserter(_val(c)));
    _pass(c) = _val(c).size() <= max_codes;
};
auto const code_list = named<struct CodeListRule, Codes>("codes") = -((&code > checked_range[add_codes]) % lit(','));

bool join_parts(Codes& first, Codes const& second, bool& overflow) {
    if (second.empty()) return true;
    auto const ones = first.size();
    overflow = ones * second.size() > max_codes;
    for (std::size_t i = 0; !overflow && i < ones; ++i)
        for (auto const& part : second) first.push_back(first[i] + part);
    return !overflow;
}
auto const location_here = named<struct LocationRule, SefLocation>("a place such as 850/26///2") =
    x3::raw[+x3::char_("A-Za-z0-9/-")][([](auto const& c) {
        auto& made = _val(c);
        made.text = view_of(_attr(c));
        made.at = made.text.data();
        std::array<std::string_view, 5> parts;
        std::size_t count = 0;
        for (auto rest = made.text;; ++count) {
            auto const cut = rest.find('/');
            if (count == parts.size()) {
                _pass(c) = false;
                return;
            }
            parts[count] = rest.substr(0, cut);
            if (cut == std::string_view::npos) break;
            rest.remove_prefix(cut + 1);
        }
        auto const read = [](std::string_view text, std::uint32_t& to) {
            if (text.empty()) return true;
            auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), to);
            return error == std::errc() && stop == text.data() + text.size() && to < 100'000;
        };
        made.set = parts[0];
        auto const of_dictionary = made.set.empty();
        made.segment = of_dictionary ? parts[2] : std::string_view();
        auto const dash = parts[4].find('-');
        auto const element_ok = read(parts[4].substr(0, dash), made.element) &&
                                (dash == std::string_view::npos || read(parts[4].substr(dash + 1), made.component));
        auto const middle_empty = of_dictionary ? parts[1].empty() && parts[3].empty() : parts[2].empty() && parts[3].empty();
        auto const named_ok = of_dictionary ? !made.segment.empty() : read(parts[1], made.ordinal) && made.ordinal > 0;
        _pass(c) = element_ok && middle_empty && named_ok;
    })];
auto const subset_at = [](auto const& c) { _val(c).at = _attr(c).begin(); };
auto const subset_codes = [](auto const& c) { _val(c).codes = std::move(_attr(c)); };
auto const subset_parts = [](auto const& c) {
    bool overflow = false;
    _pass(c) = join_parts(_val(c).codes, _attr(c), overflow);
};
auto const set_aside = [](auto const&) {};
auto const subset_place = [](auto const& c) { _val(c).places.push_back(_attr(c)); };
auto const subset = named<struct SubsetRule, SefCodeSubset>("codes in brackets") =
    x3::raw[lit('[')][subset_at] > code_list[subset_codes] > -(lit('|') > code_list[subset_parts]) >
    -(lit('{') > code_list[set_aside] > -(lit('|') > code_list[set_aside]) > close_brace) > close_bracket > *(lit('+') > location_here[subset_place]);
auto const codes_id = [](auto const& c) { _val(c).element = _attr(c); };
auto const codes_list = [](auto const& c) { _val(c).codes = std::move(_attr(c)); };
auto const codes_parts = [](auto const& c) {
    _val(c).has_parts = true;
    bool overflow = false;
    _pass(c) = join_parts(_val(c).codes, _attr(c), overflow);
};
auto const codes_subset = [](auto const& c) { _val(c).subsets.push_back(std::move(_attr(c))); };
auto const codes_record = named<struct CodesRecordRule, SefCodes>("codes") =
    id[codes_id] > equals > code_list[codes_list] > -(lit('|') > code_list[codes_parts]) > -(lit('%') > *subset[codes_subset]) > end;

// ---- .VALREFS, .VALLISTS, .OBJVARS, .SEMREFS

auto const value_place = [](auto const& c) { _val(c).place = _attr(c); };
auto const value_list_name = [](auto const& c) { _val(c).list = _attr(c); };
auto const value_place_record = named<struct ValuePlaceRule, SefValuePlace>("a place and its list") =
    location_here[value_place] > equals > free_name[value_list_name] > end;
auto const list_name = [](auto const& c) { _val(c).name = _attr(c); };
auto const list_record = named<struct ListRecordRule, SefValueList>("a list of values") = free_name[list_name] > equals > x3::omit[*x3::char_] > end;
auto const variable_place = [](auto const& c) { _val(c).place = _attr(c); };
auto const variable_name = [](auto const& c) { _val(c).name = _attr(c); };
auto const variable_record = named<struct VariableRecordRule, SefVariable>("a place and its name") =
    location_here[variable_place] > equals > free_name[variable_name] > end;

auto const test_variable = [](auto const& c) { _val(c).variable = _attr(c); };
auto const test_operation = [](auto const& c) { _val(c).operation = view_of(_attr(c)); };
auto const test_value = [](auto const& c) { _val(c).value = view_of(_attr(c)); };
auto const apostrophe = named<struct ApostropheRule>("an apostrophe") = lit('\'');
auto const test = named<struct TestRule, SefTest>("a condition such as Kind'EQ'DS") =
    free_name[test_variable] > apostrophe > x3::raw[+x3::char_("A-Z")][test_operation] > apostrophe >
    x3::raw[*(x3::char_ - x3::char_("&|:[]"))][test_value];
auto const rule_test = [](auto const& c) { _val(c).tests.push_back(_attr(c)); };
auto const rule_or_test = [](auto const& c) {
    _val(c).tests.push_back(_attr(c));
    _val(c).tests.back().or_before = true;
};
auto const rule_action = [](auto const& c) { _val(c).action = _attr(c); };
auto const rule_argument = [](auto const& c) { _val(c).argument = view_of(_attr(c)); };
auto const rule_text = [](auto const& c) {
    _val(c).text = view_of(_attr(c));
    _val(c).at = _attr(c).begin();
};
auto const one_rule = named<struct OneRule, SefRule>("a rule in brackets, such as [Kind'EQ'DS:USAGE:2:]") =
    x3::raw[lit('[') > -(test[rule_test] > *((lit('&') > test[rule_test]) | (lit('|') > test[rule_or_test]))) > colon > free_name[rule_action] > colon >
            x3::raw[*(x3::char_ - x3::char_("[]"))][rule_argument] > close_bracket][rule_text];
struct Rules {
    SefLocation place;
    std::vector<SefRule> rules;
};
auto const rules_place = [](auto const& c) { _val(c).place = _attr(c); };
auto const rules_one = [](auto const& c) { _val(c).rules.push_back(std::move(_attr(c))); };
auto const rules_record = named<struct RulesRecordRule, Rules>("a place and its rules") = location_here[rules_place] > equals > +one_rule[rules_one] > end;

// ---- .TEXT

auto const text_where = [](auto const& c) {
    auto rest = view_of(_attr(c));
    _val(c).at = rest.data();
    for (;;) {
        auto const cut = rest.find('~');
        _val(c).where.push_back(rest.substr(0, cut));
        if (cut == std::string_view::npos) break;
        rest.remove_prefix(cut + 1);
    }
};
auto const text_what = [](auto const& c) { _val(c).what = _attr(c); };
auto const text_text = [](auto const& c) { _val(c).text = view_of(_attr(c)); };
auto const text_record = named<struct TextRecordRule, SefNote>("a note") =
    x3::raw[+(x3::char_ - ',')][text_where] > comma > number[text_what] > comma > x3::raw[*x3::char_][text_text] > end;

/// Braces that stand inside each other; the rules above follow them.
bool too_deep(std::string_view text) {
    unsigned depth = 0;
    for (char const c : text) {
        if (c == '{' && ++depth > max_depth) return true;
        if (c == '}' && depth > 0) --depth;
    }
    return false;
}

class RecordReader {
public:
    RecordReader(SefFile& file, SefFindings& findings) : file_(file), findings_(findings) {}

    void read(SefRecord const& record) {
        if (++counts_[static_cast<std::size_t>(record.section)] > max_records) {
            if (counts_[static_cast<std::size_t>(record.section)] == max_records + 1)
                findings_.add("SEF-0009", file_.text.place(record.text.data()), fmt::format("more than {} records in {}", max_records, section_word(record.section)));
            return;
        }
        switch (record.section) {
        case SefSection::version: file_.version = file_.text.readable(trimmed(record.text)); break;
        case SefSection::head: head(record.text); break;
        case SefSection::standard: file_.has_repeats = file_.has_repeats || record.text.find("RE") != std::string_view::npos; break;
        case SefSection::sets: keep(record, set_record, file_.sets); break;
        case SefSection::segments: keep(record, segment_record, file_.segments); break;
        case SefSection::composites: keep(record, segment_record, file_.composites); break;
        case SefSection::elements: keep(record, element_record, file_.elements); break;
        case SefSection::codes: keep(record, codes_record, file_.codes); break;
        case SefSection::value_places: keep(record, value_place_record, file_.list_places); break;
        case SefSection::value_lists: value(record); break;
        case SefSection::variables: keep(record, variable_record, file_.variables); break;
        case SefSection::rules: rules(record); break;
        case SefSection::texts:
            if (keep(record, text_record, file_.notes)) file_.notes.back().kind = record.kind;
            break;
        }
    }

private:
    static std::string_view trimmed(std::string_view text) {
        while (text.starts_with(' ')) text.remove_prefix(1);
        while (text.ends_with(' ')) text.remove_suffix(1);
        return text;
    }

    void head(std::string_view text) {
        if (file_.head_at != nullptr) return;
        file_.head_at = text.data();
        std::array<std::string_view*, 6> const fields{&file_.name, nullptr, &file_.release, &file_.agency, &file_.base, &file_.title};
        for (std::size_t i = 0; i < fields.size(); ++i) {
            auto const cut = i + 1 == fields.size() ? std::string_view::npos : text.find(',');
            if (fields[i] != nullptr) *fields[i] = trimmed(text.substr(0, cut));
            if (cut == std::string_view::npos) return;
            text.remove_prefix(cut + 1);
        }
    }

    template <class Rule, class Value> bool parse(SefRecord const& record, Rule const& rule, Value& made) {
        auto first = record.text.data();
        auto const last = first + record.text.size();
        if (too_deep(record.text)) {
            findings_.add("SEF-0009", file_.text.place(first), fmt::format("loops or groups more than {} deep", max_depth));
            return false;
        }
        try {
            if (x3::parse(first, last, rule, made)) return true;
            fault(record, first, rule.name);
        } catch (x3::expectation_failure<Iterator> const& failure) {
            fault(record, failure.where(), failure.which());
        }
        return false;
    }

    void fault(SefRecord const& record, char const* at, std::string const& expected) {
        auto const last = record.text.data() + record.text.size();
        auto const place = file_.text.place(at);
        auto const found = at == last ? std::string("the end of the record") : fmt::format("\"{}\"", file_.text.readable({at, std::min<std::size_t>(12, static_cast<std::size_t>(last - at))}));
        auto const key = record.text.substr(0, std::min<std::size_t>(record.text.find_first_of("=,"), 24));
        auto& made = findings_.add("SEF-0002", place, fmt::format("{} {}: expected {}, found {}", section_word(record.section), file_.text.readable(key), expected, found),
                                   at == last ? "the record ends too early: is the file cut off? It was left out" : "the record was left out");
        made.excerpt = file_.text.readable(file_.text.line(place.line).substr(0, 2000));
        made.excerpt_offset = place.column - 1;
    }

    template <class Rule, class Value> bool keep(SefRecord const& record, Rule const& rule, std::vector<Value>& list) {
        Value made{};
        if (!parse(record, rule, made)) return false;
        if constexpr (requires { made.at; }) made.at = record.text.data();
        list.push_back(std::move(made));
        return true;
    }

    void value(SefRecord const& record) {
        auto const kind = record.text.front();
        if (kind != '\'' && kind != '&') {
            keep(record, list_record, file_.lists);
            return;
        }
        if (file_.lists.empty()) {
            findings_.add("SEF-0002", file_.text.place(record.text.data()), ".VALLISTS: a value before the first list", "it was left out");
            return;
        }
        file_.lists.back().values.push_back({record.text.data(), kind == '&', record.text.substr(1)});
    }

    void rules(SefRecord const& record) {
        Rules made;
        if (!parse(record, rules_record, made)) return;
        for (auto& rule : made.rules) {
            rule.place = made.place;
            file_.rules.push_back(std::move(rule));
        }
    }

    SefFile& file_;
    SefFindings& findings_;
    std::array<std::size_t, 13> counts_{};
};

/// Of two records with one key the first counts.
template <class Value, class Key> void report_doubles(SefFile const& file, std::vector<Value> const& list, Key key, SefSection section, SefFindings& findings) {
    std::vector<std::string_view> keys;
    for (auto const& value : list) keys.push_back(key(value));
    std::ranges::sort(keys);
    auto const again = [&](std::string_view wanted) { return std::ranges::equal_range(keys, wanted).size() > 1; };
    std::vector<std::string_view> met;
    for (auto const& value : list) {
        if (!again(key(value))) continue;
        if (std::ranges::find(met, key(value)) == met.end()) met.push_back(key(value));
        else findings.add("SEF-0012", file.text.place(value.at), fmt::format("{} has {} a second time; the first counts", section_word(section), key(value)));
    }
}

} // namespace

std::unique_ptr<SefFile> read_sef(std::string bytes, SefFindings& findings) {
    auto file = std::make_unique<SefFile>();
    if (!cut_sef(std::move(bytes), file->text, findings)) return nullptr;
    RecordReader reader(*file, findings);
    for (auto const& record : file->text.records) reader.read(record);
    auto const id_of = [](auto const& value) { return value.id; };
    report_doubles(*file, file->sets, id_of, SefSection::sets, findings);
    report_doubles(*file, file->segments, id_of, SefSection::segments, findings);
    report_doubles(*file, file->composites, id_of, SefSection::composites, findings);
    report_doubles(*file, file->elements, id_of, SefSection::elements, findings);
    report_doubles(*file, file->codes, [](auto const& value) { return value.element; }, SefSection::codes, findings);
    return file;
}

} // namespace wharf::grammar
