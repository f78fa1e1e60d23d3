#include "grammar/guide.hpp"

#include "base/file.hpp"
#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "grammar/guide_effective.hpp"
#include "grammar/guide_extends.hpp"
#include "grammar/guide_resolve.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

using Files = std::vector<std::shared_ptr<GuideFile>>; // the oldest parent first

class LoadedGuide final : public Guide {
public:
    LoadedGuide(std::shared_ptr<Files const> files, NarrowedSet set, std::vector<std::string> answers,
                Diagnostics deviations)
        : files_(std::move(files)), set_(std::move(set)), answers_(std::move(answers)),
          deviations_(std::move(deviations)), name_(files_->back()->guide->id.text) {}

    [[nodiscard]] std::string const& name() const override { return name_; }
    [[nodiscard]] std::string const& title() const override { return files_->back()->guide->title; }
    [[nodiscard]] std::string const& set_id() const override { return set_.set->id; }
    [[nodiscard]] std::string const& release() const override { return set_.set->release; }
    [[nodiscard]] std::vector<std::string> const& answers() const override { return answers_; }
    [[nodiscard]] NarrowedSet const& narrowed() const override { return set_; }
    [[nodiscard]] Diagnostics const& deviations() const override { return deviations_; }
    [[nodiscard]] std::string effective_text() const override { return grammar::effective_text(*this); }

private:
    std::shared_ptr<Files const> files_;
    NarrowedSet set_;
    std::vector<std::string> answers_;
    Diagnostics deviations_;
    std::string name_;
};

/// The set that a chain narrows; nullptr when it cannot be told, which is reported.
SetDefinition const* narrowed_set_of(Files const& files, Grammars const& grammars,
                                     std::shared_ptr<Dictionary const>& dictionary, GuideProblems& problems) {
    GuideFile const* says = nullptr;
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
        if (!(*file)->narrows) continue;
        if (says == nullptr) {
            says = file->get();
            continue;
        }
        auto const& own = *says->narrows;
        auto const& parent = *(*file)->narrows;
        if (own.id.text == parent.id.text && own.words.front().text == parent.words.front().text) continue;
        problems
            .add("GUIDE-0007", *says, own, own.id,
                 fmt::format("this guide narrows {} of {}, the one it extends {} of {}", own.id.text,
                             own.words.front().text, parent.id.text, parent.words.front().text),
                 "both must narrow the same set; a guide that others of several sets extend has no `narrows`")
            .related.push_back(related_place({&(*file)->name, parent.number, parent.id.column, parent.id.length},
                                             "the guide it extends"));
        return nullptr;
    }
    if (says == nullptr) {
        problems.add("GUIDE-0052", files.back()->name,
                     "nothing says which set this guide narrows: only how it is written was checked",
                     "write: narrows 850 of 004010; a guide that others extend may go without, and is checked with each of "
                     "them");
        return nullptr;
    }
    auto const& row = *says->narrows;
    auto const& release = row.words.front();
    dictionary = grammars.dictionary(release.text);
    if (dictionary == nullptr) {
        problems.add("GUIDE-0005", *says, row, release, fmt::format("there is no release {}", release.text),
                     fmt::format("there are: {}", [&] {
                         std::string all;
                         for (auto const& name : grammars.releases())
                             all += (all.empty() ? "" : " ") + name;
                         return all;
                     }()));
        return nullptr;
    }
    auto const* set = dictionary->set(row.id.text);
    if (set == nullptr) {
        auto const nearest = nearest_word(row.id.text, dictionary->sets());
        problems.add("GUIDE-0005", *says, row, row.id,
                     fmt::format("release {} has no set {}", release.text, row.id.text),
                     nearest.empty() ? fmt::format("`wharf explain --release {}` lists its sets", release.text)
                                     : fmt::format("did you mean {}?", nearest));
    }
    return set;
}

std::vector<std::string> answers_of(Files const& files, SetDefinition const& set) {
    for (auto file = files.rbegin(); file != files.rend(); ++file)
        if ((*file)->answers) {
            std::vector<std::string> answers;
            for (auto const& word : (*file)->answers->words)
                answers.emplace_back(word.text);
            return answers;
        }
    return {set.release};
}

/// What the head says that is not wrong, but hardly meant.
void check_head(GuideFile const& file, SetDefinition const& set, Grammars const& grammars, bool is_file, GuideProblems& problems) {
    std::filesystem::path const path(file.name);
    if (is_file && file.guide && path.extension() == ".guide" && path.stem().string() != file.guide->id.text)
        problems.add("GUIDE-0054", file, *file.guide, file.guide->id, fmt::format("this guide is called {}, its file {}", file.guide->id.text, path.filename().string()),
                     "give both one name: findings name the guide, and `extends` looks for the file");
    if (!file.answers) return;
    for (auto const& word : file.answers->words) {
        auto const match = grammars.match_release(word.text);
        if (!match.exact || match.release == set.release) continue;
        auto const other = grammars.dictionary(match.release);
        if (other != nullptr && other->set(set.id) != nullptr)
            problems.add("GUIDE-0055", file, *file.answers, word,
                         fmt::format("sets of {} are checked by the rows of {}, though {} has a {} of its own", word.text, set.release, match.release, set.id),
                         fmt::format("write `narrows {} of {}`, unless the partner really sends the {} of {} under this release", set.id, match.release, set.id, set.release));
    }
}

std::expected<std::shared_ptr<Guide const>, Diagnostics> make(Files files, Grammars const& grammars, bool is_file,
                                                              GuideProblems problems) {
    std::shared_ptr<Dictionary const> dictionary;
    auto const* definition = files.empty() ? nullptr : narrowed_set_of(files, grammars, dictionary, problems);
    if (definition == nullptr) return std::unexpected(problems.take());
    auto set = as_it_is(*definition, dictionary);
    check_head(*files.back(), *definition, grammars, is_file, problems);
    bool has_parent = false;
    for (auto const& file : files) {
        auto const readable = problems.errors() == 0;
        resolve_rows(*file, set, grammars, has_parent, problems);
        if (readable) resolve_rules(*file, set, grammars, has_parent, problems);
        if (problems.errors() != 0 && file != files.back())
            break; // what a child says is held against what its parent says
        has_parent = true;
    }
    auto findings = problems.take();
    if (problems.errors() != 0) return std::unexpected(std::move(findings));
    number_places(set);
    auto answers = answers_of(files, *definition);
    auto const kept = std::make_shared<Files const>(std::move(files));
    set.guide_name = kept->back()->title_name();
    set.guide = kept;
    return std::make_shared<LoadedGuide const>(kept, std::move(set), std::move(answers), std::move(findings));
}

} // namespace

bool Guide::is_for(std::string_view set, std::string_view gs08) const {
    return set == set_id() && std::ranges::find(answers(), gs08) != answers().end();
}

std::expected<std::shared_ptr<Guide const>, Diagnostics> load_guide(std::filesystem::path const& path,
                                                                    Grammars const& grammars) {
    auto text = read_file(path, limits::configuration_bytes);
    if (!text) {
        GuideProblems problems;
        problems.add("GUIDE-0004", path.string(), text.error().message,
                     "give the path of a guide file, such as guides/harbour-850.guide");
        return std::unexpected(problems.take());
    }
    auto folder = path.parent_path();
    GuideProblems problems;
    auto files = read_guide_chain(*std::move(text), path.string(), folder.empty() ? std::filesystem::path(".") : folder, problems);
    return make(std::move(files), grammars, true, std::move(problems));
}

std::expected<std::shared_ptr<Guide const>, Diagnostics> read_guide(std::string_view text, std::string file_name,
                                                                    std::filesystem::path const& folder,
                                                                    Grammars const& grammars) {
    GuideProblems problems;
    auto files = read_guide_chain(std::string(text), std::move(file_name), folder, problems);
    return make(std::move(files), grammars, false, std::move(problems));
}

} // namespace wharf::grammar
