// A gateway with one AS2 relation, without sockets: what the partner sends is made by our own packing with the partner's keys (peers
// that are not ours: tests/integration), brought to As2Receiving as a server would bring it, and what comes back is judged as the
// partner would.
//
//     As2Bench site;
//     auto answer = site.post(site.message("<1@peer>", text));
//     EXPECT_TRUE(site.judgement(answer).is_success());
#pragma once

#include "gateway/as2_receiving.hpp"
#include "support/as2_identity.hpp"
#include "support/gateway_bench.hpp"
#include "support/temp_folder.hpp"
#include "transport/as2/exchange.hpp"

#include <algorithm>
#include <memory>

namespace wharf::test {

namespace as2 = transport::as2;
using testing_support::identity;
using testing_support::pem_of;

/// What the partner makes of a message before it goes out; settings may be changed before pack().
struct As2Draft {
    std::string id, payload;
    as2::PackSettings settings;
    as2::Relation relation; // the partner's view
    std::vector<as2::Payload> payloads;
};
struct As2Outgoing {
    as2::Fields fields;
    std::string body;
    std::string id;
    transport::Content mic_source;
};

class As2Bench {
public:
    explicit As2Bench(std::function<void(partner::Configuration&)> const& change = {}) {
        testing_support::write_text(folder.path() / "us.pem", pem_of(identity("us")));
        testing_support::write_text(folder.path() / "peer.pem", pem_of(identity("peer")));
        testing_support::write_text(folder.path() / "tls.pem", pem_of(identity("tls client")));
        auto configuration = one_partner();
        configuration.gateway.store_file = folder.path() / "wharf.db";
        partner::Channel channel;
        channel.name = "acme-as2";
        channel.transport = partner::TransportKind::as2;
        channel.senders = {"acme"};
        channel.as2.own_name = "WHARF";
        channel.as2.partner_name = "ACME Corp";
        channel.as2.url = "http://peer.example/as2";
        channel.as2.incoming.receipt_address = "http://peer.example/mdn?with=query";
        channel.as2.own_certificates.emplace_back().file = folder.path() / "us.pem";
        channel.as2.partner_certificates.emplace_back().file = folder.path() / "peer.pem";
        configuration.channels.push_back(channel);
        if (change)
            change(configuration);
        bench = std::make_unique<Bench>(std::move(configuration));
        auto relations = gateway::As2Relations::open(bench->configuration, {}, bench->clock, bench->log);
        if (!relations)
            throw std::runtime_error(relations.error().message);
        bench->context->as2 = std::move(*relations);
        bench->context->send_post = [this](as2::PostSettings const& settings, as2::Fields const& fields, transport::Content const& body) {
            return take_post(settings, fields, body);
        };
        receiving = std::make_unique<gateway::As2Receiving>(*bench->context, [] {});
    }

    // --- the partner's side ---------------------------------------------------------------------------------------------

    As2Draft draft(std::string id, std::string payload) const {
        As2Draft made{std::move(id), std::move(payload), {}, {}, {}};
        made.relation.own_name = "ACME Corp";
        made.relation.partner_name = "WHARF";
        made.settings.signer = identity("peer");
        made.settings.recipients = {identity("us").certificate};
        return made;
    }
    static As2Outgoing pack(As2Draft const& draft) {
        auto payloads = draft.payloads;
        if (payloads.empty())
            payloads.push_back({"application/edi-x12", "po.edi", transport::Content(draft.payload)});
        auto const packed = as2::pack(payloads, draft.settings, "unique", Timestamp(std::chrono::milliseconds(1'748'873'000'000)));
        if (!packed)
            throw std::runtime_error(packed.error().message);
        return {as2::write_message_head(draft.relation, draft.id, "orders", packed->entity), *packed->entity.body.text(~0ULL), draft.id, packed->mic_source};
    }
    As2Outgoing message(std::string id, std::string payload) const { return pack(draft(std::move(id), std::move(payload))); }
    As2Outgoing asynchronous(std::string id, std::string payload, std::string address = "http://peer.example/mdn?with=query") const {
        auto made = draft(std::move(id), std::move(payload));
        made.relation.receipt_mode = as2::ReceiptMode::asynchronous;
        made.relation.own_receipt_address = std::move(address);
        return pack(made);
    }
    /// What the partner thinks of a receipt.
    as2::Judgement judgement(as2::Fields const& fields, std::string const& body, As2Outgoing const& sent, as2::Receipt* receipt = nullptr) const {
        as2::Relation relation;
        relation.own_name = "ACME Corp";
        relation.partner_name = "WHARF";
        as2::Keys keys;
        keys.own = {identity("peer")};
        keys.partner = {identity("us").certificate};
        auto const opened = as2::open_receipt(as2::Entity{fields, {}, transport::Content(body)}, sent.mic_source, relation, keys);
        auto const* const arrived = std::get_if<as2::ArrivedReceipt>(&opened);
        if (arrived == nullptr)
            return {as2::ReceiptVerdict::no_proof, "no receipt"};
        if (receipt != nullptr)
            *receipt = arrived->receipt;
        return as2::judge(*arrived, relation, sent.id);
    }
    as2::Judgement judgement(gateway::As2Answer const& answer, As2Outgoing const& sent, as2::Receipt* receipt = nullptr) const {
        return judgement(answer.fields, answer.body, sent, receipt);
    }
    std::string disposition(gateway::As2Answer const& answer, As2Outgoing const& sent) const {
        as2::Receipt receipt;
        (void)judgement(answer, sent, &receipt);
        auto const whole = as2::write_disposition(receipt.disposition);
        return whole.substr(whole.find("; ") + 2);
    }

    // --- the server's side ----------------------------------------------------------------------------------------------

    gateway::As2Request request(As2Outgoing const& sent) const {
        gateway::As2Request made;
        made.fields = sent.fields;
        made.peer_address = "192.0.2.7";
        made.content_length = sent.body.size();
        return made;
    }
    static void feed(gateway::As2Arrival& arrival, std::string_view body, std::size_t piece = 1000) {
        for (std::size_t at = 0; at < body.size(); at += piece)
            ASSERT_TRUE(arrival.take(body.substr(at, piece)));
    }
    gateway::As2Answer post(gateway::As2Request request, std::string_view body) {
        auto begun = receiving->begin(std::move(request));
        if (auto* const answer = std::get_if<gateway::As2Answer>(&begun))
            return std::move(*answer);
        auto const arrival = std::get<std::unique_ptr<gateway::As2Arrival>>(std::move(begun));
        feed(*arrival, body);
        return arrival->finish();
    }
    gateway::As2Answer post(As2Outgoing const& sent) { return post(request(sent), sent.body); }
    /// The answer is written, and what is due is done.
    void written(gateway::As2Answer const& answer) {
        if (!answer.exchange_id.empty())
            receiving->answered(answer.exchange_id);
        bench->work();
    }

    // --- what is stored -------------------------------------------------------------------------------------------------

    template <class Work> void read(Work const& work) {
        auto const done = bench->store->read([&](store::Transaction& transaction) -> Result<void> {
            work(transaction);
            return {};
        });
        ASSERT_TRUE(done) << done.error().message;
    }
    std::vector<store::Exchange> exchanges() { // oldest first
        std::vector<store::Exchange> found;
        read([&](store::Transaction& transaction) { found = *transaction.exchanges({.channels = {"acme-as2"}, .limit = 100}); });
        std::ranges::reverse(found);
        return found;
    }
    std::vector<store::Transfer> transfers() {
        std::vector<store::Transfer> found;
        for (auto const& exchange : exchanges())
            read([&](store::Transaction& transaction) {
                auto const of_this_one = *transaction.transfers_of_exchange(exchange.id);
                found.insert(found.end(), of_this_one.begin(), of_this_one.end());
            });
        return found;
    }
    std::string kept(std::string_view exchange_id, std::string_view name) {
        auto const content = bench->context->vault.open(*bench->store, exchange_id, name);
        return content ? content->text(~0ULL).value_or("") : "";
    }
    /// What `wharf alarm list` shows, "WORD subject text" each, newest first.
    std::vector<std::string> alarms() {
        EXPECT_TRUE(bench->context->notices->write(*bench->store, bench->clock.now()));
        std::vector<std::string> found;
        read([&](store::Transaction& transaction) {
            auto const open = transaction.alarms({}).value();
            for (auto const& alarm : open)
                found.push_back(fmt::format("{} {} {}", alarm.type, alarm.subject, alarm.text));
        });
        return found;
    }
    /// What `wharf exchange list` shows of requests that became no exchange, newest first.
    std::vector<store::Refusal> refusals() {
        EXPECT_TRUE(bench->context->notices->write(*bench->store, bench->clock.now()));
        std::vector<store::Refusal> found;
        read([&](store::Transaction& transaction) { found = *transaction.refusals({}, 10'000); });
        return found;
    }
    bool has_line(std::string_view a, std::string_view b = {}) const {
        return std::ranges::any_of(bench->lines, [&](auto const& line) { return line.find(a) != std::string::npos && line.find(b) != std::string::npos; });
    }

    struct Post {
        as2::PostSettings settings;
        as2::Fields fields;
        std::string body;
    };
    Result<as2::PostAnswer> take_post(as2::PostSettings const& settings, as2::Fields const& fields, transport::Content const& body) {
        posts.push_back({settings, fields, body.text(~0ULL).value_or("")});
        if (answers.empty())
            return as2::PostAnswer{200, {}, {}, {}};
        auto next = answers.front();
        answers.erase(answers.begin());
        return next;
    }

    testing_support::TempFolder folder;
    std::vector<Post> posts;
    std::vector<Result<as2::PostAnswer>> answers; // to be given next; then 200
    std::unique_ptr<Bench> bench;
    std::unique_ptr<gateway::As2Receiving> receiving;
};

/// An invoice that the partner acme may send.
inline std::string const as2_order = interchange("IN", {set("810", small_810)});

/// One of its own: by its interchange number and invoice number.
inline std::string numbered(unsigned number) {
    auto text = as2_order;
    std::string_view const field = "000000901";
    for (auto at = text.find(field); at != std::string::npos; at = text.find(field, at + 1))
        text.replace(at, field.size(), fmt::format("{:09}", number));
    return text.replace(text.find("INV1"), 4, fmt::format("INV{}", number));
}

inline std::string field_of(gateway::As2Answer const& answer, std::string_view name) { return std::string(as2::field(answer.fields, name)); }

/// Takes what is neither signed nor encrypted, and old algorithms.
inline void loosen(partner::Configuration& configuration) {
    auto& in = configuration.channels.back().as2.incoming;
    in.require_signature = in.require_encryption = false;
    in.accept_sha1 = in.accept_3des = true;
}

} // namespace wharf::test
