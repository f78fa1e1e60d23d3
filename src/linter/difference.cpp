#include "linter/difference.hpp"

#include "linter/difference_file.hpp"
#include "linter/difference_set.hpp"
#include "linter/show_set.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

namespace wharf::linter {
namespace {

using Kept = DifferenceFile::Kept;

constexpr std::size_t most_stray_segments = 20; // shown of one run of them

std::string_view set_id(Kept const& kept) { return kept.part.segments[0].element(1); }

std::string title_of(Kept const& kept) {
    std::string title(set_id(kept));
    if (kept.item.schema)
        title += " " + kept.item.schema->set().name;
    if (auto const number = business_number(kept.part.segments); !number.empty())
        title += fmt::format(" {}", number);
    return title;
}

class Comparing {
public:
    Comparing(DifferenceFile& left, DifferenceFile& right, DifferenceOptions const& options)
        : left_(left), right_(right), options_(options), comparison_(options.exact, options.envelope) {}

    DifferenceResult run() {
        result_.left_sets = left_.sets().size();
        result_.right_sets = right_.sets().size();
        if (options_.envelope)
            envelopes();
        strays();
        sets();
        return std::move(result_);
    }

private:
    void add(Difference&& found, std::string const& set) {
        if (result_.differences.size() >= most_differences) {
            ++result_.suppressed;
            return;
        }
        found.set = set;
        result_.differences.push_back(std::move(found));
    }

    /// By kind and number, in order among equals.
    void sets() {
        auto const key = [](Kept const& kept) { return fmt::format("{}\n{}", set_id(kept), business_number(kept.part.segments)); };
        std::unordered_map<std::string, std::deque<std::size_t>> waiting;
        for (std::size_t i = 0; i < right_.sets().size(); ++i)
            waiting[key(right_.sets()[i])].push_back(i);
        std::vector<bool> is_matched(right_.sets().size(), false);
        for (auto const& kept : left_.sets()) {
            auto const found = waiting.find(key(kept));
            if (found == waiting.end() || found->second.empty()) {
                whole(DifferenceKind::removed, left_, kept);
                continue;
            }
            auto const other = found->second.front();
            found->second.pop_front();
            is_matched[other] = true;
            ++result_.matched_sets;
            set(kept, right_.sets()[other]);
        }
        for (std::size_t i = 0; i < right_.sets().size(); ++i)
            if (!is_matched[i])
                whole(DifferenceKind::added, right_, right_.sets()[i]);
    }

    void set(Kept const& left, Kept const& right) {
        auto const title = title_of(left);
        DifferenceSide const before(left.item, left_.words(left), comparison_), after(right.item, right_.words(right), comparison_);
        SetComparison::Found const found = [&](Difference&& one) { add(std::move(one), title); };
        SetComparison(before, after, comparison_, options_.envelope, found).run(std::string(set_id(left)));
    }

    void whole(DifferenceKind kind, DifferenceFile& file, Kept const& kept) {
        Difference made;
        made.kind = kind;
        made.path = set_id(kept);
        made.name = kept.item.schema ? kept.item.schema->set().name : std::string();
        auto const& list = kept.part.segments;
        auto const words = list.size() > 1 ? summary_of(file.words(kept).facts(list[1], list.delimiters())) : std::string();
        (kind == DifferenceKind::added ? made.after : made.before) = ShownWord{words, {}};
        made.more_segments = list.size();
        (kind == DifferenceKind::added ? made.right_offset : made.left_offset) = kept.part.offset;
        add(std::move(made), title_of(kept));
    }

    /// The first ISA with the first, and so on.
    void envelopes() {
        std::unordered_map<std::string, std::deque<Kept const*>> waiting;
        for (auto const& kept : right_.envelope())
            waiting[kept.kind].push_back(&kept);
        for (auto const& kept : left_.envelope()) {
            auto& list = waiting[kept.kind];
            if (list.empty()) {
                segment(DifferenceKind::removed, kept);
                continue;
            }
            auto const& other = *list.front();
            list.pop_front();
            envelope(kept, other);
        }
        for (auto const& kept : right_.envelope()) // what waits still is the last of its kind
            if (auto& list = waiting[kept.kind]; !list.empty() && list.front() == &kept) {
                segment(DifferenceKind::added, kept);
                list.pop_front();
            }
    }

    void envelope(Kept const& left, Kept const& right) {
        constexpr std::uint64_t separators = (std::uint64_t{1} << 15) | (std::uint64_t{1} << 10); // ISA16, and ISA11 where it is one
        auto const is_isa = left.kind == "ISA";
        auto const at = [](DifferenceFile& file, Kept const& kept) {
            auto& words = file.words(kept);
            return SegmentAt{kept.part.segments[0], kept.part.segments.delimiters(), words.shape(kept.kind), words};
        };
        comparison_.compare(
            at(left_, left), at(right_, right),
            [&](Difference&& found) {
                found.path = fmt::format("{}/{}", left.kind, found.path);
                found.left_offset = left.part.offset;
                found.right_offset = right.part.offset;
                add(std::move(found), {});
            },
            is_isa ? separators : 0);
    }

    /// Segments outside any set: by what they hold, wherever they stand.
    void strays() {
        auto const content = [](Kept const& kept) {
            std::string text;
            for (std::size_t i = 0; i < kept.part.segments.size(); ++i) {
                auto const segment = kept.part.segments[i];
                text += segment.id();
                for (std::uint32_t k = 1; k <= segment.element_count(); ++k)
                    (text += '\x1f') += segment.element(k);
                text += '\x1e';
            }
            return text;
        };
        std::unordered_map<std::string, std::deque<Kept const*>> waiting;
        for (auto const& kept : right_.strays())
            waiting[content(kept)].push_back(&kept);
        for (auto const& kept : left_.strays()) {
            auto& list = waiting[content(kept)];
            if (list.empty())
                stray(DifferenceKind::removed, kept);
            else
                list.pop_front();
        }
        for (auto const& kept : right_.strays())
            if (auto& list = waiting[content(kept)]; !list.empty() && list.front() == &kept) {
                stray(DifferenceKind::added, kept);
                list.pop_front();
            }
    }

    void stray(DifferenceKind kind, Kept const& kept) {
        Difference made;
        made.kind = kind;
        made.path = kept.kind;
        for (std::size_t i = 0; i < std::min<std::size_t>(kept.part.segments.size(), most_stray_segments); ++i)
            made.segments.emplace_back(kept.part.segments[i].bytes());
        (kind == DifferenceKind::added ? made.right_offset : made.left_offset) = kept.part.offset;
        add(std::move(made), "outside any transaction set");
    }

    void segment(DifferenceKind kind, Kept const& kept) {
        Difference made;
        made.kind = kind;
        made.path = kept.kind;
        made.segments.emplace_back(kept.part.segments[0].bytes());
        (kind == DifferenceKind::added ? made.right_offset : made.left_offset) = kept.part.offset;
        add(std::move(made), {});
    }

    DifferenceFile& left_;
    DifferenceFile& right_;
    DifferenceOptions const& options_;
    SegmentComparison comparison_;
    DifferenceResult result_;
};

} // namespace

Result<DifferenceResult> difference(std::unique_ptr<ByteSource> left, std::string const& left_name, std::unique_ptr<ByteSource> right,
                                    std::string const& right_name, grammar::SchemaCache& schemas, DifferenceOptions const& options) {
    DifferenceFile before(schemas), after(schemas);
    if (auto const read = before.read(std::move(left), left_name, options.reader); !read)
        return std::unexpected(read.error());
    if (auto const read = after.read(std::move(right), right_name, options.reader); !read)
        return std::unexpected(read.error());
    return Comparing(before, after, options).run();
}

} // namespace wharf::linter
