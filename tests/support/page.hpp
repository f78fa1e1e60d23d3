// A file as `wharf show` prints it, for tests.
#pragma once

#include "linter/show.hpp"
#include "linter/show_html.hpp"
#include "linter/show_text.hpp"
#include "support/schemas.hpp"

#include <string>
#include <string_view>

namespace wharf::test {

[[nodiscard]] inline std::string page_as_text(std::string_view x12, unsigned width = 100, grammar::InterchangeReaderOptions const& options = {}, bool colour = false) {
    linter::ShowText page({colour, width});
    std::string text;
    (void)linter::show(byte_source_of(x12), "po.x12", schemas(), options, [&](linter::ShownBlock const& block) { text += page.render(block); });
    return text;
}

[[nodiscard]] inline std::string page_as_html(std::string_view x12, grammar::InterchangeReaderOptions const& options = {}) {
    linter::ShowHtml page;
    auto html = page.begin("po.x12");
    (void)linter::show(byte_source_of(x12), "po.x12", schemas(), options, [&](linter::ShownBlock const& block) { html += page.render(block); });
    return html + page.end("done");
}

/// The text of an HTML page: tags taken out, the entities we write resolved.
[[nodiscard]] inline std::string text_of_html(std::string_view html) {
    static constexpr std::pair<std::string_view, char> entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    std::string text;
    while (!html.empty()) {
        if (html.front() == '<') {
            html.remove_prefix(std::min(html.find('>'), html.size() - 1) + 1);
            continue;
        }
        char next = html.front();
        std::size_t length = 1;
        for (auto const& [entity, stands_for] : entities)
            if (html.starts_with(entity)) {
                next = stands_for;
                length = entity.size();
            }
        text += next;
        html.remove_prefix(length);
    }
    return text;
}

} // namespace wharf::test
