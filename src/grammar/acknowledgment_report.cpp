#include "grammar/acknowledgment_report.hpp"

#include "grammar/acknowledgment.hpp"
#include "grammar/acknowledgment_findings.hpp"
#include "grammar/envelope_check.hpp"

#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <map>
#include <set>
#include <unordered_map>

namespace wharf::grammar {
namespace {

std::string key_of(std::string_view functional_id, std::string_view number) { return fmt::format("{}|{}", functional_id, bare_number(number)); }

NotePlace place_of(x12::SegmentList const& list) {
    return {list.file_offset(list[0].begin()), 0, std::string(list[0].bytes().substr(0, 400))};
}

class Explaining {
public:
    Explaining(NamedText const& acknowledgment, SchemaCache& schemas) : acknowledgment_(acknowledgment), schemas_(schemas), words_(acknowledgment.file, report_) {}

    Result<AcknowledgmentReport> run(std::optional<NamedText> const& original) {
        read_answers();
        if (report_.groups.empty() && report_.interchanges.empty())
            return invalid(fmt::format("{} holds no 997, 999 or TA1{}", acknowledgment_.file,
                                       x12::looks_like_x12(acknowledgment_.text) ? "" : fmt::format(": it is {}", describe_content(acknowledgment_.text))));
        judge();
        if (original)
            compare(*original);
        else
            alone();
        return std::move(report_);
    }

private:
    void read_answers() {
        InterchangeReader reader(acknowledgment_.text, acknowledgment_.file, schemas_);
        while (reader.next()) {
            auto& item = reader.item();
            report_.own_errors += static_cast<std::uint64_t>(std::ranges::count(item.findings, Severity::error, &Diagnostic::severity));
            if (item.kind == ItemKind::transaction_set && (item.set.id == "997" || item.set.id == "999")) {
                auto& group = report_.groups.emplace_back();
                group.said = read_acknowledgment(item.part->segments);
                group.set_id = item.set.id;
                group.control_number = item.set.control_number;
                group.interchange = item.interchange != nullptr ? item.interchange->control_number : std::string();
                auto const& named = group.said.release.empty() ? item.group->release : group.said.release;
                group.release = schemas_.grammars().match_release(named).release;
            } else if (item.kind == ItemKind::service && item.part->segments[0].id() == "TA1") {
                auto const ta1 = item.part->segments[0];
                auto& answered = report_.interchanges.emplace_back();
                auto const field = [&](std::uint32_t number) { return std::string(header_field(ta1.element(number))); };
                answered.control_number = field(1);
                answered.date = field(2);
                answered.time = field(3);
                answered.code = field(4).empty() ? 'R' : field(4)[0];
                answered.note = field(5);
                answered.interchange = item.interchange != nullptr ? item.interchange->control_number : std::string();
                answered.place = place_of(item.part->segments);
            }
        }
    }

    void judge() {
        for (auto const& answered : report_.interchanges)
            report_.refused = report_.refused || (answered.code != 'A' && answered.code != 'E');
        for (auto const& group : report_.groups) {
            auto const& said = group.said;
            bool const all = said.judged && (said.code == 'A' || said.code == 'E');
            report_.refused = report_.refused || !all || !std::ranges::all_of(said.sets, &SetAcknowledgment::accepted);
        }
    }

    /// What does not fit together inside one acknowledgment.
    void contradictions(AnsweredGroup const& group) {
        auto const& said = group.said;
        if (!said.judged)
            return; // told as such
        auto const refused = static_cast<std::uint64_t>(std::ranges::count_if(said.sets, [](auto const& set) { return !set.accepted(); }));
        if (refused != 0 && (said.code == 'A' || said.code == 'E')) {
            words_.at_note("ACK-0011", said.trailer, &group,
                           fmt::format("AK901 accepts group {} {}, but {} of its sets {} refused above", said.functional_id, said.group_control_number, refused,
                                       refused == 1 ? "is" : "are"),
                           "Take the sets that are named as refused, and ask the partner what holds.");
            return; // that AK904 counts them is the same contradiction
        }
        auto const received = count_in(said.received), accepted = count_in(said.accepted);
        if (received > said.sets.size() && accepted && said.code != 'R' && *accepted <= *received && *received - *accepted > refused) {
            words_.at_note("ACK-0011", said.trailer, &group,
                           fmt::format("AK9 refuses {} of {} sets, but {} named above", *received - *accepted, *received,
                                       refused == 0 ? std::string("none is") : refused == 1 ? std::string("one is") : fmt::format("{} are", refused)),
                           "Ask the partner which: of the sets that are not named none can be taken as accepted.");
            return;
        }
        if (received == said.sets.size() && *received >= refused && accepted && said.code != 'R' && *accepted != *received - refused)
            words_.at_note("ACK-0011", said.trailer, &group,
                           fmt::format("AK904 says {} sets were accepted, but {} of the {} named above were", said.accepted, *received - refused, *received),
                           "Go by the sets that are named, and ask the partner what holds.");
    }

    void alone() {
        for (auto const& answered : report_.interchanges)
            words_.interchange(answered, nullptr, {});
        for (auto const& group : report_.groups) {
            words_.use(schemas_.grammars().dictionary(group.release));
            contradictions(group);
            words_.group(group, nullptr, {});
            std::unordered_map<std::string_view, std::string_view> seen;
            for (auto const& set : group.said.sets) {
                if (!seen.emplace(bare_number(set.control_number), set.set_id).second)
                    answered_twice(group, set);
                words_.set(group, set, {nullptr, {}, set.set_id});
            }
        }
    }

    void answered_twice(AnsweredGroup const& group, SetAcknowledgment const& set) {
        words_.at_note("ACK-0013", set.place, &group, fmt::format("set {} {} is answered twice in this {}", set.set_id, set.control_number, group.set_id),
                       "If one of the two answers refuses it, take it as refused.");
    }

    // --- with the original ---------------------------------------------------------------------------------------

    /// The group of the original that is being read, and what was said of it.
    struct Open {
        AnsweredGroup* answer = nullptr;
        std::unordered_map<std::string_view, std::deque<SetAcknowledgment const*>> sets; // by bare number
        std::unordered_map<std::string_view, bool> used;
        std::uint64_t count = 0;
    };

    void compare(NamedText const& original) {
        report_.with_original = true;
        for (auto& group : report_.groups) {
            contradictions(group);
            waiting_[key_of(group.said.functional_id, group.said.group_control_number)].push_back(&group);
        }
        for (auto& answered : report_.interchanges)
            waiting_interchanges_[std::string(bare_number(answered.control_number))].push_back(&answered);
        InterchangeReaderOptions options;
        options.validate_sets = false;
        InterchangeReader reader(original.text, original.file, schemas_, options);
        while (reader.next()) {
            auto& item = reader.item();
            switch (item.kind) {
            case ItemKind::interchange_start:
                start_interchange(item, original.file);
                break;
            case ItemKind::group_start:
                start_group(item, original.file);
                break;
            case ItemKind::transaction_set:
                transaction_set(item);
                break;
            case ItemKind::group_end:
                end_group();
                break;
            default:
                break;
            }
        }
        leftovers(original.file);
    }

    void start_interchange(Item const& item, std::string const& file) {
        refused_interchange_ = false;
        auto const found = waiting_interchanges_.find(std::string(bare_number(item.interchange->control_number)));
        if (found == waiting_interchanges_.end())
            return;
        for (auto* answered : found->second) {
            answered->matched = true;
            refused_interchange_ = refused_interchange_ || answered->code == 'R';
            words_.interchange(*answered, &item.part->segments, file);
        }
    }

    void start_group(Item const& item, std::string const& file) {
        open_ = {};
        auto const& group = *item.group;
        auto const found = waiting_.find(key_of(group.functional_id, group.control_number));
        if (found == waiting_.end() || found->second.empty()) {
            if (group.functional_id != "FA" && !report_.groups.empty() && !refused_interchange_ && item.present)
                words_.at_original("ACK-0012", item.part->segments, 0, 6, {file, item.interchange->control_number, group.control_number, {}},
                                   fmt::format("nothing is said of group {} {}", group.functional_id, group.control_number),
                                   "It may be answered in another file. When none comes, ask the partner whether the group arrived.");
            return;
        }
        open_.answer = found->second.front();
        found->second.pop_front();
        open_.answer->matched = true;
        matched_.insert(found->first);
        open_.answer->release = group.grammar_release;
        words_.use(schemas_.grammars().dictionary(group.grammar_release));
        words_.group(*open_.answer, item.present ? &item.part->segments : nullptr, file);
        for (auto const& set : open_.answer->said.sets)
            open_.sets[bare_number(set.control_number)].push_back(&set);
    }

    void transaction_set(Item const& item) {
        ++open_.count;
        if (open_.answer == nullptr)
            return;
        auto const found = open_.sets.find(bare_number(item.set.control_number));
        if (found == open_.sets.end() || found->second.empty())
            return; // A, E and P accept what they do not name; R was told of the group
        auto const* const said = found->second.front();
        found->second.pop_front();
        open_.used[found->first] = true;
        OriginalSet const original{&item.part->segments, item.context, item.set.id};
        if (said->set_id != item.set.id)
            words_.at_note("ACK-0010", said->place, open_.answer,
                           fmt::format("AK2 speaks of a set {} {}; the original has a set {} with that number", said->set_id, said->control_number, item.set.id),
                           "Perhaps this is not the file they answer.");
        words_.set(*open_.answer, *said, original);
    }

    void end_group() {
        if (open_.answer == nullptr)
            return;
        auto const& group = *open_.answer;
        std::vector<SetAcknowledgment const*> left;
        for (auto const& [number, sets] : open_.sets)
            left.insert(left.end(), sets.begin(), sets.end());
        std::ranges::sort(left, {}, [](auto const* set) { return set->place.offset; });
        for (auto const* set : left)
            without_original(group, *set);
        if (auto const received = count_in(group.said.received); received && *received != open_.count)
            words_.at_note("ACK-0011", group.said.trailer, &group,
                           fmt::format("AK903 says they received {} sets; group {} {} holds {}", group.said.received, group.said.functional_id,
                                       group.said.group_control_number, open_.count),
                           "Something was lost or added on the way: compare what was sent with what they got.");
        open_ = {};
    }

    void without_original(AnsweredGroup const& group, SetAcknowledgment const& set) {
        if (open_.used.contains(bare_number(set.control_number))) {
            answered_twice(group, set);
            words_.set(group, set, {nullptr, {}, set.set_id});
            return;
        }
        report_.refused = true;
        words_.at_note("ACK-0010", set.place, &group,
                       fmt::format("AK2 names set {} {}, which group {} {} does not hold", set.set_id, set.control_number, group.said.functional_id,
                                   group.said.group_control_number),
                       "Ask the partner what they answer: a number may have been changed on its way, or the acknowledgment is meant for somebody else.");
    }

    void leftovers(std::string const& file) {
        for (auto const& group : report_.groups) {
            if (group.matched)
                continue;
            auto const key = key_of(group.said.functional_id, group.said.group_control_number);
            if (matched_.contains(key)) {
                words_.at_note("ACK-0013", group.said.place, &group, fmt::format("group {} {} is answered twice", group.said.functional_id, group.said.group_control_number),
                               "If one of the two answers refuses it, take it as refused.");
                continue;
            }
            report_.refused = true;
            words_.at_note("ACK-0010", group.said.place, &group,
                           fmt::format("AK1 names group {} {}, which {} does not hold", group.said.functional_id, group.said.group_control_number, file),
                           "Look for the file that holds this group. When none was ever sent, tell the partner: they may be answering somebody else.");
        }
        for (auto const& answered : report_.interchanges) {
            if (answered.matched)
                continue;
            report_.refused = true;
            words_.at_note("ACK-0010", answered.place, nullptr, fmt::format("TA1 names interchange {}, which {} does not hold", answered.control_number, file),
                           "Look for the file that holds this interchange. When none was ever sent, tell the partner: they may be answering somebody else.");
        }
    }

    NamedText const& acknowledgment_;
    SchemaCache& schemas_;
    AcknowledgmentReport report_;
    AcknowledgmentFindings words_;
    std::map<std::string, std::deque<AnsweredGroup*>> waiting_;
    std::map<std::string, std::vector<AnsweredInterchange*>> waiting_interchanges_;
    std::set<std::string> matched_; // keys of groups
    bool refused_interchange_ = false;
    Open open_;
};

} // namespace

Result<AcknowledgmentReport> explain_acknowledgment(NamedText const& acknowledgment, std::optional<NamedText> const& original, SchemaCache& schemas) {
    return Explaining(acknowledgment, schemas).run(original);
}

} // namespace wharf::grammar
