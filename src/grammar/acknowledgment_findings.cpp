#include "grammar/acknowledgment_findings.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/envelope_check.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_excerpt = 400;
constexpr std::size_t nowhere = ~std::size_t{0};

/// A place inside an excerpt that begins a little before it when the segment is long.
void show(Diagnostic& finding, x12::SegmentView const& segment, std::size_t at) {
    auto const inside = at - segment.begin();
    auto const cut = inside > longest_excerpt / 2 ? inside - longest_excerpt / 2 : 0;
    finding.excerpt = segment.bytes().substr(cut, longest_excerpt);
    finding.excerpt_offset = static_cast<std::uint32_t>(inside - cut);
}

/// Part `number` (from 1) of a text cut at `separator`; begin and length inside the text.
std::pair<std::size_t, std::size_t> part_of(std::string_view text, char separator, std::uint32_t number) {
    std::size_t at = 0;
    for (std::uint32_t i = 1;; ++i) {
        auto const end = std::min(text.find(separator, at), text.size());
        if (i == number || end == text.size())
            return i == number ? std::pair{at, end - at} : std::pair{text.size(), std::size_t{0}};
        at = end + 1;
    }
}

bool says_missing(std::string_view code) { return code == "3" || code == "I6" || code == "I7" || code == "I8"; }

/// The index of the segment a note means; `nowhere` when the original has another one there.
std::size_t find_segment(x12::SegmentList const& list, SegmentNote const& note) {
    if (note.position == 0 || note.position > list.size() + 1)
        return nowhere;
    auto const index = static_cast<std::size_t>(note.position - 1);
    if (says_missing(note.code))
        return std::min(index, list.size() - 1);
    if (index < list.size() && list[index].id() == note.id)
        return index;
    if (index + 1 < list.size() && list[index + 1].id() == note.id) // counted without ST
        return index + 1;
    return nowhere;
}

/// The element of ISA a note code speaks of; 0: of none.
std::uint32_t isa_element(std::string_view note) {
    constexpr std::pair<std::string_view, std::uint32_t> table[] = {
        {"001", 13}, {"002", 11}, {"003", 12}, {"005", 5}, {"006", 6}, {"007", 7}, {"008", 8}, {"009", 8}, {"010", 1}, {"011", 2}, {"012", 3}, {"013", 4},
        {"014", 9}, {"015", 10}, {"016", 11}, {"017", 12}, {"018", 13}, {"019", 14}, {"020", 15}, {"025", 13}, {"027", 16}};
    for (auto const& [code, element] : table)
        if (code == note)
            return element;
    return 0;
}

std::uint32_t gs_element(std::vector<std::string> const& codes) {
    constexpr std::pair<std::string_view, std::uint32_t> table[] = {{"1", 1}, {"2", 8}, {"4", 6}, {"6", 6}, {"19", 6}, {"7", 2}, {"8", 3}, {"9", 7}, {"30", 4}, {"31", 5}};
    for (auto const& [code, element] : table)
        if (!codes.empty() && codes.front() == code)
            return element;
    return 0;
}

/// Where in the set a code of element 718 points: its segment and element.
std::pair<bool, std::uint32_t> st_or_se(std::string_view code) { // true: SE
    if (code == "3")
        return {true, 2};
    if (code == "4")
        return {true, 1};
    if (code == "2")
        return {true, 0};
    if (code == "7" || code == "23")
        return {false, 2};
    if (code == "1" || code == "6" || code == "18")
        return {false, 1};
    return {false, code == "19" || code == "I6" ? 3u : 0u};
}

std::string joined(std::vector<std::string> const& codes, std::string_view (*words)(std::string_view)) {
    std::string out;
    for (auto const& code : codes) {
        auto const known = words(code);
        out += fmt::format("{}{}", out.empty() ? "" : "; ", known.empty() ? fmt::format("code {}", code) : fmt::format("{} (code {})", known, code));
    }
    return out;
}

} // namespace

std::string_view bare_number(std::string_view text) {
    text = trim_blanks(text);
    while (text.size() > 1 && text.front() == '0')
        text.remove_prefix(1);
    return text;
}

void AcknowledgmentFindings::add(Diagnostic finding) {
    if (report_.findings.size() < limits::findings)
        report_.findings.push_back(std::move(finding));
    else
        ++report_.suppressed;
}

Related AcknowledgmentFindings::said_here(NotePlace const& place) const {
    Related related;
    related.place.file = file_;
    related.place.offset = place.offset;
    related.place.has_offset = true;
    related.place.segment_position = place.segment_position;
    related.message = fmt::format("they say: {}", place.bytes.substr(0, 120));
    return related;
}

void AcknowledgmentFindings::at_note(std::string_view code, NotePlace const& place, AnsweredGroup const* group, std::string message, std::string help) {
    auto finding = make_diagnostic(code, std::move(message), std::move(help));
    finding.place.file = file_;
    finding.place.offset = place.offset;
    finding.place.length = place.bytes.size();
    finding.place.has_offset = true;
    finding.place.segment_position = place.segment_position;
    finding.place.segment_id = place.bytes.substr(0, std::min<std::size_t>(3, place.bytes.size()));
    if (group != nullptr) {
        finding.place.interchange = group->interchange;
        finding.place.transaction = group->control_number;
        finding.place.transaction_set = group->set_id;
    }
    finding.excerpt = place.bytes;
    add(std::move(finding));
}

void AcknowledgmentFindings::at_original(std::string_view code, x12::SegmentList const& list, std::size_t index, std::uint32_t element,
                                         SetContext const& context, std::string message, std::string help) {
    auto finding = make_diagnostic(code, std::move(message), std::move(help));
    auto const segment = list[index];
    auto const begin = element == 0 || element > segment.element_count() ? segment.begin() : segment.element_begin(element);
    finding.place.file = context.file;
    finding.place.offset = list.file_offset(begin);
    finding.place.length = element == 0 ? segment.id().size() : segment.element(element).size();
    finding.place.has_offset = true;
    finding.place.interchange = context.interchange;
    finding.place.group = context.group;
    finding.place.transaction = context.transaction;
    finding.place.segment_id = segment.id().substr(0, 20);
    finding.place.segment_position = static_cast<std::uint32_t>(index + 1);
    finding.place.element = element;
    finding.value = segment.element(element).substr(0, element == 0 ? 0 : longest_excerpt);
    show(finding, segment, begin);
    add(std::move(finding));
}

std::string AcknowledgmentFindings::segment_name(std::string_view id) const {
    auto const* definition = dictionary_ != nullptr ? dictionary_->segment(id) : nullptr;
    return definition == nullptr ? std::string(id) : fmt::format("{} {}", id, definition->name);
}

std::string AcknowledgmentFindings::element_name(std::string_view segment, ElementNote const& note) const {
    auto name = note.element == 0 ? fmt::format("element {} of {}", note.reference, segment) : fmt::format("{}{:02}", segment, note.element);
    if (note.component != 0)
        name += fmt::format("-{:02}", note.component);
    auto const* definition = dictionary_ != nullptr ? dictionary_->segment(segment) : nullptr;
    std::string reference = note.reference;
    if (definition != nullptr && note.element != 0 && note.element <= definition->elements.size()) {
        reference = definition->elements[note.element - 1].reference;
        if (auto const* composite = dictionary_->composite(reference)) {
            if (note.component == 0 || note.component > composite->components.size())
                return fmt::format("{} {}", name, composite->name);
            reference = composite->components[note.component - 1].reference;
        }
    }
    auto const* element = dictionary_ != nullptr && !reference.empty() ? dictionary_->element(reference) : nullptr;
    if (element != nullptr)
        name += fmt::format(" {}", element->name);
    if (note.repetition > 1)
        name += fmt::format(" (repetition {})", note.repetition);
    return name;
}

AcknowledgmentFindings::Words AcknowledgmentFindings::segment_words(SegmentNote const& note, OriginalSet const& original) const {
    auto const name = segment_name(note.id);
    auto const where = note.position == 0 ? std::string("at a place not named") : fmt::format("at segment {}", note.position);
    auto const& code = note.code;
    auto const set = original.set_id.empty() ? std::string("the set") : "set " + original.set_id;
    Words words{{}, "Mend the document where it is made, then send it again under new control numbers."};
    if (code == "1")
        words.message = fmt::format("\"{}\" {} is not a segment they know", note.id, where);
    else if (code == "2")
        words.message = fmt::format("{} {} was not expected there", name, where);
    else if (code == "3")
        words.message = fmt::format("mandatory {} is missing {}", name, where);
    else if (code == "4")
        words.message = fmt::format("the loop that {} begins {} occurs too often", name, where);
    else if (code == "5")
        words.message = fmt::format("{} {} is one too many", name, where);
    else if (code == "6")
        words.message = fmt::format("{} {} does not belong to {}", name, where, set);
    else if (code == "7")
        words.message = fmt::format("{} {} does not stand in its proper place", name, where);
    else if (code == "8" || code.empty())
        words.message = fmt::format("{} {} has an error in its elements; they do not say which", name, where);
    else if (code == "10")
        words.message = fmt::format("{} {} ends with separators behind its last element", name, where);
    else if (code == "I4")
        words.message = fmt::format("{} {} is not used by their guide", name, where);
    else if (code == "I6")
        words.message = fmt::format("{} is missing {}: their guide requires it with what else was sent", name, where);
    else if (code == "I7")
        words.message = fmt::format("the loop that {} begins {} occurs less often than their guide requires", name, where);
    else if (code == "I8")
        words.message = fmt::format("{} {} occurs less often than their guide requires", name, where);
    else if (code == "I9")
        words.message = fmt::format("{} {} may not be sent together with what else was sent, says their guide", name, where);
    else
        words.message = fmt::format("{} {} is refused with code {}, which the standard does not have", name, where, code);
    if (code.starts_with('I'))
        words.help = "Compare the document with the partner's guide; the standard itself allows it.";
    for (auto const& context : note.contexts)
        words.help += fmt::format("\nThey add: {}.", context);
    return words;
}

AcknowledgmentFindings::Words AcknowledgmentFindings::element_words(SegmentNote const& segment, ElementNote const& note) const {
    auto const name = element_name(segment.id, note);
    auto const quoted = note.copy.empty() ? std::string() : fmt::format(" \"{}\"", note.copy);
    auto const value = name + quoted;
    auto const& code = note.code;
    Words words;
    constexpr std::pair<std::string_view, std::string_view> sentences[] = {
        {"1", "is mandatory and missing"},
        {"2", "is missing; it is required with what else the segment holds"},
        {"3", "is more than the segment may hold"},
        {"4", "is too short"},
        {"5", "is too long"},
        {"6", "holds a character that may not stand there"},
        {"7", "is not a code they accept"},
        {"8", "is not a date"},
        {"9", "is not a time"},
        {"10", "may not be sent together with what else the segment holds"},
        {"12", "is repeated too often"},
        {"13", "has too many components"},
        {"16", "ends with component separators behind its last component"},
        {"I6", "is not among the codes of their guide"},
        {"I9", "is missing; their guide requires it with what else was sent"},
        {"I10", "is not used by their guide"},
        {"I11", "is repeated less often than their guide requires"},
        {"I12", "does not have the form their guide requires"},
        {"I13", "may not be sent here, says their guide"},
    };
    auto const* const known = std::ranges::find(sentences, std::string_view(code), &std::pair<std::string_view, std::string_view>::first);
    words.message = known != std::end(sentences) ? fmt::format("{} {}", value, known->second)
                                                 : fmt::format("{} is refused with code {}, which the standard does not have", value, code);
    if (code.starts_with('I'))
        words.help = "Compare the document with the partner's guide; the standard itself allows it.";
    else if (!note.reference.empty() && dictionary_ != nullptr && dictionary_->element(note.reference) != nullptr)
        words.help = fmt::format("What may stand there: wharf explain element {} --release {}", note.reference, dictionary_->release());
    else
        words.help = fmt::format("What may stand there: wharf explain {}{}", segment.id.empty() ? "SEGMENT" : segment.id,
                                 dictionary_ != nullptr ? " --release " + dictionary_->release() : std::string());
    return words;
}

bool AcknowledgmentFindings::is_full() {
    if (report_.findings.size() < limits::findings)
        return false;
    ++report_.suppressed;
    return true;
}

void AcknowledgmentFindings::segment_note(AnsweredGroup const& group, SetAcknowledgment const& set, SegmentNote const& note, OriginalSet const& original) {
    auto const index = original.segments != nullptr ? find_segment(*original.segments, note) : nowhere;
    if (!note.elements.empty()) {
        for (auto const& element : note.elements)
            element_note(group, set, note, element, original, index);
        if (note.code == "8" || note.code.empty())
            return; // the elements have said it
    }
    if (is_full())
        return;
    auto words = segment_words(note, original);
    auto const severity = set.accepted() ? Severity::warning : Severity::error;
    if (original.segments == nullptr || index == nowhere) {
        if (original.segments != nullptr)
            words.help += fmt::format("\nThe original has no {} there: perhaps it is not the file they answer.", note.id);
        at_note("ACK-0003", note.place, &group, std::move(words.message), std::move(words.help));
    } else {
        at_original("ACK-0003", *original.segments, index, 0, original.context, std::move(words.message), std::move(words.help));
        report_.findings.back().related.push_back(said_here(note.place));
        if (says_missing(note.code))
            report_.findings.back().place.length = 0;
    }
    report_.findings.back().severity = severity;
}

void AcknowledgmentFindings::element_note(AnsweredGroup const& group, SetAcknowledgment const& set, SegmentNote const& segment, ElementNote const& note,
                                          OriginalSet const& original, std::size_t index) {
    if (is_full())
        return;
    auto words = element_words(segment, note);
    for (auto const& context : segment.contexts)
        words.help += fmt::format("\nThey add: {}.", context);
    if (segment.position != 0)
        words.message = fmt::format("segment {}: {}", segment.position, words.message);
    if (original.segments == nullptr || index == nowhere) {
        if (original.segments != nullptr)
            words.help += fmt::format("\nThe original has no {} there: perhaps it is not the file they answer.", segment.id);
        at_note("ACK-0004", note.place, &group, std::move(words.message), std::move(words.help));
        report_.findings.back().severity = set.accepted() ? Severity::warning : Severity::error;
        return;
    }
    auto const& list = *original.segments;
    auto const here = list[index];
    auto whole = here.element(note.element);
    std::size_t from = 0;
    if (note.repetition > 1 && list.delimiters().repetition != '\0') {
        auto const [begin, length] = part_of(whole, list.delimiters().repetition, note.repetition);
        from += begin;
        whole = whole.substr(begin, length);
    }
    if (note.component != 0) {
        auto const [begin, length] = part_of(whole, list.delimiters().component, note.component);
        from += begin;
        whole = whole.substr(begin, length);
    }
    if (!note.copy.empty() && !whole.starts_with(trim_blanks(note.copy)) && !trim_blanks(whole).starts_with(trim_blanks(note.copy)))
        words.help += fmt::format("\nThe original has \"{}\" there: perhaps it is not the file they answer.", whole.substr(0, 60));
    auto finding = make_diagnostic("ACK-0004", std::move(words.message), std::move(words.help));
    finding.severity = set.accepted() ? Severity::warning : Severity::error;
    auto const begin = note.element > here.element_count() ? here.end() : here.element_begin(note.element) + from;
    auto& place = finding.place;
    place.file = original.context.file;
    place.offset = list.file_offset(static_cast<std::uint32_t>(begin));
    place.length = note.element == 0 ? here.id().size() : whole.size();
    place.has_offset = true;
    place.interchange = original.context.interchange;
    place.group = original.context.group;
    place.transaction = original.context.transaction;
    place.transaction_set = original.set_id;
    place.segment_id = here.id().substr(0, 20);
    place.segment_position = static_cast<std::uint32_t>(index + 1);
    place.element = note.element;
    place.component = note.component;
    place.repetition = note.repetition;
    finding.value = whole.substr(0, longest_excerpt);
    show(finding, here, begin);
    finding.related.push_back(said_here(note.place));
    add(std::move(finding));
}

void AcknowledgmentFindings::set(AnsweredGroup const& group, SetAcknowledgment const& set, OriginalSet const& original) {
    for (auto const& note : set.segments)
        segment_note(group, set, note, original);
    std::vector<std::string> codes;
    for (auto const& code : set.codes)
        if (set.segments.empty() || (code != "5" && code != "I5")) // the notes have said which segments
            codes.push_back(code);
    if (codes.empty() && (set.accepted() || !set.segments.empty() || set.code == no_verdict)) // ACK-0011 says that nothing is judged
        return;
    if (is_full())
        return;
    auto const number = original.segments != nullptr ? original.context.transaction : set.control_number;
    auto message = fmt::format("set {} {} was {}", set.set_id, number, verdict_words(set.code));
    message += codes.empty() ? ", and they do not say why" : ": " + joined(codes, set_error_words);
    std::string help = codes.empty() || codes.front() == "5" ? "Ask the partner which segments they mean; `wharf lint` on the original may show it."
                                                              : "Mend what is named, then send the set again under new control numbers.";
    if (original.segments == nullptr) {
        at_note("ACK-0002", set.place, &group, std::move(message), std::move(help));
    } else {
        auto const [se, element] = codes.empty() ? std::pair{false, 0u} : st_or_se(codes.front());
        auto const& list = *original.segments;
        at_original("ACK-0002", list, se ? list.size() - 1 : 0, se && list.back().id() != "SE" ? 0 : element, original.context, std::move(message), std::move(help));
        report_.findings.back().related.push_back(said_here(set.place));
    }
    report_.findings.back().severity = set.accepted() ? Severity::warning : Severity::error;
}

void AcknowledgmentFindings::group(AnsweredGroup const& answered, x12::SegmentList const* gs, std::string const& original_file) {
    auto const& said = answered.said;
    if (!said.judged) {
        at_note("ACK-0011", said.trailer.bytes.empty() ? said.place : said.trailer, &answered,
                fmt::format("the {} for group {} {} has no AK9 with a code: it accepts and refuses nothing", answered.set_id, said.functional_id, said.group_control_number),
                "Take the group as not answered, and ask the partner for the whole acknowledgment.");
        return;
    }
    if (said.code == 'A' || said.code == 'P' || (said.code == 'E' && said.codes.empty()))
        return;
    bool const accepted = said.code == 'E';
    // A refusal that each set explains for itself needs no words of its own.
    if (said.codes.empty() && !said.sets.empty() && std::ranges::none_of(said.sets, &SetAcknowledgment::accepted))
        return;
    auto message = fmt::format("group {} {} was {}", said.functional_id, said.group_control_number, verdict_words(said.code));
    message += said.codes.empty() ? std::string(", and they do not say why") : ": " + joined(said.codes, group_error_words);
    std::string help = accepted ? "Do not send it again; mend it before the next one." : "None of its sets was taken. Mend what is named, then send all of them again in a new group.";
    if (gs == nullptr) {
        at_note("ACK-0001", said.trailer, &answered, std::move(message), std::move(help));
    } else {
        SetContext context;
        context.file = original_file;
        context.group = said.group_control_number;
        at_original("ACK-0001", *gs, 0, gs_element(said.codes), context, std::move(message), std::move(help));
        if (report_.suppressed == 0) {
            report_.findings.back().place.segment_position = 0;
            report_.findings.back().related.push_back(said_here(said.trailer));
        }
    }
    if (accepted && report_.suppressed == 0)
        report_.findings.back().severity = Severity::warning;
}

void AcknowledgmentFindings::interchange(AnsweredInterchange const& answered, x12::SegmentList const* isa, std::string const& original_file) {
    if (answered.code == 'A')
        return;
    bool const noted = answered.code == 'E';
    auto const words = interchange_note_words(answered.note);
    auto message = fmt::format("interchange {} was {}: {}", answered.control_number, verdict_words(answered.code),
                               words.empty() ? fmt::format("note code {}", answered.note) : fmt::format("{} (code {})", words, answered.note));
    std::string help = noted ? "It was taken: do not send it again. Mend what is named before the next one."
                             : "Nothing of it was taken. Mend what is named, then send the interchange again under a new control number.";
    auto const* const code = noted ? "ACK-0006" : "ACK-0005";
    if (isa == nullptr) {
        at_note(code, answered.place, nullptr, std::move(message), std::move(help));
        return;
    }
    SetContext context;
    context.file = original_file;
    context.interchange = answered.control_number;
    at_original(code, *isa, 0, isa_element(answered.note), context, std::move(message), std::move(help));
    if (report_.suppressed == 0)
        report_.findings.back().related.push_back(said_here(answered.place));
}

} // namespace wharf::grammar
