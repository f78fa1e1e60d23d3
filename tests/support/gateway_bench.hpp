// A gateway without sockets, files or time: configuration in memory, store in memory, a clock that moves when told, a channel
// that is a map, a target that is a function. For tests of gateway/ and api/.
//
//     Bench bench;
//     bench.inbox()["a.edi"] = text;
//     bench.poll();                       // take in, then all work that is due
//     bench.clock.advance(4h);
//     bench.work();
#pragma once

#include "gateway/gateway.hpp"
#include "gateway/operations.hpp"
#include "gateway/submission.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace wharf::test {

using namespace std::chrono_literals;

/// Folders as maps; shared, so that it lives longer than the connections.
struct Mailbox {
    std::map<std::string, std::string> inbox, outbox, failed;
    std::optional<Error> trouble; // of every operation
};

class MemoryChannel final : public transport::Channel {
public:
    MemoryChannel(std::string name, std::shared_ptr<Mailbox> mailbox) : name_(std::move(name)), mailbox_(std::move(mailbox)) {}
    std::string const& name() const override { return name_; }
    Result<std::unique_ptr<transport::Connection>> connect() override { return std::make_unique<Open>(mailbox_); }

private:
    class Open final : public transport::Connection {
    public:
        explicit Open(std::shared_ptr<Mailbox> mailbox) : mailbox_(std::move(mailbox)) {}
        Result<transport::Listing> list() override {
            if (mailbox_->trouble)
                return unexpected(*mailbox_->trouble);
            transport::Listing listing;
            for (auto const& [name, content] : mailbox_->inbox)
                listing.ready.push_back({name, content.size(), 0});
            return listing;
        }
        Result<std::string> fetch(transport::RemoteFile const& file) override { return mailbox_->inbox.at(file.name); }
        Result<void> finish(transport::RemoteFile const& file) override {
            if (mailbox_->trouble)
                return unexpected(*mailbox_->trouble);
            mailbox_->inbox.erase(file.name);
            return {};
        }
        Result<void> set_aside(transport::RemoteFile const& file) override {
            mailbox_->failed[file.name] = mailbox_->inbox[file.name];
            mailbox_->inbox.erase(file.name);
            return {};
        }
        Result<void> put(std::string_view name, std::string_view content) override {
            if (mailbox_->trouble)
                return unexpected(*mailbox_->trouble);
            auto const [place, fresh] = mailbox_->outbox.emplace(name, content);
            if (!fresh && place->second != content)
                return permanent("another file has this name");
            return {};
        }

    private:
        std::shared_ptr<Mailbox> mailbox_;
    };
    std::string name_;
    std::shared_ptr<Mailbox> mailbox_;
};

inline partner::Configuration one_partner() {
    partner::Configuration configuration;
    auto& gateway = configuration.gateway;
    gateway.identities.push_back({"us", "ZZ", "RECEIVER", "", partner::IdentifierUsage::both});
    partner::Target erp;
    erp.name = "erp";
    erp.url = "http://127.0.0.1:9/{document}";
    erp.production = true;
    gateway.targets.push_back(erp);
    gateway.retry = {1s, 60s, 3};
    partner::PartnerProfile acme;
    acme.id = "acme";
    acme.identifiers.push_back({"ZZ", "SENDER", {}, partner::IdentifierUsage::both});
    acme.identity = "us";
    acme.channel = "van";
    auto& out = acme.add_document();
    out.set = "850";
    out.document = "purchase_order";
    out.direction = partner::Direction::outbound;
    auto& in = acme.add_document();
    in.set = "810";
    in.document = "invoice";
    in.targets = {"erp"};
    configuration.partners.push_back(acme);
    partner::Channel van;
    van.name = "van";
    van.pickup.inbox = "in";
    van.pickup.outbox = "out";
    van.senders = {"acme"};
    configuration.channels.push_back(van);
    return configuration;
}

struct Bench {
    explicit Bench(partner::Configuration chosen = one_partner()) : configuration(std::move(chosen)) {
        auto opened = gateway::Knowledge::open(configuration);
        if (!opened)
            throw std::runtime_error(opened.error().front().message);
        knowledge = std::move(*opened);
        auto sqlite = store::open_sqlite(":memory:");
        if (!sqlite)
            throw std::runtime_error(sqlite.error().message);
        store = std::move(*sqlite);
        std::vector<std::unique_ptr<transport::Channel>> list;
        list.push_back(std::make_unique<MemoryChannel>("van", mailbox));
        channels = std::make_unique<gateway::Channels>(std::move(list));
        context.emplace(gateway::Context{configuration, *store, *knowledge, *channels, clock, log, [] { return 0.5; }});
    }

    std::map<std::string, std::string>& inbox() { return mailbox->inbox; }
    std::map<std::string, std::string>& outbox() { return mailbox->outbox; }

    /// All work that is due now, on one thread.
    unsigned work() {
        auto done = gateway::run_until_idle(
            *context,
            [this] {
                return [this](delivery::TargetSettings const& target, delivery::DeliveryRequest const& request) {
                    requests.push_back(request);
                    settings.push_back(target);
                    if (outcomes.empty())
                        return delivery::Outcome{delivery::OutcomeKind::delivered, 201, "", "R-1", 0s};
                    auto next = outcomes.front();
                    outcomes.erase(outcomes.begin());
                    return next;
                };
            },
            1);
        EXPECT_TRUE(done) << (done ? "" : done.error().message);
        return done ? *done : 0;
    }
    gateway::IntakeReport poll() {
        auto report = gateway::take_in(*context, configuration.channels[0]);
        work();
        return report;
    }
    std::vector<store::Message> messages(store::Direction direction) {
        std::vector<store::Message> found;
        auto read = store->read([&](store::Transaction& transaction) -> Result<void> {
            store::MessageFilter filter;
            filter.direction = direction;
            auto list = transaction.messages(filter);
            if (!list)
                return unexpected(list.error());
            found = std::move(*list);
            return {};
        });
        EXPECT_TRUE(read) << (read ? "" : read.error().message);
        return found;
    }
    gateway::MessageView view(std::string_view id) {
        auto found = gateway::view_message(*store, id);
        EXPECT_TRUE(found) << (found ? "" : found.error().message);
        return found ? *found : gateway::MessageView{};
    }
    gateway::SubmissionResult order(std::string number, std::string key = {}) {
        return gateway::submit(*context, {"acme", purchase_order(number), std::move(key)});
    }
    static std::string purchase_order(std::string const& number) {
        return R"({"schema":"wharf/purchase_order/1","document":"purchase_order","number":")" + number +
               R"(","purpose":"original","type":"new_order","date":"2025-06-02","lines":[{"position":1,"line_number":"1",)"
               R"("quantity":"10","unit":"each","unit_price":"12.50"}]})";
    }
    bool has_event(std::string_view subject, std::string_view type) {
        bool found = false;
        (void)store->read([&](store::Transaction& transaction) -> Result<void> {
            auto events = transaction.events_of(subject);
            if (!events)
                return unexpected(events.error());
            for (auto const& event : *events)
                found = found || event.type == type;
            return {};
        });
        return found;
    }

    ManualClock clock{Timestamp(std::chrono::milliseconds(1'748'873'000'000))};
    std::mutex lines_mutex;
    std::vector<std::string> lines; // of the log
    gateway::Log log{clock, [this](std::string_view line) {
                         std::lock_guard const guard(lines_mutex); // a channel with several connections has as many threads
                         lines.emplace_back(line);
                     }};
    partner::Configuration configuration;
    std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
    std::unique_ptr<gateway::Knowledge> knowledge;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<gateway::Channels> channels;
    std::optional<gateway::Context> context;
    std::vector<delivery::Outcome> outcomes; // to be given next; then 201
    std::vector<delivery::DeliveryRequest> requests;
    std::vector<delivery::TargetSettings> settings;
};

} // namespace wharf::test
