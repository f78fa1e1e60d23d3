#include "syntax/x12/input.hpp"

#include "syntax/x12/unwrap_source.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace wharf::x12 {
namespace {

constexpr std::size_t read_bytes = 64 * 1024; // a pipe gives no more at once
constexpr std::size_t memory_bytes = 1u << 30;
constexpr std::size_t padding = 64;
constexpr std::size_t most_spares = 64;
constexpr unsigned most_unwrapped = 16; // each reads through those before it

} // namespace

Input::Input(std::string_view text) : memory_(text), block_(std::make_shared<Block>()) {
    block_->text = text.data();
}

Input::Input(std::unique_ptr<ByteSource> source) : source_(std::move(source)), block_(std::make_shared<Block>()) {}

std::shared_ptr<Block> Input::spare_block() {
    for (auto& spare : spares_)
        if (spare.use_count() == 1) {
            std::atomic_thread_fence(std::memory_order_acquire); // whoever let it go has done with it
            return spare;
        }
    auto made = std::make_shared<Block>();
    if (spares_.size() < most_spares)
        spares_.push_back(made);
    return made;
}

void Input::begin_block(Delimiters const& delimiters) {
    auto const old = std::exchange(block_, nullptr);
    auto const next = spare_block();
    auto const rest = source_ != nullptr ? old->size - at : std::size_t{0};
    if (source_ == nullptr) // text in memory is there again at once
        complete_ = false;
    next->base = old->base + at;
    next->size = rest;
    if (source_ != nullptr) {
        if (next->owned.size() < rest + padding)
            next->owned.resize(std::max(rest + padding, read_bytes * 4));
        std::memcpy(next->owned.data(), old->text + at, rest);
        next->text = next->owned.data();
    } else {
        next->text = old->text + at;
    }
    next->delimiters = delimiters;
    next->index.reset(delimiters);
    next->segments.clear();
    next->opaque.clear();
    next->wrapping = wrapping_;
    block_ = next;
    at = 0;
}

bool Input::read_more() {
    if (complete_)
        return false;
    auto& block = *block_;
    if (source_ == nullptr) { // positions are 32 bits: of very large text a part at a time
        auto const all = static_cast<std::size_t>(memory_.data() + memory_.size() - block.text);
        auto const before = std::exchange(block.size, std::min(all, block.size + memory_bytes));
        complete_ = block.size == all;
        return block.size > before;
    }
    if (block.owned.size() < block.size + read_bytes + padding) {
        block.owned.resize(std::max(block.size + read_bytes + padding, block.owned.size() * 2));
        block.text = block.owned.data();
    }
    auto const got = source_->read(block.owned.data() + block.size, read_bytes);
    if (!got)
        error_ = got.error();
    complete_ = !got || *got == 0;
    if (!complete_)
        block.size += *got;
    return !complete_;
}

bool Input::fetch(std::size_t count) {
    while (at + count > block_->size)
        if (!read_more())
            return false;
    return true;
}

bool Input::extend_index(std::size_t most) {
    auto& index = block_->index;
    if (index.complete())
        return false;
    constexpr std::size_t enough = 128; // less than that would give no whole block of the index
    while (block_->size < index.size() + enough && read_more()) {
    }
    index.extend(block_->text, block_->size, complete_, most);
    return true;
}

bool Input::may_unwrap() const { return unwrapped_ < most_unwrapped; }

void Input::unwrap(std::uint32_t width, std::uint32_t line_break) {
    ++unwrapped_;
    if (!wrapping_)
        wrapping_ = std::make_shared<WrapMap>();
    auto const file_offset = block_->file_offset(at);
    auto const base = block_->base + at;
    bool const in_memory = source_ == nullptr;
    auto const rest = in_memory ? std::string_view(block_->text + at, memory_.data() + memory_.size())
                                : std::string_view(block_->text, block_->size).substr(at);
    // What was read already is joined too; text in memory is only borrowed for it, read bytes are copied.
    source_ = make_unwrap_source(in_memory ? std::string() : std::string(rest), in_memory ? rest : std::string_view(),
                                 std::move(source_), {width, line_break, base, file_offset}, *wrapping_);
    block_ = std::make_shared<Block>();
    block_->base = base;
    block_->wrapping = wrapping_;
    complete_ = false;
    at = 0;
}

} // namespace wharf::x12
