// One function out of several, one for each type of a std::variant: std::visit(Match{…}, value).
#pragma once

namespace wharf {

template <class... Cases> struct Match : Cases... {
    using Cases::operator()...;
};

} // namespace wharf
