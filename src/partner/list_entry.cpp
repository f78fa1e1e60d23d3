#include "partner/list_entry.hpp"

#include "partner/text_tree.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

namespace wharf::partner {
namespace {

std::optional<TreeNode> tree_of(std::string_view text) {
    Diagnostics findings;
    auto tree = parse_yaml(TextSource{"", std::string(text)}, findings);
    return has_errors(findings) ? std::nullopt : std::move(tree);
}

bool same(TreeNode const& left, TreeNode const& right) { // the parser limits the depth
    return left.kind == right.kind && left.text == right.text &&
           std::ranges::equal(left.items, right.items, same) &&
           std::ranges::equal(left.entries, right.entries,
                              [](TreeEntry const& one, TreeEntry const& other) { return one.key == other.key && same(one.value, other.value); });
}

/// Lines with their line ends.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        auto const end = text.find('\n');
        lines.emplace_back(text.substr(0, end == std::string_view::npos ? end : end + 1));
        text.remove_prefix(lines.back().size());
    }
    return lines;
}

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }
bool is_content(std::string_view line) {
    auto const first = line.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && line[first] != '#';
}

class Insertion {
public:
    Insertion(std::string_view text, std::string_view entry, std::string_view remark)
        : lines_(lines_of(text)), entry_(entry), remark_(remark.empty() ? "" : fmt::format(" # {}", remark)) {
        if (!lines_.empty() && !lines_.back().ends_with('\n')) lines_.back() += '\n';
        if (!lines_.empty() && lines_.front().ends_with("\r\n")) line_end_ = "\r\n";
    }

    /// A list of lines that begin with '-'.
    bool after_last_item(TreeNode const& list) {
        if (list.items.empty() || list.items.back().mark.line > lines_.size()) return false;
        std::size_t const at = list.items.back().mark.line - 1;
        auto const dash = lines_[at].find_last_of('-', list.items.back().mark.column - 1);
        if (dash == std::string::npos || lines_[at].find_first_not_of(' ') != dash) return false;
        insert(end_of_block(at, dash), fmt::format("{}- {}{}", std::string(dash, ' '), entry_, remark_));
        return true;
    }
    /// `[…]`, on one line or several.
    bool before_bracket(TreeNode const& list) {
        auto line = static_cast<std::size_t>(list.mark.line) - 1, column = static_cast<std::size_t>(list.mark.column) - 1;
        if (line >= lines_.size() || column >= lines_[line].size() || lines_[line][column] != '[') return false;
        unsigned depth = 0;
        char quote = '\0', last = '\0'; // the last character that is no blank
        for (; line < lines_.size(); ++line, column = 0)
            for (; column < lines_[line].size(); ++column) {
                char const c = lines_[line][column];
                if (quote != '\0') {
                    if (c == quote) quote = '\0';
                    else if (c == '\\' && quote == '"') ++column;
                } else if (c == '"' || c == '\'') quote = c;
                else if (c == '#' && (column == 0 || lines_[line][column - 1] == ' ')) break;
                else if (c == '[' || c == '{') ++depth;
                else if ((c == ']' || c == '}') && --depth == 0) {
                    auto const* const between = last == '[' || last == ',' ? (last == ',' ? " " : "") : ", ";
                    lines_[line].insert(column, between + entry_);
                    return true;
                }
                if (c > ' ') last = c;
            }
        return false;
    }
    /// `name:` without a list, as the last setting of a mapping.
    bool as_new_setting(TreeNode const& mapping, std::string_view name) {
        if (mapping.entries.empty()) return false;
        auto const& sibling = mapping.entries.back();
        std::size_t const at = sibling.mark.line - 1, column = sibling.mark.column - 1;
        if (at >= lines_.size() || lines_[at].find_first_not_of(' ') != column) return false; // {a: b}
        auto const place = end_of_block(at, column);
        insert(place, fmt::format("{}  - {}{}", std::string(column, ' '), entry_, remark_));
        insert(place, fmt::format("{}{}:", std::string(column, ' '), name));
        return true;
    }
    /// `name:` with nothing behind it.
    bool below_key(TreeEntry const& key) {
        std::size_t const at = key.mark.line - 1, column = key.mark.column - 1;
        if (at >= lines_.size() || lines_[at].find_first_not_of(' ') != column) return false;
        insert(at + 1, fmt::format("{}  - {}{}", std::string(column, ' '), entry_, remark_));
        return true;
    }
    [[nodiscard]] std::string text() const { return fmt::format("{}", fmt::join(lines_, "")); }

private:
    /// The line behind what begins on line `at` in `column`; comments and empty lines before the next thing belong to that.
    [[nodiscard]] std::size_t end_of_block(std::size_t at, std::size_t column) const {
        auto end = at + 1;
        for (auto line = end; line < lines_.size(); ++line) {
            if (!is_content(lines_[line])) continue;
            if (indent_of(lines_[line]) <= column) break;
            end = line + 1;
        }
        return end;
    }
    void insert(std::size_t at, std::string const& line) { lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(at), line + line_end_); }

    std::vector<std::string> lines_;
    std::string entry_, remark_, line_end_ = "\n";
};

bool insert(Insertion& insertion, TreeNode const& above, std::string const& name) {
    auto const key = std::ranges::find(above.entries, name, &TreeEntry::key);
    if (key == above.entries.end()) return insertion.as_new_setting(above, name);
    if (key->value.kind == TreeNode::Kind::empty) return insertion.below_key(*key);
    if (key->value.kind != TreeNode::Kind::list) return false;
    return insertion.before_bracket(key->value) || insertion.after_last_item(key->value);
}

} // namespace

Result<std::string> with_list_entry(std::string_view text, std::vector<std::string> const& path, std::string_view entry, std::string_view remark) {
    auto const by_hand = [&] {
        return invalid(fmt::format("the file is written in a way that nothing can be inserted into; write by hand, at the end of {}:\n    - {}",
                                   fmt::join(path, "."), entry));
    };
    auto before = tree_of(text);
    if (!before || path.empty()) return by_hand();
    auto const above_of = [&](TreeNode& root) {
        auto* node = &root;
        for (std::size_t i = 0; node && i + 1 < path.size(); ++i)
            node = const_cast<TreeNode*>(node->find(path[i]));
        return node;
    };
    auto* const above = above_of(*before);
    auto const item = tree_of(entry);
    if (!above || above->kind != TreeNode::Kind::mapping || !item) return by_hand();
    Insertion insertion(text, entry, remark);
    if (!insert(insertion, *above, path.back())) return by_hand();

    auto made = insertion.text();
    auto after = tree_of(made);
    auto* const found = after ? above_of(*after) : nullptr;
    auto const key = found ? std::ranges::find(found->entries, path.back(), &TreeEntry::key) : decltype(found->entries.begin()){};
    if (!found || key == found->entries.end() || key->value.items.empty() || !same(key->value.items.back(), *item)) return by_hand();
    // But for the new item all is as it was.
    key->value.items.pop_back();
    if (key->value.items.empty()) {
        auto const old = std::ranges::find(above->entries, path.back(), &TreeEntry::key);
        if (old == above->entries.end()) found->entries.erase(key);
        else key->value = old->value;
    }
    if (!same(*before, *after)) return by_hand();
    return made;
}

} // namespace wharf::partner
