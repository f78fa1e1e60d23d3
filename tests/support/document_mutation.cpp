#include "support/document_mutation.hpp"

#include "support/reference_validator.hpp"

#include <algorithm>
#include <span>

namespace wharf::test {
namespace {

using grammar::NarrowedRow;
using Difference = std::ptrdiff_t;

constexpr unsigned attempts = 50;

/// Any segment but ST and SE.
std::size_t inner_segment(Document const& document, Random& random) { return 1 + random.below(document.segments.size() - 2); }

bool contains(NarrowedRow const& loop, NarrowedRow const* row) { // NOLINT(misc-no-recursion): as deep as the grammar's loops
    return std::ranges::any_of(loop.rows, [&](NarrowedRow const& inner) { return &inner == row || contains(inner, row); });
}

std::optional<Damaged> delete_segment(Document const& clean, Random& random, bool heads_only) {
    auto const rows = rows_of(clean);
    for (unsigned attempt = 0; attempt < attempts; ++attempt) {
        auto const index = inner_segment(clean, random);
        if (heads_only && (rows[index] == nullptr || !rows[index]->row->is_loop))
            continue;
        Damaged out{clean, index, index};
        out.document.segments.erase(out.document.segments.begin() + static_cast<Difference>(index));
        return out;
    }
    return std::nullopt;
}

Damaged insert_segment(Document const& clean, Random& random, std::string segment) {
    auto const index = 1 + random.below(clean.segments.size() - 1);
    Damaged out{clean, index, index};
    out.document.segments.insert(out.document.segments.begin() + static_cast<Difference>(index), std::move(segment));
    return out;
}

std::string known_segment(Document const& clean, DocumentGenerator& generator) {
    auto const last = clean.schema->nodes().size() - 1; // ST is the first node, SE the last
    return generator.draw_segment(*clean.schema, static_cast<grammar::NodeIndex>(1 + generator.random().below(last - 1)));
}

std::string unknown_segment(Document const& clean, Random& random) {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::string id;
    do {
        id.clear();
        for (auto length = 2 + random.below(2); length > 0; --length)
            id += random.one_of(letters);
    } while (clean.schema->dictionary().segment(id) != nullptr);
    return id + clean.delimiters.element + "1";
}

/// Repeats one segment where it stands until it is one more than its row allows.
std::optional<Damaged> duplicate_segment(Document const& clean, Random& random) {
    auto const rows = rows_of(clean);
    for (unsigned attempt = 0; attempt < attempts; ++attempt) {
        auto const index = inner_segment(clean, random);
        auto const* row = rows[index];
        if (row == nullptr || row->max == 0 || row->max > 5)
            continue;
        auto const belongs = [&](std::size_t i) { return rows[i] == row || contains(*row, rows[i]); };
        auto begin = index;
        while (belongs(begin - 1))
            --begin;
        auto end = index;
        while (belongs(end))
            ++end;
        auto const run = std::span(rows).subspan(begin, end - begin);
        auto const here = static_cast<std::size_t>(std::ranges::count(run, row));
        auto const copies = row->max + 1 - here;
        Damaged out{clean, index, index + copies};
        auto& segments = out.document.segments;
        segments.insert(segments.begin() + static_cast<Difference>(index), copies, clean.segments[index]);
        if (auto const later = static_cast<std::size_t>(std::ranges::count(run.subspan(index - begin + 1), row)); later != 0)
            out.to = end - 1 + copies; // the one too many is the last of its loop's occurrences
        return out;
    }
    return std::nullopt;
}

std::optional<Damaged> swap_neighbours(Document const& clean, Random& random) {
    if (clean.segments.size() < 4)
        return std::nullopt;
    auto const index = 1 + random.below(clean.segments.size() - 3);
    Damaged out{clean, index, index + 1};
    std::swap(out.document.segments[index], out.document.segments[index + 1]);
    return out;
}

std::optional<Damaged> move_block(Document const& clean, Random& random) {
    constexpr Difference length = 3;
    if (clean.segments.size() < length + 3)
        return std::nullopt;
    auto out = Damaged{clean, 0, 0};
    auto& segments = out.document.segments;
    auto const first = segments.begin() + 1 + static_cast<Difference>(random.below(segments.size() - length - 1));
    std::vector<std::string> const block(first, first + length);
    segments.erase(first, first + length);
    out.from = 1 + random.below(segments.size() - 1);
    out.to = out.from + length - 1;
    segments.insert(segments.begin() + static_cast<Difference>(out.from), block.begin(), block.end());
    return out;
}

std::optional<Damaged> damaged(Document const& clean, StructuralFault fault, DocumentGenerator& generator) {
    auto& random = generator.random();
    switch (fault) {
    case StructuralFault::segment_deleted: return delete_segment(clean, random, false);
    case StructuralFault::loop_head_deleted: return delete_segment(clean, random, true);
    case StructuralFault::known_segment_inserted: return insert_segment(clean, random, known_segment(clean, generator));
    case StructuralFault::unknown_segment_inserted: return insert_segment(clean, random, unknown_segment(clean, random));
    case StructuralFault::duplicated_beyond_maximum: return duplicate_segment(clean, random);
    case StructuralFault::neighbours_swapped: return swap_neighbours(clean, random);
    case StructuralFault::block_of_three_moved: return move_block(clean, random);
    }
    return std::nullopt;
}

} // namespace

std::string_view name_of(StructuralFault fault) {
    switch (fault) {
    case StructuralFault::segment_deleted: return "segment deleted";
    case StructuralFault::loop_head_deleted: return "loop head deleted";
    case StructuralFault::known_segment_inserted: return "known segment inserted";
    case StructuralFault::unknown_segment_inserted: return "unknown segment inserted";
    case StructuralFault::duplicated_beyond_maximum: return "duplicated beyond its maximum";
    case StructuralFault::neighbours_swapped: return "neighbours swapped";
    case StructuralFault::block_of_three_moved: return "block of three moved";
    }
    return {};
}

std::optional<Damaged> damage(Document const& clean, StructuralFault fault, DocumentGenerator& generator) {
    if (clean.segments.size() < 3)
        return std::nullopt;
    generator.use(clean.delimiters);
    auto out = damaged(clean, fault, generator);
    if (out)
        set_count(out->document);
    return out;
}

Document damage_elements(Document document, unsigned faults, DocumentGenerator& generator) {
    auto& random = generator.random();
    auto const separators = document.delimiters;
    for (; faults > 0; --faults) {
        auto& segment = random.chance(3) ? document.segments.front() : document.segments[random.below(document.segments.size())];
        auto const views = split(segment, separators.element);
        std::vector<std::string> elements(views.begin(), views.end());
        if (elements.size() < 2 || random.chance(10))
            elements.resize(elements.size() + 1 + random.below(30));
        auto& element = elements[1 + random.below(elements.size() - 1)];
        switch (random.below(12)) {
        case 0: element.clear(); break;
        case 1: element += std::string(1 + random.below(90), '7'); break;
        case 2: element = element.substr(0, element.size() / 2); break;
        case 3: element += 'x'; break;
        case 4: element = random.chance(50) ? "20250230" : "250631"; break;
        case 5: element = random.chance(50) ? "2460" : "99"; break;
        case 6: element = "?Q"; break;
        case 7: element += ' '; break;
        case 8: element += '\x01'; break;
        case 9: (element += separators.component) += 'A'; break;
        case 10: (element += separators.repetition == '\0' ? '-' : separators.repetition) += "B1"; break;
        default: element = random.chance(50) ? "-12.5" : "1-2"; break;
        }
        segment.clear();
        for (auto const& part : elements)
            (segment += segment.empty() ? "" : std::string(1, separators.element)) += part;
    }
    return document;
}

} // namespace wharf::test
