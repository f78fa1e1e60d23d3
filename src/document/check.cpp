#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "document/schema.hpp"
#include "document/text_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace wharf::document {
namespace {

std::string_view name_of(json::Type type) {
    switch (type) {
    case json::Type::null:
        return "null";
    case json::Type::boolean:
        return "true or false";
    case json::Type::number:
        return "a number";
    case json::Type::string:
        return "a text";
    case json::Type::array:
        return "an array";
    case json::Type::object:
        return "an object";
    }
    return "";
}

bool is_integer(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// Names that are at most two letters away from `name`, nearest first.
std::string suggestion(std::string_view name, std::vector<Property> const& properties) {
    std::size_t best = 3;
    std::string_view nearest;
    std::vector<std::size_t> row;
    for (auto const& property : properties) {
        auto const& known = property.name;
        row.resize(known.size() + 1);
        for (std::size_t j = 0; j <= known.size(); ++j)
            row[j] = j;
        for (std::size_t i = 1; i <= name.size(); ++i) {
            auto diagonal = std::exchange(row[0], i);
            for (std::size_t j = 1; j <= known.size(); ++j) {
                auto const cost = diagonal + (name[i - 1] != known[j - 1]);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, cost});
            }
        }
        if (row.back() < best) {
            best = row.back();
            nearest = known;
        }
    }
    return nearest.empty() ? std::string() : fmt::format("Did you mean `{}`?", nearest);
}

class Checker {
public:
    explicit Checker(Diagnostics& findings) : findings_(findings) {}

    void check(Node const& node, json::Node const& value, unsigned depth) {
        if (depth > limits::json_depth) {
            report("DOC-0010", fmt::format("The document is nested more than {} levels deep.", limits::json_depth),
                   "No document of trade is; look at what made it.");
            return;
        }
        switch (node.type) {
        case NodeType::any:
            return;
        case NodeType::object:
            if (expect(value, json::Type::object, "an object")) check_object(node, value, depth);
            return;
        case NodeType::array:
            if (expect(value, json::Type::array, "an array")) check_array(node, value, depth);
            return;
        case NodeType::string:
            if (value.type() == json::Type::number && node.pattern == Pattern::decimal)
                report("DOC-0004",
                       fmt::format("Found the number {}; expected a text that holds a decimal.", value.text()),
                       fmt::format("Write it in quotes: \"{}\". Quantities and money are texts, so that no program "
                                   "rounds them.",
                                   value.text()),
                       std::string(value.text()));
            else if (expect(value, json::Type::string, "a text"))
                check_text(node, value.text());
            return;
        case NodeType::integer:
            if (value.type() == json::Type::string && is_integer(value.text()))
                report("DOC-0004", fmt::format("Found the text {}; expected a whole number.", quoted(value.text())),
                       "Write it without quotes.", std::string(value.text()));
            else if (expect(value, json::Type::number, "a whole number") && !is_integer(value.text()))
                report("DOC-0004", fmt::format("Found {}; expected a whole number.", value.text()),
                       "Write digits only, without point and exponent.", std::string(value.text()));
            return;
        case NodeType::boolean:
            expect(value, json::Type::boolean, "true or false");
            return;
        }
    }

private:
    void report(std::string_view code, std::string message, std::string help, std::string value = {}) {
        auto finding = make(code, std::move(message), std::move(help));
        finding.value = std::move(value);
        findings_.push_back(std::move(finding));
    }

    Diagnostic make(std::string_view code, std::string message, std::string help) {
        std::string pointer;
        append(pointer, inner_);
        if (!pointer.empty()) message = fmt::format("{}: {}", pointer, message);
        auto finding = make_diagnostic(code, std::move(message), std::move(help));
        finding.place.path = std::move(pointer);
        return finding;
    }

    /// Most texts: nothing is wrong with them, and nothing more needs to be known. False: look closer.
    static bool is_sound(Node const& node, json::Node const& value) {
        if (node.type != NodeType::string || !value.is_string() || !node.enumeration.empty() || node.min_length > 1 ||
            node.max_length != 0xffffffff)
            return false;
        auto const text = value.text();
        return text.size() >= node.min_length && has_form(node.pattern, text) && exists(node.pattern, text);
    }

    bool expect(json::Node const& value, json::Type type, std::string_view wanted) {
        if (value.type() == type) return true;
        auto const found = value.type() == json::Type::string    ? "the text " + quoted(value.text())
                           : value.type() == json::Type::number  ? "the number " + std::string(value.text())
                           : value.type() == json::Type::boolean ? std::string(value.text())
                                                                 : std::string(name_of(value.type()));
        report("DOC-0004", fmt::format("Found {}; expected {}.", found, wanted),
               value.is_null() ? "Leave the member out: a document says nothing with null." : "");
        return false;
    }

    void check_object(Node const& node, json::Node const& value, unsigned depth) {
        unsigned required = 0;
        for (auto const& member : value.members()) {
            auto const index = node.index_of(member.name());
            member.set_mark(index);
            required += index != no_property && node.properties[index].required;
        }
        if (required < node.required)
            for (auto const& property : node.properties)
                if (property.required && !value.find(property.name))
                    report("DOC-0002", fmt::format("The field `{}` is missing.", property.name),
                           fmt::format("Expected: {}", describe(*property.node)));
        auto const* const around = inner_;
        for (auto const& member : value.members()) {
            if (member.mark() != no_property && is_sound(*node.properties[member.mark()].node, member)) continue;
            Step const step{around, member.name(), 0};
            inner_ = &step;
            if (member.mark() != no_property)
                check(*node.properties[member.mark()].node, member, depth + 1);
            else if (!node.additional)
                report("DOC-0003", fmt::format("There is no field `{}` here.", member.name()),
                       help_for_unknown(member.name(), node));
        }
        inner_ = around;
    }

    static std::string describe(Node const& node) {
        return node.description.empty() ? expectation(node)
                                        : fmt::format("{} ({})", node.description, expectation(node));
    }

    static std::string help_for_unknown(std::string_view name, Node const& node) {
        if (auto near = suggestion(name, node.properties); !near.empty()) return near;
        constexpr std::size_t most_shown = 12; // larger objects are looked up in docs/crosswalk.md
        std::string help;
        if (node.properties.size() <= most_shown) {
            for (auto const& property : node.properties)
                if (!property.derived && property.name != "extensions")
                    help += fmt::format("{}`{}`", help.empty() ? "The fields here are " : ", ", property.name);
            if (!help.empty()) help += ". ";
        }
        return help + (node.find("extensions") ? "Data that the model has no field for goes into `extensions`."
                                               : "Leave it out.");
    }

    void check_array(Node const& node, json::Node const& value, unsigned depth) {
        if (value.items().size() < node.min_items)
            report("DOC-0008",
                   fmt::format("Found {} entries; expected at least {}.", value.items().size(), node.min_items), "");
        auto const* const around = inner_;
        std::size_t index = 0;
        for (auto const& item : value.items()) {
            Step const step{around, {}, index++};
            if (is_sound(*node.items, item)) continue;
            inner_ = &step;
            check(*node.items, item, depth + 1);
        }
        inner_ = around;
    }

    void check_text(Node const& node, std::string_view text) {
        if (!node.enumeration.empty()) {
            if (std::find(node.enumeration.begin(), node.enumeration.end(), text) == node.enumeration.end())
                report("DOC-0006", fmt::format("Found {}; expected {}.", quoted(text), expectation(node)), "", std::string(text));
            return;
        }
        bool const counted = node.min_length > 1 || node.max_length != 0xffffffff;
        auto const size = counted ? length(text) : text.size();
        if (size < node.min_length || size > node.max_length)
            report("DOC-0007",
                   text.empty() ? "The text is empty."
                                : fmt::format("The text has {} characters; expected {}.", size, expectation(node)),
                   text.empty() ? "Leave the member out: what is not known is absent." : "", std::string(text));
        else if (!has_form(node.pattern, text))
            report("DOC-0005", fmt::format("Found {}; expected {}.", quoted(text), expectation(node)),
                   help_for(node.pattern), std::string(text));
        else if (!exists(node.pattern, text))
            report("DOC-0009", fmt::format("{} is not a day or time that exists.", quoted(text)), "", std::string(text));
    }

    static std::string help_for(Pattern pattern) {
        switch (pattern) {
        case Pattern::decimal:
            return "Decimals have a point, at least one digit before it, no leading zeros, no blanks, no thousands "
                   "marks.";
        case Pattern::coded:
            return "Words are listed in docs/canonical-model.md; a code without a word is written as x12:CODE.";
        default:
            return {};
        }
    }

    /// A member or an entry on the way to the value being checked; put into words only for what is reported.
    struct Step {
        Step const* around;
        std::string_view name; // of a member; without data: an entry
        std::size_t index;
    };

    /// JSON Pointer (RFC 6901).
    static void append(std::string& pointer, Step const* step) {
        if (step == nullptr) return;
        append(pointer, step->around);
        pointer += '/';
        if (step->name.data() == nullptr) pointer += std::to_string(step->index);
        for (char const c : step->name)
            if (c == '~')
                pointer += "~0";
            else if (c == '/')
                pointer += "~1";
            else
                pointer += c;
    }

    Diagnostics& findings_;
    Step const* inner_ = nullptr; // of the value being checked
};

void resolve(Node const& node, json::Node const& value, unsigned depth) {
    if (depth > limits::json_depth) return;
    if (node.type == NodeType::object)
        for (auto const& member : value.members()) {
            member.set_mark(node.index_of(member.name()));
            if (member.mark() != no_property) resolve(*node.properties[member.mark()].node, member, depth + 1);
        }
    else if (node.type == NodeType::array)
        for (auto const& item : value.items())
            resolve(*node.items, item, depth + 1);
}

} // namespace

Diagnostics Schema::check(json::Node const& document) const {
    Diagnostics findings;
    Checker(findings).check(*root_, document, 0);
    document.set_mark(mark_);
    return findings;
}

void Schema::resolve(json::Node const& document) const {
    document::resolve(*root_, document, 0);
    document.set_mark(mark_);
}

Diagnostics check(json::Value const& document) {
    return check(json::Tape::of(document).root());
}

Diagnostics check(json::Node const& document) {
    auto const refuse = [](std::string message, std::string help) {
        auto finding = make_diagnostic("DOC-0001", std::move(message), std::move(help));
        return Diagnostics{std::move(finding)};
    };
    auto const known = [] {
        std::string text = "Known documents:";
        for (auto const& kind : Schema::kinds())
            text += fmt::format("{} wharf/{}/1", kind == Schema::kinds().front() ? "" : ",", kind);
        return text + ".";
    };
    if (!document.is_object())
        return refuse(fmt::format("Found {} where a document was expected.", name_of(document.type())),
                      "A document is a JSON object that begins with `schema` and `document`.");
    auto const kind = document.string("document");
    auto name = document.string("schema");
    if (name.empty())
        return refuse("The document does not say which schema it follows.",
                      "Give it a member `schema`, such as \"wharf/purchase_order/1\". " + known());
    // wharf/KIND/VERSION
    constexpr std::string_view prefix = "wharf/";
    auto const written = name;
    unsigned version = 0;
    std::string_view named_kind;
    if (name.starts_with(prefix)) {
        name.remove_prefix(prefix.size());
        auto const slash = name.find('/');
        named_kind = name.substr(0, slash);
        if (slash != name.npos) {
            auto const digits = name.substr(slash + 1);
            auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
            if (error != std::errc{} || end != digits.data() + digits.size() || digits.starts_with('0')) version = 0;
        }
    }
    auto const* schema = version == 0 ? nullptr : Schema::find(named_kind, version);
    if (!schema) return refuse(fmt::format("There is no schema {}.", quoted(written)), known());
    if (!kind.empty() && kind != schema->kind())
        return refuse(fmt::format("`document` is {}, but `schema` is {}.", quoted(kind), quoted(written)),
                      "Both must name the same kind of document.");
    return schema->check(document);
}

} // namespace wharf::document
