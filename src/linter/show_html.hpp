// The page of `wharf show` as one HTML file that needs nothing else: no script, no font, no picture, no address.
//
//     page = html.begin("po.x12");  for (block) page += html.render(block);  page += html.end();
//
// A content security policy in the page forbids all that it does not hold; its one style sheet is named there by its SHA-256. All text
// is escaped, control characters are shown as pictures, and values stand apart from the direction of their neighbours. Headings,
// tables with scope and lists carry the structure. Keeps only what is open. One page, one thread.
#pragma once

#include "linter/show_model.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::linter {

/// Text fit for HTML content and quoted attributes, as UTF-8.
[[nodiscard]] std::string html_escaped(std::string_view text);

class ShowHtml {
public:
    [[nodiscard]] std::string begin(std::string_view title) const;
    [[nodiscard]] std::string render(ShownBlock const& block);
    /// `summary`: what was counted, in words.
    [[nodiscard]] std::string end(std::string_view summary);

private:
    enum class Open { file, interchange, group, set };
    void close_tree(std::string& out, std::size_t levels_left = 0);
    void close(std::string& out, Open outermost);
    void open(std::string& out, Open what);
    void level(std::string& out, ShownBlock const& block);

    std::vector<Open> open_;
    std::size_t levels_ = 0; // of the tree that is open
};

} // namespace wharf::linter
