#include "grammar/guide_pattern.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// A pattern becomes a program (Thompson): take a byte of a set, go one of two ways, go on elsewhere. All ways are followed at once,
// so time is value times program whatever the pattern. Where the program has few states, as every pattern people write has, it is
// turned into a table at once, and a byte of the value costs one look-up.

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_pattern = 500;
constexpr unsigned highest_count = 100;
constexpr unsigned deepest_group = 50;
constexpr std::size_t longest_program = 2000;
constexpr std::size_t most_table_states = 200;
constexpr std::size_t most_table_work = 4'000'000; // steps spent on making a table before it is given up

using ByteSet = std::bitset<256>;

struct Instruction {
    enum class Kind : std::uint8_t { take, both, jump };
    Kind kind = Kind::take;
    std::int16_t first = 0;  // both, jump: relative; take: index of the byte set
    std::int16_t second = 0; // both: relative
};
using Program = std::vector<Instruction>; // ends where it ends: one past the last instruction is "matched"

/// Reads a pattern by recursive descent; groups nest at most deepest_group deep.
class PatternParser {
public:
    explicit PatternParser(std::string_view text) : text_(text) {}

    Result<Program> parse() {
        if (text_.empty())
            return fail(0, "an empty pattern matches no value that is sent");
        if (text_.size() > longest_pattern)
            return fail(longest_pattern, fmt::format("a pattern has at most {} bytes", longest_pattern));
        auto program = alternatives(0);
        if (program && at_ < text_.size())
            return fail(at_, "a ) without its (; write \\) for the character itself");
        return program;
    }
    [[nodiscard]] std::vector<ByteSet> take_sets() { return std::move(sets_); }

private:
    [[nodiscard]] static std::unexpected<Error> fail(std::size_t at, std::string_view what) {
        return invalid(fmt::format("byte {}: {}", at, what));
    }
    [[nodiscard]] bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }
    [[nodiscard]] std::unexpected<Error> too_large(std::size_t at) const {
        return fail(at, fmt::format("the pattern is too large: written out it has more than {} steps; use smaller counts", longest_program));
    }

    Result<Program> alternatives(unsigned depth) {
        auto program = sequence(depth);
        while (program && is_at('|')) {
            ++at_;
            auto other = sequence(depth);
            if (!other)
                return other;
            if (program->size() + other->size() + 2 > longest_program)
                return too_large(at_);
            Program joined;
            joined.push_back({Instruction::Kind::both, 1, static_cast<std::int16_t>(program->size() + 2)});
            joined.insert(joined.end(), program->begin(), program->end());
            joined.push_back({Instruction::Kind::jump, static_cast<std::int16_t>(other->size() + 1), 0});
            joined.insert(joined.end(), other->begin(), other->end());
            program = std::move(joined);
        }
        return program;
    }

    Result<Program> sequence(unsigned depth) {
        Program program;
        while (at_ < text_.size() && text_[at_] != '|' && text_[at_] != ')') {
            auto const begin = at_;
            auto one = atom(depth);
            if (!one)
                return one;
            auto counted = count(std::move(*one));
            if (!counted)
                return counted;
            if (program.size() + counted->size() > longest_program)
                return too_large(begin);
            program.insert(program.end(), counted->begin(), counted->end());
        }
        return program;
    }

    Result<Program> atom(unsigned depth) {
        auto const begin = at_;
        char const c = text_[at_++];
        switch (c) {
        case '(': {
            if (depth == deepest_group)
                return fail(begin, fmt::format("groups nest at most {} deep", deepest_group));
            auto inner = alternatives(depth + 1);
            if (!inner)
                return inner;
            if (!is_at(')'))
                return fail(begin, "a ( without its )");
            ++at_;
            return inner;
        }
        case '[':
            return byte_class(begin);
        case '.':
            return take(ByteSet().set());
        case '\\': {
            auto set = escape(begin);
            if (!set)
                return unexpected(set.error());
            return take(*set);
        }
        case '*':
        case '+':
        case '?':
        case '{':
            return fail(begin, fmt::format("{} counts what stands before it, and there is nothing; write \\{} for the character itself", c, c));
        case '^':
        case '$':
            return fail(begin, fmt::format("the whole value must match anyway: leave {} out, or write \\{} for the character itself", c, c));
        case ']':
        case '}':
            return fail(begin, fmt::format("a {} without its beginning; write \\{} for the character itself", c, c));
        default:
            return take(only(c));
        }
    }

    Result<Program> take(ByteSet const& set) {
        auto const known = std::ranges::find(sets_, set);
        auto const index = static_cast<std::int16_t>(known - sets_.begin());
        if (known == sets_.end())
            sets_.push_back(set);
        return Program{{Instruction::Kind::take, index, 0}};
    }

    [[nodiscard]] static ByteSet only(char c) { return ByteSet().set(static_cast<unsigned char>(c)); }
    [[nodiscard]] static ByteSet range(char from, char to) {
        ByteSet set;
        for (unsigned c = static_cast<unsigned char>(from); c <= static_cast<unsigned char>(to); ++c)
            set.set(c);
        return set;
    }

    /// Behind the backslash: \d \w \s, or a punctuation mark that means itself.
    Result<ByteSet> escape(std::size_t begin) {
        if (at_ == text_.size())
            return fail(begin, "a \\ at the end; write \\\\ for the character itself");
        char const c = text_[at_++];
        if (c == 'd')
            return range('0', '9');
        if (c == 'w')
            return range('0', '9') | range('A', 'Z') | range('a', 'z') | only('_');
        if (c == 's')
            return range('\t', '\r') | only(' ');
        bool const word = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || static_cast<unsigned char>(c) >= 0x80;
        if (word)
            return fail(begin, fmt::format("\\{} means nothing here; there are \\d, \\w, \\s, and \\ before a punctuation mark", static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : std::string()));
        return only(c);
    }

    Result<Program> byte_class(std::size_t begin) {
        ByteSet set;
        bool const negated = is_at('^');
        at_ += negated ? 1 : 0;
        bool any = false;
        while (!is_at(']')) {
            auto const item = at_;
            auto low = class_item(begin);
            if (!low)
                return unexpected(low.error());
            any = true;
            bool const is_range = is_at('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
            if (!is_range) {
                set |= *low;
                continue;
            }
            ++at_;
            auto high = class_item(begin);
            if (!high)
                return unexpected(high.error());
            if (low->count() != 1 || high->count() != 1)
                return fail(item, "a range in [ ] goes from one character to another");
            auto const from = static_cast<char>(low->_Find_first());
            auto const to = static_cast<char>(high->_Find_first());
            if (from > to)
                return fail(item, fmt::format("the range {}-{} runs backwards", from, to));
            set |= range(from, to);
        }
        ++at_;
        if (!any)
            return fail(begin, "[] holds no character");
        return take(negated ? ~set : set);
    }

    Result<ByteSet> class_item(std::size_t begin) {
        if (at_ >= text_.size())
            return fail(begin, "a [ without its ]");
        auto const at = at_;
        char const c = text_[at_++];
        if (c == '\\')
            return escape(at);
        if (static_cast<unsigned char>(c) >= 0x80)
            return fail(at, "only ASCII characters can stand in [ ]: a class takes one byte of the value");
        return only(c);
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}` behind what was just read.
    Result<Program> count(Program one) {
        if (at_ >= text_.size())
            return one;
        auto const begin = at_;
        unsigned min = 0;
        std::optional<unsigned> max;
        switch (text_[at_]) {
        case '*':
            ++at_;
            break;
        case '+':
            ++at_;
            min = 1;
            break;
        case '?':
            ++at_;
            max = 1;
            break;
        case '{':
            if (auto ok = braces(min, max); !ok)
                return unexpected(ok.error());
            break;
        default:
            return one;
        }
        if (at_ < text_.size() && std::string_view("*+?{").find(text_[at_]) != std::string_view::npos)
            return fail(at_, "a second count on the same thing: put the first in ( )");
        return repeat(one, min, max, begin);
    }

    Result<void> braces(unsigned& min, std::optional<unsigned>& max) {
        auto const begin = at_++;
        auto const number = [&]() -> std::optional<unsigned> {
            unsigned value = 0;
            auto const first = at_;
            while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && at_ - first < 4)
                value = value * 10 + static_cast<unsigned>(text_[at_++] - '0');
            return at_ == first ? std::nullopt : std::optional(value);
        };
        auto const low = number();
        if (!low)
            return fail(begin, "a count is {3}, {3,} or {3,5}; write \\{ for the character itself");
        min = *low;
        max = low;
        if (is_at(',')) {
            ++at_;
            max = number();
        }
        if (!is_at('}'))
            return fail(begin, "a count is {3}, {3,} or {3,5}; write \\{ for the character itself");
        ++at_;
        if (min > highest_count || (max && *max > highest_count))
            return fail(begin, fmt::format("a count goes up to {}", highest_count));
        if (max && *max < std::max(min, 1u))
            return fail(begin, *max == 0 ? "a count of 0 says that nothing may stand here: leave it out" : "the upper count is below the lower one");
        return {};
    }

    Result<Program> repeat(Program const& one, unsigned min, std::optional<unsigned> max, std::size_t at) const {
        auto const copies = static_cast<std::size_t>(max ? *max : std::max(min, 1u));
        if (copies * (one.size() + 1) + 2 > longest_program)
            return too_large(at);
        Program program;
        auto const append = [&] { program.insert(program.end(), one.begin(), one.end()); };
        auto const length = static_cast<std::int16_t>(one.size());
        for (unsigned i = 0; i < min; ++i)
            append();
        if (max) {
            auto const optional = *max - min;
            for (unsigned i = 0; i < optional; ++i) {
                auto const to_end = static_cast<std::int16_t>((optional - i) * (one.size() + 1));
                program.push_back({Instruction::Kind::both, 1, to_end});
                append();
            }
        } else if (min > 0) {
            program.push_back({Instruction::Kind::both, static_cast<std::int16_t>(-length), 1});
        } else {
            program.push_back({Instruction::Kind::both, 1, static_cast<std::int16_t>(length + 2)});
            append();
            program.push_back({Instruction::Kind::jump, static_cast<std::int16_t>(-length - 1), 0});
        }
        return program;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<ByteSet> sets_;
};

/// Where the program may stand after some bytes: `take` instructions, and its end.
class Standing {
public:
    void clear() {
        size_ = 0;
        seen_.reset();
    }
    /// Follows jumps from `at`; each instruction is entered once.
    void enter(Program const& program, std::size_t at) {
        std::size_t pending = 0;
        stack_[pending++] = static_cast<std::uint16_t>(at);
        while (pending > 0) {
            auto const here = stack_[--pending];
            if (seen_[here])
                continue;
            seen_.set(here);
            if (here == program.size() || program[here].kind == Instruction::Kind::take) {
                list_[size_++] = here;
                continue;
            }
            auto const& one = program[here];
            if (one.kind == Instruction::Kind::both)
                stack_[pending++] = static_cast<std::uint16_t>(here + one.second);
            stack_[pending++] = static_cast<std::uint16_t>(here + one.first);
        }
    }
    [[nodiscard]] bool is_at(std::size_t at) const { return seen_[at]; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::uint16_t const* begin() const { return list_.data(); }
    [[nodiscard]] std::uint16_t const* end() const { return list_.data() + size_; }

private:
    // Each instruction is expanded at most once and pushes at most two.
    std::array<std::uint16_t, 2 * longest_program + 8> stack_;
    std::array<std::uint16_t, longest_program + 1> list_;
    std::bitset<longest_program + 1> seen_;
    std::size_t size_ = 0;
};

void advance(Program const& program, std::vector<ByteSet> const& sets, Standing const& from, unsigned char byte, Standing& to) {
    to.clear();
    for (auto const at : from)
        if (at < program.size() && sets[static_cast<std::size_t>(program[at].first)][byte])
            to.enter(program, at + 1u);
}

/// The program as a table of states and kinds of bytes, when it is small enough.
struct Table {
    std::array<std::uint8_t, 256> kind_of{};
    std::size_t kinds = 0;
    std::vector<std::uint8_t> next; // [state * kinds + kind]
    std::vector<bool> matched;
};

/// Bytes that no set tells apart are of one kind.
std::vector<unsigned char> sort_bytes(std::vector<ByteSet> const& sets, Table& table) {
    std::map<std::vector<bool>, std::uint8_t> kinds;
    std::vector<unsigned char> examples;
    for (unsigned byte = 0; byte < 256; ++byte) {
        std::vector<bool> in;
        for (auto const& set : sets)
            in.push_back(set[byte]);
        auto const [place, added] = kinds.emplace(std::move(in), static_cast<std::uint8_t>(kinds.size()));
        if (added)
            examples.push_back(static_cast<unsigned char>(byte));
        table.kind_of[byte] = place->second;
    }
    table.kinds = examples.size();
    return examples;
}

std::optional<Table> make_table(Program const& program, std::vector<ByteSet> const& sets) {
    Table table;
    auto const examples = sort_bytes(sets, table);
    std::map<std::vector<std::uint16_t>, std::uint8_t> states;
    std::vector<std::vector<std::uint16_t>> todo;
    auto const state_of = [&](Standing const& standing) {
        std::vector<std::uint16_t> key(standing.begin(), standing.end());
        std::ranges::sort(key);
        auto const [place, added] = states.emplace(key, static_cast<std::uint8_t>(states.size()));
        if (added) {
            table.matched.push_back(standing.is_at(program.size()));
            todo.push_back(std::move(key));
        }
        return place->second;
    };
    Standing from, to;
    from.clear();
    from.enter(program, 0);
    state_of(from);
    std::size_t work = 0;
    for (std::size_t state = 0; state < todo.size(); ++state) {
        from.clear();
        for (auto const at : todo[state])
            from.enter(program, at);
        for (auto const byte : examples) {
            work += program.size() + 1;
            advance(program, sets, from, byte, to);
            table.next.push_back(state_of(to));
            if (todo.size() > most_table_states || work > most_table_work)
                return std::nullopt;
        }
    }
    return table;
}

class CompiledPattern final : public Pattern {
public:
    CompiledPattern(Program program, std::vector<ByteSet> sets) : program_(std::move(program)), sets_(std::move(sets)), table_(make_table(program_, sets_)) {}

    [[nodiscard]] bool matches(std::string_view value) const override {
        if (!table_)
            return simulate(value);
        std::size_t state = 0;
        for (char const c : value)
            state = table_->next[state * table_->kinds + table_->kind_of[static_cast<unsigned char>(c)]];
        return table_->matched[state];
    }

    /// All ways at once, whatever the bytes.
    [[nodiscard]] bool fits_lengths(std::size_t min, std::size_t max) const override {
        constexpr std::size_t longest = 1000;
        std::vector<bool> now(program_.size() + 1);
        std::vector<std::size_t> todo{0};
        for (std::size_t length = 0; length <= std::min(max, longest) && !todo.empty(); ++length) {
            now.assign(now.size(), false);
            std::vector<std::size_t> taken;
            while (!todo.empty()) {
                auto const at = todo.back();
                todo.pop_back();
                if (now[at]) continue;
                now[at] = true;
                if (at == program_.size()) continue;
                auto const& step = program_[at];
                auto const to = [&](std::int16_t by) { return at + static_cast<std::size_t>(static_cast<std::ptrdiff_t>(by)); };
                if (step.kind == Instruction::Kind::take) taken.push_back(at + 1);
                else todo.push_back(to(step.first));
                if (step.kind == Instruction::Kind::both) todo.push_back(to(step.second));
            }
            if (length >= min && now[program_.size()]) return true;
            todo = std::move(taken);
        }
        return max > longest && !todo.empty();
    }

private:
    [[nodiscard]] bool simulate(std::string_view value) const {
        Standing standings[2];
        auto* now = &standings[0];
        auto* next = &standings[1];
        now->clear();
        now->enter(program_, 0);
        for (char const c : value) {
            advance(program_, sets_, *now, static_cast<unsigned char>(c), *next);
            std::swap(now, next);
            if (now->size() == 0)
                return false;
        }
        return now->is_at(program_.size());
    }

    Program program_;
    std::vector<ByteSet> sets_;
    std::optional<Table> table_;
};

} // namespace

Result<std::shared_ptr<Pattern const>> Pattern::compile(std::string_view text) {
    PatternParser parser(text);
    auto program = parser.parse();
    if (!program)
        return unexpected(program.error());
    return std::make_shared<CompiledPattern const>(std::move(*program), parser.take_sets());
}

} // namespace wharf::grammar
