// A guide as text: the effective form in its own language, and the form for people.
//
// Pure functions; what they need is in the guide.
#pragma once

#include "grammar/guide.hpp"

#include <string>

namespace wharf::grammar {

/// The guide with all it extends as one file, each row with the places its cells came from as a comment; reading it
/// again gives the same NarrowedSet (but for places).
[[nodiscard]] std::string effective_text(Guide const& guide);

/// The guide as a person reads it: the rows with the names of the grammar, what each allows, rules and notes in words.
[[nodiscard]] std::string guide_for_people(Guide const& guide);

} // namespace wharf::grammar
