// The segments of the envelope that need more than themselves to be judged: pairs, counts, duplicates, order.
#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/interchange_state.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::uint32_t most_strays = 100;      // reported one by one, of one interchange
constexpr std::size_t most_pairs = 100'000;     // of partners in one file, told apart for duplicate numbers
constexpr std::string_view no_release = "004010"; // what most partners mean

/// A trailer's field inside a message.
std::string_view shown(std::string_view text) { return header_field(text).empty() ? "empty" : header_field(text); }

/// Of a trailer's control number that differs from its header's: `of` is what the two enclose.
std::string help_about_number(std::string_view sent, std::string_view expected, std::string_view of) {
    auto const digits = std::min(sent.find_first_not_of("0123456789"), sent.size());
    auto const behind = header_field(sent.substr(digits));
    if (digits > 0 && !behind.empty() && same_number(sent.substr(0, digits), expected))
        return fmt::format("Remove what stands behind the number: {}", behind);
    return fmt::format("Both must be the same {} control number.", of);
}

/// What the findings of ISA mean for what stands behind it.
void judge_separators(Diagnostics const& findings, InterchangeInfo& info) {
    auto const& d = info.delimiters;
    for (auto const& finding : findings) {
        if ((finding.code != "X12-0107" && finding.code != "X12-0126") || finding.severity != Severity::error)
            continue;
        auto const c = finding.place.element == 16 ? d.component : finding.place.element == 11 ? d.repetition : d.element;
        bool const is_own = c != d.element && c != d.segment && (c != d.component || c != d.repetition);
        if (is_own && (c == '-' || c == '.' || c == ' '))
            info.doubtful += c;
        else
            info.readable = false;
    }
}

std::string count_said(std::string_view element, std::string_view text, std::string_view noun, std::string_view whole, std::uint64_t count) {
    if (header_field(text).empty())
        return fmt::format("{} is empty, {} holds {} {}{}", element, whole, count, noun, count == 1 ? "" : "s");
    return fmt::format("{} says {} {}{}, {} holds {}", element, header_field(text), noun, is_count(text, 1) ? "" : "s", whole, count);
}

} // namespace

/// A number that stood already is reported with the place where it stood first.
void InterchangeReader::State::check_duplicate(SeenNumbers& seen, std::uint32_t scope, std::string_view number, std::uint32_t element,
                                               Numbered const& words) {
    auto const first = seen.add(scope, number, {begin_of(element), reader.part().segment_position});
    if (first) {
        auto finding = at(words.code, 0, element, fmt::format("{} {} stands twice in this {}", words.what, header_field(reader.part().segments[0].element(element)), words.where), std::string(words.help));
        finding.acknowledgment.*words.level = words.acknowledged;
        auto const position = item.kind == ItemKind::transaction_set ? 1 : first->segment_position;
        finding.related.push_back(first_place(finding, first->offset, position, "it stood here first"));
        add(std::move(finding));
    } else if (seen.is_full() && !said_full) {
        said_full = true;
        add(at("X12-0146", 0, element, fmt::format("control numbers are compared up to {} of them; further ones are not", limits::remembered_numbers),
               "Split the file when duplicates matter."));
    }
}

EnvelopeRules const& InterchangeReader::State::rules_of(std::string_view release) {
    auto found = std::ranges::find(rules, release, &EnvelopeRules::release);
    if (found == rules.end())
        found = rules.emplace(rules.end(), schemas.grammars(), release);
    return *found;
}

void InterchangeReader::State::start_interchange() {
    interchange = read_isa(reader.part());
    in_interchange = true;
    groups = strays = 0;
    service_has_place = true;
    last_service = {};
    group_numbers.clear();
    said_full = false;
    begin(ItemKind::interchange_start, true);
    auto const& grammars = schemas.grammars();
    auto const nearest = grammars.match_release(interchange.version);
    auto const releases = grammars.releases();
    auto const newest = releases.empty() ? nullptr : grammars.dictionary(releases.back());
    auto const* const versions = newest ? newest->codes("I11") : nullptr;
    bool const known = (versions != nullptr && versions->find(interchange.version)) ||
                       std::ranges::any_of(releases, [&](auto const& release) { return grammars.interchange_version(release) == interchange.version; });
    auto const before = item.findings.size();
    check_isa(report(), rules_of(nearest.release), known, grammars.interchange_version(nearest.release));
    severities().apply(item.findings, before);
    judge_separators(item.findings, interchange);
    auto const key = fmt::format("{}\n{}\n{}\n{}", interchange.sender_qualifier, interchange.sender, interchange.receiver_qualifier, interchange.receiver);
    if (pairs.size() < most_pairs || pairs.contains(key)) {
        auto const pair = pairs.emplace(key, static_cast<std::uint32_t>(pairs.size())).first->second;
        check_duplicate(interchange_numbers, pair, without_zeros(interchange.control_number), 13,
                        {"interchange control number", "file", "Number each interchange of a pair of partners once; a receiver takes the second for a duplicate.",
                         "X12-0115", &AcknowledgmentCodes::interchange, "025"});
    }
}

void InterchangeReader::State::start_group(bool present) {
    group = present ? read_gs(reader.part()) : GroupInfo{};
    group.present = present;
    in_group = true;
    service_has_place = false;
    sets = without_st = 0;
    ++groups;
    set_numbers.clear();
    if (!present) {
        group.release = interchange.version.size() == 5 ? interchange.version + "0" : interchange.version;
        resolve_release();
        begin(ItemKind::group_start, false);
        auto finding = at_offset("X12-0113", reader.part().offset, "a transaction set stands outside any functional group: GS is missing",
                                 "Add the GS segment before the set; without it the release of the standard is not known.");
        finding.acknowledgment.interchange = "024";
        add(std::move(finding));
        return;
    }
    resolve_release();
    begin(ItemKind::group_start, true);
    auto const before = item.findings.size();
    auto const& own = rules_of(group.grammar_release);
    group.kind_known = check_gs(report(), own);
    severities().apply(item.findings, before);
    auto const listed = own.group_errors != nullptr && own.group_errors->find("19");
    check_duplicate(group_numbers, pack_id(group.functional_id), without_zeros(group.control_number), 6,
                    {"group control number", "interchange", "Number the groups of an interchange differently.", "X12-0125",
                     &AcknowledgmentCodes::group, listed ? "19" : ""});
    check_release();
}

bool InterchangeReader::State::a_guide_answers() const {
    return std::ranges::any_of(options.guides, [&](auto const& guide) { return std::ranges::find(guide->answers(), group.release) != guide->answers().end(); });
}

void InterchangeReader::State::check_release() {
    if (!options.release.empty() || a_guide_answers())
        return;
    if (match.exact) {
        if (!group.release.starts_with(match.release) && reported_release != group.release) {
            reported_release = group.release;
            add(at("X12-0148", 0, 8, fmt::format("GS08 \"{}\" is not written as six digits; taken for {}", group.release, match.release),
                   fmt::format("Send {}. Other programs may not know what \"{}\" means.", match.release, group.release)));
        }
        // A group may be older than its interchange, not newer; practice mixes them, so it is said and no more.
        auto const own = schemas.grammars().interchange_version(match.release);
        if (interchange.version.size() == 5 && all_digits(interchange.version) && own > interchange.version)
            add(at("X12-0138", 0, 8, fmt::format("GS08 {} is newer than ISA12 {} of its interchange", group.release, interchange.version),
                   fmt::format("Send ISA12 {} with this release, or an older release. The sets were checked by {}.", own, match.release)));
        return;
    }
    bool const refuse = options.unknown_release == UnknownRelease::refuse;
    if (!refuse && reported_release == group.release) // said once is enough; a refusal is owed to each group
        return;
    reported_release = group.release;
    auto message = group.release.empty() ? fmt::format("GS08 Version / Release is missing; validated by {}, the nearest to ISA12", match.release)
                                         : fmt::format("GS08 \"{}\" is not a release Wharf knows; validated by {}, the nearest", group.release, match.release);
    auto finding = at("X12-0140", 0, 8, std::move(message),
                      "Check GS08 (six digits such as 004010, perhaps with a suffix), or name the release with --release.");
    finding.acknowledgment.group = "2";
    if (refuse || group.release.empty())
        finding.severity = Severity::error;
    add(std::move(finding));
}

void InterchangeReader::State::resolve_release() {
    if (!options.release.empty()) {
        group.grammar_release = options.release;
        return;
    }
    if (known_release_of != group.release || match.release.empty()) {
        match = schemas.grammars().match_release(group.release);
        known_release_of = group.release;
    }
    group.grammar_release = match.release.empty() ? no_release : match.release;
}

void InterchangeReader::State::end_group() {
    begin(ItemKind::group_end, true);
    item.sets = sets;
    auto const ge = reader.part().segments[0];
    if (!in_group) {
        item.kind = ItemKind::service;
        if (!is_one_too_many())
            add(at("X12-0114", 0, 0, "GE closes no group: there is no GS before it", "Add the GS segment, or remove this GE."));
        return;
    }
    bool const counts_those_without_st = without_st != 0 && is_count(ge.element(1), sets + std::uint64_t{without_st});
    if (!is_count(ge.element(1), sets) && !counts_those_without_st) { // else the missing ST has been said
        auto finding = at("X12-0122", 0, 1, count_said("GE01", ge.element(1), "transaction set", "the group", sets),
                          "A wrong count is often the only sign that something was lost: compare with what was sent before mending it.");
        finding.acknowledgment.group = "5";
        add(std::move(finding));
    } else if (sets + without_st == 0) {
        add(at("X12-0145", 0, 0, fmt::format("group {} holds no transaction set", group.control_number), "Send no group when there is nothing to send."));
    }
    if (group.present && !same_number(header_field(ge.element(2)), group.control_number)) {
        auto finding = at("X12-0121", 0, 2, fmt::format("GE02 is {}, but GS06 of this group is {}", shown(ge.element(2)), shown(group.control_number)),
                          help_about_number(ge.element(2), group.control_number, "group"));
        finding.acknowledgment.group = "4";
        add(std::move(finding));
    }
    auto const before = item.findings.size();
    check_surplus(report(), 2);
    severities().apply(item.findings, before);
    in_group = false;
}

void InterchangeReader::State::end_interchange() {
    begin(ItemKind::interchange_end, true);
    interchange.end = reader.part().offset + reader.part().length;
    auto const iea = reader.part().segments[0];
    if (!same_number(iea.element(2), interchange.control_number)) {
        auto finding = at("X12-0111", 0, 2, fmt::format("IEA02 is {}, but ISA13 of this interchange is {}", shown(iea.element(2)), shown(interchange.control_number)),
                          help_about_number(iea.element(2), interchange.control_number, "interchange"));
        finding.acknowledgment.interchange = "001";
        add(std::move(finding));
    }
    if (!is_count(iea.element(1), groups)) {
        auto finding = at("X12-0112", 0, 1, count_said("IEA01", iea.element(1), "group", "the interchange", groups),
                          "A wrong count is often the only sign that something was lost: compare with what was sent before mending it.");
        finding.acknowledgment.interchange = "021";
        add(std::move(finding));
    }
    auto const before = item.findings.size();
    check_surplus(report(), 2);
    severities().apply(item.findings, before);
    in_interchange = false;
}

/// TA1, ISB, ISE in their order directly behind ISA; security segments anywhere around sets.
void InterchangeReader::State::service() {
    begin(ItemKind::service, true);
    auto const id = reader.part().segments[0].id();
    if (is_security_segment(id)) {
        add(at("X12-0144", 0, 0, fmt::format("{} was read past: what it secures is not verified", id), "Verify the signature where it is needed; the rest of the group was checked."));
        return;
    }
    auto const rank = [](std::string_view segment) { return segment == "ISB" ? 1 : segment == "ISE" ? 2 : segment == "TA1" ? 3 : 0; };
    auto const before = item.findings.size();
    check_service(report(), rules_of(schemas.grammars().match_release(interchange.version).release));
    severities().apply(item.findings, before);
    bool const in_order = rank(id) > rank(last_service) || (id == "TA1" && last_service == "TA1");
    if (!service_has_place || !in_order) {
        auto finding = at("X12-0143", 0, 0, fmt::format("{} stands {}", id, service_has_place ? fmt::format("after {}", last_service) : "behind the first group"),
                          "Put it directly behind ISA: ISB first, then ISE, then TA1.");
        finding.acknowledgment.interchange = "022";
        add(std::move(finding));
        return;
    }
    last_service = id == "ISB" ? "ISB" : id == "ISE" ? "ISE" : "TA1";
}

/// Of parts outside any transaction set: further ones are only counted, and that is said once.
bool InterchangeReader::State::is_one_too_many() {
    if (++strays <= most_strays)
        return false;
    item.suppressed = 1;
    if (strays == most_strays + 1)
        add(at("X12-0147", 0, 0, fmt::format("more than {} parts outside any transaction set: further ones are only counted", most_strays),
               "They have the same cause as the first one reported."));
    return true;
}

void InterchangeReader::State::stray() {
    begin(ItemKind::junk, true);
    auto const& segments = reader.part().segments;
    bool const misses_st = segments.back().id() == "SE" && segments.size() > 1;
    without_st += misses_st;
    if (is_one_too_many())
        return;
    auto message = fmt::format("{} segment{} from {} on stand{} outside any transaction set", segments.size(), segments.size() == 1 ? "" : "s",
                               header_field(segments[0].id()), segments.size() == 1 ? "s" : "");
    auto finding = at("X12-0114", 0, 0, misses_st ? message + ": ST is missing before them" : message,
                      misses_st ? "Add the ST of this set: its identifier and the control number that SE02 repeats."
                                : fmt::format("Usually an ST is missing before {}, or an SE or GE stands too early.", segments.size() == 1 ? "it" : "them"));
    if (in_group)
        finding.acknowledgment.group = "5"; // the nearest: what was sent and what was counted differ
    else
        finding.acknowledgment.interchange = "024";
    add(std::move(finding));
}

} // namespace wharf::grammar
