#include "tools/wharf/load_guides.hpp"

#include "tools/wharf/output.hpp"

#include <fmt/format.h>

namespace wharf::cli {

bool load_guides(std::vector<std::filesystem::path> const& paths, grammar::Grammars const& grammars,
                 std::vector<std::shared_ptr<grammar::Guide const>>& guides) {
    for (auto const& path : paths) {
        auto guide = grammar::load_guide(path, grammars);
        if (!guide) {
            print_beside(guide.error());
            trouble(fmt::format("the guide {} cannot be used", path.string()));
            return false;
        }
        guides.push_back(*std::move(guide));
    }
    return true;
}

} // namespace wharf::cli
