// What is fuzzed: each function takes any bytes, must come back, and checks the laws that hold for all of them.
//
// The same functions run under libFuzzer (preset `fuzz`, one program each) and in the ordinary tests, which replay
// corpus/TARGET and crashes/TARGET: every crash that was ever found stays a test.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace wharf::fuzz {

void x12(std::string_view input);     // reader, write-back, envelope, validator, renderers
void map(std::string_view input);     // the map language
void grammar(std::string_view input); // the grammar language, every kind of file
void json(std::string_view input);    // JSON values
void decimal(std::string_view input); // two numbers, one a line
void pattern(std::string_view input); // a pattern of a guide, and behind a line break the value

struct Target {
    char const* name;
    void (*run)(std::string_view);
};
inline constexpr std::array<Target, 6> targets{
    {{"x12", x12}, {"map", map}, {"grammar", grammar}, {"json", json}, {"decimal", decimal}, {"pattern", pattern}}};

/// A law that does not hold stops the fuzzer and the test alike.
inline void require(bool holds, char const* law) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: this does not hold: %s\n", law);
    std::abort();
}

} // namespace wharf::fuzz
