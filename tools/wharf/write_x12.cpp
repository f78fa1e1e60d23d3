#include "tools/wharf/write_x12.hpp"

#include "diagnostic/alike.hpp"
#include "diagnostic/registry.hpp"
#include "document/schema.hpp"
#include "grammar/lint.hpp"
#include "syntax/json/tape.hpp"
#include "syntax/x12/writer.hpp"
#include "tools/wharf/documents.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <iterator>

namespace wharf::cli {
namespace {

constexpr std::string_view default_release = "004010";

/// What one document becomes: the body and where it belongs.
struct WrittenSet {
    std::string set;
    std::string functional_id;
    std::string release;
    x12::SetBody body;
    std::string origin; // "purchase_order 4711 (/0)": for messages
    bool sound = true;  // false: our own lint refuses it
};

class Writer {
public:
    Writer(std::string const& file, grammar::SchemaCache& schemas, translator::Translators& translators,
           WriteOptions const& options)
        : file_(file), schemas_(schemas), translators_(translators), options_(options) {}

    WriteResult write(std::string_view text) {
        auto const read = read_tape(text, file_, result_.diagnostics);
        if (!read) return std::move(result_);
        auto const& documents = read->documents;
        std::vector<WrittenSet> sets;
        for (std::size_t i = 0; i < documents.size() && result_.trouble.empty(); ++i)
            if (auto set = one(*documents[i], documents.size() > 1 ? fmt::format("/{}", i) : ""))
                sets.push_back(*std::move(set));
        if (!result_.trouble.empty()) return std::move(result_);
        if (sets.empty()) return std::move(result_);
        auto bytes = interchange(sets);
        if (drop_faulty(sets, bytes)) bytes = sets.empty() ? std::string() : interchange(sets);
        result_.bytes = std::move(bytes);
        return std::move(result_);
    }

private:
    void add(Diagnostics diagnostics, std::string const& pointer) {
        fold_alike(diagnostics);
        for (auto& finding : diagnostics) {
            finding.place.file = file_;
            auto& path = finding.place.path;
            path = pointer + (pointer.empty() || path.empty() || path.starts_with('/') ? "" : "/") + path;
            result_.diagnostics.push_back(std::move(finding));
        }
    }

    /// Holds what was written against our own lint; a set it refuses is told and taken out, its neighbours stay. True when
    /// there was one.
    bool drop_faulty(std::vector<WrittenSet>& sets, std::string_view bytes) {
        auto own = grammar::lint(bytes, "(what was written)", schemas_);
        for (auto& finding : own.diagnostics) {
            auto const at = index_of(finding.place.transaction, sets.size());
            bool const is_error = finding.severity == Severity::error;
            if (at) {
                Related origin;
                origin.message = "written from " + sets[*at].origin;
                finding.related.push_back(std::move(origin));
                sets[*at].sound = sets[*at].sound && !is_error;
            } else if (is_error) { // of the envelope: of no set alone
                for (auto& set : sets)
                    set.sound = false;
            }
            result_.diagnostics.push_back(std::move(finding));
        }
        return std::erase_if(sets, [](WrittenSet const& set) { return !set.sound; }) > 0;
    }

    /// Of the set with this ST02, as interchange() numbers them.
    [[nodiscard]] static std::optional<std::size_t> index_of(std::string_view control_number, std::size_t sets) {
        std::size_t number = 0;
        auto const [end, error] = std::from_chars(control_number.data(), control_number.data() + control_number.size(), number);
        if (error != std::errc() || end != control_number.data() + control_number.size() || number == 0 || number > sets) return std::nullopt;
        return number - 1;
    }

    std::optional<WrittenSet> one(json::Node const& document, std::string const& pointer) {
        auto faults = document::check(document);
        bool const sound = !has_errors(faults);
        add(std::move(faults), pointer);
        if (!sound) return std::nullopt;

        auto const kind = std::string(document.string("document"));
        auto const* agreement = options_.profile == nullptr ? nullptr : options_.profile->outbound(kind);
        auto const shipped = translators_.for_document(kind);
        auto name = options_.translator;
        if (name.empty() && agreement != nullptr) name = agreement->translator;
        if (name.empty()) name = shipped;
        // A shipped map is named after its set: "x12/850".
        auto const set =
            agreement != nullptr ? agreement->set : shipped.substr(std::min(shipped.size(), shipped.rfind('/') + 1));
        if (name.empty() || set.empty()) {
            result_.trouble = fmt::format("{}: there is no translator that writes a {}", file_, kind);
            return std::nullopt;
        }
        auto const release = release_of(document, agreement);
        auto const schema = schemas_.get(schemas_.grammars().match_release(release).release, set);
        if (schema == nullptr) {
            result_.trouble = fmt::format("{}: there is no grammar for set {} of release {}", file_, set, release);
            return std::nullopt;
        }
        auto const translator = translators_.find(name, schema);
        if (!translator) {
            std::ranges::copy(translator.error(), std::back_inserter(result_.diagnostics));
            result_.trouble = fmt::format("the translator {} cannot be used", name);
            return std::nullopt;
        }
        translator::RunValues values;
        if (options_.profile != nullptr) values.policy = agreement != nullptr ? agreement->texts : options_.profile->texts;
        auto outcome = (*translator)->write(document, delimiters(), &values);
        bool const written = outcome.ok();
        add(std::move(outcome.diagnostics), pointer);
        if (!written) return std::nullopt;
        auto const number = document.string("number");
        auto origin = fmt::format("{}{}{}{}", kind, number.empty() ? "" : " ", number, pointer.empty() ? "" : fmt::format(" ({})", pointer));
        return WrittenSet{set, schema->set().group, release, std::move(outcome.body), std::move(origin)};
    }

    [[nodiscard]] std::string release_of(json::Node const& document,
                                         partner::DocumentAgreement const* agreement) const {
        if (agreement != nullptr && !agreement->release.empty()) return agreement->release;
        if (options_.profile != nullptr) return options_.profile->envelope.release;
        if (auto const* source = document.find("source"); source != nullptr && !source->string("version").empty())
            return std::string(source->string("version"));
        return std::string(default_release);
    }

    [[nodiscard]] x12::Delimiters delimiters() const {
        x12::Delimiters delimiters;
        if (options_.profile != nullptr) {
            auto const& envelope = options_.profile->envelope;
            delimiters = {envelope.element_separator, envelope.component_separator, envelope.segment_terminator,
                          envelope.repetition_separator};
        }
        return delimiters;
    }

    [[nodiscard]] x12::InterchangeHeader header() const {
        x12::InterchangeHeader header;
        header.sender = {"ZZ", "WHARF", "WHARF"};
        header.receiver = {"ZZ", "PARTNER", "PARTNER"};
        if (options_.identity != nullptr)
            header.sender = {options_.identity->qualifier, options_.identity->id, options_.identity->group()};
        header.delimiters = delimiters();
        if (options_.profile != nullptr) {
            if (auto const* known = options_.profile->identifier(true))
                header.receiver = {known->qualifier, known->id, known->group()};
            else if (auto const* production = options_.profile->identifier(false))
                header.receiver = {production->qualifier, production->id, production->group()};
            header.version = options_.profile->envelope.version;
            header.standards_id = options_.profile->envelope.standards_id;
        }
        auto const now = SystemClock().now();
        header.date6 = x12_date6(now);
        header.date8 = x12_date8(now);
        header.time4 = x12_time4(now);
        header.control_number = "000000001";
        header.usage = 'T';
        header.line_breaks =
            options_.line_breaks || (options_.profile != nullptr && options_.profile->envelope.line_breaks);
        return header;
    }

    /// Sets of one functional group and release stand in one group, in the order of the documents.
    std::string interchange(std::vector<WrittenSet> const& sets) {
        x12::InterchangeWriter writer(header());
        unsigned groups = 0;
        for (std::size_t i = 0; i < sets.size(); ++i) {
            auto const& set = sets[i];
            bool const is_first =
                i == 0 || sets[i - 1].functional_id != set.functional_id || sets[i - 1].release != set.release;
            if (is_first) {
                if (i > 0) writer.end_group();
                x12::GroupHeader group;
                group.functional_id = set.functional_id;
                group.control_number = fmt::format("{}", ++groups);
                group.release = set.release;
                writer.begin_group(group);
            }
            auto const added = writer.add_transaction_set(set.set, fmt::format("{:04}", i + 1), set.body);
            if (!added) {
                result_.trouble = fmt::format("{}: {}", file_, added.error().message);
                return {};
            }
        }
        writer.end_group();
        return writer.finish();
    }

    std::string const& file_;
    grammar::SchemaCache& schemas_;
    translator::Translators& translators_;
    WriteOptions const& options_;
    WriteResult result_;
};

} // namespace

WriteResult write_x12(std::string_view text, std::string const& file_name, grammar::SchemaCache& schemas,
                      translator::Translators& translators, WriteOptions const& options) {
    return Writer(file_name, schemas, translators, options).write(text);
}

} // namespace wharf::cli
