// What X12 files hold, counted: interchanges, groups and sets, who sends to whom, which segments and codes are used, how large sets are.
//
// One Statistics takes any number of files, one after the other; memory follows the largest transaction set and what there is to tell
// apart (at most 10,000 of each kind; what comes later is counted as "others"). Faults of a file are not looked for: what can be read is
// counted. One object, one thread.
#pragma once

#include "base/byte_source.hpp"
#include "grammar/interchange.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace wharf::linter {

struct SetStatistics {
    std::string name; // "Purchase Order"; empty: no grammar
    std::uint64_t sets = 0, segments = 0, bytes = 0;
    std::uint64_t most_segments = 0, most_bytes = 0; // of one set
};

/// One direction between two partners, as ISA05 to ISA08 name them.
struct PairStatistics {
    std::uint64_t interchanges = 0, groups = 0, sets = 0, bytes = 0;
    std::map<std::string, std::uint64_t> sets_by_id;
    std::map<std::string, std::uint64_t> usage; // ISA15
    std::string first_date, last_date;          // ISA09, where it is a date
};

struct SegmentStatistics {
    std::string name; // "Name"
    std::uint64_t segments = 0, sets = 0; // sets that have one
};

struct CodeStatistics {
    std::string element;                        // number: "98"
    std::string name;                           // "Entity Identifier Code"
    std::map<std::string, std::uint64_t> codes; // how often; what is in no list counts as `unlisted`
    std::uint64_t unlisted = 0;
};

struct Statistics {
    std::uint64_t files = 0, bytes = 0, interchanges = 0, groups = 0, sets = 0, segments = 0;
    std::map<std::string, std::uint64_t> versions; // ISA12, by interchanges
    std::map<std::string, std::uint64_t> releases; // GS08, by groups
    std::map<std::string, SetStatistics> by_set;   // ST01
    std::map<std::string, PairStatistics> pairs;   // "ZZ ACME -> 01 123456789"
    std::map<std::string, SegmentStatistics> by_segment;
    std::map<std::string, CodeStatistics> codes;   // "N101", "SLN05-01"
};

class StatisticsCollector {
public:
    explicit StatisticsCollector(grammar::SchemaCache& schemas);
    ~StatisticsCollector();
    /// Counts one file. False when it holds no interchange: `what` says then what it is. The medium's trouble comes back as error;
    /// what was read before is counted.
    [[nodiscard]] Result<bool> add(std::unique_ptr<ByteSource> source, std::string const& file_name, std::string& what);
    [[nodiscard]] Statistics const& statistics() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// As a person reads it: a block for each kind, the most frequent first.
[[nodiscard]] std::string render_text(Statistics const& statistics);
/// One JSON object; docs/cli.md lists its members.
[[nodiscard]] std::string render_json(Statistics const& statistics);

} // namespace wharf::linter
