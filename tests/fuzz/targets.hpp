// What is fuzzed: each function takes any bytes, must come back, and checks the laws that hold for all of them.
//
// The same functions run under libFuzzer (preset `fuzz`, one program each; `tools/fuzz`) and in the ordinary tests, which
// replay corpus/CORPUS and crashes/TARGET: every crash that was ever found stays a test. See tests/fuzz/README.md.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace wharf::fuzz {

void reader(std::string_view input);         // X12 bytes to parts and back
void lint(std::string_view input);           // envelope, validator, renderers
void views(std::string_view input);          // show as text and HTML, diff with itself and with a part of itself
void acknowledgment(std::string_view input); // 997, 999 and TA1: made from findings, read back
void answer(std::string_view input);         // files answered; received answers explained, with the original behind a line =
void grammar(std::string_view input);        // the grammar language, line by line, every kind of file
void grammar_file(std::string_view input);   // whole grammar files, every kind
void guide(std::string_view input);          // guide files
void sef(std::string_view input);            // guidelines in SEF, and the guides made of them
void pattern(std::string_view input);        // the patterns of guides: one on the first line, a value behind it
void map(std::string_view input);            // the map language
void json(std::string_view input);           // JSON values
void csv(std::string_view input);            // rows, and the shipped CSV translator
void xml(std::string_view input);            // XML, and the shipped cXML translator
void decimal(std::string_view input);        // two numbers, one a line
void fix(std::string_view input);            // lint --fix and --diff
void layout(std::string_view input);         // fmt, and back
void redact(std::string_view input);         // values replaced
void split(std::string_view input);          // split and stat
void as2_head(std::string_view input);       // a head of HTTP or MIME with its body: fields, parts, encodings, names
void receipt(std::string_view input);        // an AS2 receipt, head and body
void compressed(std::string_view input);     // CompressedData
void cms(std::string_view input);            // a whole AS2 message for the key of the corpus: signed, encrypted, compressed
void http(std::string_view input);           // requests to our server: heads, bodies by length and in chunks, one behind the other

struct Target {
    char const* name;
    char const* corpus; // its folder below corpus/
    void (*run)(std::string_view);
};
inline constexpr std::array targets{
    Target{"reader", "x12", reader},
    Target{"lint", "x12", lint},
    Target{"views", "x12", views},
    Target{"acknowledgment", "acknowledgment", acknowledgment},
    Target{"answer", "answer", answer},
    Target{"grammar", "grammar", grammar},
    Target{"grammar_file", "grammar_file", grammar_file},
    Target{"guide", "guide", guide},
    Target{"sef", "sef", sef},
    Target{"pattern", "pattern", pattern},
    Target{"map", "map", map},
    Target{"json", "json", json},
    Target{"csv", "csv", csv},
    Target{"xml", "xml", xml},
    Target{"decimal", "decimal", decimal},
    Target{"fix", "x12", fix},
    Target{"layout", "x12", layout},
    Target{"redact", "x12", redact},
    Target{"split", "x12", split},
    Target{"as2_head", "as2_head", as2_head},
    Target{"receipt", "receipt", receipt},
    Target{"compressed", "compressed", compressed},
    Target{"cms", "cms", cms},
    Target{"http", "http", http},
};

/// A law that does not hold stops the fuzzer and the test alike.
inline void require(bool holds, char const* law) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: this does not hold: %s\n", law);
    std::abort();
}

} // namespace wharf::fuzz
