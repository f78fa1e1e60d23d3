#include "diagnostic/alarms.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace wharf {
namespace {

constexpr std::array alarms = {
    AlarmEntry{"ACKNOWLEDGMENT_CONTRADICTS", "A second 997 says something else about a group than the first did. The first counts.",
               "Ask the partner which of the two is right, and process the documents again on the side that is wrong."},
    AlarmEntry{"ACKNOWLEDGMENT_NOT_WRITTEN", "A 997 or TA1 that the partner should get could not be written: his profile or its channel does not allow it.",
               "The text says why. Correct the profile, then `wharf dead-letter retry` of the message that was to be acknowledged; or tell the partner by hand."},
    AlarmEntry{"ACKNOWLEDGMENT_OVERDUE", "No 997 came within expect_997_within. The message is `overdue`; an answer that still comes is applied and marked late.",
               "Ask the partner whether he has the file. `wharf message resend` sends it once more under new numbers."},
    AlarmEntry{"ACKNOWLEDGMENT_UNCLEAR", "A 997 accepts a part of a group and names no refused set, so it does not say which set is meant.",
               "Ask the partner; the sets in question stay without an answer."},
    AlarmEntry{"AS2_ALARM", "Something about a message that came over AS2 is not as agreed: it was refused, asks for its receipt at another address, or for an asynchronous one "
                            "although the channel gives no address.",
               "The text says which. Asynchronous receipts go to `as2.incoming.receipt_address` of the channel, never to the address in a message. `wharf exchange show ID` "
               "tells the rest."},
    AlarmEntry{"AS2_CERTIFICATES_UNREADABLE", "A key or certificate of an AS2 relation was changed and cannot be read. The earlier ones stay in use.",
               "`wharf cert check` names the file and the reason."},
    AlarmEntry{"AS2_CONFIGURATION_UNREADABLE", "wharf.yaml or a channel was changed and cannot be read. The AS2 relations stay as they were.", "`wharf partner check` tells what is wrong."},
    AlarmEntry{"AS2_MESSAGE_ID_REUSED", "A partner's message came under a Message-ID that an earlier one had, but with another content. It was answered with the earlier "
                                        "one's receipt, as AS2 demands, and was not processed: the partner believes that we have it.",
               "Ask the partner what it was; he must send it again under a new Message-ID. `wharf exchange show ID` has the digests of both."},
    AlarmEntry{"AS2_NOT_OPENED", "Opening a message was begun again and again and never came to an end. It is given up, and its bytes are kept.",
               "This is a fault of the gateway: report it with the bytes, which lie in the folder `exchanges` beside the store."},
    AlarmEntry{"AS2_NOT_TAKEN", "A message could not be taken because the store or the disk failed. The partner was answered 503 and comes again.",
               "Look at the disk of the store: space, rights, errors."},
    AlarmEntry{"AS2_RECEIPT_FAILED", "The partner's receipt says no, is not signed as agreed, or is for other bytes than ours; or it was not in the answer. The message is a dead letter.",
               "`wharf message show` has the partner's words; docs/connect/README.md has the usual causes. After the correction: `wharf dead-letter retry`."},
    AlarmEntry{"AS2_RECEIPT_KEY", "A receipt was signed with a certificate of ours that has expired or is not for signing, because there is no other. The partner may not take it.",
               "`wharf cert rollover`, and send the partner the new certificate."},
    AlarmEntry{"AS2_RECEIPT_NOT_TAKEN", "A receipt came to our address that the partner did not sign, that cannot be read, or that contradicts an earlier one. Nothing has changed.",
               "If it was the partner: compare the certificate that he signs with. If it was a stranger: nothing."},
    AlarmEntry{"AS2_RECEIPT_OVERDUE", "The partner's server took a message, but no receipt came within outgoing.receipt.timeout. The message is a dead letter, unless a 997 has accepted it "
                                      "meanwhile: then only the proof of receipt is missing.",
               "Ask the partner for the receipt, and whether `as2.public_url`, which he was told, is the address that he can reach. `wharf exchange list --refused` has the exchange."},
    AlarmEntry{"AS2_RECEIPT_UNMATCHED", "A receipt came for a Message-ID under which nothing was sent on that channel.", "Ask the partner; his system may mix up two relations."},
    AlarmEntry{"AS2_RECEIPT_UNSENT", "An asynchronous receipt could not be sent and was given up. The message itself was taken.",
               "Try `as2.incoming.receipt_address` from this machine. The partner gets the receipt when he sends the message again."},
    AlarmEntry{"AS2_RELATION_UNUSABLE", "A key or certificate of an AS2 relation cannot be read; what it is needed for does not work.", "`wharf cert check` names the file and the reason."},
    AlarmEntry{"AS2_SENDING_FAILED", "Nobody took a message: the partner's server refused it, or was not reached in all attempts. It is a dead letter.",
               "`wharf message show` has the reason. Correct names, address or certificates, then `wharf dead-letter retry`."},
    AlarmEntry{"CERTIFICATE_EXPIRED", "A certificate in use has ended.", "Ours: `wharf cert rollover`. The partner's: ask him for the new one, then `wharf cert import`."},
    AlarmEntry{"CERTIFICATE_EXPIRES", "A certificate ends within 30 days, and none follows it.", "Ours: `wharf cert rollover`. The partner's: ask him for the new one, then `wharf cert import`."},
    AlarmEntry{"CERTIFICATE_KEY_OPEN", "The file of a private key can be read by others on the machine: whoever reads it can be us.", "chmod 600 FILE."},
    AlarmEntry{"CERTIFICATE_MISSING", "A relation cannot work without a certificate that nobody has entered yet.", "`wharf cert list` names it; `wharf cert import` or `wharf cert request` enters it."},
    AlarmEntry{"CERTIFICATE_NOT_YET_VALID", "A certificate is not valid before a later day, and no other can be used until then.", "Look at the clock of this machine; else ask for one that is valid now."},
    AlarmEntry{"CERTIFICATE_UNREADABLE", "The file of a certificate or key is missing, cannot be read, or needs another passphrase.", "`wharf cert check` names file and reason."},
    AlarmEntry{"CERTIFICATE_WEAK", "The key of a certificate has fewer than 2048 bits.", "Ask its owner for a new one."},
    AlarmEntry{"DEAD_LETTER", "A file or interchange cannot be processed.", "`wharf dead-letter list` has the reason; `retry` takes it again after the correction, `discard` puts it aside."},
    AlarmEntry{"DUPLICATE_DOCUMENT", "A document with this number came from this partner before. It was acknowledged and not delivered again.",
               "Nothing, as a rule; the checks are set under `duplicates` in the profile."},
    AlarmEntry{"DUPLICATE_INTERCHANGE", "The same bytes came before. Nothing is delivered again; the stored acknowledgment goes out once more.",
               "Nothing, unless it happens often: then the partner does not get our acknowledgments."},
    AlarmEntry{"DUPLICATE_INVOICE", "An invoice with this number came from this partner before. It was acknowledged and not delivered again.",
               "Nothing, as a rule; the checks are set under `duplicates` in the profile."},
    AlarmEntry{"GUIDE_VIOLATED", "A document is valid X12, but not what the partner's guide allows. It is held.",
               "Talk to the partner. `wharf dead-letter retry` delivers it when the guide or `findings` of the profile were changed."},
    AlarmEntry{"HL_INVALID", "The levels (HL) of a ship notice do not make a tree: a parent is missing, or stands behind its child. The document is acknowledged and held.",
               "`wharf message show` names the HL. The partner must send the notice again."},
    AlarmEntry{"HOST_KEY_REFUSED", "An SFTP server shows another host key than the one that is known. The channel is stopped: somebody may be in between.",
               "Ask the partner whether he changed the key, by another way than the network; then correct `known_hosts` or the channel's host key."},
    AlarmEntry{"INTERCHANGE_NUMBER_REUSED", "An interchange number came before with other bytes. The message is held.",
               "Ask the partner which one he means. `wharf dead-letter retry` processes it, `discard` puts it aside."},
    AlarmEntry{"INTERCHANGE_REJECTED", "The envelope of an interchange cannot be trusted. Nothing of it is delivered; the partner gets a TA1 where that is agreed.",
               "`wharf message show` has the findings; the partner must send it again."},
    AlarmEntry{"MAPPING_REFUSED", "A document is valid X12 but cannot be translated. It is acknowledged and held.", "`wharf message show` says which value is the cause. Change map, profile or unit tables, then `wharf dead-letter retry`."},
    AlarmEntry{"NOT_SPLIT", "An order to several places would become too many or too large orders; it is delivered whole.", "Deal with it by hand, or ask the partner for smaller orders."},
    AlarmEntry{"NO_TARGET", "A document is valid, but no target takes it. It is held.", "Name a target for it in the partner's profile, then `wharf dead-letter retry`."},
    AlarmEntry{"QUARANTINED", "Sender or receiver of an interchange is unknown on this channel. Nothing of it is answered or delivered.",
               "Correct identifiers or `senders`, then `wharf dead-letter retry`; or `discard`."},
    AlarmEntry{"REFUSED_BY_PARTNER", "The partner's 997 or TA1 refuses what we sent.", "`wharf message show` has his findings. Correct the cause, and send the document again."},
    AlarmEntry{"UNMATCHED_ACKNOWLEDGMENT", "A 997 is for a group that we never sent, or names a set that was not in it.", "Ask the partner; his system may mix up numbers or partners."},
};

} // namespace

std::span<AlarmEntry const> all_alarms() { return alarms; }

AlarmEntry const* find_alarm(std::string_view word) {
    auto const found = std::ranges::find(alarms, word, &AlarmEntry::word);
    if (found != alarms.end())
        return &*found;
    // "DUPLICATE_SHIP_NOTICE": each kind of document has its word.
    return word.starts_with("DUPLICATE_") ? find_alarm("DUPLICATE_DOCUMENT") : nullptr;
}

std::optional<CodeEntry> find_code_by_name(std::string_view word) {
    std::string name(word);
    std::ranges::transform(name, name.begin(), [](char c) { return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    for (auto const& entry : all_codes())
        if (entry.name == name)
            return entry;
    return std::nullopt;
}

} // namespace wharf
