#include "translator/plan.hpp"

namespace wharf::translator {

std::string member_path(Member const* member) {
    std::string path;
    for (; member != nullptr && member->parent != nullptr; member = member->parent) {
        path = path.empty() ? member->name : member->name + "." + path;
        if (member->kind == MemberKind::entry) member = member->parent; // whose name begins the entry's
    }
    return path;
}

std::string joined(std::string_view path, std::string_view name) {
    std::string whole;
    whole.reserve(path.size() + 1 + name.size());
    whole = path;
    if (!path.empty() && !name.empty()) whole += '.';
    whole += name;
    return whole;
}

} // namespace wharf::translator
