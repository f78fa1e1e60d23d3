// Drives the AS2 layer from the command line for as2_peer_test.py: a message is packed; a request is received by the state machine
// with real keys; a receipt is judged. Arguments are name=value; results go to standard output, a line each, and to files in out=.
#include "transport/as2/names.hpp"
#include "transport/as2/reception.hpp"
#include "transport/as2/transmission.hpp"

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

int pack_message(Arguments const& given) {
    PackSettings settings;
    if (auto const signer = given.list("signer"); !signer.empty()) settings.signer = identity(signer);
    for (auto const& path : given.list("encrypt"))
        settings.recipients.push_back(certificate(path));
    auto const compression = given.get("compress");
    settings.compression = compression == "before" ? Compression::before_signing : compression == "after" ? Compression::after_signing : Compression::none;
    settings.cipher = cipher_named(given.get("cipher", "aes256-cbc")).value();
    settings.digest = digest_named(given.get("digest", "sha256")).value();
    settings.spelling = given.is_set("hyphenated") ? MicSpelling::hyphenated : MicSpelling::plain;
    if (given.is_set("base64")) settings.payload_encoding = TransferEncoding::base64;
    std::vector<Payload> payloads;
    for (auto const& path : given.list("payload"))
        payloads.push_back({given.get("type", "application/edi-x12"), std::filesystem::path(path).filename(), must(Content::of_file(path), path)});
    auto const packed = must(pack(payloads, settings, new_id(now()), now()), "pack");
    Relation relation;
    relation.own_name = given.get("own", "wharf");
    relation.partner_name = given.get("partner_name", "peer");
    relation.micalgs = {settings.digest};
    relation.spelling = settings.spelling;
    auto const id = make_message_id(new_id(now()), "wharf.example");
    std::filesystem::path const out = given.get("out");
    write_content(out / "head", Content(write_head(write_message_head(relation, id, "test", packed.entity))));
    write_content(out / "body", packed.entity.body);
    if (!given.is_set("brief")) write_content(out / "mic_source", packed.mic_source);
    fmt::print("id {}\nmic {}\n", id, write_mic(packed.mic, packed.mic_digest, settings.spelling));
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
    relation.receipt_signed = !given.is_set("receipt_unsigned");
    relation.receipt_address = given.get("address");
    return relation;
}

UnpackSettings unpack_settings(Arguments const& given, Relation const& relation) {
    UnpackSettings settings;
    if (auto const key = given.list("key"); !key.empty()) settings.keys = {identity(key)};
    for (auto const& path : given.list("partner"))
        settings.signature.partner.push_back(certificate(path));
    settings.signature.accepts_sha1 = relation.accepts_sha1;
    settings.requires_signature = relation.requires_signature;
    settings.requires_encryption = relation.requires_encryption;
    settings.accepts_3des = relation.accepts_3des;
    settings.spool = spool();
    return settings;
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
        unpacked_ = unpack(outer, unpack_settings(given_, relation));
        Opened opened;
        opened.fault = unpacked_.fault;
        opened.sender_is_verified = unpacked_.signature.has_value();
        if (!opened.fault) {
            auto const payloads = payloads_of(unpacked_.entity, spool());
            if (payloads) payloads_ = *payloads;
            else opened.fault = payloads.error();
            auto const digest = unpacked_.mic_digest(step.micalg);
            opened.mic = read_mic(write_mic(must(digest_of(unpacked_.mic_source, digest), "mic"), digest, MicSpelling::plain));
        }
        return opened;
    }
    Next carry_out(Commit& step) {
        fmt::print("accepted {}\n", step.is_accepted ? "yes" : "no");
        for (std::size_t i = 0; step.is_accepted && i < payloads_.size(); ++i) {
            write_content(out_ / fmt::format("payload.{}", i), payloads_[i].content);
            fmt::print("payload {} {} {}\n", payloads_[i].content.size(), payloads_[i].content_type, payloads_[i].file_name);
        }
        if (!unpacked_.signature_bytes.is_empty() && !given_.is_set("brief")) {
            write_content(out_ / "signed", unpacked_.signed_bytes);
            write_content(out_ / "signature", unpacked_.signature_bytes);
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
        ReceiptSettings settings;
        if (is_signed) settings.signer = identity(given_.list("key"));
        auto const packed = must(pack_receipt(receipt, settings, new_id(now()), now()), "receipt");
        auto const relation = relation_of(given_, reception_.head());
        write_content(out_ / "receipt.head", Content(write_head(write_receipt_head(relation, make_message_id(new_id(now()), "wharf.example"), packed.entity))));
        write_content(out_ / "receipt.body", packed.entity.body);
        fmt::print("disposition {}\n", write_disposition(receipt.disposition));
        if (receipt.mic) fmt::print("mic {}, {}\n", receipt.mic->base64, receipt.mic->algorithm);
    }

    Arguments const& given_;
    Reception& reception_;
    std::filesystem::path out_;
    Unpacked unpacked_;
    std::vector<Payload> payloads_;
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
    auto relation = relation_of(given, head);
    relation.requires_signature = relation.requires_encryption = false;
    Entity const outer{read_fields(given.get("head")), {}, must(Content::of_file(given.get("body")), "body")};
    auto const unpacked = unpack(outer, unpack_settings(given, relation));
    ArrivedReceipt arrived;
    if (unpacked.fault) {
        arrived.signature = ArrivedReceipt::Signature::wrong;
        arrived.trouble = unpacked.fault->message;
    } else {
        arrived.receipt = must(read_receipt(unpacked.entity.fields, unpacked.entity.body), "receipt");
        if (unpacked.signature) arrived.signature = ArrivedReceipt::Signature::verified;
        if (arrived.receipt.mic && arrived.receipt.mic->digest)
            arrived.expected_mic = to_base64(must(digest_of(must(Content::of_file(given.get("source")), "source"), *arrived.receipt.mic->digest), "mic"));
    }
    auto const judgement = judge(arrived, relation, given.get("id"));
    static constexpr char const* verdicts[] = {"success", "warning", "refused", "mic_differs", "no_proof", "not_trusted", "not_ours"};
    fmt::print("verdict {}\nreason {}\n", verdicts[static_cast<int>(judgement.verdict)], judgement.reason);
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
    return 2;
}
