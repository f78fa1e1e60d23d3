#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"

#include <exception>
#include <fmt/format.h>
#include <new>
#include <variant>

int main(int count, char** arguments) {
    try {
        auto const command = wharf::cli::parse_command_line(count, arguments);
        return std::visit([](auto const& chosen) { return wharf::cli::run(chosen); }, command);
    } catch (std::bad_alloc const&) {
        wharf::cli::trouble("out of memory");
    } catch (std::exception const& error) {
        wharf::cli::trouble(fmt::format("internal fault, please report it: {}", error.what()));
    }
    return wharf::cli::could_not_run;
}
