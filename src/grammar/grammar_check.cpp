#include "grammar/grammar_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <unordered_map>

namespace wharf::grammar {
namespace {

using Lives = std::unordered_map<std::string_view, ReleaseMask>;

class Check {
public:
    Check(GrammarFolder const& folder, Diagnostics& findings) : folder_(folder), problems_(&findings) {}

    void run(bool with_embedded_codes) {
        if (!read_releases_file())
            return;
        if (auto const file = folder_.find("elements"))
            elements(files_.emplace_back(std::make_unique<GrammarText>(*file)));
        if (auto const file = folder_.find("segments"))
            segments(files_.emplace_back(std::make_unique<GrammarText>(*file)));
        if (auto const file = folder_.find("envelope"))
            rows(files_.emplace_back(std::make_unique<GrammarText>(*file)), true);
        for (auto const& name : folder_.names("sets/"))
            rows(files_.emplace_back(std::make_unique<GrammarText>(*folder_.find(name))), false);
        for (auto const& name : folder_.names("codes/"))
            if (with_embedded_codes || folder_.is_overlaid(name))
                codes(files_.emplace_back(std::make_unique<GrammarText>(*folder_.find(name))));
    }

private:
    using File = std::unique_ptr<GrammarText>;

    bool read_releases_file() {
        auto const& file = files_.emplace_back(std::make_unique<GrammarText>(*folder_.find("releases")));
        releases_ = read_releases(*file, problems_);
        if (releases_.all().empty())
            empty_file(*file, "no release is listed");
        return problems_.count() == 0;
    }

    void empty_file(GrammarText const& file, std::string message) {
        Line line;
        line.text = file.text.substr(0, 0);
        line.number = 1;
        problems_.add("GRAMMAR-0011", {&file, {}, file.text, 1}, line, 1, 0, std::move(message));
    }

    /// A line of a file again, for a fault that shows only when all is read.
    static Line line_at(GrammarText const& file, std::uint32_t number) {
        Line line;
        line.number = number;
        std::size_t begin = 0;
        for (std::uint32_t i = 1; i < number; ++i)
            begin = file.text.find('\n', begin) + 1;
        line.text = file.text.substr(begin, file.text.find_first_of("\r\n", begin) - begin);
        return line;
    }

    void report(std::string_view code, GrammarText const& file, std::uint32_t number, std::string_view word,
                std::string message, std::string help) {
        auto const line = line_at(file, number);
        auto const at = std::min(line.text.find(word), line.text.size());
        problems_.add(code, {&file, {}, file.text, 1}, line, static_cast<std::uint32_t>(at) + 1,
                      static_cast<std::uint32_t>(word.size()), std::move(message), std::move(help));
    }

    void declare(Lives& lives, std::string_view id, ReleaseMask life, GrammarText const& file, std::uint32_t number) {
        if (!id.empty() && !lives.emplace(id, life).second)
            report("GRAMMAR-0005", file, number, id, fmt::format("{} is defined a second time", id),
                   "one definition holds all releases; join the two with lifetimes");
    }

    void require(Lives const& lives, std::string_view id, ReleaseMask where, std::string_view what, GrammarText const& file,
                 std::uint32_t number, std::string_view source) {
        auto const found = lives.find(id);
        if (found == lives.end() && broken_.contains(source))
            return; // its own faults are reported; what is missing may only be unreadable
        if (found == lives.end())
            report("GRAMMAR-0006", file, number, id, fmt::format("there is no {} {}", what, id),
                   fmt::format("define it in `{}`, or correct the name", source));
        else if ((where & ~found->second) != 0)
            report("GRAMMAR-0006", file, number, id,
                   fmt::format("{} {} does not live in {}", what, id, releases_.describe(where & ~found->second)),
                   fmt::format("give this row a lifetime, or widen the one of {} in `{}`", id, source));
    }

    void elements(File const& file) {
        auto const before = problems_.count();
        std::vector<SegmentEntry> composites;
        for (auto const& block : split_blocks(*file)) {
            if (block.text.starts_with("composite")) {
                auto entry = read_composite(block, releases_, problems_);
                declare(composites_, entry.id, entry.life, *file, block.line);
                composites.push_back(std::move(entry));
            } else {
                auto const entry = read_element(block, releases_, problems_);
                declare(elements_, entry.id, entry.life, *file, block.line);
            }
        }
        if (problems_.count() != before)
            broken_.insert("elements");
        for (auto const& composite : composites)
            uses(composite, *file);
    }

    void uses(SegmentEntry const& entry, GrammarText const& file) {
        for (auto const& use : entry.uses)
            for (auto const& [life, value] : use.values) {
                if (!value.reference.starts_with('C'))
                    require(elements_, value.reference, life, "element", file, use.line, "elements");
                else if (entry.is_composite)
                    report("GRAMMAR-0006", file, use.line, value.reference, "a composite cannot hold a composite", "");
                else
                    require(composites_, value.reference, life, "composite", file, use.line, "elements");
            }
    }

    void segments(File const& file) {
        auto const before = problems_.count();
        for (auto const& block : split_blocks(*file)) {
            auto const entry = read_segment(block, releases_, problems_);
            declare(segments_, entry.id, entry.life, *file, block.line);
            uses(entry, *file);
        }
        if (problems_.count() != before)
            broken_.insert("segments");
    }

    void rows(File const& file, bool is_envelope) {
        auto const before = problems_.count();
        auto const entry = is_envelope ? read_envelope(*file, releases_, problems_) : read_set(*file, releases_, problems_);
        if (problems_.count() != before)
            return;
        if (entry.rows.empty())
            return empty_file(*file, "the file has no rows");
        for (auto const& row : entry.rows)
            require(segments_, row.segment, row.life, "segment", *file, row.line, "segments");
        if (is_envelope)
            return;
        auto const plain = [&](RowEntry const& row, std::string_view id) {
            auto const& value = row.values.front().value;
            return row.segment == id && !row.is_loop && row.depth == 1 && row.life == entry.life && row.values.size() == 1 &&
                   value.mandatory && value.count == 1;
        };
        for (auto const& [row, id] : {std::pair(&entry.rows.front(), "ST"), std::pair(&entry.rows.back(), "SE")})
            if (!plain(*row, id))
                report("GRAMMAR-0015", *file, row->line, row->segment,
                       fmt::format("expected {} M 1 here, found {}", id, row->segment),
                       "a transaction set begins with ST and ends with SE, each mandatory and once, in all its releases");
    }

    void codes(File const& file) {
        auto const before = problems_.count();
        auto const entry = read_codes(*file, releases_, problems_);
        if (problems_.count() != before)
            return;
        if (entry.rows.empty())
            return empty_file(*file, "the file has no codes");
        if (!elements_.contains(entry.id) && !broken_.contains("elements"))
            report("GRAMMAR-0006", *file, entry.line, entry.id, fmt::format("there is no element {}", entry.id),
                   "define it in `elements`, or correct the name");
        Lives seen;
        for (auto const& row : entry.rows) {
            auto& life = seen[row.code];
            if ((life & row.life) != 0)
                report("GRAMMAR-0005", *file, row.line, row.code,
                       fmt::format("code {} stands twice in {}", row.code, releases_.describe(life & row.life)),
                       "leave one of them");
            life |= row.life;
        }
    }

    GrammarFolder const& folder_;
    Problems problems_;
    ReleaseTable releases_;
    std::vector<File> files_;
    Lives elements_;
    Lives composites_;
    Lives segments_;
    std::set<std::string_view> broken_; // files with faults of their own
};

} // namespace

Diagnostics check_grammars(GrammarFolder const& folder, bool with_embedded_codes) {
    Diagnostics findings;
    Check(folder, findings).run(with_embedded_codes);
    return findings;
}

} // namespace wharf::grammar
