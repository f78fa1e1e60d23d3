// What the user asked for, as plain values. CLI11 stays inside command_line.cpp.
//
// Exit codes of every command: 0 no errors, 1 findings, 2 could not run.
#pragma once

#include "base/limits.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wharf::cli {

enum class Format { text, json, sarif, github, junit };
enum class Colour { automatic, always, never }; // automatic: on a terminal

struct Reporting {
    Format format = Format::text;
    bool strict = false; // warnings count as findings
    bool quiet = false;  // no summary
    bool statistics = false; // how often each code was found, instead of the findings
    Colour colour = Colour::automatic;
};

/// What lint changes in files.
struct Mending {
    bool fix = false;
    bool diff = false;   // show it and write nothing
    bool unsafe = false; // counts and trailer numbers too
    [[nodiscard]] bool wanted() const { return fix || diff; }
};

struct LintCommand {
    std::vector<std::string> files; // "-": standard input
    Reporting reporting;
    std::optional<std::filesystem::path> grammars;
    std::string release; // validate by this one whatever GS08 says
    std::vector<std::string> treat; // CODE=enforce|tolerate|ignore, checked when the command runs
    std::vector<std::filesystem::path> guides;
    std::string partner; // profile id: its guides and what it makes of findings; empty: none
    std::filesystem::path configuration; // folder of wharf.yaml; empty: here, or what .wharf.yaml says
    unsigned jobs = 1;   // threads
    std::optional<std::uint32_t> max_findings; // of one file
    std::vector<std::string> exclude;    // as lines of a .gitignore
    bool force_exclude = false;          // also of files that are named
    std::string stdin_name;              // what standard input is called
    std::filesystem::path settings;      // this .wharf.yaml for all files
    bool no_settings = false, show_settings = false;
    Mending mending;
};

/// One segment a line, and back.
struct FormatCommand {
    std::vector<std::string> files;
    bool wire = false, check = false, write = false;
    std::uint64_t max_bytes = limits::file_bytes;
};

struct StatisticsCommand {
    std::vector<std::string> files;
    Format format = Format::text;
    std::optional<std::filesystem::path> grammars;
};

struct SplitCommand {
    enum class By { set, group, interchange };
    std::vector<std::string> files;
    std::filesystem::path into;
    By by = By::set;
    bool overwrite = false;
    std::optional<std::filesystem::path> grammars;
};

struct RedactCommand {
    std::vector<std::string> files;
    std::filesystem::path into; // empty: standard output
    bool identifiers = false, envelope = false, overwrite = false;
    std::filesystem::path key_file; // empty: a key of this run
    std::optional<std::filesystem::path> grammars;
    std::uint64_t max_bytes = limits::file_bytes;
};

struct CompletionCommand {
    std::string shell; // "bash", "zsh"
};
struct ManualCommand {};

/// 997, 999 or TA1: written for a file, or read and explained.
struct AckCommand {
    enum class Form { automatic, functional, implementation, interchange };
    std::string file;
    Form form = Form::automatic;
    std::string release;              // of the acknowledgment; empty: as GS08
    std::uint64_t control_number = 1;
    std::string at;                   // "2025-06-02T14:03"; empty: now
    bool all_sets = false; // the default, said aloud
    bool errors_only = false;
    bool ta1_with_errors = false;
    std::vector<std::string> accept_with_errors;
    std::vector<std::string> treat; // as of LintCommand
    std::vector<std::filesystem::path> guides; // what they object to is told
    std::string output;               // empty: standard output
    bool read = false;
    std::string original;             // with `read`: the file that is answered
    Format format = Format::text;
    std::optional<std::filesystem::path> grammars;
    std::uint64_t max_bytes = limits::file_bytes;
};

struct ExplainCommand {
    std::vector<std::string> words; // {"X12-0306"}, {"N1"}, {"850"}, {"element", "98"}; none: list all
    std::string release; // empty: 004010, or the guide's
    std::string guide; // explain the set as this guide has it
    std::optional<std::filesystem::path> grammars;
};

/// A file as a person reads it.
struct ShowCommand {
    LintCommand rules; // its files, and by what they are read
    bool html = false;
    unsigned width = 0; // 0: the terminal's
};

/// Two files compared by meaning.
struct DifferenceCommand {
    std::string left, right;
    bool envelope = false, exact = false;
    Format format = Format::text;
    LintCommand rules; // by what they are read
};

enum class Target { automatic, json, x12, file }; // file: the format of the translator named

struct TranslateCommand {
    std::string file;
    Target target = Target::automatic; // automatic: the other one
    std::string target_word;           // "csv", of Target::file
    bool pretty = false;
    std::string translator; // empty: the partner's, else the shipped one
    std::string partner;    // profile id; empty: none
    std::filesystem::path configuration = ".";
    std::optional<std::filesystem::path> grammars;
    std::uint64_t max_bytes = limits::file_bytes;
};

struct DocumentCheckCommand {
    std::vector<std::string> files;
    Reporting reporting;
};

struct TranslatorCheckCommand {
    std::vector<std::string> files;
    bool coverage = false; // list what no line reads and what no line writes
    std::vector<std::filesystem::path> guides; // what partners make mandatory must be written too
    Reporting reporting;
    std::optional<std::filesystem::path> grammars;
};

/// A map as text after all edits, with origins, as JSON, or as an annotated sample.
struct TranslatorShowCommand {
    std::string file; // or the name of a built-in map
    bool json = false, sample = false, effective = false;
    std::optional<std::filesystem::path> grammars;
};

/// Runs the cases beside maps.
struct TranslatorTestCommand {
    std::vector<std::string> files; // maps, or folders of maps
    bool update = false;            // what comes out becomes what is expected
    std::optional<std::filesystem::path> grammars;
};

/// Checks guides against their grammar and the guides they extend.
struct GuideCheckCommand {
    std::vector<std::string> files;
    Reporting reporting;
    std::optional<std::filesystem::path> grammars;
};

/// A guide for people, or with all it extends in its own language.
struct GuideShowCommand {
    std::string file;
    bool effective = false;
    std::optional<std::filesystem::path> grammars;
};

/// Makes a guide of a guideline in SEF.
struct GuideImportCommand {
    std::string file;
    std::string output; // empty: standard output
    std::string set, release;
    Reporting reporting;
    std::optional<std::filesystem::path> grammars;
};

/// Checks wharf.yaml with all profiles and channels; of secrets only the form.
struct PartnerCheckCommand {
    std::filesystem::path configuration = ".";
    Reporting reporting;
};

/// Every effective value of one partner or channel, or of wharf.yaml, and where it comes from.
struct PartnerExplainCommand {
    std::string name;
    std::vector<std::string> field; // {"envelope.release"}, {"850", "inbound.findings"}; none: all
    std::filesystem::path configuration = ".";
};

/// Carried out by wharf-gateway, which parses the words itself.
struct GatewayCommand {
    std::vector<std::string> arguments; // "serve" and what follows
};

/// Nothing left to do: help, version, or a command line that makes no sense.
struct Answer {
    int exit_code = 0;
    std::string output;  // for standard output
    std::string trouble; // for standard error
};

using Command = std::variant<Answer, LintCommand, FormatCommand, StatisticsCommand, SplitCommand, RedactCommand, AckCommand, ExplainCommand, ShowCommand, DifferenceCommand, TranslateCommand,
                             DocumentCheckCommand, TranslatorCheckCommand, TranslatorShowCommand, TranslatorTestCommand, GuideCheckCommand, GuideShowCommand,
                             GuideImportCommand, CompletionCommand, ManualCommand, PartnerCheckCommand,
                             PartnerExplainCommand, GatewayCommand>;

[[nodiscard]] std::string program_version();
[[nodiscard]] Command parse_command_line(int count, char const* const* arguments);

/// The word of the list that a mistyped one most likely means; empty when none is near.
[[nodiscard]] std::string nearest_word(std::string_view word, std::vector<std::string> const& words);

} // namespace wharf::cli
