#include "grammar/narrowing.hpp"

#include "grammar/schema.hpp"
#include "grammar/value_rule.hpp"

#include <algorithm>

namespace wharf::grammar {

std::string_view component_of(std::string_view element, std::uint32_t component, char separator) {
    for (; component > 1; --component) {
        auto const end = element.find(separator);
        if (end == std::string_view::npos)
            return {};
        element.remove_prefix(end + 1);
    }
    return element.substr(0, element.find(separator));
}

bool components_are_right(Narrowing const& narrowing, SegmentRule const& rule, x12::SegmentView const& segment,
                          x12::Delimiters const& delimiters) {
    return std::ranges::all_of(narrowing.row->elements, [&](ElementNarrowing const& one) {
        if (one.component == 0 || one.element == 0 || one.element > rule.elements.size())
            return true;
        auto const& element = rule.elements[one.element - 1];
        auto const whole = segment.element(one.element);
        if (whole.empty() || one.component > element.components.size())
            return true;
        auto const value = component_of(whole, one.component, delimiters.component);
        if (value.empty())
            return one.rule.use != Use::must;
        return one.rule.use != Use::must_not &&
               find_fault(one.rule, value, value_type(element.components[one.component - 1])) == ValueFault::none;
    });
}

} // namespace wharf::grammar
