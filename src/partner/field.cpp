#include "partner/field.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace wharf::partner {
namespace {

std::string joined(std::vector<std::string> const& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string_view shape_of(TreeNode const& node) {
    switch (node.kind) {
    case TreeNode::Kind::empty:
        return "nothing";
    case TreeNode::Kind::scalar:
        return "a single value";
    case TreeNode::Kind::list:
        return "a list";
    case TreeNode::Kind::mapping:
        break;
    }
    return "a mapping";
}

/// True when the node is what the field wants; else a finding says what stands there.
bool has_kind(TreeNode const& node, TreeNode::Kind kind, std::string_view wanted, std::string_view name,
              Reader& reader) {
    if (node.kind == kind) return true;
    reader.report(node.mark, "PARTNER-0005", fmt::format("{} is {}; {} was expected", name, shape_of(node), wanted),
                  kind == TreeNode::Kind::list      ? "write one item per line, each with '- ' before it, or [a, b]"
                  : kind == TreeNode::Kind::mapping ? "write the settings below it, indented, as 'name: value'"
                                                    : "write the value on the same line");
    return false;
}

void read_scalar(Field const& field, void* object, TreeNode const& node, Reader& reader, std::string const& path) {
    if (!has_kind(node, TreeNode::Kind::scalar, "a single value", path, reader)) return;
    if (field.is_secret) {
        // The text may be the secret itself: it is neither repeated nor shown.
        if (auto const wrong = field.set(object, node.text, reader); !wrong.empty())
            reader.report(node.mark, "PARTNER-0008", fmt::format("{}: {}", path, wrong),
                          "put the secret into an environment variable or a file and refer to it: ${env:NAME} or "
                          "${file:path}; change a secret that was committed to git");
        else
            reader.origins[path] = {reader.source, node.mark, reader.note};
        return;
    }
    std::string wrong, help;
    if (!field.words.empty() && std::ranges::find(field.words, node.text) == field.words.end()) {
        wrong = fmt::format("it must be one of: {}", joined(field.words));
        if (auto const nearest = nearest_word(node.text, field.words); !nearest.empty())
            help = fmt::format("did you mean '{}'?", nearest);
    }
    if (wrong.empty() && field.check_text) wrong = field.check_text(node.text);
    if (wrong.empty()) wrong = field.set(object, node.text, reader);
    if (wrong.empty()) {
        reader.origins[path] = {reader.source, node.mark, reader.note};
        return;
    }
    if (help.empty() && !field.examples.empty()) help = fmt::format("for example: {}", field.examples.front());
    reader.report(node.mark, "PARTNER-0007", fmt::format("{} is '{}': {}", path, node.text, wrong), help, node.text);
}

void forget(Origins& origins, std::string const& path) {
    origins.erase(path);
    auto const items = path + "[";
    for (auto entry = origins.lower_bound(items); entry != origins.end() && entry->first.starts_with(items);)
        entry = origins.erase(entry);
}

void read_field(Field const& field, void* object, TreeNode const& node, Reader& reader, std::string const& path) {
    switch (field.shape) {
    case Field::Shape::scalar:
        read_scalar(field, object, node, reader, path);
        return;
    case Field::Shape::object:
        if (has_kind(node, TreeNode::Kind::mapping, "a mapping", path, reader)) {
            reader.origins[path] = {reader.source, node.mark, reader.note};
            read_object(*field.nested, field.member(object), node, reader, path);
        }
        return;
    case Field::Shape::raw: // the loader reads it
        (void)has_kind(node, TreeNode::Kind::mapping, "a mapping", path, reader);
        return;
    case Field::Shape::list:
    case Field::Shape::object_list:
        break;
    }
    if (!has_kind(node, TreeNode::Kind::list, "a list", path, reader)) return;
    field.clear(object);
    forget(reader.origins, path);
    reader.origins[path] = {reader.source, node.mark, reader.note};
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        auto const item_path = fmt::format("{}[{}]", path, i);
        if (field.shape == Field::Shape::list)
            read_scalar(field, object, node.items[i], reader, item_path);
        else if (has_kind(node.items[i], TreeNode::Kind::mapping, "a mapping", item_path, reader)) {
            reader.origins[item_path] = {reader.source, node.items[i].mark, reader.note};
            auto const complete = std::exchange(reader.complete, true); // an item is whole or wrong, in any layer
            read_object(*field.nested, field.append(object), node.items[i], reader, item_path);
            reader.complete = complete;
        }
    }
}

std::string joined_path(std::string const& path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

// --- settings in the wrong place ----------------------------------------------------------------------------------

/// A mapping of a file in which settings may stand.
struct Block {
    std::string path; // "pickup", "documents[].envelope"; empty: the file itself
    Declaration const* declaration;
    TreeNode const* node; // nullptr: this file does not have it
};

constexpr std::size_t most_blocks = 512; // declarations hold no circle; a wrong one shall not hang us

/// All of a file, outer ones first.
std::vector<Block> blocks_of(WholeFile const& file) {
    std::vector<Block> blocks;
    if (file.declaration) blocks.push_back({"", file.declaration, file.node});
    for (std::size_t i = 0; i < blocks.size() && blocks.size() < most_blocks; ++i)
        for (auto const& field : blocks[i].declaration->fields()) {
            if (!field.nested) continue;
            bool const is_list = field.shape == Field::Shape::object_list;
            auto const* const node = blocks[i].node ? blocks[i].node->find(field.name) : nullptr;
            auto path = joined_path(blocks[i].path, field.name) + (is_list ? "[]" : "");
            blocks.push_back({std::move(path), field.nested, node && is_list ? (node->items.empty() ? nullptr : &node->items.front()) : node});
        }
    return blocks;
}

/// "documents[0].envelope" as the path of its block: "documents[].envelope".
std::string without_numbers(std::string_view path) {
    std::string out;
    bool inside = false;
    for (char const c : path) {
        if (c == ']') inside = false;
        if (!inside) out += c;
        if (c == '[') inside = true;
    }
    return out;
}

/// "'pickup'", "'sftp' and 'ftps'", "the file itself"; empty: no other block has it. Those that the file has go before those below the
/// same setting of the file, and these before all others.
std::string home_of(std::string_view key, std::vector<Block> const& blocks, std::string_view own) {
    constexpr std::size_t most_named = 3;
    auto const outermost = [](std::string_view path) { return path.substr(0, path.find_first_of(".[")); };
    std::array<std::vector<std::string>, 3> found; // nearest first
    for (auto const& block : blocks)
        if (block.path != own && block.declaration->find(key))
            found[block.node ? 0 : outermost(block.path) == outermost(own) ? 1 : 2].push_back(block.path.empty() ? "the file itself" : fmt::format("'{}'", block.path));
    for (auto& names : found) {
        if (names.empty()) continue;
        if (names.size() > most_named) names.resize(most_named);
        return fmt::format("{}", fmt::join(names, " and "));
    }
    return {};
}

/// What somebody may have meant who wrote `key` into the block at `path`.
std::string help_for_unknown(Declaration const& declaration, std::string_view key, WholeFile const& file, std::string_view path) {
    std::vector<std::string> known;
    for (auto const& field : declaration.fields())
        known.push_back(field.name);
    auto const nearest = nearest_word(key, known);
    auto const blocks = blocks_of(file);
    auto const own = without_numbers(path);
    auto const home = home_of(key, blocks, own);
    if (!home.empty())
        return fmt::format("{}'{}' is a setting of {}; the indentation decides where it stands", nearest.empty() ? "" : fmt::format("did you mean '{}'? ", nearest), key, home);
    if (!nearest.empty()) return fmt::format("did you mean '{}'?", nearest);
    std::vector<std::string> others;
    for (auto const& block : blocks)
        if (block.node)
            for (auto const& field : block.declaration->fields())
                others.push_back(field.name);
    if (auto const other = nearest_word(key, others); !other.empty())
        return fmt::format("did you mean '{}', which is a setting of {}?", other, home_of(other, blocks, own));
    return fmt::format("the settings here are: {}", joined(known));
}

} // namespace

Field const* Declaration::find(std::string_view name) const {
    auto const found = std::ranges::find(fields_, name, &Field::name);
    return found == fields_.end() ? nullptr : &*found;
}

Field& Declaration::raw(std::string name, Declaration const& nested, std::string meaning) {
    Field field;
    field.name = std::move(name);
    field.meaning = std::move(meaning);
    field.shape = Field::Shape::raw;
    field.type = "mapping";
    field.nested = &nested;
    return push(std::move(field));
}

void read_object(Declaration const& declaration, void* object, TreeNode const& node, Reader& reader,
                 std::string const& path) {
    for (auto const& entry : node.entries) {
        auto const* const field = declaration.find(entry.key);
        if (field && field->is_by_loader) continue;
        if (field) {
            read_field(*field, object, entry.value, reader, joined_path(path, entry.key));
            continue;
        }
        reader.report(entry.mark, "PARTNER-0003", fmt::format("{} has no setting '{}'", declaration.name(), entry.key),
                      help_for_unknown(declaration, entry.key, reader.file, path), entry.key);
    }
    if (!reader.complete) return;
    for (auto const& field : declaration.fields()) {
        auto const field_path = joined_path(path, field.name);
        if (field.is_required && !node.find(field.name) && !reader.origins.contains(field_path))
            reader.report(
                node.mark, "PARTNER-0006", fmt::format("{} needs '{}'", declaration.name(), field.name),
                fmt::format("{}: {}{}", field.name, field.meaning,
                            field.examples.empty() ? "" : fmt::format("; for example {}", field.examples.front())));
    }
}

void read_item(Field const& list, void* item, TreeNode const& node, Reader& reader, std::string const& path) {
    reader.origins[path] = {reader.source, node.mark, reader.note};
    read_object(*list.nested, item, node, reader, path);
}

std::string to_string(Origin const& origin) {
    if (!origin.source) return origin.note;
    auto const place = fmt::format("{}:{}", origin.source->name, origin.mark.line);
    return origin.note.empty() ? place : fmt::format("{} ({})", place, origin.note);
}

void collect_effective(Declaration const& declaration, void const* object, Origins const& origins,
                       std::string const& path, std::vector<EffectiveValue>& out) {
    for (auto const& field : declaration.fields()) {
        auto const field_path = joined_path(path, field.name);
        auto const origin = origins.find(field_path);
        auto const source = origin == origins.end() ? std::string("default") : to_string(origin->second);
        switch (field.shape) {
        case Field::Shape::scalar:
            out.push_back({field_path, field.show(object).front(), source, field.meaning});
            break;
        case Field::Shape::list:
            out.push_back({field_path, joined(field.show(object)), source, field.meaning});
            break;
        case Field::Shape::object:
            collect_effective(*field.nested, field.member(const_cast<void*>(object)), origins, field_path, out);
            break;
        case Field::Shape::object_list: {
            auto const items = field.items(object);
            if (items.empty()) out.push_back({field_path, "", source, field.meaning});
            for (std::size_t i = 0; i < items.size(); ++i)
                collect_effective(*field.nested, items[i], origins, fmt::format("{}[{}]", field_path, i), out);
            break;
        }
        case Field::Shape::raw:
            break;
        }
    }
}

} // namespace wharf::partner
