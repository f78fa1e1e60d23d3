#include "transport/as2/disposition.hpp"

#include "transport/as2/mime.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wharf::transport::as2 {
namespace {

std::string_view unquoted(std::string_view text) {
    text = trimmed(text);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = trimmed(text.substr(1, text.size() - 2));
    return text;
}

/// The words between separators, trimmed; empty ones are left out.
std::vector<std::string_view> words(std::string_view text, char separator) {
    std::vector<std::string_view> found;
    while (!text.empty()) {
        auto const end = std::min(text.find(separator), text.size());
        if (auto const word = unquoted(text.substr(0, end)); !word.empty()) found.push_back(word);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
}

/// The values behind "optional" or "required". A peer that leaves that word out means its first value by it.
std::vector<std::string> option_values(std::string_view list) {
    std::vector<std::string> values;
    for (auto const word : words(list, ','))
        if (!values.empty() || !(same_word(word, "optional") || same_word(word, "required"))) values.push_back(lower(word));
    return values;
}

} // namespace

ReceiptOptions read_receipt_options(std::string_view value) {
    ReceiptOptions options;
    for (auto const attribute : words(value, ';')) {
        auto const equals = attribute.find('=');
        if (equals == std::string_view::npos) continue;
        auto const name = trimmed(attribute.substr(0, equals));
        auto values = option_values(unquoted(attribute.substr(equals + 1)));
        if (same_word(name, "signed-receipt-protocol")) options.protocols = std::move(values);
        else if (same_word(name, "signed-receipt-micalg")) options.micalgs = std::move(values);
    }
    return options;
}

std::string write_receipt_options(bool is_signed, std::vector<Digest> const& micalgs, MicSpelling spelling) {
    std::vector<std::string_view> names;
    for (auto const digest : micalgs)
        names.push_back(name_of(digest, spelling));
    return fmt::format("{}signed-receipt-micalg=optional, {}",
                       is_signed ? "signed-receipt-protocol=optional, pkcs7-signature; " : "", fmt::join(names, ", "));
}

Outcome<ReceiptForm> choose_receipt_form(ReceiptOptions const& options, bool accepts_sha1) {
    ReceiptForm form;
    form.is_signed = std::ranges::any_of(options.protocols, [](auto const& name) {
        return name == "pkcs7-signature" || name == "x-pkcs7-signature" || name == "application/pkcs7-signature";
    });
    if (!options.protocols.empty() && !form.is_signed)
        return fault(FaultKind::unsupported_format,
                     fmt::format("a receipt signed as \"{}\" was asked for; pkcs7-signature is supported", fmt::join(options.protocols, ", ")));
    for (auto const& name : options.micalgs) {
        auto const digest = digest_named(name);
        if (!digest || (*digest == Digest::sha1 && !accepts_sha1)) continue;
        form.micalg = digest;
        return form;
    }
    if (!options.micalgs.empty())
        return fault(FaultKind::unsupported_mic_algorithms,
                     fmt::format("a MIC by \"{}\" was asked for; sha256, sha384, sha512, sha224, sha3-256 and its kin{} are supported", fmt::join(options.micalgs, ", "),
                                 accepts_sha1 ? ", sha1" : ""));
    return form;
}

std::optional<Disposition> read_disposition(std::string_view value) {
    Disposition read;
    auto const semicolon = value.find(';');
    auto rest = semicolon == std::string_view::npos ? value : value.substr(semicolon + 1);
    if (semicolon == std::string_view::npos && value.find("action") != std::string_view::npos) return std::nullopt;
    read.mode = semicolon == std::string_view::npos ? std::string() : std::string(trimmed(value.substr(0, semicolon)));
    rest = trimmed(rest);
    auto const slash = rest.find('/'), colon = rest.find(':');
    read.type = lower(trimmed(rest.substr(0, std::min({slash, colon, rest.size()}))));
    if (slash != std::string_view::npos && slash < colon)
        read.modifier = lower(trimmed(rest.substr(slash + 1, colon == std::string_view::npos ? colon : colon - slash - 1)));
    if (colon != std::string_view::npos) read.text = trimmed(rest.substr(colon + 1));
    // "processed: error: x": some leave the slash out.
    if (read.modifier.empty() && !read.text.empty()) {
        auto const inner = std::string_view(read.text).find(':');
        auto const word = lower(trimmed(std::string_view(read.text).substr(0, inner)));
        if (word == "error" || word == "failure" || word == "warning") {
            read.modifier = word;
            read.text = inner == std::string::npos ? std::string() : std::string(trimmed(std::string_view(read.text).substr(inner + 1)));
        }
    }
    if (read.type.empty()) return std::nullopt;
    return read;
}

std::string write_disposition(Disposition const& disposition) {
    auto text = fmt::format("{}; {}", disposition.mode, disposition.type);
    if (!disposition.modifier.empty()) text += "/" + disposition.modifier;
    if (!disposition.text.empty()) text += ": " + disposition.text;
    return text;
}

Disposition disposition_for(FaultKind kind) {
    Disposition made;
    made.modifier = "error";
    switch (kind) {
    case FaultKind::decryption_failed: made.text = "decryption-failed"; break;
    case FaultKind::authentication_failed: made.text = "authentication-failed"; break;
    case FaultKind::integrity_check_failed: made.text = "integrity-check-failed"; break;
    case FaultKind::decompression_failed: made.text = "decompression-failed"; break;
    case FaultKind::insufficient_message_security: made.text = "insufficient-message-security"; break;
    case FaultKind::unknown_trading_relationship: made.text = "unknown-trading-relationship"; break;
    case FaultKind::duplicate_filename: made.text = "duplicate-filename"; break;
    case FaultKind::illegal_filename: made.text = "illegal-filename"; break;
    case FaultKind::invalid_message_id: made.text = "invalid-message-id"; break;
    case FaultKind::unexpected_processing_error:
    case FaultKind::local: made.text = "unexpected-processing-error"; break;
    case FaultKind::unsupported_format:
    case FaultKind::unsupported_mic_algorithms:
        made.type = "failed";
        made.modifier = "Failure"; // RFC 4130 7.5.5 and the certification rounds write it so
        made.text = kind == FaultKind::unsupported_format ? "unsupported format" : "unsupported MIC-algorithms";
        break;
    }
    return made;
}

std::optional<Mic> read_mic(std::string_view value) {
    auto const comma = value.rfind(',');
    Mic mic;
    for (char const c : value.substr(0, comma))
        if (std::string_view(" \t\r\n\"").find(c) == std::string_view::npos) mic.base64 += c;
    if (mic.base64.empty() || !from_base64(mic.base64)) return std::nullopt;
    if (comma != std::string_view::npos) mic.algorithm = unquoted(value.substr(comma + 1));
    mic.digest = digest_named(mic.algorithm);
    return mic;
}

std::string write_mic(std::string_view digest_bytes, Digest digest, MicSpelling spelling) {
    return fmt::format("{}, {}", to_base64(digest_bytes), name_of(digest, spelling));
}

} // namespace wharf::transport::as2
