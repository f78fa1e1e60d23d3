// A gateway that sends over AS2, and a partner who is a function: he opens what is posted with his own keys and answers with a
// signed receipt, unless a test has put something else into `script`. No socket, a clock that moves when told.
//
//     As2SendingBench site;
//     site.script = {site.status(503)};
//     auto const id = site.send("ISA…");
//     site.work();
#pragma once

#include "base/id.hpp"
#include "gateway/as2_relations.hpp"
#include "gateway/as2_sending.hpp"
#include "support/as2_identity.hpp"
#include "support/gateway_bench.hpp"
#include "support/temp_folder.hpp"
#include "transport/as2/certificate_maker.hpp"
#include "transport/as2/exchange.hpp"
#include "transport/as2/message_head.hpp"

#include <deque>
#include <functional>

namespace wharf::test {

namespace as2 = transport::as2;
using testing_support::identity;

struct As2Posted {
    as2::PostSettings settings;
    as2::Fields fields;
    std::string body;
    [[nodiscard]] std::string id() const { return std::string(as2::field(fields, "Message-ID")); }
};

/// What the partner says instead of what he should.
struct As2Says {
    std::string disposition = "automatic-action/MDN-sent-automatically; processed";
    std::string signer = "peer"; // empty: not signed
    std::string mic;             // empty: the right one
    std::string original;        // empty: the Message-ID that was posted
};

class As2SendingBench {
public:
    using Answer = std::function<Result<as2::PostAnswer>(As2Posted const&)>;

    explicit As2SendingBench(std::function<void(partner::As2Channel&)> const& change = {}) {
        for (auto const* const name : {"us", "us 2", "peer", "peer 2"})
            testing_support::write_text(pem(name), testing_support::pem_of(identity(name)));
        auto configuration = one_partner();
        configuration.gateway.store_file = folder.path() / "wharf.db";
        partner::Channel channel;
        channel.name = "acme-as2";
        channel.transport = partner::TransportKind::as2;
        channel.senders = {"acme"};
        auto& settings = channel.as2;
        settings.own_name = "WHARF";
        settings.partner_name = "ACME";
        settings.url = "http://peer.example/as2";
        settings.own_certificates.emplace_back().file = pem("us");
        settings.partner_certificates.emplace_back().file = pem("peer");
        settings.outgoing.retry = {1min, 1h, 3};
        configuration.gateway.as2.public_url = "http://wharf.example/as2";
        if (change)
            change(settings);
        configuration.channels.push_back(channel);
        auto& acme = configuration.partners.front();
        acme.channel = channel.name;
        for (auto& document : acme.documents)
            document.channel = channel.name;
        bench = std::make_unique<Bench>(std::move(configuration));
        open_relations();
        bench->context->send_post = [this](as2::PostSettings const& to, as2::Fields const& fields, transport::Content const& body) {
            posts.push_back({to, fields, body.text(~0ULL).value_or("")});
            if (script.empty())
                return receipt()(posts.back());
            auto const answer = script.front();
            script.pop_front();
            return answer(posts.back());
        };
    }

    /// Certificates as the configuration has them now.
    void open_relations() {
        auto relations = gateway::As2Relations::open(bench->configuration, {}, bench->clock, bench->log);
        if (!relations)
            throw std::runtime_error(relations.error().message);
        bench->context->as2 = std::move(*relations);
    }
    partner::As2Channel& settings() { return bench->configuration.channels.back().as2; }
    std::filesystem::path pem(std::string const& name) const { return folder.path() / (name + ".pem"); }

    // --- the partner ----------------------------------------------------------------------------------------------------

    static as2::Unpacked opened(As2Posted const& posted, std::string const& key = "peer") {
        as2::Relation relation;
        relation.requires_signature = relation.requires_encryption = false;
        as2::Keys keys;
        keys.own = {identity(key)};
        keys.partner = {identity("us").certificate, identity("us 2").certificate};
        return as2::unpack({posted.fields, {}, transport::Content(posted.body)}, as2::unpack_settings(relation, keys, {}));
    }
    static as2::Entity receipt_for(As2Posted const& posted, As2Says const& says = {}, std::string const& key = "peer") {
        auto const unpacked = opened(posted, key);
        as2::Receipt receipt;
        receipt.text = "as told";
        receipt.final_recipient = "ACME";
        receipt.original_message_id = says.original.empty() ? posted.id() : says.original;
        receipt.disposition = as2::read_disposition(says.disposition).value();
        auto const digest = as2::digest_of(unpacked.mic_source, as2::Digest::sha256).value();
        receipt.mic = as2::read_mic(says.mic.empty() ? as2::write_mic(digest, as2::Digest::sha256, as2::MicSpelling::plain) : says.mic);
        as2::ReceiptSettings settings;
        if (!says.signer.empty())
            settings.signer = identity(says.signer);
        auto const packed = as2::pack_receipt(receipt, settings, "unique", Timestamp(std::chrono::milliseconds(1'748'873'000'000))).value();
        as2::Relation relation;
        relation.own_name = "ACME";
        relation.partner_name = "WHARF";
        return {as2::write_receipt_head(relation, "<receipt@acme>", packed.entity), {}, packed.entity.body};
    }
    static Answer receipt(As2Says says = {}) {
        return [says](As2Posted const& posted) -> Result<as2::PostAnswer> {
            auto const made = receipt_for(posted, says);
            return as2::PostAnswer{200, made.fields, made.body.text(~0ULL).value(), 0s};
        };
    }
    static Answer status(int code, std::chrono::seconds retry_after = 0s) {
        return [=](As2Posted const&) -> Result<as2::PostAnswer> { return as2::PostAnswer{code, {}, {}, retry_after}; };
    }
    static Answer lost() {
        return [](As2Posted const&) -> Result<as2::PostAnswer> { return temporary("connection reset"); };
    }

    // --- our side -------------------------------------------------------------------------------------------------------

    /// A message that is ready; its id.
    std::string send(std::string raw = "ISA*00*~", std::string format = "x12", std::string file_name = "po 1.edi") {
        store::Message message;
        message.id = new_id(bench->clock.now());
        message.direction = store::Direction::outbound;
        message.state = store::MessageState::ready;
        message.channel = "acme-as2";
        message.partner = "acme";
        message.format = std::move(format);
        message.functional_id = "FA"; // no 997 for it
        message.file_name = std::move(file_name);
        message.raw = std::move(raw);
        message.diagnostics = "[]";
        message.created_at = message.updated_at = bench->clock.now();
        write([&](store::Transaction& transaction) -> Result<void> {
            WHARF_TRY(transaction.insert(message));
            return transaction.add_job(store::JobKind::transmit, message.id, bench->clock.now());
        });
        return message.id;
    }
    void work() { bench->work(); }
    void work_after(std::chrono::milliseconds time) {
        bench->clock.advance(time);
        bench->work();
    }
    gateway::ReceiptOutcome receive(as2::Entity const& receipt) {
        auto const outcome = gateway::take_receipt(*bench->context, "acme-as2", receipt);
        EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
        return outcome.value_or(gateway::ReceiptOutcome{});
    }
    store::Message message(std::string const& id) { return bench->view(id).message; }
    store::Exchange exchange(std::string const& id) { return bench->view(id).exchange.value_or(store::Exchange{}); }
    std::string kept(std::string const& exchange_id, std::string_view name) {
        auto const content = bench->context->vault.open(*bench->store, exchange_id, name);
        return content ? content->text(~0ULL).value_or("") : "";
    }
    bool told(std::string const& id, std::string_view event) { return bench->has_event(id, event); }
    void write(std::function<Result<void>(store::Transaction&)> const& work) {
        auto const done = bench->store->transact(work);
        EXPECT_TRUE(done) << (done ? "" : done.error().message);
    }

    testing_support::TempFolder folder;
    std::vector<As2Posted> posts;
    std::deque<Answer> script; // then: a good receipt
    std::unique_ptr<Bench> bench;
};

} // namespace wharf::test
