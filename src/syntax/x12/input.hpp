// The bytes under the reader: one block at a time, from memory or from a source. Internal to syntax/x12.
//
// Owns the current block and says where the next byte to read is (`at`). Blocks of a source hold their bytes; a block of text in
// memory borrows them.
#pragma once

#include "base/byte_source.hpp"
#include "syntax/x12/block.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace wharf::x12 {

class Input {
public:
    explicit Input(std::string_view text);
    explicit Input(std::unique_ptr<ByteSource> source);

    std::size_t at = 0; // next byte, from block().text

    [[nodiscard]] Block& block() { return *block_; }
    [[nodiscard]] Block const& block() const { return *block_; }
    [[nodiscard]] std::shared_ptr<Block const> share() const { return block_; }
    [[nodiscard]] std::uint64_t offset() const { return block_->base + at; }
    [[nodiscard]] char here() const { return block_->text[at]; }
    /// What is there from `at` on, at most `most` bytes.
    [[nodiscard]] std::string_view ahead(std::size_t most) const {
        return std::string_view(block_->text, block_->size).substr(at, most);
    }

    /// True when `count` bytes are there from `at` on; reads on for them.
    [[nodiscard]] bool has(std::size_t count) { return at + count <= block_->size || fetch(count); }
    /// Starts a block at `at` with these delimiters and an empty index.
    void begin_block(Delimiters const& delimiters);
    /// Indexes further; false when there is nothing more. `most`: bytes.
    [[nodiscard]] bool extend_index(std::size_t most);
    /// False when lines were joined too often already.
    [[nodiscard]] bool may_unwrap() const;
    /// From `at` on, lines of a fixed width are joined, until they no longer have it.
    void unwrap(std::uint32_t width, std::uint32_t line_break);
    [[nodiscard]] std::optional<Error> const& error() const { return error_; }

private:
    [[nodiscard]] bool fetch(std::size_t count);
    [[nodiscard]] bool read_more();
    [[nodiscard]] std::shared_ptr<Block> spare_block();

    std::unique_ptr<ByteSource> source_; // nullptr: text in memory
    std::string_view memory_;
    bool complete_ = false;              // nothing follows the block's bytes
    std::shared_ptr<Block> block_;
    std::vector<std::shared_ptr<Block>> spares_; // blocks made before; those nobody keeps are used again
    std::shared_ptr<WrapMap> wrapping_;
    unsigned unwrapped_ = 0;
    std::optional<Error> error_;
};

} // namespace wharf::x12
