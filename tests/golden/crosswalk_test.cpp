// docs/crosswalk.md: each field of the canonical documents beside its X12 elements, its cXML and its UBL term. The X12
// column is read from the compiled maps, fields and types from the schemas, the two others from schemas/crosswalk.csv,
// which is checked both ways. WHARF_UPDATE_GOLDEN=1 writes the page.
#include "golden/golden_support.hpp"

#include "base/embedded.hpp"
#include "document/schema.hpp"
#include "translator/plan.hpp"
#include "translator/translator_impl.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace wharf::golden {
namespace {

using json::Value;

/// A field of an object of the schemas: of a document ("invoice", "totals.amount") or of a shared definition ("party",
/// "name"). Members of objects that are written out in place have dotted names.
struct Field {
    std::string owner, name, type, meaning;
    bool derived = false;
    [[nodiscard]] std::string path() const { return owner + "." + name; }
};

struct Owner {
    std::string name, meaning;
    bool document = false;
    std::vector<Field> fields;
};

class Schemas {
public:
    Schemas() {
        common_ = parsed("common");
        for (auto const& kind : document::Schema::kinds())
            documents_[kind] = parsed(kind);
        for (auto const& [kind, schema] : documents_)
            add(kind, schema, true);
        for (auto const& [name, definition] : common_.find("definitions")->members())
            if (name != "extensions" && name != "source") add(name, definition, false);
    }

    [[nodiscard]] std::vector<Owner> const& owners() const { return owners_; }

    /// The field at a canonical path of a document: "parties[].address.city" -> address, city.
    [[nodiscard]] std::pair<std::string, std::string> locate(std::string const& kind, std::string_view path) const {
        std::string owner = kind, name, last_owner = kind, last_name;
        auto const* schema = &documents_.at(kind);
        while (!path.empty() && schema) {
            auto const end = std::min(path.find('.'), path.size());
            auto const step = path.substr(0, end);
            path.remove_prefix(std::min(end + 1, path.size()));
            auto const bare = std::string(step.substr(0, step.find('[')));
            auto const* properties = schema->find("properties");
            auto const* property = properties ? properties->find(bare) : nullptr;
            if (!property) return {};
            name += (name.empty() ? "" : ".") + bare;
            auto const* inner = property;
            if (property->string("type") == "array") {
                name += "[]";
                inner = property->find("items");
            }
            last_owner = owner;
            last_name = name;
            if (auto const* reference = inner->find("$ref")) {
                owner = reference->text().substr(reference->text().rfind('/') + 1);
                name.clear();
                inner = common_.find("definitions")->find(owner);
            }
            schema = inner;
        }
        return {last_owner, last_name};
    }

private:
    static Value parsed(std::string const& name) {
        auto const text = embedded_file("schemas/" + name + ".1.json");
        EXPECT_TRUE(text) << name;
        return text ? *json::parse(*text) : Value();
    }

    void add(std::string const& name, Value const& schema, bool document) {
        Owner owner{name, std::string(schema.string("description")), document, {}};
        collect(schema, name, "", owner.fields);
        owners_.push_back(std::move(owner));
    }

    void collect(Value const& schema, std::string const& owner, std::string const& prefix, std::vector<Field>& into) {
        static std::set<std::string> const provenance{"schema", "document", "id", "test", "source"};
        auto const* properties = schema.find("properties");
        if (!properties) return;
        bool const root = documents_.contains(owner) && prefix.empty();
        for (auto const& [name, property] : properties->members()) {
            if (name == "extensions" || (root && provenance.contains(name))) continue;
            bool const list = property.string("type") == "array";
            auto const& inner = list ? *property.find("items") : property;
            auto const path = prefix + name + (list ? "[]" : "");
            auto const* derived = property.find("x-derived");
            into.push_back({owner, path, type_of(inner), meaning_of(property), derived && derived->is_true()});
            if (inner.string("type") == "object") collect(inner, owner, path + ".", into);
        }
    }

    static std::string type_of(Value const& schema) {
        if (auto const* reference = schema.find("$ref")) {
            auto const name = reference->text().substr(reference->text().rfind('/') + 1);
            return fmt::format("[{}](#{})", name, name);
        }
        auto const type = schema.string("type");
        if (type == "object") return "";
        if (type != "string") return std::string(type);
        if (schema.find("enum")) {
            std::string words;
            for (auto const& word : schema.find("enum")->items())
                words += (words.empty() ? "" : ", ") + word.text();
            return words;
        }
        auto const pattern = schema.string("pattern");
        auto const unit = schema.string("x-unit");
        if (pattern.starts_with("^-?")) return unit.empty() ? "decimal" : fmt::format("decimal, in `{}`", unit);
        if (pattern.starts_with("^([a-z]")) {
            std::string const text(schema.string("description"));
            auto const at = text.rfind("element ");
            return fmt::format("word ({})", text.substr(at + 8, text.size() - at - 9));
        }
        if (pattern.starts_with("^[0-9]{4}")) return pattern.ends_with("?)?$") ? "date, time" : "date";
        if (pattern.starts_with("^[0-9]{2}")) return "time";
        return "text";
    }

    std::string meaning_of(Value const& property) const {
        if (auto const* reference = property.find("$ref"))
            return std::string(common_.find("definitions")
                                   ->find(reference->text().substr(reference->text().rfind('/') + 1))
                                   ->string("description"));
        std::string text(property.string("description"));
        if (auto const at = text.find(" A word, or "); at != text.npos) text.resize(at);
        return text;
    }

    Value common_;
    std::map<std::string, Value> documents_;
    std::vector<Owner> owners_;
};

Schemas const& schemas() {
    static Schemas const all;
    return all;
}

/// By field, by transaction set: the elements that a map reads it from, or writes it to, in the order of the map.
using Elements = std::map<std::string, std::map<std::string, std::vector<std::string>>>;

class Walk {
public:
    Walk(translator::Plan const& plan, Elements& into) : plan_(plan), into_(into) {}

    void run() {
        for (auto const& body : plan_.bodies)
            for (auto const& member : body->root->members)
                visit(*body, *member, body->path.empty() ? "" : body->path + ".");
    }

private:
    void note(std::string const& path, std::string const& external) {
        auto const [owner, name] = schemas().locate(plan_.document_kind, path);
        if (name.empty() || external.empty()) return;
        auto& known = into_[owner + "." + name][plan_.schema->set().id];
        if (std::find(known.begin(), known.end(), external) == known.end()) known.push_back(external);
    }

    void visit(translator::Body const& body, translator::Member const& member, std::string const& prefix) {
        using translator::MemberKind;
        auto const path = prefix + member.name;
        if (member.kind == MemberKind::object)
            for (auto const& inner : member.members) {
                visit(body, *inner, path + ".");
                for (auto const index : inner->lines) // the object stands where its values stand
                    for (auto const& alternative : body.lines[index]->alternatives)
                        note(path, elements_of(body, alternative));
            }
        if (member.kind == MemberKind::index) note(path, "counted");
        for (auto const index : member.lines)
            for (auto const& alternative : body.lines[index]->alternatives)
                note(path, elements_of(body, alternative));
        for (auto const* inner : member.bodies)
            if (inner != nullptr) note(path, begins(*inner));
    }

    /// "DTM02+03": the elements that one value is made of.
    static std::string elements_of(translator::Body const& body, translator::Alternative const& alternative) {
        std::string text;
        for (auto const& part : alternative.parts) {
            if (part.slot == translator::no_slot || !part.constant.empty()) continue;
            auto const& external = body.slots[part.slot].external;
            bool const same =
                !text.empty() && external.size() > 2 && text.starts_with(external.substr(0, external.size() - 2));
            text += text.empty() ? external : "+" + (same ? external.substr(external.size() - 2) : external);
        }
        return text;
    }

    /// A list of loops or segments is named by its segment, a list of tuples by its first element.
    std::string begins(translator::Body const& body) const {
        if (body.kind == translator::BodyKind::tuple)
            return body.slots.empty() ? "" : body.slots.front().external + " …";
        auto const& node = plan_.schema->nodes()[body.row];
        if (body.scalar && !body.slots.empty()) return body.slots.front().external;
        return std::string(plan_.schema->segments()[node.segment].definition->id);
    }

    translator::Plan const& plan_;
    Elements& into_;
};

Elements elements_of_maps() {
    auto const grammars = *grammar::Grammars::open();
    grammar::SchemaCache cache{grammars};
    auto const translators = *translator::Translators::open();
    Elements found;
    for (auto const& info : translators->list())
        for (auto const* release : {"004010", "005010"}) {
            if (info.set.empty() || !info.name.starts_with("x12/")) continue;
            auto const schema = cache.get(release, info.set);
            if (schema == nullptr) continue;
            auto const translator = translators->find(info.name, schema);
            EXPECT_TRUE(translator) << info.name;
            if (translator) Walk(translator::plan_of(**translator), found).run();
        }
    return found;
}

std::string joined(std::vector<std::string> const& texts) {
    std::string text;
    for (auto const& one : texts)
        text += (text.empty() ? "" : ", ") + one;
    return text;
}

/// "BEG03"; where two sets make one kind of document, "850 BEG03; 875 G5003".
std::string x12_cell(Field const& field, Elements const& elements, std::vector<std::string> const& sets) {
    auto const found = elements.find(field.path());
    if (found == elements.end()) return "–";
    std::vector<std::string> all;
    if (sets.size() < 2) {
        for (auto const& [set, externals] : found->second)
            for (auto const& external : externals)
                if (std::find(all.begin(), all.end(), external) == all.end()) all.push_back(external);
        return joined(all);
    }
    std::set<std::string> different;
    for (auto const& [set, externals] : found->second)
        different.insert(joined(externals));
    if (different.size() == 1 && found->second.size() == sets.size()) return *different.begin();
    std::string text;
    for (auto const& [set, externals] : found->second)
        text += fmt::format("{}{} {}", text.empty() ? "" : "; ", set, joined(externals));
    return text;
}

struct Terms {
    std::string cxml, ubl;
};

std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (char const c : line)
        if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            cells.emplace_back();
        else
            cells.back() += c;
    return cells;
}

/// schemas/crosswalk.csv: by field, or `owner.*` for the fields of an object that have no term.
std::map<std::string, Terms> terms() {
    std::map<std::string, Terms> found;
    auto const text = read_file(WHARF_SOURCE_DIR "/schemas/crosswalk.csv");
    for (std::size_t begin = text.find('\n') + 1; begin < text.size();) {
        auto const end = std::min(text.find('\n', begin), text.size());
        auto const cells = cells_of(std::string_view(text).substr(begin, end - begin));
        EXPECT_EQ(cells.size(), 3u) << text.substr(begin, end - begin);
        if (cells.size() == 3) {
            EXPECT_TRUE(found.emplace(cells[0], Terms{cells[1], cells[2]}).second) << cells[0] << " stands twice";
        }
        begin = end + 1;
    }
    return found;
}

// Every row names a field, and every field has a row or belongs to an `owner.*`.
TEST(Crosswalk, TermsAndFieldsMeet) {
    auto rows = terms();
    for (auto const& owner : schemas().owners()) {
        bool rest = false;
        for (auto const& field : owner.fields) {
            bool const own = rows.erase(field.path()) > 0;
            rest = rest || !own;
            EXPECT_TRUE(own || rows.contains(owner.name + ".*"))
                << field.path() << " has no row in schemas/crosswalk.csv: give it its cXML and UBL terms, or -";
        }
        if (rows.erase(owner.name + ".*") > 0) {
            EXPECT_TRUE(rest) << owner.name << ".*: every field has a row of its own";
        }
    }
    for (auto const& [path, row] : rows)
        ADD_FAILURE() << "schemas/crosswalk.csv: there is no field " << path;
}

// What no map reads or writes is computed, said by the gateway, or a gap.
TEST(Crosswalk, EveryFieldIsReadBySomeMap) {
    static std::map<std::string, std::string> const known{
        {"endpoint.*", "the envelope"},
        {"shipped_line.*", "derived from the levels"},
        {"period.*", "two halves of one element"},
        {"order_of_line.release_number", "no pair of IT1 is a release; it comes from other formats"},
    };
    auto const elements = elements_of_maps();
    for (auto const& owner : schemas().owners()) {
        if (known.contains(owner.name + ".*")) continue;
        for (auto const& field : owner.fields) {
            bool const inner = std::any_of(owner.fields.begin(), owner.fields.end(), [&](auto const& other) {
                return other.name.starts_with(field.name + "."); // an object written out in place
            });
            bool const object = field.type.starts_with("["); // its members say where they stand
            EXPECT_TRUE(field.derived || inner || object || field.name.ends_with("revision") ||
                        elements.contains(field.path()) || known.contains(field.path()))
                << field.path() << " stands nowhere in X12";
        }
    }
}

std::string page() {
    auto const elements = elements_of_maps();
    auto const rows = terms();
    auto const translators = *translator::Translators::open();
    std::map<std::string, std::vector<std::string>> sets;
    for (auto const& info : translators->list())
        if (info.name.starts_with("x12/") && !info.set.empty()) sets[info.document].push_back(info.set);
    std::string text = R"page(# Crosswalk: canonical fields, X12, cXML, UBL

Made from the schemas, the shipped maps (releases 004010 and 005010) and `schemas/crosswalk.csv`; a test holds the page to them.
[canonical-model.md](canonical-model.md) says what stands behind the fields.

How to read it: `BEG03` is element 03 of segment BEG, `PO4` a list with an entry for each PO4, `PO106 …` a list of tuples that begins
there, `CTP05-01` the first part of a composite. Where two transaction sets make one kind of document, each is named. A star marks a
field that is computed. "word (355)" is a word, or `x12:` and a code, of data element 355. cXML 1.2 and UBL 2.3 terms say where the
same fact stands there; a dash means that it has no place of its own.

)page";
    text += "| kind | X12 | cXML | UBL |\n|---|---|---|---|\n";
    static std::map<std::string, std::pair<std::string, std::string>> const messages{
        {"purchase_order", {"OrderRequest", "Order"}},
        {"purchase_order_acknowledgment", {"ConfirmationRequest", "OrderResponse"}},
        {"purchase_order_change", {"OrderRequest, type update or delete", "OrderChange, OrderCancellation"}},
        {"purchase_order_change_acknowledgment", {"ConfirmationRequest", "OrderResponse"}},
        {"ship_notice", {"ShipNoticeRequest", "DespatchAdvice"}},
        {"receipt", {"ReceiptRequest", "ReceiptAdvice"}},
        {"invoice", {"InvoiceDetailRequest", "Invoice, CreditNote"}},
        {"inventory_advice", {"ProductActivityMessage", "InventoryReport"}},
        {"remittance", {"PaymentRemittanceRequest", "RemittanceAdvice"}},
        {"application_advice", {"StatusUpdateRequest", "ApplicationResponse"}},
        {"functional_acknowledgment", {"Response/Status", "–"}},
    };
    for (auto const& owner : schemas().owners()) {
        if (!owner.document) continue;
        auto const message = messages.find(owner.name);
        EXPECT_NE(message, messages.end()) << owner.name;
        if (message == messages.end()) continue;
        text += fmt::format("| [{0}](#{0}) | {1} | {2} | {3} |\n", owner.name, joined(sets[owner.name]),
                            message->second.first, message->second.second);
    }
    bool shared = false;
    for (auto const& owner : schemas().owners()) {
        if (!owner.document && !shared) {
            text += "\n# Shared objects\n";
            shared = true;
        }
        text +=
            fmt::format("\n## {}\n\n{}\n\n| field | type | meaning | X12 | cXML | UBL |\n|---|---|---|---|---|---|\n",
                        owner.name, owner.meaning);
        for (auto const& field : owner.fields) {
            auto const row = rows.find(field.path());
            auto const term = [&](std::string Terms::*which) {
                return row == rows.end() || row->second.*which == "-" ? std::string("–") : row->second.*which;
            };
            text +=
                fmt::format("| `{}`{} | {} | {} | {} | {} | {} |\n", field.name, field.derived ? "*" : "", field.type,
                            field.meaning,
                            x12_cell(field, elements, owner.document ? sets[owner.name] : std::vector<std::string>{}),
                            term(&Terms::cxml), term(&Terms::ubl));
        }
    }
    return text;
}

TEST(Crosswalk, ThePageIsUpToDate) {
    expect_golden(WHARF_SOURCE_DIR "/docs/crosswalk.md", page());
}

} // namespace
} // namespace wharf::golden
