// wharf-gateway: flags to functions, nothing else.
#include "cert_commands.hpp"
#include "commands.hpp"
#include "exchange_commands.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

int main(int argc, char** argv) {
    using namespace wharf::tools;
    CLI::App app{"The part of wharf that runs: serve, poll, message, exchange, alarm, dead-letter, cert", "wharf"};
    app.footer("Every command takes --config DIR, the folder of wharf.yaml (else $WHARF_CONFIG, else here), and\n"
               "--grammars DIR, grammar files that replace or add to the shipped ones.\n"
               "Exit codes: 0 done, 1 something needs a person, 2 could not run.");
    app.set_help_flag("-h,--help", "Print this help");
    app.require_subcommand(1);
    app.fallthrough();
    Common common;
    std::string grammars;
    app.add_option("--config", common.configuration, "Folder of wharf.yaml (default: here)")->envname("WHARF_CONFIG")->type_name("DIR");
    app.add_option("--grammars", grammars, "Folder of grammar files that replace or add to the shipped ones")->type_name("DIR");

    unsigned threads = 4;
    std::string id;
    wharf::gateway::PollChoice choice;
    std::vector<std::string> ids;
    MessageQuery query;
    bool json = false;
    bool once = false;
    auto const format = [&](CLI::App* command) {
        command->add_option_function<std::string>("--format", [&](std::string const& value) { json = value == "json"; },
                                                  "How it is printed: text (default) or json")
            ->check(CLI::IsMember({"text", "json"}))
            ->type_name("text|json");
    };
    auto* serve_command = app.add_subcommand("serve", "Run the gateway until SIGTERM or SIGINT");
    serve_command->add_option("--threads", threads, "Worker threads, 1 to 64 (default 4)")->check(CLI::Range(1, 64))->type_name("N");

    auto* poll_command = app.add_subcommand("poll", "Look at the channels once, do all work that is due, and end (for cron)");
    poll_command->add_flag("--once", once, "One round, then end; the only way to poll (else: serve)")->required();
    poll_command->add_option("--channel", choice.channel, "Only this channel")->type_name("C");
    poll_command->add_option("--partner", choice.partner, "Only channels that this partner sends on, or is sent to over")->type_name("P");
    poll_command->add_flag("--now", choice.at_any_time, "Look and send even where a pick-up window is closed");
    poll_command->add_option("--threads", threads, "Worker threads, 1 to 64 (default 4)")->check(CLI::Range(1, 64))->type_name("N");

    auto* message = app.add_subcommand("message", "Find, show and send again what was received and sent");
    message->require_subcommand(1);
    message->fallthrough();
    auto* list = message->add_subcommand("list", "List messages, newest first");
    list->add_option("WORD", query.search, "Order, notice or invoice number, any control number, or an id");
    list->add_option("--state", query.state, "Only this state: processed, held, quarantined, sent, accepted, overdue, …");
    list->add_option("--direction", query.direction, "Only this direction")
        ->check(CLI::IsMember({"inbound", "outbound"}))
        ->type_name("inbound|outbound");
    list->add_option("--partner", query.partner, "Only this partner: the name of its folder");
    list->add_option("--limit", query.limit, "At most so many (default 50)")->check(CLI::Range(1, 100000))->type_name("N");
    format(list);
    auto* show = message->add_subcommand("show", "Everything known about one message");
    show->add_option("WORD", id, "Its id, a number that only it has, or its AS2 Message-ID")->required();
    format(show);
    auto* raw = message->add_subcommand("raw", "Its bytes, as received or sent, to standard output");
    raw->add_option("WORD", id, "Its id, or a number that only it has")->required();
    std::string output;
    auto* evidence = message->add_subcommand("evidence", "The proof of an AS2 exchange, for anybody to verify with the openssl command");
    evidence->add_option("ID", id, "Id or number of a message, id of an exchange, or a Message-ID of AS2, with or without <>")->required();
    evidence->add_option("-o,--output", output, "The archive (default: evidence-ID.tar.gz here; -: standard output)")->type_name("FILE");
    auto* send_now = message->add_subcommand("send-now", "Let what waits for its next attempt go now: a message, its deliveries, an owed AS2 receipt");
    send_now->add_option("WORD", id, "Id or number of a message, id of an exchange, or a Message-ID of AS2, with or without <>")->required();
    auto* resend = message->add_subcommand("resend", "Send an outgoing message once more under new control numbers");
    resend->add_option("WORD", id, "Its id, or a number that only it has")->required();

    auto* dead = app.add_subcommand("dead-letter", "What did not go through");
    dead->require_subcommand(1);
    dead->fallthrough();
    auto* dead_list = dead->add_subcommand("list", "Dead, quarantined and held, documents too; exit code 1 when there are any");
    format(dead_list);
    auto* retry = dead->add_subcommand("retry", "Try again, after the cause was mended");
    retry->add_option("ID", ids, "Ids of deliveries, messages, documents or transfers; or an order number, a control number or a Message-ID")->required();
    auto* discard = dead->add_subcommand("discard", "Mark as dealt with; nothing is deleted");
    discard->add_option("ID", ids, "Ids of deliveries, messages, documents or transfers; or an order number, a control number or a Message-ID")->required();

    ExchangeCommands exchanges;
    exchanges.add_to(app);
    CertCommands certificates;
    certificates.add_to(app);

    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (!grammars.empty())
        common.grammars = grammars;
    query.json = json;
    if (auto const code = certificates.run(common))
        return *code;
    if (auto const code = exchanges.run(common))
        return *code;
    if (serve_command->parsed())
        return serve(common, threads);
    if (poll_command->parsed())
        return poll(common, choice, threads);
    if (list->parsed())
        return list_messages(common, query);
    if (show->parsed())
        return show_message(common, id, json);
    if (raw->parsed())
        return raw_message(common, id);
    if (evidence->parsed())
        return evidence_of_message(common, id, output);
    if (send_now->parsed())
        return send_message_now(common, id);
    if (resend->parsed())
        return resend_message(common, id);
    if (dead_list->parsed())
        return list_dead_letters(common, json);
    if (retry->parsed())
        return retry_dead_letters(common, ids);
    if (discard->parsed())
        return discard_dead_letters(common, ids);
    return 2; // not reached: a subcommand is required
}
