// The codes of acknowledgments in our words. Kept apart from the code lists of the releases: these are read without a grammar.
#include "grammar/acknowledgment_reader.hpp"

#include <span>

namespace wharf::grammar {
namespace {

struct Words {
    std::string_view code, words;
};

constexpr Words segment_words[] = {
    {"1", "unrecognized segment id"},
    {"2", "unexpected segment"},
    {"3", "mandatory segment missing"},
    {"4", "loop occurs over maximum times"},
    {"5", "segment exceeds maximum use"},
    {"6", "segment not in defined transaction set"},
    {"7", "segment not in proper sequence"},
    {"8", "segment has data element errors"},
    {"10", "segment has surplus trailing separators"},
    {"I4", "the guide does not use this segment"},
    {"I6", "the guide requires this segment here"},
    {"I7", "loop occurs less often than the guide requires"},
    {"I8", "segment occurs less often than the guide requires"},
    {"I9", "the guide does not allow this segment here"},
};

constexpr Words element_words[] = {
    {"1", "mandatory data element missing"},
    {"2", "conditional required data element missing"},
    {"3", "too many data elements"},
    {"4", "data element too short"},
    {"5", "data element too long"},
    {"6", "invalid character in data element"},
    {"7", "invalid code value"},
    {"8", "invalid date"},
    {"9", "invalid time"},
    {"10", "exclusion condition violated"},
    {"12", "too many repetitions"},
    {"13", "too many components"},
    {"16", "composite has surplus trailing separators"},
    {"I6", "the guide does not use this code"},
    {"I9", "the guide requires this data element here"},
    {"I10", "the guide does not use this data element"},
    {"I11", "fewer repetitions than the guide requires"},
    {"I12", "not of the form that the guide requires"},
    {"I13", "the guide does not allow this data element here"},
};

constexpr Words set_words[] = {
    {"1", "transaction set not supported"},
    {"2", "transaction set trailer missing"},
    {"3", "control numbers in header and trailer do not match"},
    {"4", "number of included segments does not match actual count"},
    {"5", "one or more segments in error"},
    {"6", "missing or invalid transaction set identifier"},
    {"7", "missing or invalid transaction set control number"},
    {"8", "authentication key name unknown"},
    {"9", "encryption key name unknown"},
    {"10", "requested security service not available"},
    {"11", "unknown security recipient"},
    {"12", "incorrect message length"},
    {"13", "message authentication code failed"},
    {"15", "unknown security originator"},
    {"16", "syntax error in decrypted text"},
    {"17", "security not supported"},
    {"18", "transaction set does not belong into this functional group"},
    {"19", "invalid implementation convention reference"},
    {"23", "control number not unique within the functional group"},
    {"24", "security end segment S3E missing"},
    {"25", "security start segment S3S missing"},
    {"26", "security end segment S4E missing"},
    {"27", "security start segment S4S missing"},
    {"I5", "one or more segments in error against the guide"},
    {"I6", "implementation convention not supported"},
};

constexpr Words group_words[] = {
    {"1", "functional group not supported"},
    {"2", "functional group version not supported"},
    {"3", "functional group trailer missing"},
    {"4", "group control numbers do not agree"},
    {"5", "number of included transaction sets does not match actual count"},
    {"6", "group control number violates syntax"},
    {"7", "invalid application sender's code"},
    {"8", "invalid application receiver's code"},
    {"9", "invalid responsible agency code"},
    {"10", "authentication key name unknown"},
    {"11", "encryption key name unknown"},
    {"12", "requested security service not available"},
    {"13", "unknown security recipient"},
    {"14", "unknown security originator"},
    {"15", "syntax error in decrypted text"},
    {"16", "security not supported"},
    {"17", "incorrect message length"},
    {"18", "message authentication code failed"},
    {"19", "group control number not unique within the interchange"},
    {"23", "security end segment S3E missing"},
    {"24", "security start segment S3S missing"},
    {"25", "security end segment S4E missing"},
    {"26", "security start segment S4S missing"},
    {"30", "invalid group date"},
    {"31", "invalid group time"},
};

constexpr Words interchange_words[] = {
    {"000", "no error"},
    {"001", "control numbers in header and trailer do not match"},
    {"002", "standard in ISA11 not supported"},
    {"003", "version of the controls (ISA12) not supported"},
    {"004", "segment terminator invalid"},
    {"005", "qualifier of the sender (ISA05) invalid"},
    {"006", "identifier of the sender (ISA06) invalid"},
    {"007", "qualifier of the receiver (ISA07) invalid"},
    {"008", "identifier of the receiver (ISA08) invalid"},
    {"009", "identifier of the receiver (ISA08) unknown"},
    {"010", "authorization qualifier (ISA01) invalid"},
    {"011", "authorization information (ISA02) invalid"},
    {"012", "security qualifier (ISA03) invalid"},
    {"013", "security information (ISA04) invalid"},
    {"014", "interchange date (ISA09) invalid"},
    {"015", "interchange time (ISA10) invalid"},
    {"016", "standards identifier (ISA11) invalid"},
    {"017", "version of the interchange (ISA12) invalid"},
    {"018", "interchange control number (ISA13) invalid"},
    {"019", "acknowledgment requested (ISA14) invalid"},
    {"020", "usage indicator (ISA15) invalid"},
    {"021", "number of included groups (IEA01) invalid"},
    {"022", "control structure invalid"},
    {"023", "the file ended too early"},
    {"024", "content of the interchange invalid"},
    {"025", "interchange control number used before"},
    {"026", "data element separator invalid"},
    {"027", "component element separator invalid"},
    {"028", "delivery date in a deferred delivery request invalid"},
    {"029", "delivery time in a deferred delivery request invalid"},
    {"030", "delivery time code in a deferred delivery request invalid"},
    {"031", "grade of service code invalid"},
};

std::string_view find(std::span<Words const> table, std::string_view code) {
    for (auto const& entry : table)
        if (entry.code == code)
            return entry.words;
    return {};
}

} // namespace

std::string_view segment_error_words(std::string_view code) { return find(segment_words, code); }
std::string_view element_error_words(std::string_view code) { return find(element_words, code); }
std::string_view set_error_words(std::string_view code) { return find(set_words, code); }
std::string_view group_error_words(std::string_view code) { return find(group_words, code); }
std::string_view interchange_note_words(std::string_view code) { return find(interchange_words, code); }

std::string_view verdict_words(char code) {
    switch (code) {
    case 'A':
        return "accepted";
    case 'E':
        return "accepted, with errors noted";
    case 'P':
        return "partly accepted";
    case 'R':
        return "refused";
    case 'M':
        return "refused: the message authentication code failed";
    case 'W':
        return "refused: an assurance failed its test";
    case 'X':
        return "refused: it could not be understood after decryption";
    case '-':
        return "not judged";
    default:
        return "answered with a code that does not exist";
    }
}

} // namespace wharf::grammar
