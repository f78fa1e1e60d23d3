// Which code an acknowledgment of one release can say. Internal to grammar/.
//
// The lists are those of the release: elements 720, 723, 718 (997), 620, 621, 618 (999) and 716 (both). A code a list lacks falls
// back to the nearest it has, and to nothing when it has none.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/dictionary.hpp"

#include <string>
#include <string_view>

namespace wharf::grammar {

enum class AcknowledgmentKind { functional, implementation }; // 997, 999

class AcknowledgmentLists {
public:
    /// Without a dictionary every code is in every list, but a 997 has no I-codes.
    AcknowledgmentLists(AcknowledgmentKind kind, Dictionary const* dictionary);

    [[nodiscard]] std::string segment(Diagnostic const& finding) const; // AK304, IK304
    /// Of a segment whose elements are wrong: 8, which 003040 lacks.
    [[nodiscard]] std::string segment_with_elements() const;
    [[nodiscard]] std::string element(Diagnostic const& finding) const; // AK403, IK403
    [[nodiscard]] std::string transaction(std::string_view code) const; // AK502, IK502
    [[nodiscard]] std::string group(std::string_view code) const;       // AK905

private:
    using List = CodeList const*;
    [[nodiscard]] bool has(List list, std::string_view code) const;

    AcknowledgmentKind kind_;
    List segment_ = nullptr, element_ = nullptr, transaction_ = nullptr, group_ = nullptr;
};

} // namespace wharf::grammar
