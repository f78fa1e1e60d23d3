// wharf-draw-sets: writes clean transaction sets of many kinds drawn at random from the grammar.
//
//     wharf-draw-sets [--count N | --size BYTES] [--seed N] [--segments N]
//
// Every optional segment, loop, element and code may come or not: nothing looks like anything a partner would send, no
// two sets are alike, and so it is the hardest clean data there is for the validator. Each set stands in a group of its
// own kind, ten to an interchange.
#include "tests/support/document_generator.hpp"

#include "grammar/schema.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace {

using namespace wharf;

constexpr std::array sets{"850", "855", "856", "810", "860", "865", "861", "846", "830", "862", "820",
                          "824", "832", "812", "816", "852", "864", "867", "875", "880", "940", "943",
                          "944", "945", "947", "753", "754", "204", "210", "214", "990", "997"};
constexpr std::array releases{"004010", "004010", "005010"}; // what is used most

class Drawing {
public:
    Drawing(grammar::SchemaCache& schemas, std::uint64_t seed, std::size_t segments)
        : schemas_(schemas), generator_(seed), segments_(segments) {}

    /// One interchange with `count` groups of one set each.
    std::string interchange(std::size_t count) {
        std::string const release = generator_.random().one_of(releases);
        auto const version = schemas_.grammars().interchange_version(release);
        auto const number = fmt::format("{:09}", ++number_);
        auto text = fmt::format("ISA*00*          *00*          *ZZ*NORTHGATE      *ZZ*SAMPLETRADING  *250602*1403*{}*{}*{}*0*P*>~",
                                release < "004020" ? "U" : "^", version, number);
        for (std::size_t group = 1; group <= count; ++group)
            text += one_group(release, number_ * 100 + group);
        return text + fmt::format("IEA*{}*{}~", count, number);
    }

private:
    std::string one_group(std::string const& release, std::uint64_t number) {
        for (;;) {
            auto const schema = schemas_.get(release, generator_.random().one_of(sets));
            if (!schema) continue; // not every release has every set
            generator_.use({'*', '>', '~', release < "004020" ? '\0' : '^'});
            auto const document = generator_.draw(schema, segments_ / 4 + generator_.random().below(2 * segments_));
            return fmt::format("GS*{}*NORTHGATE*SAMPLETRADING*20250602*1403*{}*X*{}~{}GE*1*{}~", schema->set().group,
                               number, release, joined(document), number);
        }
    }

    grammar::SchemaCache& schemas_;
    test::DocumentGenerator generator_;
    std::size_t segments_;
    std::uint64_t number_ = 0;
};

int refuse() {
    std::fputs("usage: wharf-draw-sets [--count N | --size BYTES] [--seed N] [--segments N]\n", stderr);
    return 2;
}

} // namespace

int main(int count, char** arguments) {
    std::uint64_t seed = 1, wanted_sets = 0, wanted_bytes = 0, segments = 40;
    for (int i = 1; i < count; i += 2) {
        std::string_view const name = arguments[i], value = i + 1 < count ? arguments[i + 1] : "";
        std::uint64_t parsed = 0;
        if (auto const end = std::from_chars(value.data(), value.data() + value.size(), parsed);
            value.empty() || end.ec != std::errc() || end.ptr != value.data() + value.size())
            return refuse();
        if (name == "--seed") seed = parsed;
        else if (name == "--count") wanted_sets = parsed;
        else if (name == "--size") wanted_bytes = parsed;
        else if (name == "--segments") segments = parsed;
        else return refuse();
    }
    auto grammars = grammar::Grammars::open();
    if (!grammars) return 2;
    grammar::SchemaCache schemas(*std::move(grammars));
    Drawing drawing(schemas, seed, segments);
    for (std::uint64_t made = 0, bytes = 0; made < wanted_sets || bytes < wanted_bytes;) {
        auto const here = wanted_sets > made ? std::min<std::uint64_t>(10, wanted_sets - made) : 10;
        auto const text = drawing.interchange(here);
        if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return 2;
        made += here;
        bytes += text.size();
    }
    return std::fflush(stdout) == 0 ? 0 : 2;
}
