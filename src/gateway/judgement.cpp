#include "gateway/judgement.hpp"

#include "diagnostic/registry.hpp"
#include "document/arithmetic.hpp"
#include "document/schema.hpp"
#include "document/stores.hpp"
#include "gateway/life_cycle.hpp"
#include "partner/unit_conversion.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::gateway {

namespace {

/// The name of the first error as an event: "hl-invalid" -> "HL_INVALID".
std::string trouble_of(Diagnostics const& findings) {
    for (auto const& finding : findings) {
        if (finding.severity != Severity::error)
            continue;
        auto const entry = find_code(finding.code);
        std::string name(entry ? entry->name : "mapping-refused");
        if (name == "hierarchy-invalid")
            name = "hl-invalid"; // the word the trade uses
        for (auto& c : name)
            c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return name;
    }
    return "MAPPING_REFUSED";
}

/// Two files that say the same are the same, whenever they came.
std::string content_of(json::Value const& document) {
    json::Object said;
    for (auto const& member : document.members())
        if (member.first != "id" && member.first != "source")
            said.push_back(member);
    return json::to_text(json::Value(std::move(said)));
}

} // namespace

std::string first_error(Diagnostics const& findings) {
    for (auto const& finding : findings)
        if (finding.severity == Severity::error)
            return fmt::format("{}: {}", finding.code, finding.message);
    return {};
}

void hold(EvaluatedSet& set, Diagnostics const& why) {
    set.document.state = store::DocumentState::held;
    set.document.reason = first_error(why);
    set.document.json.clear();
    set.trouble = trouble_of(why);
}

bool judge_document(EvaluatedSet& set, partner::PartnerProfile const& partner, Translated const& translated, Diagnostics& findings) {
    auto& document = set.document;
    auto parsed = json::parse(document.json);
    if (!parsed) { // our own output: a bug, but the partner's document must not be lost for it
        document.state = store::DocumentState::held;
        document.reason = "the translated document is not JSON: " + parsed.error().message;
        set.trouble = "MAPPING_REFUSED";
        return false;
    }
    auto numbers = numbers_of(*parsed);
    document.number = std::move(numbers.number);
    document.order_number = std::move(numbers.order_number);
    set.orders = std::move(numbers.orders);
    document.business_key =
        business_key(*parsed, partner.id, document.test,
                     translated.content_sha256 ? *translated.content_sha256 : transport::sha256_hex(content_of(*parsed)));
    auto const add = [&](Diagnostics found) {
        for (auto& finding : found) {
            auto const& place = translated.place;
            finding.place.file = place.file;
            finding.place.interchange = place.interchange;
            finding.place.group = place.group;
            finding.place.transaction = place.transaction;
            findings.push_back(std::move(finding));
        }
    };
    if (document.kind == "purchase_order")
        add(document::check_destinations(*parsed));
    if (document.kind == "invoice") {
        if (document::derive_absolute_amount(*parsed))
            document.json = json::to_text(*parsed);
        add(document::check_invoice_arithmetic(*parsed));
    }
    auto units = partner::convert_units(*parsed, partner);
    if (units.changed)
        document.json = json::to_text(*parsed);
    bool const held_for_units = has_errors(units.findings);
    add(std::move(units.findings));
    // The translator checks each value as it writes it; the whole document is checked once more before it is stored.
    if (auto faults = document::check(*parsed); has_errors(faults)) {
        std::ranges::move(faults, std::back_inserter(findings));
        hold(set, findings);
        return false;
    }
    if (!translated.held_by_map && !held_for_units)
        return true;
    hold(set, findings);
    if (document.reason.empty())
        document.reason = "the map holds it: see its findings";
    return false;
}

} // namespace wharf::gateway
