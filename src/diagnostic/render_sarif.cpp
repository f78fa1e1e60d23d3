// SARIF 2.1.0, docs.oasis-open.org/sarif/sarif/v2.1.0. Sections in comments are of that standard.
#include "diagnostic/json_writer.hpp"
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "diagnostic/report_parts.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>

namespace wharf {
namespace {

constexpr std::string_view schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr std::string_view fingerprint_name = "wharfFinding/v1";

std::string_view level_of(Severity severity) { return severity == Severity::info ? "note" : to_string(severity); }

/// A file name as a URI reference (3.4.3): relative names stay relative, so that they are found below the folder of a repository.
std::string uri_of(std::string_view name) {
    if (name == "(standard input)") return "stdin";
    while (name.starts_with("./"))
        name.remove_prefix(2);
    std::string uri = name.starts_with('/') ? "file://" : "";
    for (char const c : name) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~/").contains(c);
        if (plain)
            uri += c;
        else
            fmt::format_to(std::back_inserter(uri), "%{:02X}", static_cast<unsigned char>(c));
    }
    return uri;
}

/// Braces are placeholders and stand twice (3.11.5).
std::string message_text(std::string_view text) {
    std::string out;
    for (char const c : text) {
        out += c;
        if (c == '{' || c == '}') out += c;
    }
    return out;
}

void write_message(JsonWriter& json, std::string_view name, std::string_view text) {
    json.object(name, [&] { json.text("text", message_text(text)); });
}

/// The first sentence: an abbreviation's point is not followed by a capital.
std::string_view first_sentence(std::string_view text) {
    for (auto at = text.find(". "); at != std::string_view::npos; at = text.find(". ", at + 1))
        if (at + 2 < text.size() && text[at + 2] >= 'A' && text[at + 2] <= 'Z') return text.substr(0, at + 1);
    return text.substr(0, text.find('\n'));
}

std::uint64_t hash_of(std::initializer_list<std::string_view> parts) { // FNV-1a
    std::uint64_t hash = 0xcbf29ce484222325;
    for (auto const part : parts) {
        for (char const c : part)
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        hash = (hash ^ 0xff) * 0x100000001b3; // no byte of UTF-8: ends the part
    }
    return hash;
}

class Sarif {
public:
    Sarif(std::string& out, Report const& report) : json_(out), report_(report) {
        for (auto const& diagnostic : report.diagnostics)
            rules_.try_emplace(diagnostic.code, 0);
        std::size_t next = 0;
        for (auto& [code, index] : rules_)
            index = next++;
        for (std::size_t i = 0; i < report.files.size(); ++i)
            files_.try_emplace(report.files[i].name, i);
    }

    void write() {
        json_.object([&] {
            json_.text("$schema", schema);
            json_.text("version", "2.1.0");
            json_.array("runs", [&] { json_.object([&] { run(); }); });
        });
    }

private:
    void run() {
        json_.object("tool", [&] { json_.object("driver", [&] { driver(); }); });
        invocation();
        json_.array("artifacts", [&] {
            for (auto const& file : report_.files)
                json_.object([&] {
                    json_.object("location", [&] { json_.text("uri", uri_of(file.name)); });
                    json_.array("roles", [&] { json_.text("analysisTarget"); });
                });
        });
        json_.text("columnKind", "unicodeCodePoints");
        json_.array("results", [&] {
            for (auto const& diagnostic : report_.diagnostics)
                json_.object([&] { result(diagnostic); });
        });
    }

    void driver() {
        json_.text("name", "Wharf");
        json_.text_if("version", report_.version);
        json_.array("rules", [&] {
            for (auto const& rule : rules_)
                json_.object([&] { describe_rule(rule.first); });
        });
    }

    void describe_rule(std::string const& code) {
        json_.text("id", code);
        auto const entry = find_code(code);
        if (!entry) return;
        json_.text("name", entry->name);
        write_message(json_, "shortDescription", first_sentence(entry->explanation));
        write_message(json_, "fullDescription", entry->explanation);
        json_.object("defaultConfiguration", [&] { json_.text("level", level_of(entry->severity)); });
        json_.object("help", [&] {
            json_.text("text", message_text(entry->explanation));
            auto markdown = std::string(entry->explanation);
            if (!entry->bad.empty()) markdown += fmt::format("\n\nWrong:\n```\n{}\n```", entry->bad);
            if (!entry->good.empty()) markdown += fmt::format("\n\nRight:\n```\n{}\n```", entry->good);
            json_.text("markdown", markdown);
        });
        json_.object("properties", [&] {
            json_.array("tags", [&] {
                json_.text("edi");
                json_.text(code.substr(0, code.find('-')));
            });
        });
    }

    /// 3.20: a file that could not be read makes the run fail; findings do not.
    void invocation() {
        auto const is_trouble = [](CheckedFile const& file) { return !file.trouble.empty(); };
        json_.array("invocations", [&] {
            json_.object([&] {
                json_.truth("executionSuccessful", std::ranges::none_of(report_.files, is_trouble));
                json_.array("toolExecutionNotifications", [&] {
                    for (auto const& file : report_.files) {
                        if (is_trouble(file)) notification(file, "error", file.trouble);
                        if (file.suppressed != 0) notification(file, "warning", fmt::format("{} more findings are not listed", file.suppressed));
                    }
                });
            });
        });
    }

    void notification(CheckedFile const& file, std::string_view level, std::string_view text) {
        json_.object([&] {
            json_.text("level", level);
            write_message(json_, "message", text);
            json_.array("locations", [&] {
                json_.object([&] { json_.object("physicalLocation", [&] { artifact(file.name); }); });
            });
        });
    }

    void artifact(std::string const& name) {
        json_.object("artifactLocation", [&] {
            json_.text("uri", uri_of(name));
            if (auto const found = files_.find(name); found != files_.end()) json_.number("index", found->second);
        });
    }

    void result(Diagnostic const& diagnostic) {
        auto const& place = diagnostic.place;
        json_.text("ruleId", diagnostic.code);
        json_.number("ruleIndex", rules_.at(diagnostic.code));
        json_.text("level", level_of(diagnostic.severity));
        write_message(json_, "message", message_and_help(diagnostic));
        json_.array("locations", [&] { json_.object([&] { location(place, end_column(diagnostic), diagnostic.excerpt, diagnostic.excerpt_offset); }); });
        if (!diagnostic.related.empty())
            json_.array("relatedLocations", [&] {
                for (std::size_t i = 0; i < diagnostic.related.size(); ++i)
                    json_.object([&] { related(diagnostic.related[i], place, i + 1); });
            });
        json_.object("partialFingerprints", [&] { json_.text(fingerprint_name, fingerprint(diagnostic)); });
        json_.object("properties", [&] {
            json_.text_if("interchange", place.interchange);
            json_.text_if("group", place.group);
            json_.text_if("transaction", place.transaction);
            json_.text_if("transactionSet", place.transaction_set);
            json_.text_if("segment", place.segment_id);
            json_.number_if("segmentPosition", place.segment_position);
            json_.text_if("value", diagnostic.value);
        });
    }

    void related(Related const& other, Place const& own, std::size_t id) {
        auto place = other.place;
        if (place.file.empty()) place.file = own.file;
        json_.number("id", id);
        location(place, 0, other.excerpt, other.excerpt_offset);
        write_message(json_, "message", other.message);
    }

    void location(Place const& place, std::uint32_t end, std::string_view excerpt, std::uint32_t excerpt_offset) {
        if (!place.file.empty())
            json_.object("physicalLocation", [&] {
                artifact(place.file);
                if (place.line != 0 || place.has_offset) json_.object("region", [&] { region(place, end); });
                bool const in_bytes = place.has_offset && place.offset >= excerpt_offset;
                if (!excerpt.empty() && in_bytes)
                    json_.object("contextRegion", [&] {
                        json_.number("byteOffset", place.offset - excerpt_offset);
                        json_.number("byteLength", excerpt.size());
                        json_.object("snippet", [&] { json_.text("text", excerpt); });
                    });
            });
        if (!place.path.empty())
            json_.array("logicalLocations", [&] {
                json_.object([&] {
                    json_.text("fullyQualifiedName", place.path);
                    json_.text("kind", place.element != 0 ? "element" : "segment");
                });
            });
    }

    void region(Place const& place, std::uint32_t end) {
        json_.number_if("startLine", place.line);
        json_.number_if("startColumn", place.line == 0 ? 0 : place.column);
        json_.number_if("endColumn", place.line == 0 ? 0 : end);
        if (place.has_offset) {
            json_.number("byteOffset", place.offset);
            json_.number("byteLength", place.length);
        }
    }

    /// 3.27.17: what stays when control numbers, dates and other lines change; the same fault once more gets a number.
    std::string fingerprint(Diagnostic const& diagnostic) {
        auto const hash = hash_of({diagnostic.code, diagnostic.place.path, diagnostic.value, diagnostic.excerpt});
        auto const times = ++fingerprints_[{diagnostic.place.file, hash}];
        return fmt::format("{:016x}:{}", hash, times);
    }

    JsonWriter json_;
    Report const& report_;
    std::map<std::string, std::size_t> rules_; // code to index
    std::map<std::string, std::size_t> files_;
    std::map<std::pair<std::string, std::uint64_t>, unsigned> fingerprints_;
};

} // namespace

std::string render_sarif(Report const& report) {
    std::string out;
    Sarif(out, report).write();
    return out + "\n";
}

} // namespace wharf
