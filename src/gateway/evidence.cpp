#include "gateway/evidence.hpp"

#include "gateway/context.hpp"
#include "gateway/exchanges.hpp"
#include "syntax/json/value.hpp"

#include <array>
#include <fmt/format.h>

namespace wharf::gateway {

using store::Direction;

namespace {

constexpr std::string_view verify_script = R"sh(#!/bin/sh
# Verifies this exchange with the openssl command alone (1.1.1 or newer). Exit code 0: all that is there holds; 1: something does
# not; 2: openssl is missing; 3: nothing is wrong, but no receipt says that the message was taken.
cd "$(dirname "$0")" || exit 2
command -v openssl >/dev/null || { echo "openssl is not installed"; exit 2; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
bad=0

signature() { # WHAT
  [ -f "$1.p7s" ] || { echo "$1: not signed"; return; }
  if openssl cms -verify -binary -inform DER -in "$1.p7s" -content "$1.signed" -certfile certificates.pem -nointern \
      -noverify -signer "$work/signer.pem" -out "$work/content" 2>"$work/why" && cmp -s "$work/content" "$1.signed"; then
    echo "$1: the signature holds; it was made by"
    openssl x509 -in "$work/signer.pem" -noout -subject -issuer -serial -dates -fingerprint -sha256 | sed 's/^/    /'
  else
    echo "$1: THE SIGNATURE DOES NOT HOLD"
    sed 's/^/    /' "$work/why"
    bad=1
  fi
}

signature message
signature receipt

receipt=receipt.signed
[ -f "$receipt" ] || receipt=receipt
if [ -f "$receipt" ] && [ -f message.signed ]; then
  line=$(tr -d '\r' <"$receipt" | grep -i '^received-content-mic:' | head -n 1 | sed 's/^[^:]*: *//')
  told=$(printf %s "$line" | sed 's/ *,.*//')
  digest=$(printf %s "$line" | sed 's/^[^,]*, *//' | tr 'A-Z' 'a-z' | tr -d ' \t-')
  case "$digest" in
    sha1 | sha224 | sha256 | sha384 | sha512) ;;
    sha3224 | sha3256 | sha3384 | sha3512) digest="sha3-${digest#sha3}" ;;
    rsasha1) digest=sha1 ;;
    rsasha256) digest=sha256 ;;
    *) digest=unknown ;;
  esac
  made=
  [ "$digest" = unknown ] || made=$(openssl dgst "-$digest" -binary message.signed 2>/dev/null | openssl base64 -A)
  if [ -z "$line" ]; then
    echo "digest: the receipt tells none"
  elif [ "$digest" = unknown ]; then
    echo "digest: THE RECEIPT NAMES NONE THAT IS KNOWN: $line"
    bad=1
  elif [ "$told" = "$made" ]; then
    echo "digest: the receipt is for exactly these bytes ($digest $made)"
  else
    echo "digest: THE RECEIPT IS FOR OTHER BYTES: it says $told, these give $made"
    bad=1
  fi
  tr -d '\r' <"$receipt" | grep -iE '^(original-message-id|disposition|final-recipient):' | sed 's/^/    /'
fi
if [ $bad != 0 ]; then
  echo "RESULT: something does not hold"
elif [ ! -f "$receipt" ]; then
  echo "RESULT: no receipt came; nothing here proves that the receiver has the message"
  bad=3
elif ! tr -d '\r' <"$receipt" | grep -iqE '^disposition:.*;[[:space:]]*processed([[:space:]]*$|/warning)'; then
  echo "RESULT: the receipt says that the message was NOT taken"
  bad=3
else
  echo "RESULT: the receiver says that he took the message, and nothing contradicts it"
fi
exit $bad
)sh";

void add(Evidence& evidence, std::string name, std::string text) {
    if (!text.empty())
        evidence.files.push_back({std::move(name), transport::Content(std::move(text))});
}

std::string description(store::Exchange const& exchange) {
    json::Value out{json::Object{}};
    auto const put = [&](char const* name, std::string_view text) {
        if (!text.empty())
            out.set(name, json::Value(text));
    };
    put("id", exchange.id);
    put("direction", to_string(exchange.direction));
    put("channel", exchange.channel);
    put("state", to_string(exchange.state));
    put("as2_message_id", exchange.as2_message_id);
    auto const names = names_of(exchange);
    put("as2_from", names.from);
    put("as2_to", names.to);
    put("message", exchange.message_id);
    put("mic", exchange.mic);
    put("disposition", exchange.disposition);
    put("receipt", to_string(exchange.receipt));
    put("receipt_message_id", exchange.receipt_message_id);
    put("certificates", exchange.certificates);
    put("reason", exchange.reason);
    put("created_at", to_iso8601(exchange.created_at));
    put("updated_at", to_iso8601(exchange.updated_at));
    return json::to_pretty_text(out);
}

bool has(Evidence const& evidence, std::string_view name) {
    for (auto const& file : evidence.files)
        if (file.name == name)
            return true;
    return false;
}

std::string manual(store::Exchange const& exchange, Evidence const& evidence) {
    bool const is_inbound = exchange.direction == Direction::inbound;
    std::string_view const sender = is_inbound ? "the partner" : "us", receiver = is_inbound ? "us" : "the partner";
    std::string text = fmt::format("Evidence of one AS2 exchange (RFC 4130)\n"
                                   "=======================================\n\n"
                                   "Message-ID {}, sent by {} to {} over the relation {}.\n"
                                   "exchange.json and the files *.http-head tell the rest.\n\n"
                                   "    sh verify.sh\n\n"
                                   "runs the openssl command over these files; it needs nothing else. What it proves:\n\n",
                                   exchange.as2_message_id, sender, receiver, exchange.channel);
    text += has(evidence, "message.p7s")
                ? "- message.signed was signed by the holder of the certificate that is printed, and was not changed since.\n"
                : "- Nothing about who made the message: it was not signed. message.signed is what its digest was made of.\n";
    if (has(evidence, "receipt.p7s"))
        text += "- receipt.signed was signed by the holder of the other certificate: the receiver had the bytes whose digest it tells,\n"
                "  and says by `Disposition` what became of them.\n";
    else if (has(evidence, "receipt"))
        text += "- The receipt was not signed: it proves nothing of who wrote it.\n";
    else
        text += "- There is no receipt.\n";
    text += "\nWhat it does not prove: when it happened (the times are our clock's), and to whom a certificate belongs. Compare the\n"
            "fingerprints with what the partners exchanged when the relation was set up.\n\n"
            "message.signed is one entity of MIME: its head, an empty line, and the payload in its transfer encoding; or, where the message\n"
            "was compressed before it was signed, a CompressedData of CMS (RFC 3274) in that place.\n";
    return text;
}

struct Kept {
    std::string_view vault, file;
};
constexpr std::array kept = {Kept{vault_name::signed_bytes, "message.signed"}, Kept{vault_name::signature, "message.p7s"},
                             Kept{vault_name::receipt, "receipt"},             Kept{vault_name::receipt_signed, "receipt.signed"},
                             Kept{vault_name::receipt_signature, "receipt.p7s"}, Kept{vault_name::certificates, "certificates.pem"}};

} // namespace

Result<Evidence> collect_evidence(store::Store& store, Vault const& vault, store::Exchange const& exchange, Timestamp now) {
    Evidence evidence;
    evidence.name = "evidence-" + exchange.id;
    evidence.made_at = now;
    if (exchange.emptied_at)
        return permanent(fmt::format("the bytes of exchange {} were removed on {}, as evidence_days of its channel or of wharf.yaml says; its MIC was {}", exchange.id,
                                     to_iso8601(*exchange.emptied_at), exchange.mic.empty() ? "none" : exchange.mic));
    for (auto const& one : kept) {
        auto content = vault.open(store, exchange.id, one.vault);
        if (!content)
            return unexpected(std::move(content.error()));
        if (!content->is_empty())
            evidence.files.push_back({std::string(one.file), std::move(*content)});
    }
    if (has(evidence, "message.p7s") && !has(evidence, "message.signed"))
        return permanent(fmt::format("the signed bytes of exchange {} are gone: they were a file in {} beside the store, which "
                                     "somebody removed",
                                     exchange.id, vault.place_of(exchange.id)));
    add(evidence, "message.http-head", exchange.head);
    add(evidence, "receipt.http-head", exchange.receipt_head);
    add(evidence, "exchange.json", description(exchange));
    auto const text = manual(exchange, evidence);
    add(evidence, "README.txt", text);
    add(evidence, "verify.sh", std::string(verify_script));
    evidence.files.back().is_executable = true;
    return evidence;
}

} // namespace wharf::gateway
