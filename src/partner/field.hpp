// One declaration per field of a configuration file: from it come reading, default, explanation, JSON Schema, the
// manual's tables, secrecy and lint. declarations.cpp holds the declarations; this is what they are made of.
//
// The default of a field is the initialiser of its member, shown by the same conversion that reads it. Declarations are
// made once, never changed, and shared by all threads.
#pragma once

#include "partner/configuration.hpp"
#include "partner/text_tree.hpp"

#include <concepts>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace wharf::partner {

/// Where a value was set.
struct Origin {
    std::shared_ptr<TextSource const> source; // none: not from a file
    Mark mark;
    std::string note; // "partner_defaults"; beside the place
};
/// By path: "envelope.release", "documents[0].targets[1]".
using Origins = std::map<std::string, Origin, std::less<>>;

class Declaration;

/// A file as a whole: where a setting that stands in the wrong place belongs.
struct WholeFile {
    Declaration const* declaration = nullptr; // nullptr: not known
    TreeNode const* node = nullptr;
};

/// What reading one file (one layer) needs.
struct Reader {
    std::shared_ptr<TextSource const> source;
    std::filesystem::path folder; // relative file secrets are taken from here
    std::string note;             // of every Origin
    bool complete = true;         // missing required fields are findings (a layer of defaults is not complete)
    Origins& origins;
    Diagnostics& findings;
    WholeFile file{};

    void report(Mark mark, std::string_view code, std::string message, std::string help = {}, std::string value = {}) {
        findings.push_back(diagnostic_at(*source, mark, code, std::move(message), std::move(help), std::move(value)));
    }
};

/// What is wrong with a text, for people; empty: nothing. "a port is a number from 1 to 65535"
using TextCheck = std::function<std::string(std::string_view)>;

struct Field {
    enum class Shape { scalar, list, object, object_list, raw };

    std::string name;
    std::string meaning;
    Shape shape = Shape::scalar;
    std::string type;      // for people: "text", "duration", "yes or no"
    std::string json_type; // JSON Schema keywords of one value, without braces
    bool is_required = false;
    bool is_secret = false;
    bool is_by_loader = false; // read_object leaves it alone: its layers are put together by the loader
    std::vector<std::string> words; // the only values
    std::vector<std::string> examples;
    TextCheck check_text;
    Declaration const* nested = nullptr; // of objects; raw: whose fields stand there
    /// Sets the member from one scalar (a list: appends); gives what is wrong.
    std::function<std::string(void* object, std::string_view text, Reader& reader)> set;
    std::function<void(void* object)> clear;                           // lists
    std::function<void*(void* object)> append;                         // object_list: a new item
    std::function<void*(void* object)> member;                         // object
    std::function<std::vector<void const*>(void const* object)> items; // object_list
    std::function<std::shared_ptr<void const>()> untouched;            // object_list: an item with its defaults
    std::function<std::vector<std::string>(void const* object)> show;  // scalar: one text, list: each

    Field& required() {
        is_required = true;
        return *this;
    }
    Field& one_of(std::vector<std::string> only) {
        words = std::move(only);
        return *this;
    }
    Field& example(std::string text) {
        examples.push_back(std::move(text));
        return *this;
    }
    Field& by_loader() {
        is_by_loader = true;
        return *this;
    }
    Field& check(TextCheck function) {
        check_text = std::move(function);
        return *this;
    }
};

/// The fields of one struct.
class Declaration {
public:
    explicit Declaration(std::string name) : name_(std::move(name)) {}
    [[nodiscard]] std::string const& name() const { return name_; }
    [[nodiscard]] std::vector<Field> const& fields() const { return fields_; }
    [[nodiscard]] Field const* find(std::string_view name) const;

    /// A member of a type that conversions.hpp knows.
    template <class T, class M>
    Field& add(std::string name, M T::*member, std::string meaning);
    /// A mapping whose fields are members of a struct of its own.
    template <class T, class M>
    Field& object(std::string name, M T::*member, Declaration const& nested, std::string meaning);
    template <class T, class M>
    Field& objects(std::string name, std::vector<M> T::*member, Declaration const& nested, std::string meaning);
    /// A mapping that the loader reads by itself, with this declaration.
    Field& raw(std::string name, Declaration const& nested, std::string meaning);
    Field& add_field(Field field) { return push(std::move(field)); }

private:
    Field& push(Field field) {
        fields_.push_back(std::move(field));
        return fields_.back();
    }
    std::string name_;
    std::vector<Field> fields_;
};

/// Reads a mapping into `object`. Lists replace what an earlier layer set; mappings are merged.
void read_object(Declaration const& declaration, void* object, TreeNode const& node, Reader& reader,
                 std::string const& path);

/// One mapping of a list, appended by the caller.
void read_item(Field const& list, void* item, TreeNode const& node, Reader& reader, std::string const& path);

/// Every value of `object` with its origin, or "default".
void collect_effective(Declaration const& declaration, void const* object, Origins const& origins,
                       std::string const& path, std::vector<EffectiveValue>& out);

/// "wharf.yaml:12 (partner_defaults)"
[[nodiscard]] std::string to_string(Origin const& origin);

} // namespace wharf::partner

#include "partner/conversions.hpp"
