// What the commands of wharf-gateway share: exit codes, complaints, and the store for those that only look.
#pragma once

#include "commands.hpp"
#include "diagnostic/diagnostic.hpp"
#include "partner/configuration.hpp"
#include "store/store.hpp"

#include <functional>
#include <string_view>

namespace wharf::tools {

enum Exit { clean = 0, findings = 1, could_not_run = 2 };

/// On standard error. The exit code: 1 where the request itself makes no sense, else 2.
int complain(std::string_view text);
int complain(Diagnostics const& diagnostics);
int complain(Error const& error);

void print(std::string_view text);

/// The store alone: no secrets, no grammars, beside a running gateway.
using StoreWork = std::function<int(store::Store&, partner::Configuration const&)>;
int with_store(Common const& common, StoreWork const& work);

} // namespace wharf::tools
