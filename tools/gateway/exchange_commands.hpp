// `wharf exchange`: AS2 messages with their receipts, refused ones too. `wharf alarm`: what the gateway has told in capitals.
#pragma once

#include "commands.hpp"
#include "gateway/exchanges.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace wharf::tools {

/// The AS2 side of a message. `told`: a reason that stands above it already.
void print_exchange(store::Exchange const& exchange, std::string_view told, std::optional<gateway::NextAttempt> const& next);
/// When the next attempt comes, and how many were made; empty: none comes.
[[nodiscard]] std::string text_of(std::optional<gateway::NextAttempt> const& next);
/// Everything about one exchange; the exit code.
int show(gateway::ExchangeView const& view, partner::Configuration const& configuration, bool json);

class ExchangeCommands {
public:
    void add_to(CLI::App& app);
    /// Nothing: another command was given.
    [[nodiscard]] std::optional<int> run(Common const& common) const;

private:
    int list(Common const& common) const;
    int list_alarms(Common const& common) const;
    int settle_alarms(Common const& common) const;

    CLI::App *exchange_ = nullptr, *list_ = nullptr, *show_ = nullptr, *alarm_ = nullptr, *alarms_ = nullptr, *settle_ = nullptr;
    std::string word_, partner_, direction_;
    std::vector<std::string> subjects_;
    bool is_all_ = false, json_ = false, is_refused_ = false, is_waiting_ = false;
    unsigned limit_ = 50, days_ = 7;
};

} // namespace wharf::tools
