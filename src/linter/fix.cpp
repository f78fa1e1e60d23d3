#include "linter/fix.hpp"

#include "linter/fix_round.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace wharf::linter {
namespace {

constexpr unsigned most_rounds = 16; // two are usual: one that mends, one that finds nothing more

} // namespace

Mending mending_of(std::string_view code) {
    constexpr std::array<std::string_view, 9> safe = {"X12-0005", "X12-0006", "X12-0010", "X12-0011", "X12-0013", "X12-0014", "X12-0101", "X12-0317", "X12-0318"};
    constexpr std::array<std::string_view, 7> unsafe = {"X12-0111", "X12-0112", "X12-0121", "X12-0122", "X12-0131", "X12-0132", "X12-0402"};
    if (std::ranges::find(safe, code) != safe.end())
        return Mending::safe;
    return std::ranges::find(unsafe, code) != unsafe.end() ? Mending::unsafe : Mending::none;
}

FixResult fix(std::string_view text, std::string const& file_name, grammar::SchemaCache& schemas, FixOptions const& options) {
    FixResult result;
    result.text = text;
    std::map<std::string, std::uint64_t, std::less<>> counts;
    bool has_changed = false; // by more than joining lines
    for (unsigned round = 0; round < most_rounds; ++round) {
        FixRound one(result.text, file_name, schemas, options);
        auto const edits = one.run();
        if (edits.empty())
            break;
        // A file that looks wrapped only now, by the width that lines have by chance, was none: nothing is worth breaking its data.
        if (one.has_joined() && has_changed) {
            result.text = text;
            return result;
        }
        has_changed = has_changed || !one.has_joined();
        result.text = edits.apply_to(result.text);
        for (auto const& [code, count] : edits.counts())
            counts[code] += count;
    }
    for (auto& [code, count] : counts)
        result.fixed.push_back({code, count});
    return result;
}

} // namespace wharf::linter
