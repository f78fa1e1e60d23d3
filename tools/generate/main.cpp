// wharf-generate: writes interchanges that look like trade to standard output.
//
//     wharf-generate [--size 64MB] [--seed 1] [--sets 850,810] [--faults] [--negative] … [--order LINES]
#include "tools/generate/interchange_generator.hpp"

#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>

namespace {

constexpr std::string_view usage =
    "usage: wharf-generate [--size BYTES|NkB|NMB|NGB] [--seed N] [--sets SET,…] [--release R] [OPTION…] [--order LINES]\n"
    "\n"
    "Writes X12 interchanges with 850, 855, 856 and 810 to standard output, valid unless --faults is given; the same\n"
    "options give the same bytes.\n"
    "  --size          about this many bytes (default 1MB)\n"
    "  --seed          another file of the same kind\n"
    "  --sets          only these, of 850, 855, 856 and 810\n"
    "  --release       004010 (default) or 005010\n"
    "  --group         at most this many sets in a group (default 12)\n"
    "  --one           one interchange, however large\n"
    "  --faults        one mistake in every transaction set\n"
    "  --negative      prices and totals below zero\n"
    "  --non-ascii     names and descriptions with letters outside ASCII, as UTF-8\n"
    "  --composites    composite elements\n"
    "  --lines         a newline after every segment\n"
    "  --production    ISA15 = P instead of T\n"
    "  --order         one purchase order with this many lines, instead of --size\n";

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> size(std::string_view text) {
    std::uint64_t unit = 1;
    for (auto const& [name, factor] :
         {std::pair<std::string_view, std::uint64_t>{"kB", 1000}, {"MB", 1000000}, {"GB", 1000000000}})
        if (text.ends_with(name)) {
            text.remove_suffix(name.size());
            unit = factor;
        }
    auto const value = number(text);
    return value ? std::optional(*value * unit) : std::nullopt;
}

struct Request {
    wharf::generate::Options options;
    std::optional<std::uint64_t> lines;

    /// False when `name` is no switch.
    bool set_switch(std::string_view name) {
        auto& o = options;
        if (name == "--lines") o.line_breaks = true;
        else if (name == "--production") o.test = false;
        else if (name == "--one") o.one_interchange = true;
        else if (name == "--faults") o.fault_in_every_set = true;
        else if (name == "--negative") o.negative = true;
        else if (name == "--non-ascii") o.non_ascii = true;
        else if (name == "--composites") o.composites = true;
        else return false;
        return true;
    }
    /// False when `name` takes no such value.
    bool set_value(std::string_view name, std::string_view value) {
        if (name == "--sets") return set_sets(value);
        if (name == "--release") {
            options.release = value;
            return value == "004010" || value == "005010";
        }
        auto const parsed = name == "--size" ? size(value) : number(value);
        if (!parsed) return false;
        if (name == "--size") options.bytes = *parsed;
        else if (name == "--seed") options.seed = *parsed;
        else if (name == "--group" && *parsed > 0) options.sets_in_group = static_cast<unsigned>(*parsed);
        else if (name == "--order" && *parsed > 0) lines = parsed;
        else return false;
        return true;
    }

private:
    bool set_sets(std::string_view list) {
        while (!list.empty()) {
            auto const end = list.find(',');
            auto const set = list.substr(0, end);
            if (set != "850" && set != "855" && set != "856" && set != "810") return false;
            options.sets.emplace_back(set);
            list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
        }
        return !options.sets.empty();
    }
};

int refuse(std::string_view argument) {
    std::fprintf(stderr, "wharf-generate: cannot use '%.*s'\n\n%.*s", static_cast<int>(argument.size()),
                 argument.data(), static_cast<int>(usage.size()), usage.data());
    return 2;
}

} // namespace

int main(int count, char** arguments) {
    Request request;
    for (int i = 1; i < count; ++i) {
        std::string_view const name = arguments[i];
        if (name == "--help" || name == "-h") {
            std::fwrite(usage.data(), 1, usage.size(), stdout);
            return 0;
        }
        if (request.set_switch(name)) continue;
        if (i + 1 == count || !request.set_value(name, arguments[i + 1])) return refuse(name);
        ++i;
    }
    bool written = true;
    auto const write = [&](std::string_view text) {
        written = written && std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    };
    if (request.lines)
        write(wharf::generate::make_purchase_order(request.options, static_cast<unsigned>(*request.lines)));
    else
        wharf::generate::make_interchanges(request.options, write);
    return written && std::fflush(stdout) == 0 ? 0 : 2;
}
