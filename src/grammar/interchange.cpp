#include "grammar/interchange.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/envelope_check.hpp"
#include "grammar/seen_numbers.hpp"
#include "grammar/set_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

namespace wharf::grammar {
namespace {

constexpr std::uint32_t most_strays = 100;      // reported one by one, of one interchange
constexpr std::size_t most_pairs = 100'000;     // of partners in one file, told apart for duplicate numbers
constexpr std::string_view no_release = "004010"; // what most partners mean

/// A trailer's field inside a message.
std::string_view shown(std::string_view text) { return header_field(text).empty() ? "empty" : header_field(text); }

bool separators_are_unusable(Diagnostic const& finding) {
    return (finding.code == "X12-0107" || finding.code == "X12-0126") && finding.severity == Severity::error;
}

std::string count_said(std::string_view element, std::string_view text, std::string_view noun, std::string_view whole, std::uint64_t count) {
    if (header_field(text).empty())
        return fmt::format("{} is empty, {} holds {} {}{}", element, whole, count, noun, count == 1 ? "" : "s");
    return fmt::format("{} says {} {}{}, {} holds {}", element, header_field(text), noun, is_count(text, 1) ? "" : "s", whole, count);
}

} // namespace

InterchangeReaderOptions::InterchangeReaderOptions() : max_findings_per_set(limits::findings) {}

struct InterchangeReader::State {
    State(x12::Reader&& parts, std::string name, SchemaCache& cache, InterchangeReaderOptions chosen)
        : file(std::move(name)), reader(std::move(parts)), schemas(cache), options(std::move(chosen)), sets_check(schemas, options) {}

    std::string file;
    x12::Reader reader;
    SchemaCache& schemas;
    InterchangeReaderOptions options;
    SetCheck sets_check;

    Item item;
    bool part_waits = false; // the reader's part is not consumed yet: absent segments go first
    bool at_end = false;
    bool in_interchange = false;
    bool in_group = false;
    InterchangeInfo interchange;
    GroupInfo group;
    std::uint32_t groups = 0;
    std::uint32_t sets = 0;
    std::uint32_t without_st = 0; // of the group: what ends with SE and has no ST
    std::uint32_t strays = 0;
    std::string_view last_service; // ISB, ISE or TA1, while nothing else came behind ISA
    bool service_has_place = false;
    SeenNumbers interchange_numbers{limits::remembered_numbers}, group_numbers{limits::remembered_numbers}, set_numbers{limits::remembered_numbers};
    bool said_full = false;
    std::unordered_map<std::string, std::uint32_t> pairs; // of partners
    std::vector<EnvelopeRules> rules;                     // by release: as many as there are releases
    std::string known_release_of; // GS08 that `match` belongs to
    ReleaseMatch match;
    std::optional<std::string> reported_release; // the last GS08 that was said to be unknown

    bool advance();
    bool close_what_is_open(bool whole_interchange);
    void consume();
    void forget_what_follows_from_separators();
    void begin(ItemKind kind, bool present);
    Diagnostic* add(Diagnostic finding);
    bool is_one_too_many();
    Diagnostic at(std::string_view code, std::size_t index, std::uint32_t element, std::string message, std::string help) {
        return envelope_finding(code, file, reader.part(), index, element, in_interchange ? &interchange : nullptr,
                                in_group ? &group : nullptr, std::move(message), std::move(help));
    }
    Diagnostic at_offset(std::string_view code, std::uint64_t offset, std::string message, std::string help);
    EnvelopeReport report() { return {file, reader.part(), in_interchange ? &interchange : nullptr, in_group ? &group : nullptr, item.findings}; }
    [[nodiscard]] std::uint64_t begin_of(std::uint32_t element) const {
        auto const& segments = reader.part().segments;
        auto const segment = segments[0];
        return segments.file_offset(element > segment.element_count() ? segment.end() : segment.element_begin(element));
    }

    void start_interchange();
    void start_group(bool present);
    void end_group();
    void end_interchange();
    void transaction_set();
    void service();
    void stray();
    struct Numbered { // for the words about a number that stands twice
        std::string_view what, where, help;
        std::string_view code;
        std::string AcknowledgmentCodes::* level;
        std::string_view acknowledged;
    };
    void check_duplicate(SeenNumbers& seen, std::uint32_t scope, std::string_view number, std::uint32_t element, Numbered const& words);
    EnvelopeRules const& rules_of(std::string_view release);
    void resolve_release();
    void check_release();
    [[nodiscard]] bool a_guide_answers() const;
};

Diagnostic* InterchangeReader::State::add(Diagnostic finding) {
    if (!options.severities.apply(finding))
        return nullptr;
    return &item.findings.emplace_back(std::move(finding));
}

void InterchangeReader::State::begin(ItemKind kind, bool present) {
    item.kind = kind;
    item.present = present;
    item.part = present ? &reader.part() : nullptr;
    item.interchange = in_interchange ? &interchange : nullptr;
    item.group = in_group ? &group : nullptr;
    item.schema = nullptr;
    item.nodes = nullptr;
    item.sets = 0;
    item.suppressed = 0;
    item.findings.clear();
    if (part_waits) // what its bytes have wrong comes with its own item
        return;
    item.findings = reader.take_diagnostics();
    for (auto& finding : item.findings) {
        if (in_interchange)
            finding.place.interchange = interchange.control_number;
        if (in_group)
            finding.place.group = group.control_number;
    }
    options.severities.apply(item.findings);
}

Diagnostic InterchangeReader::State::at_offset(std::string_view code, std::uint64_t offset, std::string message, std::string help) {
    auto finding = make_diagnostic(code, std::move(message), std::move(help));
    finding.place.file = file;
    finding.place.offset = offset;
    finding.place.has_offset = true;
    finding.place.interchange = interchange.control_number;
    if (in_group)
        finding.place.group = group.control_number;
    return finding;
}

/// Gives one absent end and returns true, until nothing is open that must be closed before the waiting part.
bool InterchangeReader::State::close_what_is_open(bool whole_interchange) {
    auto const where = at_end ? reader.offset() : reader.part().offset;
    if (in_group) {
        begin(ItemKind::group_end, false);
        item.sets = sets;
        if (group.present) {
            auto finding = at_offset("X12-0120", where, fmt::format("GE is missing: group {} is not closed", group.control_number),
                                     fmt::format("Add GE*{}*{} after the last set of the group.", sets, group.control_number));
            finding.acknowledgment.group = "3";
            add(std::move(finding));
        }
        in_group = false;
        return true;
    }
    if (whole_interchange && in_interchange) {
        begin(ItemKind::interchange_end, false);
        interchange.end = where;
        auto finding = at_offset("X12-0110", where, fmt::format("IEA is missing: interchange {} is not closed", interchange.control_number),
                                 "The file was probably cut off in transfer: ask for it again. Add IEA only when nothing is missing.");
        finding.acknowledgment.interchange = "023";
        add(std::move(finding));
        in_interchange = false;
        return true;
    }
    return false;
}

bool InterchangeReader::State::advance() {
    if (!part_waits && !at_end) {
        at_end = !reader.next();
        part_waits = !at_end;
    }
    if (at_end)
        return close_what_is_open(true);
    using x12::PartKind;
    auto const kind = reader.part().kind;
    bool const outside = kind == PartKind::interchange_start || kind == PartKind::junk;
    if (outside && close_what_is_open(true))
        return true;
    if ((kind == PartKind::interchange_end || kind == PartKind::group_start) && close_what_is_open(false))
        return true;
    if (kind == PartKind::transaction_set && !in_group) { // sets outside a group
        start_group(false);
        return true;
    }
    part_waits = false;
    consume();
    return true;
}

/// Where the separators are of no use all that is found behind ISA comes from them, and has been said.
void InterchangeReader::State::forget_what_follows_from_separators() {
    if (item.interchange == nullptr || item.interchange->readable || item.kind == ItemKind::interchange_start)
        return;
    item.findings.clear();
    item.suppressed = 0;
}

void InterchangeReader::State::consume() {
    using x12::PartKind;
    switch (reader.part().kind) {
    case PartKind::interchange_start:
        start_interchange();
        break;
    case PartKind::group_start:
        start_group(true);
        break;
    case PartKind::transaction_set:
        transaction_set();
        break;
    case PartKind::group_end:
        end_group();
        break;
    case PartKind::interchange_end:
        end_interchange();
        break;
    case PartKind::service:
        service();
        break;
    case PartKind::stray:
        stray();
        break;
    case PartKind::junk:
        begin(ItemKind::junk, true);
        break;
    }
}

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
    options.severities.apply(item.findings, before);
    interchange.readable = std::ranges::none_of(item.findings, separators_are_unusable);
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
    options.severities.apply(item.findings, before);
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
                          "Both must be the same group control number.");
        finding.acknowledgment.group = "4";
        add(std::move(finding));
    }
    auto const before = item.findings.size();
    check_surplus(report(), 2);
    options.severities.apply(item.findings, before);
    in_group = false;
}

void InterchangeReader::State::end_interchange() {
    begin(ItemKind::interchange_end, true);
    interchange.end = reader.part().offset + reader.part().length;
    auto const iea = reader.part().segments[0];
    if (!same_number(iea.element(2), interchange.control_number)) {
        auto finding = at("X12-0111", 0, 2, fmt::format("IEA02 is {}, but ISA13 of this interchange is {}", shown(iea.element(2)), shown(interchange.control_number)),
                          "Both must be the same interchange control number.");
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
    options.severities.apply(item.findings, before);
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
    options.severities.apply(item.findings, before);
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
                                : "Usually an ST is missing before them, or an SE or GE stands too early.");
    if (in_group)
        finding.acknowledgment.group = "5"; // the nearest: what was sent and what was counted differ
    else
        finding.acknowledgment.interchange = "024";
    add(std::move(finding));
}

void InterchangeReader::State::transaction_set() {
    ++sets;
    begin(ItemKind::transaction_set, true);
    auto const st = reader.part().segments[0];
    item.set.id = header_field(st.element(1));
    item.set.control_number = header_field(st.element(2));
    item.set.implementation_reference = header_field(st.element(3));
    item.context = {file, interchange.control_number, group.control_number, header_field(st.element(2)),
                    options.severities.empty() ? nullptr : &options.severities};
    for (auto& finding : item.findings) { // of the reader
        finding.place.transaction_set = item.set.id;
        finding.place.transaction = item.set.control_number;
    }
    check_duplicate(set_numbers, 0, item.set.control_number, 2,
                    {"transaction set control number", "group", "Number the sets of a group differently.", "X12-0135",
                     &AcknowledgmentCodes::transaction, "23"});
    if (!options.defer_sets)
        sets_check.run(item);
}

InterchangeReader::InterchangeReader(std::string_view text, std::string file_name, SchemaCache& schemas, InterchangeReaderOptions options)
    : state_(std::make_unique<State>(x12::Reader(text, file_name), file_name, schemas, std::move(options))) {}
InterchangeReader::InterchangeReader(std::unique_ptr<ByteSource> source, std::string file_name, SchemaCache& schemas, InterchangeReaderOptions options)
    : state_(std::make_unique<State>(x12::Reader(std::move(source), file_name), file_name, schemas, std::move(options))) {}
InterchangeReader::~InterchangeReader() = default;
InterchangeReader::InterchangeReader(InterchangeReader&&) noexcept = default;
InterchangeReader& InterchangeReader::operator=(InterchangeReader&&) noexcept = default;

bool InterchangeReader::next() {
    bool const more = state_->advance();
    state_->forget_what_follows_from_separators();
    if (!more) {
        state_->item = {};
        state_->item.findings = state_->reader.take_diagnostics();
        state_->options.severities.apply(state_->item.findings);
        if (!state_->item.findings.empty()) // a last finding with nothing after it
            return true;
    }
    return more;
}

Item& InterchangeReader::item() { return state_->item; }

std::shared_ptr<x12::Block const> InterchangeReader::block() const { return state_->reader.block(); }

std::string_view InterchangeReader::peek() { return state_->reader.peek(); }

std::optional<Error> const& InterchangeReader::error() const { return state_->reader.error(); }

void InterchangeReader::set_severities(SeverityPolicy severities) { state_->options.severities = std::move(severities); }

void InterchangeReader::set_guides(std::vector<std::shared_ptr<Guide const>> guides) { state_->options.guides = std::move(guides); }

} // namespace wharf::grammar
