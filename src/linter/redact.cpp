#include "linter/redact.hpp"

#include "grammar/stated_totals.hpp"
#include "linter/edits.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace wharf::linter {
namespace {

using grammar::ItemKind;

constexpr std::size_t most_remembered = 50'000, longest_remembered = 100;

/// What becomes of one element, or of the components of a composite.
struct ElementPlan {
    Disclosure whole = Disclosure::text;
    std::vector<Disclosure> components; // not empty: a composite
};

class Redactor {
public:
    Redactor(std::string_view text, std::string const& file_name, grammar::SchemaCache& schemas, PseudonymKey const& key, RedactOptions const& options)
        : text_(text), file_name_(file_name), schemas_(schemas), key_(key), options_(options) {}

    Result<RedactResult> run() {
        grammar::InterchangeReader reader(text_, file_name_, schemas_);
        bool any = false;
        while (reader.next()) {
            auto const& item = reader.item();
            note(item.findings);
            if (wrapped_)
                return invalid("it is wrapped at a fixed width, inside segments too; `wharf lint --fix` joins the lines");
            if (item.kind == ItemKind::interchange_start && !item.interchange->readable)
                return invalid("its separators are unusable, so nobody can say where a value ends");
            any = any || item.kind == ItemKind::interchange_start;
            if (item.part != nullptr)
                part(item);
        }
        if (!any)
            return invalid("it holds no X12 interchange");
        RedactResult result{edits_.apply_to(text_), replaced_};
        mend_totals(result.text);
        return result;
    }

private:
    void note(Diagnostics const& findings) {
        for (auto const& finding : findings) {
            wrapped_ = wrapped_ || finding.code == "X12-0013";
            if (finding.code == "X12-0404")
                wrong_totals_.insert(sets_);
        }
    }

    void part(grammar::Item const& item) {
        auto const& part = *item.part;
        if (part.segments.empty()) {
            junk(part.offset, part.length);
            return;
        }
        release(item);
        auto const& segments = part.segments;
        for (std::size_t i = 0; i < segments.size(); ++i) {
            if (segments.is_opaque(i))
                replace(segments.base() + segments[i].element_begin(1), segments[i].element(1), Disclosure::text);
            else
                segment(segments, i);
        }
        sets_ += item.kind == ItemKind::transaction_set;
    }

    /// The dictionary of the sets at hand: of the schema a set is judged by, else of the group.
    void release(grammar::Item const& item) {
        std::string_view const wanted = item.schema != nullptr ? item.schema->dictionary().release()
                                        : item.group != nullptr && !item.group->grammar_release.empty() ? std::string_view(item.group->grammar_release)
                                        : dictionary_ != nullptr ? std::string_view(dictionary_->release()) : std::string_view("004010");
        if (dictionary_ != nullptr && dictionary_->release() == wanted)
            return;
        if (auto const found = schemas_.grammars().dictionary(wanted))
            dictionary_ = found;
        plans_.clear();
    }

    void segment(x12::SegmentList const& segments, std::size_t index) {
        auto const segment = segments[index];
        auto const id = segment.id();
        if (id == "ISA" || id == "GS" || id == "ST" || id == "SE" || id == "GE" || id == "IEA" || id == "TA1") {
            envelope(segments, segment);
            return;
        }
        auto const& plan = plan_of(id);
        auto const& delimiters = segments.delimiters();
        bool swallowing = false; // the terminator is missing, and what follows is another segment's
        for (std::uint32_t k = 1; k <= segment.element_count(); ++k) {
            auto const value = segment.element(k);
            if (value.empty())
                continue;
            auto const place = segments.base() + segment.element_begin(k);
            static ElementPlan const unknown;
            auto const& element = k <= plan.size() && !swallowing ? plan[k - 1] : unknown;
            swallowing = swallowing || without_next_segment(value).size() != value.size();
            if (element.whole == Disclosure::binary)
                replace(place, value, Disclosure::binary);
            else
                pieces(place, value, delimiters.repetition, [&](std::uint64_t at, std::string_view one, std::size_t) { repetition(at, one, element, delimiters.component); });
        }
    }

    void repetition(std::uint64_t at, std::string_view value, ElementPlan const& element, char separator) {
        if (element.components.empty()) {
            replace(at, value, element.whole);
            return;
        }
        pieces(at, value, separator, [&](std::uint64_t begin, std::string_view part, std::size_t number) {
            replace(begin, part, number < element.components.size() ? element.components[number] : Disclosure::text);
        });
    }

    /// Calls `use` for each piece between separators; '\0' separates nothing.
    template <class Use> static void pieces(std::uint64_t at, std::string_view value, char separator, Use&& use) {
        for (std::size_t number = 0;; ++number) {
            auto const end = separator == '\0' ? std::string_view::npos : value.find(separator);
            use(at, value.substr(0, end), number);
            if (end == std::string_view::npos)
                return;
            at += end + 1;
            value.remove_prefix(end + 1);
        }
    }

    void envelope(x12::SegmentList const& segments, x12::SegmentView const& segment) {
        auto const one = [&](std::uint32_t k) { replace(segments.base() + segment.element_begin(k), segment.element(k), Disclosure::text); };
        if (segment.id() == "ISA") {
            one(2);
            one(4);
        }
        if (!options_.envelope)
            return;
        if (segment.id() == "ISA") {
            one(6);
            one(8);
        } else if (segment.id() == "GS") {
            one(2);
            one(3);
        }
    }

    std::vector<ElementPlan> const& plan_of(std::string_view id) {
        auto const [at, is_new] = plans_.try_emplace(std::string(id.substr(0, 4)));
        auto& plan = at->second;
        auto const* const definition = is_new && dictionary_ != nullptr ? dictionary_->segment(id) : nullptr;
        if (definition == nullptr)
            return plan;
        for (auto const& use : definition->elements) {
            auto& element = plan.emplace_back();
            if (auto const* const composite = dictionary_->composite(use.reference))
                for (auto const& component : composite->components)
                    element.components.push_back(disclosure_of(dictionary_->element(component.reference)));
            else
                element.whole = disclosure_of(dictionary_->element(use.reference));
        }
        return plan;
    }

    /// Without a segment's id that stands behind a line break: there the terminator is missing, which is to be seen afterwards too.
    static std::string_view without_next_segment(std::string_view value) {
        auto const line = value.find_first_of("\r\n");
        auto const id = line == std::string_view::npos ? line : value.find_first_not_of(" \t\r\n", line);
        return id != std::string_view::npos && value.size() - id <= 3 ? value.substr(0, line) : value;
    }

    void replace(std::uint64_t at, std::string_view value, Disclosure how) {
        if (how == Disclosure::keep || (how == Disclosure::identifier && !options_.identifiers))
            return;
        value = without_next_segment(value);
        if (value.empty())
            return;
        auto const begin = std::min(value.find_first_not_of(' '), value.size());
        auto const end = value.find_last_not_of(' ') + 1;
        if (begin >= end)
            return;
        auto const used = value.substr(begin, end - begin); // the same name, whatever is filled with blanks
        auto made = how == Disclosure::amount ? remembered(amounts_, used, &PseudonymKey::amount)
                    : how == Disclosure::binary ? std::string(used.size(), 'X')
                                                : remembered(texts_, used, &PseudonymKey::text);
        if (made == used)
            return;
        ++replaced_;
        edits_.mend({}, at + begin, used.size(), std::move(made));
    }

    /// Names and prices come again and again.
    using Known = std::unordered_map<std::string, std::string>;
    std::string remembered(Known& known, std::string_view value, std::string (PseudonymKey::*make)(std::string_view) const) const {
        if (value.size() > longest_remembered)
            return (key_.*make)(value);
        if (known.size() >= most_remembered)
            known.clear();
        auto const [at, is_new] = known.try_emplace(std::string(value));
        if (is_new)
            at->second = (key_.*make)(value);
        return at->second;
    }

    /// Bytes outside interchanges: what makes the reader take them for what they are stays.
    void junk(std::uint64_t offset, std::uint64_t length) {
        constexpr std::size_t id_bytes = 3;
        auto const end = std::min<std::uint64_t>(offset + length, text_.size());
        for (auto at = std::min<std::uint64_t>(offset + id_bytes, end); at < end;) {
            auto const next = std::min<std::uint64_t>(text_.substr(0, end).find("ISA", at), end);
            replace(at, text_.substr(at, next - at), Disclosure::text);
            at = next + id_bytes;
        }
    }

    /// Invoices that added up do so again.
    void mend_totals(std::string& text) const {
        grammar::InterchangeReader reader(text, file_name_, schemas_);
        Edits edits;
        std::uint64_t set = 0;
        while (reader.next()) {
            auto const& item = reader.item();
            auto const finding = std::ranges::find(item.findings, "X12-0404", &Diagnostic::code);
            if (finding != item.findings.end() && item.schema != nullptr && item.nodes != nullptr && !wrong_totals_.contains(set)) {
                auto const& segments = item.part->segments;
                auto const total = segments[finding->place.segment_position - 1];
                auto const sum = grammar::sum_of_invoice(*item.schema, segments, *item.nodes);
                if (auto const stated = sum ? sum->implied_text(2) : std::nullopt)
                    edits.mend({}, segments.base() + total.element_begin(1), total.element(1).size(), *stated);
            }
            set += item.kind == ItemKind::transaction_set;
        }
        if (!edits.empty())
            text = edits.apply_to(text);
    }

    std::string_view text_;
    std::string const& file_name_;
    grammar::SchemaCache& schemas_;
    PseudonymKey const& key_;
    RedactOptions const& options_;
    Edits edits_;
    Known texts_, amounts_;
    std::uint64_t replaced_ = 0, sets_ = 0;
    std::set<std::uint64_t> wrong_totals_; // sets whose invoice did not add up in the first place
    bool wrapped_ = false;
    std::shared_ptr<grammar::Dictionary const> dictionary_;
    std::unordered_map<std::string, std::vector<ElementPlan>> plans_; // of the dictionary at hand, by segment
};

} // namespace

Result<RedactResult> redact(std::string_view text, std::string const& file_name, grammar::SchemaCache& schemas, PseudonymKey const& key,
                            RedactOptions const& options) {
    return Redactor(text, file_name, schemas, key, options).run();
}

} // namespace wharf::linter
