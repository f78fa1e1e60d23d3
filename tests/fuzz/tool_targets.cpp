// Targets that change, lay out, redact and split X12 files.
#include "base/file.hpp"
#include "grammar/lint.hpp"
#include "linter/fix.hpp"
#include "linter/layout.hpp"
#include "linter/redact.hpp"
#include "linter/split.hpp"
#include "linter/statistics.hpp"
#include "tests/fuzz/targets.hpp"

#include <set>
#include <string>

namespace wharf::fuzz {
namespace {

grammar::SchemaCache& schemas() {
    static grammar::SchemaCache cache(grammar::Grammars::open().value());
    return cache;
}

/// Holds the files to be well begun and well named.
class CheckingSink final : public linter::SplitSink {
public:
    Result<void> begin(std::string const& name) override {
        require(!is_open_, "files are split one after the other");
        require(is_plain_file_name(name) && !name.starts_with('.'), "a file of a split has a plain name");
        require(names_.insert(name).second, "no two files of a split have one name");
        is_open_ = true;
        return {};
    }
    Result<void> write(std::string_view bytes) override {
        require(is_open_, "what is split belongs to a file");
        bytes_ += bytes.size();
        return {};
    }
    Result<void> end() override {
        require(is_open_, "a file of a split ends once");
        is_open_ = false;
        return {};
    }
    void check() const { require(!is_open_, "the last file of a split is ended"); }

private:
    std::set<std::string> names_;
    std::size_t bytes_ = 0;
    bool is_open_ = false;
};

} // namespace

void fix(std::string_view input) {
    for (bool const unsafe : {false, true}) {
        auto const mended = linter::fix(input, "fuzz", schemas(), {unsafe, {}});
        require(!mended.fixed.empty() || mended.text == input, "where nothing is mended nothing changes");
        auto const again = linter::fix(mended.text, "fuzz", schemas(), {unsafe, {}});
        require(again.fixed.empty() && again.text == mended.text, "mending twice is mending once");
        require(linter::segment_diff(input, mended.text, "fuzz").empty() == (mended.text == input), "a change can be shown");
    }
}

void layout(std::string_view input) {
    auto const out = linter::lay_out(input, schemas());
    if (!out) {
        require(!out.error().message.empty(), "a refusal has a reason");
        return;
    }
    require(linter::is_laid_out(*out), "what is laid out carries the mark");
    require(linter::wire_form(*out) == linter::without_indentation(linter::wire_form(input)), "what is laid out goes back to the byte");
    auto const again = linter::lay_out(*out, schemas());
    require(again && *again == *out, "laying out twice is laying out once");
}

void redact(std::string_view input) {
    linter::PseudonymKey const key("fuzz");
    for (bool const all : {false, true}) {
        auto const made = linter::redact(input, "fuzz", schemas(), key, {all, all});
        require(made || !made.error().message.empty(), "a refusal has a reason");
        require(!made || made->replaced > 0 || made->text == input, "where nothing is replaced nothing changes");
    }
}

void split(std::string_view input) {
    for (auto const by : {linter::SplitBy::set, linter::SplitBy::group, linter::SplitBy::interchange}) {
        CheckingSink sink;
        auto const result = linter::Splitter(schemas(), by, sink).split(byte_source_of(input), "fuzz", "fuzz");
        require(result.has_value(), "memory never fails");
        sink.check();
    }
    linter::StatisticsCollector collector(schemas());
    std::string what;
    require(collector.add(byte_source_of(input), "fuzz", what).has_value(), "memory never fails");
    (void)linter::render_text(collector.statistics());
    (void)linter::render_json(collector.statistics());
}

} // namespace wharf::fuzz
