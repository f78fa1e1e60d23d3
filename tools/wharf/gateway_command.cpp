#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>

namespace wharf::cli {
namespace {

constexpr std::string_view program = "wharf-gateway";

/// Beside our own program, or where an installation puts it.
std::vector<std::filesystem::path> candidates() {
    std::error_code error;
    auto const own = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) return {};
    return {own.parent_path() / program, own.parent_path().parent_path() / "libexec/wharf" / program};
}

} // namespace

int run(GatewayCommand const& command) {
    auto const places = candidates();
    for (auto const& place : places) {
        if (::access(place.c_str(), X_OK) != 0) continue;
        std::vector<char*> arguments;
        auto name = place.string();
        arguments.push_back(name.data());
        for (auto const& argument : command.arguments)
            arguments.push_back(const_cast<char*>(argument.c_str()));
        arguments.push_back(nullptr);
        ::execv(place.c_str(), arguments.data());
        trouble(fmt::format("cannot start {}: {}", place.string(), std::strerror(errno)));
        return could_not_run;
    }
    std::string tried;
    for (auto const& place : places)
        tried += fmt::format("{}{}", tried.empty() ? "" : " and ", place.string());
    trouble(fmt::format("`wharf {}` is carried out by {}, which is not installed; looked for {}",
                        command.arguments.empty() ? "" : command.arguments.front(), program, tried));
    return could_not_run;
}

int run(Answer const& answer) {
    bool const printed = print(answer.output);
    if (!answer.trouble.empty()) trouble(answer.trouble);
    return printed ? answer.exit_code : could_not_run;
}

} // namespace wharf::cli
