#include "grammar/acknowledgment.hpp"

#include "grammar/acknowledgment_codes.hpp"
#include "grammar/envelope_check.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t most_codes = 5;    // AK502–AK506, AK905–AK909
constexpr std::size_t longest_copy = 99; // AK404
constexpr std::size_t most_contexts = 10;
constexpr std::uint64_t most_sets = 999'999;      // AK902–AK904
constexpr std::uint32_t highest_element = 99;     // element 722, 1528
constexpr std::uint32_t highest_repetition = 9999; // element 1686

bool is_told(Diagnostic const& finding, AcknowledgmentOptions const& options) {
    return finding.severity == Severity::error && (!finding.of_guide || options.guide_findings);
}

bool is_named(std::string_view code, std::vector<std::string> const& names) {
    return std::ranges::any_of(names, [&](std::string_view name) {
        return name.ends_with('*') ? code.starts_with(name.substr(0, name.size() - 1)) : code == name;
    });
}

/// A: nothing to tell, E: all of it is named as acceptable, R.
char code_of(Diagnostics const& findings, AcknowledgmentOptions const& options, std::string AcknowledgmentCodes::* only = nullptr) {
    char code = 'A';
    for (auto const& finding : findings) {
        if (!is_told(finding, options) || (only != nullptr && (finding.acknowledgment.*only).empty()))
            continue;
        if (!is_named(finding.code, options.accept_with_errors))
            return 'R';
        code = 'E';
    }
    return code;
}

bool is_without_codes(AcknowledgmentCodes const& codes) {
    return codes.segment.empty() && codes.element.empty() && codes.transaction.empty() && codes.group.empty() && codes.interchange.empty() &&
           codes.implementation_segment.empty() && codes.implementation_element.empty();
}

bool breaks(char c, x12::Delimiters const& delimiters) {
    return c == delimiters.element || c == delimiters.segment || c == delimiters.component ||
           (delimiters.repetition != '\0' && c == delimiters.repetition) || static_cast<unsigned char>(c) < 0x20 ||
           static_cast<unsigned char>(c) >= 0x7f;
}

/// AK404: the bad data element as sent, cut, and left out when it would break this interchange.
std::string copy_of(Diagnostic const& finding, x12::Delimiters const& delimiters) {
    auto value = finding.value.substr(0, longest_copy);
    if (std::ranges::any_of(value, [&](char c) { return breaks(c, delimiters); }))
        return {};
    value.erase(value.find_last_not_of(' ') + 1);
    return value;
}

/// Of a control number: zeros in front do not change one.
std::string control_number(std::string_view text, std::size_t shortest, x12::Delimiters const& delimiters) {
    auto out = fit_identifier(text, 0, 9, delimiters);
    if (out.size() < shortest)
        out.insert(0, shortest - out.size(), '0');
    return out;
}

SetRow const* find_row(std::vector<SetRow> const& rows, std::string_view segment) {
    for (auto const& row : rows) {
        if (row.segment == segment)
            return &row;
        if (auto const* inner = find_row(row.rows, segment)) // a set nests a handful of levels
            return inner;
    }
    return nullptr;
}

/// What the release of the acknowledgment has room for.
struct Room {
    std::uint64_t sets = ~0ULL, segments = ~0ULL, elements = ~0ULL;
    std::uint64_t position = 999'999; // AK302
    bool composite_position = true;   // AK401 is C030
    bool repetition_position = true;  // … with a third component
    bool group_release = false;       // AK103
    bool implementation = false;      // AK203

    Room(Dictionary const* dictionary, bool functional) {
        if (dictionary == nullptr)
            return;
        if (auto const* set = dictionary->set(functional ? "997" : "999")) {
            auto const maximum = [&](std::string_view segment) {
                auto const* row = find_row(set->rows, segment);
                return row == nullptr || row->max == 0 ? ~0ULL : row->max;
            };
            sets = maximum("AK2");
            segments = maximum(functional ? "AK3" : "IK3");
            elements = maximum(functional ? "AK4" : "IK4");
        }
        if (auto const* element = dictionary->element("719"))
            for (position = 9; position < 999'999'999 && std::to_string(position).size() < element->max;)
                position = position * 10 + 9;
        auto const width = [&](std::string_view segment) {
            auto const* definition = dictionary->segment(segment);
            return definition == nullptr ? std::size_t{2} : definition->elements.size();
        };
        auto const* ak4 = dictionary->segment(functional ? "AK4" : "IK4");
        composite_position = ak4 == nullptr || ak4->elements.empty() || ak4->elements[0].reference.starts_with('C');
        auto const* c030 = dictionary->composite("C030");
        repetition_position = c030 == nullptr || c030->components.size() > 2;
        group_release = width("AK1") > 2;
        implementation = width("AK2") > 2;
    }
};

class Body {
public:
    Body(AcknowledgmentKind kind, GroupVerdict const& verdict, AcknowledgmentOptions const& options)
        : functional_(kind == AcknowledgmentKind::functional), verdict_(verdict), options_(options),
          lists_(kind, options.dictionary.get()), room_(options.dictionary.get(), functional_) {}

    std::vector<x12::OutSegment> make() {
        auto const& group = verdict_.group;
        auto const& delimiters = options_.delimiters;
        x12::OutSegment ak1{"AK1", {fit_identifier(group.functional_id, 2, 2, delimiters), control_number(group.control_number, 1, delimiters)}};
        if (room_.group_release && !group.release.empty())
            ak1.elements.push_back(fit_identifier(group.release, 0, 12, delimiters));
        out_.push_back(std::move(ak1));
        bool const refused = code_of(verdict_.findings, options_, &AcknowledgmentCodes::group) == 'R';
        // Where there is no room for all, those that were refused are listed and the others are not.
        bool const list_accepted = options_.list_accepted_sets && !refused && verdict_.sets.size() <= room_.sets;
        std::size_t accepted = 0, listed = 0;
        for (auto const& set : verdict_.sets) {
            auto const code = acknowledgment_code(set, options_);
            accepted += code != 'R';
            if ((code != 'A' || list_accepted) && listed < room_.sets) {
                ++listed;
                add_set(set, code);
            }
        }
        add_group_trailer(acknowledgment_code(verdict_, options_), refused ? 0 : accepted);
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string name(std::string_view number) const { return (functional_ ? "AK" : "IK") + std::string(number); }

    void add_set(SetVerdict const& verdict, char code) {
        auto const& set = verdict.set;
        auto const& delimiters = options_.delimiters;
        x12::OutSegment ak2{"AK2", {fit_identifier(set.id, 3, 3, delimiters), control_number(set.control_number, 4, delimiters)}};
        if (room_.implementation && !set.implementation_reference.empty())
            ak2.elements.push_back(fit_identifier(set.implementation_reference, 0, 35, delimiters));
        out_.push_back(std::move(ak2));
        add_segments(verdict);
        x12::OutSegment ak5{name("5"), {std::string(1, code)}};
        for (auto& one : set_codes(verdict, code))
            ak5.elements.push_back(std::move(one));
        out_.push_back(std::move(ak5));
    }

    /// AK3 and AK4: one AK3 per segment and segment code, the element errors of a segment below its AK3 of code 8.
    void add_segments(SetVerdict const& verdict) {
        std::uint64_t segments = 0, elements = 0;
        std::uint32_t open = 0; // the position whose AK3 of code 8 stands last
        for (auto const& finding : verdict.findings) {
            if (!is_told(finding, options_))
                continue;
            auto const& place = finding.place;
            auto const code = lists_.element(finding);
            // What a profile or flag enforces beyond the standard has no code: the place is told all the same.
            bool const has_no_code = is_without_codes(finding.acknowledgment) && place.element != 0 && place.segment_position != 0;
            bool const of_element = !code.empty() || has_no_code;
            if ((!of_element && finding.acknowledgment.segment.empty() && finding.acknowledgment.implementation_segment.empty()) ||
                place.segment_position > room_.position)
                continue;
            if (!of_element || open != place.segment_position) {
                auto const segment_code = of_element ? lists_.segment_with_elements() : lists_.segment(finding);
                if (!of_element && segment_code.empty())
                    continue; // the release cannot say it
                if (segments++ == room_.segments)
                    return;
                out_.push_back({name("3"), {fit_identifier(place.segment_id, 2, 3, options_.delimiters), std::to_string(place.segment_position), "", segment_code}});
                open = of_element ? place.segment_position : 0;
                elements = 0;
                if (!of_element)
                    add_contexts(finding);
                for (auto const& related : finding.related) { // a run of misplaced segments is one finding, but each is told
                    if (!related.same_fault || related.place.segment_position > room_.position)
                        continue;
                    if (segments++ == room_.segments)
                        return;
                    out_.push_back({name("3"), {fit_identifier(related.place.segment_id, 2, 3, options_.delimiters),
                                                std::to_string(related.place.segment_position), "", segment_code}});
                }
            }
            if (!code.empty() && elements < room_.elements && place.element != 0 && place.element <= highest_element) {
                ++elements;
                add_element(finding, code);
            }
        }
    }

    void add_element(Diagnostic const& finding, std::string const& code) {
        auto const& place = finding.place;
        out_.push_back({name("4"), {position_of(place), place.element_number == 0 || place.element_number > 9999 ? "" : std::to_string(place.element_number),
                                    code, copy_of(finding, options_.delimiters)}});
        add_contexts(finding);
    }

    [[nodiscard]] std::string position_of(Place const& place) const {
        auto out = std::to_string(place.element);
        if (!room_.composite_position)
            return out;
        auto const separator = options_.delimiters.component;
        bool const component = place.component != 0 && place.component <= highest_element;
        bool const repetition = room_.repetition_position && place.repetition > 1 && place.repetition <= highest_repetition;
        if (component)
            out += fmt::format("{}{}", separator, place.component);
        if (repetition)
            out += fmt::format("{}{}{}", component ? "" : std::string(1, separator), separator, place.repetition);
        return out;
    }

    /// CTX: the other places that made a condition bind.
    void add_contexts(Diagnostic const& finding) {
        if (functional_ || finding.code.starts_with("X12-02")) // where a segment belongs is no condition
            return;
        std::size_t contexts = 0;
        for (auto const& related : finding.related) {
            auto const& place = related.place;
            if (place.segment_position == 0 || place.segment_position > room_.position || place.segment_id.empty() ||
                place.transaction != finding.place.transaction)
                continue;
            if (contexts++ == most_contexts)
                return;
            x12::OutSegment ctx{"CTX", {"SITUATIONAL TRIGGER", fit_identifier(place.segment_id, 2, 3, options_.delimiters), std::to_string(place.segment_position)}};
            if (place.element != 0 && place.element <= highest_element) {
                ctx.set(5, position_of(place));
                if (place.element_number != 0 && place.element_number <= 9999)
                    ctx.set(6, std::to_string(place.element_number));
            }
            out_.push_back(std::move(ctx));
        }
    }

    [[nodiscard]] std::vector<std::string> set_codes(SetVerdict const& verdict, char code) const {
        std::vector<std::string> codes;
        bool of_segments = false, of_guide = true; // of_guide: all that is wrong with segments
        for (auto const& finding : verdict.findings) {
            if (!is_told(finding, options_))
                continue;
            auto const& told = finding.acknowledgment;
            if (!told.segment.empty() || !told.implementation_segment.empty()) {
                of_segments = true;
                of_guide = of_guide && finding.of_guide;
            }
            if (!told.transaction.empty())
                add(codes, lists_.transaction(told.transaction));
        }
        if (of_segments || (code == 'R' && codes.empty()))
            add(codes, lists_.transaction(of_segments && of_guide && !functional_ ? "I5" : "5"));
        return codes;
    }

    void add_group_trailer(char code, std::size_t accepted) {
        auto const number = [](std::uint64_t count) { return std::to_string(std::min(count, most_sets)); };
        x12::OutSegment ak9{"AK9", {std::string(1, code), number(verdict_.included), number(verdict_.sets.size()), number(accepted)}};
        std::vector<std::string> codes;
        for (auto const& finding : verdict_.findings)
            if (is_told(finding, options_) && !finding.acknowledgment.group.empty())
                add(codes, lists_.group(finding.acknowledgment.group));
        ak9.elements.insert(ak9.elements.end(), codes.begin(), codes.end());
        out_.push_back(std::move(ak9));
    }

    static void add(std::vector<std::string>& codes, std::string code) {
        if (!code.empty() && codes.size() < most_codes && std::ranges::find(codes, code) == codes.end())
            codes.push_back(std::move(code));
    }

    bool functional_;
    GroupVerdict const& verdict_;
    AcknowledgmentOptions const& options_;
    AcknowledgmentLists lists_;
    Room room_;
    std::vector<x12::OutSegment> out_;
};

} // namespace

bool SetVerdict::accepted() const { return !has_errors(findings); }

bool GroupVerdict::rejected() const {
    return std::ranges::any_of(findings, [](Diagnostic const& f) { return f.severity == Severity::error && !f.acknowledgment.group.empty(); });
}

std::vector<x12::OutSegment> make_997(GroupVerdict const& verdict, AcknowledgmentOptions const& options) {
    return Body(AcknowledgmentKind::functional, verdict, options).make();
}

std::vector<x12::OutSegment> make_999(GroupVerdict const& verdict, AcknowledgmentOptions const& options) {
    return Body(AcknowledgmentKind::implementation, verdict, options).make();
}

bool wants_acknowledgment(GroupVerdict const& verdict) {
    auto const acknowledges = [](SetVerdict const& set) { return set.set.id == "997" || set.set.id == "999"; };
    return verdict.group.functional_id != "FA" && (verdict.sets.empty() || !std::ranges::all_of(verdict.sets, acknowledges));
}

char acknowledgment_code(SetVerdict const& verdict, AcknowledgmentOptions const& options) { return code_of(verdict.findings, options); }

bool is_group_refused(GroupVerdict const& verdict, AcknowledgmentOptions const& options) {
    return code_of(verdict.findings, options, &AcknowledgmentCodes::group) == 'R';
}

/// A release that names the guide of another set cannot stand over a 997: it has one of its own.
std::string acknowledgment_release(std::string_view gs08, std::string_view base, bool functional) {
    if (gs08.size() > base.size() && gs08.starts_with(base) && gs08[base.size()] == 'X')
        return std::string(base != "005010" ? base : functional ? "005010X230" : "005010X231A1");
    return std::string(gs08);
}

char acknowledgment_code(GroupVerdict const& verdict, AcknowledgmentOptions const& options) {
    auto const own = code_of(verdict.findings, options, &AcknowledgmentCodes::group);
    if (own == 'R')
        return 'R';
    std::size_t refused = 0;
    bool noted = own == 'E';
    for (auto const& set : verdict.sets) {
        auto const code = acknowledgment_code(set, options);
        refused += code == 'R';
        noted = noted || code == 'E';
    }
    if (refused != 0)
        return refused == verdict.sets.size() ? 'R' : 'P';
    return noted ? 'E' : 'A';
}

InterchangeAnswer answer_interchange(Diagnostics const& findings, AcknowledgmentOptions const& options) {
    InterchangeAnswer answer;
    for (auto const& finding : findings) {
        auto const& note = finding.acknowledgment.interchange;
        if (!is_told(finding, options) || note.empty())
            continue;
        if (!is_named(finding.code, options.accept_with_errors))
            return {'R', note};
        if (options.ta1_with_errors && answer.code == 'A')
            answer = {'E', note};
    }
    return answer;
}

x12::OutSegment make_ta1(InterchangeInfo const& interchange, char code, std::string_view note) {
    // The sender's own fields at their fixed width, whatever he wrote: our TA1 must be readable.
    auto const field = [](std::string_view text, std::size_t width, bool at_end) {
        std::string out(text.substr(0, width));
        std::ranges::replace_if(out, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '0');
        out.insert(at_end ? out.size() : 0, width - out.size(), '0');
        return out;
    };
    return {"TA1", {field(interchange.control_number, 9, false), field(interchange.date, 6, true), field(interchange.time, 4, true),
                    std::string(1, code), std::string(note)}};
}

std::uint64_t included_sets(Item const& group_end) {
    return group_end.present ? count_in(group_end.part->segments[0].element(1)).value_or(group_end.sets) : group_end.sets;
}

std::string fit_identifier(std::string_view text, std::size_t shortest, std::size_t longest, x12::Delimiters const& delimiters) {
    char const stand_in = breaks('?', delimiters) ? 'X' : '?';
    std::string out(text.substr(0, longest));
    std::ranges::replace_if(out, [&](char c) { return breaks(c, delimiters); }, stand_in);
    if (out.size() < shortest)
        out.resize(shortest, stand_in);
    return out;
}

SeverityPolicy syntax_only() {
    SeverityPolicy policy;
    (void)policy.add("X12-0503", Treatment::tolerate); // a code of ours: it exists
    return policy;
}

} // namespace wharf::grammar
