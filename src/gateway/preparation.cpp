#include "gateway/preparation.hpp"

#include "diagnostic/registry.hpp"
#include "document/schema.hpp"
#include "gateway/acceptance.hpp"
#include "gateway/life_cycle.hpp"

#include <fmt/format.h>

#include <limits>

namespace wharf::gateway {

namespace {

std::unexpected<Diagnostics> refuse(std::string_view code, std::string message, std::string help) {
    return std::unexpected(Diagnostics{make_diagnostic(code, std::move(message), std::move(help))});
}

std::expected<document::Orders, Diagnostics> answered_orders(Context const& context, partner::PartnerProfile const& partner, bool test,
                                                             json::Value const& document) {
    document::Orders orders;
    for (auto const& number : numbers_of(document).orders) {
        auto order = stored_order(context, partner.id, test, number, document.string("release_number"));
        if (!order)
            return std::unexpected(std::move(order.error()));
        if (!*order)
            return refuse("GATEWAY-0043", fmt::format("it answers order {}, which partner {} has not sent", number, partner.id),
                          "correct the order number; an order that came by another way can be processed first, and this one posted again");
        orders.emplace(number, std::move(**order));
    }
    if (orders.empty())
        return refuse("GATEWAY-0043", "it names no order", "name the order that it answers: what goes out repeats some of it");
    return orders;
}

std::expected<std::vector<document::Package>, Diagnostics> label(Context const& context, partner::PartnerProfile const& partner,
                                                                 json::Value& notice) {
    auto const* identity = context.configuration.identity(partner.identity);
    auto const count = document::unlabelled_packages(notice);
    if (count == 0 || identity == nullptr || identity->company_prefix.empty())
        return std::vector<document::Package>();
    std::vector<std::string> labels;
    auto const scope = "sscc|" + identity->company_prefix;
    auto taken = context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        for (std::size_t i = 0; i < count; ++i) {
            auto const serial = transaction.next_control_number(scope, std::numeric_limits<std::int64_t>::max());
            if (!serial)
                return unexpected(serial.error());
            auto sscc = document::make_sscc(identity->company_prefix, *serial);
            if (!sscc)
                return invalid(fmt::format("all SSCCs of the company prefix {} are used up", identity->company_prefix));
            labels.push_back(std::move(*sscc));
        }
        return {};
    });
    if (!taken)
        return refuse("GATEWAY-0044", taken.error().message,
                      taken.error().kind == ErrorKind::invalid ? "get another company prefix from GS1 and set it as `company_prefix` of the identity"
                                                               : "try again");
    std::size_t next = 0;
    return document::label_packages(notice, [&] { return labels[next++]; });
}

} // namespace

std::expected<std::optional<json::Value>, Diagnostics> stored_order(Context const& context, std::string_view partner, bool test,
                                                                    std::string_view number, std::string_view release) {
    std::optional<json::Value> found;
    auto asked = context.store.read([&](store::Transaction& transaction) -> Result<void> {
        auto const by_key = [&](std::string_view of_release) -> Result<void> {
            json::Value order{json::Object{}};
            order.set("document", "purchase_order");
            order.set("number", number);
            if (!of_release.empty())
                order.set("release_number", of_release);
            auto document = transaction.find_business_key(business_key(order, partner, test, {}));
            if (!document)
                return unexpected(std::move(document.error()));
            if (*document)
                if (auto parsed = json::parse((*document)->json))
                    found = std::move(*parsed);
            return {};
        };
        if (!release.empty()) { // of a blanket order: another release's departments and items would be wrong
            WHARF_TRY(by_key(release));
        } else { // the newest: it may replace an earlier one
            auto order = newest_order(transaction, store::Direction::inbound, partner, test, number);
            if (!order)
                return unexpected(std::move(order.error()));
            found = std::move(*order);
        }
        if (!found)
            WHARF_TRY(by_key({}));
        return {};
    });
    if (!asked)
        return refuse("GATEWAY-0042", "the order it answers could not be looked up: " + asked.error().message, "try again");
    return found;
}

std::expected<std::vector<document::Package>, Diagnostics>
prepare_document(Context const& context, partner::PartnerProfile const& partner, partner::DocumentAgreement const& agreement, bool test,
                 json::Value& document) {
    bool const notice = document.string("document") == "ship_notice";
    if (document::lacks_shipment(document))
        document::build_shipment(document);
    if (notice && document.string("created_at").empty())
        document.set("created_at", to_iso8601(context.clock.now()).substr(0, 16));
    if (agreement.from_order.any()) {
        auto const orders = answered_orders(context, partner, test, document);
        if (!orders)
            return std::unexpected(std::move(orders.error()));
        document::complete_from_order(document, *orders, agreement.from_order);
    }
    std::vector<document::Package> packages;
    if (notice) {
        auto labelled = label(context, partner, document);
        if (!labelled)
            return labelled;
        packages = std::move(*labelled);
    }
    if (auto faults = document::check(document); has_errors(faults))
        return std::unexpected(std::move(faults));
    return packages;
}

} // namespace wharf::gateway
