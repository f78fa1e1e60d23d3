#include "base/file.hpp"
#include "diagnostic/registry.hpp"
#include "document/schema.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/documents.hpp"
#include "tools/wharf/output.hpp"
#include "tools/wharf/report.hpp"

#include <fmt/format.h>
#include <utility>

namespace wharf::cli {

std::optional<DocumentTape> read_tape(std::string_view text, std::string const& file_name, Diagnostics& findings) {
    auto parsed = json::Tape::parse(text);
    if (!parsed) {
        auto finding = make_diagnostic("DOC-0900", fmt::format("this is not JSON: {}", parsed.error().message),
                                       "A canonical document is one JSON object, or an array of them (RFC 8259).");
        finding.place.file = file_name;
        findings.push_back(std::move(finding));
        return std::nullopt;
    }
    DocumentTape read{*std::move(parsed), {}};
    auto const& root = read.tape.root();
    if (!root.is_array()) read.documents.push_back(&root);
    for (auto const& document : root.items())
        read.documents.push_back(&document);
    return read;
}

std::vector<json::Value> read_documents(std::string_view text, std::string const& file_name, Diagnostics& findings) {
    std::vector<json::Value> documents;
    if (auto const read = read_tape(text, file_name, findings))
        for (auto const* const document : read->documents)
            documents.push_back(json::Tape::value(*document));
    return documents;
}

int run(DocumentCheckCommand const& command) {
    Outcome outcome;
    Diagnostics all;
    std::uint64_t files = 0, checked = 0;
    for (auto const& file : command.files) {
        auto const text = read_file(file, limits::file_bytes);
        if (!text) {
            outcome.failed();
            trouble(text.error().message);
            continue;
        }
        ++files;
        auto const name = file == "-" ? std::string("(standard input)") : file;
        auto const read = read_tape(*text, name, all);
        auto const documents = read ? read->documents : std::vector<json::Node const*>();
        for (std::size_t i = 0; i < documents.size(); ++i) {
            ++checked;
            for (auto& finding : document::check(*documents[i])) {
                finding.place.file = name;
                if (documents.size() > 1) finding.place.path = fmt::format("/{}{}", i, finding.place.path);
                all.push_back(std::move(finding));
            }
        }
    }
    outcome.add(all, command.reporting);
    auto const summary = files == 0 ? std::string() : fmt::format("{}, {}: {}", plural(files, "file"), plural(checked, "document"), count_words(all));
    if (!print(report(all, command.files, summary, command.reporting))) outcome.failed();
    return outcome.exit_code();
}

} // namespace wharf::cli
