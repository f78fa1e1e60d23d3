#include "grammar/grammar_file.hpp"

#include "diagnostic/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

constexpr std::uint32_t blanks_per_level = 2;
constexpr std::uint32_t max_depth = 16; // of loops; the standard has five
constexpr std::uint32_t max_positions = 64; // of a segment; the validator keeps one bit for each

std::uint32_t size32(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

Block whole(GrammarText const& file) { return {&file, {}, file.text, 1}; }

/// The life of a row inside something that lives in `outer`.
ReleaseMask row_life(Line const& line, ReleaseMask outer, Block const& block, ReleaseTable const& releases,
                     Problems& problems) {
    auto const life = line.life & outer;
    if (life == 0 && outer != 0)
        problems.add("GRAMMAR-0012", block, line, line.life_column, 1, "this row lives in no release",
                     fmt::format("what it stands in lives in {}; a range begins with its older release",
                                 releases.describe(outer)));
    return life;
}

/// Alternatives must share out the releases of their row: none left over, none twice.
void take_values(Line const& line, ReleaseMask life, Block const& block, ReleaseTable const& releases, Problems& problems,
                 std::vector<Lived<Alternative>>& values) {
    ReleaseMask open = life;
    for (auto const& alternative : line.alternatives) {
        auto const wanted = alternative.life & life;
        auto const taken = wanted & ~open;
        if (taken != 0)
            problems.add("GRAMMAR-0004", block, line, alternative.column, 1,
                         fmt::format("two alternatives hold in {}", releases.describe(taken)),
                         "give each alternative its own releases: `O >1 @003060.. | O 12 @..003040`");
        else if (wanted == 0 && life != 0)
            problems.add("GRAMMAR-0012", block, line, alternative.column, 1, "this alternative lives in no release",
                         fmt::format("the row lives in {}; a range begins with its older release", releases.describe(life)));
        values.push_back({wanted & open, alternative});
        open &= ~wanted;
    }
    if (open != 0)
        problems.add("GRAMMAR-0004", block, line, line.alternatives.front().column, 1,
                     fmt::format("no alternative holds in {}", releases.describe(open)),
                     "a lifetime after one blank belongs to the alternative, after two blanks to the row");
}

template <class Entry> void take_head(Entry& entry, Line const& line, ReleaseMask outer, Block const& block,
                                      ReleaseTable const& releases, Problems& problems) {
    entry.id = line.id;
    entry.name = line.name;
    entry.life = row_life(line, outer, block, releases, problems);
}

void misplaced(Problems& problems, Block const& block, Line const& line, std::string_view expected) {
    problems.add("GRAMMAR-0011", block, line, line.indent + 1, 1, fmt::format("this row stands out of place; {}", expected));
}

/// The last part of a file's name is what the file is about.
void check_file_name(std::string_view id, GrammarText const& file, Line const& line, Problems& problems) {
    auto const name = file.name.substr(file.name.find_last_of('/') + 1);
    if (id != name)
        problems.add("GRAMMAR-0013", whole(file), line, line.id_column, size32(id),
                     fmt::format("the file is called {} but speaks of {}", name, id), "rename the file or correct the row");
}

SetEntry read_rows(FileKind kind, GrammarText const& file, ReleaseTable const& releases, Problems& problems, bool head_only) {
    auto const block = whole(file);
    LineReader reader(kind, block, releases, problems);
    SetEntry set;
    bool has_head = false;
    bool has_area = kind == FileKind::envelope;
    Area area = Area::heading;
    std::vector<ReleaseMask> lives; // of the loops around the next row, outermost first: lives[0] is the set's
    while (reader.next()) {
        auto const& line = reader.line();
        if (line.kind == LineKind::set || line.kind == LineKind::envelope) {
            if (has_head) {
                misplaced(problems, block, line, "a file holds one set");
                continue;
            }
            has_head = true;
            take_head(set, line, releases.mask(), block, releases, problems);
            set.group = line.group;
            lives = {set.life};
            if (kind == FileKind::set)
                check_file_name(set.id, file, line, problems);
            if (head_only)
                return set;
            continue;
        }
        if (!has_head) {
            misplaced(problems, block, line, kind == FileKind::set ? "a file begins with `set`" : "the file begins with `envelope`");
            return set;
        }
        if (line.kind == LineKind::area) {
            if (has_area && line.area <= area)
                misplaced(problems, block, line, "the areas are heading, detail, summary, each once at most");
            has_area = true;
            area = line.area;
            lives.resize(1);
            reader.faulty_indent = LineReader::no_fault;
            continue;
        }
        if (!has_area) {
            misplaced(problems, block, line, "rows stand below `heading`, `detail` or `summary`");
            has_area = true;
        }
        // What stands below a faulty row cannot be placed; its syntax was checked, that is all.
        if (reader.faulty_indent != LineReader::no_fault && line.indent > reader.faulty_indent)
            continue;
        reader.faulty_indent = LineReader::no_fault;
        auto const depth = line.indent / blanks_per_level;
        auto const deepest = static_cast<std::uint32_t>(lives.size());
        if (line.indent % blanks_per_level != 0 || depth == 0 || depth > deepest || depth > max_depth) {
            problems.add("GRAMMAR-0003", block, line, line.indent + 1, 1,
                         fmt::format("indented by {} blanks, expected {} at most, by twos", line.indent,
                                     std::min(deepest, max_depth) * blanks_per_level),
                         "each level has two blanks; only a `loop` row has rows inside");
            reader.faulty_indent = line.indent;
            continue;
        }
        lives.resize(depth);
        RowEntry row;
        row.segment = line.id;
        row.position = kind == FileKind::envelope ? std::string_view("-") : line.position;
        row.area = area;
        row.is_loop = line.is_loop;
        row.depth = depth;
        row.line = line.number;
        row.column = line.id_column;
        row.life = row_life(line, lives.back(), block, releases, problems);
        take_values(line, row.life, block, releases, problems, row.values);
        if (row.is_loop)
            lives.push_back(row.life);
        set.rows.push_back(std::move(row));
    }
    return set;
}

SegmentEntry read_uses(LineKind head, FileKind kind, Block const& block, ReleaseTable const& releases, Problems& problems) {
    LineReader reader(kind, block, releases, problems);
    SegmentEntry entry;
    bool has_head = false;
    while (reader.next()) {
        auto const& line = reader.line();
        if (line.indent == 0) {
            if (line.kind != head)
                return entry;
            has_head = true;
            entry.is_composite = head == LineKind::composite;
            take_head(entry, line, releases.mask(), block, releases, problems);
            continue;
        }
        if (!has_head) { // its head was faulty: the syntax of the rows is all that can be checked
            entry.life = releases.mask();
            has_head = true;
        }
        if (line.indent != blanks_per_level) {
            problems.add("GRAMMAR-0003", block, line, line.indent + 1, 1,
                         fmt::format("indented by {} blanks, expected 2", line.indent));
            continue;
        }
        auto const life = row_life(line, entry.life, block, releases, problems);
        if (line.kind == LineKind::element_use) {
            auto const expected = entry.uses.empty() ? 1u : entry.uses.back().position + 1u;
            if (line.number_value != expected || line.number_value > max_positions)
                problems.add("GRAMMAR-0007", block, line, line.indent + 1, 2,
                             fmt::format("element position {:02}, expected {:02}", line.number_value, expected),
                             "positions run from 01 without holes; a position that a release lacks has a lifetime");
            UseEntry use{static_cast<std::uint8_t>(line.number_value), line.number, life, {}};
            take_values(line, life, block, releases, problems, use.values);
            auto const hole = entry.uses.empty() ? 0 : life & ~entry.uses.back().life;
            if (hole != 0)
                problems.add("GRAMMAR-0007", block, line, line.indent + 1, 2,
                             fmt::format("position {:02} lives in {}, where position {:02} does not", line.number_value,
                                         releases.describe(hole), entry.uses.back().position));
            entry.uses.push_back(std::move(use));
        } else if (line.kind == LineKind::note) {
            for (auto const& earlier : entry.notes)
                if ((earlier.life & life) != 0)
                    problems.add("GRAMMAR-0004", block, line, line.indent + 1, 4,
                                 fmt::format("two `note` rows hold in {}", releases.describe(earlier.life & life)),
                                 "write all notes of a release in one row");
            entry.notes.push_back({life, line.notes});
        } else {
            auto& values = line.kind == LineKind::key ? entry.keys : entry.pairs;
            take_values(line, life, block, releases, problems, values);
        }
        // notes, keys and pairs may only name positions that are there
        auto const check = [&](unsigned position, ReleaseMask where) {
            auto const lives = position <= entry.uses.size() ? entry.uses[position - 1].life : 0;
            if ((where & ~lives) != 0)
                problems.add("GRAMMAR-0008", block, line, line.indent + 1, 1,
                             fmt::format("names position {:02}, which {} lacks in {}", position, entry.id,
                                         releases.describe(where & ~lives)),
                             "give the row a lifetime, or correct the position");
        };
        for (auto const& note : line.notes)
            for (auto const position : note.positions)
                check(position, life);
        if (line.kind == LineKind::key || line.kind == LineKind::pairs) {
            for (auto const& value : line.alternatives) {
                if (value.first != 0)
                    check(std::max(value.first, value.last), value.life & life);
                if (line.kind == LineKind::pairs && (value.last <= value.first || (value.last - value.first) % 2 == 0))
                    problems.add("GRAMMAR-0008", block, line, value.column, 6, "pairs need an even number of positions");
            }
        }
    }
    return entry;
}

template <class Entry, LineKind Head> Entry read_head(FileKind kind, GrammarText const& file, ReleaseTable const& releases) {
    Problems uncounted;
    auto const block = whole(file);
    LineReader reader(kind, block, releases, uncounted);
    Entry entry;
    if (reader.next() && reader.line().kind == Head)
        take_head(entry, reader.line(), releases.mask(), block, releases, uncounted);
    return entry;
}

std::string text_of_position(std::string_view position, std::uint32_t digits) {
    std::string text(position);
    auto const written = text.size() - (text.starts_with('~') ? 1 : 0);
    if (text != "-" && written == 3 && digits == 4)
        text += '0';
    else if (written == 4 && digits == 3 && text.ends_with('0'))
        text.pop_back();
    return text;
}

} // namespace

std::string SyntaxNote::text() const {
    std::string text(1, kind);
    for (auto const position : positions)
        fmt::format_to(std::back_inserter(text), "{:02}", position);
    return text;
}

void Problems::add(std::string_view code, Block const& block, Line const& line, std::uint32_t column, std::uint32_t length,
                   std::string message, std::string help) {
    ++count_;
    if (list_ == nullptr)
        return;
    auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
    diagnostic.place.file = block.file->name;
    diagnostic.place.line = line.number;
    diagnostic.place.column = std::max(column, 1u);
    diagnostic.place.has_offset = true;
    diagnostic.place.offset = static_cast<std::uint64_t>(line.text.data() - block.file->text.data()) + diagnostic.place.column - 1;
    diagnostic.place.length = length;
    diagnostic.excerpt = line.text;
    diagnostic.excerpt_offset = diagnostic.place.column - 1;
    if (diagnostic.excerpt_offset < line.text.size())
        diagnostic.value = line.text.substr(diagnostic.excerpt_offset, length);
    list_->push_back(std::move(diagnostic));
}

LineReader::LineReader(FileKind kind, Block const& block, ReleaseTable const& releases, Problems& problems)
    : kind_(kind), block_(block), releases_(releases), problems_(problems), rest_(block.text), number_(block.line) {}

bool LineReader::next() {
    while (!rest_.empty()) {
        auto const end = rest_.find('\n');
        auto text = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        if (text.ends_with('\r'))
            text.remove_suffix(1);
        line_.number = number_++;
        LineError error;
        if (parse_line(kind_, text, releases_, line_, error)) {
            if (line_.kind != LineKind::empty)
                return true;
            continue;
        }
        problems_.add(error.code, block_, line_, error.column, error.length, std::move(error.message));
        if (faulty_indent == no_fault || line_.indent < faulty_indent)
            faulty_indent = line_.indent;
    }
    return false;
}

ReleaseTable read_releases(GrammarText const& file, Problems& problems) {
    ReleaseTable releases;
    auto const block = whole(file);
    LineReader reader(FileKind::releases, block, releases, problems);
    while (reader.next()) {
        auto const& line = reader.line();
        if (!releases.add({std::string(line.id), std::string(line.name), line.number_value}))
            problems.add("GRAMMAR-0007", block, line, line.id_column, size32(line.id),
                         releases.all().size() == max_releases
                             ? fmt::format("more than {} releases", max_releases)
                             : fmt::format("{} stands after {}", line.id, releases.all().back().id),
                         "releases are listed oldest first, each once");
    }
    return releases;
}

std::vector<Block> split_blocks(GrammarText const& file) {
    std::vector<Block> blocks;
    auto const text = file.text;
    std::uint32_t number = 1;
    for (std::size_t at = 0; at < text.size(); ++number) {
        auto const found = text.find('\n', at);
        auto const next = found == std::string_view::npos ? text.size() : found + 1;
        if (auto const first = text[at]; first != ' ' && first != '#' && first != '\n' && first != '\r') {
            if (!blocks.empty())
                blocks.back().text = {blocks.back().text.data(), text.data() + at};
            auto const line = text.substr(at, next - at);
            auto const begin = std::min(line.find_first_not_of(' ', line.find(' ')), line.size());
            auto const id = line.substr(begin, line.find_first_of(" \r\n", begin) - begin);
            blocks.push_back({&file, id, text.substr(at), number});
        } else if (blocks.empty() && first == ' ') {
            blocks.push_back({&file, {}, text.substr(at), number}); // rows without a head: a fault for the reader
        }
        at = next;
    }
    return blocks;
}

SetEntry read_set(GrammarText const& file, ReleaseTable const& releases, Problems& problems) {
    return read_rows(FileKind::set, file, releases, problems, false);
}
SetEntry read_envelope(GrammarText const& file, ReleaseTable const& releases, Problems& problems) {
    return read_rows(FileKind::envelope, file, releases, problems, false);
}
SegmentEntry read_segment(Block const& block, ReleaseTable const& releases, Problems& problems) {
    return read_uses(LineKind::segment, FileKind::segments, block, releases, problems);
}
SegmentEntry read_composite(Block const& block, ReleaseTable const& releases, Problems& problems) {
    return read_uses(LineKind::composite, FileKind::elements, block, releases, problems);
}

ElementEntry read_element(Block const& block, ReleaseTable const& releases, Problems& problems) {
    LineReader reader(FileKind::elements, block, releases, problems);
    ElementEntry entry;
    while (reader.next()) {
        auto const& line = reader.line();
        if (line.kind != LineKind::element) {
            misplaced(problems, block, line, "an element has no rows below it");
            continue;
        }
        take_head(entry, line, releases.mask(), block, releases, problems);
        take_values(line, entry.life, block, releases, problems, entry.values);
        for (auto const& value : line.alternatives)
            if (value.min > value.max)
                problems.add("GRAMMAR-0014", block, line, value.column, 1,
                             fmt::format("the shortest length {} is longer than the longest {}", value.min, value.max));
    }
    return entry;
}

SetEntry read_set_head(GrammarText const& file, ReleaseTable const& releases) {
    return read_head<SetEntry, LineKind::set>(FileKind::set, file, releases);
}
CodesEntry read_codes_head(GrammarText const& file, ReleaseTable const& releases) {
    return read_head<CodesEntry, LineKind::codes>(FileKind::codes, file, releases);
}

CodesEntry read_codes(GrammarText const& file, ReleaseTable const& releases, Problems& problems) {
    auto const block = whole(file);
    LineReader reader(FileKind::codes, block, releases, problems);
    CodesEntry entry;
    bool has_head = false;
    bool has_group = false;
    ReleaseMask life = 0;
    entry.rows.reserve(file.text.size() / 24);
    while (reader.next()) {
        auto const& line = reader.line();
        if (line.kind == LineKind::codes) {
            if (has_head)
                misplaced(problems, block, line, "a file holds one code list");
            has_head = true;
            entry.line = line.number;
            take_head(entry, line, releases.mask(), block, releases, problems);
            check_file_name(entry.id, file, line, problems);
            continue;
        }
        if (!has_head) {
            misplaced(problems, block, line, "a file begins with `codes`");
            return entry;
        }
        if (line.kind == LineKind::group) {
            has_group = true;
            life = line.life & entry.life;
            if (life == 0)
                problems.add("GRAMMAR-0012", block, line, 1, 1, "these codes live in no release",
                             fmt::format("the list lives in {}", releases.describe(entry.life)));
            continue;
        }
        if (line.indent != blanks_per_level)
            problems.add("GRAMMAR-0003", block, line, line.indent + 1, 1,
                         fmt::format("indented by {} blanks, expected 2", line.indent));
        else if (!has_group)
            misplaced(problems, block, line, "codes stand below `@all` or a lifetime");
        else
            entry.rows.push_back({line.id, line.name, life, line.number});
        has_group = true;
    }
    return entry;
}

SetDefinition view_set(SetEntry const& entry, ReleaseTable const& releases, unsigned release) {
    auto const& about = releases.all()[release];
    SetDefinition set;
    set.id = entry.id;
    set.name = entry.name;
    set.group = entry.group;
    set.release = about.id;
    std::vector<std::vector<SetRow>*> levels{&set.rows}; // where a row of each depth goes
    for (auto const& row : entry.rows) {
        auto const* const value = value_in(row.values, release);
        if (value == nullptr) // so does everything inside: lives are relative to the loop
            continue;
        levels.resize(row.depth);
        auto& here = levels.back()->emplace_back();
        here.segment = row.segment;
        here.position = text_of_position(row.position, about.position_digits);
        here.area = row.area;
        here.is_loop = row.is_loop;
        here.mandatory = value->mandatory;
        here.max = value->count;
        if (row.is_loop)
            levels.push_back(&here.rows);
    }
    return set;
}

SegmentDefinition view_segment(SegmentEntry const& entry, unsigned release) {
    SegmentDefinition segment;
    segment.id = entry.id;
    segment.name = entry.name;
    for (auto const& use : entry.uses)
        if (auto const* const value = value_in(use.values, release))
            segment.elements.push_back({use.position, std::string(value->reference), value->mandatory, value->count});
    if (auto const* const notes = value_in(entry.notes, release))
        segment.notes = *notes;
    if (auto const* const key = value_in(entry.keys, release))
        segment.key = key->first;
    if (auto const* const pairs = value_in(entry.pairs, release)) {
        segment.pairs_from = pairs->first;
        segment.pairs_to = pairs->last;
    }
    return segment;
}

CompositeDefinition view_composite(SegmentEntry const& entry, unsigned release) {
    auto segment = view_segment(entry, release);
    return {std::move(segment.id), std::move(segment.name), std::move(segment.elements), std::move(segment.notes)};
}

ElementDefinition view_element(ElementEntry const& entry, unsigned release) {
    ElementDefinition element;
    element.number = entry.id;
    element.name = entry.name;
    if (auto const* const value = value_in(entry.values, release)) {
        element.type = value->type;
        element.min = value->min;
        element.max = value->max;
    }
    return element;
}

} // namespace wharf::grammar
