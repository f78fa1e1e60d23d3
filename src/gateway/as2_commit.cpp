#include "gateway/as2_commit.hpp"

#include "base/id.hpp"
#include "gateway/as2_course.hpp"
#include "gateway/as2_refusals.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/stored_exchange.hpp"
#include "transport/as2/certificate_maker.hpp"
#include "transport/as2/names.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace wharf::gateway {
namespace {

using transport::Content;

/// For patterns of file names in profiles, where the sender gave no name.
std::string_view ending_for(std::string_view content_type) {
    auto const type = as2::read_field_value(content_type).value;
    if (type == "application/edi-x12" || type == "application/edifact" || type == "application/edi-consent")
        return "edi";
    if (type.ends_with("/xml"))
        return "xml";
    if (type.ends_with("/json"))
        return "json";
    if (type == "text/csv")
        return "csv";
    return type.starts_with("text/") ? "txt" : "bin";
}

class Settling {
public:
    Settling(Context const& context, As2Relation const& relation, As2Settlement const& settlement, store::Exchange& exchange)
        : context_(context), relation_(relation), given_(settlement), stored_(exchange), exchange_(exchange), now_(context.clock.now()) {}

    std::expected<void, As2CommitFailure> run() {
        auto done = prepare();
        if (done && !name_fault_) {
            crash_point("after-prepare-exchange");
            done = transact(context_, [this](store::Transaction& transaction, Record& record) { return write(transaction, record); });
        }
        if (!done || name_fault_)
            return undone(done);
        crash_point("after-commit-exchange");
        if (!keeps_body())
            context_.vault.drop(exchange_.id, vault_name::message);
        stored_ = std::move(exchange_);
        return {};
    }

private:
    struct Part {
        std::string name;
        Content content;
    };
    struct File {
        store::Transfer transfer;
        std::string facts;
    };

    /// Files that nothing refers to go at once; the body is for the next attempt.
    std::unexpected<As2CommitFailure> undone(Result<void> const& done) const {
        if (is_settled_) // the files are those of whoever settled it
            return std::unexpected(As2CommitFailure{true, {}});
        for (auto const& part : parts_)
            context_.vault.drop(exchange_.id, part.name);
        if (is_duplicate_)
            return std::unexpected(As2CommitFailure{true, {}});
        if (name_fault_)
            return std::unexpected(As2CommitFailure{false, *name_fault_});
        return std::unexpected(As2CommitFailure{false, as2::fault(as2::FaultKind::unexpected_processing_error, done.error()).error()});
    }
    [[nodiscard]] bool is_accepted() const { return given_.step.is_accepted; }
    [[nodiscard]] bool is_verified() const { return given_.opened.unpacked.signature.has_value(); }
    /// Of what was accepted the evidence is enough. Of what was refused the body may tell why, while it is small and new: anybody who
    /// knows two names can send such things (as2_refusals.hpp).
    [[nodiscard]] bool keeps_body() const { return !is_accepted() && given_.body.body.size() <= Vault::in_store; }
    /// What of a refused one as2_refusals.hpp counts and removes.
    [[nodiscard]] std::uint64_t body_bytes() const {
        auto bytes = keeps_body() ? given_.body.body.size() : 0;
        for (auto const& part : parts_)
            if (!is_accepted() && (part.name == vault_name::signed_bytes || part.name == vault_name::signature))
                bytes += part.content.size();
        return bytes;
    }

    void keep(std::string_view name, Content content) { parts_.push_back({std::string(name), std::move(content)}); }

    // --- before the transaction ---------------------------------------------------------------------------------------

    Result<void> prepare() {
        auto const keys = relation_.keys.incoming(now_);
        exchange_.state = is_accepted() ? store::ExchangeState::accepted : store::ExchangeState::refused;
        exchange_.reason = given_.reason;
        exchange_.updated_at = now_;
        exchange_.attempts = 0;
        if (given_.opened.event.mic)
            exchange_.mic = fmt::format("{}, {}", given_.opened.event.mic->base64, given_.opened.event.mic->algorithm);
        WHARF_TRY(make_receipt(keys));
        add_evidence(keys);
        exchange_.body_bytes = body_bytes();
        if (is_accepted())
            WHARF_TRY(make_files());
        for (auto const& part : parts_)
            WHARF_TRY(context_.vault.prepare(exchange_.id, part.name, part.content));
        return {};
    }

    Result<void> make_receipt(as2::Keys const& keys) {
        if (!given_.step.receipt)
            return {};
        if (given_.step.receipt_is_signed)
            look_at_signer(keys);
        auto packed = as2::make_receipt(*given_.step.receipt, given_.step.receipt_is_signed, relation_.relation, keys, exchange_.id, now_);
        if (!packed)
            return unexpected(std::move(packed.error()));
        exchange_.disposition = short_disposition(given_.step.receipt->disposition);
        exchange_.receipt_message_id = as2::make_message_id(exchange_.id + "-receipt", relation_.relation.own_name);
        exchange_.receipt_head = write_stored_head(as2::write_receipt_head(relation_.relation, exchange_.receipt_message_id, packed->entity));
        if (given_.route == ReceiptRoute::answer)
            exchange_.receipt = store::ReceiptState::sent;
        else
            exchange_.receipt = given_.route == ReceiptRoute::by_itself ? store::ReceiptState::owed : store::ReceiptState::unsent;
        keep(vault_name::receipt, packed->entity.body);
        keep(vault_name::receipt_signed, packed->mic_source);
        keep(vault_name::receipt_signature, packed->signature);
        return {};
    }

    /// The partner waits for a receipt, and may take one by such a key; but somebody should know.
    void look_at_signer(as2::Keys const& keys) {
        if (keys.own.empty() || relation_.keys.signer(now_) != nullptr)
            return;
        auto const& certificate = keys.own.front().certificate;
        auto const why = certificate.not_after() <= now_    ? fmt::format("expired on {}", to_iso8601(certificate.not_after()))
                         : certificate.not_before() > now_ ? fmt::format("is valid from {} on", to_iso8601(certificate.not_before()))
                                                            : std::string("is not in use for signing now");
        key_trouble_ = fmt::format("the receipt is signed with {}, which {}: the partner may not accept it; `wharf cert check` says what to do",
                                   certificate.label(), why);
        if (is_accepted() && exchange_.reason.empty())
            exchange_.reason = key_trouble_;
    }

    void add_evidence(as2::Keys const& keys) {
        auto const& unpacked = given_.opened.unpacked;
        auto const& covered = unpacked.is_signed ? unpacked.signed_bytes : unpacked.mic_source;
        if (is_accepted() || (is_verified() && covered.size() <= Vault::in_store)) {
            keep(vault_name::signed_bytes, covered);
            keep(vault_name::signature, unpacked.signature_bytes);
        }
        std::string certificates;
        exchange_.certificates.clear();
        if (unpacked.signature) {
            exchange_.certificates += fmt::format("signed-by sha256:{}\n", unpacked.signature->signer.fingerprint());
            certificates += as2::to_pem(unpacked.signature->signer);
        }
        if (given_.step.receipt && given_.step.receipt_is_signed && !keys.own.empty()) {
            auto const& ours = keys.own.front().certificate;
            exchange_.certificates += fmt::format("receipt-signed-by sha256:{}\n", ours.fingerprint());
            certificates += as2::to_pem(ours);
        }
        keep(vault_name::certificates, Content(std::move(certificates)));
    }

    Result<void> make_files() {
        auto const& payloads = given_.opened.payloads;
        for (std::size_t place = 0; place < payloads.size(); ++place)
            WHARF_TRY(make_file(payloads[place], place + 1, payloads.size()));
        return {};
    }

    Result<void> make_file(as2::Payload const& payload, std::size_t number, std::size_t count) {
        File file;
        auto& transfer = file.transfer;
        transfer.id = new_id(now_);
        transfer.channel = exchange_.channel;
        transfer.exchange_id = exchange_.id;
        transfer.claim_key = fmt::format("{}/{}", exchange_.id, number);
        transfer.file_name = payload.file_name;
        if (transfer.file_name.empty())
            transfer.file_name = fmt::format("{}{}.{}", exchange_.id, count == 1 ? "" : fmt::format("-{}", number), ending_for(payload.content_type));
        transfer.size = payload.content.size();
        transfer.received_at = now_;
        if (relation_.refuses_unsafe_names && payload.stated_name != payload.file_name)
            name_fault_ = as2::Fault{as2::FaultKind::illegal_filename, "a file name with a path, or with characters that do not belong in one, is not taken here"};
        if (relation_.refuses_repeated_names && !payload.file_name.empty())
            transfer.claim_key = "name/" + transfer.file_name;
        file.facts = fmt::format("channel={} file={} bytes={} exchange={}", transfer.channel, for_log(transfer.file_name), transfer.size, exchange_.id);
        auto const most = context_.configuration.gateway.limits.message_bytes;
        if (transfer.size > most) {
            auto const name = vault_name::payload_at(number);
            keep(name, payload.content);
            transfer.state = store::TransferState::dead_letter;
            transfer.reason = fmt::format("GATEWAY-0006: {} has {} bytes, more than the {} that are processed here (limits.message_bytes of wharf.yaml); "
                                          "the partner has a receipt for it. It lies, untouched, as {} beside the store; raise the limit, restart, and "
                                          "`wharf dead-letter retry {}`",
                                          transfer.file_name, transfer.size, most, context_.vault.place_of(exchange_.id, name), transfer.id);
        } else {
            auto bytes = payload.content.text(most);
            if (!bytes)
                return unexpected(std::move(bytes.error()));
            transfer.raw = std::move(*bytes);
            transfer.sha256 = transport::sha256_hex(transfer.raw);
        }
        files_.push_back(std::move(file));
        return {};
    }

    // --- in the transaction -------------------------------------------------------------------------------------------

    Result<void> write(store::Transaction& transaction, Record& record) {
        if (!given_.is_stored) {
            WHARF_TRY(look_for_duplicate(transaction));
            if (is_duplicate_)
                return temporary("the Message-ID was received meanwhile");
            WHARF_TRY(transaction.insert(exchange_));
        } else {
            WHARF_TRY(look_whether_settled(transaction));
            if (is_settled_)
                return temporary("it was settled by another meanwhile");
            WHARF_TRY(transaction.update(exchange_));
            if (!keeps_body()) // what lies in the store
                WHARF_TRY(transaction.remove_content(exchange_.id, vault_name::message));
        }
        if (keeps_body())
            WHARF_TRY(context_.vault.put(transaction, exchange_.id, vault_name::message, given_.body.body));
        for (auto const& part : parts_)
            WHARF_TRY(context_.vault.put(transaction, exchange_.id, part.name, part.content));
        for (auto const& file : files_)
            WHARF_TRY(write_file(transaction, record, file));
        if (given_.route == ReceiptRoute::by_itself)
            WHARF_TRY(transaction.add_job(store::JobKind::send_receipt, exchange_.id, now_));
        if (given_.job != nullptr)
            WHARF_TRY(transaction.finish_job(given_.job->id));
        WHARF_TRY(note(record));
        if (!is_accepted())
            WHARF_TRY(as2_refusals::make_room(transaction, exchange_.channel));
        crash_point("before-commit-exchange");
        return {};
    }

    Result<void> look_for_duplicate(store::Transaction& transaction) {
        if (exchange_.as2_message_id.empty())
            return {};
        auto earlier = transaction.find_exchange(exchange_.channel, store::Direction::inbound, exchange_.as2_message_id);
        if (!earlier)
            return unexpected(std::move(earlier.error()));
        is_duplicate_ = earlier->has_value();
        return {};
    }

    Result<void> look_whether_settled(store::Transaction& transaction) {
        auto now = transaction.exchange(exchange_.id);
        if (!now)
            return unexpected(std::move(now.error()));
        is_settled_ = !now->has_value() || (*now)->state != store::ExchangeState::received;
        return {};
    }

    Result<void> write_file(store::Transaction& transaction, Record& record, File const& file) {
        auto const& transfer = file.transfer;
        if (relation_.refuses_repeated_names) {
            auto known = transaction.knows_transfer(transfer.channel, transfer.claim_key);
            if (!known)
                return unexpected(std::move(known.error()));
            if (*known) {
                name_fault_ = as2::Fault{as2::FaultKind::duplicate_filename, fmt::format("a file named {} came before; each name is taken once here", transfer.file_name)};
                return temporary("a file name came before");
            }
        }
        WHARF_TRY(transaction.insert(transfer));
        if (transfer.state == store::TransferState::dead_letter)
            return record.note(transfer.id, "set_aside", transfer.reason, file.facts);
        WHARF_TRY(transaction.add_job(store::JobKind::process_transfer, transfer.id, now_));
        return record.note(transfer.id, "received",
                           fmt::format("{} from channel {}, {} bytes, in AS2 exchange {}", transfer.file_name, transfer.channel, transfer.size, exchange_.id),
                           file.facts);
    }

    Result<void> note(Record& record) {
        if (!key_trouble_.empty())
            WHARF_TRY(record.note_rarely(exchange_.channel, exchange_.id, "AS2_RECEIPT_KEY", key_trouble_,
                                         fmt::format("channel={} reason={}", exchange_.channel, for_log(key_trouble_))));
        for (auto const& text : given_.alarms)
            WHARF_TRY(record.note_rarely(exchange_.channel, exchange_.id, "AS2_ALARM", text, fmt::format("channel={} text={}", exchange_.channel, for_log(text))));
        auto const facts = fmt::format("channel={} message_id={} bytes={}", exchange_.channel, for_log(exchange_.as2_message_id), given_.body.body.size());
        auto const mic = exchange_.mic.empty() ? std::string() : ", MIC " + exchange_.mic;
        if (is_accepted())
            return record.note(exchange_.id, "as2_received",
                               fmt::format("{} of {} with {} file{}{}", exchange_.as2_message_id, given_.head.from, files_.size(),
                                           files_.size() == 1 ? "" : "s", mic),
                               fmt::format("{} files={}{}", facts, files_.size(), given_.opened.unpacked.signature ? " signed=yes" : ""));
        auto const rarely = is_verified() ? std::string_view() : std::string_view(exchange_.channel); // the partner's own are all logged
        return record.note_rarely(rarely, exchange_.id, "as2_refused", fmt::format("{} of {}: {}", exchange_.as2_message_id, given_.head.from, given_.reason),
                                  fmt::format("{} reason={}", facts, for_log(given_.reason)));
    }

    Context const& context_;
    As2Relation const& relation_;
    As2Settlement const& given_;
    store::Exchange& stored_;
    store::Exchange exchange_;
    Timestamp now_;
    std::vector<Part> parts_;
    std::vector<File> files_;
    std::string key_trouble_;             // of the receipt
    std::optional<as2::Fault> name_fault_; // of a file
    bool is_duplicate_ = false;
    bool is_settled_ = false; // by another, since it was read
};

} // namespace

std::expected<void, As2CommitFailure> commit_as2(Context const& context, As2Relation const& relation, As2Settlement const& settlement, store::Exchange& exchange) {
    return Settling(context, relation, settlement, exchange).run();
}

} // namespace wharf::gateway
