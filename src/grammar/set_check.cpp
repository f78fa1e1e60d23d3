#include "grammar/set_check.hpp"

#include "diagnostic/registry.hpp"
#include "grammar/envelope_check.hpp"
#include "grammar/near_miss.hpp"
#include "grammar/value_check.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

std::string_view shown(std::string_view text) { return header_field(text).empty() ? "empty" : header_field(text); }

/// The release at the beginning of GS08 or ST03; empty when there is none.
std::string_view base_release(std::string_view text) { return text.size() >= 6 && all_digits(text.substr(0, 6)) ? text.substr(0, 6) : std::string_view{}; }

bool is_about_a_value(std::string_view code) {
    return code == "X12-0301" || code == "X12-0303" || code == "X12-0304" || code == "X12-0305" || code == "X12-0306" || code == "X12-0313";
}

} // namespace

/// One set being judged.
class SetCheck::Run {
public:
    Run(Item& item) : item_(item), segments_(item.part->segments), first_(item.findings.size()) {}

    void header();
    void no_grammar(Grammars const& grammars);
    void check_group(Schema const& schema);
    void trailer();
    /// What the schema found in ST and SE goes where ST and SE have findings of their own; security segments have their place.
    void merge();

private:
    void add(Diagnostic finding, std::string_view acknowledged) {
        finding.acknowledgment.transaction = acknowledged;
        if (item_.context.severities == nullptr || item_.context.severities->apply(finding))
            item_.findings.push_back(std::move(finding));
    }
    [[nodiscard]] Diagnostic at(std::string_view code, std::size_t index, std::uint32_t element, std::string message, std::string help) const {
        return envelope_finding(code, item_.context.file, *item_.part, index, element, item_.interchange, item_.group, std::move(message), std::move(help));
    }
    [[nodiscard]] bool replaced(Diagnostic const& finding) const;
    [[nodiscard]] bool follows_from_separators(Diagnostic const& finding) const;
    [[nodiscard]] Diagnostic* cause_of_count(std::uint64_t said);
    void accept_security();

    Item& item_;
    x12::SegmentList const& segments_;
    std::size_t first_; // finding of ours
    bool st02_ = false, se01_ = false, se02_ = false; // have a finding of their own
};

void SetCheck::Run::header() {
    auto const whole = segments_[0].element(2);
    auto const sent = whole.substr(0, whole.find_last_not_of(' ') + 1); // blanks behind it are X12-0315, no more
    auto const length = sent.size();
    std::string fault;
    if (trim_blanks(sent).empty())
        fault = "ST02 Transaction Set Control Number is missing";
    else if (has_control_characters(sent) || sent.find(segments_.delimiters().component) != std::string_view::npos)
        fault = fmt::format("ST02 Transaction Set Control Number {} holds characters that no number has", quoted(header_field(sent)));
    else if (length < 4 || length > 9)
        fault = fmt::format("ST02 Transaction Set Control Number {} has {} character{}, expected 4 to 9", quoted(header_field(sent)), length,
                            length == 1 ? "" : "s");
    if (!fault.empty()) {
        st02_ = true;
        add(at("X12-0134", 0, 2, std::move(fault), "Number each set of a group, such as 0001, 0002 and on."), "7");
    }
    auto const reference = base_release(item_.set.implementation_reference);
    auto const release = base_release(item_.group->release);
    if (!reference.empty() && !release.empty() && reference != release)
        add(at("X12-0137", 0, 3, fmt::format("ST03 {} is of another release than GS08 {}", item_.set.implementation_reference, item_.group->release),
               fmt::format("The set was checked by {}. Ask the sender which of the two is meant.", item_.group->grammar_release)),
            "19");
}

void SetCheck::Run::no_grammar(Grammars const& grammars) {
    auto const& id = item_.set.id;
    auto const& release = item_.group->grammar_release;
    auto const dictionary = grammars.dictionary(release);
    bool const is_id = id.size() == 3 && all_digits(id);
    std::string where;
    for (auto const& other : grammars.releases())
        if (is_id && where.empty() && other > release)
            if (auto const later = grammars.dictionary(other); later && later->set(id) != nullptr)
                where = other;
    std::string meant;
    if (dictionary && where.empty() && id.size() == 3)
        for (auto const& known : dictionary->sets())
            if (same_to_the_eye(known, id))
                meant = known;
    auto const help = !where.empty() ? fmt::format("Release {} has it: look whether GS08 names the right one.", where)
                      : !meant.empty() ? fmt::format("Did you mean {}?", meant)
                                       : std::string("Its segments were not checked. `wharf explain` lists the sets; --grammars DIR adds more.");
    add(at("X12-0136", 0, 1,
           id.empty() ? std::string("ST01 is empty: nobody knows what set this is")
                      : fmt::format("transaction set {} is not one Wharf has a grammar for in release {}", id, release),
           help),
        is_id ? "1" : "6");
}

void SetCheck::Run::check_group(Schema const& schema) {
    auto const& expected = schema.set().group;
    auto const& group = *item_.group;
    if (!group.present || !group.kind_known || expected.empty() || expected == group.functional_id)
        return;
    add(at("X12-0133", 0, 1, fmt::format("set {} does not belong into a group {}: GS01 should be {}", item_.set.id, group.functional_id, expected),
           "Send the set in a group of its own kind."),
        listed_or(schema.dictionary(), "718", "18", "6")); // 18 from 004050 on
}

void SetCheck::Run::trailer() {
    auto const last = segments_.size() - 1;
    if (!item_.part->terminated) {
        auto const cut = [](Diagnostic const& finding) { return finding.code == "X12-0007"; };
        if (std::ranges::any_of(item_.findings, cut)) // the set is longer than the limit: its SE was never read
            return;
        auto finding = at("X12-0130", last, 0, fmt::format("SE is missing: set {} {} is not closed", item_.set.id, item_.set.control_number),
                          "The set may be cut off: compare it with what was sent before adding SE.");
        finding.place.offset = item_.part->offset + item_.part->length;
        finding.place.length = 0;
        add(std::move(finding), "2");
        return;
    }
    auto const se = segments_[last];
    if (!is_count(se.element(1), segments_.size())) {
        se01_ = true;
        auto const stated = header_field(se.element(1));
        auto const what = stated.empty() ? std::string("SE01 is empty") : fmt::format("SE01 says {} segment{}", stated, is_count(stated, 1) ? "" : "s");
        auto finding = at("X12-0132", last, 1, fmt::format("{}, the set holds {} (ST and SE counted)", what, segments_.size()),
                          "A wrong count is often the only sign that something was lost: compare with what was sent before mending it.");
        std::uint64_t said = 0;
        for (char const c : without_zeros(se.element(1)).substr(0, 10))
            said = c >= '0' && c <= '9' ? said * 10 + static_cast<std::uint64_t>(c - '0') : ~std::uint64_t{0} / 20;
        if (auto* const cause = cause_of_count(said)) { // one fault, said once; the acknowledgment tells both
            cause->related.push_back({finding.place, fmt::format("SE01 says {}: as many as there would be without the fault", said), false, finding.excerpt,
                                      finding.excerpt_offset});
            cause->acknowledgment.transaction = "4";
        } else {
            add(std::move(finding), "4");
        }
    }
    if (!st02_ && !same_number(header_field(se.element(2)), item_.set.control_number)) {
        se02_ = true;
        add(at("X12-0131", last, 2, fmt::format("SE02 is {}, but ST02 of this set is {}", shown(se.element(2)), shown(item_.set.control_number)),
               "Both must be the same transaction set control number."),
            "3");
    }
}

/// A count that differs by exactly the segments that are missing or do not belong here has the same cause as they; the first of them.
Diagnostic* SetCheck::Run::cause_of_count(std::uint64_t said) {
    std::uint64_t missing = 0, surplus = 0;
    Diagnostic* cause = nullptr;
    for (auto i = first_; i < item_.findings.size(); ++i) {
        auto& other = item_.findings[i];
        bool const is_missing = other.code == "X12-0203";
        if (!is_missing && (other.code < "X12-0201" || other.code > "X12-0207"))
            continue;
        ++(is_missing ? missing : surplus);
        cause = cause == nullptr && other.severity == Severity::error ? &other : cause;
    }
    return said + surplus == segments_.size() + missing ? cause : nullptr;
}

bool SetCheck::Run::replaced(Diagnostic const& finding) const {
    auto const& place = finding.place;
    if (place.element == 0 || !is_about_a_value(finding.code))
        return false;
    if (place.segment_position == 1)
        return place.element == 2 && st02_;
    // An SE02 that repeats a bad ST02 is the same fault.
    return place.segment_position == segments_.size() && place.segment_id == "SE" &&
           ((place.element == 1 && se01_) || (place.element == 2 && (se02_ || st02_)));
}

/// A separator that stands in numbers and texts is the fault of ISA, and said there.
bool SetCheck::Run::follows_from_separators(Diagnostic const& finding) const {
    auto const& place = finding.place;
    if (place.element == 0 || place.segment_position == 0 || place.segment_position > segments_.size())
        return false;
    return segments_[place.segment_position - 1].element(place.element).find_first_of(item_.interchange->doubtful) != std::string_view::npos;
}

void SetCheck::Run::merge() {
    if (item_.findings.size() == first_)
        return;
    if (!item_.interchange->doubtful.empty())
        std::erase_if(item_.findings, [&](Diagnostic const& finding) { return follows_from_separators(finding); });
    if (st02_ || se01_ || se02_)
        std::erase_if(item_.findings, [&](Diagnostic const& finding) { return replaced(finding); });
    accept_security();
}

/// S2S and S4S behind ST, S2E and S4E before SE (X12.58) are no part of any set's table, and yet in their place.
void SetCheck::Run::accept_security() {
    auto const is_one = [](Diagnostic const& finding) { return finding.code == "X12-0201" && is_security_segment(finding.place.segment_id); };
    if (std::ranges::none_of(item_.findings, is_one))
        return;
    std::size_t leading = 1, trailing = segments_.size() - 1;
    while (leading < segments_.size() && is_security_segment(segments_[leading].id()))
        ++leading;
    while (trailing > 0 && is_security_segment(segments_[trailing - 1].id()))
        --trailing;
    auto findings = std::exchange(item_.findings, {});
    for (auto& finding : findings) {
        auto const index = finding.place.segment_position - 1;
        if (!is_one(finding) || (index >= leading && index < trailing)) {
            item_.findings.push_back(std::move(finding));
            continue;
        }
        add(at("X12-0144", index, 0, fmt::format("{} was read past: what it secures is not verified", finding.place.segment_id),
               "Verify the signature where it is needed; the rest of the set was checked."),
            "");
    }
}

SetCheck::SetCheck(SchemaCache& schemas, InterchangeReaderOptions const& options) : schemas_(schemas), options_(options) {}

Guide const* SetCheck::guide_for(SetInfo const& set, GroupInfo const& group) const {
    for (auto const& guide : options_.guides) {
        if (guide->set_id() != set.id)
            continue;
        auto const& answers = guide->answers();
        if (options_.release.empty() ? std::ranges::find(answers, group.release) != answers.end() : guide->release() == options_.release)
            return guide.get();
    }
    return nullptr;
}

SetCheck::Entry* SetCheck::find(SetInfo const& set, GroupInfo const& group) {
    if (set.id.size() > 4)
        return nullptr;
    auto const id = pack_id(set.id);
    auto const* const guide = options_.guides.empty() ? nullptr : guide_for(set, group);
    auto const fits = [&](Entry const& entry) { return entry.set_id == id && entry.guide == guide && entry.release == group.grammar_release; };
    if (last_ < entries_.size() && fits(entries_[last_]))
        return &entries_[last_];
    auto found = std::ranges::find_if(entries_, fits);
    if (found == entries_.end()) {
        std::shared_ptr<Schema const> schema;
        if (guide != nullptr) {
            std::shared_ptr<NarrowedSet const> narrowed;
            for (auto const& one : options_.guides)
                if (one.get() == guide)
                    narrowed = std::shared_ptr<NarrowedSet const>(one, &one->narrowed());
            schema = schemas_.get(narrowed);
        }
        if (schema == nullptr)
            schema = schemas_.get(group.grammar_release, set.id);
        if (schema == nullptr)
            return nullptr;
        entries_.push_back({group.grammar_release, id, guide, std::move(schema), std::nullopt});
        found = entries_.end() - 1;
    }
    last_ = static_cast<std::size_t>(found - entries_.begin());
    return &*found;
}

void SetCheck::run(Item& item) {
    if (!item.interchange->readable)
        return;
    Run run(item);
    run.header();
    if (auto* const entry = find(item.set, *item.group)) {
        item.schema = entry->schema;
        run.check_group(*entry->schema);
        if (options_.validate_sets) {
            if (!entry->validator) {
                ValidatorOptions chosen;
                chosen.max_findings = options_.max_findings_per_set;
                chosen.sense = options_.sense && !options_.severities.ignores_all("X12-04");
                entry->validator.emplace(entry->schema, chosen);
            }
            auto const before = entry->validator->suppressed();
            entry->validator->validate(item.part->segments, item.context, item.findings);
            item.suppressed = entry->validator->suppressed() - before;
            item.nodes = &entry->validator->nodes();
        }
    } else {
        run.no_grammar(schemas_.grammars());
    }
    run.trailer();
    run.merge();
}

} // namespace wharf::grammar
