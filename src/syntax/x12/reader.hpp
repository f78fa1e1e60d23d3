// Reads X12 bytes into parts, one transaction set at a time: memory follows the largest set, not the file.
//
// Knows the envelope (ISA GS ST SE GE IEA, TA1, ISB, ISE: X12.5, X12.6) and nothing of what stands inside a set. Never
// stops at the first trouble: what can be read is read, and each oddity is a diagnostic (X12-00xx, X12-01xx).
//
//     x12::Reader reader(text, "inbox/po.x12");
//     while (reader.next()) {
//         auto const& part = reader.part();
//         if (part.kind == x12::PartKind::transaction_set) use(part.segments);
//     }
//     auto findings = reader.take_diagnostics();
//
// Reads text in memory (the caller's: it must outlive the reader) or a ByteSource (memory then follows the largest set, not the
// file). A part is valid until the next call of next(), longer for whoever keeps its block. One reader, one thread.
#pragma once

#include "base/byte_source.hpp"
#include "diagnostic/diagnostic.hpp"
#include "syntax/x12/segment_list.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::x12 {

enum class PartKind {
    interchange_start, // ISA
    group_start,       // GS
    transaction_set,   // ST … SE
    group_end,         // GE
    interchange_end,   // IEA
    service,           // TA1, ISB, ISE, or security around sets (S1S, S1A, …): one segment outside any set
    stray,             // segments outside any set where a set or an envelope segment was expected
    junk,              // bytes outside any interchange that are neither blank nor ISA
};

struct Part {
    PartKind kind = PartKind::junk;
    SegmentList segments;               // empty for junk
    bool terminated = true;             // transaction_set: ended by its SE; false: SE missing, the set ends where the
                                        // next envelope segment or the file does
    std::uint64_t offset = 0;           // of the part in the file
    std::uint64_t length = 0;           // up to and including the last terminator
    std::uint32_t segment_position = 0; // of the first segment, counted from ISA = 1
};

struct ReaderOptions {
    std::uint32_t transaction_set_bytes; // limit; a longer set is cut with a diagnostic
    std::uint32_t block_bytes;           // a new block is begun when one holds this much
    ReaderOptions();
};

class Reader {
public:
    Reader(std::string_view text, std::string file_name, ReaderOptions options = {});
    Reader(std::unique_ptr<ByteSource> source, std::string file_name, ReaderOptions options = {});
    ~Reader();
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;

    /// Advances to the next part; false at the end of the text.
    [[nodiscard]] bool next();
    [[nodiscard]] Part const& part() const;
    /// The block the part lies in; when it is another one than before, the one before is whole and may go to another thread.
    [[nodiscard]] std::shared_ptr<Block const> block() const;
    /// The first bytes of the file, at most 64 KB; before the first next() only.
    [[nodiscard]] std::string_view peek();
    /// How far the file has been read: bytes before the next part.
    [[nodiscard]] std::uint64_t offset() const;
    /// What the medium said, when the file ended for that reason.
    [[nodiscard]] std::optional<Error> const& error() const;
    /// What is wrong with the bytes themselves; envelope contents and sets are checked by grammar/.
    [[nodiscard]] Diagnostics take_diagnostics();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// True when the text begins with ISA after a byte-order mark and blanks: what `wharf` takes for X12.
[[nodiscard]] bool looks_like_x12(std::string_view text);

} // namespace wharf::x12
