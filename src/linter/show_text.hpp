// The page of `wharf show` as text for a terminal, block by block.
//
// Control characters from the file never get through (diagnostic/printable.hpp). Lines keep to the width, but for words longer than
// it; tables that do not fit become lists. Keeps only where it is in a tree. One page, one thread.
#pragma once

#include "diagnostic/render.hpp"
#include "linter/show_model.hpp"

#include <string>
#include <vector>

namespace wharf::linter {

class ShowText {
public:
    explicit ShowText(TextStyle style);

    /// The block as text that ends with a line end.
    [[nodiscard]] std::string render(ShownBlock const& block);

private:
    [[nodiscard]] std::string tree_prefix(ShownBlock const& block, bool is_title) const;

    TextStyle style_;
    std::vector<char> more_; // by level of the tree: something stands beside it further down
};

} // namespace wharf::linter
