// wharf-gateway: flags to functions, nothing else.
#include "commands.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

int main(int argc, char** argv) {
    using namespace wharf::tools;
    CLI::App app{"The part of wharf that runs: serve, poll, message, dead-letter", "wharf-gateway"};
    app.require_subcommand(1);
    app.fallthrough();
    Common common;
    std::string grammars;
    app.add_option("--config", common.configuration, "folder of wharf.yaml")->envname("WHARF_CONFIG");
    app.add_option("--grammars", grammars, "folder of grammar files that replace or add to the shipped ones");

    unsigned threads = 4;
    std::string channel, id;
    std::vector<std::string> ids;
    MessageQuery query;
    bool json = false;
    bool once = false;
    auto const format = [&](CLI::App* command) {
        command->add_option_function<std::string>("--format", [&](std::string const& value) { json = value == "json"; },
                                                  "text or json")
            ->check(CLI::IsMember({"text", "json"}));
    };
    auto* serve_command = app.add_subcommand("serve", "run the gateway until SIGTERM or SIGINT");
    serve_command->add_option("--threads", threads, "worker threads")->check(CLI::Range(1, 64));

    auto* poll_command = app.add_subcommand("poll", "look at the channels once, do all work that is due, and end (for cron)");
    poll_command->add_flag("--once", once, "the only way to poll; without it use serve")->required();
    poll_command->add_option("--channel", channel, "only this channel");
    poll_command->add_option("--threads", threads, "worker threads")->check(CLI::Range(1, 64));

    auto* message = app.add_subcommand("message", "find, show and send again what was received and sent");
    message->require_subcommand(1);
    message->fallthrough();
    auto* list = message->add_subcommand("list", "newest first");
    list->add_option("search", query.search, "order, notice or invoice number, any control number, or an id");
    list->add_option("--state", query.state, "processed, held, quarantined, sent, accepted, overdue, …");
    list->add_option("--direction", query.direction, "inbound or outbound")->check(CLI::IsMember({"inbound", "outbound"}));
    list->add_option("--partner", query.partner, "profile id");
    list->add_option("--limit", query.limit, "at most so many")->check(CLI::Range(1, 100000));
    format(list);
    auto* show = message->add_subcommand("show", "everything known about one message");
    show->add_option("message", id, "its id, or a number that only it has")->required();
    format(show);
    auto* raw = message->add_subcommand("raw", "its bytes, as received or sent, to standard output");
    raw->add_option("message", id, "its id, or a number that only it has")->required();
    auto* resend = message->add_subcommand("resend", "send an outgoing message once more under new control numbers");
    resend->add_option("message", id, "its id, or a number that only it has")->required();

    auto* dead = app.add_subcommand("dead-letter", "what did not go through");
    dead->require_subcommand(1);
    dead->fallthrough();
    auto* dead_list = dead->add_subcommand("list", "dead, quarantined and held; exit code 1 when there are any");
    format(dead_list);
    auto* retry = dead->add_subcommand("retry", "try again, after the cause was mended");
    retry->add_option("ids", ids, "ids of deliveries, messages, documents or transfers")->required();
    auto* discard = dead->add_subcommand("discard", "mark as dealt with; nothing is deleted");
    discard->add_option("ids", ids, "ids of deliveries, messages or transfers")->required();

    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (!grammars.empty())
        common.grammars = grammars;
    query.json = json;
    if (serve_command->parsed())
        return serve(common, threads);
    if (poll_command->parsed())
        return poll(common, channel, threads);
    if (list->parsed())
        return list_messages(common, query);
    if (show->parsed())
        return show_message(common, id, json);
    if (raw->parsed())
        return raw_message(common, id);
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
