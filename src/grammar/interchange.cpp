#include "grammar/interchange.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/envelope_check.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <map>
#include <set>

namespace wharf::grammar {
namespace {

/// A trailer's field inside a message.
std::string_view shown(std::string_view text) { return header_field(text).empty() ? "empty" : header_field(text); }

} // namespace

InterchangeReaderOptions::InterchangeReaderOptions() : max_findings_per_set(limits::findings) {}

struct InterchangeReader::State {
    State(std::string_view bytes, std::string name, SchemaCache& cache, InterchangeReaderOptions chosen)
        : text(bytes), file(std::move(name)), reader(bytes, file), schemas(cache), options(std::move(chosen)) {}

    std::string_view text;
    std::string file;
    x12::Reader reader;
    SchemaCache& schemas;
    InterchangeReaderOptions options;

    Item item;
    bool part_waits = false; // the reader's part is not consumed yet: absent segments go first
    bool at_end = false;
    bool in_interchange = false;
    bool in_group = false;
    InterchangeInfo interchange;
    GroupInfo group;
    bool group_present = false;
    std::uint32_t groups = 0;
    std::uint32_t sets = 0;
    std::set<std::string> interchange_numbers, group_numbers, set_numbers;
    std::string known_release_of; // GS08 that `match` belongs to
    ReleaseMatch match;
    std::string first_gs08_reported;
    std::map<std::string, Validator, std::less<>> validators; // by release and set

    bool advance();
    bool close_what_is_open(bool whole_interchange);
    void begin(ItemKind kind, bool present);
    void add(Diagnostic finding) { item.findings.push_back(std::move(finding)); }
    Diagnostic at(std::string_view code, std::size_t index, std::uint32_t element, std::string message, std::string help) {
        return envelope_finding(code, file, reader.part(), index, element, in_interchange ? &interchange : nullptr,
                                in_group ? &group : nullptr, std::move(message), std::move(help));
    }
    Diagnostic at_offset(std::string_view code, std::uint64_t offset, std::string message, std::string help);

    void start_interchange();
    void start_group(bool present);
    void end_group();
    void end_interchange();
    void transaction_set();
    void check_trailer();
    void check_set_header();
    void stray();
    void resolve_release();
    Validator* validator();
};

void InterchangeReader::State::begin(ItemKind kind, bool present) {
    item.kind = kind;
    item.present = present;
    item.part = present ? &reader.part() : nullptr;
    item.interchange = in_interchange ? &interchange : nullptr;
    item.group = in_group ? &group : nullptr;
    item.set = {};
    item.schema = nullptr;
    item.nodes = nullptr;
    item.sets = 0;
    item.suppressed = 0;
    // What the bytes themselves had wrong comes with the item read last.
    item.findings = reader.take_diagnostics();
    for (auto& finding : item.findings)
        if (in_interchange)
            finding.place.interchange = interchange.control_number;
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
    auto const where = at_end ? text.size() : reader.part().offset;
    if (in_group) {
        begin(ItemKind::group_end, false);
        item.sets = sets;
        if (group_present) {
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
    switch (kind) {
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
        begin(ItemKind::service, true);
        break;
    case PartKind::stray:
        stray();
        break;
    case PartKind::junk:
        begin(ItemKind::junk, true);
        break;
    }
    return true;
}

void InterchangeReader::State::start_interchange() {
    interchange = read_isa(reader.part());
    in_interchange = true;
    groups = 0;
    group_numbers.clear();
    begin(ItemKind::interchange_start, true);
    check_isa(file, reader.part(), interchange, item.findings);
    auto const key = interchange.sender_qualifier + interchange.sender + '|' + interchange.receiver + '|' + interchange.control_number;
    if (!interchange_numbers.insert(key).second)
        add(at("X12-0115", 0, 13, fmt::format("interchange control number {} stands twice in this file", interchange.control_number),
               "Number each interchange of a pair of partners once; a receiver takes the second for a duplicate."));
}

void InterchangeReader::State::start_group(bool present) {
    group_present = present;
    group = present ? read_gs(reader.part()) : GroupInfo{};
    in_group = true;
    sets = 0;
    ++groups;
    set_numbers.clear();
    begin(ItemKind::group_start, present);
    if (!present) {
        auto finding = at_offset("X12-0113", reader.part().offset, "a transaction set stands outside any functional group: GS is missing",
                                 "Add the GS segment before the set; without it the release of the standard is not known.");
        finding.acknowledgment.interchange = "024";
        add(std::move(finding));
        group.release = interchange.version.size() == 5 ? interchange.version.substr(0, 5) + "0" : interchange.version;
        resolve_release();
        return;
    }
    check_gs(file, reader.part(), interchange, group, item.findings);
    if (!group_numbers.insert(group.control_number).second)
        add(at("X12-0125", 0, 6, fmt::format("group control number {} stands twice in this interchange", group.control_number),
               "Number the groups of an interchange differently."));
    resolve_release();
    if (options.release.empty() && !match.exact && first_gs08_reported != group.release) {
        first_gs08_reported = group.release;
        add(at("X12-0140", 0, 8, fmt::format("GS08 \"{}\" is not a release Wharf knows; validated by {}, the nearest", group.release, match.release),
               "Check GS08 (six digits such as 004010, perhaps with a suffix), or name the release with --release."));
    }
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
    group.grammar_release = match.release;
}

void InterchangeReader::State::end_group() {
    begin(ItemKind::group_end, true);
    item.sets = sets;
    auto const ge = reader.part().segments[0];
    if (!in_group) {
        add(at("X12-0114", 0, 0, "GE closes no group: there is no GS before it", "Add the GS segment, or remove this GE."));
        item.kind = ItemKind::service;
        return;
    }
    if (!is_count(ge.element(1), sets)) {
        auto finding = at("X12-0122", 0, 1, fmt::format("GE01 says {} transaction set{}, the group holds {}", shown(ge.element(1)), is_count(ge.element(1), 1) ? "" : "s", sets),
                          "A wrong count is often the only sign that something was lost: compare with what was sent before mending it.");
        finding.acknowledgment.group = "5";
        add(std::move(finding));
    }
    if (group_present && !same_number(header_field(ge.element(2)), group.control_number)) {
        auto finding = at("X12-0121", 0, 2, fmt::format("GE02 is {}, but GS06 of this group is {}", shown(ge.element(2)), group.control_number),
                          "Both must be the same group control number.");
        finding.acknowledgment.group = "4";
        add(std::move(finding));
    }
    in_group = false;
}

void InterchangeReader::State::end_interchange() {
    begin(ItemKind::interchange_end, true);
    interchange.end = reader.part().offset + reader.part().length;
    auto const iea = reader.part().segments[0];
    if (!same_number(iea.element(2), interchange.control_number)) {
        auto finding = at("X12-0111", 0, 2, fmt::format("IEA02 is {}, but ISA13 of this interchange is {}", shown(iea.element(2)), interchange.control_number),
                          "Both must be the same interchange control number.");
        finding.acknowledgment.interchange = "001";
        add(std::move(finding));
    }
    if (!is_count(iea.element(1), groups)) {
        auto finding = at("X12-0112", 0, 1, fmt::format("IEA01 says {} group{}, the interchange holds {}", shown(iea.element(1)), is_count(iea.element(1), 1) ? "" : "s", groups),
                          "A wrong count is often the only sign that something was lost: compare with what was sent before mending it.");
        finding.acknowledgment.interchange = "021";
        add(std::move(finding));
    }
    in_interchange = false;
}

void InterchangeReader::State::stray() {
    begin(ItemKind::junk, true);
    auto const& segments = reader.part().segments;
    auto finding = at("X12-0114", 0, 0, fmt::format("{} segment{} from {} on stand{} outside any transaction set", segments.size(),
                                                    segments.size() == 1 ? "" : "s", header_field(segments[0].id()), segments.size() == 1 ? "s" : ""),
                      "Usually an ST is missing before them, or an SE or GE stands too early.");
    if (!in_group)
        finding.acknowledgment.interchange = "024";
    add(std::move(finding));
}

void InterchangeReader::State::transaction_set() {
    ++sets;
    begin(ItemKind::transaction_set, true);
    auto const& part = reader.part();
    auto const st = part.segments[0];
    item.set = {std::string(header_field(st.element(1))), std::string(header_field(st.element(2))), std::string(header_field(st.element(3)))};
    item.context = {file, interchange.control_number, group.control_number, item.set.control_number};
    check_set_header();
    if (auto* const found = validator()) {
        if (options.validate_sets) {
            auto const before = found->suppressed();
            found->validate(part.segments, item.context, item.findings);
            item.suppressed = found->suppressed() - before;
        }
        item.nodes = &found->nodes();
    }
    check_trailer();
}

void InterchangeReader::State::check_set_header() {
    if (item.set.control_number.empty() || item.set.control_number.size() > 9) {
        auto finding = at("X12-0134", 0, 2, fmt::format("ST02 Transaction Set Control Number \"{}\" has not four to nine characters", item.set.control_number),
                          "Number each set of a group.");
        finding.acknowledgment.transaction = "7";
        add(std::move(finding));
    } else if (!set_numbers.insert(item.set.control_number).second) {
        auto finding = at("X12-0135", 0, 2, fmt::format("transaction set control number {} stands twice in this group", item.set.control_number),
                          "Number the sets of a group differently.");
        finding.acknowledgment.transaction = "23";
        add(std::move(finding));
    }
}

Validator* InterchangeReader::State::validator() {
    auto const key = group.grammar_release + '/' + item.set.id;
    if (auto const found = validators.find(key); found != validators.end()) {
        item.schema = schemas.get(group.grammar_release, item.set.id);
        auto const& expected = item.schema->set().group;
        if (group_present && !expected.empty() && expected != group.functional_id) {
            auto finding = at("X12-0133", 0, 1, fmt::format("set {} does not belong into a group {}: GS01 should be {}", item.set.id, group.functional_id, expected),
                              "Send the set in a group of its own kind.");
            auto const* codes = item.schema->dictionary().codes("718");
            finding.acknowledgment.transaction = codes != nullptr && codes->find("18") ? "18" : "6"; // 18 from 004050 on
            add(std::move(finding));
        }
        return &found->second;
    }
    auto schema = schemas.get(group.grammar_release, item.set.id);
    if (schema == nullptr) {
        auto finding = at("X12-0136", 0, 1, fmt::format("transaction set {} is not one Wharf has a grammar for in release {}", item.set.id, group.grammar_release),
                          "Its segments were not checked. `wharf explain` lists the sets; --grammars DIR adds more.");
        finding.acknowledgment.transaction = "1";
        add(std::move(finding));
        return nullptr;
    }
    ValidatorOptions chosen;
    chosen.max_findings = options.max_findings_per_set;
    chosen.sense = options.sense;
    validators.emplace(key, Validator(std::move(schema), chosen));
    return validator();
}

void InterchangeReader::State::check_trailer() {
    auto const& part = reader.part();
    auto const last = part.segments.size() - 1;
    if (!part.terminated) {
        auto finding = at("X12-0130", last, 0, fmt::format("SE is missing: set {} {} is not closed", item.set.id, item.set.control_number),
                          "The set may be cut off: compare it with what was sent before adding SE.");
        finding.place.offset = part.offset + part.length;
        finding.place.length = 0;
        finding.acknowledgment.transaction = "2";
        add(std::move(finding));
        return;
    }
    auto const se = part.segments[last];
    if (!is_count(se.element(1), part.segments.size())) {
        auto finding = at("X12-0132", last, 1, fmt::format("SE01 says {} segments, the set holds {} (ST and SE counted)", shown(se.element(1)), part.segments.size()),
                          "A wrong count is often the only sign that something was lost: compare with what was sent before mending it.");
        finding.acknowledgment.transaction = "4";
        add(std::move(finding));
    }
    if (!same_number(header_field(se.element(2)), item.set.control_number)) {
        auto finding = at("X12-0131", last, 2, fmt::format("SE02 is {}, but ST02 of this set is {}", shown(se.element(2)), item.set.control_number),
                          "Both must be the same transaction set control number.");
        finding.acknowledgment.transaction = "3";
        add(std::move(finding));
    }
}

InterchangeReader::InterchangeReader(std::string_view text, std::string file_name, SchemaCache& schemas, InterchangeReaderOptions options)
    : state_(std::make_unique<State>(text, std::move(file_name), schemas, std::move(options))) {}
InterchangeReader::~InterchangeReader() = default;
InterchangeReader::InterchangeReader(InterchangeReader&&) noexcept = default;
InterchangeReader& InterchangeReader::operator=(InterchangeReader&&) noexcept = default;

bool InterchangeReader::next() {
    bool const more = state_->advance();
    if (!more) {
        state_->item = {};
        state_->item.findings = state_->reader.take_diagnostics();
        if (!state_->item.findings.empty()) // a last finding with nothing after it
            return true;
    }
    return more;
}

Item& InterchangeReader::item() { return state_->item; }

std::string describe_content(std::string_view text) {
    struct Signature {
        std::string_view begin;
        std::string_view name;
    };
    constexpr Signature signatures[] = {
        {"UNA", "an EDIFACT interchange"},   {"UNB", "an EDIFACT interchange"},      {"STX=", "a TRADACOMS interchange"},
        {"\xff\xd8\xff", "a JPEG picture"},  {"\x89PNG", "a PNG picture"},           {"%PDF", "a PDF document"},
        {"PK\x03\x04", "a ZIP archive (or an office document)"}, {"\x1f\x8b", "gzip-compressed data"}, {"GIF8", "a GIF picture"},
        {"<?xml", "an XML document"},        {"{", "JSON"},                          {"[", "JSON"},
        {"-----BEGIN", "PEM or PGP armoured data"}, {"\xff\xfe", "UTF-16 text"},     {"\xfe\xff", "UTF-16 text"},
        {"EDIDE", "an encrypted SEF container"}, {".VER", "a SEF guideline"},        {"GS", "X12 without its ISA"},
        {"ST", "X12 without its ISA and GS"}, {"<", "XML or HTML"},
    };
    if (text.empty())
        return "empty";
    auto start = text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
    while (!start.empty() && (start.front() == ' ' || start.front() == '\r' || start.front() == '\n' || start.front() == '\t'))
        start.remove_prefix(1);
    if (start.empty())
        return "nothing but blanks";
    if (start.starts_with("ISA"))
        return "text that begins with ISA, but not with the separator that must follow it (ISA*)";
    auto const is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    for (auto const& [begin, name] : signatures) {
        bool const segment_id = begin.size() == 2 && is_word(begin[1]); // GS, ST: a separator follows, not a word
        if (start.starts_with(begin) && !(segment_id && (start.size() == 2 || is_word(start[2]) || start[2] == ' ')))
            return std::string(name);
    }
    auto const head = start.substr(0, 1024);
    if (head.find('\0') != std::string_view::npos)
        return "binary data";
    if (head.find(',') != std::string_view::npos || head.find(';') != std::string_view::npos)
        return "text, perhaps CSV";
    return "text of no kind Wharf knows";
}

} // namespace wharf::grammar
