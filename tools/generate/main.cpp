// wharf-generate: writes interchanges that look like trade to standard output.
//
//     wharf-generate [--size 64MB] [--seed 1] [--lines] [--order LINES]
#include "tools/generate/interchange_generator.hpp"

#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>

namespace {

constexpr std::string_view usage =
    "usage: wharf-generate [--size BYTES|NkB|NMB|NGB] [--seed N] [--lines] [--production] [--order LINES]\n"
    "\n"
    "Writes valid X12 004010 interchanges with 850, 855, 856 and 810 to standard output; the same options give the "
    "same\n"
    "bytes.\n"
    "  --size        about this many bytes (default 1MB)\n"
    "  --seed        another file of the same kind\n"
    "  --lines       a newline after every segment\n"
    "  --production  ISA15 = P instead of T\n"
    "  --order       one purchase order with this many lines, instead of --size\n";

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

int refuse(std::string_view argument) {
    std::fprintf(stderr, "wharf-generate: cannot use '%.*s'\n\n%.*s", static_cast<int>(argument.size()),
                 argument.data(), static_cast<int>(usage.size()), usage.data());
    return 2;
}

} // namespace

int main(int count, char** arguments) {
    wharf::generate::Options options;
    std::optional<std::uint64_t> lines;
    for (int i = 1; i < count; ++i) {
        std::string_view const name = arguments[i];
        std::string_view const value = i + 1 < count ? arguments[i + 1] : "";
        if (name == "--help" || name == "-h") {
            std::fwrite(usage.data(), 1, usage.size(), stdout);
            return 0;
        }
        if (name == "--lines") {
            options.line_breaks = true;
            continue;
        }
        if (name == "--production") {
            options.test = false;
            continue;
        }
        auto const parsed = name == "--size" ? size(value) : number(value);
        if (!parsed) return refuse(name);
        ++i;
        if (name == "--size")
            options.bytes = *parsed;
        else if (name == "--seed")
            options.seed = *parsed;
        else if (name == "--order")
            lines = parsed;
        else
            return refuse(name);
    }
    auto const text = lines ? wharf::generate::make_purchase_order(options, static_cast<unsigned>(*lines))
                            : wharf::generate::make_interchanges(options);
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0 ? 0 : 2;
}
