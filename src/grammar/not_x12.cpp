#include "grammar/not_x12.hpp"

#include "diagnostic/registry.hpp"
#include "grammar/interchange.hpp"

#include <fmt/format.h>
#include <utility>

namespace wharf::grammar {

Diagnostic not_x12(std::string_view head, std::string file_name) {
    auto const what = describe_content(head);
    bool const has_isa = what.starts_with("an ISA") || what.starts_with("text that begins with ISA");
    auto finding = make_diagnostic("X12-0001", fmt::format("this is not an X12 interchange: it is {}", what),
                                   has_isa ? "An ISA segment has 16 elements of fixed width, each behind the byte that follows ISA, and 106 bytes with its terminator. Ask for the file again."
                                           : "An X12 interchange begins with ISA. Check that the right file was sent.");
    finding.place.file = std::move(file_name);
    finding.place.has_offset = true;
    return finding;
}

} // namespace wharf::grammar
