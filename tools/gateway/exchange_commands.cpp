#include "exchange_commands.hpp"

#include "api/views.hpp"
#include "common.hpp"
#include "gateway/alarms.hpp"
#include "gateway/partner_choice.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace wharf::tools {
namespace {

std::string second(Timestamp time) { return to_iso8601(time).substr(0, 19); }

std::string_view or_dash(std::string_view text) { return text.empty() ? "-" : text; }

/// What is known of its receipt: what it says, or what became of it.
std::string receipt_of(store::Exchange const& exchange) {
    if (exchange.disposition.empty())
        return std::string(to_string(exchange.receipt));
    return fmt::format("{} ({})", exchange.disposition, to_string(exchange.receipt));
}

void print_line(store::Exchange const& exchange, std::string const& partner) {
    fmt::print("{}  {}  {:8}  {:19}  {:12}  {}  {}{}\n", exchange.id, second(exchange.created_at), to_string(exchange.direction),
               to_string(exchange.state), or_dash(partner), exchange.as2_message_id, receipt_of(exchange),
               exchange.reason.empty() ? "" : "  " + exchange.reason);
}

void print_line(store::Refusal const& refusal, std::string const& partner) {
    auto const names = refusal.from.empty() && refusal.to.empty() ? std::string("no names or too many") : fmt::format("AS2-From {}, AS2-To {}", refusal.from, refusal.to);
    fmt::print("{:26}  {}  inbound   turned_away          {:12}  {}, from {}, {}: {}\n", "-", second(refusal.last_at), or_dash(partner), names,
               refusal.address.empty() ? "many addresses" : refusal.address,
               refusal.count == 1 ? std::string("once") : fmt::format("{} times since {}", refusal.count, second(refusal.first_at)), refusal.reason);
}

void field(std::string_view name, std::string_view value) {
    if (!value.empty())
        fmt::print("  {:<12}{}\n", name, value);
}

CLI::Option* add_format(CLI::App& command, bool& json) {
    return command
        .add_option_function<std::string>("--format", [&json](std::string const& value) { json = value == "json"; },
                                          "How it is printed: text (default) or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->type_name("text|json");
}

} // namespace

std::string text_of(std::optional<gateway::NextAttempt> const& next) {
    if (!next)
        return {};
    auto const now = SystemClock().now();
    return fmt::format("{}, after {} made; `send-now` does not wait", next->at > now ? to_iso8601(next->at) : "now", next->made);
}

void print_exchange(store::Exchange const& exchange, std::string_view told, std::optional<gateway::NextAttempt> const& next) {
    bool const is_said = exchange.reason.empty() || exchange.reason == told;
    bool const is_inbound = exchange.direction == store::Direction::inbound;
    fmt::print("{:<14}{}  {}{}{}{}\n", "as2", exchange.id, to_string(exchange.state), is_inbound ? "" : fmt::format(", attempts {}", exchange.attempts),
               is_said ? "" : ": ", is_said ? "" : exchange.reason);
    auto const names = gateway::names_of(exchange);
    field("names", fmt::format("AS2-From {}, AS2-To {}", names.from, names.to));
    field("message-id", exchange.as2_message_id);
    field(is_inbound ? "received" : "packed", to_iso8601(exchange.created_at));
    field("settled", exchange.updated_at == exchange.created_at ? std::string() : to_iso8601(exchange.updated_at));
    field("next try", text_of(next));
    field("mic", exchange.mic);
    field("receipt", receipt_of(exchange));
    field("receipt-id", exchange.receipt_message_id);
    for (std::string_view rest = exchange.certificates; !rest.empty();) {
        auto const line = rest.substr(0, rest.find('\n'));
        auto const blank = std::min(line.find(' '), line.size());
        fmt::print("  {:<17} {}\n", line.substr(0, blank), line.substr(blank + (blank < line.size() ? 1 : 0)));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
}

int show(gateway::ExchangeView const& view, partner::Configuration const& configuration, bool json) {
    auto const partner = gateway::partners_of(configuration, view.exchange.channel);
    if (json) {
        print(json::to_pretty_text(api::view(view, partner)));
        return clean;
    }
    auto const line = [](std::string_view name, std::string_view value) {
        if (!value.empty())
            fmt::print("{:<14}{}\n", name, value);
    };
    line("exchange", view.exchange.id);
    line("direction", to_string(view.exchange.direction));
    line("partner", partner);
    line("channel", view.exchange.channel);
    print_exchange(view.exchange, {}, view.next);
    for (auto const& transfer : view.transfers)
        fmt::print("file          {}  {}, {} bytes, transfer {}\n", transfer.file_name, to_string(transfer.state), transfer.size, transfer.id);
    for (auto const& message : view.messages)
        fmt::print("message       {}  {}{}{}\n", message.id, to_string(message.state), message.reason.empty() ? "" : ": ", message.reason);
    if (!view.events.empty())
        fmt::print("\n");
    for (auto const& event : view.events)
        fmt::print("{}  {}  {}\n", to_iso8601(event.at), event.type, event.text);
    return clean;
}

void ExchangeCommands::add_to(CLI::App& app) {
    exchange_ = app.add_subcommand("exchange", "AS2 messages with their receipts, in and out, refused ones too");
    exchange_->require_subcommand(1);
    exchange_->fallthrough();
    list_ = exchange_->add_subcommand("list", "List exchanges, newest first");
    list_->add_option("--partner", partner_, "Only this partner: the name of its folder")->type_name("P");
    list_->add_option("--direction", direction_, "Only this direction")->check(CLI::IsMember({"inbound", "outbound"}))->type_name("inbound|outbound");
    auto* const refused = list_->add_flag("--refused", is_refused_, "Only what we refused, and what we could not send or the partner refused");
    list_->add_flag("--waiting", is_waiting_, "Only what is not settled: to be sent, waiting for a receipt, or owing one")->excludes(refused);
    list_->add_option("--limit", limit_, "At most so many (default 50)")->check(CLI::Range(1, 100000))->type_name("N");
    add_format(*list_, json_);
    show_ = exchange_->add_subcommand("show", "Everything known about one exchange");
    show_->add_option("ID", word_, "Its id, its Message-ID with or without <>, or the id or a number of the message it carried")->required();
    add_format(*show_, json_);

    alarm_ = app.add_subcommand("alarm", "What the gateway said in capitals: for a person to look at");
    alarm_->require_subcommand(1);
    alarm_->fallthrough();
    alarms_ = alarm_->add_subcommand("list", "List alarms, newest first; `wharf explain WORD` tells what one means");
    alarms_->add_flag("--all", is_all_, "Also those that are settled: by a person, or because what they are about has moved on");
    alarms_->add_option("--days", days_, "Of so many days (default 7); open ones about channels and certificates always")->check(CLI::Range(1, 36500))->type_name("N");
    alarms_->add_option("--limit", limit_, "At most so many (default 50)")->check(CLI::Range(1, 100000))->type_name("N");
    add_format(*alarms_, json_);
    settle_ = alarm_->add_subcommand("settle", "Mark what somebody has dealt with: `alarm list` shows it no more");
    settle_->add_option("SUBJECT", subjects_, "What they are about, as `alarm list` names it: an id, a channel, wharf.yaml")->required();
    settle_->add_option("--word", word_, "Only those of this word in capitals")->type_name("WORD");
}

std::optional<int> ExchangeCommands::run(Common const& common) const {
    if (list_->parsed())
        return list(common);
    if (show_->parsed())
        return with_store(common, [&](store::Store& store, partner::Configuration const& configuration) {
            auto const view = gateway::view_exchange(store, word_);
            return view ? show(*view, configuration, json_) : complain(view.error());
        });
    if (alarms_->parsed())
        return list_alarms(common);
    if (settle_->parsed())
        return settle_alarms(common);
    return std::nullopt;
}

int ExchangeCommands::list(Common const& common) const {
    store::ExchangeFilter filter;
    filter.limit = limit_;
    if (is_refused_ || is_waiting_)
        filter.which = is_refused_ ? store::ExchangeFilter::Which::refused : store::ExchangeFilter::Which::waiting;
    if (!direction_.empty())
        filter.direction = store::parse_direction(direction_);
    return with_store(common, [&](store::Store& store, partner::Configuration const& configuration) {
        if (auto const chosen = gateway::choose_partner(filter, configuration, partner_); !chosen)
            return complain(chosen.error());
        std::vector<store::Exchange> exchanges;
        std::vector<store::Refusal> refusals;
        auto const read = store.read([&](store::Transaction& transaction) -> Result<void> {
            auto found = transaction.exchanges(filter);
            if (!found)
                return unexpected(std::move(found.error()));
            auto turned_away = gateway::turned_away(transaction, filter);
            if (!turned_away)
                return unexpected(std::move(turned_away.error()));
            exchanges = std::move(*found);
            refusals = std::move(*turned_away);
            return {};
        });
        if (!read)
            return complain(read.error());
        json::Array list;
        auto const show_one = [&](auto const& one) {
            auto const partner = gateway::partners_of(configuration, one.channel);
            if (json_)
                list.push_back(api::view(one, partner));
            else
                print_line(one, partner);
        };
        auto refusal = refusals.begin();
        unsigned left = limit_;
        for (auto exchange = exchanges.begin(); left > 0 && (exchange != exchanges.end() || refusal != refusals.end()); --left) // newest first
            if (exchange == exchanges.end() || (refusal != refusals.end() && refusal->last_at > exchange->created_at))
                show_one(*refusal++);
            else
                show_one(*exchange++);
        if (json_)
            print(json::to_pretty_text(json::Value(std::move(list))));
        return int(clean);
    });
}

int ExchangeCommands::list_alarms(Common const& common) const {
    return with_store(common, [&](store::Store& store, partner::Configuration const&) {
        std::vector<store::Event> alarms;
        auto const read = store.read([&](store::Transaction& transaction) -> Result<void> {
            store::AlarmFilter filter;
            filter.since = SystemClock().now() - std::chrono::days(days_);
            filter.with_settled = is_all_;
            filter.limit = limit_;
            auto found = transaction.alarms(filter);
            if (!found)
                return unexpected(std::move(found.error()));
            alarms = std::move(*found);
            return {};
        });
        if (!read)
            return complain(read.error());
        json::Array list;
        for (auto const& alarm : alarms) {
            if (!json_) {
                fmt::print("{}  {:22}  {}  {}{}\n", second(alarm.at), alarm.type, alarm.subject, alarm.is_settled ? "(settled) " : "", alarm.text);
                continue;
            }
            list.push_back(api::view_alarm(alarm));
        }
        if (json_)
            print(json::to_pretty_text(json::Value(std::move(list))));
        return int(clean);
    });
}

int ExchangeCommands::settle_alarms(Common const& common) const {
    return with_store(common, [&](store::Store& store, partner::Configuration const&) {
        int code = clean;
        for (auto const& subject : subjects_) {
            unsigned count = 0;
            auto const done = store.transact([&](store::Transaction& transaction) -> Result<void> {
                auto settled = gateway::settle_by_hand(transaction, subject, word_, SystemClock().now());
                if (!settled)
                    return unexpected(std::move(settled.error()));
                count = *settled;
                return {};
            });
            if (!done)
                return complain(done.error());
            if (count > 0)
                fmt::print("{} alarm{} about {} settled\n", count, count == 1 ? " is" : "s are", subject);
            else
                code = std::max(code, complain(invalid(fmt::format("there is no open alarm{} about {}: see `wharf alarm list`",
                                                                   word_.empty() ? "" : " " + word_, subject)).error()));
        }
        return code;
    });
}

} // namespace wharf::tools
