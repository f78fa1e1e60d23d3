// One X12 file into many: a file for each transaction set, group or interchange, each a whole interchange of its own.
//
// The bytes of a set are those that were read. ISA and GS are repeated as they were sent, GE and IEA are written with the counts of
// the new file and the numbers of the old one, so control numbers are kept. TA1 and its kind, which stand outside groups, go into a file
// "…-services" where sets or groups are split. What stands outside any set where a set should stand is left out, counted and reported.
//
// Streams: memory follows the largest transaction set. Names are made of letters, digits, '-', '_' and '.' alone, whatever partners
// put into their control numbers; never two alike in one run, and never more than a million. One Splitter, one thread.
#pragma once

#include "base/byte_source.hpp"
#include "grammar/interchange.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace wharf::linter {

enum class SplitBy { set, group, interchange };

/// Where the files go. begin() and end() come in pairs, never nested; after a failure nothing more is asked of it.
class SplitSink {
public:
    virtual ~SplitSink() = default;
    [[nodiscard]] virtual Result<void> begin(std::string const& name) = 0;
    [[nodiscard]] virtual Result<void> write(std::string_view bytes) = 0;
    [[nodiscard]] virtual Result<void> end() = 0;
};

struct SplitResult {
    std::uint64_t files = 0;
    std::uint64_t left_out = 0; // parts that stand in no set, group or interchange
    std::uint64_t interchanges = 0;
    Diagnostics findings;       // of the envelope: counts that were wrong before are right in the new files, and so no longer seen there
    std::uint64_t suppressed = 0;
    std::string what;           // what the file is when it holds no interchange
};

class Splitter {
public:
    Splitter(grammar::SchemaCache& schemas, SplitBy by, SplitSink& sink) : schemas_(schemas), by_(by), sink_(sink) {}

    /// Splits one file. Names begin with `stem`: "orders-000000901-1-850-0001.x12". Fails as the medium or the sink does.
    [[nodiscard]] Result<SplitResult> split(std::unique_ptr<ByteSource> source, std::string const& file_name, std::string_view stem);

private:
    class Run;
    [[nodiscard]] std::string unique(std::string name);

    grammar::SchemaCache& schemas_;
    SplitBy by_;
    SplitSink& sink_;
    std::unordered_map<std::string, std::uint32_t> names_; // given so far, and how often
    std::uint64_t files_ = 0;
};

/// A piece of a file name: anything but letters, digits, '-', '_' and '.' becomes '_', and so does a '.' in front; cut to `most` bytes.
[[nodiscard]] std::string file_name_part(std::string_view text, std::size_t most = 24);

} // namespace wharf::linter
