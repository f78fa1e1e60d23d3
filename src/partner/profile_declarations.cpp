// The declarations of profile.yaml.

#include "partner/declarations.hpp"
#include "partner/shared_declarations.hpp"
#include "partner/text_checks.hpp"

namespace wharf::partner {

template <>
struct EnumWords<Direction> {
    static constexpr std::array<std::string_view, 2> words = {"inbound", "outbound"};
};
template <>
struct EnumWords<Ta1Policy> {
    static constexpr std::array<std::string_view, 4> words = {"never", "on_request", "on_error", "always"};
};
template <>
struct EnumWords<AcknowledgmentForm> {
    static constexpr std::array<std::string_view, 2> words = {"997", "999"};
};
template <>
struct EnumWords<DocumentUsage> {
    static constexpr std::array<std::string_view, 4> words = {"both", "production", "test", "none"};
};
template <>
struct EnumWords<DocumentFormat> {
    static constexpr std::array<std::string_view, 5> words = {"x12", "csv", "fixed", "xml", "json"};
};
template <>
struct EnumWords<PartnerStatus> {
    static constexpr std::array<std::string_view, 5> words = {"draft", "testing", "production", "suspended", "retired"};
};

template <>
struct EnumWords<Rounding> {
    static constexpr std::array<std::string_view, 4> words = {"none", "nearest", "up", "down"};
};
template <>
struct EnumWords<OtherUnits> {
    static constexpr std::array<std::string_view, 3> words = {"pass", "mark", "hold"};
};
template <>
struct EnumWords<UnknownValue> {
    static constexpr std::array<std::string_view, 3> words = {"hold", "pass", "default"};
};

template <>
struct EnumWords<translator::WritePolicy::TooLong> {
    static constexpr std::array<std::string_view, 3> words = {"refuse", "cut", "carry_over"};
};
template <>
struct EnumWords<translator::WritePolicy::Characters> {
    static constexpr std::array<std::string_view, 3> words = {"refuse", "replace", "transliterate"};
};
template <>
struct EnumWords<translator::CharacterSet> {
    static constexpr std::array<std::string_view, 3> words = {"any", "extended", "basic"};
};

std::string_view to_string(DocumentFormat format) { return EnumWords<DocumentFormat>::words[static_cast<std::size_t>(format)]; }

namespace {

// --- profile.yaml -------------------------------------------------------------------------------------------------

Declaration make_identifier() {
    Declaration d("an identifier");
    d.add("qualifier", &Identifier::qualifier, "what kind of identifier it is: ISA05 and ISA07")
        .required()
        .check(check_qualifier)
        .example("ZZ");
    d.add("id", &Identifier::id, "the partner's identifier: ISA06 and ISA08, without the blanks behind it")
        .required()
        .check(check_interchange_id)
        .example("ACMESUPPLIES");
    d.add("group_ids", &Identifier::group_ids,
          "application identifiers (GS02) we take from them; the first is our GS03 to them; empty: any, and id")
        .check(check_group_id);
    d.add("usage", &Identifier::usage, "whether it serves production interchanges (ISA15 P), test ones (T), or both");
    add_validity<Identifier>(d);
    return d;
}

Declaration make_envelope() {
    Declaration d("envelope");
    d.add("authorization_qualifier", &Envelope::authorization_qualifier, "ISA01; 00: ISA02 says nothing").check(check_qualifier);
    d.add("authorization", &Envelope::authorization, "ISA02, at most ten characters").check(check_ten_characters);
    d.add("security_qualifier", &Envelope::security_qualifier, "ISA03; 01: ISA04 is a password").check(check_qualifier);
    d.add("security", &Envelope::security, "ISA04, at most ten characters").example("${env:ACME_ISA_PASSWORD}");
    d.add("version", &Envelope::version, "ISA12, the version of the envelope").check(check_version).example("00401");
    d.add("release", &Envelope::release, "GS08, the release of what is inside, where a document names none")
        .check(check_release)
        .example("004010");
    d.add("standards_id", &Envelope::standards_id, "ISA11 where there is no repetition separator")
        .check(check_one_character);
    d.add("agency", &Envelope::agency, "GS07: who the standard is by").one_of({"X", "T"});
    d.add("element_separator", &Envelope::element_separator, "between elements").check(check_delimiter);
    d.add("component_separator", &Envelope::component_separator, "between the components of a composite: ISA16")
        .check(check_delimiter);
    d.add("segment_terminator", &Envelope::segment_terminator, "after every segment; 0x0A is a line feed")
        .check(check_delimiter);
    d.add("repetition_separator", &Envelope::repetition_separator,
          "between repetitions: ISA11 from version 00402 on; empty: none")
        .check(check_delimiter_or_none);
    d.add("replacement", &Envelope::replacement,
          "stands for a separator or control character found in data; empty: such a document is refused, and so is the component "
          "separator in any case")
        .check(check_replacement);
    d.add("line_breaks", &Envelope::line_breaks, "a line feed after every segment terminator");
    d.add("acknowledgment_requested", &Envelope::acknowledgment_requested, "ISA14 = 1: asks the partner for a TA1");
    d.add("test", &Envelope::test,
          "ISA15 = T in what we start ourselves; an acknowledgment repeats what the partner sent");
    return d;
}

/// Of one document: without what is of the whole interchange.
Declaration make_acknowledgment(bool of_document = false) {
    Declaration d("acknowledgment");
    d.add("send_997", &AcknowledgmentPolicy::send_997,
          "answer every inbound group but those of acknowledgments with a 997 (or 999)");
    d.add("form", &AcknowledgmentPolicy::form,
          "which acknowledgment it is; a 999 exists from 005010 on, an older group is answered with a 997 all the same");
    d.add("list_accepted_sets", &AcknowledgmentPolicy::list_accepted_sets,
          "name accepted sets too (AK2 and AK5); no: only those that were refused or have errors");
    d.add("accept_with_errors", &AcknowledgmentPolicy::accept_with_errors,
          "codes of findings that refuse nothing: what has no others is taken and acknowledged with E; X12-03* stands for all that "
          "begin so")
        .check(check_finding_code)
        .example("X12-0304");
    d.add("acknowledge_guide_findings", &AcknowledgmentPolicy::acknowledge_guide_findings,
          "yes: what only the guide objects to refuses a set and is told in the 997; no: the 997 accepts the set, the document is "
          "held for a person");
    if (!of_document) {
        d.add("ta1", &AcknowledgmentPolicy::ta1,
              "answer an interchange with a TA1: never, when it asks for one (ISA14 = 1), when something is wrong with it, or always");
        d.add("ta1_with_errors", &AcknowledgmentPolicy::ta1_with_errors,
              "a TA1 may say E (accepted with errors); no: it says A then, since many senders take E for a refusal");
    }
    d.add("version", &AcknowledgmentPolicy::version, "release (GS08) of our 997 or 999; empty: that of the group it answers")
        .check(check_release_or_none)
        .example("004010");
    d.add("expect_997_within", &AcknowledgmentPolicy::expect_997_within,
          "when a 997 to what we sent is overdue; 0: none is expected");
    return d;
}

Declaration make_duplicates(bool of_document = false) {
    Declaration d("duplicates");
    if (!of_document) {
        d.add("check_content", &DuplicatePolicy::check_content,
              "the same bytes again are a duplicate: nothing is delivered");
        d.add("check_interchange_numbers", &DuplicatePolicy::check_interchange_numbers,
              "an interchange number (ISA13) that came before with other bytes is held for a person; no: for partners that "
              "always send the same number");
    }
    d.add("check_business_keys", &DuplicatePolicy::check_business_keys,
          "the same invoice or notice under a new number is acknowledged and not delivered");
    return d;
}

Declaration make_control_numbers() {
    Declaration d("control_numbers");
    d.add("first", &ControlNumberPolicy::first,
          "the least ISA13 and GS06 of what we send, and the least {sequence} of files that are no X12: for a partner who comes from another system, "
          "or a second gateway; a count that is past it goes on, a smaller one jumps to it")
        .example("500000001");
    return d;
}

Declaration make_texts() {
    using translator::WritePolicy;
    Declaration d("texts");
    d.add("too_long", &WritePolicy::too_long,
          "a text that is longer than its element: refuse the document, cut the text, or let a list of texts (messages, lines of an "
          "address) go on in its next entry; each change is a warning");
    d.add("set", &WritePolicy::set,
          "the characters the partner takes: any (UTF-8), extended (printable ASCII), basic (capitals, digits and some signs)");
    d.add("characters", &WritePolicy::characters,
          "a character that is not in the set, or is a delimiter: refuse the document, replace it, or transliterate (\u00fc as ue) and "
          "replace what has no such form; each change is a warning");
    d.add("replacement", &WritePolicy::replacement, "stands for what is replaced").check([](std::string_view text) {
        return std::string(text.size() == 1 && text[0] >= ' ' && text[0] < 0x7f ? "" : "it must be one character");
    });
    return d;
}

Declaration make_from_order() {
    using document::FromOrder;
    Declaration d("from_order");
    d.add("references", &FromOrder::references, "kinds of references, as the words of the document").check(check_unit).example("department");
    d.add("parties", &FromOrder::parties, "roles of parties").check(check_unit).example("ship_to");
    d.add("items", &FromOrder::items, "schemes of item identifiers").check(check_unit).example("buyer_item");
    return d;
}

Declaration make_document() {
    static Declaration const texts = make_texts();
    static Declaration const from_order = make_from_order();
    static Declaration const envelope = make_envelope();
    static Declaration const acknowledgment = make_acknowledgment(true);
    static Declaration const duplicates = make_duplicates(true);
    Declaration d("a document");
    d.add("set", &DocumentAgreement::set, "the transaction set (ST01); may be left out when document says it")
        .check(check_set)
        .example("850");
    d.add("document", &DocumentAgreement::document, "the kind of document; may be left out when set says it")
        .one_of(known_documents());
    d.add("direction", &DocumentAgreement::direction, "inbound: they send it; outbound: we do").required();
    d.add("format", &DocumentAgreement::format,
          "what the files are; all but x12 have no envelope: they belong to a partner by channel and file name, and are never "
          "acknowledged");
    d.add("files", &DocumentAgreement::files,
          "inbound, not x12: names of the files that hold it, * for any text, ? for one character; of several that fit the one with "
          "the most other characters counts; empty: every file on his channels")
        .check(check_not_empty)
        .example("INV_*.csv");
    d.add("usage", &DocumentAgreement::usage,
          "whether it is exchanged in production, in tests, in both, or not at all (none: a template's entry is put aside)");
    d.add("translator", &DocumentAgreement::translator, "the map to use; empty: the shipped one of the set, of other formats FORMAT/DOCUMENT, such as csv/invoice")
        .check(check_translator)
        .example("x12/850");
    d.add("guide", &DocumentAgreement::guide,
          "the partner's guide: inbound sets are checked by it, outbound ones before they are sent; NAME for NAME.guide beside the "
          "profile or in the folder `guides`; empty: the standard alone")
        .check(check_guide_name)
        .example("harbour-850");
    d.add("release", &DocumentAgreement::release,
          "inbound: the only release (GS08) taken, empty: any we know; outbound: ours, empty: envelope.release")
        .check(check_release_or_none)
        .example("004010");
    d.add("targets", &DocumentAgreement::targets, "inbound: where production documents (ISA15 P) are delivered")
        .example("erp");
    d.add("test_targets", &DocumentAgreement::test_targets, "inbound: where test documents (ISA15 T) are delivered")
        .example("erp-test");
    d.add("split_by_store", &DocumentAgreement::split_by_store,
          "inbound orders whose lines are for several stores (SDQ): one document for each store is delivered, linked back to the whole");
    d.object("from_order", &DocumentAgreement::from_order, from_order,
             "outbound answers (855, 856, 810): what is repeated of the partner's order where the document does not say it; an order that "
             "he has not sent is refused");
    d.add("implementation_reference", &DocumentAgreement::implementation_reference,
          "outbound: ST03, the guide that the set follows; empty: left out")
        .check(check_implementation_reference)
        .example("005010X231A1");
    d.add("channel", &DocumentAgreement::channel, "outbound: the channel this document leaves by, where it is not the partner's");
    d.add("file_name", &DocumentAgreement::file_name, "outbound: names of its files, where they are not the partner's")
        .check(check_file_name);
    d.object("envelope", &DocumentAgreement::envelope, envelope, "outbound: what is different around this document");
    d.add("findings", &DocumentAgreement::findings,
          "what becomes of findings in this document; replaces the partner's list. Outbound: of our own check before it is sent")
        .check(check_finding_treatment)
        .example("X12-06*=tolerate");
    d.object("acknowledgment", &DocumentAgreement::acknowledgment, acknowledgment,
             "what is different about acknowledging it");
    d.object("duplicates", &DocumentAgreement::duplicates, duplicates, "what is different about its repetitions");
    d.object("texts", &DocumentAgreement::texts, texts, "outbound: what is different about texts the partner cannot take");
    return d;
}

Declaration make_contact() {
    Declaration d("a contact");
    d.add("name", &Contact::name, "who it is").required().check(check_one_line).example("Pat Lee");
    d.add("role", &Contact::role, "what for").check(check_one_line).example("EDI");
    d.add("email", &Contact::email, "where to write").check(check_one_line).example("edi@acme.example");
    d.add("phone", &Contact::phone, "where to call").check(check_one_line);
    d.add("notes", &Contact::notes, "hours, language, whom to call when nobody answers");
    return d;
}

Declaration make_cross_reference_row() {
    Declaration d("a row");
    d.add("theirs", &CrossReferenceRow::theirs, "what the partner calls it").required().check(check_one_line).example("CS");
    d.add("ours", &CrossReferenceRow::ours, "what we call it").required().check(check_one_line).example("case");
    return d;
}

Declaration make_cross_reference() {
    static Declaration const row = make_cross_reference_row();
    Declaration d("a cross-reference");
    d.add("name", &CrossReference::name, "what maps call it: `lookup items`").required().check(check_name).example("items");
    d.add("unknown", &CrossReference::unknown,
          "a value that is in no row: hold the document (of ours: refuse it before it is sent), pass the value as it is, or put "
          "the default for it");
    d.add("default_theirs", &CrossReference::default_theirs, "with unknown: default, what we write to the partner");
    d.add("default_ours", &CrossReference::default_ours, "with unknown: default, what we read");
    d.add("file", &CrossReference::file, "more rows: a CSV file whose first line is theirs,ours").example("partners/acme/items.csv");
    d.objects("rows", &CrossReference::rows, row,
              "the partner's name of a thing stands once; ours may repeat, and then the first row counts when we write");
    return d;
}

Declaration make_unit_conversion() {
    Declaration d("a unit conversion");
    d.add("from", &UnitConversion::from, "the unit the partner counts in, as the word of the document").required().check(check_unit).example("case");
    d.add("to", &UnitConversion::to, "the unit we count in").required().check(check_unit).example("each");
    d.add("factor", &UnitConversion::factor, "how many of `to` make one of `from`").required().check(check_factor).example("12");
    d.add("rounding", &UnitConversion::rounding,
          "what becomes of decimals beyond `decimals`: none keeps them, nearest rounds half away from zero, up away from zero, down to it");
    d.add("decimals", &UnitConversion::decimals, "decimals that are left after rounding").check(check_decimals);
    d.add("items", &UnitConversion::items,
          "the items it is for, by any of their identifiers; empty: every item that no other conversion names")
        .check(check_one_line)
        .example("614141000012");
    return d;
}

Declaration make_profile() {
    static Declaration const unit_conversion = make_unit_conversion();
    static Declaration const cross_reference = make_cross_reference();
    static Declaration const identifier = make_identifier();
    static Declaration const envelope = make_envelope();
    static Declaration const document = make_document();
    static Declaration const acknowledgment = make_acknowledgment();
    static Declaration const duplicates = make_duplicates();
    static Declaration const control_numbers = make_control_numbers();
    static Declaration const contact = make_contact();
    static Declaration const texts = make_texts();
    Declaration d("profile.yaml");
    d.add("name", &PartnerProfile::name, "the partner's name, for people")
        .required()
        .check(check_one_line)
        .example("ACME Supplies Inc.");
    d.add("template", &PartnerProfile::starts_from,
          "what the profile starts from: NAME for NAME.yaml in the folder `templates`; what is said here comes before it")
        .check(check_name_or_none)
        .example("retailer");
    d.add("status", &PartnerProfile::status,
          "production: everything; testing: tests alone (ISA15 T); draft, suspended, retired: nothing: what comes in is quarantined, "
          "what would go out is refused");
    d.add("roles", &PartnerProfile::roles, "what the partner is to us; for people").one_of(
        {"buyer", "supplier", "third_party_logistics", "carrier", "bank"});
    d.objects("contacts", &PartnerProfile::contacts, contact, "whom to ask there; for people");
    d.add("notes", &PartnerProfile::notes, "what else people should know");
    d.objects("identifiers", &PartnerProfile::identifiers, identifier,
              "who the partner is in the envelopes; only a partner without X12 needs none");
    d.add("identity", &PartnerProfile::identity,
          "which of our identities they know; may be left out when wharf.yaml has only one")
        .example("us");
    d.add("channel", &PartnerProfile::channel,
          "the channel that what we send leaves by, acknowledgments too; empty: nothing is sent")
        .example("acme-sftp");
    d.add("file_name", &PartnerProfile::file_name,
          "names of the files we send, made of {partner}, {identity}, {set}, {document}, {number} (of the first document), {sequence} (ISA13, or a "
          "count of its own), {interchange}, {group}, {date} and {time}; left out, files that are not X12 are called "
          "{document}_{sequence}.FORMAT")
        .check(check_file_name)
        .example("{set}_{interchange}.edi");
    d.object("envelope", &PartnerProfile::envelope, envelope, "what we write around documents");
    d.objects("documents", &PartnerProfile::documents, document,
              "what is exchanged, one entry per set and direction; an entry of a template with the same set and direction is what it starts from")
        .by_loader();
    d.add("findings", &PartnerProfile::findings,
          "what becomes of findings in what they send, and of those in our own check of what we send, before anything is judged or acknowledged: CODE=enforce makes a warning an "
          "error, CODE=tolerate an error a warning, CODE=ignore drops it; X12-04* stands for all codes that begin so")
        .check(check_finding_treatment)
        .example("X12-0315=ignore");
    d.object("acknowledgment", &PartnerProfile::acknowledgment, acknowledgment, "what is acknowledged, and when");
    d.object("duplicates", &PartnerProfile::duplicates, duplicates, "what counts as sent twice");
    d.object("control_numbers", &PartnerProfile::control_numbers, control_numbers, "how we count what we send");
    d.object("texts", &PartnerProfile::texts, texts, "outbound: texts that the partner cannot take as they are");
    d.objects("cross_references", &PartnerProfile::cross_references, cross_reference,
              "tables of the partner's words for items, units, places, carriers, terms and reasons");
    d.objects("unit_conversions", &PartnerProfile::unit_conversions, unit_conversion,
              "how quantities in the partner's units become ours: `converted` stands beside what the partner said, in lines that came in");
    d.add("other_units", &PartnerProfile::other_units,
          "where there are unit_conversions: a line in another unit than those they end in, with none for it and its item: pass it, mark it (a warning), or hold the document");
    return d;
}

} // namespace

Declaration const& profile_declaration() {
    static Declaration const declaration = make_profile();
    return declaration;
}

} // namespace wharf::partner
