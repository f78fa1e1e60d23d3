#include "translator/node_plan.hpp"

namespace wharf::translator {

void NodeScopeDelete::operator()(NodeScope* scope) const {
    delete scope;
}

} // namespace wharf::translator
