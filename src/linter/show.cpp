#include "linter/show.hpp"

#include "grammar/not_x12.hpp"

#include <fmt/format.h>
#include <map>

namespace wharf::linter {
namespace {

constexpr std::size_t head_bytes = 4096; // enough to say what a file is that is not X12

constexpr std::uint64_t elements(std::initializer_list<unsigned> numbers) {
    std::uint64_t mask = 0;
    for (auto const number : numbers)
        mask |= std::uint64_t{1} << (number - 1);
    return mask;
}

class Page {
public:
    Page(std::string const& file, grammar::SchemaCache& schemas, Emit const& emit, ShowResult& result) : schemas_(schemas), emit_(emit), result_(result) {
        ShownBlock block;
        block.kind = ShownKind::file;
        block.title.text = file;
        emit_(block);
    }

    void add(grammar::Item const& item) {
        for (auto const& finding : item.findings)
            count(finding);
        result_.suppressed += item.suppressed;
        switch (item.kind) {
        case grammar::ItemKind::interchange_start:
            ++result_.interchanges;
            return interchange(item);
        case grammar::ItemKind::group_start:
            return group(item);
        case grammar::ItemKind::transaction_set:
            ++result_.sets;
            return set(item);
        case grammar::ItemKind::group_end:
            return trailer(item, 2, "End of the group");
        case grammar::ItemKind::interchange_end:
            return trailer(item, 1, "End of the interchange");
        default:
            return other(item);
        }
    }

    void not_x12(std::string_view head, grammar::InterchangeReaderOptions const& options) {
        auto finding = grammar::not_x12(head, {});
        if (!options.severities.apply(finding))
            return;
        count(finding);
        ShownBlock block;
        block.findings.push_back(shown(finding));
        emit_(block);
    }

private:
    void count(Diagnostic const& finding) {
        ++(finding.severity == Severity::error ? result_.errors : finding.severity == Severity::warning ? result_.warnings : result_.notes);
    }

    SegmentWords& words(std::string const& release) {
        auto const found = words_.find(release);
        if (found != words_.end())
            return found->second;
        return words_.emplace(release, SegmentWords(schemas_.grammars().dictionary(release))).first->second;
    }
    SegmentWords& words_of(grammar::Item const& item) {
        if (item.schema)
            return words(item.schema->dictionary().release());
        if (item.group != nullptr && !item.group->grammar_release.empty())
            return words(item.group->grammar_release);
        return words(schemas_.grammars().match_release(item.interchange != nullptr ? item.interchange->version : std::string()).release);
    }

    static void findings(grammar::Item const& item, ShownBlock& block) {
        for (auto const& finding : item.findings)
            block.findings.push_back(shown(finding));
    }

    /// The elements of an envelope segment but some.
    static void add_facts(ShownBlock& block, grammar::Item const& item, SegmentWords& words, std::uint64_t without) {
        auto const& list = item.part->segments;
        for (auto& fact : words.facts_without(list[0], list.delimiters(), without))
            block.facts.push_back(std::move(fact));
    }

    /// What few people look for: in one paragraph.
    static void add_rest(ShownBlock& block, grammar::Item const& item, SegmentWords& words, std::uint64_t without) {
        auto const& list = item.part->segments;
        block.lines.push_back({0, {}, words.facts_without(list[0], list.delimiters(), without), {}});
    }

    static ShownFact party(std::string label, std::string_view id, ShownWord kind) {
        ShownFact fact{{std::move(label), {}}, {{std::string(id), {}}}};
        if (!kind.text.empty())
            fact.values.push_back(std::move(kind));
        fact.separator = ", ";
        return fact;
    }

    void interchange(grammar::Item const& item) {
        ShownBlock block;
        block.kind = ShownKind::interchange;
        auto const& info = *item.interchange;
        block.title.text = fmt::format("Interchange {}", info.control_number);
        findings(item, block);
        if (item.part != nullptr && !item.part->segments.empty()) {
            auto& known = words(schemas_.grammars().match_release(info.version).release);
            auto const& shape = known.shape("ISA").elements;
            auto const isa = item.part->segments[0];
            auto const kind = [&](unsigned element) { return shape.size() < element ? ShownWord() : known.word(shape[element - 1], isa.element(element)); };
            block.facts.push_back(party("From", info.sender, kind(5)));
            block.facts.push_back(party("To", info.receiver, kind(7)));
            add_facts(block, item, known, ~elements({9, 10}));
            add_facts(block, item, known, ~elements({15}));
            add_rest(block, item, known, elements({5, 6, 7, 8, 9, 10, 15}));
        }
        emit_(block);
    }

    void group(grammar::Item const& item) {
        ShownBlock block;
        block.kind = ShownKind::group;
        findings(item, block);
        if (!item.present || item.part == nullptr || item.part->segments.empty()) {
            block.title.text = "Group without a GS";
            emit_(block);
            return;
        }
        auto& known = words(item.group->grammar_release);
        auto const gs = item.part->segments[0];
        auto const& shape = known.shape("GS").elements;
        block.title.text = fmt::format("Group {}", item.group->control_number);
        if (!shape.empty()) {
            auto const kind = known.word(shape[0], gs.element(1));
            block.title.text += fmt::format(": {}", kind.text);
            block.title.code = kind.code;
        }
        block.facts.push_back(party("From", item.group->sender, {}));
        block.facts.push_back(party("To", item.group->receiver, {}));
        add_facts(block, item, known, ~elements({4, 5}));
        add_rest(block, item, known, elements({1, 2, 3, 4, 5}));
        emit_(block);
    }

    void set(grammar::Item const& item) {
        if (item.part == nullptr || item.part->segments.empty())
            return other(item);
        show_set(item, words_of(item), emit_);
        if (item.suppressed == 0)
            return;
        ShownBlock block;
        block.facts.push_back({{"Findings not shown", {}}, {{fmt::format("{}", item.suppressed), {}}}});
        emit_(block);
    }

    void trailer(grammar::Item const& item, unsigned depth, std::string title) {
        ShownBlock block;
        block.kind = ShownKind::trailer;
        block.depth = depth;
        block.title.text = std::move(title);
        if (item.part != nullptr && !item.part->segments.empty())
            add_facts(block, item, words_of(item), 0);
        findings(item, block);
        emit_(block);
    }

    /// TA1 and the like, and segments or bytes where none belong.
    void other(grammar::Item const& item) {
        if (item.part != nullptr) {
            auto& known = words_of(item);
            auto const& list = item.part->segments;
            for (std::size_t i = 0; i < list.size(); ++i) {
                ShownBlock block;
                auto const& shape = known.shape(list[i].id());
                block.title.text = shape.name.empty() ? fmt::format("Segment {}", list[i].id()) : shape.name;
                block.source = shape.id;
                block.facts = known.facts(list[i], list.delimiters());
                emit_(block);
            }
        }
        if (!item.findings.empty()) {
            ShownBlock block;
            findings(item, block);
            emit_(block);
        }
    }

    grammar::SchemaCache& schemas_;
    Emit const& emit_;
    ShowResult& result_;
    std::map<std::string, SegmentWords> words_; // by release
};

} // namespace

ShowResult show(std::unique_ptr<ByteSource> source, std::string file_name, grammar::SchemaCache& schemas,
                grammar::InterchangeReaderOptions const& options, Emit const& emit) {
    ShowResult result;
    grammar::InterchangeReader reader(std::move(source), file_name, schemas, options);
    std::string const head(reader.peek().substr(0, head_bytes));
    Page page(file_name, schemas, emit, result);
    while (reader.next())
        page.add(reader.item());
    result.trouble = reader.error();
    if (result.interchanges == 0 && result.errors == 0 && !result.trouble)
        page.not_x12(head, options);
    return result;
}

} // namespace wharf::linter
