#include "linter/split.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace wharf::linter {
namespace {

using grammar::ItemKind;

constexpr std::uint64_t most_files = 1'000'000;

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'; }

} // namespace

std::string file_name_part(std::string_view text, std::size_t most) {
    std::string name(text.substr(0, most));
    std::ranges::replace_if(name, [](char c) { return !is_plain(c); }, '_');
    if (name.starts_with('.'))
        name[0] = '_';
    return name.empty() ? "none" : name;
}

/// One file being split.
class Splitter::Run {
public:
    Run(Splitter& splitter, std::string stem) : splitter_(splitter), stem_(std::move(stem)) {}

    Result<void> item(grammar::Item& item, x12::Block const& block) {
        keep(item.findings);
        result_.suppressed += item.suppressed;
        if (item.kind == ItemKind::interchange_start) {
            begin_interchange(item, block);
            return {};
        }
        if (item.part != nullptr && (!inside_ || item.kind == ItemKind::junk)) {
            ++result_.left_out;
            return {};
        }
        switch (inside_ ? item.kind : ItemKind::junk) {
        case ItemKind::group_start:
            group_ = item.present ? whole(*item.part) : std::string();
            group_number_ = item.present ? std::string(item.part->segments[0].element(6)) : std::string();
            group_name_ = item.present ? item.group->control_number : std::string();
            ++groups_;
            return begin_group();
        case ItemKind::transaction_set:
            return set(item);
        case ItemKind::service:
            return service(item);
        case ItemKind::group_end:
            return end_group(item.sets);
        case ItemKind::interchange_end:
            return end_interchange();
        default:
            return {};
        }
    }
    [[nodiscard]] SplitResult take() { return std::move(result_); }

private:
    void keep(Diagnostics& findings) {
        for (auto& finding : findings)
            if (result_.findings.size() < limits::findings)
                result_.findings.push_back(std::move(finding));
            else
                ++result_.suppressed;
    }

    void begin_interchange(grammar::Item const& item, x12::Block const& block) {
        ++result_.interchanges;
        inside_ = item.interchange->readable;
        result_.left_out += inside_ ? 0 : 1;
        auto const& segments = item.part->segments;
        delimiters_ = segments.delimiters();
        auto const end = std::min<std::size_t>(segments[0].end() + 1, block.size);
        auto const behind = std::string_view(block.text, block.size).substr(end, 2);
        separation_ = behind == "\r\n" ? "\r\n" : behind.starts_with('\n') ? "\n" : "";
        header_ = whole(*item.part);
        number_ = segments[0].element(13);
        name_ = item.interchange->control_number;
        groups_ = 0;
        services_.clear();
        has_begun_ = false;
    }

    /// The part as it was read, with a terminator and what stands between segments.
    [[nodiscard]] std::string whole(x12::Part const& part) const {
        auto const& segments = part.segments;
        std::string text(segments.text() + segments[0].begin(), segments.back().end() - segments[0].begin());
        text += part.segments.delimiters().segment;
        return text += separation_;
    }
    [[nodiscard]] std::string trailer(std::string_view id, std::uint64_t count, std::string_view number) const {
        return fmt::format("{}{}{}{}{}{}{}", id, delimiters_.element, count, delimiters_.element, number, delimiters_.segment, separation_);
    }

    Result<void> begin_file(std::string name, std::string_view content) {
        if (++splitter_.files_ > most_files)
            return invalid(fmt::format("more than {} files from one run; split by group or by interchange", most_files));
        ++result_.files;
        if (auto ok = splitter_.sink_.begin(splitter_.unique(std::move(name))); !ok)
            return ok;
        return splitter_.sink_.write(content);
    }
    Result<void> end_file(std::string_view content) {
        if (auto ok = splitter_.sink_.write(content); !ok)
            return ok;
        return splitter_.sink_.end();
    }
    Result<void> whole_file(std::string name, std::string_view content) {
        if (auto ok = begin_file(std::move(name), content); !ok)
            return ok;
        return splitter_.sink_.end();
    }
    /// "orders-000000901", with group and set where there are any.
    [[nodiscard]] std::string named() const { return fmt::format("{}-{}", stem_, file_name_part(name_)); }
    [[nodiscard]] std::string named_with_group() const { return group_.empty() ? named() : fmt::format("{}-{}", named(), file_name_part(group_name_)); }

    /// The file of the interchange is begun when there is something for it.
    Result<void> begin_whole() {
        if (has_begun_)
            return {};
        has_begun_ = true;
        return begin_file(named(), header_);
    }

    Result<void> begin_group() {
        if (splitter_.by_ == SplitBy::set)
            return {};
        if (splitter_.by_ == SplitBy::group)
            return begin_file(named_with_group(), header_ + group_);
        if (auto ok = begin_whole(); !ok)
            return ok;
        return splitter_.sink_.write(group_);
    }

    Result<void> set(grammar::Item const& item) {
        auto const text = whole(*item.part);
        if (splitter_.by_ != SplitBy::set)
            return splitter_.sink_.write(text);
        auto const name = fmt::format("{}-{}-{}", named_with_group(), file_name_part(item.set.id), file_name_part(item.set.control_number));
        auto const end = (group_.empty() ? std::string() : trailer("GE", 1, group_number_)) + trailer("IEA", group_.empty() ? 0 : 1, number_);
        return whole_file(name, header_ + group_ + text + end);
    }

    Result<void> service(grammar::Item const& item) {
        auto const text = whole(*item.part);
        if (splitter_.by_ == SplitBy::interchange) {
            if (auto ok = begin_whole(); !ok)
                return ok;
            return splitter_.sink_.write(text);
        }
        auto const id = item.part->segments[0].id();
        bool const of_interchange = id == "TA1" || id == "ISB" || id == "ISE";
        if (of_interchange && item.group == nullptr)
            services_ += text;
        else if (splitter_.by_ == SplitBy::group && item.group != nullptr)
            return splitter_.sink_.write(text);
        else
            ++result_.left_out; // security around sets: of use with all of them only
        return {};
    }

    Result<void> end_group(std::uint64_t sets) {
        auto const end = group_.empty() ? std::string() : trailer("GE", sets, group_number_);
        if (splitter_.by_ == SplitBy::interchange)
            return splitter_.sink_.write(end);
        if (splitter_.by_ == SplitBy::set)
            return {};
        return end_file(end + trailer("IEA", group_.empty() ? 0 : 1, number_));
    }

    Result<void> end_interchange() {
        inside_ = false;
        if (splitter_.by_ == SplitBy::interchange) {
            if (auto ok = begin_whole(); !ok)
                return ok;
            return end_file(trailer("IEA", groups_, number_));
        }
        if (services_.empty())
            return {};
        return whole_file(named() + "-services", header_ + services_ + trailer("IEA", 0, number_));
    }

    Splitter& splitter_;
    std::string stem_;
    SplitResult result_;
    bool inside_ = false, has_begun_ = false;
    x12::Delimiters delimiters_;
    std::string separation_; // between segments: behind ISA
    std::string header_, number_, name_;              // ISA, ISA13 as sent, ISA13 without blanks
    std::string group_, group_number_, group_name_;   // GS (empty: missing), GS06 likewise
    std::uint64_t groups_ = 0;
    std::string services_;
};

std::string Splitter::unique(std::string name) {
    auto const count = ++names_[name];
    if (count > 1)
        return unique(fmt::format("{}_{}", name, count));
    return name + ".x12";
}

Result<SplitResult> Splitter::split(std::unique_ptr<ByteSource> source, std::string const& file_name, std::string_view stem) {
    grammar::InterchangeReaderOptions options;
    options.validate_sets = false;
    options.sense = false;
    grammar::InterchangeReader reader(std::move(source), file_name, schemas_, std::move(options));
    auto const head = std::string(reader.peek().substr(0, 4096));
    Run run(*this, file_name_part(stem, 80));
    while (reader.next())
        if (auto ok = run.item(reader.item(), *reader.block()); !ok)
            return unexpected(ok.error());
    if (auto const& error = reader.error())
        return unexpected(*error);
    auto result = run.take();
    if (result.interchanges == 0)
        result.what = grammar::describe_content(head);
    return result;
}

} // namespace wharf::linter
