#include "base/file.hpp"
#include "partner/configuration.hpp"
#include "syntax/json/value.hpp"
#include "syntax/x12/reader.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"
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
        auto configuration = partner::load_configuration(command.configuration, partner::SecretCheck::form);
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

int to_json(TranslateCommand const& command, Workshop& workshop, std::string const& text, std::string const& name) {
    TranslateOptions options;
    options.partner = command.partner;
    options.translator = command.translator;
    if (workshop.profile != nullptr)
        options.translator_for = [&](std::string_view set) {
            auto const* agreement = workshop.profile->inbound(set);
            return agreement == nullptr ? std::string() : agreement->translator;
        };
    X12Translation translation(*workshop.schemas, *workshop.translators, options);
    DocumentList documents(command.pretty);
    translation.on_document = [&](std::string_view json) { documents.add(json); };
    auto const result = translation.translate(text, name);
    Outcome outcome;
    outcome.add(result.diagnostics, {});
    print_beside(result.diagnostics);
    if (!documents.finish(result.sets)) outcome.failed();
    return outcome.exit_code();
}

int to_x12(TranslateCommand const& command, Workshop& workshop, std::string const& text, std::string const& name) {
    WriteOptions options;
    options.translator = command.translator;
    options.profile = workshop.profile;
    if (workshop.profile != nullptr) options.identity = workshop.configuration->identity(workshop.profile->identity);
    options.line_breaks = command.pretty;
    auto const written = write_x12(text, name, *workshop.schemas, *workshop.translators, options);
    Outcome outcome;
    outcome.add(written.diagnostics, {});
    print_beside(written.diagnostics);
    if (!written.trouble.empty()) {
        trouble(written.trouble);
        outcome.failed();
    }
    if (!print(written.bytes)) outcome.failed();
    return outcome.exit_code();
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
    bool const is_json = looks_like_json(*text);
    auto const target = command.target != Target::automatic ? command.target : is_json ? Target::x12 : Target::json;
    if (target == Target::json && is_json) {
        trouble(fmt::format("{} holds JSON already; `wharf document check` checks it, --to x12 translates it", name));
        return could_not_run;
    }
    if (target == Target::x12 && x12::looks_like_x12(*text)) {
        trouble(fmt::format("{} holds X12 already; `wharf lint` checks it, --to json translates it", name));
        return could_not_run;
    }
    return target == Target::json ? to_json(command, workshop, *text, name) : to_x12(command, workshop, *text, name);
}

} // namespace wharf::cli
