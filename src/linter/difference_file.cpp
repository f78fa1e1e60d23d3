#include "linter/difference_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace wharf::linter {

namespace {

bool is_stray(grammar::Item const& item) {
    constexpr std::array<std::string_view, 7> envelope = {"ISA", "ISB", "ISE", "TA1", "GS", "GE", "IEA"};
    return item.part != nullptr && !item.part->segments.empty() && std::ranges::find(envelope, item.part->segments[0].id()) == envelope.end();
}

} // namespace

constexpr std::size_t head_bytes = 4096; // enough to say what a file is that is not X12

SegmentWords& DifferenceFile::words(Kept const& kept) {
    auto const found = words_.find(kept.release);
    if (found != words_.end())
        return found->second;
    return words_.emplace(kept.release, SegmentWords(schemas_.grammars().dictionary(kept.release))).first->second;
}

void DifferenceFile::keep(grammar::InterchangeReader& reader, std::deque<Kept>& to) {
    auto& item = reader.item();
    if (item.part == nullptr || item.part->segments.empty())
        return;
    auto& kept = to.emplace_back();
    auto const& grammars = schemas_.grammars();
    kept.release = item.schema ? item.schema->dictionary().release()
                   : item.group != nullptr && !item.group->grammar_release.empty()
                       ? item.group->grammar_release
                       : grammars.match_release(item.interchange != nullptr ? item.interchange->version : std::string()).release;
    kept.item = std::move(item);
    kept.item.findings.clear();
    kept.part = *kept.item.part;
    kept.item.part = &kept.part;
    kept.block = reader.block();
    if (kept.item.nodes != nullptr) {
        kept.nodes = *kept.item.nodes;
        kept.item.nodes = &kept.nodes;
    }
    kept.item.interchange = nullptr; // the reader's
    kept.item.group = nullptr;
    kept.item.context = {};
    kept.kind = kept.part.segments[0].id();
}

Result<void> DifferenceFile::read(std::unique_ptr<ByteSource> source, std::string const& name, grammar::InterchangeReaderOptions const& options) {
    auto chosen = options;
    chosen.sense = false;
    grammar::InterchangeReader reader(std::move(source), name, schemas_, std::move(chosen));
    std::string const head(reader.peek().substr(0, head_bytes));
    bool is_x12 = false;
    while (reader.next()) {
        auto const kind = reader.item().kind;
        is_x12 = is_x12 || kind == grammar::ItemKind::interchange_start;
        keep(reader, kind == grammar::ItemKind::transaction_set ? sets_ : is_stray(reader.item()) ? strays_ : envelope_);
    }
    if (reader.error())
        return std::unexpected(*reader.error());
    if (!is_x12)
        return std::unexpected(Error{ErrorKind::invalid, fmt::format("{} is no X12 interchange: it is {}", name, grammar::describe_content(head))});
    return {};
}

} // namespace wharf::linter
