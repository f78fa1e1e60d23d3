#include "base/peeked_source.hpp"
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
    if (!workshop.translators->info(command.translator)) {
        auto const nearest = nearest_word(command.translator, map_names(own_maps));
        trouble(fmt::format("there is no translator '{}'{}{}", command.translator, nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest),
                            own_maps || !command.partner.empty() ? "" : " (maps of your own are found with --partner, in the folder that wharf.yaml names)"));
        return false;
    }
    auto file = find_file_translator(own_maps, command.translator);
    if (!file) return refuse(file.error(), fmt::format("the translator {} cannot be used", command.translator));
    workshop.file = *std::move(file);
    return true;
}

/// The file to be translated: what it begins with, and its bytes, read once.
struct Input {
    std::string name; // for messages
    std::unique_ptr<PeekedSource> bytes;
    bool is_x12 = false, is_json = false;
};

/// The text of a file that is held whole; nothing when it cannot be read, which is then told.
std::optional<std::string> whole(TranslateCommand const& command, Input& input) {
    auto text = read_all(*input.bytes, command.max_bytes);
    if (text) return *std::move(text);
    bool const too_large = text.error().kind == ErrorKind::invalid;
    trouble(too_large ? fmt::format("cannot read {}: {}; split it, or raise the limit with --max-size", input.name, text.error().message)
                      : text.error().message);
    return std::nullopt;
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
    void failed(std::string_view why) {
        trouble(why);
        outcome.failed();
    }
    void add_held(std::uint64_t held) {
        if (held == 0) return;
        trouble(fmt::format("{} held for a person and not written, as the map says (`on error hold`)",
                            held == 1 ? std::string("1 document is") : fmt::format("{} documents are", held)));
        outcome.found();
    }
};

/// Reads X12 into canonical documents; gives the number of sets.
std::uint64_t read_x12(TranslateCommand const& command, Workshop& workshop, Input input,
                       std::function<void(std::string_view)> const& on_document, Report& report) {
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
    auto const result = translation.translate(std::move(input.bytes), input.name);
    report.add(result.diagnostics);
    if (result.suppressed > 0) trouble(fmt::format("{} not shown; `wharf lint` shows more", plural(result.suppressed, "finding")));
    report.add_held(result.held);
    if (result.trouble) report.failed(result.trouble->message);
    return result.sets;
}

int to_json(TranslateCommand const& command, Workshop& workshop, Input input, bool foreign) {
    Report report;
    DocumentList documents(command.pretty);
    auto const add = [&](std::string_view json) { documents.add(json); };
    std::uint64_t count = 0;
    if (foreign) {
        auto const result = read_file_documents(*workshop.file, std::move(input.bytes), input.name, command.partner, add);
        report.add(result.diagnostics);
        report.add_held(result.held);
        count = result.documents;
        if (count == 0 && !has_errors(result.diagnostics)) trouble(fmt::format("{} holds no document", input.name));
    } else {
        count = read_x12(command, workshop, std::move(input), add, report);
    }
    if (!documents.finish(count)) report.outcome.failed();
    return report.outcome.exit_code();
}

int to_x12(TranslateCommand const& command, Workshop& workshop, Input input, bool foreign) {
    Report report;
    std::string canonical;
    if (!foreign) {
        auto text = whole(command, input);
        if (!text) return could_not_run;
        canonical = *std::move(text);
    } else { // by way of canonical documents: an array of those without faults
        canonical = "[";
        auto const result = read_file_documents(*workshop.file, std::move(input.bytes), input.name, command.partner, [&](std::string_view json) {
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
    auto const written = write_x12(canonical, input.name, *workshop.schemas, *workshop.translators, options);
    report.add(written.diagnostics);
    if (!written.trouble.empty()) {
        trouble(written.trouble);
        report.outcome.failed();
    }
    if (!print(written.bytes)) report.outcome.failed();
    return report.outcome.exit_code();
}

/// Canonical documents, or the sets of an X12 file, into the format of the translator.
int to_file(TranslateCommand const& command, Workshop& workshop, Input input) {
    Report report;
    std::vector<json::Value> documents;
    auto const name = input.name;
    if (input.is_x12) {
        (void)read_x12(
            command, workshop, std::move(input),
            [&](std::string_view json) {
                if (auto value = json::parse(json)) documents.push_back(*std::move(value));
            },
            report);
    } else {
        Diagnostics findings;
        auto const text = whole(command, input);
        if (!text) return could_not_run;
        documents = read_documents(*text, name, findings);
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

/// Opened, with its kind looked at; nothing when it cannot be read, which is then told.
std::optional<Input> open_input(TranslateCommand const& command) {
    constexpr std::size_t head_bytes = 64 << 10; // what stands before the first bracket or ISA is less
    auto source = open_byte_source(command.file);
    if (!source) {
        trouble(source.error().message);
        return std::nullopt;
    }
    Input input;
    input.name = command.file == "-" ? std::string("(standard input)") : command.file;
    input.bytes = std::make_unique<PeekedSource>(*std::move(source));
    auto const head = input.bytes->peek(head_bytes);
    if (!head) {
        trouble(head.error().message);
        return std::nullopt;
    }
    input.is_x12 = x12::looks_like_x12(*head);
    input.is_json = looks_like_json(*head);
    return input;
}

/// Tells a canonical document from JSON of the translator's own shape, which only the whole text shows; nothing when it
/// cannot be read.
std::optional<bool> holds_canonical(TranslateCommand const& command, Input& input) {
    auto text = whole(command, input);
    if (!text) return std::nullopt;
    bool const canonical = is_canonical(*text);
    input.bytes = std::make_unique<PeekedSource>(std::move(input.bytes), *std::move(text));
    return canonical;
}

/// Which way a file goes when a translator of another format than X12 is named; nothing when it is X12 to canonical or back.
std::optional<int> with_file_translator(TranslateCommand const& command, Workshop& workshop, Input& input) {
    auto const& format = workshop.file->format();
    bool canonical = input.is_json;
    if (input.is_json && format == "json") {
        auto const told = holds_canonical(command, input);
        if (!told) return could_not_run;
        canonical = *told;
    }
    bool const foreign = !input.is_x12 && !canonical;
    if (command.target == Target::file && command.target_word != format) {
        trouble(fmt::format("the translator {} is of the format {}, not {}", workshop.file->name(), format, command.target_word));
        return could_not_run;
    }
    bool const own = command.target == Target::file || command.target == Target::automatic ||
                     (command.target == Target::json && format == "json");
    if (!foreign && own) return to_file(command, workshop, std::move(input));
    if (foreign && command.target == Target::file) {
        trouble(fmt::format("{} is no X12 and no canonical document, which {} could be made from", input.name, format));
        return could_not_run;
    }
    if (foreign && command.target == Target::x12) return to_x12(command, workshop, std::move(input), true);
    if (foreign) return to_json(command, workshop, std::move(input), true);
    return std::nullopt;
}

} // namespace

int run(TranslateCommand const& command) {
    auto input = open_input(command);
    Workshop workshop;
    if (!input || !open(command, workshop)) return could_not_run;
    if (workshop.file == nullptr && command.target == Target::file) {
        trouble(fmt::format("--to {0} needs a translator of that format: --translator NAME", command.target_word));
        return could_not_run;
    }
    if (workshop.file != nullptr)
        if (auto const done = with_file_translator(command, workshop, *input)) return *done;
    auto const target = command.target != Target::automatic ? command.target : input->is_json ? Target::x12 : Target::json;
    if (target == Target::json && input->is_json) {
        trouble(fmt::format("{} holds JSON already; `wharf document check` checks it, --to x12 translates it", input->name));
        return could_not_run;
    }
    if (target == Target::x12 && input->is_x12) {
        trouble(fmt::format("{} holds X12 already; `wharf lint` checks it, --to json translates it", input->name));
        return could_not_run;
    }
    return target == Target::json ? to_json(command, workshop, *std::move(input), false)
                                  : to_x12(command, workshop, *std::move(input), false);
}

} // namespace wharf::cli
