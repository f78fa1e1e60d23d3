#include "partner/declarations.hpp"

#include "partner/conversions.hpp"
#include "partner/shared_declarations.hpp"
#include "partner/text_checks.hpp"

#include <array>

namespace wharf::partner {

namespace {

struct SetAndDocument {
    std::string_view set, document;
};
constexpr std::array<SetAndDocument, 7> known_sets = {{{"850", "purchase_order"},
                                                       {"855", "purchase_order_acknowledgment"},
                                                       {"856", "ship_notice"},
                                                       {"810", "invoice"},
                                                       {"860", "purchase_order_change"},
                                                       {"865", "purchase_order_change_acknowledgment"},
                                                       {"861", "receipt"}}};

// --- wharf.yaml ---------------------------------------------------------------------------------------------------

Declaration make_token() {
    Declaration d("an API token");
    d.add("name", &ApiToken::name, "who uses the token; shown in the log").required().check(check_name).example("erp");
    d.add("token", &ApiToken::token, "the token the caller sends as `Authorization: Bearer`")
        .required()
        .example("${env:WHARF_API_TOKEN}");
    return d;
}

Declaration make_listen() {
    static Declaration const token = make_token();
    Declaration d("listen");
    d.add("address", &Listen::address, "address the HTTP API listens on; 0.0.0.0 for all")
        .check(check_address)
        .example("127.0.0.1");
    d.add("port", &Listen::port, "port the HTTP API listens on");
    d.objects("tokens", &Listen::tokens, token,
              "who may call the API; without any, only this machine may, and the address must be a loopback address");
    d.object("tls", &Listen::tls, server_tls_declaration(), "the certificate that the API shows; left out: plain HTTP");
    d.object("limits", &Listen::limits, server_limits_declaration(), "what the server bears from its callers");
    return d;
}

Declaration make_identity() {
    Declaration d("an identity");
    d.add("name", &Identity::name, "the name that profiles use for it").required().check(check_name).example("us");
    d.add("qualifier", &Identity::qualifier, "what kind of identifier it is: ISA05 and ISA07")
        .required()
        .check(check_qualifier)
        .example("ZZ");
    d.add("id", &Identity::id, "our identifier: ISA06 and ISA08")
        .required()
        .check(check_interchange_id)
        .example("EXAMPLEBUYER");
    d.add("group_id", &Identity::group_id, "our application identifier: GS02 and GS03; empty: the same as id")
        .check(check_group_id);
    d.add("company_prefix", &Identity::company_prefix,
          "our GS1 company prefix, 6 to 12 digits: packages of ship notices that name no SSCC get one; empty: they get none")
        .check(check_company_prefix)
        .example("0614141");
    d.add("usage", &Identity::usage, "whether it serves production interchanges (ISA15 P), test ones (T), or both");
    add_validity<Identity>(d);
    return d;
}

Declaration make_target() {
    Declaration d("a target");
    d.add("name", &Target::name, "the name that profiles use for it").required().check(check_name).example("erp");
    d.add("url", &Target::url, "where documents are sent; {document} becomes the kind of document")
        .required()
        .check(check_url)
        .example("https://erp.example.com/edi/{document}");
    d.add("method", &Target::method, "the HTTP method").one_of({"POST", "PUT"});
    d.add("production", &Target::production,
          "yes: production documents go here and test documents never; no: the other way round")
        .required();
    d.add("documents", &Target::documents, "kinds of document it takes; empty: all").one_of(known_documents());
    d.add("bearer_token", &Target::bearer_token, "token sent as `Authorization: Bearer`").example("${env:ERP_TOKEN}");
    d.object("basic", &Target::basic, basic_declaration(), "user and password of HTTP basic authentication, in place of a token");
    d.objects("headers", &Target::headers, header_declaration(), "more HTTP headers");
    d.add("ca_file", &Target::ca_file, "certificates (PEM) the target's own is checked against; empty: the system's");
    d.add("timeout", &Target::timeout, "how long one request may take").check(check_not_zero);
    return d;
}

Declaration make_limits() {
    Declaration d("limits");
    d.add("message_bytes", &GatewayLimits::message_bytes, "largest file taken from a channel");
    d.add("http_body_bytes", &GatewayLimits::http_body_bytes, "largest request to the API");
    return d;
}

Declaration make_store() {
    Declaration d("store");
    d.add("file", &GatewayConfiguration::store_file, "the database; made when it is missing").check(check_not_empty);
    return d;
}

Declaration make_gateway() {
    static Declaration const store = make_store();
    static Declaration const listen = make_listen();
    static Declaration const identity = make_identity();
    static Declaration const target = make_target();
    static Declaration const sizes = make_limits();
    Declaration d("wharf.yaml");
    // The store is a mapping of its own in the file and a plain member here, so that an engine can be chosen later.
    Field field;
    field.name = "store";
    field.meaning = "where everything durable is kept";
    field.shape = Field::Shape::object;
    field.type = "mapping";
    field.nested = &store;
    field.member = [](void* object) { return object; };
    d.add_field(std::move(field));
    d.add("partners", &GatewayConfiguration::partners, "folder of the partner profiles").check(check_not_empty);
    d.add("channels", &GatewayConfiguration::channels, "folder of the channels").check(check_not_empty);
    d.add("translators", &GatewayConfiguration::translators,
          "folder of maps of our own, beside the shipped ones; empty: none");
    d.add("guides", &GatewayConfiguration::guides,
          "folder of the guides that profiles name; one in a partner's own folder comes first")
        .check(check_not_empty);
    d.add("templates", &GatewayConfiguration::templates, "folder of the templates that profiles start from: NAME.yaml")
        .check(check_not_empty);
    d.add("calendars", &GatewayConfiguration::calendars, "folder of the calendars that channels' schedules name: NAME.yaml")
        .check(check_not_empty);
    d.add("poll_interval", &GatewayConfiguration::poll_interval, "time between two looks at a channel that names none")
        .check(check_not_zero);
    d.object("listen", &GatewayConfiguration::listen, listen, "the HTTP API");
    d.object("as2", &GatewayConfiguration::as2, as2_listener_declaration(), "the server that partners send AS2 messages and receipts to");
    d.objects("identities", &GatewayConfiguration::identities, identity, "who we are in the envelopes").required();
    d.objects("targets", &GatewayConfiguration::targets, target, "systems that canonical documents are delivered to");
    d.object("retry", &GatewayConfiguration::retry, retry_declaration(), "how deliveries and transmissions are tried again");
    d.object("limits", &GatewayConfiguration::limits, sizes, "what is too large");
    d.raw("partner_defaults", profile_declaration(),
          "settings of profile.yaml that hold for every partner who does not say otherwise");
    return d;
}

} // namespace

Declaration const& gateway_declaration() {
    static Declaration const declaration = make_gateway();
    return declaration;
}

std::vector<std::string> const& file_name_parts() {
    static std::vector<std::string> const parts = {"partner", "identity", "set",      "document", "number",
                                                   "interchange", "group", "sequence", "date",     "time"};
    return parts;
}

std::vector<std::string> known_documents() {
    std::vector<std::string> words;
    for (auto const& known : known_sets)
        words.emplace_back(known.document);
    return words;
}

std::string_view document_of_set(std::string_view set) {
    for (auto const& known : known_sets)
        if (known.set == set) return known.document;
    return {};
}

std::string_view set_of_document(std::string_view document) {
    for (auto const& known : known_sets)
        if (known.document == document) return known.set;
    return {};
}

} // namespace wharf::partner
