// What we send: a draft (everything but its numbers), checked against our own grammar before it may be numbered, then
// numbered, written and stored in one commit. A file of a format other than X12 is written already when it becomes a draft; of
// numbers it only has one in its name.
//
// Drafts own their texts; partner and identity point into the configuration. Pure but for commit_draft.
#pragma once

#include "document/turnaround.hpp"
#include "gateway/context.hpp"
#include "syntax/x12/writer.hpp"

#include <string>
#include <variant>
#include <vector>

namespace wharf::gateway {

struct DraftSet {
    std::string set; // ST01
    std::variant<std::vector<x12::OutSegment>, x12::SetBody> body; // segments to be written; or as a translator wrote it
    std::string implementation_reference; // ST03; empty: left out
    store::Document document; // kind empty: an acknowledgment, which has no document
    std::vector<std::string> orders;         // all order numbers, for search
    std::vector<document::Package> packages; // that got an SSCC
};

struct Draft {
    partner::PartnerProfile const* partner = nullptr;
    x12::PartyIdentifier sender;   // we
    x12::PartyIdentifier receiver; // they
    std::string identity;          // name of ours, for file names
    bool test = false;
    char usage = 'P';
    std::string functional_id; // GS01: "PO", "FA"; "TA1": no group, `service` alone
    std::string release;       // GS08
    partner::DocumentAgreement const* agreement = nullptr; // of documents; nullptr: an acknowledgment
    std::vector<x12::OutSegment> service;
    std::vector<DraftSet> sets;
    std::string file;      // not X12: the bytes
    std::string answers;   // id of the inbound message this acknowledges
    std::string resend_of; // id of the outbound message sent again

    [[nodiscard]] bool is_x12() const { return agreement == nullptr || agreement->is_x12(); }
    [[nodiscard]] partner::Envelope const& envelope() const { return agreement ? agreement->envelope : partner->envelope; }
    [[nodiscard]] std::string const& channel() const { return agreement ? agreement->channel : partner->channel; }
    [[nodiscard]] std::string const& file_name() const { return agreement ? agreement->file_name : partner->file_name; }
    [[nodiscard]] x12::Delimiters delimiters() const;
};

struct ControlNumbers {
    std::uint64_t interchange = 0; // ISA13
    std::uint64_t group = 0;       // GS06
};

/// The bytes. Sets are numbered 0001, 0002, … inside their group. `invalid` when an element cannot be written with the
/// partner's separators.
[[nodiscard]] Result<std::string> write_draft(Draft const& draft, ControlNumbers numbers, Timestamp now);

/// Writes with trial numbers, reads it back and validates it: what a partner's validator would say. A file that is no X12 is read
/// back by its own map, and must give the same documents. Errors mean that the draft must not be sent.
[[nodiscard]] Diagnostics check_draft(Draft const& draft, Knowledge& knowledge, Timestamp now);

/// Takes the numbers, writes the bytes, stores message, documents and the job that transmits. The caller's transaction
/// makes it final; rolled back, no number is used up.
[[nodiscard]] Result<store::Message> commit_draft(Context const& context, store::Transaction& transaction, Record& record,
                                                  Draft const& draft);

} // namespace wharf::gateway
