#include "grammar/acknowledge.hpp"

#include "grammar/envelope_check.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::uint64_t most_interchange = 999'999'999; // nine digits (I12), then from 1 again
constexpr std::uint64_t most_sets_in_group = 9999;      // ST02 of four digits

bool is_separator(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte != 0 && byte < 0x80 && std::isalnum(byte) == 0 && c != ' ' && c != '.' && c != '-';
}

/// The sender's own separators are those he can read; unless they are what is wrong.
x12::Delimiters answer_delimiters(x12::Delimiters const& theirs, bool repetition) {
    x12::Delimiters own = theirs;
    if (!is_separator(own.element) || !is_separator(own.component) || !is_separator(own.segment) || own.element == own.component ||
        own.element == own.segment || own.component == own.segment)
        own = {};
    if (!repetition) {
        own.repetition = '\0';
        return own;
    }
    auto const taken = [&](char c) { return c == own.element || c == own.component || c == own.segment; };
    if (!is_separator(own.repetition) || taken(own.repetition)) {
        constexpr std::array choices{'^', '!', '|', '{'};
        own.repetition = *std::ranges::find_if_not(choices, taken); // at most three are taken
    }
    return own;
}

struct Judged {
    InterchangeInfo info;
    std::vector<GroupVerdict> groups;
    Diagnostics findings; // of the envelope, those of groups that refuse the interchange included
};

class Acknowledging {
public:
    Acknowledging(SchemaCache& schemas, AcknowledgeOptions const& options) : schemas_(schemas), options_(options), number_(options.control_number) {}

    Result<AcknowledgeResult> run(std::string_view text, std::string file_name) {
        InterchangeReader reader(text, std::move(file_name), schemas_, options_.reader);
        while (reader.next()) {
            auto& item = reader.item();
            take(item);
            if (item.kind != ItemKind::interchange_end)
                continue;
            if (auto ok = answer(); !ok)
                return unexpected(std::move(ok.error()));
        }
        if (result_.interchanges == 0) {
            result_.refused = true;
            result_.remarks.push_back(fmt::format("there is no interchange to answer: this is {}", describe_content(text)));
        } else if (result_.answers == 0 && result_.remarks.empty()) {
            result_.remarks.push_back(result_.groups == 0 ? "there is nothing to answer: no functional group"
                                                          : "there is nothing to answer: no group but acknowledgments (FA)");
        }
        return std::move(result_);
    }

private:
    void take(Item& item) {
        auto& groups = judged_.groups;
        for (auto const& finding : item.findings)
            if (!finding.acknowledgment.interchange.empty())
                judged_.findings.push_back(finding);
        switch (item.kind) {
        case ItemKind::interchange_start:
            ++result_.interchanges;
            break;
        case ItemKind::group_start:
            ++result_.groups;
            groups.emplace_back().group = *item.group;
            groups.back().findings = std::move(item.findings);
            break;
        case ItemKind::transaction_set:
            ++result_.sets;
            if (!groups.empty())
                groups.back().sets.push_back({std::move(item.set), std::move(item.findings)});
            break;
        case ItemKind::group_end:
            if (!groups.empty()) {
                groups.back().included = included_sets(item);
                std::ranges::move(item.findings, std::back_inserter(groups.back().findings));
            }
            break;
        case ItemKind::interchange_end:
            judged_.info = *item.interchange;
            break;
        case ItemKind::service:
        case ItemKind::junk:
            if (item.group != nullptr && !groups.empty())
                std::ranges::move(item.findings, std::back_inserter(groups.back().findings));
            break;
        }
    }

    Result<void> answer() {
        auto judged = std::exchange(judged_, {});
        auto const form = options_.form;
        auto const outcome = answer_interchange(judged.findings, options_.content);
        bool const refused = outcome.code == 'R';
        result_.refused = result_.refused || refused;
        bool const only_acknowledges = !judged.groups.empty() && std::ranges::none_of(judged.groups, wants_acknowledgment);
        if (form == AcknowledgmentForm::interchange ||
            (form == AcknowledgmentForm::automatic && (refused || (judged.info.acknowledgment_requested && !only_acknowledges))))
            if (auto ok = answer_with_ta1(judged, outcome); !ok)
                return ok;
        if (form == AcknowledgmentForm::interchange)
            return {};
        if (refused) {
            if (form != AcknowledgmentForm::automatic)
                result_.remarks.push_back(fmt::format("interchange {} is refused as a whole (TA1 R {}): its groups get no answer; --as ta1 writes the TA1",
                                                      judged.info.control_number, outcome.note));
            return {};
        }
        return answer_groups(judged);
    }

    /// Everything but the groups' identifiers and the separators.
    x12::InterchangeHeader header(InterchangeInfo const& info, std::string const& release) {
        x12::InterchangeHeader header;
        auto version = schemas_.grammars().interchange_version(release);
        if (info.version.size() == 5 && std::ranges::all_of(info.version, [](char c) { return c >= '0' && c <= '9'; }) &&
            schemas_.grammars().match_release(info.version).exact)
            version = info.version;
        if (version.empty())
            version = "00401";
        header.version = version;
        header.delimiters = answer_delimiters(info.delimiters, version >= "00402");
        auto const& d = header.delimiters;
        header.sender = {fit_identifier(info.receiver_qualifier, 0, 2, d), fit_identifier(info.receiver, 0, 15, d), {}};
        header.receiver = {fit_identifier(info.sender_qualifier, 0, 2, d), fit_identifier(info.sender, 0, 15, d), {}};
        header.date6 = x12_date6(options_.at);
        header.date8 = x12_date8(options_.at);
        header.time4 = x12_time4(options_.at);
        header.usage = info.usage == 'T' || info.usage == 'I' ? info.usage : 'P';
        header.control_number = fmt::format("{:09}", number_);
        header.line_breaks = d.segment != '\n' && d.segment != '\r';
        number_ = number_ == most_interchange ? 1 : number_ + 1;
        ++result_.answers;
        return header;
    }

    Result<void> answer_with_ta1(Judged const& judged, InterchangeAnswer const& outcome) {
        auto const base = schemas_.grammars().match_release(judged.info.version).release;
        x12::InterchangeWriter writer(header(judged.info, base));
        if (auto ok = writer.add_service_segment(make_ta1(judged.info, outcome.code, outcome.note)); !ok)
            return ok;
        result_.bytes += writer.finish();
        return {};
    }

    struct Way { // back: of neighbouring groups that share it
        std::string sender, receiver, release;
        friend bool operator==(Way const&, Way const&) = default;
    };

    Result<void> answer_groups(Judged& judged) {
        bool const functional = options_.form != AcknowledgmentForm::implementation;
        auto const& groups = judged.groups;
        for (std::size_t i = 0; i < groups.size();) {
            if (!wants_acknowledgment(groups[i])) {
                ++i;
                continue;
            }
            auto const way = way_of(groups[i], functional);
            auto const match = schemas_.grammars().match_release(way.release);
            auto content = options_.content;
            content.dictionary = schemas_.grammars().dictionary(match.release);
            if (content.dictionary == nullptr || content.dictionary->set(functional ? "997" : "999") == nullptr)
                return invalid(fmt::format("release {} has no {}: the 999 begins with 005010; use --as 997, or name a release with --release",
                                           match.release, functional ? "997" : "999"));
            auto const group_number = number_; // the same as the interchange's
            auto head = header(judged.info, match.release);
            content.delimiters = head.delimiters;
            head.sender.group_id = fit_identifier(way.sender, 0, 15, head.delimiters);
            head.receiver.group_id = fit_identifier(way.receiver, 0, 15, head.delimiters);
            x12::InterchangeWriter writer(std::move(head));
            writer.begin_group({"FA", std::to_string(group_number), "X", fit_identifier(way.release, 0, 12, content.delimiters)});
            // The 999 of an industry guide names that guide in ST03 as it does in GS08.
            auto const reference = !functional && way.release.size() > 6 && way.release[6] == 'X' ? way.release : std::string();
            std::uint64_t number = 0;
            for (; i < groups.size() && number < most_sets_in_group; ++i) {
                if (!wants_acknowledgment(groups[i]))
                    continue;
                if (number != 0 && !(way_of(groups[i], functional) == way))
                    break;
                auto const code = acknowledgment_code(groups[i], options_.content);
                result_.refused = result_.refused || code == 'R' || code == 'P';
                auto const body = functional ? make_997(groups[i], content) : make_999(groups[i], content);
                if (auto ok = writer.add_transaction_set(functional ? "997" : "999", fmt::format("{:04}", ++number), body, reference); !ok)
                    return ok;
            }
            result_.bytes += writer.finish();
        }
        return {};
    }

    [[nodiscard]] Way way_of(GroupVerdict const& verdict, bool functional) const {
        auto const& group = verdict.group;
        Way way{group.receiver, group.sender, options_.release};
        if (way.sender.empty())
            way.sender = "UNKNOWN";
        if (way.receiver.empty())
            way.receiver = "UNKNOWN";
        if (way.release.empty()) {
            auto const match = schemas_.grammars().match_release(group.release);
            way.release = match.exact ? acknowledgment_release(group.release, match.release, functional) : match.release;
        }
        return way;
    }

    SchemaCache& schemas_;
    AcknowledgeOptions const& options_;
    std::uint64_t number_;
    Judged judged_;
    AcknowledgeResult result_;
};

} // namespace

Result<AcknowledgeResult> acknowledge(std::string_view text, std::string file_name, SchemaCache& schemas, AcknowledgeOptions const& options) {
    return Acknowledging(schemas, options).run(text, std::move(file_name));
}

} // namespace wharf::grammar
