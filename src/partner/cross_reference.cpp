#include "partner/cross_reference.hpp"

#include "base/byte_source.hpp"
#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "syntax/csv/reader.hpp"

#include <fmt/format.h>
#include <unordered_map>

namespace wharf::partner {
namespace {

class Loading {
public:
    Loading(CrossReference const& declared, Diagnostics& findings) : declared_(declared), findings_(findings) {
        using Unknown = translator::CrossReference::Unknown;
        table_.unknown = declared.unknown == UnknownValue::hold   ? Unknown::refuse
                         : declared.unknown == UnknownValue::pass ? Unknown::pass
                                                                  : Unknown::use_default;
        table_.default_ours = declared.default_ours;
        table_.default_theirs = declared.default_theirs;
    }

    translator::CrossReference run() {
        for (auto const& row : declared_.rows)
            add(row.theirs, row.ours, declared_.mark);
        if (!declared_.file.empty()) read_file();
        return std::move(table_);
    }

private:
    void report(SourceMark const& mark, std::string message, std::string help, std::string value = {}) {
        auto finding = make_diagnostic("PARTNER-0035", std::move(message), std::move(help));
        finding.place.file = mark.file;
        finding.place.line = mark.line;
        finding.place.column = mark.column;
        finding.value = std::move(value);
        findings_.push_back(std::move(finding));
    }

    void add(std::string const& theirs, std::string const& ours, SourceMark const& mark) {
        if (theirs.empty() || ours.empty()) {
            report(mark, fmt::format("cross-reference '{}': a row lacks {}", declared_.name, theirs.empty() ? "theirs" : "ours"),
                   "give both sides, or take the row out");
            return;
        }
        auto const [known, fresh] = ours_of_.emplace(theirs, ours);
        if (!fresh) {
            report(mark, fmt::format("cross-reference '{}': the partner's '{}' stands twice, as our '{}' and '{}'", declared_.name, theirs,
                                     known->second, ours),
                   "keep the row that is right", theirs);
            return;
        }
        table_.add(theirs, ours);
    }

    void read_file() {
        auto bytes = open_byte_source(declared_.file.string());
        if (!bytes) {
            report(declared_.mark, bytes.error().message, "put the file there, or correct 'file'", declared_.file.string());
            return;
        }
        csv::Dialect const dialect;
        csv::Reader reader(*std::move(bytes), dialect);
        std::string theirs, ours;
        bool first = true;
        while (auto const* const row = reader.next()) {
            SourceMark const mark{declared_.file.string(), row->line, 1};
            if (row->blank()) continue;
            if (row->fault != csv::RowFault::none || row->fields.size() != 2) {
                report(mark, fmt::format("this row is not two fields: theirs,ours (it has {})", row->fields.size()),
                       "separate the two with one comma; put a name that holds a comma or a quote into quotes");
                if (findings_.size() > limits::findings) return;
                continue;
            }
            theirs = csv::value(dialect, *row, row->fields[0], scratch_);
            ours = csv::value(dialect, *row, row->fields[1], scratch_);
            if (std::exchange(first, false)) {
                if (theirs != "theirs" || ours != "ours") {
                    report(mark, fmt::format("the first line is '{},{}', not theirs,ours", theirs, ours),
                           "write theirs,ours above the rows, so that nobody has to guess which is which");
                    return;
                }
                continue;
            }
            add(theirs, ours, mark);
        }
    }

    CrossReference const& declared_;
    Diagnostics& findings_;
    translator::CrossReference table_;
    std::unordered_map<std::string, std::string> ours_of_; // by the partner's name
    std::string scratch_;
};

} // namespace

translator::CrossReferences load_cross_references(PartnerProfile const& profile, Diagnostics& findings) {
    translator::CrossReferences all;
    for (auto const& declared : profile.cross_references)
        all.emplace(declared.name, Loading(declared, findings).run());
    return all;
}

} // namespace wharf::partner
