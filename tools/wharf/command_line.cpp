// The one file that knows CLI11 (ten seconds to compile). Values are checked here; what they mean is decided elsewhere.
#include "tools/wharf/command_line.hpp"

#include "tools/wharf/command_line_files.hpp"
#include "tools/wharf/command_line_options.hpp"
#include "tools/wharf/command_line_reporting.hpp"
#include "tools/wharf/command_line_search.hpp"
#include "tools/wharf/command_line_views.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

#ifndef WHARF_VERSION
#error "WHARF_VERSION comes from CMake"
#endif

namespace wharf::cli {
namespace {

struct GatewayWord {
    std::string_view name, description;
};
constexpr std::array<GatewayWord, 7> gateway_words{
    {{"serve", "Run the gateway: poll channels, validate, deliver, answer"},
     {"poll", "One round of the gateway, for cron: wharf poll --once"},
     {"message", "What came and went: list, show, raw, send-now, resend"},
     {"exchange", "AS2 messages with their receipts: list, show"},
     {"alarm", "What the gateway wants a person to look at: list, settle"},
     {"dead-letter", "What could not be processed or delivered: list, retry"},
     {"cert", "Certificates for AS2: list, check, request, import, roll over"}}};

constexpr std::string_view footer =
    "Exit codes: 0 no errors, 1 findings, 2 could not run. A FILE of - is standard input.\n"
    "`wharf COMMAND --help` tells more about one command.";

std::string read_size(std::string& text) { // CLI11 validator: "" is success
    std::uint64_t unit = 1;
    auto number = text;
    for (auto const& [name, factor] :
         {std::pair<std::string_view, std::uint64_t>{"kB", 1000}, {"MB", 1000000}, {"GB", 1000000000}})
        if (number.ends_with(name)) {
            number.resize(number.size() - name.size());
            unit = factor;
        }
    auto const is_number = !number.empty() && number.size() <= 9 + (unit == 1 ? 6 : 0) &&
                           std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return fmt::format("{} is no size; write 500kB, 64MB or 2GB", text);
    text = std::to_string(std::stoull(number) * unit);
    return {};
}

} // namespace

void add_files(CLI::App& command, std::vector<std::string>& files, std::string const& what) {
    command.add_option("FILE", files, what + "; - is standard input")->required()->type_name("");
}

CLI::Option* add_format(CLI::App& command, Format& format, std::string const& help) {
    return command
        .add_option_function<std::string>(
            "--format",
            [&format](std::string const& word) {
                if (word != "text" && word != "json")
                    throw CLI::ValidationError("--format", word + " is neither text nor json");
                format = word == "json" ? Format::json : Format::text;
            },
            help)
        ->type_name("text|json");
}

void add_grammars(CLI::App& command, std::string& folder) {
    command
        .add_option("--grammars", folder, "Folder whose grammar files replace the built-in ones of the same name")
        ->type_name("DIR")
        ->check(CLI::ExistingDirectory.description(""));
}

void add_size(CLI::App& command, std::uint64_t& bytes, std::string const& help) {
    command.add_option("--max-size", bytes, help)
        ->type_name("SIZE")
        ->transform(CLI::Validator(read_size, ""));
}

namespace {

/// CLI11's tree and the values it fills.
class Parser {
public:
    Parser() {
        app_.name("wharf");
        app_.description("Wharf: EDI validation, translation and exchange");
        app_.footer(std::string(footer));
        app_.set_version_flag("--version", "wharf " WHARF_VERSION, "Print the version");
        app_.set_help_flag("-h,--help", "Print this help");
        app_.require_subcommand(1);
        app_.get_formatter()->column_width(34);
        add_lint();
        add_ack();
        add_explain();
        views_.add_to(app_);
        add_translate();
        add_checks();
        add_guide();
        add_partner();
        files_.add_to(app_, grammars_);
        add_completion();
        for (auto const& word : gateway_words)
            app_.add_subcommand(std::string(word.name), std::string(word.description));
    }

    [[nodiscard]] CommandDescription describe() const { return describe_command(app_); }

    Command parse(int count, char const* const* arguments) {
        if (count < 2) return Answer{2, {}, "a command is needed\n\n" + app_.help()};
        if (auto unknown = unknown_command(arguments[1]); !unknown.empty()) return Answer{2, {}, std::move(unknown)};
        try {
            app_.parse(count, arguments);
        } catch (CLI::CallForVersion const&) {
            return Answer{0, "wharf " WHARF_VERSION "\n", {}};
        } catch (CLI::CallForHelp const&) {
            return Answer{0, chosen()->help(names_above(*chosen())), {}};
        } catch (CLI::CallForAllHelp const&) {
            return Answer{0, app_.help("", CLI::AppFormatMode::All), {}};
        } catch (CLI::ParseError const& error) {
            return Answer{2, {}, complaint(error)};
        }
        return command();
    }

private:
    void add_lint() {
        auto& command = *app_.add_subcommand("lint", "Check X12 files against the standard");
        add_files(command, lint_.files, "X12 files, folders of them, patterns such as 'in/**/*.edi'");
        add_lint_search(command, lint_);
        add_reporting(command, lint_.reporting);
        add_grammars(command, grammars_);
        command.add_option("--release", lint_.release, "Check by this release (004010) whatever GS08 says")
            ->type_name("R");
        command
            .add_option("--guide", lint_.guides,
                        "Check by this partner's guide where it is for the set and its GS08; may be repeated")
            ->type_name("FILE")
            ->expected(1)
            ->allow_extra_args(false)
            ->take_all();
        command.add_option("--partner", lint_.partner, "Check by this partner's guides and what its profile makes of findings, as the gateway does")
            ->type_name("P");
        command.add_option("--config", configuration_, "Folder with wharf.yaml and partners/ (default: here)")
            ->type_name("DIR")
            ->envname("WHARF_CONFIG");
        command
            .add_option("--treat", lint_.treat,
                        "What becomes of a finding: CODE=enforce, tolerate or ignore, X12-04* for all that begin so; may be repeated")
            ->type_name("CODE=HOW")
            ->expected(1)
            ->allow_extra_args(false)
            ->take_all();
        command.add_option("--jobs,-j", lint_.jobs, "Threads that share the work on many files, or on a large one (default 1); 0: one a processor")
            ->type_name("N")
            ->check(CLI::Range(0u, 256u).description(""));
        command.add_option("--max-findings", lint_.max_findings, "Print so many findings of a file, count the rest (default 1000)")
            ->type_name("N");
        add_mending(command, lint_);
    }
    void add_completion() {
        auto& command = *app_.add_subcommand("completion", "Print what bash or zsh complete the command line with");
        command.add_option("SHELL", completion_.shell, "bash or zsh")->required()->type_name("bash|zsh")->check(CLI::IsMember({"bash", "zsh"}).description(""));
        app_.add_subcommand("man", "Print the manual page, wharf(1), in roff");
    }
    void add_ack() {
        auto& command = *app_.add_subcommand("ack", "Write the 997, 999 or TA1 for an X12 file, or explain a received one");
        command.add_option("FILE", ack_.file, "X12 file to answer; with --read: the acknowledgment; - is standard input")
            ->required()
            ->type_name("");
        auto* read = command.add_flag("--read", ack_.read, "FILE is an acknowledgment: say what it means");
        command.add_option("--original", ack_.original, "With --read: the file that is answered; findings point into it")
            ->type_name("FILE")
            ->needs(read);
        auto* format = add_format(command, ack_.format, "With --read: text (default) or json");
        format->needs(read);
        std::vector<CLI::Option*> writing;
        writing.push_back(command
            .add_option_function<std::string>(
                "--as",
                [this](std::string const& word) {
                    using Form = AckCommand::Form;
                    if (word == "997") ack_.form = Form::functional;
                    else if (word == "999") ack_.form = Form::implementation;
                    else if (word == "ta1") ack_.form = Form::interchange;
                    else throw CLI::ValidationError("--as", word + " is none of 997, 999, ta1");
                },
                "What to write (default: a 997 for each group, a TA1 where one is due)")
            ->type_name("997|999|ta1"));
        writing.push_back(command.add_option("--release", ack_.release, "GS08 of the acknowledgment (default: as in FILE)")->type_name("R"));
        writing.push_back(command.add_option("--control-number", ack_.control_number, "ISA13 and GS06 of the first interchange (default 1)")
            ->type_name("N")
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{999'999'999})));
        writing.push_back(command.add_option("--at", ack_.at, "Date and time of the envelope: 2025-06-02T14:03 (default: now, UTC)")->type_name("TIME"));
        auto* all = command.add_flag("--all-sets", ack_.all_sets, "List accepted sets too (default)");
        auto* errors = command.add_flag("--errors-only", ack_.errors_only, "List only sets with errors");
        errors->excludes(all);
        writing.push_back(all);
        writing.push_back(errors);
        writing.push_back(command.add_option("--accept-with-errors", ack_.accept_with_errors,
                                             "Codes (X12-0304, X12-03*) that do not refuse what has them: E instead of R")
            ->type_name("CODE,…")
            ->delimiter(','));
        writing.push_back(command
            .add_option("--treat", ack_.treat, "What becomes of a finding before it is answered: CODE=enforce, tolerate or ignore; may be repeated")
            ->type_name("CODE=HOW")
            ->expected(1)
            ->allow_extra_args(false)
            ->take_all());
        writing.push_back(command
            .add_option("--guide", ack_.guides,
                        "Refuse and tell what only this partner's guide objects to, where it is for the set and its GS08; may be repeated")
            ->type_name("FILE")
            ->expected(1)
            ->allow_extra_args(false)
            ->take_all());
        writing.push_back(command.add_flag("--ta1-with-errors", ack_.ta1_with_errors, "A TA1 may say E; otherwise it says A then"));
        writing.push_back(command.add_option("--output", ack_.output, "Write here instead of standard output")->type_name("FILE"));
        for (auto* option : writing) option->excludes(read);
        add_grammars(command, grammars_);
        add_size(command, ack_.max_bytes);
    }
    void add_explain() {
        auto& command = *app_.add_subcommand("explain", "Explain a code of a finding, a segment, a set, an element or its codes");
        command
            .add_option("WHAT", explain_.words,
                        "X12-0306, N1, N104, 850, element 98, REF DP, or words of a name: ship notice; without it, what there is to explain")
            ->type_name("")
            ->expected(0, 9);
        command.add_option("--release", explain_.release, "Release of the standard (default 004010)")->type_name("R");
        command.add_option("--guide", explain_.guide, "Explain the set as this guide has it")->type_name("FILE");
        add_grammars(command, grammars_);
    }
    void add_translate() {
        auto& command = *app_.add_subcommand("translate", "Turn X12, CSV, XML and JSON into canonical JSON, and back");
        command
            .add_option("FILE", translate_.file,
                        "X12 file, canonical document, or a file of the translator's format; - is standard input")
            ->required()
            ->type_name("");
        command
            .add_option_function<std::string>(
                "--to",
                [this](std::string const& word) {
                    translate_.target_word = word;
                    if (word == "json")
                        translate_.target = Target::json;
                    else if (word == "x12")
                        translate_.target = Target::x12;
                    else if (word == "csv" || word == "fixed" || word == "xml")
                        translate_.target = Target::file;
                    else
                        throw CLI::ValidationError("--to", word + " is none of json, x12, csv, fixed, xml");
                },
                "What to make: json, x12, or with --translator its format (default: the other one)")
            ->type_name("json|x12|csv|fixed|xml");
        command.add_flag("--pretty", translate_.pretty, "JSON with line breaks; X12 with one segment a line");
        command.add_option("--translator", translate_.translator, "Use this map, whatever set or document it is")
            ->type_name("NAME");
        command.add_option("--partner", translate_.partner, "Use this partner's profile")->type_name("P");
        command.add_option("--config", configuration_, "Folder with wharf.yaml and partners/ (default: here)")
            ->type_name("DIR")
            ->envname("WHARF_CONFIG");
        add_grammars(command, grammars_);
        add_size(command, translate_.max_bytes, "Refuse larger files of JSON, which are held whole (default 1 GiB); 500kB, 64MB, 2GB");
    }
    void add_checks() {
        auto& document = *app_.add_subcommand("document", "Canonical documents");
        document.require_subcommand(1);
        auto& document_check = *document.add_subcommand("check", "Check canonical documents against their schemas");
        add_files(document_check, document_check_.files, "JSON files");
        add_reporting(document_check, document_check_.reporting);
        auto& translator = *app_.add_subcommand("translator", "Maps between other formats and canonical documents");
        translator.require_subcommand(1);
        auto& translator_check =
            *translator.add_subcommand("check", "Check maps against grammar and schema, both ways");
        translator_check.add_option("FILE", translator_check_.files, "Map files, or names of built-in maps: x12/850")
            ->required()
            ->type_name("");
        translator_check
            .add_option("--guide", translator_check_.guides,
                        "Hold maps of this guide's set against it too: what it makes mandatory some line must write; may be repeated")
            ->type_name("FILE");
        translator_check.add_flag("--coverage", translator_check_.coverage,
                                  "List what no line of a map reads, and what none writes");
        add_reporting(translator_check, translator_check_.reporting);
        add_grammars(translator_check, grammars_);
        auto& show = *translator.add_subcommand("show", "Show a map with all it includes and extends");
        show.add_option("FILE", translator_show_.file, "Map file, or name of a built-in map: x12/850")
            ->required()
            ->type_name("");
        auto* const json = show.add_flag("--json", translator_show_.json, "As JSON (schemas/translator.1.json)");
        auto* const sample =
            show.add_flag("--sample", translator_show_.sample, "As a sample with the names of the fields");
        auto* const effective = show.add_flag("--effective", translator_show_.effective,
                                              "Each line with its origin and what its types imply");
        json->excludes(sample)->excludes(effective);
        sample->excludes(effective);
        add_grammars(show, grammars_);
        auto& test = *translator.add_subcommand("test", "Run the cases beside maps: FILE.tests/");
        test.add_option("FILE", translator_test_.files, "Map files, or folders of them")->required()->type_name("");
        test.add_flag("--update", translator_test_.update, "Make what comes out the expected result");
        add_grammars(test, grammars_);
    }
    void add_guide() {
        auto& guide = *app_.add_subcommand("guide", "What one partner allows of a set");
        guide.require_subcommand(1);
        auto& check = *guide.add_subcommand("check", "Check guides against the standard and the guides they extend");
        check.add_option("FILE", guide_check_.files, "Guide files")->required()->type_name("");
        add_reporting(check, guide_check_.reporting);
        add_grammars(check, grammars_);
        auto& import = *guide.add_subcommand("import", "Make a guide of a guideline in SEF (Standard Exchange Format 1.5, 1.6)");
        import.add_option("FILE", guide_import_.file, "SEF file; - is standard input")->required()->type_name("");
        import.add_option("--output,-o", guide_import_.output, "Write the guide here (default: standard output, the report beside it)")->type_name("FILE");
        import.add_option("--set", guide_import_.set, "Which transaction set, when the file has several")->type_name("SET");
        import.add_option("--release", guide_import_.release, "Hold it against this release (004010) whatever the file says")->type_name("R");
        add_reporting(import, guide_import_.reporting);
        add_grammars(import, grammars_);
        auto& show = *guide.add_subcommand("show", "Show a guide as a person reads it");
        show.add_option("FILE", guide_show_.file, "Guide file")->required()->type_name("");
        show.add_flag("--effective", guide_show_.effective,
                      "In the guide language, with all it extends; each row with its file and line");
        add_grammars(show, grammars_);
    }
    void add_partner() {
        auto& partner = *app_.add_subcommand("partner", "Partner profiles, channels and wharf.yaml");
        partner.require_subcommand(1);
        auto& check = *partner.add_subcommand("check", "Check the configuration, and the files of keys and certificates that it names");
        check.add_option("--config", configuration_, "Folder with wharf.yaml and partners/ (default: here)")
            ->type_name("DIR")
            ->envname("WHARF_CONFIG");
        add_reporting(check, partner_check_.reporting);
        auto& explain = *partner.add_subcommand("explain", "Show every value and the file and line that set it");
        explain.add_option("NAME", partner_explain_.name, "A partner, a channel, or wharf.yaml")
            ->required()
            ->type_name("");
        explain.add_option("FIELD", partner_explain_.field, "Only this setting, or those below it: envelope, 850 inbound.guide")
            ->expected(0, 2)
            ->type_name("");
        explain.add_option("--config", configuration_, "Folder with wharf.yaml and partners/ (default: here)")
            ->type_name("DIR")
            ->envname("WHARF_CONFIG");
    }

    [[nodiscard]] std::vector<std::string> command_names() const {
        std::vector<std::string> names;
        for (auto const* command : app_.get_subcommands({}))
            names.push_back(command->get_name());
        return names;
    }

    [[nodiscard]] std::string unknown_command(std::string_view word) const {
        auto const names = command_names();
        if (word.starts_with('-') || std::ranges::find(names, word) != names.end()) return {};
        auto const nearest = nearest_word(word, names);
        return fmt::format("there is no command '{}'; {}", word,
                           nearest.empty() ? "see wharf --help" : fmt::format("did you mean '{}'?", nearest));
    }

    /// The innermost command that was named: whose help is wanted, whose options were wrong.
    [[nodiscard]] CLI::App const* chosen() const {
        CLI::App const* command = &app_;
        for (auto inner = command->get_subcommands(); !inner.empty(); inner = command->get_subcommands())
            command = inner.front();
        return command;
    }

    /// "wharf partner" of `wharf partner check`: what the line "Usage:" begins with.
    [[nodiscard]] static std::string names_above(CLI::App const& command) {
        std::string names;
        for (auto const* above = command.get_parent(); above != nullptr; above = above->get_parent())
            names = above->get_name() + (names.empty() ? "" : " ") + names;
        return names;
    }

    [[nodiscard]] std::string complaint(CLI::ParseError const& error) const {
        std::string name;
        for (auto const* command = chosen(); command != nullptr; command = command->get_parent())
            name = command->get_name() + (name.empty() ? "" : " ") + name;
        std::string hint;
        auto const extras = chosen()->remaining();
        std::vector<std::string> options;
        for (auto const* option : chosen()->get_options())
            for (auto const& text : option->get_lnames())
                options.push_back("--" + text);
        if (!extras.empty() && extras.front().starts_with("--"))
            if (auto const nearest = nearest_word(extras.front().substr(0, extras.front().find('=')), options);
                !nearest.empty())
                hint = fmt::format("; did you mean {}?", nearest);
        return fmt::format("{}{}\nSee {} --help.", error.what(), hint, name);
    }

    Command command() {
        std::optional<std::filesystem::path> grammars;
        if (!grammars_.empty()) grammars = grammars_;
        if (auto command = files_.chosen(app_, grammars)) return *std::move(command);
        if (auto view = views_.chosen(app_)) return *std::move(view);
        if (app_.got_subcommand("lint")) {
            lint_.grammars = grammars;
            lint_.configuration = configuration_;
            if (lint_.mending.unsafe && !lint_.mending.wanted()) return Answer{2, {}, "--unsafe-fixes goes with --fix or --diff\nSee wharf lint --help."};
            return lint_;
        }
        if (app_.got_subcommand("ack")) {
            ack_.grammars = grammars;
            return ack_;
        }
        if (app_.got_subcommand("explain")) {
            explain_.grammars = grammars;
            return explain_;
        }
        if (app_.got_subcommand("translate")) {
            translate_.grammars = grammars;
            if (!configuration_.empty()) translate_.configuration = configuration_;
            return translate_;
        }
        if (app_.got_subcommand("document")) return document_check_;
        if (app_.got_subcommand("completion")) return completion_;
        if (app_.got_subcommand("man")) return ManualCommand{};
        if (app_.got_subcommand("guide")) {
            guide_check_.grammars = guide_show_.grammars = guide_import_.grammars = grammars;
            if (app_.get_subcommand("guide")->got_subcommand("import")) return guide_import_;
            if (app_.get_subcommand("guide")->got_subcommand("show")) return guide_show_;
            return guide_check_;
        }
        if (app_.got_subcommand("partner")) {
            partner_check_.configuration = partner_explain_.configuration =
                configuration_.empty() ? "." : configuration_;
            if (app_.get_subcommand("partner")->got_subcommand("explain")) return partner_explain_;
            return partner_check_;
        }
        translator_check_.grammars = translator_show_.grammars = translator_test_.grammars = grammars;
        if (app_.get_subcommand("translator")->got_subcommand("show")) return translator_show_;
        if (app_.get_subcommand("translator")->got_subcommand("test")) return translator_test_;
        return translator_check_;
    }

    CLI::App app_;
    FileCommands files_;
    LintCommand lint_;
    CompletionCommand completion_;
    AckCommand ack_;
    ExplainCommand explain_;
    TranslateCommand translate_;
    DocumentCheckCommand document_check_;
    TranslatorCheckCommand translator_check_;
    TranslatorShowCommand translator_show_;
    TranslatorTestCommand translator_test_;
    GuideCheckCommand guide_check_;
    GuideShowCommand guide_show_;
    GuideImportCommand guide_import_;
    PartnerCheckCommand partner_check_;
    PartnerExplainCommand partner_explain_;
    std::string grammars_;
    std::string configuration_;
    ViewCommands views_{grammars_, configuration_};
};

} // namespace

CommandDescription describe_command_line() { return Parser().describe(); }

std::string program_version() { return WHARF_VERSION; }

Command parse_command_line(int count, char const* const* arguments) {
    if (count >= 2)
        for (auto const& word : gateway_words)
            if (word.name == arguments[1]) return GatewayCommand{{arguments + 1, arguments + count}};
    return Parser().parse(count, arguments);
}

} // namespace wharf::cli
