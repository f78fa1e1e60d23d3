// The fields of ISA (X12.5): widths, qualifiers, identifiers, date, version, separators. One finding for one field.
#include "base/date.hpp"
#include "grammar/envelope_check.hpp"
#include "grammar/near_miss.hpp"

#include <array>
#include <cctype>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t isa_elements = 16;
constexpr std::array<std::size_t, isa_elements> isa_widths = {2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1};
constexpr std::array<char const*, isa_elements> isa_names = {"Authorization Information Qualifier", "Authorization Information",
                                                             "Security Information Qualifier", "Security Information",
                                                             "Interchange ID Qualifier", "Interchange Sender ID",
                                                             "Interchange ID Qualifier", "Interchange Receiver ID",
                                                             "Interchange Date", "Interchange Time",
                                                             "Interchange Control Standards Identifier", "Interchange Control Version Number",
                                                             "Interchange Control Number", "Acknowledgment Requested",
                                                             "Usage Indicator", "Component Element Separator"};
constexpr std::string_view first_with_repetition = "00402";

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
/// Why a character cannot separate anything; nullptr: it can.
char const* stands_in_data(char c) {
    return is_word(c)              ? "a letter or digit, which stands in data"
           : c == ' '              ? "a blank, which stands in data"
           : c == '.' || c == '-' ? "part of numbers"
                                   : nullptr;
}

/// Of a character that no number or text lives without.
std::string_view not_judged(std::uint32_t element, char c) {
    return element != 0 && stands_in_data(c) != nullptr && !is_word(c) ? "Values that hold it were not judged." : "What follows was not judged: nobody can say where it is to be cut.";
}

constexpr std::string_view no_break_help =
    "There are no-break spaces (U+00A0, two bytes) where blanks should be: the file went through a web page or a word processor.";

bool has_no_break_spaces(std::string_view text) { return text.find("\xc2\xa0") != std::string_view::npos; }

class IsaCheck {
public:
    IsaCheck(EnvelopeReport& report, EnvelopeRules const& rules)
        : report_(report), rules_(rules), isa_(report.part.segments[0]), info_(*report.interchange) {}

    void run(bool version_known, std::string_view nearest) {
        separators();
        if (cut_wrong_) // the fields are not what they seem
            return;
        qualifiers();
        authorization(1, "011");
        authorization(3, "013");
        identifier(6, "006", info_.sender);
        identifier(8, "008", info_.receiver);
        date_and_time();
        version(version_known, nearest);
        numbers_and_flags();
        widths();
        if (!separators_reported_)
            check_surplus(report_, isa_elements);
    }

private:
    void add(std::string_view code, std::uint32_t element, std::string_view acknowledged, std::string message, std::string help) {
        report_.add(code, element, std::move(message), std::move(help)).acknowledgment.interchange = acknowledged;
        if (element != 0)
            reported_[element - 1] = true;
    }
    [[nodiscard]] std::string_view field(std::uint32_t element) const { return header_field(isa_.element(element)); }
    [[nodiscard]] std::string named(std::uint32_t element) const {
        return field(element).empty() ? fmt::format("ISA{:02} {} (blank)", element, isa_names[element - 1])
                                      : fmt::format("ISA{:02} {} \"{}\"", element, isa_names[element - 1], field(element));
    }

    void qualifiers() {
        auto const one = [&](std::uint32_t element, CodeList const* list, std::string_view number, std::string_view acknowledged) {
            if (list == nullptr || list->find(isa_.element(element)) || list->find(field(element)))
                return; // a wrong width alone is the width's finding
            add("X12-0108", element, acknowledged, field(element).empty() ? fmt::format("ISA{:02} {} is blank", element, isa_names[element - 1])
                                                                    : fmt::format("{} is not a code of element {}", named(element), number),
                fmt::format("Use a code of the list: `wharf explain element {}`. {}", number,
                            element > 4 ? "ZZ means that the partners agreed on the identifier." : "00 means that there is none."));
        };
        one(1, rules_.authorization, "I01", "010");
        one(3, rules_.security, "I03", "012");
        one(5, rules_.identifier, "I05", "005");
        one(7, rules_.identifier, "I05", "007");
    }

    /// ISA02 after ISA01, ISA04 after ISA03.
    void authorization(std::uint32_t qualifier, std::string_view acknowledged) {
        auto const content = qualifier + 1;
        if (has_control_characters(isa_.element(content))) {
            add("X12-0109", content, acknowledged, fmt::format("{} holds control characters", named(content)), "Send text, or blanks when there is nothing to say.");
            return;
        }
        if (reported_[qualifier - 1] || field(qualifier).empty())
            return;
        bool const none = field(qualifier) == "00";
        if (none && has_no_break_spaces(isa_.element(content)))
            add("X12-0116", content, acknowledged, fmt::format("ISA{:02} is 00, no information, but ISA{:02} holds no-break spaces, not blanks", qualifier, content),
                std::string(no_break_help));
        else if (none != field(content).empty())
            add("X12-0116", content, acknowledged,
                none ? fmt::format("ISA{:02} is 00, no information, but ISA{:02} holds \"{}\"", qualifier, content, field(content))
                     : fmt::format("ISA{:02} is {}, but ISA{:02} is blank", qualifier, field(qualifier), content),
                none ? "Send ten blanks, or the qualifier of what is sent." : "Send what the qualifier promises, or 00 when there is none.");
    }

    void identifier(std::uint32_t element, std::string_view acknowledged, std::string_view value) {
        if (value.empty())
            add("X12-0109", element, acknowledged, fmt::format("ISA{:02} {} is blank", element, isa_names[element - 1]), "Send the identifier that the partners agreed on.");
        else if (has_control_characters(value))
            add("X12-0109", element, acknowledged, fmt::format("{} holds control characters", named(element)), "Send the identifier that the partners agreed on, in letters and digits.");
    }

    static std::string sent_when(std::string const& meant, std::string_view what) {
        return fmt::format("{}{}Send the {} the interchange was made.", meant, meant.empty() ? "" : " ", what);
    }

    void date_and_time() {
        if (!is_date(info_.date) || info_.date.size() != 6)
            add("X12-0102", 9, "014", fmt::format("{} is not a date as YYMMDD", named(9)), sent_when(suggest_date(info_.date, false), "date"));
        if (!is_time(info_.time) || info_.time.size() != 4)
            add("X12-0103", 10, "015", fmt::format("{} is not a time as HHMM", named(10)), sent_when(suggest_time(info_.time), "time"));
    }

    void version(bool known, std::string_view nearest) {
        auto const version = info_.version;
        bool const malformed = version.size() != 5 || !all_digits(version);
        if (malformed)
            add("X12-0118", 12, "017", fmt::format("{} is not a version of five digits; read as {}", named(12), nearest), "Send the version of the envelope, such as 00401.");
        else if (!known)
            add("X12-0119", 12, "003", fmt::format("{} is not a version Wharf knows; read by {}, the nearest", named(12), nearest),
                "Check ISA12: 00401 goes with GS08 004010, 00501 with 005010.");
        if (!malformed)
            standards_identifier();
    }

    void standards_identifier() {
        auto const value = isa_.element(11);
        bool const separates = report_.part.segments.delimiters().repetition != '\0';
        bool const newer = info_.version >= first_with_repetition;
        if (separates || (value == "U" && !newer))
            return;
        if (newer)
            add("X12-0117", 11, "016", fmt::format("ISA11 is \"{}\", not a repetition separator: nothing is taken for repeated", field(11)),
                fmt::format("From version {} on ISA11 names the repetition separator, such as ^.", first_with_repetition));
        else
            add("X12-0117", 11, "016", fmt::format("{} is not U, the standards identifier of version {}", named(11), info_.version),
                "Send U. A repetition separator stands here from version 00402 on only.");
    }

    void separators() {
        auto const& d = info_.delimiters;
        auto const shown = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? fmt::format("0x{:02x}", static_cast<unsigned char>(c)) : fmt::format("'{}'", c); };
        auto const unusable = [&](char c, std::uint32_t element, std::string_view acknowledged, std::string_view name, char const* why) {
            if (separators_reported_)
                return;
            add("X12-0126", element, acknowledged, fmt::format("{} {} is {}", name, shown(c), why),
                fmt::format("Send a character of its own that never stands in data. {}", not_judged(element, c)));
            separators_reported_ = true;
            cut_wrong_ = element == 0 || c == d.segment;
        };
        if (auto const* why = stands_in_data(d.element))
            unusable(d.element, 0, "026", "the element separator", why);
        if (auto const* why = stands_in_data(d.segment))
            unusable(d.segment, 0, "004", "the segment terminator", why);
        if (d.repetition != '\0') {
            auto const* why = d.repetition == d.element ? "the element separator too" : d.repetition == d.segment ? "the segment terminator too" : stands_in_data(d.repetition);
            if (why != nullptr)
                unusable(d.repetition, 11, "026", "the repetition separator", why);
        }
        auto const c = d.component;
        char const* const why = c == d.element      ? "the element separator too"
                                : c == d.segment    ? "the segment terminator too"
                                : c == d.repetition ? "the repetition separator too"
                                                    : stands_in_data(c);
        if (why != nullptr && !separators_reported_) {
            add("X12-0107", 16, "027", fmt::format("ISA16 Component Element Separator {} is {}", shown(c), why), fmt::format("Send a character of its own that never stands in data, such as >. {}", not_judged(16, c)));
            separators_reported_ = true;
            cut_wrong_ = c == d.segment;
        }
    }

    void numbers_and_flags() {
        if (!all_digits(info_.control_number) || info_.control_number.size() > 9)
            add("X12-0104", 13, "018", fmt::format("{} is not a number of nine digits", named(13)), "Number interchanges with nine digits, zeros in front.");
        if (auto const requested = field(14); requested != "0" && requested != "1")
            add("X12-0105", 14, "019", fmt::format("{} is neither 0 nor 1", named(14)), "Send 0, or 1 when a TA1 is wanted.");
        if (auto const usage = field(15); usage != "P" && usage != "T" && usage != "I")
            add("X12-0106", 15, "020", fmt::format("{} is none of P, T, I", named(15)), "Send P for production or T for test.");
    }

    /// Of the fields that have no finding of their own.
    void widths() {
        std::string wrong;
        std::uint32_t first = 0;
        for (std::uint32_t i = 1; i <= isa_elements; ++i)
            if (isa_.element(i).size() != isa_widths[i - 1] && !reported_[i - 1]) {
                first = first == 0 ? i : first;
                wrong += fmt::format("{}ISA{:02} has {} of {}", wrong.empty() ? "" : ", ", i, isa_.element(i).size(), isa_widths[i - 1]);
            }
        if (first != 0)
            add("X12-0101", first, "", fmt::format("ISA fields are not of their fixed width: {} characters", wrong),
                fmt::format("Fill each field with blanks to its width; {} comes first. {}{}The file was still read by its separators.", isa_names[first - 1],
                            has_no_break_spaces(isa_.bytes()) ? no_break_help : "", has_no_break_spaces(isa_.bytes()) ? " " : ""));
    }

    EnvelopeReport& report_;
    EnvelopeRules const& rules_;
    x12::SegmentView isa_;
    InterchangeInfo const& info_;
    std::array<bool, isa_elements> reported_{};
    bool separators_reported_ = false;
    bool cut_wrong_ = false; // ISA itself may be
};

} // namespace

void check_isa(EnvelopeReport report, EnvelopeRules const& rules, bool version_known, std::string_view nearest) {
    IsaCheck(report, rules).run(version_known, nearest);
}

} // namespace wharf::grammar
