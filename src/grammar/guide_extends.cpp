#include "grammar/guide_extends.hpp"

#include "base/file.hpp"
#include "base/limits.hpp"
#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

constexpr std::size_t max_chain = 8;

std::vector<std::string> guides_in(std::filesystem::path const& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end && names.size() < 1000;
         entry.increment(error))
        if (entry->path().extension() == ".guide") names.push_back(entry->path().stem().string());
    return names;
}

} // namespace

std::vector<std::shared_ptr<GuideFile>> read_guide_chain(std::string text, std::string file_name,
                                                         std::filesystem::path const& folder, GuideProblems& problems) {
    std::vector<std::shared_ptr<GuideFile>> files{read_guide_file(std::move(file_name), std::move(text), problems)};
    while (files.front()->extends) {
        auto const child = files.front(); // shared: `files` grows below
        auto const& row = *child->extends;
        std::string const name(row.id.text);
        for (auto const& file : files)
            if (file->title_name() == name) {
                auto& finding =
                    problems.add("GUIDE-0007", *child, row, row.id,
                                 fmt::format("{} extends itself{}", name,
                                             file == child ? "" : fmt::format(" by way of {}", child->title_name())),
                                 "a chain of guides must end with one that extends nothing");
                if (file != child && file->guide)
                    finding.related.push_back(
                        related_place({&file->name, file->guide->number, 1, 0}, "the same guide"));
                return {};
            }
        if (files.size() == max_chain) {
            problems.add("GUIDE-0007", *child, row, row.id,
                         fmt::format("more than {} guides extend each other", max_chain), "join some of them");
            return {};
        }
        auto const path = folder / (name + ".guide");
        auto parent = folder.empty() ? Result<std::string>(invalid("there is no folder to look in"))
                                     : read_file(path, limits::configuration_bytes);
        if (!parent) {
            auto const nearest = folder.empty() ? std::string() : nearest_word(name, guides_in(folder));
            problems.add("GUIDE-0006", *child, row, row.id,
                         fmt::format("guide {} cannot be read: {}", name, parent.error().message),
                         nearest.empty()
                             ? fmt::format("a guide that is extended stands beside this one, as {}.guide", name)
                             : fmt::format("did you mean {}?", nearest));
            return {};
        }
        auto file = read_guide_file(path.string(), std::move(*parent), problems);
        if (file->guide && file->guide->id.text != name) {
            problems
                .add("GUIDE-0006", *file, *file->guide, file->guide->id,
                     fmt::format("{}.guide calls itself {}", name, file->guide->id.text),
                     "the name of a guide is that of its file")
                .related.push_back(
                    related_place({&child->name, row.number, row.id.column, row.id.length}, "extended here"));
            return {};
        }
        files.insert(files.begin(), std::move(file));
    }
    return files;
}

} // namespace wharf::grammar
