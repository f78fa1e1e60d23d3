#include "linter/statistics.hpp"

#include "base/date.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <vector>

namespace wharf::linter {
namespace {

using grammar::ItemKind;

constexpr std::size_t most_told_apart = 10'000;

/// The entry of a key, or that of "others" when the map is full.
template <class Value> Value& entry(std::map<std::string, Value>& map, std::string const& key) {
    auto const found = map.find(key);
    return found != map.end() ? found->second : map[map.size() < most_told_apart ? key : std::string("others")];
}

/// An element or component with codes, and where it is counted.
struct Coded {
    std::uint32_t element = 0, component = 0;
    grammar::CodeList const* list = nullptr;
    CodeStatistics* counts = nullptr;
};

struct SegmentPlan {
    SegmentStatistics* counts = nullptr;
    std::vector<Coded> coded;
    std::uint64_t last_set = 0; // the number of the set that had it last
};

/// The part of a composite; empty beyond its end.
std::string_view component_of(std::string_view value, std::uint32_t number, char separator) {
    for (; number > 1; --number) {
        auto const end = value.find(separator);
        if (end == std::string_view::npos)
            return {};
        value.remove_prefix(end + 1);
    }
    return value.substr(0, value.find(separator));
}

/// Counts the bytes that pass.
class CountingSource : public ByteSource {
public:
    CountingSource(std::unique_ptr<ByteSource> source, std::uint64_t& bytes) : source_(std::move(source)), bytes_(bytes) {}
    Result<std::size_t> read(char* to, std::size_t most) override {
        auto got = source_->read(to, most);
        bytes_ += got ? *got : 0;
        return got;
    }

private:
    std::unique_ptr<ByteSource> source_;
    std::uint64_t& bytes_;
};

} // namespace

class StatisticsCollector::Impl {
public:
    explicit Impl(grammar::SchemaCache& schemas) : schemas_(schemas) {}

    Result<bool> add(std::unique_ptr<ByteSource> source, std::string const& file_name, std::string& what) {
        grammar::InterchangeReaderOptions options;
        options.validate_sets = false;
        options.sense = false;
        grammar::InterchangeReader reader(std::make_unique<CountingSource>(std::move(source), all_.bytes), file_name, schemas_, std::move(options));
        auto const head = std::string(reader.peek().substr(0, 4096));
        auto const before = all_.interchanges;
        while (reader.next())
            add(reader.item());
        ++all_.files;
        if (auto const& error = reader.error())
            return unexpected(*error);
        bool const any = all_.interchanges > before;
        if (!any)
            what = grammar::describe_content(head);
        return any;
    }
    [[nodiscard]] Statistics const& statistics() const { return all_; }

private:
    void add(grammar::Item const& item) {
        if (item.part == nullptr)
            return;
        all_.segments += item.part->segments.size();
        if (pair_ != nullptr || item.kind == ItemKind::interchange_start) {
            if (item.kind == ItemKind::interchange_start)
                begin_interchange(*item.interchange);
            pair_->bytes += item.part->length;
        }
        if (item.kind != ItemKind::transaction_set)
            add_outside_sets(item.part->segments);
        if (item.kind == ItemKind::group_start)
            begin_group(*item.group);
        else if (item.kind == ItemKind::transaction_set)
            add_set(item);
        else if (item.kind == ItemKind::interchange_end)
            pair_ = nullptr;
    }

    void add_outside_sets(x12::SegmentList const& segments) {
        if (dictionary_ == nullptr)
            dictionary_ = schemas_.grammars().dictionary(schemas_.grammars().match_release("").release);
        for (std::size_t i = 0; i < segments.size(); ++i) {
            auto& counts = entry(all_.by_segment, name_of(segments[i].id()));
            auto const* const definition = counts.segments++ == 0 && dictionary_ != nullptr ? dictionary_->segment(segments[i].id()) : nullptr;
            if (definition != nullptr)
                counts.name = definition->name;
        }
    }

    static std::string name_of(std::string_view id) {
        bool const plain = !id.empty() && id.size() <= 3 && std::ranges::all_of(id, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
        return plain ? std::string(id) : std::string("others");
    }

    void begin_interchange(grammar::InterchangeInfo const& info) {
        ++all_.interchanges;
        ++entry(all_.versions, info.version);
        pair_ = &entry(all_.pairs, fmt::format("{} {} -> {} {}", info.sender_qualifier, info.sender, info.receiver_qualifier, info.receiver));
        ++pair_->interchanges;
        ++entry(pair_->usage, std::string(1, info.usage));
        if (info.date.size() != 6 || !is_date(info.date))
            return;
        auto const day = (info.date >= "50" ? "19" : "20") + info.date;
        if (pair_->first_date.empty() || day < pair_->first_date)
            pair_->first_date = day;
        pair_->last_date = std::max(pair_->last_date, day);
    }

    void begin_group(grammar::GroupInfo const& group) {
        ++all_.groups;
        ++entry(all_.releases, group.release);
        if (pair_ != nullptr)
            ++pair_->groups;
    }

    void add_set(grammar::Item const& item) {
        auto const& segments = item.part->segments;
        ++all_.sets;
        auto& set = entry(all_.by_set, item.set.id);
        ++set.sets;
        set.segments += segments.size();
        set.bytes += item.part->length;
        set.most_segments = std::max<std::uint64_t>(set.most_segments, segments.size());
        set.most_bytes = std::max(set.most_bytes, item.part->length);
        if (pair_ != nullptr) {
            ++pair_->sets;
            ++entry(pair_->sets_by_id, item.set.id);
        }
        auto const& release = item.group->grammar_release;
        if (dictionary_ == nullptr || dictionary_->release() != release)
            dictionary_ = schemas_.grammars().dictionary(release);
        if (set.name.empty() && dictionary_ != nullptr)
            if (auto const* const definition = dictionary_->set(item.set.id))
                set.name = definition->name;
        for (std::size_t i = 0; i < segments.size(); ++i)
            add_segment(segments[i], segments.delimiters());
    }

    void add_segment(x12::SegmentView const& segment, x12::Delimiters const& delimiters) {
        auto& plan = plan_of(segment.id());
        ++plan.counts->segments;
        if (plan.last_set != all_.sets) {
            plan.last_set = all_.sets;
            ++plan.counts->sets;
        }
        for (auto const& coded : plan.coded) {
            auto value = segment.element(coded.element);
            if (!value.empty() && delimiters.repetition != '\0')
                value = value.substr(0, value.find(delimiters.repetition));
            if (coded.component != 0)
                value = component_of(value, coded.component, delimiters.component);
            if (!value.empty())
                count(coded, value);
        }
    }

    static void count(Coded const& coded, std::string_view value) {
        auto& counts = *coded.counts;
        if (coded.list->find(value))
            ++counts.codes[std::string(value)];
        else
            ++counts.unlisted;
    }

    /// What to count of a segment in the release at hand; made at its first use.
    SegmentPlan& plan_of(std::string_view id) {
        auto const name = name_of(id);
        auto const key = (dictionary_ != nullptr ? dictionary_->release() : std::string()) + "\n" + name;
        auto const [at, is_new] = plans_.try_emplace(key);
        auto& plan = at->second;
        if (!is_new)
            return plan;
        plan.counts = &entry(all_.by_segment, name);
        auto const* const definition = dictionary_ != nullptr ? dictionary_->segment(name) : nullptr;
        if (definition == nullptr)
            return plan;
        plan.counts->name = definition->name;
        for (auto const& use : definition->elements) {
            auto const place = fmt::format("{}{:02}", name, use.position);
            if (auto const* const composite = dictionary_->composite(use.reference); composite != nullptr)
                for (auto const& part : composite->components)
                    add_coded(plan, part.reference, use.position, part.position, fmt::format("{}-{:02}", place, part.position));
            else
                add_coded(plan, use.reference, use.position, 0, place);
        }
        return plan;
    }

    void add_coded(SegmentPlan& plan, std::string const& number, std::uint32_t element, std::uint32_t component, std::string const& place) {
        auto const* const definition = dictionary_->element(number);
        auto const* const list = dictionary_->codes(number);
        if (definition == nullptr || definition->type != "ID" || list == nullptr)
            return;
        auto& counts = entry(all_.codes, place);
        counts.element = number;
        counts.name = definition->name;
        plan.coded.push_back({element, component, list, &counts});
    }

    grammar::SchemaCache& schemas_;
    Statistics all_;
    std::shared_ptr<grammar::Dictionary const> dictionary_;
    std::unordered_map<std::string, SegmentPlan> plans_; // by release and segment
    PairStatistics* pair_ = nullptr;
};

StatisticsCollector::StatisticsCollector(grammar::SchemaCache& schemas) : impl_(std::make_unique<Impl>(schemas)) {}
StatisticsCollector::~StatisticsCollector() = default;

Result<bool> StatisticsCollector::add(std::unique_ptr<ByteSource> source, std::string const& file_name, std::string& what) {
    return impl_->add(std::move(source), file_name, what);
}

Statistics const& StatisticsCollector::statistics() const { return impl_->statistics(); }

} // namespace wharf::linter
