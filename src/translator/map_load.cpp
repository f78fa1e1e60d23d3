#include "translator/map_load.hpp"

#include "translator/map_parser.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

constexpr unsigned chain_limit = 16; // of extends and include

void mark_shape(std::vector<Rule>& rules) {
    for (auto& rule : rules) {
        rule.in_shape = true;
        mark_shape(rule.rules);
    }
}

std::string shown(Rule const& rule) {
    if (rule.target == Rule::Target::none && !rule.sources.empty() && !rule.sources.front().alternatives.empty())
        return "- " + rule.sources.front().alternatives.front().text;
    return rule.path.text();
}

/// The same place in the map: the canonical path, or for "-" lines the external one.
bool same_place(Rule const& a, Rule const& b) {
    if (a.target != b.target) return false;
    if (a.target == Rule::Target::member) return a.path.same(b.path);
    return a.target == Rule::Target::none && shown(a) == shown(b);
}

bool directions_meet(Direction a, Direction b) {
    return a == b || a == Direction::both || b == Direction::both;
}

bool transparent(Rule const& rule) {
    return rule.target == Rule::Target::one_of || rule.target == Rule::Target::same_object;
}

struct Found {
    std::vector<Rule>* list;
    std::size_t index;
};

/// All lines of this place, also those inside `one of` and `.`, which stand in the same object.
void find_all(std::vector<Rule>& rules, Rule const& wanted, std::vector<Found>& found) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (same_place(rules[i], wanted))
            found.push_back({&rules, i});
        else if (transparent(rules[i]))
            find_all(rules[i].rules, wanted, found);
    }
}

void names_of(std::vector<Rule> const& rules, std::vector<std::string>& names) {
    for (auto const& rule : rules) {
        if (transparent(rule))
            names_of(rule.rules, names);
        else
            names.push_back(shown(rule));
    }
}

class Loader {
public:
    explicit Loader(MapSource const& source) : source_(source) {}

    bool load(std::string_view name, EffectiveMap& map, Origin const* from, std::uint32_t column, unsigned depth) {
        auto file = parse(name, from, column, depth);
        if (!file) return false;
        if (!file->extends.empty()) {
            if (!load(file->extends, map, &file->origin, column_of(file->origin, file->extends), depth + 1))
                return false;
            if (!file->document.empty()) {
                map.document = file->document;
                map.document_version = file->document_version;
            }
            if (!file->releases.empty()) map.releases = file->releases;
            if (!file->format.empty() && file->format != map.format)
                faults.push_back(map_diagnostic("MAP-0018", file->origin, 1,
                                                fmt::format("{} is a map of the format {}; it extends one of {}.",
                                                            file->name, file->format, map.format)));
            if (!file->set.empty() && file->set != map.set)
                faults.push_back(map_diagnostic(
                    "MAP-0018", file->origin, 1,
                    fmt::format("{} is a map of set {}; it extends a map of set {}.", file->name, file->set, map.set)));
            map.name = file->name;
            map.title = file->title.empty() ? map.title : file->title;
            map.origin = file->origin;
        } else {
            map.name = file->name;
            map.title = file->title;
            map.document = file->document;
            map.document_version = file->document_version;
            map.format = file->format;
            map.set = file->set;
            map.releases = file->releases;
            map.rules = std::move(file->rules);
            map.origin = file->origin;
        }
        for (auto const& [included, origin] : file->includes)
            include(included, map, origin, depth + 1);
        take_options(*file, map);
        take_shapes(*file, map);
        for (auto& row : file->table_rows)
            map.table_rows.push_back(std::move(row));
        apply(file->edits, map.rules, map);
        return true;
    }

    Diagnostics faults;

private:
    std::expected<MapFile, bool> parse(std::string_view name, Origin const* from, std::uint32_t column,
                                       unsigned depth) {
        auto const file = source_.map(name);
        Origin const here = from ? *from : Origin{std::string(name), 0, {}};
        if (!file) {
            faults.push_back(map_diagnostic("MAP-0004", here, column, fmt::format("There is no map `{}`.", name),
                                            did_you_mean(name, source_.maps())));
            return std::unexpected(false);
        }
        if (depth > chain_limit) {
            faults.push_back(map_diagnostic(
                "MAP-0004", here, column,
                fmt::format("`{}` leads back to itself, or its chain has more than {} files.", name, chain_limit)));
            return std::unexpected(false);
        }
        if (depth == 0) syntax_ = syntax_of(*file);
        auto parsed = parse_map(file->shown_name, file->text, syntax_);
        if (!parsed) {
            for (auto& fault : parsed.error())
                faults.push_back(std::move(fault));
            return std::unexpected(false);
        }
        return std::move(*parsed);
    }

    /// Of the map as a whole: the format of the file itself, else of what it extends.
    PathSyntax syntax_of(SourceFile file) const {
        for (unsigned i = 0; i < chain_limit; ++i) {
            auto const head = map_head(file.text);
            if (!head.format.empty()) return path_syntax(head.format);
            auto const base = head.extends.empty() ? std::nullopt : source_.map(head.extends);
            if (!base) break;
            file = *base;
        }
        return PathSyntax::segments;
    }

    static std::uint32_t column_of(Origin const& origin, std::string_view word) {
        auto const at = origin.text.find(word);
        return at == std::string::npos ? 1 : static_cast<std::uint32_t>(at + 1);
    }

    void include(std::string const& name, EffectiveMap& map, Origin const& origin, unsigned depth) {
        auto file = parse(name, &origin, column_of(origin, name), depth);
        if (!file) return;
        if (!file->rules.empty())
            faults.push_back(map_diagnostic(
                "MAP-0004", origin, 1,
                fmt::format("`{}` has lines outside shapes; an included file holds shapes only.", name)));
        for (auto const& [included, inner] : file->includes)
            include(included, map, inner, depth + 1);
        take_shapes(*file, map);
    }

    /// A later file's shape replaces an earlier one of its name.
    static void take_shapes(MapFile& file, EffectiveMap& map) {
        for (auto& shape : file.shapes) {
            mark_shape(shape.rules);
            map.shapes[shape.name] = std::move(shape);
        }
    }

    void miss(Edit const& edit, std::string message, std::vector<Rule> const& rules) {
        std::vector<std::string> names;
        names_of(rules, names);
        faults.push_back(map_diagnostic("MAP-0005", edit.origin, edit.rule.path.column, std::move(message),
                                        did_you_mean(shown(edit.rule), names)));
    }

    void apply(std::vector<Edit> const& edits, std::vector<Rule>& rules, EffectiveMap& map) {
        for (auto const& edit : edits)
            apply(edit, rules, map);
    }

    void apply(Edit const& edit, std::vector<Rule>& rules, EffectiveMap& map) {
        if (edit.kind == Edit::Kind::in_shape) {
            auto const shape = map.shapes.find(edit.shape);
            if (shape == map.shapes.end()) {
                std::vector<std::string> names;
                for (auto const& [name, unused] : map.shapes)
                    names.push_back(name);
                faults.push_back(map_diagnostic("MAP-0013", edit.origin, column_of(edit.origin, edit.shape),
                                                fmt::format("There is no shape `{}`.", edit.shape),
                                                did_you_mean(edit.shape, names)));
                return;
            }
            apply(edit.edits, shape->second.rules, map);
            mark_shape(shape->second.rules);
            return;
        }
        std::vector<Found> found;
        find_all(rules, edit.rule, found);
        switch (edit.kind) {
        case Edit::Kind::add:
            for (auto const& [list, index] : found) {
                if (directions_meet((*list)[index].direction, edit.rule.direction)) {
                    miss(edit,
                         fmt::format("`{}` is there already ({}).", shown(edit.rule),
                                     (*list)[index].origin().text_place()),
                         {});
                    faults.back().help = "Write `replace` to change it.";
                    return;
                }
            }
            rules.push_back(edit.rule);
            return;
        case Edit::Kind::replace: {
            // `replace … read …` takes the place of a line that reads, a two-way one included: what writes is then added
            std::erase_if(found, [&](Found const& at) {
                return !directions_meet((*at.list)[at.index].direction, edit.rule.direction);
            });
            if (found.empty()) {
                miss(edit, fmt::format("There is no line `{}` to replace.", shown(edit.rule)), rules);
                return;
            }
            auto replacement = edit.rule;
            for (auto const& [list, index] : found)
                for (auto const& origin : (*list)[index].origins)
                    replacement.origins.push_back(origin);
            for (std::size_t i = found.size(); i-- > 1;)
                found[i].list->erase(found[i].list->begin() + static_cast<std::ptrdiff_t>(found[i].index));
            (*found.front().list)[found.front().index] = std::move(replacement);
            return;
        }
        case Edit::Kind::remove:
            if (found.empty()) miss(edit, fmt::format("There is no line `{}` to remove.", shown(edit.rule)), rules);
            for (std::size_t i = found.size(); i-- > 0;)
                found[i].list->erase(found[i].list->begin() + static_cast<std::ptrdiff_t>(found[i].index));
            return;
        default:
            in_member(edit, found, rules, map);
        }
    }

    void in_member(Edit const& edit, std::vector<Found> const& found, std::vector<Rule> const& rules,
                   EffectiveMap& map) {
        if (found.empty()) {
            miss(edit, fmt::format("There is no block `{}`.", edit.rule.path.text()), rules);
            return;
        }
        for (auto const& [list, index] : found) {
            auto& rule = (*list)[index];
            std::string shape;
            for (auto& source : rule.sources) {
                if (!source.shape.empty() && !shape.empty() && source.shape != shape) {
                    miss(edit,
                         fmt::format("`{}` is read by two shapes, `{}` and `{}`.", edit.rule.path.text(), shape,
                                     source.shape),
                         {});
                    faults.back().help = fmt::format("Say which one is meant: in shape {}", shape);
                    return;
                }
                if (!source.shape.empty()) shape = source.shape;
            }
            if (!shape.empty()) { // this use of the shape gets lines of its own
                auto const definition = map.shapes.find(shape);
                if (definition == map.shapes.end()) continue; // reported by compile()
                rule.rules = definition->second.rules;
                for (auto& source : rule.sources)
                    source.shape.clear();
            }
            apply(edit.edits, rule.rules, map);
        }
    }

    /// Settings of the base's `format` line that an override of the same format does not name stay as they are.
    static void keep_settings(OptionLine const& base, OptionLine& line) {
        if (base.words.empty() || line.words.empty() || base.words.front().text != line.words.front().text) return;
        auto const own = line.words.size();
        if (own % 2 == 0) return; // a setting without its value, which the format will refuse
        for (std::size_t i = 1; i + 1 < base.words.size(); i += 2) {
            bool named = false;
            for (std::size_t at = 1; at < own; at += 2)
                named = named || line.words[at].text == base.words[i].text;
            if (!named) line.words.insert(line.words.end(), {base.words[i], base.words[i + 1]});
        }
    }

    /// A keyword's lines replace those of the base; of `format` its settings do, one by one.
    static void take_options(MapFile& file, EffectiveMap& map) {
        for (auto const& known : map.options)
            for (auto& line : file.options)
                if (line.keyword == "format" && known.keyword == "format") keep_settings(known, line);
        std::erase_if(map.options, [&](OptionLine const& known) {
            return std::any_of(file.options.begin(), file.options.end(),
                               [&](OptionLine const& line) { return line.keyword == known.keyword; });
        });
        for (auto& line : file.options)
            map.options.push_back(std::move(line));
    }

    MapSource const& source_;
    PathSyntax syntax_ = PathSyntax::segments;
};

} // namespace

std::expected<EffectiveMap, Diagnostics> load_map(MapSource const& source, std::string_view name) {
    Loader loader(source);
    EffectiveMap map;
    loader.load(name, map, nullptr, 0, 0);
    if (!loader.faults.empty()) return std::unexpected(std::move(loader.faults));
    return map;
}

} // namespace wharf::translator
