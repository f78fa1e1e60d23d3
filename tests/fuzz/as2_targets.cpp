// Targets of transport/as2: what partners and strangers can send us.
#include "tests/fuzz/targets.hpp"

#include "tests/fuzz/as2_key.hpp"
#include "transport/as2/message_head.hpp"
#include "transport/as2/names.hpp"

#include "base/file.hpp"

#include <string>

namespace wharf::fuzz {
namespace {

using namespace wharf::transport;
using namespace wharf::transport::as2;

constexpr std::uint64_t most_made = 8u << 20; // so much may become of any input here

std::string all(Content const& content) {
    auto text = content.text(most_made);
    require(text.has_value(), "what was made can be read");
    return std::move(*text);
}

Identity const& us() {
    static Identity const made = Identity::of(Certificate::read(as2_certificate).value(), PrivateKey::read(as2_key, "").value()).value();
    return made;
}

void check_names(Fields const& fields) {
    for (auto const& [name, value] : fields) {
        if (auto const read = read_as2_name(value)) require(read_as2_name(write_as2_name(*read)) == read, "a name that is written is read again");
        auto const parameters = read_field_value(value);
        for (auto const& [key, text] : parameters.parameters) {
            auto const safe = safe_file_name(text);
            require(safe.empty() || is_plain_file_name(safe), "a safe file name is a plain one");
            require(safe_file_name(safe) == safe, "a safe file name stays as it is");
        }
        if (auto const disposition = read_disposition(value))
            require(read_disposition(write_disposition(*disposition))->is_success() == disposition->is_success(), "a disposition that is written means the same");
        (void)choose_receipt_form(read_receipt_options(value), true);
        (void)read_mic(value);
    }
}

} // namespace

void as2_head(std::string_view input) {
    Content const entity{std::string(input)};
    auto const head = read_head(entity);
    if (!head) {
        require(!head.error().message.empty(), "a refused head has a reason");
        return;
    }
    require(head->size <= input.size(), "the head lies inside the bytes");
    check_names(head->fields);
    if (auto const again = read_head(Content(write_head(head->fields))))
        require(again->fields.size() == head->fields.size(), "a head that is written has the same fields");
    (void)read_message_head(head->fields);
    (void)file_name(head->fields);
    auto const body = entity.from(head->size);
    if (auto const encoding = transfer_encoding(head->fields))
        if (auto const decoded = decode(body, *encoding, {})) require(decoded->size() <= body.size(), "decoding does not make more of it");
    if (auto const parts = split_multipart(body, read_field_value(field(head->fields, "Content-Type")).parameter("boundary"))) {
        std::uint64_t size = 0;
        for (auto const& part : *parts)
            size += part.size();
        require(size < body.size(), "the parts lie inside the body");
    }
    auto const bytes = all(body);
    require(from_base64(to_base64(bytes)) == bytes, "base64 there and back");
}

void receipt(std::string_view input) {
    Content const entity{std::string(input)};
    auto const head = read_head(entity);
    if (!head) return;
    auto const read = read_receipt(head->fields, entity.from(head->size));
    if (!read) {
        require(!read.error().message.empty(), "a refused receipt has a reason");
        return;
    }
    auto const text = write_receipt(*read, "a_boundary_that_no_input_holds");
    auto const again_head = read_head(Content(text));
    require(again_head.has_value(), "a receipt that is written has a head");
    auto const again = read_receipt(again_head->fields, Content(text).from(again_head->size));
    require(again.has_value(), "a receipt that is written can be read");
    require(again->disposition.is_success() == read->disposition.is_success(), "and means the same");
    require(again->mic.has_value() == read->mic.has_value(), "and has the same MIC");
}

void compressed(std::string_view input) {
    auto const plain = decompress(Content(std::string(input)), {{}, most_made, most_made});
    if (!plain) {
        require(plain.error().kind == FaultKind::decompression_failed, "what cannot be decompressed is said to be so");
        return;
    }
    auto const again = decompress(compress(*plain, {}).value(), {});
    require(again && all(*again) == all(*plain), "there and back");
}

void cms(std::string_view input) {
    Content const entity{std::string(input)};
    auto const head = read_head(entity);
    if (!head) return;
    UnpackSettings settings;
    settings.keys = {us()};
    settings.signature = {{us().certificate}, true, 1024};
    settings.requires_signature = settings.requires_encryption = false;
    settings.accepts_3des = true;
    settings.enveloped_gcm = EnvelopedGcm::accepted;
    settings.spool = {{}, most_made, most_made};
    auto const unpacked = unpack({head->fields, {}, entity.from(head->size)}, settings);
    if (unpacked.fault) {
        require(!unpacked.fault->message.empty(), "a fault has a reason");
        require(unpacked.fault->kind != FaultKind::local, "the message is to blame, not the machine");
        return;
    }
    require(!unpacked.is_signed || unpacked.signature, "a signature held or there is a fault");
    (void)payloads_of(unpacked.entity, settings.spool);
    (void)digest_of(unpacked.mic_source, unpacked.mic_digest(std::nullopt));
}

} // namespace wharf::fuzz
