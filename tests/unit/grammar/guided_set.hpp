// Validates one set against a schema made by hand: a guide without its text.
#pragma once

#include "grammar/narrowed_set.hpp"
#include "grammar/schema.hpp"
#include "grammar/validator.hpp"
#include "support/x12_text.hpp"
#include "syntax/x12/reader.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <string>

namespace wharf::grammar::test {

inline NarrowedSet plain_set(std::string const& set_id, std::string const& release = "004010") {
    static auto const grammars = *Grammars::open();
    auto dictionary = grammars->dictionary(release);
    return as_it_is(*dictionary->set(set_id), dictionary);
}

/// Findings of the set with this body.
inline Diagnostics validate(std::shared_ptr<Schema const> const& schema, std::string const& body) {
    auto const text = wharf::test::interchange(schema->set().group, {wharf::test::set(schema->set().id, body)});
    ValidatorOptions options;
    options.sense = false; // what a guide says, and the tree
    Validator validator(schema, options);
    Diagnostics found;
    x12::Reader reader(text, "t");
    while (reader.next())
        if (reader.part().kind == x12::PartKind::transaction_set)
            validator.validate(reader.part().segments, {}, found);
    for (auto const& finding : found)
        EXPECT_LE(finding.place.offset + finding.place.length, text.size());
    return found;
}

inline std::shared_ptr<Schema const> compile(NarrowedSet narrowed) {
    auto schema = Schema::compile(std::make_shared<NarrowedSet const>(std::move(narrowed)));
    EXPECT_TRUE(schema) << schema.error().message;
    return *schema;
}

/// "code path" each on a line; warnings with a star.
inline std::string codes(Diagnostics const& findings) {
    std::string out;
    for (auto const& finding : findings)
        out += finding.code + (finding.severity == Severity::warning ? "* " : " ") + finding.place.path + "\n";
    return out;
}

} // namespace wharf::grammar::test
