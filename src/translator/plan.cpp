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

} // namespace wharf::translator
