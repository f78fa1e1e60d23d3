#include "base/file.hpp"
#include "partner/configuration.hpp"
#include "syntax/json/value.hpp"
#include "syntax/x12/reader.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/documents.hpp"
#include "tools/wharf/output.hpp"
#include "tools/wharf/translate_files.hpp"
#include "tools/wharf/translate_x12.hpp"
#include "tools/wharf/write_x12.hpp"

#include <fmt/format.h>
#include <memory>
#include <utility>

namespace wharf::cli {
namespace {

/// Everything a translation needs, opened once.
struct Workshop {
    std::unique_ptr<grammar::SchemaCache> schemas;
    std::shared_ptr<translator::Translators> translators;
    std::shared_ptr<translator::FileTranslator const> file; // of --translator, when it is of another format than X12
    std::optional<partner::Configuration> configuration;
    partner::PartnerProfile const* profile = nullptr;
};

/// False when something cannot be used; what and why is then on standard error.
bool open(TranslateCommand const& command, Workshop& workshop) {
    auto const refuse = [](Diagnostics const& diagnostics, std::string_view what) {
        print_beside(diagnostics);
        trouble(what);
        return false;
    };
    auto grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) return refuse(grammars.error(), "the grammar files cannot be used");
    workshop.schemas = std::make_unique<grammar::SchemaCache>(*std::move(grammars));

    std::optional<std::filesystem::path> own_maps;
    if (!command.partner.empty()) {
        auto configuration = partner::load_configuration(command.configuration, partner::SecretCheck::form, partner::Sources::drop);
        if (!configuration)
            return refuse(configuration.error(),
                          fmt::format("the configuration in {} cannot be used", command.configuration.string()));
        workshop.configuration = *std::move(configuration);
        workshop.profile = workshop.configuration->partner(command.partner);
        if (workshop.profile == nullptr) {
            std::vector<std::string> ids;
            for (auto const& profile : workshop.configuration->partners)
                ids.push_back(profile.id);
            auto const nearest = nearest_word(command.partner, ids);
            trouble(fmt::format("there is no partner '{}' in {}{}", command.partner, command.configuration.string(),
                                nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
            return false;
        }
        if (!workshop.configuration->gateway.translators.empty())
            own_maps = workshop.configuration->gateway.translators;
    }
    auto translators = translator::Translators::open(own_maps);
    if (!translators) return refuse(translators.error(), "the translators cannot be used");
    workshop.translators = *std::move(translators);
    if (command.translator.empty()) return true;
    auto file = find_file_translator(own_maps, command.translator);
    if (!file) return refuse(file.error(), fmt::format("the translator {} cannot be used", command.translator));
    workshop.file = *std::move(file);
    return true;
}

/// One document by itself; an array when the file held several sets. Printed as it comes: only the first is held back,
/// until it is known whether it stays alone.
class DocumentList {
public:
    explicit DocumentList(bool pretty) : pretty_(pretty) {}

    void add(std::string_view json) {
        auto const value = pretty_ ? json::parse(json) : Result<json::Value>();
        auto text = pretty_ && value ? json::to_pretty_text(*value) : std::string(json);
        if (text.ends_with('\n')) text.pop_back();
        if (++documents_ == 1) {
            first_ = std::move(text);
            return;
        }
        if (documents_ == 2) (out_ += "[\n") += std::exchange(first_, {});
        (out_ += ",\n") += text;
        if (out_.size() >= flush_at) flush();
    }
    /// False when the output could not be written.
    [[nodiscard]] bool finish(std::uint64_t sets) {
        if (documents_ <= 1 && sets > 1) (out_ += "[\n") += first_;
        if (documents_ == 1 && sets == 1) out_ += first_;
        if (documents_ > 0) out_ += '\n';
        if (sets > 1) out_ += "]\n";
        flush();
        return written_;
    }

private:
    static constexpr std::size_t flush_at = 1 << 20;

    void flush() {
        written_ = print(out_) && written_;
        out_.clear();
    }

    bool pretty_;
    bool written_ = true;
    std::uint64_t documents_ = 0;
    std::string first_;
    std::string out_;
};

/// What a run found so far.
struct Report {
    Outcome outcome;
    void add(Diagnostics const& diagnostics) {
        outcome.add(diagnostics, {});
        print_beside(diagnostics);
    }
    void add_held(std::uint64_t held) {
        if (held == 0) return;
        trouble(fmt::format("{} held for a person and not written, as the map says (`on error hold`)",
                            held == 1 ? std::string("1 document is") : fmt::format("{} documents are", held)));
        outcome.found();
    }
};

/// Reads X12 into canonical documents; gives the number of sets.
std::uint64_t read_x12(TranslateCommand const& command, Workshop& workshop, std::string const& text,
                       std::string const& name, std::function<void(std::string_view)> const& on_document,
                       Report& report) {
    TranslateOptions options;
    options.partner = command.partner;
    if (workshop.file == nullptr) options.translator = command.translator;
    if (workshop.profile != nullptr)
        options.translator_for = [&](std::string_view set) {
            auto const* agreement = workshop.profile->inbound(set);
            return agreement == nullptr ? std::string() : agreement->translator;
        };
    X12Translation translation(*workshop.schemas, *workshop.translators, options);
    translation.on_document = on_document;
    auto const result = translation.translate(text, name);
    report.add(result.diagnostics);
    report.add_held(result.held);
    return result.sets;
}

int to_json(TranslateCommand const& command, Workshop& workshop, std::string const& text, std::string const& name,
            bool foreign) {
    Report report;
    DocumentList documents(command.pretty);
    auto const add = [&](std::string_view json) { documents.add(json); };
    std::uint64_t count = 0;
    if (foreign) {
        auto const result = read_file_documents(*workshop.file, text, name, command.partner, add);
        report.add(result.diagnostics);
        report.add_held(result.held);
        count = result.documents;
    } else {
        count = read_x12(command, workshop, text, name, add, report);
    }
    if (!documents.finish(count)) report.outcome.failed();
    return report.outcome.exit_code();
}

int to_x12(TranslateCommand const& command, Workshop& workshop, std::string const& text, std::string const& name,
           bool foreign) {
    Report report;
    std::string canonical;
    if (foreign) { // by way of canonical documents: an array of those without faults
        canonical = "[";
        auto const result = read_file_documents(*workshop.file, text, name, command.partner, [&](std::string_view json) {
            if (canonical.size() > 1) canonical += ",\n";
            canonical += json;
        });
        canonical += ']';
        report.add(result.diagnostics);
        report.add_held(result.held);
        if (canonical == "[]") return report.outcome.exit_code();
    }
    WriteOptions options;
    if (workshop.file == nullptr) options.translator = command.translator;
    options.profile = workshop.profile;
    if (workshop.profile != nullptr) options.identity = workshop.configuration->identity(workshop.profile->identity);
    options.line_breaks = command.pretty;
    auto const written = write_x12(foreign ? canonical : text, name, *workshop.schemas, *workshop.translators, options);
    report.add(written.diagnostics);
    if (!written.trouble.empty()) {
        trouble(written.trouble);
        report.outcome.failed();
    }
    if (!print(written.bytes)) report.outcome.failed();
    return report.outcome.exit_code();
}

/// Canonical documents, or the sets of an X12 file, into the format of the translator.
int to_file(TranslateCommand const& command, Workshop& workshop, std::string const& text, std::string const& name,
            bool is_x12) {
    Report report;
    std::vector<json::Value> documents;
    if (is_x12) {
        (void)read_x12(
            command, workshop, text, name,
            [&](std::string_view json) {
                if (auto value = json::parse(json)) documents.push_back(*std::move(value));
            },
            report);
    } else {
        Diagnostics findings;
        documents = read_documents(text, name, findings);
        report.add(findings);
    }
    if (documents.empty()) return report.outcome.exit_code();
    auto const written = write_file_documents(*workshop.file, documents, name);
    report.add(written.diagnostics);
    if (!print(written.bytes)) report.outcome.failed();
    return report.outcome.exit_code();
}

bool looks_like_json(std::string_view text) {
    auto const first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

} // namespace

int run(TranslateCommand const& command) {
    auto const text = read_file(command.file, command.max_bytes);
    if (!text) {
        trouble(unreadable(text.error()));
        return could_not_run;
    }
    Workshop workshop;
    if (!open(command, workshop)) return could_not_run;
    auto const name = command.file == "-" ? std::string("(standard input)") : command.file;
    bool const is_json = looks_like_json(*text), is_x12 = x12::looks_like_x12(*text);
    if (workshop.file == nullptr && command.target == Target::file) {
        trouble(fmt::format("--to {0} needs a translator of that format: --translator NAME", command.target_word));
        return could_not_run;
    }
    if (workshop.file != nullptr) {
        auto const& format = workshop.file->format();
        bool const canonical = is_json && (format != "json" || is_canonical(*text));
        bool const foreign = !is_x12 && !canonical;
        if (command.target == Target::file && command.target_word != format) {
            trouble(fmt::format("the translator {} is of the format {}, not {}", workshop.file->name(), format,
                                command.target_word));
            return could_not_run;
        }
        bool const own = command.target == Target::file || (command.target == Target::json && format == "json") ||
                         command.target == Target::automatic;
        if (!foreign && own) return to_file(command, workshop, *text, name, is_x12);
        if (foreign && command.target == Target::file) {
            trouble(fmt::format("{} is no X12 and no canonical document, which {} could be made from", name, format));
            return could_not_run;
        }
        if (foreign && command.target == Target::x12) return to_x12(command, workshop, *text, name, true);
        if (foreign) return to_json(command, workshop, *text, name, true);
    }
    auto const target = command.target != Target::automatic ? command.target : is_json ? Target::x12 : Target::json;
    if (target == Target::json && is_json) {
        trouble(fmt::format("{} holds JSON already; `wharf document check` checks it, --to x12 translates it", name));
        return could_not_run;
    }
    if (target == Target::x12 && is_x12) {
        trouble(fmt::format("{} holds X12 already; `wharf lint` checks it, --to json translates it", name));
        return could_not_run;
    }
    return target == Target::json ? to_json(command, workshop, *text, name, false)
                                  : to_x12(command, workshop, *text, name, false);
}

} // namespace wharf::cli
