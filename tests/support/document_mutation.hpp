// One fault put into a clean document at a random place, and where it stands then.
#pragma once

#include "support/document_generator.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace wharf::test {

enum class StructuralFault {
    segment_deleted,
    loop_head_deleted,
    known_segment_inserted,
    unknown_segment_inserted,
    duplicated_beyond_maximum,
    neighbours_swapped,
    block_of_three_moved,
};
inline constexpr std::array all_structural_faults{
    StructuralFault::segment_deleted,          StructuralFault::loop_head_deleted,         StructuralFault::known_segment_inserted,
    StructuralFault::unknown_segment_inserted, StructuralFault::duplicated_beyond_maximum, StructuralFault::neighbours_swapped,
    StructuralFault::block_of_three_moved};

[[nodiscard]] std::string_view name_of(StructuralFault fault);

struct Damaged {
    Document document; // SE01 is right
    std::size_t from = 0, to = 0; // segments at which the fault stands (of a block: where it went)
};

/// Nothing when the clean document has no place for such a fault. The result may be valid by chance.
[[nodiscard]] std::optional<Damaged> damage(Document const& clean, StructuralFault fault, DocumentGenerator& generator);

/// A fault in an element: a value too long, of another type, not a code, left out, added; several may hit one document.
[[nodiscard]] Document damage_elements(Document document, unsigned faults, DocumentGenerator& generator);

} // namespace wharf::test
