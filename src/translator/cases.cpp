#include "translator/cases.hpp"

#include "base/file.hpp"
#include "base/limits.hpp"
#include "document/schema.hpp"
#include "grammar/interchange.hpp"
#include "translator/format.hpp"
#include "translator/map_parser.hpp"
#include "translator/translator_impl.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace wharf::translator {
namespace {

namespace fs = std::filesystem;

std::string_view without(std::string_view text, std::string_view ending) {
    return text.substr(0, text.size() - ending.size());
}

/// What does not count when documents are compared.
void forget_provenance(json::Value& document) {
    std::erase_if(document.members(), [](auto const& member) {
        return member.first == "source" || member.first == "id" || member.first == "test";
    });
}

/// One case on its way.
class Run {
public:
    Run(MapCase const& of, MapSource const& source, std::string_view name, grammar::SchemaCache& schemas)
        : source_(source), name_(name), schemas_(schemas) {
        result_.of = of;
    }

    CaseResult run() {
        auto map = load_map(source_, name_);
        if (!map) {
            add(std::move(map.error()));
            return std::move(result_);
        }
        map_ = *std::move(map);
        if (!files()) return std::move(result_);
        bool const x12 = map_.format == "x12";
        if (result_.of.reads && result_.of.has_external) {
            x12 ? read_set() : read_file_of_format();
            compare_documents();
        }
        if (result_.of.writes && result_.trouble.empty() && !expected_.empty()) {
            x12 ? write_set() : write_file_of_format();
            if (result_.of.has_external && !result_.written_text.empty())
                result_.writing = line_differences(by_segment(external_), by_segment(result_.written_text));
        }
        return std::move(result_);
    }

private:
    void add(Diagnostics found) {
        for (auto& one : found)
            result_.diagnostics.push_back(std::move(one));
    }

    bool files() {
        auto const& of = result_.of;
        auto const load = [&](fs::path const& path, std::string& text) {
            auto content = read_file(path, limits::message_bytes);
            if (!content) result_.trouble = content.error().message;
            text = content ? *std::move(content) : std::string();
            return content.has_value();
        };
        if (of.has_external && !load(of.external, external_)) return false;
        if (!of.has_canonical) return true;
        std::string text;
        if (!load(of.canonical, text)) return false;
        auto parsed = json::parse(text);
        if (!parsed) {
            result_.trouble = fmt::format("{}: {}", of.canonical.string(), parsed.error().message);
            return false;
        }
        expected_ = parsed->is_array() ? std::move(parsed->items()) : json::Array{*std::move(parsed)};
        return true;
    }

    // --- X12

    std::shared_ptr<Translator const> translator(std::shared_ptr<grammar::Schema const> const& schema) {
        auto& known = translators_[schema.get()];
        if (known != nullptr) return known;
        auto made = make_translator(source_, name_, schema);
        if (!made) {
            add(std::move(made.error()));
            result_.trouble = fmt::format("the map {} cannot be used", name_);
            return nullptr;
        }
        return known = *std::move(made);
    }

    void read_set() {
        grammar::InterchangeReader reader(external_, result_.of.external.string(), schemas_);
        bool sets = false;
        while (reader.next()) {
            auto& item = reader.item();
            add(std::move(item.findings));
            if (item.interchange != nullptr) delimiters_ = item.interchange->delimiters;
            if (item.kind != grammar::ItemKind::transaction_set || item.nodes == nullptr || item.part == nullptr)
                continue;
            sets = true;
            auto const with = item.set.id == map_.set ? translator(item.schema) : nullptr;
            if (with == nullptr) {
                if (item.set.id != map_.set)
                    result_.trouble = fmt::format("{} holds a set {}; the map is for {}", result_.of.external.string(),
                                                  item.set.id, map_.set);
                return;
            }
            release_ = item.group != nullptr ? item.group->grammar_release : std::string();
            SetInput input;
            input.segments = &item.part->segments;
            input.nodes = item.nodes;
            input.context = item.context;
            std::string json;
            auto outcome = with->read(input, json);
            add(std::move(outcome.diagnostics));
            if (!json.empty()) read_document(json);
        }
        if (!sets) result_.trouble = fmt::format("{} holds no transaction set", result_.of.external.string());
    }

    void write_set() {
        if (release_.empty()) release_ = map_.releases.empty() ? "004010" : map_.releases.front();
        auto const schema = schemas_.get(release_, map_.set);
        auto const with = schema == nullptr ? nullptr : translator(schema);
        if (with == nullptr) return;
        x12::InterchangeHeader header;
        header.sender = {"ZZ", "SENDER", "SENDER"};
        header.receiver = {"ZZ", "RECEIVER", "RECEIVER"};
        header.date6 = "250602";
        header.date8 = "20250602";
        header.time4 = "1200";
        header.control_number = "1";
        header.usage = 'T';
        header.line_breaks = true;
        header.delimiters = delimiters_;
        x12::InterchangeWriter writer(std::move(header));
        writer.begin_group({schema->set().group, "1", "X", release_});
        unsigned number = 0;
        for (auto const& document : expected_) {
            add(document::check(document));
            auto outcome = with->write(document, delimiters_);
            add(std::move(outcome.diagnostics));
            if (auto const added = writer.add_transaction_set(map_.set, fmt::format("{:04}", ++number), outcome.body);
                !added) {
                result_.trouble = added.error().message;
                return;
            }
        }
        result_.written_text = writer.finish();
        grammar::InterchangeReader own(result_.written_text, "(what was written)", schemas_);
        while (own.next())
            add(std::move(own.item().findings));
    }

    /// A segment per line; of X12 without the envelope, whose numbers and dates no map knows.
    std::string by_segment(std::string const& text) const {
        if (map_.format != "x12") return text;
        std::string lines;
        grammar::InterchangeReaderOptions options;
        options.validate_sets = false;
        grammar::InterchangeReader reader(text, {}, schemas_, options);
        while (reader.next()) {
            auto const& item = reader.item();
            if (item.kind != grammar::ItemKind::transaction_set || item.part == nullptr) continue;
            auto const& segments = item.part->segments;
            for (std::size_t i = 0; i < segments.size(); ++i) {
                auto bytes = std::string(segments[i].bytes());
                while (!bytes.empty() && bytes.back() == segments.delimiters().element)
                    bytes.pop_back();
                bool const counted = segments[i].id() == "ST" || segments[i].id() == "SE";
                lines += (counted ? std::string(segments[i].id()) : bytes) + "\n";
            }
        }
        return lines;
    }

    // --- other formats

    std::shared_ptr<FileTranslator const> file_translator() {
        auto made = make_file_translator(source_, name_);
        if (made) return *std::move(made);
        add(std::move(made.error()));
        result_.trouble = fmt::format("the map {} cannot be used", name_);
        return nullptr;
    }

    void read_file_of_format() {
        auto const with = file_translator();
        if (with == nullptr) return;
        auto reading = with->open(byte_source_of(external_), result_.of.external.string(), {}, values_);
        std::string json;
        while (auto outcome = reading->next(json)) {
            add(std::move(outcome->diagnostics));
            if (!json.empty()) read_document(json);
        }
    }

    void write_file_of_format() {
        auto const with = file_translator();
        if (with == nullptr) return;
        auto writing = with->begin();
        for (auto const& document : expected_) {
            add(document::check(document));
            add(writing->add(document, values_));
        }
        result_.written_text = writing->finish(result_.diagnostics);
    }

    // --- documents

    void read_document(std::string const& json) {
        auto document = json::parse(json);
        if (!document) return;
        forget_provenance(*document);
        read_.push_back(*std::move(document));
    }

    void compare_documents() {
        auto const whole = [](json::Array const& documents) {
            return documents.size() == 1 ? documents.front() : json::Value(documents);
        };
        result_.read_text = json::to_pretty_text(whole(read_));
        if (!result_.of.has_canonical) {
            expected_ = read_; // written from what was read
            if (result_.trouble.empty()) result_.trouble = fmt::format("there is no {}", result_.of.canonical.string());
            return;
        }
        for (auto& document : expected_)
            forget_provenance(document);
        result_.reading = differences(whole(expected_), whole(read_));
    }

    MapSource const& source_;
    std::string name_;
    grammar::SchemaCache& schemas_;
    CaseResult result_;
    EffectiveMap map_;
    std::string external_;
    json::Array expected_, read_;
    x12::Delimiters delimiters_;
    std::string release_;
    RunValues values_;
    std::map<grammar::Schema const*, std::shared_ptr<Translator const>> translators_;
};

} // namespace

std::vector<MapCase> cases_of(fs::path const& map_file, std::string_view format) {
    auto folder = map_file;
    folder.replace_extension(".tests");
    std::map<std::string, MapCase> found;
    auto const of = [&](std::string_view stem) -> MapCase& {
        auto& one = found[std::string(stem)];
        if (one.name.empty()) {
            one.name = stem;
            one.reads = !stem.ends_with(".write");
            one.writes = !stem.ends_with(".read");
            one.canonical = folder / (std::string(stem) + ".json");
        }
        return one;
    };
    std::string const own_ending = format == "json" ? ".external.json" : "." + std::string(format);
    std::vector<std::string> endings{own_ending};
    if (auto const* const known = find_format(format); known != nullptr && format != "json")
        for (auto const ending : known->endings())
            endings.push_back("." + std::string(ending));
    std::error_code error;
    for (auto const& entry : fs::directory_iterator(folder, error)) {
        auto const name = entry.path().filename().string();
        auto const external = std::ranges::find_if(endings, [&](auto const& ending) { return name.ends_with(ending); });
        if (external != endings.end()) {
            auto& one = of(without(name, *external));
            one.external = entry.path();
            one.has_external = true;
        } else if (name.ends_with(".json")) {
            of(without(name, ".json")).has_canonical = true;
        }
    }
    std::vector<MapCase> cases;
    for (auto& [stem, one] : found) {
        if (one.external.empty()) one.external = folder / (stem + own_ending);
        cases.push_back(std::move(one));
    }
    return cases;
}

CaseResult run_case(MapCase const& of, MapSource const& source, std::string_view name, grammar::SchemaCache& schemas) {
    return Run(of, source, name, schemas).run();
}

} // namespace wharf::translator
