#include "commands.hpp"

#include "common.hpp"
#include "exchange_commands.hpp"

#include "api/api.hpp"
#include "api/views.hpp"
#include "diagnostic/render.hpp"
#include "gateway/as2_listener.hpp"
#include "gateway/certificate_watch.hpp"
#include "gateway/evidence.hpp"
#include "gateway/exchanges.hpp"
#include "gateway/gateway.hpp"
#include "gateway/operations.hpp"
#include "gateway/server_tls.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <algorithm>
#include <functional>

#include <pthread.h>
#include <signal.h>

namespace wharf::tools {

namespace {

std::unique_ptr<gateway::Gateway> open(Common const& common, gateway::OpenFor purpose) {
    auto gateway = gateway::Gateway::open(common.configuration, purpose, common.grammars, gateway::standard_error());
    if (gateway)
        return std::move(*gateway);
    if (!gateway.error().diagnostics.empty())
        (void)complain(gateway.error().diagnostics);
    if (!gateway.error().error.empty())
        (void)complain(gateway.error().error);
    return nullptr;
}

void print_line(store::Message const& message, std::optional<gateway::NextAttempt> const& next) {
    auto const attempts = next && next->made > 0 ? fmt::format("  (attempts {}, next {})", next->made, to_iso8601(next->at).substr(0, 19)) : std::string();
    fmt::print("{}  {}  {:8}  {:18}  {:12}  {:4}  {}{}{}{}\n", message.id, to_iso8601(message.created_at).substr(0, 19),
               to_string(message.direction), to_string(message.state), message.partner.empty() ? "-" : message.partner,
               message.functional_id.empty() ? "-" : message.functional_id,
               message.interchange_control_number.empty() ? "-" : message.interchange_control_number,
               message.group_control_number.empty() ? "" : "/" + message.group_control_number,
               message.reason.empty() ? "" : "  " + message.reason, attempts);
}

void print_findings(std::string_view indent, std::string const& text) {
    auto const parsed = json::parse(text);
    if (!parsed)
        return;
    for (auto const& finding : parsed->items())
        fmt::print("{}{} {}: {}{}\n", indent, finding.string("severity"), finding.string("code"), finding.string("message"),
                   finding.string("path").empty() ? "" : fmt::format(" (at {})", finding.string("path")));
}

void print_text(gateway::MessageView const& view) {
    auto const& message = view.message;
    auto field = [](std::string_view name, std::string_view value) {
        if (!value.empty())
            fmt::print("{:<14}{}\n", name, value);
    };
    field("message", message.id);
    field("direction", to_string(message.direction));
    field("state", fmt::format("{}{}{}", to_string(message.state), message.acknowledged_late ? ", acknowledged late" : "",
                               message.reason.empty() ? "" : ": " + message.reason));
    field("partner", message.partner);
    field("channel", message.channel);
    field("file", message.file_name);
    field("sender", message.sender);
    field("receiver", message.receiver);
    field("usage", message.test ? "test" : "production");
    field("interchange", message.interchange_control_number);
    field("group", message.group_control_number);
    field("answers", message.answers);
    field("resend of", message.resend_of);
    field("created", to_iso8601(message.created_at));
    field("next try", text_of(view.next));
    if (view.exchange)
        print_exchange(*view.exchange, message.reason, view.next_receipt);
    print_findings("  ", message.diagnostics);
    for (auto const& entry : view.documents) {
        auto const& document = entry.document;
        fmt::print("\ndocument {}  {} {}  set {} {}  {}{}\n", document.id, document.kind.empty() ? "-" : document.kind,
                   document.number, document.transaction_set, document.transaction_control_number, to_string(document.state),
                   document.reason.empty() ? "" : ": " + document.reason);
        print_findings("  ", document.diagnostics);
        for (std::size_t i = 0; i < entry.deliveries.size(); ++i) {
            auto const& delivery = entry.deliveries[i];
            fmt::print("  delivery {} to {}: {}, attempts {}{}{}{}{}\n", delivery.id, delivery.target, to_string(delivery.state),
                       delivery.attempts, entry.next[i] ? ", next " + text_of(entry.next[i]) : "", delivery.last_status == 0 ? "" : fmt::format(", status {}", delivery.last_status),
                       delivery.last_error.empty() ? "" : ", " + delivery.last_error,
                       delivery.target_reference.empty() ? "" : ", reference " + delivery.target_reference);
        }
        for (auto const& event : entry.events)
            fmt::print("  {}  {}  {}\n", to_iso8601(event.at), event.type, event.text);
    }
    for (auto const& answer : view.answers)
        fmt::print("\nanswered by {} ({}, interchange {}, {})\n", answer.id, answer.functional_id,
                   answer.interchange_control_number, to_string(answer.state));
    fmt::print("\n");
    for (auto const& event : view.events)
        fmt::print("{}  {}  {}\n", to_iso8601(event.at), event.type, event.text);
}

Result<std::unique_ptr<transport::http::Server>> start_api(gateway::Context const& context, api::Api const& api) {
    auto const& configuration = context.configuration.gateway;
    transport::http::ServerSettings settings;
    settings.max_body_bytes = configuration.limits.http_body_bytes;
    gateway::set_limits(settings, configuration.listen.limits);
    settings.trouble = [&log = context.log](std::string const& peer, std::string const& what) {
        log.line("caller_refused", "-", fmt::format("peer={} reason={}", peer, gateway::for_log(what)));
    };
    auto& listener = settings.listeners.front();
    listener.address = configuration.listen.address;
    listener.port = configuration.listen.port;
    if (configuration.listen.tls.is_set()) {
        auto tls = gateway::server_tls(configuration.listen.tls);
        auto const good = tls ? transport::http::check_tls(*tls) : Result<void>(unexpected(tls.error()));
        if (!good)
            return unexpected(Error{good.error().kind, "listen.tls: " + good.error().message});
        listener.tls = std::move(*tls);
    }
    return transport::http::Server::start(std::move(settings),
                                          [&api](transport::http::Request const& request) { return api.handle(request); });
}

/// The files of a server's TLS, read again: a renewed certificate, without a connection lost.
void reload_tls(gateway::Context const& context, partner::ServerTls const& tls, std::function<Result<void>()> const& replace) {
    if (!tls.is_set())
        return;
    if (auto const replaced = replace())
        context.log.line("certificate_read", "-", fmt::format("file={}", gateway::for_log(tls.certificate.string())));
    else
        context.log.line("certificate_refused", "-", fmt::format("reason={}", gateway::for_log(replaced.error().message)));
}

Result<void> reload_api_tls(gateway::Context const& context, transport::http::Server& server) {
    auto settings = gateway::server_tls(context.configuration.gateway.listen.tls);
    return settings ? server.replace_tls(*settings) : Result<void>(unexpected(settings.error()));
}

/// Until SIGTERM or SIGINT; calls `reload` for each SIGHUP.
int wait_for_end(sigset_t const& signals, std::function<void()> const& reload) {
    for (;;) {
        int number = 0;
        sigwait(&signals, &number);
        if (number != SIGHUP)
            return number;
        reload();
    }
}

} // namespace

int serve(Common const& common, unsigned threads) {
    // Blocked before any thread starts, so that all inherit it and the wait below is the only receiver.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);

    auto gateway = open(common, gateway::OpenFor::running);
    if (gateway == nullptr)
        return could_not_run;
    auto const& context = gateway->context();
    {
        gateway::Service service(context, gateway::deliver_by_http(), threads);
        auto api = api::Api::open(context, [&service] { service.wake(); });
        if (!api)
            return complain(api.error().message);
        auto as2 = gateway::serve_as2(context, [&service] { service.wake(); }, threads);
        if (!as2)
            return complain(as2.error().message);
        auto server = start_api(context, *api); // last: when it says that all is well, partners are served, too
        if (!server)
            return complain(server.error().message);
        auto const& listen = context.configuration.gateway.listen;
        context.log.line("serving", "-", fmt::format("address={} port={} tls={} store={}", listen.address, (*server)->port(),
                                                     listen.tls.is_set() ? "yes" : "no",
                                                     gateway::for_log(context.configuration.gateway.store_file.string())));
        int const signal_number = wait_for_end(signals, [&] {
            reload_tls(context, listen.tls, [&] { return reload_api_tls(context, **server); });
            if (*as2)
                reload_tls(context, context.configuration.gateway.as2.tls, [&] { return (*as2)->reload_tls(); });
        });
        context.log.line("stopping", "-", fmt::format("signal={}", signal_number));
        if (*as2)
            (*as2)->stop();
        (*server)->stop();
    }
    context.log.line("stopped", "-");
    return clean;
}

int poll(Common const& common, gateway::PollChoice const& choice, unsigned threads) {
    signal(SIGPIPE, SIG_IGN);
    auto gateway = open(common, gateway::OpenFor::running);
    if (gateway == nullptr)
        return could_not_run;
    auto summary = gateway::poll_once(gateway->context(), gateway::deliver_by_http(), choice, threads);
    if (!summary)
        return complain(summary.error().message);
    auto const& tally = gateway->tally();
    auto const troubles = tally.troubles();
    auto const plural = [](unsigned count) { return count == 1 ? "" : "s"; };
    fmt::print("{} channel{} looked at: {} file{} taken, {} still being written; {} document{} accepted, {} rejected; {} delivered, {} sent; "
               "{} to look at\n",
               summary->channels, plural(summary->channels), summary->taken, plural(summary->taken), summary->waiting, tally.of("accepted"),
               plural(tally.of("accepted")), tally.of("rejected"), tally.of("delivered"), tally.of("sent"), troubles);
    for (auto const& channel : summary->without_inbox)
        fmt::print("channel {} has no inbox to look at{}; what was due on it was done\n", channel.name,
                   channel.is_as2 ? " (AS2: partners send to `wharf serve`)" : "");
    if (!summary->without_inbox.empty()) // the tally is that of the whole run
        fmt::print("of all channels: {} sent, {} taken and waiting for a receipt, {} receipt{} sent, {} to be tried again\n", tally.of("sent"),
                   tally.of("as2_sent"), tally.of("as2_receipt_sent"), plural(tally.of("as2_receipt_sent")),
                   tally.of("transmission_failed") + tally.of("as2_receipt_waits"));
    for (auto const& line : summary->closed)
        fmt::print("not looked at: channel {} (--now looks all the same)\n", line);
    if (auto const line = gateway::certificate_summary(gateway->context().configuration, gateway->context().clock.now()); !line.empty())
        fmt::print("{}\n", line);
    for (auto const& channel : summary->unreachable)
        (void)complain(fmt::format("channel {} was not looked at to its end: poll_failed above says why", channel));
    if (!summary->unreachable.empty())
        return could_not_run;
    return troubles == 0 ? clean : findings;
}

int list_messages(Common const& common, MessageQuery const& query) {
    store::MessageFilter filter;
    filter.search = query.search;
    filter.partner = query.partner;
    filter.limit = query.limit;
    if (!query.state.empty()) {
        filter.state = store::parse_message_state(query.state);
        if (!filter.state)
            return complain(fmt::format("--state: messages have no state {}; they are: processed, rejected, held, quarantined, "
                                        "duplicate, ready, sent, accepted, partially_accepted, refused, overdue, dead_letter, discarded",
                                        query.state));
    }
    if (!query.direction.empty())
        filter.direction = store::parse_direction(query.direction);
    return with_store(common, [&](store::Store& store, partner::Configuration const&) {
        std::vector<store::Message> messages;
        std::vector<std::optional<gateway::NextAttempt>> nexts;
        auto read = store.read([&](store::Transaction& transaction) -> Result<void> {
            auto found = transaction.messages(filter);
            if (!found)
                return unexpected(std::move(found.error()));
            messages = std::move(*found);
            for (auto const& message : messages) {
                auto next = gateway::next_attempt(transaction, message);
                if (!next)
                    return unexpected(std::move(next.error()));
                nexts.push_back(*next);
            }
            return {};
        });
        if (!read)
            return complain(read.error().message);
        json::Array list;
        for (std::size_t i = 0; i < messages.size(); ++i)
            if (query.json)
                api::put_next(list.emplace_back(api::view(messages[i])), nexts[i]);
            else
                print_line(messages[i], nexts[i]);
        if (query.json)
            print(json::to_pretty_text(json::Value(std::move(list))));
        return int(clean);
    });
}

int show_message(Common const& common, std::string const& id, bool json) {
    return with_store(common, [&](store::Store& store, partner::Configuration const& configuration) {
        auto view = gateway::view_message(store, id);
        if (!view) { // what was refused, or is not opened yet, is no message: all there is is the exchange
            auto const exchange = gateway::view_exchange(store, id);
            return exchange ? show(*exchange, configuration, json) : complain(view.error());
        }
        if (json)
            print(json::to_pretty_text(api::view(*view)));
        else
            print_text(*view);
        return int(clean);
    });
}

int raw_message(Common const& common, std::string const& id) {
    return with_store(common, [&](store::Store& store, partner::Configuration const&) {
        auto view = gateway::view_message(store, id);
        if (!view)
            return complain(view.error());
        print(view->message.raw);
        return int(clean);
    });
}

int evidence_of_message(Common const& common, std::string const& id, std::string const& output) {
    return with_store(common, [&](store::Store& store, partner::Configuration const& configuration) {
        auto const exchange = gateway::exchange_for(store, id);
        if (!exchange)
            return complain(exchange.error());
        auto const vault = gateway::Vault::of_store(configuration.gateway.store_file);
        auto const evidence = gateway::collect_evidence(store, vault, *exchange, SystemClock().now());
        if (!evidence)
            return complain(evidence.error().message);
        auto const file = output.empty() ? evidence->name + ".tar.gz" : output;
        if (auto const written = gateway::write_archive(*evidence, file); !written)
            return complain(written.error().message);
        if (file != "-")
            fmt::print("{}: Message-ID {}, {}; unpack it and run `sh {}/verify.sh`\n", file, exchange->as2_message_id,
                       to_string(exchange->state), evidence->name);
        return int(clean);
    });
}

int send_message_now(Common const& common, std::string const& word) {
    auto gateway = open(common, gateway::OpenFor::operating);
    if (gateway == nullptr)
        return could_not_run;
    auto const done = gateway::send_now(gateway->context(), word);
    if (!done)
        return complain(done.error());
    fmt::print("{}\n", *done);
    return clean;
}

int resend_message(Common const& common, std::string const& id) {
    auto gateway = open(common, gateway::OpenFor::operating);
    if (gateway == nullptr)
        return could_not_run;
    auto found = gateway::view_message(gateway->context().store, id, store::Direction::outbound);
    auto sent = found ? gateway::resend(gateway->context(), found->message.id)
                      : Result<store::Message>(unexpected(std::move(found.error())));
    if (!sent)
        return complain(sent.error());
    fmt::print("message {} is sent again as {}, interchange {}; the gateway transmits it when it runs\n", found->message.id,
               sent->id, sent->interchange_control_number);
    return clean;
}

int list_dead_letters(Common const& common, bool json) {
    return with_store(common, [&](store::Store& store, partner::Configuration const&) {
        auto letters = gateway::dead_letters(store, 1000);
        if (!letters)
            return complain(letters.error().message);
        if (json) {
            print(json::to_pretty_text(api::view(*letters)));
        } else {
            for (auto const& transfer : letters->transfers)
                fmt::print("transfer  {}  {}  {}  {}\n", transfer.id, transfer.channel, transfer.file_name, transfer.reason);
            for (auto const& message : letters->messages)
                fmt::print("message   {}  {}  {}  {}  {}\n", message.id, to_string(message.state), message.channel,
                           message.file_name, message.reason);
            for (auto const& document : letters->documents)
                fmt::print("document  {}  held  {}  {} {}  message {}  {}\n", document.id, document.partner,
                           document.kind.empty() ? document.transaction_set : document.kind, document.number, document.message_id,
                           document.reason);
            for (auto const& delivery : letters->deliveries)
                fmt::print("delivery  {}  document {}  to {}  {} attempts  status {}  {}\n", delivery.id, delivery.document_id,
                           delivery.target, delivery.attempts, delivery.last_status, delivery.last_error);
        }
        return int(letters->empty() ? clean : findings);
    });
}

namespace {

int for_each(Common const& common, std::vector<std::string> const& ids,
             Result<std::string> (*work)(gateway::Context const&, std::string_view)) {
    auto gateway = open(common, gateway::OpenFor::operating);
    if (gateway == nullptr)
        return could_not_run;
    int code = clean;
    for (auto const& id : ids) {
        auto done = work(gateway->context(), id);
        if (done) {
            fmt::print("{}\n", *done);
            continue;
        }
        code = std::max(code, complain(done.error()));
    }
    return code;
}

} // namespace

int retry_dead_letters(Common const& common, std::vector<std::string> const& ids) {
    return for_each(common, ids, gateway::retry);
}

int discard_dead_letters(Common const& common, std::vector<std::string> const& ids) {
    return for_each(common, ids, gateway::discard);
}

} // namespace wharf::tools
