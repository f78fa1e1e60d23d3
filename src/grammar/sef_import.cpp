#include "grammar/sef_import.hpp"

#include "base/nearest.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/guide.hpp"
#include "grammar/guide_line.hpp"
#include "grammar/sef_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

constexpr unsigned max_rounds = 50; // of writing, checking and leaving out what the check refuses

/// The guide's text and what each of its lines came from.
struct Written {
    struct Source {
        SefLine* line = nullptr;
        std::vector<SefLine>* owner = nullptr;
    };
    std::string text;
    std::vector<Source> lines; // by number, from 0
};

void flatten(std::vector<SefLine>& rows, std::size_t depth, Written& out) {
    for (auto& row : rows) {
        out.text.append(2 * depth, ' ');
        out.text += row.text + '\n';
        out.lines.push_back({&row, &rows});
        flatten(row.rows, depth + 1, out);
    }
}

std::string small_letters(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        auto const good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (good && !(out.empty() && (c == '-' || c == '_'))) out += c;
        else if (!good && !out.empty() && out.back() != '-') out += '-';
    }
    while (out.ends_with('-')) out.pop_back();
    return out;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        auto const cut = std::min(text.find(' '), text.size());
        if (cut > 0) words.push_back(text.substr(0, cut));
        text.remove_prefix(std::min(cut + 1, text.size()));
    }
    return words;
}

class Importer {
public:
    Importer(SefFile const& file, Grammars const& grammars, SefOptions const& options, SefFindings& findings, SefImport& result)
        : file_(file), grammars_(grammars), options_(options), findings_(findings), result_(result) {}

    void run() {
        tell_about_the_file();
        if (!read_head()) return;
        auto const* set = choose_set();
        if (set == nullptr) return;
        auto const dictionary = grammars_.dictionary(result_.release);
        auto const* definition = dictionary->set(set->id);
        if (definition == nullptr) {
            findings_.add("SEF-0007", file_.text.place(set->at), fmt::format("there is no transaction set {} in {}", file_.text.readable(set->id), result_.release),
                          fmt::format("{} has {}", result_.release, fmt::join(dictionary->sets(), " ")));
            return;
        }
        result_.set = definition->id;
        SefSetView const view(file_, *set, *definition, *dictionary, findings_);
        SefTally tally;
        SefNotes const notes(view);
        auto const rules = rule_lines(view, tally);
        write_areas(view, notes, rules, tally);
        if (tally.marks > 0)
            findings_.add("SEF-0014", file_.text.place(tally.marks_at),
                          fmt::format("{} marked as recommended, not recommended or dependent; the guide has that as notes, which no data is checked against", tally.marks == 1 ? "one place is" : fmt::format("{} places are", tally.marks)));
        head(notes);
        check_and_mend();
    }

private:
    void tell_about_the_file() {
        if (file_.text.private_lines > 0)
            findings_.add("SEF-0015", file_.text.private_place, fmt::format("{} lines between .PRIVATE and .PUBLIC were not read; they are meant for one program only", file_.text.private_lines));
        if (!file_.text.is_utf8)
            findings_.add("SEF-0016", {1, 1}, "the file has bytes that are not UTF-8; they were read as Windows-1252");
        if (!file_.version.empty() && file_.version != "1.6" && file_.version != "1.5" && file_.version != "1.4" && file_.version != "1.3" && file_.version != "1.0")
            findings_.add("SEF-0003", {1, 1}, fmt::format("version {} of SEF is not known; it was read as 1.6", file_.version));
    }

    bool read_head() {
        auto const place = file_.head_at == nullptr ? SefPlace{1, 1} : file_.text.place(file_.head_at);
        if (file_.head_at == nullptr && options_.release.empty()) {
            findings_.add("SEF-0006", place, "the file has no .INI, so its release is not known", "say it with --release");
            return false;
        }
        if (!file_.agency.empty() && file_.agency != "X" && file_.agency != "T") {
            auto const whose = file_.agency == "UN" ? " (UN/EDIFACT)" : file_.agency == "TD" ? " (TRADACOMS)" : file_.agency == "GC" ? " (GENCOD)" : "";
            findings_.add("SEF-0005", place, fmt::format("the guideline is for agency {}{}; only those for X (ASC X12) can be imported", file_.text.readable(file_.agency), whose));
            return false;
        }
        auto const words = words_of(file_.release);
        std::string said;
        for (std::size_t i = 0; i < words.size() && said.size() < 6; ++i) said += words[i];
        auto const wanted = options_.release.empty() ? said : options_.release;
        auto const match = grammars_.match_release(wanted);
        if (wanted.empty() || !match.exact) {
            findings_.add("SEF-0006", place, wanted.empty() ? std::string("the file does not say its release") : fmt::format("there is no grammar for release {}", file_.text.readable(wanted)),
                          fmt::format("choose one with --release{}", wanted.empty() ? std::string() : fmt::format(", such as {}, the nearest", match.release)));
            return false;
        }
        result_.release = match.release;
        if (words.size() > 2) industry_ = words[2];
        return true;
    }

    SefSet const* choose_set() {
        std::vector<std::string> ids;
        for (auto const& set : file_.sets) ids.push_back(file_.text.readable(set.id));
        if (ids.empty()) {
            findings_.add("SEF-0007", {1, 1}, "no transaction set could be read from the file");
            return nullptr;
        }
        if (options_.set.empty() && file_.sets.size() == 1) return &file_.sets.front();
        if (options_.set.empty()) {
            findings_.add("SEF-0007", file_.text.place(file_.sets[1].at), fmt::format("the file has {} transaction sets: {}", ids.size(), fmt::join(ids, " ")), "say with --set which one; a guide is for one");
            return nullptr;
        }
        auto const found = std::ranges::find(file_.sets, std::string_view(options_.set), &SefSet::id);
        if (found != file_.sets.end()) return &*found;
        findings_.add("SEF-0007", file_.text.place(file_.sets.front().at), fmt::format("the file has no transaction set {}; it has {}", options_.set, fmt::join(ids, " ")));
        return nullptr;
    }

    void head(SefNotes const& notes) {
        auto title = file_.text.readable(file_.title);
        if (title.empty()) title = notes.title();
        if (title.empty()) title = fmt::format("{} of {}", result_.set, result_.release);
        if (title.size() > 200) title = title.substr(0, 200);
        result_.name = options_.name.empty() ? small_letters(file_.text.readable(file_.name)) : options_.name;
        if (result_.name.empty()) result_.name = fmt::format("sef-{}", result_.set);
        head_ = fmt::format("# Imported from {} by wharf guide import.\n", findings_.file());
        for (auto const& note : notes.set_notes()) comment(note);
        head_ += fmt::format("guide {} {}\nnarrows {} of {}\n", result_.name, guide_quoted(title), result_.set, result_.release);
        auto const plain = !industry_.empty() && std::ranges::all_of(industry_, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
        if (plain) head_ += fmt::format("answers {} {}{}\n", result_.release, result_.release, industry_);
    }

    void comment(std::string_view text) {
        std::string line = "#";
        for (auto const& word : words_of(text)) {
            if (line.size() + word.size() > 120) {
                head_ += line + '\n';
                line = "#";
            }
            line += ' ';
            line += word;
        }
        if (line.size() > 1) head_ += line + '\n';
    }

    // ---- rows

    void write_areas(SefSetView const& view, SefNotes const& notes, SefRuleLines const& rules, SefTally& tally) {
        for (auto const area : {Area::heading, Area::detail, Area::summary}) {
            SefLine block{area == Area::heading ? "heading" : area == Area::detail ? "detail" : "summary", nullptr, {}};
            block.rows = rows_of(view, view.rows(), area, notes, rules, tally);
            if (auto const found = rules.of_area.find(area); found != rules.of_area.end()) std::ranges::copy(found->second, std::back_inserter(block.rows));
            if (!block.rows.empty()) areas_.push_back(std::move(block));
        }
    }

    std::vector<SefLine> rows_of(SefSetView const& view, std::vector<SefRow*> const& rows, std::optional<Area> area, SefNotes const& notes, SefRuleLines const& rules, SefTally& tally) {
        std::vector<SefLine> lines;
        SefLine levels{"levels HL", nullptr, {}};
        for (auto const* row : rows) {
            if (area && row->area != *area) continue;
            auto const is_level = !row->level.empty() && row->level != "*";
            auto line = row_line(view, *row, notes, rules, tally);
            if (is_level) levels.rows.push_back(level_line(view, *row));
            if (is_level && levels.rows.size() == 1) lines.push_back(levels);
            if (line.text.empty()) continue;
            lines.push_back(std::move(line));
        }
        for (auto& line : lines)
            if (line.text == levels.text) line.rows = levels.rows;
        return lines;
    }

    static SefLine level_line(SefSetView const& view, SefRow const& row) {
        std::string name = "Level " + row.level;
        if (auto const* codes = view.dictionary.codes("735"))
            if (auto const meaning = codes->find(row.level); meaning && !meaning->empty()) name = *meaning;
        auto text = fmt::format("{} {}  {} {}", row.level, guide_quoted(name), row.use == Use::must || row.under.empty() ? "M" : "O", row.item->loop_max == 1 ? "1" : ">1");
        if (!row.under.empty()) text += fmt::format("  under {}", fmt::join(row.under, " "));
        return {std::move(text), row.item->use.at, {}};
    }

    SefLine row_line(SefSetView const& view, SefRow const& row, SefNotes const& notes, SefRuleLines const& rules, SefTally& tally) {
        auto const* at = row.item == nullptr ? view.set.at : row.item->use.at;
        auto const conditional = rules.conditional_rows.contains(&row);
        auto const use = conditional && row.use == Use::must_not ? Use::may : row.use;
        auto const is_level = !row.level.empty() && row.level != "*";
        auto const of_envelope = row.parent == nullptr && (row.segment() == "ST" || row.segment() == "SE");
        SefLine line{is_level ? fmt::format("level {}", row.level) : row_head(row), at, {}};
        if (!is_level) {
            line.text += fmt::format("  {}", use == Use::must ? "M" : use == Use::may ? "O" : "-");
            if (use == Use::must_not) return line;
            line.text += count_of(view, row);
            if (auto const name = notes.name(row); !name.empty()) line.text += name_cell(view, row, name);
        }
        auto const words = row.item == nullptr ? std::string_view() : mark_words(row.item->use.mark);
        if (!words.empty()) tally.mark(at);
        if (auto const note = joined_notes(words, notes.note(row)); !note.empty()) line.rows.push_back({fmt::format("note {}", guide_quoted(note)), at, {}});
        static std::set<std::pair<std::uint32_t, std::uint32_t>> const none;
        auto const found = rules.conditional_elements.find(&row);
        for (auto& element : element_lines(view, notes, row, found == rules.conditional_elements.end() ? none : found->second, tally)) line.rows.push_back(std::move(element));
        if (auto const of_row = rules.of_row.find(&row); of_row != rules.of_row.end()) std::ranges::copy(of_row->second, std::back_inserter(line.rows));
        for (auto& inner : rows_of(view, row.rows, std::nullopt, notes, rules, tally)) line.rows.push_back(std::move(inner));
        if ((is_level || of_envelope) && line.rows.empty()) line.text.clear();
        return line;
    }

    static std::string row_head(SefRow const& row) {
        auto text = fmt::format("{}{}{}", row.row == nullptr ? "beyond " : "", row.is_loop() ? "loop " : "", row.segment());
        if (row.number > 1) text += fmt::format("#{}", row.number);
        std::string codes;
        for (auto const& code : row.qualifiers) codes += (codes.empty() ? "" : ",") + guide_value(code);
        return codes.empty() ? text : fmt::format("{} [{}]", text, codes);
    }

    static std::string name_cell(SefSetView const& view, SefRow const& row, std::string const& name) {
        auto const* segment = view.dictionary.segment(row.segment());
        return segment != nullptr && segment->name == name ? std::string() : fmt::format("  {}", guide_quoted(name));
    }

    static std::string count_of(SefSetView const& view, SefRow const& row) {
        if (row.level == "*" || row.item == nullptr || row.item->is_loop != row.is_loop()) return {};
        auto const max = row.item->is_loop ? row.item->loop_max : row.item->use.max.value_or(1);
        auto const text = max == 0 ? std::string(">1") : std::to_string(max);
        if (row.row == nullptr || row.row->max == 0 || (max != 0 && max <= row.row->max)) return ' ' + text;
        view.report("SEF-0011", row.item->use.at,
                    fmt::format("{} may stand {} here, {} in {} of {}; the guide allows it with `beyond`", row.segment(), max == 0 ? "any number of times" : fmt::format("{} times", max),
                                row.row->max == 1 ? "once" : fmt::format("{} times", row.row->max), view.definition.id, view.definition.release));
        return " beyond " + text;
    }

    // ---- the check of the guide has the last word

    void check_and_mend() {
        for (unsigned round = 0; round < max_rounds; ++round) {
            Written written;
            written.text = head_;
            auto const lines_before = static_cast<std::size_t>(std::ranges::count(head_, '\n'));
            written.lines.resize(lines_before);
            flatten(areas_, 0, written);
            auto const guide = read_guide(written.text, result_.name + ".guide", {}, grammars_);
            if (guide || (guide.error().size() == 1 && guide.error().front().code == "GUIDE-0052")) {
                result_.guide = std::move(written.text);
                return;
            }
            if (!leave_out(guide.error(), written)) break;
        }
        findings_.add("SEF-0017", {1, 1}, "no guide could be made of this file that its own check accepts", "please report it, with the file if you may");
    }

    bool leave_out(Diagnostics const& faults, Written const& written) {
        std::set<std::size_t, std::greater<>> numbers; // from the last on: a line owns those below it
        for (auto const& fault : faults) {
            if (fault.severity != Severity::error || fault.place.line == 0 || fault.place.line > written.lines.size()) continue;
            auto const number = fault.place.line - 1;
            auto const& source = written.lines[number];
            if (source.line == nullptr || !numbers.insert(number).second) continue;
            auto const place = source.line->at == nullptr ? SefPlace{1, 1} : file_.text.place(source.line->at);
            findings_.add("SEF-0010", place, fmt::format("`{}` is left out of the guide: {}", source.line->text.substr(0, 200), fault.message));
        }
        for (auto const number : numbers) {
            auto const& source = written.lines[number];
            auto const at = static_cast<std::size_t>(source.line - source.owner->data());
            source.owner->erase(source.owner->begin() + static_cast<std::ptrdiff_t>(at));
        }
        std::erase_if(areas_, [](SefLine const& area) { return area.rows.empty(); });
        return !numbers.empty();
    }

    SefFile const& file_;
    Grammars const& grammars_;
    SefOptions const& options_;
    SefFindings& findings_;
    SefImport& result_;
    std::string_view industry_;
    std::string head_;
    std::vector<SefLine> areas_;
};

bool earlier(Diagnostic const& a, Diagnostic const& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
}

} // namespace

SefImport import_sef(std::string bytes, std::string const& file_name, Grammars const& grammars, SefOptions const& options) {
    SefImport result;
    SefFindings findings(file_name);
    if (auto const file = read_sef(std::move(bytes), findings)) Importer(*file, grammars, options, findings, result).run();
    result.report = findings.take();
    std::ranges::stable_sort(result.report, earlier);
    return result;
}

} // namespace wharf::grammar
