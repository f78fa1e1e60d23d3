// What looks at X12 without changing it: pages of show, and diff.
#include "linter/difference.hpp"
#include "linter/difference_render.hpp"
#include "linter/show.hpp"
#include "linter/show_html.hpp"
#include "linter/show_text.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <string>

namespace wharf::fuzz {
namespace {

grammar::SchemaCache& schemas() {
    static grammar::SchemaCache cache(grammar::Grammars::open().value());
    return cache;
}

bool has_control_characters(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; });
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
        ++found;
    return found;
}

} // namespace

void views(std::string_view input) {
    linter::ShowText text_page({.width = input.size() % 2 == 0 ? 100u : 40u}); // the replay's time counts
    linter::ShowHtml page;
    std::string text, html = page.begin("fuzz");
    (void)linter::show(byte_source_of(input), "fuzz", schemas(), {}, [&](linter::ShownBlock const& block) {
        text += text_page.render(block);
        html += page.render(block);
    });
    html += page.end("done");
    require(!has_control_characters(text), "no control character of the file is on the page");
    require(!has_control_characters(html), "no control character of the file is in the HTML");
    for (std::string_view const name : {"section", "article", "ul", "li", "table", "tr", "dl", "div", "p"})
        require(count(html, "<" + std::string(name) + ">") + count(html, "<" + std::string(name) + " ") == count(html, "</" + std::string(name) + ">"), "what is opened is closed");

    linter::DifferenceOptions options;
    options.envelope = true;
    options.exact = true;
    auto const same = linter::difference(byte_source_of(input), "a", byte_source_of(input), "b", schemas(), options);
    require(!same || same->equal(), "a file says what it says");
    if (input.size() % 4 != 0)
        return;
    auto const cut = linter::difference(byte_source_of(input), "a", byte_source_of(input.substr(0, input.size() / 2)), "b", schemas(), options);
    if (cut)
        require(!has_control_characters(linter::render_text(*cut)), "no control character of the file is in a difference");
}

} // namespace wharf::fuzz
