#include "linter/show_html.hpp"

#include "base/utf8.hpp"
#include "diagnostic/printable.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::linter {
namespace {

// Whoever changes a byte of it must change its hash below: base64 of the SHA-256 of what stands between <style> and </style>. A test compares the two.
constexpr std::string_view style = R"(
:root{color-scheme:light dark;--ink:#1c2430;--dim:#5a6675;--line:#c9d1da;--back:#fff;--band:#f3f6f9;--error:#a3121f;--warning:#7a4b00;--note:#0b5c7a}
@media (prefers-color-scheme:dark){:root{--ink:#e4e9ef;--dim:#a0acba;--line:#3d4854;--back:#14191f;--band:#1d242c;--error:#ff8d94;--warning:#f2bd66;--note:#7fcdea}}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.45 system-ui,sans-serif}
main{max-width:72rem;margin:0 auto;padding:1rem 1.25rem 3rem}
h1{font-size:1.5rem;overflow-wrap:anywhere}h2,h3{font-size:1.05rem;color:var(--dim)}h4{font-size:1.45rem;margin:.2rem 0 .6rem}h5{font-size:1.1rem;margin:1.2rem 0 .3rem}h6{font-size:1rem;margin:.9rem 0 .2rem}
article{border-top:3px solid var(--line);margin:1.5rem 0;padding-top:.8rem}
dl{display:grid;grid-template-columns:fit-content(18rem) 1fr;gap:.15rem 1.2rem;margin:.3rem 0}dt{grid-column:1;color:var(--dim)}dd{grid-column:2;margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;margin:.4rem 0 1rem;width:100%}
th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top;font-weight:normal}thead th{background:var(--band);color:var(--dim)}
.n{text-align:right;font-variant-numeric:tabular-nums}.w{overflow-x:auto}
.c{color:var(--dim);font-size:.85em}.l{color:var(--dim)}.s{color:var(--dim);font-size:.8em;font-weight:normal}
p{margin:.15rem 0;overflow-wrap:anywhere}.i1{margin-left:1.5rem}.i2{margin-left:3rem}.i3{margin-left:4.5rem}
ul.t,ul.t ul{list-style:none;margin:.2rem 0;padding-left:1.3rem;border-left:1px solid var(--line)}ul.t{border:0;padding:0}ul.t li{margin:.5rem 0}
.f{border-left:4px solid;padding:.1rem .6rem;margin:.3rem 0}.error{color:var(--error)}.warning{color:var(--warning)}.info{color:var(--note)}.h{color:var(--ink)}
footer,.e{color:var(--dim);font-size:.85em}
@media print{:root{color-scheme:light}body{font-size:10pt}main{max-width:none;padding:0}article{break-before:page}article:first-of-type{break-before:auto}tr,dl,li>p{break-inside:avoid}thead{display:table-header-group}h4,h5,h6{break-after:avoid}.w{overflow:visible}}
)";
constexpr std::string_view style_hash = "m8PWwjK8G531713T6EZQUoJh5M7vXXbkxFFFZ2UWRmI=";

constexpr std::string_view severity_words[] = {"error", "warning", "note"};
constexpr std::string_view severity_classes[] = {"error", "warning", "info"};

/// Code points that HTML does not take in any spelling.
bool is_noncharacter(std::string_view sequence) {
    if (sequence.size() == 3) {
        auto const code = (static_cast<unsigned char>(sequence[0]) & 0xfu) << 12 | (static_cast<unsigned char>(sequence[1]) & 0x3fu) << 6 |
                          (static_cast<unsigned char>(sequence[2]) & 0x3fu);
        return (code >= 0xfdd0 && code <= 0xfdef) || code >= 0xfffe;
    }
    return sequence.size() == 4 && (sequence[1] & 0xf) == 0xf && sequence[2] == '\xbf' && (sequence[3] == '\xbe' || sequence[3] == '\xbf');
}

std::string html(ShownWord const& word) {
    std::string out;
    if (!word.text.empty())
        out = word.date.empty() ? fmt::format("<bdi>{}</bdi>", html_escaped(word.text))
                                : fmt::format("<time datetime=\"{}\">{}</time>", html_escaped(word.date), html_escaped(word.text));
    if (!word.code.empty())
        out += fmt::format("{}<span class=\"c\">(<bdi>{}</bdi>)</span>", out.empty() ? "" : " ", html_escaped(word.code));
    return out;
}

std::string html(std::vector<ShownWord> const& words, std::string_view separator = " ") {
    std::string out;
    for (auto const& word : words)
        out.append(out.empty() ? std::string_view() : separator).append(html(word));
    return out;
}

void add_facts(std::string& out, std::vector<ShownFact> const& facts) {
    if (facts.empty())
        return;
    out += "<dl>\n";
    for (auto const& fact : facts) // a line without a label belongs to the one before; the first has a label of its own sort
        out += fmt::format("{}<dd>{}</dd>\n", fact.label.text.empty() && &fact != &facts.front() ? std::string() : fmt::format("<dt>{}</dt>", html(fact.label)),
                           html(fact.values, fact.separator));
    out += "</dl>\n";
}

void add_findings(std::string& out, std::vector<ShownFinding> const& findings) {
    for (auto const& finding : findings) {
        auto const kind = static_cast<std::size_t>(finding.severity);
        out += fmt::format("<p class=\"f {}\"><strong>{} {}</strong> {}", severity_classes[kind], severity_words[kind], html_escaped(finding.code),
                           html_escaped(finding.message));
        if (!finding.help.empty())
            out += fmt::format("<br><span class=\"h\">{}</span>", html_escaped(finding.help));
        out += "</p>\n";
    }
}

void add_lines(std::string& out, std::vector<ShownLine> const& lines) {
    for (auto const& line : lines) {
        std::string text;
        if (!line.title.text.empty() || !line.title.code.empty())
            text = fmt::format("<strong>{}</strong>{}", html(line.title), line.facts.empty() ? "" : ": ");
        for (auto const& fact : line.facts) {
            if (&fact != &line.facts.front())
                text += "; ";
            if (!fact.label.text.empty())
                text += fmt::format("<span class=\"l\">{}:</span> ", html(fact.label));
            text += html(fact.values, fact.separator);
        }
        if (!text.empty())
            out += line.indent == 0 ? fmt::format("<p>{}</p>\n", text) : fmt::format("<p class=\"i{}\">{}</p>\n", std::min(line.indent, 3u), text);
        add_findings(out, line.findings);
    }
}

void add_table(std::string& out, ShownBlock const& block) {
    if (block.rows.empty())
        return;
    auto const cell = [&](std::size_t i, std::vector<ShownWord> const& words) {
        auto const* const kind = block.columns[i].is_number ? " class=\"n\"" : "";
        return i == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", kind, html(words)) : fmt::format("<td{}>{}</td>", kind, html(words));
    };
    out += fmt::format("<div class=\"w\"><table aria-label=\"{}\">\n<thead><tr>", html_escaped(block.title.text));
    for (auto const& column : block.columns)
        out += fmt::format("<th scope=\"col\"{}>{}</th>", column.is_number ? " class=\"n\"" : "", html(column.label));
    if (block.columns.empty())
        out += "<th scope=\"col\"></th>";
    out += "</tr></thead>\n<tbody>\n";
    auto const span = std::max<std::size_t>(block.columns.size(), 1);
    for (auto const& row : block.rows) {
        if (!block.columns.empty()) {
            out += "<tr>";
            for (std::size_t i = 0; i < row.cells.size(); ++i)
                out += cell(i, row.cells[i]);
            out += "</tr>\n";
        }
        if (row.findings.empty() && row.more.empty())
            continue;
        out += fmt::format("<tr><td colspan=\"{}\">", span);
        add_findings(out, row.findings);
        add_lines(out, row.more);
        out += "</td></tr>\n";
    }
    out += "</tbody></table></div>\n";
}

void add_heading(std::string& out, unsigned level, ShownBlock const& block) {
    if (block.title.text.empty() && block.title.code.empty())
        return;
    out += fmt::format("<h{}>{}", level, html(block.title));
    if (!block.source.empty() && block.kind != ShownKind::section)
        out += fmt::format(" <span class=\"s\">{}</span>", html_escaped(block.source));
    out += fmt::format("</h{}>\n", level);
}

void add_content(std::string& out, ShownBlock const& block) {
    add_facts(out, block.facts);
    add_findings(out, block.findings);
    add_table(out, block);
    add_lines(out, block.lines);
}

} // namespace

std::string html_escaped(std::string_view text) {
    auto const clean = printable(text);
    std::string out;
    out.reserve(clean.size());
    for (std::size_t at = 0; at < clean.size();) {
        auto const length = std::max<std::size_t>(utf8_sequence_length(clean, at), 1);
        auto const sequence = std::string_view(clean).substr(at, length);
        at += length;
        switch (sequence.front()) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += is_noncharacter(sequence) ? "\xef\xbf\xbd" : sequence;
        }
    }
    return out;
}

std::string ShowHtml::begin(std::string_view title) const {
    return fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
                       "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
                       style_hash, html_escaped(title), style);
}

std::string ShowHtml::end(std::string_view summary) {
    std::string out;
    close(out, Open::file);
    return out + fmt::format("<footer><p>{}</p></footer>\n</main>\n</body>\n</html>\n", html_escaped(summary));
}

void ShowHtml::close_tree(std::string& out, std::size_t levels_left) {
    for (; levels_ > levels_left; --levels_)
        out += "</li></ul>\n";
}

/// Closes what is open from this kind inwards.
void ShowHtml::close(std::string& out, Open outermost) {
    close_tree(out);
    while (!open_.empty() && open_.back() >= outermost) {
        out += open_.back() == Open::set ? "</article>\n" : "</section>\n";
        open_.pop_back();
    }
}

void ShowHtml::open(std::string& out, Open what) {
    close(out, what);
    out += what == Open::set ? "<article>\n" : "<section>\n";
    open_.push_back(what);
}

/// A level is an item of a list; the levels below it are a list inside that item.
void ShowHtml::level(std::string& out, ShownBlock const& block) {
    auto const depth = std::min<std::size_t>(block.depth, levels_ + 1);
    close_tree(out, depth);
    if (levels_ == depth) {
        out += "</li>\n<li>";
    } else {
        out += levels_ == 0 ? "<ul class=\"t\">\n<li>" : "<ul>\n<li>";
        ++levels_;
    }
    out += fmt::format("<p><strong>{}</strong> <span class=\"s\">{}</span></p>\n", html(block.title), html_escaped(block.source));
    add_findings(out, block.findings);
    add_lines(out, block.lines);
}

std::string ShowHtml::render(ShownBlock const& block) {
    std::string out;
    switch (block.kind) {
    case ShownKind::level:
        level(out, block);
        return out;
    case ShownKind::section:
        close_tree(out);
        add_heading(out, std::min(5 + (block.depth > 0 ? block.depth - 1 : 0), 6u), block);
        break;
    case ShownKind::trailer:
        if (block.depth == 3)
            close_tree(out);
        else
            close(out, block.depth == 2 ? Open::set : Open::group);
        out += "<div class=\"e\">\n";
        add_lines(out, {{0, block.title, block.facts, block.findings}});
        return out + "</div>\n";
    default: {
        auto const kind = static_cast<Open>(block.kind); // the first four are in the same order
        open(out, kind);
        add_heading(out, static_cast<unsigned>(kind) + 1, block);
    }
    }
    add_content(out, block);
    return out;
}

} // namespace wharf::linter
