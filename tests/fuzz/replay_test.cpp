// Every file of corpus/ and crashes/ goes through its target; so does every prefix of the small ones.
#include "tests/fuzz/targets.hpp"

#include "base/file.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace wharf::fuzz {
namespace {

std::vector<std::filesystem::path> inputs(Target const& target) {
    std::vector<std::filesystem::path> files;
    auto const root = std::filesystem::path(WHARF_SOURCE_DIR) / "tests/fuzz";
    for (auto const& place : {root / "corpus" / target.corpus, root / "crashes" / target.name}) {
        if (std::filesystem::is_directory(place))
            for (auto const& entry : std::filesystem::directory_iterator(place))
                if (entry.is_regular_file() && entry.path().filename() != ".gitkeep") files.push_back(entry.path());
    }
    return files;
}

class Replay : public testing::TestWithParam<Target> {};

TEST_P(Replay, ComesBackFromEverything) {
    auto const files = inputs(GetParam());
    ASSERT_FALSE(files.empty()) << "no corpus";
    for (auto const& file : files) {
        SCOPED_TRACE(file.string());
        auto const text = read_file(file, 1 << 24);
        ASSERT_TRUE(text) << text.error().message;
        GetParam().run(*text);
        if (text->size() <= 2000)
            for (std::size_t end = 0; end < text->size(); ++end)
                GetParam().run(std::string_view(*text).substr(0, end));
    }
    GetParam().run("");
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, testing::ValuesIn(targets),
                         [](auto const& tested) { return std::string(tested.param.name); });

} // namespace
} // namespace wharf::fuzz
