#include "golden/golden_support.hpp"

#include "document/schema.hpp"
#include "grammar/interchange.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

namespace wharf::golden {
namespace {

struct Engine {
    std::shared_ptr<grammar::Grammars const> grammars = *grammar::Grammars::open();
    grammar::SchemaCache schemas{grammars};
    std::shared_ptr<translator::Translators> translators = *translator::Translators::open();

    static Engine& instance() {
        static Engine engine;
        return engine;
    }
};

std::string text_of(Diagnostics const& diagnostics) {
    std::string text;
    for (auto const& finding : diagnostics)
        if (finding.severity == Severity::error)
            text += finding.code + " " + finding.place.path + " " + finding.message + "\n";
    return text;
}

std::string joined(x12::SegmentView const& segment) {
    std::string text(segment.id());
    for (std::uint32_t i = 1; i <= segment.element_count(); ++i) {
        text += '*';
        text += segment.element(i);
    }
    while (text.ends_with('*'))
        text.pop_back();
    return text;
}

std::string joined(x12::OutSegment const& segment) {
    auto text = segment.id;
    for (auto const& element : segment.elements)
        text += "*" + element;
    while (text.ends_with('*'))
        text.pop_back();
    return text;
}

translator::Provenance provenance_of(grammar::Item const& item) {
    translator::Provenance source;
    source.set = item.set.id;
    source.transaction = item.set.control_number;
    if (item.interchange) {
        source.test = item.interchange->usage == 'T';
        source.sender_scheme = item.interchange->sender_qualifier;
        source.sender = item.interchange->sender;
        source.receiver_scheme = item.interchange->receiver_qualifier;
        source.receiver = item.interchange->receiver;
        source.interchange = item.interchange->control_number;
    }
    if (item.group) {
        source.version = item.group->release;
        source.sender_group = item.group->sender;
        source.receiver_group = item.group->receiver;
        source.group = item.group->control_number;
    }
    return source;
}

} // namespace

std::set<std::string> translated_sets() {
    std::set<std::string> sets;
    for (auto const& info : Engine::instance().translators->list())
        sets.insert(info.set);
    return sets;
}

std::string TranslatedSet::faults() const {
    return text_of(findings) + text_of(diagnostics);
}

std::vector<TranslatedSet> translate(std::string_view text, std::string const& file_name, FaultySets faulty) {
    static std::set<std::string> const ours = translated_sets();
    auto& engine = Engine::instance();
    std::vector<TranslatedSet> sets;
    grammar::InterchangeReader reader(text, file_name, engine.schemas);
    while (reader.next()) {
        auto& item = reader.item();
        if (item.kind != grammar::ItemKind::transaction_set || !ours.contains(item.set.id)) continue;
        TranslatedSet set;
        set.id = item.set.id;
        set.release = item.group ? item.group->release : "";
        set.findings = item.findings;
        set.schema = item.schema;
        if (item.part) {
            set.delimiters = item.part->segments.delimiters();
            for (std::size_t i = 1; i + 1 < item.part->segments.size(); ++i)
                set.body.push_back(joined(item.part->segments[i]));
        }
        if (item.schema && item.nodes && (faulty == FaultySets::translate || !has_errors(item.findings))) {
            auto found = engine.translators->find(engine.translators->for_set(item.set.id), item.schema);
            if (found) {
                set.translator = *found;
                translator::SetInput input;
                input.segments = &item.part->segments;
                input.nodes = item.nodes;
                input.context = item.context;
                input.provenance = provenance_of(item);
                auto outcome = set.translator->read(input, set.json);
                set.translated = true;
                set.diagnostics = std::move(outcome.diagnostics);
                set.elements = outcome.elements;
                set.extended = outcome.extended;
            } else {
                set.diagnostics = found.error();
            }
        }
        sets.push_back(std::move(set));
    }
    return sets;
}

TranslatedSet reread(TranslatedSet const& original, std::vector<std::string> const& body) {
    auto const& group = original.schema->set().group;
    auto const release = original.schema->set().release;
    std::string text = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *250602*1403*";
    text += original.delimiters.repetition ? std::string(1, original.delimiters.repetition) + "*00501" : "U*00401";
    text += "*000000001*0*P*";
    text += original.delimiters.component ? original.delimiters.component : '>';
    text += "\x1e"
            "GS*" +
            std::string(group) + "*A*B*20250602*1403*1*X*" + release +
            "\x1e"
            "ST*" +
            original.id + "*0001\x1e";
    for (auto const& segment : body)
        text += segment + "\x1e";
    text += "SE*" + std::to_string(body.size() + 2) + "*0001\x1eGE*1*1\x1eIEA*1*000000001\x1e";
    auto sets = translate(text, "written", FaultySets::translate);
    return sets.empty() ? TranslatedSet{} : std::move(sets.front());
}

WrittenSet write(TranslatedSet const& set, std::string_view json) {
    WrittenSet written;
    auto const document = json::parse(json);
    if (!document) {
        ADD_FAILURE() << document.error().message;
        return written;
    }
    auto faults = document::check(*document);
    EXPECT_TRUE(faults.empty()) << text_of(faults);
    auto outcome = set.translator->write(*document, set.delimiters);
    written.ok = outcome.ok();
    written.diagnostics = std::move(outcome.diagnostics);
    for (auto const& segment : outcome.body.cut())
        written.body.push_back(joined(segment));
    return written;
}

std::string pretty(std::vector<TranslatedSet> const& sets) {
    json::Value all;
    for (auto const& set : sets) {
        auto document = json::parse(set.json);
        EXPECT_TRUE(document) << set.json;
        if (document && sets.size() == 1) return json::to_pretty_text(*document);
        if (document) all.push_back(std::move(*document));
    }
    return json::to_pretty_text(all);
}

std::string read_file(std::filesystem::path const& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

void expect_golden(std::filesystem::path const& path, std::string const& actual) {
    if (std::getenv("WHARF_UPDATE_GOLDEN")) {
        std::ofstream(path, std::ios::binary) << actual;
        return;
    }
    ASSERT_TRUE(std::filesystem::exists(path))
        << path << " is missing; write it with WHARF_UPDATE_GOLDEN=1 and review it";
    EXPECT_EQ(read_file(path), actual) << path;
}

std::optional<std::filesystem::path> samples_folder() {
    std::filesystem::path folder = WHARF_SOURCE_DIR "/../shared/samples";
    if (auto const* named = std::getenv("WHARF_SAMPLES")) folder = named;
    return std::filesystem::exists(folder / "manifest.csv") ? std::optional(folder) : std::nullopt;
}

} // namespace wharf::golden
