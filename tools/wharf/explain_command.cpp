#include "diagnostic/log_words.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/dictionary.hpp"
#include "grammar/explain.hpp"
#include "grammar/explain_search.hpp"
#include "grammar/guide.hpp"
#include "grammar/guide_effective.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

namespace wharf::cli {
namespace {

constexpr std::string_view default_release = "004010";

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::string indented(std::string_view text) {
    std::string out;
    for (std::size_t begin = 0; begin < text.size();) {
        auto const end = std::min(text.find('\n', begin), text.size());
        out += fmt::format("    {}\n", text.substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

std::string page(CodeEntry const& entry) {
    auto out = fmt::format("{} {} ({})\n\n{}\n", entry.code, entry.name, to_string(entry.severity), entry.explanation);
    if (!entry.bad.empty()) out += "\nBad:\n" + indented(entry.bad);
    if (!entry.good.empty()) out += "\nGood:\n" + indented(entry.good);
    return out;
}

/// "X12-0402": an area, a dash, digits.
bool looks_like_code(std::string_view word) {
    auto const dash = word.find('-');
    return dash != std::string_view::npos && dash > 0 && word.size() > dash + 1 &&
           std::ranges::all_of(word.substr(dash + 1), [](unsigned char c) { return std::isdigit(c) != 0; });
}

int explain_code(std::string const& code) {
    if (auto const entry = find_code(code)) return print(page(*entry)) ? no_errors : could_not_run;
    std::vector<std::string> codes;
    for (auto const& entry : all_codes())
        codes.emplace_back(entry.code);
    auto const nearest = nearest_word(code, codes);
    trouble(
        fmt::format("there is no code {}{}", code, nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)));
    return could_not_run;
}

/// Words are broken where a line has no room for them.
std::string folded(std::string_view text, std::size_t width) {
    std::string out;
    std::size_t used = 0;
    while (!text.empty()) {
        auto const word = text.substr(0, text.find(' '));
        if (used > 0 && used + 1 + word.size() > width) {
            out += '\n';
            used = 0;
        }
        if (used > 0) out += ' ';
        out += word;
        used += word.size() + (used > 0 ? 1 : 0);
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return out + "\n";
}

/// "AS2_RECEIPT_OVERDUE": what the gateway writes into its log.
bool looks_like_alarm(std::string_view word) {
    return find_alarm(word) != nullptr ||
           (word.contains('_') && std::ranges::all_of(word, [](unsigned char c) { return std::isupper(c) != 0 || std::isdigit(c) != 0 || c == '_'; }));
}

std::string page(AlarmEntry const& entry) {
    constexpr std::size_t width = 120;
    return fmt::format("{}\n\n{}\nTo do\n{}", entry.word, folded(entry.meaning, width), indented(folded(entry.to_do, width - 4)));
}

/// The nearest of what can be asked for, as it is written; case does not count.
std::string nearest_entry(std::string const& word, std::initializer_list<std::span<AlarmEntry const>> lists) {
    std::vector<std::string> words;
    std::vector<std::string_view> as_written;
    for (auto const& list : lists)
        for (auto const& entry : list) {
            as_written.push_back(entry.word);
            words.push_back(upper(std::string(entry.word)));
        }
    auto const nearest = nearest_word(upper(word), words);
    return nearest.empty() ? std::string() : std::string(as_written[static_cast<std::size_t>(std::ranges::find(words, nearest) - words.begin())]);
}

int explain_alarm(std::string const& word) {
    if (auto const* const alarm = find_alarm(word)) return print(page(*alarm)) ? no_errors : could_not_run;
    if (auto const entry = find_code_by_name(word)) return print(page(*entry)) ? no_errors : could_not_run;
    auto const nearest = nearest_entry(word, {all_alarms(), all_events()});
    trouble(fmt::format("the gateway says no {}{}", word, nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)));
    return could_not_run;
}

/// "ta1" is a segment in the first place, "api" is none.
bool may_be_segment(std::string_view text) { return text.size() <= 3 && text.ends_with('1'); }

/// "transmission_failed" of the log, "processed/error: authentication-failed" of a receipt. Nothing: it is neither.
std::optional<int> explain_log_word(std::string const& text) {
    if (auto const* const event = may_be_segment(text) ? nullptr : find_event(text)) {
        auto out = page(*event);
        if (!text.contains('_')) // may be a word of the standard, too
            out += fmt::format("\n# In the names of the standard: wharf explain {} --release {}\n", text, default_release);
        return print(out) ? no_errors : could_not_run;
    }
    if (auto const* const disposition = find_disposition(text)) return print(page(*disposition)) ? no_errors : could_not_run;
    if (auto const nearest = text.contains('-') ? nearest_entry(text, {all_dispositions()}) : std::string(); !nearest.empty()) {
        trouble(fmt::format("no receipt says {}; did you mean {}?", text, nearest));
        return could_not_run;
    }
    return std::nullopt;
}

/// What can be asked for: the sets of the release, and all codes.
std::string overview(grammar::Dictionary const& dictionary) {
    auto out = fmt::format("transaction sets of {}\n", dictionary.release());
    for (auto const& id : dictionary.sets())
        if (auto const* set = dictionary.set(id)) out += fmt::format("  {:4} {}\n", id, set->name);
    out += "\ncodes of findings\n";
    for (auto const& entry : all_codes())
        out += fmt::format("  {:13} {:7} {}\n", entry.code, to_string(entry.severity), entry.name);
    out += "\nwords in capitals of the gateway's log\n";
    for (auto const& alarm : all_alarms())
        out += fmt::format("  {}\n", alarm.word);
    out += "\nwords in small letters of the gateway's log\n";
    for (auto const& event : all_events())
        out += fmt::format("  {}\n", event.word);
    out += "\nwords of AS2 receipts\n";
    for (auto const& disposition : all_dispositions())
        out += fmt::format("  {}\n", disposition.word);
    return out + "\nand every segment (N1), element (N104, element 98), code (REF DP) and words of names (ship notice)\n";
}

bool is_number(std::string const& word) { return !word.empty() && std::ranges::all_of(word, [](unsigned char c) { return std::isdigit(c) != 0; }); }

std::optional<std::string> explain_element(grammar::Dictionary const& dictionary, std::string const& number) {
    auto text = grammar::explain_element(dictionary, number);
    if (text) *text += grammar::uses_of_element(dictionary, number);
    return text;
}

/// "850/PO1/N1[ST]" as "N1": the last part of a path, as findings name places.
std::string last_part(std::string const& path) {
    auto const part = path.substr(path.rfind('/') + 1);
    return part.substr(0, part.find('['));
}

/// One word that is a set, a segment, a composite, an element of a segment, or an element's number.
std::optional<std::string> explain_word(grammar::Dictionary const& dictionary, std::string const& word) {
    if (auto text = grammar::explain_set(dictionary, word)) {
        if (dictionary.element(word) != nullptr) *text += fmt::format("\n# There is an element {0} too: wharf explain element {0}\n", word);
        return text;
    }
    if (auto text = grammar::explain_segment(dictionary, word)) return *text + grammar::uses_of_segment(dictionary, word);
    if (word.starts_with('C') || is_number(word))
        if (auto text = explain_element(dictionary, word)) return text;
    return grammar::explain_place(dictionary, word);
}

/// "element 98", "segment N1", "set 850", or one word.
std::optional<std::string> explain_standard(grammar::Dictionary const& dictionary, std::vector<std::string> const& words) {
    if (words.size() == 1) return explain_word(dictionary, last_part(upper(words.front())));
    if (words.size() != 2) return std::nullopt;
    auto const kind = upper(words.front()), name = upper(words.back());
    if (kind == "ELEMENT" || kind == "COMPOSITE") return explain_element(dictionary, name);
    if (kind == "SEGMENT") return grammar::explain_segment(dictionary, name) ? explain_word(dictionary, name) : std::nullopt;
    if (kind == "SET") return grammar::explain_set(dictionary, name);
    return std::nullopt;
}

/// "REF DP", "REF01 DP", "128 DP", "element 128 DP".
std::optional<grammar::ExplainedCode> explain_code_of(grammar::Dictionary const& dictionary, std::vector<std::string> words) {
    if (words.size() == 3 && upper(words.front()) == "ELEMENT") words.erase(words.begin());
    if (words.size() != 2) return std::nullopt;
    auto const where = upper(words.front());
    return grammar::explain_code_at(dictionary, where.substr(where.rfind('/') + 1), upper(words.back()));
}

/// The first release that has it, when the one asked does not; empty: none has.
std::string release_with(grammar::Grammars const& grammars, std::vector<std::string> const& words) {
    for (auto const& release : grammars.releases())
        if (auto const dictionary = grammars.dictionary(release)) {
            auto const code = explain_code_of(*dictionary, words);
            if (explain_standard(*dictionary, words) || (code && code->is_known)) return std::string(release);
        }
    return {};
}

/// `explain 850 --guide FILE`: the set as the guide leaves it.
int explain_with_guide(ExplainCommand const& command, grammar::Grammars const& grammars) {
    auto const guide = grammar::load_guide(command.guide, grammars);
    if (!guide) {
        print_beside(guide.error());
        trouble(fmt::format("{} cannot be used", command.guide));
        return could_not_run;
    }
    if (!command.release.empty() && grammars.match_release(command.release).release != (*guide)->release()) {
        trouble(fmt::format("guide {} narrows release {}: leave --release {} out", (*guide)->name(), (*guide)->release(), command.release));
        return could_not_run;
    }
    if (command.words.size() != 1 || command.words.front() != (*guide)->set_id()) {
        trouble(fmt::format("guide {} is about set {}: wharf explain {} --guide {}", (*guide)->name(), (*guide)->set_id(),
                            (*guide)->set_id(), command.guide));
        return could_not_run;
    }
    return print(grammar::guide_for_people(**guide)) ? no_errors : could_not_run;
}

/// Nothing is called so: what else has it, what has the words in its name, what is spelt nearly so.
int nothing_called(std::vector<std::string> const& words, grammar::Dictionary const& dictionary, grammar::Grammars const& grammars) {
    auto const name = fmt::to_string(fmt::join(words, " "));
    if (auto const other = release_with(grammars, words); !other.empty()) {
        trouble(fmt::format("release {} has no {}, others have: wharf explain {} --release {}", dictionary.release(), name, name, other));
        return could_not_run;
    }
    if (auto const found = grammar::find_by_words(dictionary, words); !found.empty() && name.size() > 2)
        return print(fmt::format("with '{}' in their names in {}; wharf explain tells more about each\n\n{}", name, dictionary.release(), found)) ? no_errors : could_not_run;
    auto const nearest = words.size() == 1 ? nearest_word(upper(name), grammar::set_and_segment_ids(dictionary)) : std::string();
    trouble(fmt::format("release {} has nothing called '{}'{}; give a code (X12-0306), a segment (N1), an element of one (N104), a code of one (REF DP), a set (850), "
                        "`element 98`, or words of a name (ship notice)",
                        dictionary.release(), name, nearest.empty() ? std::string() : fmt::format(", did you mean {}?", nearest)));
    return could_not_run;
}

int explain_words(std::vector<std::string> const& words, grammar::Dictionary const& dictionary, grammar::Grammars const& grammars) {
    if (auto const text = explain_standard(dictionary, words)) return print(*text) ? no_errors : could_not_run;
    auto const code = explain_code_of(dictionary, words);
    if (code && code->is_known) return print(code->text) ? no_errors : could_not_run;
    auto const other = code ? release_with(grammars, words) : std::string();
    if (!code) return nothing_called(words, dictionary, grammars);
    trouble(code->text.substr(0, code->text.find_last_not_of(" \n") + 1) +
            (other.empty() ? std::string() : fmt::format(" Release {} has it: wharf explain {} --release {}", other, fmt::to_string(fmt::join(words, " ")), other)));
    return could_not_run;
}

} // namespace

int run(ExplainCommand const& command) {
    auto const word = command.words.empty() ? std::string() : upper(command.words.front());
    if (command.words.size() == 1 && looks_like_code(word)) return explain_code(word);
    if (command.release.empty() && command.guide.empty())
        if (auto const explained = explain_log_word(fmt::to_string(fmt::join(command.words, " ")))) return *explained;
    if (command.words.size() == 1 && looks_like_alarm(word)) return explain_alarm(word);

    auto const grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) {
        print_beside(grammars.error());
        trouble("the grammar files cannot be used");
        return could_not_run;
    }
    if (!command.guide.empty()) return explain_with_guide(command, **grammars);
    auto const asked = command.release.empty() ? std::string(default_release) : command.release;
    auto const match = (*grammars)->match_release(asked);
    if (!match.exact) {
        trouble(fmt::format("there is no grammar for release {}; the nearest is {}", asked, match.release));
        return could_not_run;
    }
    auto const dictionary = (*grammars)->dictionary(match.release);
    if (command.words.empty()) return print(overview(*dictionary)) ? no_errors : could_not_run;
    auto const result = explain_words(command.words, *dictionary, **grammars);
    auto const* const event = command.release.empty() && command.words.size() == 1 && may_be_segment(word) ? find_event(command.words.front()) : nullptr;
    if (result == no_errors && event && !print("\n# In the gateway's log\n" + page(*event))) return could_not_run;
    return result;
}

} // namespace wharf::cli
