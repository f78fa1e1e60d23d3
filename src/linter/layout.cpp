#include "linter/layout.hpp"

#include "linter/indentation.hpp"
#include "linter/layout_gap.hpp"
#include "syntax/x12/reader.hpp"

#include <algorithm>
#include <array>

namespace wharf::linter {
namespace {

constexpr std::size_t blanks_of_a_level = 2;
constexpr std::string_view filler("\r\n \t\0", 5);

/// The line break that a gap consists of, blanks behind it aside; empty for any other gap.
std::string_view line_break_of(std::string_view gap) {
    auto const size = gap.starts_with("\r\n") ? 2u : gap.starts_with('\n') ? 1u : 0u;
    return gap.find_first_not_of(" \t", size) == std::string_view::npos ? gap.substr(0, size) : std::string_view();
}

/// A text cut into segments and what stands between them, front to back; the same cut for both directions.
class Cutter {
public:
    explicit Cutter(std::string_view text) : text_(text) {}
    virtual ~Cutter() = default;

    /// One part, as a reader gives it.
    void add(x12::Part const& part) {
        if (part.segments.empty()) { // junk: it stays, with what is around it
            verbatim(part.offset + part.length);
            return;
        }
        auto const& segments = part.segments;
        for (std::size_t i = 0; i < segments.size(); ++i) {
            auto const begin = segments.base() + segments[i].begin();
            if (behind_segment_)
                gap(begin, i);
            else
                verbatim(begin);
            has_mark_ = part.kind == x12::PartKind::interchange_start && !marked_;
            line_feed_ = segments.delimiters().segment == '\n';
            terminator_ = segments.delimiters().segment;
            auto const end = segments.base() + segments[i].end();
            bool const is_terminated = end < text_.size() && text_[end] == terminator_;
            verbatim(std::min<std::uint64_t>(end + (is_terminated ? 1 : 0), text_.size()));
            behind_segment_ = is_terminated; // else a line break would become part of it
        }
    }
    void end() {
        if (behind_segment_ && is_filler(text_.substr(at_)))
            gap(text_.size(), no_segment);
        else
            verbatim(text_.size());
    }

protected:
    static constexpr std::size_t no_segment = ~std::size_t{0};

    /// `index`: of the segment behind, in its part.
    virtual void on_gap(std::string_view bytes, GapRule rule, std::size_t index) = 0;
    virtual void on_bytes(std::string_view) {}

private:
    [[nodiscard]] bool is_filler(std::string_view bytes) const {
        return std::ranges::all_of(bytes, [&](char c) { return c == terminator_ || filler.find(c) != std::string_view::npos; });
    }
    void gap(std::uint64_t end, std::size_t index) {
        GapRule rule;
        rule.line_feed_terminates = line_feed_;
        rule.has_mark = has_mark_;
        marked_ = marked_ || has_mark_; // an ISA with junk behind it cannot carry the mark: the next one does
        on_gap(text_.substr(at_, end - at_), rule, index);
        at_ = end;
    }
    void verbatim(std::uint64_t end) {
        on_bytes(text_.substr(at_, end - at_));
        at_ = end;
        behind_segment_ = false;
    }

    std::string_view text_;
    std::uint64_t at_ = 0;
    bool behind_segment_ = false;
    bool has_mark_ = false, marked_ = false;
    bool line_feed_ = false;
    char terminator_ = '~';
};

/// What mostly stands between the segments, and whether the file can be laid out at all.
class Survey : public Cutter {
public:
    using Cutter::Cutter;
    [[nodiscard]] Separation usual() const {
        return static_cast<Separation>(std::ranges::max_element(counts_) - counts_.begin());
    }
    [[nodiscard]] std::optional<Separation> mark() const { return mark_; }
    /// Somebody has indented it by hand: most lines begin with blanks.
    [[nodiscard]] bool is_indented() const { return indented_ > gaps_ / 2; }

private:
    void on_gap(std::string_view bytes, GapRule rule, std::size_t) override {
        if (rule.has_mark)
            mark_ = read_mark(bytes, rule.line_feed_terminates);
        if (rule.line_feed_terminates)
            return;
        ++gaps_;
        indented_ += line_break_of(bytes).size() < bytes.size() && !line_break_of(bytes).empty();
        for (auto const one : {Separation::none, Separation::lf, Separation::crlf})
            counts_[static_cast<std::size_t>(one)] += bytes == bytes_of(one);
    }

    std::array<std::uint64_t, 3> counts_{};
    std::uint64_t gaps_ = 0, indented_ = 0;
    std::optional<Separation> mark_;
};

/// Line breaks stay, the blanks behind them go.
class Dedent : public Cutter {
public:
    using Cutter::Cutter;
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void on_gap(std::string_view bytes, GapRule, std::size_t) override {
        auto const line_break = line_break_of(bytes);
        out_ += line_break.empty() ? bytes : line_break;
    }
    void on_bytes(std::string_view bytes) override { out_ += bytes; }

    std::string out_;
};

class Unlayer : public Cutter {
public:
    Unlayer(std::string_view text, Separation usual) : Cutter(text), usual_(usual) {}
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void on_gap(std::string_view bytes, GapRule rule, std::size_t) override {
        rule.usual = usual_;
        out_ += wire_gap(bytes, rule);
    }
    void on_bytes(std::string_view bytes) override { out_ += bytes; }

    Separation usual_;
    std::string out_;
};

class Layer : public Cutter {
public:
    Layer(std::string_view text, Separation usual) : Cutter(text), usual_(usual) {}
    void add(grammar::Item const& item) {
        levels_.clear();
        if (item.kind == grammar::ItemKind::transaction_set)
            levels_ = indentation_of(item);
        if (item.part != nullptr)
            Cutter::add(*item.part);
    }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void on_gap(std::string_view bytes, GapRule rule, std::size_t index) override {
        rule.usual = usual_;
        out_ += laid_out_gap(bytes, rule, index < levels_.size() ? levels_[index] * blanks_of_a_level : 0);
    }
    void on_bytes(std::string_view bytes) override { out_ += bytes; }

    Separation usual_;
    std::string out_;
    std::vector<std::size_t> levels_;
};

bool is_wrapped(Diagnostics const& findings) { return std::ranges::find(findings, "X12-0013", &Diagnostic::code) != findings.end(); }

/// False, and nothing to use, for a text that is wrapped at a fixed width: its lines end inside segments.
template <class Use> bool cut(std::string_view text, Use& use) {
    x12::Reader reader(text, "");
    while (reader.next()) {
        if (is_wrapped(reader.take_diagnostics()))
            return false;
        use.add(reader.part());
    }
    use.end();
    return true;
}

/// Why the text cannot be laid out; empty: it can.
std::string obstacle(std::string_view text) {
    x12::Reader reader(text, "");
    bool any = false;
    while (reader.next()) {
        if (is_wrapped(reader.take_diagnostics()))
            return "it is wrapped at a fixed width, inside segments too; `wharf lint --fix` joins the lines";
        auto const& part = reader.part();
        if (part.kind != x12::PartKind::interchange_start)
            continue;
        any = true;
        auto const terminator = part.segments.delimiters().segment;
        if (terminator == ' ' || terminator == '\t')
            return "its segment terminator is a blank or a tab, so nothing can be put between segments";
    }
    return any ? std::string() : "it holds no X12 interchange";
}

std::string laid_out(std::string_view wire, grammar::SchemaCache& schemas) {
    Survey survey(wire);
    (void)cut(wire, survey);
    Layer layer(wire, survey.usual());
    grammar::InterchangeReaderOptions options;
    options.sense = false;
    options.max_findings_per_set = 1;
    grammar::InterchangeReader reader(wire, "", schemas, options);
    while (reader.next())
        layer.add(reader.item());
    layer.end();
    return layer.take();
}

} // namespace

std::string without_indentation(std::string text) {
    Survey survey(text);
    if (!cut(text, survey) || !survey.is_indented())
        return text;
    Dedent dedent(text);
    return cut(text, dedent) ? dedent.take() : text;
}

bool is_laid_out(std::string_view text) {
    Survey survey(text);
    return cut(text, survey) && survey.mark();
}

std::string wire_form(std::string_view text) {
    Survey survey(text);
    if (!cut(text, survey) || !survey.mark())
        return std::string(text);
    Unlayer unlayer(text, *survey.mark());
    return cut(text, unlayer) ? unlayer.take() : std::string(text);
}

Result<std::string> lay_out(std::string_view text, grammar::SchemaCache& schemas) {
    if (auto const why = obstacle(text); !why.empty())
        return invalid(why);
    auto const wire = without_indentation(wire_form(text));
    auto out = laid_out(wire, schemas);
    if (!is_laid_out(out))
        return invalid("it holds nothing but an ISA, so there is nothing to lay out");
    if (wire_form(out) != wire)
        return invalid("what stands between its segments could not be brought back to the byte; it was left alone");
    return out;
}

} // namespace wharf::linter
