// Drives the AS2 layer from the command line for as2_peer_test.py: a message is packed; a request is received by the state machine
// with real keys; a receipt is judged; a message is sent over HTTP. Arguments are name=value; results go to standard output, a line each, and to files in out=.
#include "transport/as2/exchange.hpp"
#include "transport/as2/names.hpp"
#include "transport/as2/post.hpp"

#include "base/file.hpp"
#include "base/id.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace wharf;
using namespace wharf::transport;
using namespace wharf::transport::as2;

struct Arguments {
    std::map<std::string, std::string> all;
    [[nodiscard]] std::string get(std::string const& name, std::string const& otherwise = {}) const {
        auto const found = all.find(name);
        return found == all.end() ? otherwise : found->second;
    }
    [[nodiscard]] bool is_set(std::string const& name) const { return get(name) == "yes"; }
    [[nodiscard]] std::vector<std::string> list(std::string const& name) const {
        std::vector<std::string> items;
        auto const text = get(name);
        for (std::size_t at = 0; at < text.size();) {
            auto const end = std::min(text.find(',', at), text.size());
            items.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        return items;
    }
};

template <class T> T must(Result<T> result, std::string const& what) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "%s: %s\n", what.c_str(), result.error().message.c_str());
    std::exit(2);
}

std::string file_text(std::string const& path) { return must(read_file(path, 1u << 30), path); }
Certificate certificate(std::string const& path) { return must(Certificate::read(file_text(path)), path); }

Identity identity(std::vector<std::string> const& certificate_and_key) {
    return must(Identity::of(certificate(certificate_and_key.at(0)), must(PrivateKey::read(file_text(certificate_and_key.at(1)), ""), "key")), "identity");
}

void write_content(std::filesystem::path const& path, Content const& content) {
    std::FILE* const out = std::fopen(path.c_str(), "wb");
    if (!out) std::exit(2);
    auto const done = content.each_block([&](std::string_view block) -> Result<void> {
        if (std::fwrite(block.data(), 1, block.size(), out) == block.size()) return {};
        return temporary("cannot write");
    });
    if (std::fclose(out) != 0 || !done) std::exit(2);
}

Fields read_fields(std::string const& path) { return must(read_head(Content(file_text(path))), path).fields; }

Timestamp now() { return SystemClock().now(); }
SpoolSettings spool() { return {}; }

struct Message {
    Relation relation;
    std::string id;
    Packed packed;
};
Message message_of(Arguments const& given) {
    PackSettings settings;
    if (auto const signer = given.list("signer"); !signer.empty()) settings.signer = identity(signer);
    for (auto const& path : given.list("encrypt"))
        settings.recipients.push_back(certificate(path));
    auto const compression = given.get("compress");
    settings.compression = compression == "before" ? Compression::before_signing : compression == "after" ? Compression::after_signing : Compression::none;
    settings.cipher = cipher_named(given.get("cipher", "aes256-cbc")).value();
    auto const gcm_form = given.get("gcm_form");
    settings.gcm_form = gcm_form == "enveloped" ? GcmForm::enveloped : gcm_form == "enveloped_nonce" ? GcmForm::enveloped_nonce : GcmForm::auth_enveloped;
    settings.digest = digest_named(given.get("digest", "sha256")).value();
    settings.spelling = given.is_set("hyphenated") ? MicSpelling::hyphenated : MicSpelling::plain;
    if (given.is_set("base64")) settings.payload_encoding = TransferEncoding::base64;
    std::vector<Payload> payloads;
    for (auto const& path : given.list("payload"))
        payloads.push_back({given.get("type", "application/edi-x12"), std::filesystem::path(path).filename(), must(Content::of_file(path), path)});
    Message message;
    message.packed = must(pack(payloads, settings, new_id(now()), now()), "pack");
    message.id = make_message_id(new_id(now()), "wharf.example");
    auto& relation = message.relation;
    relation.own_name = given.get("own", "wharf");
    relation.partner_name = given.get("partner_name", "peer");
    relation.micalgs = {settings.digest};
    relation.spelling = settings.spelling;
    relation.retry = {std::chrono::seconds(1), std::chrono::seconds(8), 4};
    if (given.is_set("asynchronous")) relation.receipt_mode = ReceiptMode::asynchronous;
    relation.own_receipt_address = "http://wharf.example/mdn";
    return message;
}

int pack_message(Arguments const& given) {
    auto const message = message_of(given);
    auto const& packed = message.packed;
    std::filesystem::path const out = given.get("out");
    write_content(out / "head", Content(write_head(write_message_head(message.relation, message.id, "test", packed.entity))));
    write_content(out / "body", packed.entity.body);
    if (!given.is_set("brief")) write_content(out / "mic_source", packed.mic_source);
    fmt::print("id {}\nmic {}\n", message.id, write_mic(packed.mic, packed.mic_digest, message.relation.spelling));
    return 0;
}

Relation relation_of(Arguments const& given, MessageHead const& head) {
    Relation relation;
    relation.own_name = head.to;
    relation.partner_name = head.from;
    relation.requires_signature = !given.is_set("unsigned");
    relation.requires_encryption = !given.is_set("unencrypted");
    relation.accepts_sha1 = given.is_set("sha1");
    relation.accepts_3des = given.is_set("3des");
    relation.enveloped_gcm = given.is_set("enveloped_gcm") ? EnvelopedGcm::accepted : EnvelopedGcm::refused;
    relation.receipt_signed = !given.is_set("receipt_unsigned");
    relation.receipt_address = given.get("address");
    return relation;
}

Keys keys_of(Arguments const& given) {
    Keys keys;
    if (auto const key = given.list("key"); !key.empty()) keys.own = {identity(key)};
    for (auto const& path : given.list("partner"))
        keys.partner.push_back(certificate(path));
    return keys;
}

/// What a server would do with the actions, with files for the store.
class Driver {
public:
    Driver(Arguments const& given, Reception& reception) : given_(given), reception_(reception), out_(given.get("out")) {}

    void drive(ReceptionActions actions) {
        for (auto& action : actions)
            if (auto const next = std::visit([&](auto& one) { return carry_out(one); }, action)) drive(reception_.on(*next));
    }

private:
    using Next = std::optional<ReceptionEvent>;
    Next carry_out(LookUpRelation&) { return given_.is_set("unknown") ? Next(RelationUnknown{}) : Next(RelationFound{relation_of(given_, reception_.head())}); }
    Next carry_out(LookUpMessage&) { return given_.is_set("seen") ? Next(Seen{}) : Next(NotSeen{}); }
    Next carry_out(StoreBody&) { return BodyStored{}; }
    Next carry_out(Unpack& step) {
        auto const relation = relation_of(given_, reception_.head());
        Entity const outer{read_fields(given_.get("head")), {}, must(Content::of_file(given_.get("body")), "body")};
        opened_ = open_message(outer, step, relation, keys_of(given_), spool());
        return opened_.event;
    }
    Next carry_out(Commit& step) {
        fmt::print("accepted {}\n", step.is_accepted ? "yes" : "no");
        auto const& payloads = opened_.payloads;
        for (std::size_t i = 0; step.is_accepted && i < payloads.size(); ++i) {
            write_content(out_ / fmt::format("payload.{}", i), payloads[i].content);
            fmt::print("payload {} {} {}\n", payloads[i].content.size(), payloads[i].content_type, payloads[i].file_name);
        }
        if (!opened_.unpacked.signature_bytes.is_empty() && !given_.is_set("brief")) {
            write_content(out_ / "signed", opened_.unpacked.signed_bytes);
            write_content(out_ / "signature", opened_.unpacked.signature_bytes);
        }
        if (step.receipt) write_receipt_files(*step.receipt, step.receipt_is_signed);
        return Committed{};
    }
    Next carry_out(Respond& step) {
        if (step.receipt) write_receipt_files(*step.receipt, false);
        static constexpr char const* bodies[] = {"none", "text", "receipt", "stored_receipt"};
        fmt::print("respond {} {} {}\n", step.status, bodies[static_cast<int>(step.body)], step.text);
        return std::nullopt;
    }
    Next carry_out(SendReceipt& step) {
        fmt::print("send_receipt {}\n", step.address);
        return std::nullopt;
    }
    Next carry_out(Alarm& step) {
        fmt::print("alarm {}\n", step.text);
        return std::nullopt;
    }
    void write_receipt_files(Receipt const& receipt, bool is_signed) {
        auto const relation = relation_of(given_, reception_.head());
        auto const packed = must(make_receipt(receipt, is_signed, relation, keys_of(given_), new_id(now()), now()), "receipt");
        write_content(out_ / "receipt.head", Content(write_head(write_receipt_head(relation, make_message_id(new_id(now()), "wharf.example"), packed.entity))));
        write_content(out_ / "receipt.body", packed.entity.body);
        fmt::print("disposition {}\n", write_disposition(receipt.disposition));
        if (receipt.mic) fmt::print("mic {}, {}\n", receipt.mic->base64, receipt.mic->algorithm);
    }

    Arguments const& given_;
    Reception& reception_;
    std::filesystem::path out_;
    OpenedMessage opened_;
};

int receive_message(Arguments const& given) {
    auto head = read_message_head(read_fields(given.get("head")));
    if (!head) {
        fmt::print("respond {} text {}\n", head.error().status, head.error().reason);
        return 0;
    }
    Reception reception(std::move(*head));
    Driver driver(given, reception);
    driver.drive(reception.begin());
    return 0;
}

int judge_receipt(Arguments const& given) {
    auto const head = read_message_head(read_fields(given.get("head"))).value();
    auto const relation = relation_of(given, head);
    Entity const outer{read_fields(given.get("head")), {}, must(Content::of_file(given.get("body")), "body")};
    auto const found = open_receipt(outer, must(Content::of_file(given.get("source")), "source"), relation, keys_of(given));
    auto const* const arrived = std::get_if<ArrivedReceipt>(&found);
    if (!arrived) {
        auto const* const unreadable = std::get_if<UnreadableReceipt>(&found);
        fmt::print("verdict {}\n", unreadable ? "unreadable " + unreadable->reason : "none");
        return 0;
    }
    auto const judgement = judge(*arrived, relation, given.get("id"));
    static constexpr char const* verdicts[] = {"success", "warning", "refused", "mic_differs", "no_proof", "not_trusted", "not_ours"};
    fmt::print("verdict {}\nreason {}\n", verdicts[static_cast<int>(judgement.verdict)], judgement.reason);
    return 0;
}

/// Sends for real; a wait is said and passed over.
class Sender {
public:
    Sender(Arguments const& given, Message message) : given_(given), message_(std::move(message)), machine_(message_.relation, message_.id) {}
    void run() { drive(machine_.begin()); }

private:
    void drive(TransmissionActions const& actions) {
        for (auto const& action : actions)
            std::visit([&](auto const& one) { carry_out(one); }, action);
    }
    void carry_out(Post const& step) {
        fmt::print("post {}\n", step.attempt);
        PostSettings settings;
        settings.url = given_.get("url");
        settings.user = given_.get("user");
        settings.password = given_.get("password");
        settings.expects_continue = given_.is_set("expects_continue");
        settings.idle_timeout = std::chrono::seconds(5);
        settings.most_answer_bytes = 100'000;
        auto const answer = poster_.post(settings, write_message_head(message_.relation, message_.id, "test", message_.packed.entity), message_.packed.entity.body);
        if (!answer) {
            fmt::print("error {} {}\n", answer.error().is_temporary() ? "temporary" : "permanent", answer.error().message);
            return drive(answer.error().is_temporary() ? machine_.on(ConnectionLost{answer.error().message, 0.0}) : TransmissionActions{});
        }
        fmt::print("status {}\n", answer->status);
        Answered event{answer->status, NoReceipt{}, answer->retry_after, 0.0};
        event.receipt = open_receipt({answer->fields, {}, Content(answer->body)}, message_.packed.mic_source, message_.relation, keys_of(given_));
        drive(machine_.on(event));
    }
    void carry_out(WaitToRetry const& step) {
        fmt::print("wait {}\n", step.time.count());
        drive(machine_.on(Tick{}));
    }
    void carry_out(WaitForReceipt const&) { fmt::print("wait_for_receipt\n"); }
    void carry_out(Succeed const& step) { fmt::print("succeed {}\n", step.note); }
    void carry_out(Fail const& step) { fmt::print("fail {}\n", step.reason); }
    void carry_out(RaiseAlarm const& step) { fmt::print("alarm {}\n", step.text); }

    Arguments const& given_;
    Message message_;
    Transmission machine_;
    Poster poster_;
};

int send_message(Arguments const& given) {
    Sender sender(given, message_of(given));
    sender.run();
    return 0;
}

} // namespace

int main(int count, char** values) {
    Arguments given;
    for (int i = 2; i < count; ++i) {
        std::string const text = values[i];
        auto const equals = text.find('=');
        if (equals == std::string::npos) return 2;
        given.all[text.substr(0, equals)] = text.substr(equals + 1);
    }
    std::string const command = count > 1 ? values[1] : "";
    if (command == "pack") return pack_message(given);
    if (command == "receive") return receive_message(given);
    if (command == "judge") return judge_receipt(given);
    if (command == "send") return send_message(given);
    return 2;
}
