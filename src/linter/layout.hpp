// X12 as a person edits it, and back to the very bytes that were sent.
//
//     ISA*00*…*>~                      A laid out file is still X12: blanks and line breaks between segments are no data, every reader
//      ⇥GS*PO*SENDER*…~                 passes over them, and lint finds in it what it finds in the original. One segment stands on a
//     ST*850*0001~                     line; what stands in a loop is indented below the segment that begins it, HL levels below
//       BEG*00*SA*4711**20250602~      each other.
//       N1*ST*ACME~
//         N3*1 MAIN STREET~            The line behind the first ISA begins with one to six blanks and a tab. That is the mark of a laid
//     SE*5*0001~                       out file, and the number of blanks says how to get back (docs/cli.md, "fmt"):
//     …
//         1, 2, 3    between segments stood nothing, "\n", "\r\n"; so too between these two
//         4, 5, 6    likewise, but between these two stood what stands here before the last line break
//
//     Any other line that begins with a blank and a tab likewise keeps what stood before it; every other line break, blank line and
//     indentation is layout, so a laid out file may be edited, re-indented, and given CR LF line ends.
//
// wire_form(lay_out(x)) == x for every x that lay_out() takes; it checks that, and refuses what it could not give back. Only of a file
// that somebody has indented by hand (blanks begin most of its lines) the indentation is layout too, and gone afterwards. Where the segment
// terminator is itself a line feed, nothing is inserted but the blanks and tabs. Pure; no file is opened. Time is linear.
#pragma once

#include "base/error.hpp"
#include "grammar/schema.hpp"

#include <string>
#include <string_view>

namespace wharf::linter {

/// True when the text carries the mark.
[[nodiscard]] bool is_laid_out(std::string_view text);

/// The text laid out; a text that is laid out already is laid out anew, so that lay_out(lay_out(x)) == lay_out(x). Loops as the grammar
/// of each set's release has them; a set without grammar is indented by one level. Fails with `invalid` when the text holds no
/// interchange or nothing behind an ISA, is wrapped at a fixed width, has a blank or a tab for its segment terminator, or could not be brought back.
[[nodiscard]] Result<std::string> lay_out(std::string_view text, grammar::SchemaCache& schemas);

/// Without the blanks behind line breaks between segments, where somebody has indented most lines by hand; any other text unchanged.
[[nodiscard]] std::string without_indentation(std::string text);

/// A laid out text as it was before; any other text unchanged.
[[nodiscard]] std::string wire_form(std::string_view text);

} // namespace wharf::linter
