// What a published schema may not do without a new version.
//
// Documents travel both ways: an ERP reads what we write and we read what it writes. So a field may neither go nor
// change, what was required stays required and nothing else becomes so, and no text that was allowed is refused or the
// other way round. A new optional field is no break, nor are words about fields.
#pragma once

#include "syntax/json/value.hpp"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace wharf::test {

/// A schema file with the definitions its references lead to.
struct SchemaFile {
    json::Value const* root = nullptr;
    json::Value const* common = nullptr;
};

namespace detail {

using json::Value;

class Comparison {
public:
    Comparison(SchemaFile const& published, SchemaFile const& now) : published_(published), now_(now) {}

    std::vector<std::string> run() {
        compare(*published_.root, *now_.root, "");
        return std::move(breaks_);
    }

private:
    /// Behind a reference, into the file it leads to.
    static Value const* resolved(SchemaFile const& file, Value const& schema) {
        auto const* reference = schema.find("$ref");
        if (!reference) return &schema;
        auto const name = reference->text().substr(reference->text().rfind('/') + 1);
        auto const* definitions = file.common ? file.common->find("definitions") : nullptr;
        return definitions ? definitions->find(name) : nullptr;
    }

    void say(std::string_view place, std::string_view what) {
        breaks_.push_back(fmt::format("{} {}", place.empty() ? "the document" : place, what));
    }

    static std::set<std::string> words(Value const& schema, std::string_view keyword) {
        std::set<std::string> found;
        if (auto const* list = schema.find(keyword))
            for (auto const& item : list->items())
                found.insert(item.text());
        return found;
    }

    void compare(Value const& before_, Value const& after_, std::string const& place) {
        auto const* before = resolved(published_, before_);
        auto const* after = resolved(now_, after_);
        if (!before || !after) return say(place, "refers to a definition that does not exist");
        if (!compared_.emplace(before, after).second) return; // definitions may refer to themselves
        for (auto const* keyword : {"type", "pattern", "const", "minLength", "maxLength", "minItems",
                                    "additionalProperties", "x-derived", "x-unit"})
            compare_keyword(*before, *after, keyword, place);
        if (words(*before, "enum") != words(*after, "enum")) say(place, "allows other words (enum)");
        compare_required(*before, *after, place);
        if (auto const* members = before->find("properties"))
            compare_members(*members, after->find("properties"), place);
        auto const* items = before->find("items");
        auto const* items_now = after->find("items");
        if (items && items_now) compare(*items, *items_now, place + "[]");
    }

    void compare_keyword(Value const& before, Value const& after, std::string_view keyword, std::string_view place) {
        auto const* was = before.find(keyword);
        auto const* is = after.find(keyword);
        if (!was && !is) return;
        if (was && is && *was == *is) return;
        say(place, fmt::format("says another `{}`: {} before, {} now", keyword, was ? json::to_text(*was) : "nothing",
                               is ? json::to_text(*is) : "nothing"));
    }

    void compare_required(Value const& before, Value const& after, std::string_view place) {
        auto const was = words(before, "required");
        auto const is = words(after, "required");
        for (auto const& name : is)
            if (!was.contains(name)) say(place, fmt::format("requires `{}` now", name));
        for (auto const& name : was)
            if (!is.contains(name)) say(place, fmt::format("does not promise `{}` any more", name));
    }

    void compare_members(Value const& before, Value const* after, std::string const& place) {
        for (auto const& [name, schema] : before.members()) {
            auto const path = place.empty() ? name : place + "." + name;
            auto const* now = after ? after->find(name) : nullptr;
            if (now)
                compare(schema, *now, path);
            else
                say(path, "is gone");
        }
    }

    SchemaFile published_, now_;
    std::set<std::pair<Value const*, Value const*>> compared_;
    std::vector<std::string> breaks_;
};

} // namespace detail

/// One sentence per break, each with its place: "lines[].quantity is gone". Empty: compatible.
[[nodiscard]] inline std::vector<std::string> breaking_changes(SchemaFile const& published, SchemaFile const& now) {
    return detail::Comparison(published, now).run();
}

} // namespace wharf::test
