#include "diagnostic/log_words.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace wharf {
namespace {

constexpr std::string_view nothing = "Nothing: this is the usual course.";

constexpr std::array events = {
    AlarmEntry{"accepted", "A document is valid and has its targets: it is delivered next.", nothing},
    AlarmEntry{"acknowledged", "The partner's 997 or 999 accepts a set that we sent.", nothing},
    AlarmEntry{"alarm_settled", "Somebody settled alarms (`wharf alarm settle`). One that still stands is not raised again until its text changes.", nothing},
    AlarmEntry{"answered_again", "An interchange came a second time, and its stored acknowledgment goes out once more.",
               "Nothing, unless it happens often: then the partner does not get our acknowledgments."},
    AlarmEntry{"api", "A request to the API, with the status it was answered with. Its body and tokens are never logged.", "Nothing; the answer told the caller what was wrong."},
    AlarmEntry{"as2_broken_off", "The partner's connection broke while its message came in. What had come is kept for a while where the partner can go on from there.",
               "Nothing: the partner sends again. Where it happens often, look at the proxies and time limits in between."},
    AlarmEntry{"as2_client_certificates", "Whether our AS2 server asks callers for a client certificate of TLS. It does when some relation has incoming.client_certificates.", nothing},
    AlarmEntry{"as2_evidence_removed", "The bytes of old AS2 messages were removed because they are older than evidence_days. What was exchanged, with MIC and receipt, stays.",
               "Nothing; `as2.evidence_days` says how long they are kept."},
    AlarmEntry{"as2_left_out", "Lines of this kind were so many within a minute that the others were not written: left_out says how many.",
               "See what the event in the line means, and who causes it: as a rule a partner's system that repeats itself, or a stranger who tries addresses."},
    AlarmEntry{"as2_packed", "A message was signed, compressed and encrypted as agreed, and stored with its Message-ID. It is sent next.", nothing},
    AlarmEntry{"as2_receipt", "The partner's receipt (MDN) came; the text is its disposition.", "Nothing when it says `processed`. `wharf explain` knows the words of errors, such as authentication-failed."},
    AlarmEntry{"as2_receipt_again", "The partner sent a message again that we have; the stored receipt goes to its address once more.",
               "Nothing, unless it happens often: then the partner does not get our receipts."},
    AlarmEntry{"as2_receipt_sent", "An asynchronous receipt of ours was taken by the partner's server.", nothing},
    AlarmEntry{"as2_receipt_waits", "An asynchronous receipt of ours could not be sent and is tried again; the reason stands beside it.",
               "Nothing at first. Where it goes on, try `as2.incoming.receipt_address` of the channel from this machine."},
    AlarmEntry{"as2_received", "A message was opened, its signature is good as far as one is agreed, and its files are taken. The receipt says so.", nothing},
    AlarmEntry{"as2_refused", "A message was not taken, and the partner is told so in the receipt, or by the status of HTTP. The reason stands beside it.",
               "`wharf exchange show ID` has the details, and docs/connect/README.md the usual causes by the word of the disposition."},
    AlarmEntry{"as2_relation_renewed", "Certificates or settings of a relation were changed in the files, and are in use from now on.", "Nothing, if somebody here has changed them."},
    AlarmEntry{"as2_repeated", "A message came with a Message-ID that was there before. It is answered as the first one was, and nothing is processed twice.",
               "Nothing, unless it happens often: then the partner does not get our answers."},
    AlarmEntry{"as2_restarted", "The partner goes on with a message where its connection broke off.", nothing},
    AlarmEntry{"as2_sent", "The partner's server took a message; its receipt comes later by itself.", "Nothing; AS2_RECEIPT_OVERDUE tells when it does not come."},
    AlarmEntry{"as2_stored", "A message is stored as it came, and is opened next.", nothing},
    AlarmEntry{"as2_stranger", "A request to the AS2 server was for no relation: its two AS2 names, its login or its client certificate are not known together, or it was no AS2 at all.",
               "If it was a partner: compare AS2-From and AS2-To in the line with own_name and partner_name of the channel, letter by letter. If it was a stranger: nothing."},
    AlarmEntry{"caller_refused", "A connection to one of our servers was closed before a request was read: it was too slow, no HTTP or TLS, or there were too many.",
               "If it was a partner or a program of yours: the reason says what it did. Else nothing."},
    AlarmEntry{"certificate_read", "The certificate of our API's TLS was read anew (SIGHUP) and is shown from now on.", nothing},
    AlarmEntry{"certificate_refused", "A new certificate for TLS could not be read; the earlier one stays in use.",
               "`wharf partner check` and `wharf cert check` say what is wrong with its files."},
    AlarmEntry{"connected", "A channel has logged in at the partner's server. For SFTP the line names the engine and what was agreed with the server.", nothing},
    AlarmEntry{"delivered", "A target took a document.", nothing},
    AlarmEntry{"delivery_failed", "A target could not be reached, or asked us to come again. The delivery is tried again at the time in the text.",
               "Nothing at first. Where it goes on, look at the target; `retry` in wharf.yaml says for how long it is tried."},
    AlarmEntry{"delivery_given_up", "A target did not take a document in all attempts. The delivery is a dead letter.",
               "Put the target right, then `wharf dead-letter retry`."},
    AlarmEntry{"delivery_refused", "A target said no to a document for a reason that stays, a 4xx as a rule. The delivery is a dead letter.",
               "`wharf message show` has the target's answer. Correct its cause there or in the map, then `wharf dead-letter retry`."},
    AlarmEntry{"delivery_retried", "Somebody asked for a dead delivery to be tried again.", nothing},
    AlarmEntry{"discarded", "Somebody has put aside what was held or dead. Nothing more happens with it.", nothing},
    AlarmEntry{"fetch_failed", "A file in an inbox could not be read for a reason that stays; the other files are taken. It is tried again at each look.",
               "Look at the file's rights on the server; ask the partner."},
    AlarmEntry{"fewer_connections", "A partner's server refused one more connection beside those that are open. The channel does with the fewer for ten minutes, then tries again.",
               "Nothing, or set `connections` of the channel to what the server takes."},
    AlarmEntry{"hastened", "Somebody let what waits for its next attempt go now (`wharf message send-now`).", nothing},
    AlarmEntry{"job_failed", "A step of the gateway's work failed for a reason outside of the message: the store, the disk, the memory. It is tried again.",
               "Look at the reason, at the disk and at the memory of the machine. Nothing is lost."},
    AlarmEntry{"no_documents", "A file without envelope (CSV, fixed width, XML, JSON) holds no document.", "If it should hold one: its map says what a document is; `wharf translate FILE` shows what is read."},
    AlarmEntry{"no_more_looks", "The cron expression of a channel has no further time: its calendars have no days that are left.", "Give the calendars the days of the next years."},
    AlarmEntry{"not_watched", "A folder is looked at every poll_interval only, because the system does not tell of new files there: it is on another machine, is gone, or all watches are used up.",
               "Nothing on network folders. Else see that the folder is there, and raise fs.inotify.max_user_watches."},
    AlarmEntry{"numbered", "A message to a partner has its control numbers and is stored. It is sent next.", nothing},
    AlarmEntry{"poll_failed", "A look at a channel failed: its server was not reached, did not let us in, or its inbox is not there. It is looked at again in its turn.",
               "The reason says which. What we send over this channel waits as well."},
    AlarmEntry{"processed", "An interchange or file was read; what became of each document stands beside it.", nothing},
    AlarmEntry{"processed_again", "Somebody asked for a held or dead message to be processed again; it goes on under the transfer in the text.", nothing},
    AlarmEntry{"received", "A file came in and is stored, before anything else happens with it.", nothing},
    AlarmEntry{"recorded", "An acknowledgment was matched with the message that it answers.", nothing},
    AlarmEntry{"rejected", "A transaction set has errors by which it cannot be used. The 997 or 999 tells the partner; nothing is delivered.",
               "`wharf message show` has the findings. The partner must send it corrected; or `findings` and `accept_with_errors` in his profile say what is tolerated."},
    AlarmEntry{"sent", "The partner has the message: its file is in his folder, or his AS2 server took it and gave the receipt that was asked for.", nothing},
    AlarmEntry{"sent_again", "Somebody asked for a message to be sent once more, under new control numbers.", nothing},
    AlarmEntry{"serving", "The gateway is up: its API listens, channels are looked at.", nothing},
    AlarmEntry{"serving_as2", "The AS2 server listens at the address and ports in the line.", nothing},
    AlarmEntry{"set_aside", "A file is larger than the channel takes, and was put aside unread: into `failed` beside the inbox, or, of AS2, as a dead letter.",
               "If it should be taken, raise max_bytes of the channel or limits.message_bytes of wharf.yaml. Then move the file back, or `wharf dead-letter retry`."},
    AlarmEntry{"skipped", "Something in an inbox is no file: a folder beyond `depth`, a link, or a special file; or its name cannot be used. It is left alone, and told once.",
               "Nothing, unless it should come in: then ask the partner for a plain file."},
    AlarmEntry{"split_by_store", "An order for several stores was made into one document for each.", nothing},
    AlarmEntry{"split_off", "This document is the part of an order that is for one store.", nothing},
    AlarmEntry{"stopped", "The gateway has ended; what was begun is finished, or goes on at the next start.", nothing},
    AlarmEntry{"stopping", "The gateway was asked to end (SIGTERM, SIGINT) and finishes what it has begun.", nothing},
    AlarmEntry{"store_failed", "The store could not be read or written. The work is tried again.", "Look at the disk of the store: space, rights, errors."},
    AlarmEntry{"ta1", "The partner's TA1 says whether our interchange was taken.", "Nothing when it was accepted; a refusal is REFUSED_BY_PARTNER."},
    AlarmEntry{"transfer_retried", "Somebody asked for a dead file to be processed again.", nothing},
    AlarmEntry{"transmission_failed", "An attempt to bring a message to the partner failed for a reason that may pass. It is tried again at the time in the text, on AS2 under the same Message-ID.",
               "Nothing at first. Where it goes on, the reason says what to look at: the partner's server, the way to it, login or certificates."},
    AlarmEntry{"transmission_given_up", "A message could not be brought to the partner: all attempts failed, or the reason stays. It is a dead letter.",
               "`wharf message show` has the reason. Correct it, then `wharf dead-letter retry`."},
    AlarmEntry{"transmission_retried", "Somebody asked for a dead message to be sent again, with the same numbers.", nothing},
    AlarmEntry{"waits_for_window", "A message waits because the partner may be connected to only in the windows of the channel's schedule; the line says until when.",
               "Nothing; `wharf poll --once --now` sends it all the same."},
    AlarmEntry{"watched", "The system tells of new files in a folder, so that they are taken at once.", nothing},
    AlarmEntry{"written", "A file that is no X12 is stored under its name. It is sent next.", nothing},
};

constexpr std::array dispositions = {
    AlarmEntry{"authentication-failed", "AS2: the receiver cannot tell that the message is the sender's: it is signed by a certificate that the receiver does not know, or not in a form that it reads.",
               "The receiver needs the certificate that the sender signs with today, for the checking of signatures. Compare fingerprints; `wharf cert list` shows which of ours `signs now`."},
    AlarmEntry{"decompression-failed", "AS2: the compressed part of the message could not be unpacked: it is damaged, no zlib stream, or grows beyond what is allowed.",
               "Agree on compression, or leave it out: `outgoing.compress: none`."},
    AlarmEntry{"decryption-failed", "AS2: the receiver has no key for the message, or it came damaged. As a rule it is encrypted for an old certificate of the receiver's, or for another's.",
               "Compare the fingerprint of the certificate that the sender encrypts for with the receiver's own; `wharf cert list` shows ours and which of theirs `encrypts now`."},
    AlarmEntry{"duplicate-document", "AS2: a warning: the receiver had the message already, and has processed it once.", "Nothing: the message is there. Ask why it was sent again where that happens often."},
    AlarmEntry{"duplicate-filename", "AS2: a file of this name came before, and the receiver takes each name once.",
               "Send it under another name; ours come from `file_name` of the profile. For what we receive: `incoming.refuse_repeated_names`."},
    AlarmEntry{"illegal-filename", "AS2: the file name in the message has a path, or characters that the receiver does not take.",
               "Use letters, digits, '.', '-' and '_'; ours come from `file_name` of the profile. For what we receive: `incoming.refuse_unsafe_names`."},
    AlarmEntry{"insufficient-message-security", "AS2: the message is not signed, not encrypted, or by weaker algorithms than the receiver asks for.",
               "Sender and receiver must agree: `outgoing.sign` and `outgoing.encrypt` here, `incoming.require_signature`, `require_encryption`, `accept_sha1` and `accept_3des` for what we receive."},
    AlarmEntry{"integrity-check-failed", "AS2: the signature is by the right key, and the content is not what was signed: it was changed or cut short on the way.",
               "Look for proxies and scanners in between that rewrite line ends or encodings; use HTTPS from end to end, and base64 (`outgoing.payload_encoding`) where binary does not pass."},
    AlarmEntry{"invalid-message-id", "AS2: the Message-ID is missing, too long, or not of the form <text@text>.", "The sender must give each message one of its own."},
    AlarmEntry{"sender-equals-receiver", "AS2: both AS2 names of the message are the same.", "Give the two sides different names: own_name and partner_name."},
    AlarmEntry{"unexpected-processing-error", "AS2: anything else went wrong at the receiver. The text of the receipt says more, if anything does.",
               "Read the text: `wharf message show` prints it. Else ask the receiver, whose log has the reason, and give the Message-ID."},
    AlarmEntry{"unknown-trading-relationship", "AS2: the receiver does not know these two AS2 names together.",
               "Compare own_name and partner_name with the partner's settings, letter by letter; capitals and blanks count."},
    AlarmEntry{"unsupported format", "AS2: the sender asked for a receipt in a form that the receiver cannot make, or sent a kind of message that is not taken, such as a certificate exchange message (CEM).",
               "Ask for a receipt signed as pkcs7-signature, or for none. Certificates go another way: `wharf cert import`."},
    AlarmEntry{"unsupported mic-algorithms", "AS2: the sender asked for a receipt with digests that the receiver does not know or does not allow.",
               "Ask for sha256: `outgoing.receipt.digests`. SHA-1 is allowed here by `incoming.accept_sha1` alone."},
};

AlarmEntry const* find(std::span<AlarmEntry const> list, std::string_view word) {
    auto const found = std::ranges::find(list, word, &AlarmEntry::word);
    return found == list.end() ? nullptr : &*found;
}

} // namespace

std::span<AlarmEntry const> all_events() { return events; }
AlarmEntry const* find_event(std::string_view word) { return find(events, word); }

std::span<AlarmEntry const> all_dispositions() { return dispositions; }

AlarmEntry const* find_disposition(std::string_view text) {
    if (auto const colon = text.rfind(':'); colon != std::string_view::npos) text.remove_prefix(colon + 1);
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    std::string word(text);
    std::ranges::transform(word, word.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return find(dispositions, word);
}

} // namespace wharf
