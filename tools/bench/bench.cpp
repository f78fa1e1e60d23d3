// wharf-bench: reading, linting, writing and translating in memory, on one core, with Google Benchmark.
//
//     wharf-bench [FILE] [--benchmark_…]     FILE: interchanges to measure with; without it 16 MB are generated
//
// tools/bench/run calls it and sets the results beside md5sum.
#include "base/file.hpp"
#include "grammar/lint.hpp"
#include "syntax/x12/block.hpp"
#include "syntax/x12/reader.hpp"
#include "syntax/x12/writer.hpp"
#include "tools/generate/interchange_generator.hpp"
#include "tools/wharf/translate_files.hpp"
#include "tools/wharf/translate_x12.hpp"
#include "tools/wharf/write_x12.hpp"
#include "translator/translator.hpp"

#include <benchmark/benchmark.h>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace wharf;

std::string const* input = nullptr;

[[noreturn]] void fail(std::string const& why) {
    std::fprintf(stderr, "wharf-bench: %s\n", why.c_str());
    std::exit(2);
}

grammar::SchemaCache& schemas() {
    static grammar::SchemaCache cache([] {
        auto grammars = grammar::Grammars::open();
        if (!grammars) fail("the grammars cannot be opened");
        return *std::move(grammars);
    }());
    return cache;
}

void report(benchmark::State& state) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(input->size()));
}

void read(benchmark::State& state) {
    for (auto _ : state) {
        x12::Reader reader(*input, "bench");
        std::size_t segments = 0;
        while (reader.next())
            segments += reader.part().segments.size();
        benchmark::DoNotOptimize(segments);
    }
    report(state);
}

/// From the tree into a new interchange, set by set.
void rewrite(benchmark::State& state) {
    for (auto _ : state) {
        x12::InterchangeHeader header;
        header.sender = header.receiver = {"ZZ", "BENCH", "BENCH"};
        header.date6 = "250602";
        header.date8 = "20250602";
        header.time4 = "1403";
        header.control_number = "1";
        x12::Reader reader(*input, "bench");
        std::optional<x12::InterchangeWriter> writer;
        std::size_t bytes = 0;
        while (reader.next()) {
            auto const& segments = reader.part().segments;
            if (reader.part().kind != x12::PartKind::transaction_set) continue;
            if (!writer) {
                header.delimiters = segments.delimiters();
                writer.emplace(header);
                writer->begin_group({"PO", "1", "X", "004010"});
            }
            if (!writer->add_transaction_set(segments)) state.SkipWithError("a set was refused");
            bytes += writer->take().size();
        }
        benchmark::DoNotOptimize(bytes);
    }
    report(state);
}

void lint(benchmark::State& state) {
    std::size_t findings = 0;
    for (auto _ : state)
        findings = grammar::lint(*input, "bench", schemas()).diagnostics.size();
    state.counters["findings"] = static_cast<double>(findings);
    report(state);
}

/// A set of the input as it was read, and taken apart into texts, as a translator gives it to the writer.
struct ReadSet {
    std::shared_ptr<x12::Block const> block; // keeps `segments`
    x12::SegmentList segments;
};
struct OutSet {
    std::string set_id;
    std::vector<x12::OutSegment> body;
};

std::vector<ReadSet> read_sets() {
    std::vector<ReadSet> sets;
    x12::Reader reader(*input, "bench");
    while (reader.next())
        if (reader.part().kind == x12::PartKind::transaction_set) sets.push_back({reader.block(), reader.part().segments});
    return sets;
}

std::vector<OutSet> out_sets() {
    std::vector<OutSet> sets;
    for (auto const& set : read_sets()) {
        auto& out = sets.emplace_back(OutSet{std::string(set.segments[0].element(1)), {}});
        for (std::uint32_t i = 1; i + 1 < set.segments.size(); ++i) {
            auto const segment = set.segments[i];
            auto& one = out.body.emplace_back(x12::OutSegment{std::string(segment.id()), {}});
            for (std::uint32_t n = 1; n <= segment.element_count(); ++n)
                one.elements.emplace_back(segment.element(n));
        }
    }
    return sets;
}

/// Groups of a hundred sets in one interchange, given out group by group.
template <class Set, class Add>
void write_all(benchmark::State& state, std::vector<Set> const& sets, Add const& add) {
    x12::InterchangeHeader header;
    header.sender = {"ZZ", "NORTHGATE", "NORTHGATE"};
    header.receiver = {"ZZ", "SAMPLETRADING", "SAMPLETRADING"};
    header.date6 = "250602";
    header.date8 = "20250602";
    header.time4 = "1403";
    header.control_number = "1";
    std::size_t bytes = 0;
    for (auto _ : state) {
        x12::InterchangeWriter writer(header);
        bytes = 0;
        for (std::size_t i = 0; i < sets.size(); ++i) {
            if (i % 100 == 0) {
                if (i > 0) writer.end_group();
                bytes += writer.take().size();
                writer.begin_group({"PO", std::to_string(i / 100 + 1), "X", "004010"});
            }
            if (!add(writer, sets[i])) fail("a set cannot be written");
        }
        bytes += writer.finish().size();
    }
    state.counters["bytes"] = static_cast<double>(bytes);
    report(state);
}

void write(benchmark::State& state) {
    write_all(state, read_sets(), [](x12::InterchangeWriter& writer, ReadSet const& set) {
        return writer.add_transaction_set(set.segments, "0001").has_value();
    });
}

void write_texts(benchmark::State& state) {
    write_all(state, out_sets(), [](x12::InterchangeWriter& writer, OutSet const& set) {
        return writer.add_transaction_set(set.set_id, "0001", set.body).has_value();
    });
}

void translate(benchmark::State& state) {
    auto translators = translator::Translators::open();
    if (!translators) fail("the translators cannot be opened");
    cli::TranslateResult result;
    for (auto _ : state) {
        cli::X12Translation translation(schemas(), **translators, {});
        std::size_t bytes = 0;
        translation.on_document = [&](std::string_view json) { bytes += json.size(); };
        result = translation.translate(*input, "bench");
        benchmark::DoNotOptimize(bytes);
    }
    if (result.translated != result.sets) state.SkipWithError("not every set was translated");
    state.counters["documents"] = static_cast<double>(result.translated);
    state.counters["extended"] =
        result.elements == 0 ? 0 : static_cast<double>(result.extended) / static_cast<double>(result.elements);
    report(state);
}

/// FILE holds orders as csv/purchase_order reads them.
void csv_to_json(benchmark::State& state) {
    auto const map = cli::find_file_translator(std::nullopt, "csv/purchase_order");
    if (!map || *map == nullptr) fail("the map csv/purchase_order cannot be used");
    std::uint64_t documents = 0, faults = 0;
    for (auto _ : state) {
        std::size_t bytes = 0;
        auto const result = cli::read_file_documents(**map, byte_source_of(*input), "bench", {},
                                                     [&](std::string_view json) { bytes += json.size(); });
        documents = result.documents;
        faults = result.diagnostics.size();
        benchmark::DoNotOptimize(bytes);
    }
    if (faults != 0) state.SkipWithError("not every order was translated");
    state.counters["documents"] = static_cast<double>(documents);
    report(state);
}

/// FILE holds canonical documents; the interchange is validated before it counts, as `wharf translate` does it.
void json_to_x12(benchmark::State& state) {
    auto translators = translator::Translators::open();
    if (!translators) fail("the translators cannot be opened");
    for (auto _ : state) {
        auto const written = cli::write_x12(*input, "bench", schemas(), **translators, {});
        if (written.bytes.empty()) state.SkipWithError("the documents cannot be written");
        state.counters["written"] = static_cast<double>(written.bytes.size());
    }
    report(state);
}

BENCHMARK(read)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(rewrite)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(lint)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(write)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(write_texts)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(translate)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(csv_to_json)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(json_to_x12)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace

int main(int count, char** arguments) {
    benchmark::Initialize(&count, arguments);
    std::string text;
    if (count > 1) {
        auto file = read_file(arguments[1], 4ULL << 30);
        if (!file) fail(file.error().message);
        text = *std::move(file);
    } else {
        generate::Options options;
        options.bytes = 16'000'000;
        text = generate::make_interchanges(options);
    }
    input = &text;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
