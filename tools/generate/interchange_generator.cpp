#include "tools/generate/interchange_generator.hpp"

#include "tools/generate/interchange_text.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace wharf::generate {
namespace {

struct Item {
    unsigned line = 0;
    std::uint64_t quantity = 0;
    std::int64_t price = 0; // cents
    std::string upc, vendor_part, buyer_item, description;
    std::string_view unit;
};

struct Order {
    std::string number;
    std::string date;
    unsigned buyer = 0;
    std::string store;
    std::vector<Item> items;
};

constexpr std::array<std::string_view, 12> nouns{"KETTLE",    "LANTERN",     "TOWEL SET",  "GARDEN HOSE",
                                                 "DESK LAMP", "STORAGE BIN", "MUG",        "PILLOW",
                                                 "SKILLET",   "WALL CLOCK",  "PICNIC BAG", "DOOR MAT"};
constexpr std::array<std::string_view, 8> colours{"BLUE", "RED", "SAND", "OLIVE", "WHITE", "SLATE", "AMBER", "TEAL"};
constexpr std::array<std::string_view, 8> towns{"COLUMBUS*OH*43215", "RENO*NV*89501",   "MEMPHIS*TN*38103",
                                                "DAYTON*OH*45402",   "TACOMA*WA*98402", "AUGUSTA*GA*30901",
                                                "BOISE*ID*83702",    "ALBANY*NY*12207"};
constexpr std::array<std::string_view, 8> streets{"HARBOR ROAD", "MILL STREET",    "COMMERCE PARKWAY", "DOCK LANE",
                                                  "FOUNDRY WAY", "ORCHARD AVENUE", "RAIL STREET",      "CANAL DRIVE"};
constexpr std::array<std::string_view, 6> buyers{"NORTHGATE STORES", "HARTWELL HOME", "BAYSIDE OUTFITTERS",
                                                 "PRAIRIE MARKETS",  "SUMMIT SUPPLY", "LAKEVIEW DEPARTMENT STORES"};
constexpr std::array<std::string_view, 3> units{"EA", "CA", "DZ"};
constexpr std::array<std::string_view, 4> carriers{"UPSN", "FDEG", "ODFL", "RDWY"};

/// A number with its check digit at the end (GS1: weights 3 and 1 from the right).
std::string with_check_digit(std::string digits) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i)
        sum += static_cast<unsigned>(digits[digits.size() - 1 - i] - '0') * (i % 2 == 0 ? 3 : 1);
    digits += static_cast<char>('0' + (10 - sum % 10) % 10);
    return digits;
}

class Generator {
public:
    explicit Generator(Options const& options) : options_(options), random_(options.seed), out_(options) {}

    void interchanges(Sink const& sink) {
        sink_ = &sink;
        do {
            if (interchange_ == 0 || !options_.one_interchange) out_.begin_interchange(++interchange_);
            group("PO", "850", [this](Order const& order) { purchase_order(order); });
            group("PR", "855", [this](Order const& order) { acknowledgment(order); });
            group("SH", "856", [this](Order const& order) { ship_notice(order); });
            group("IN", "810", [this](Order const& order) { invoice(order); });
            if (!options_.one_interchange) out_.end_interchange();
        } while (out_.size() < options_.bytes);
        if (options_.one_interchange) out_.end_interchange();
        sink(out_.take());
    }

    std::string one_purchase_order(unsigned lines) {
        out_.begin_interchange(++interchange_);
        out_.begin_group("PO");
        out_.begin_set("850");
        purchase_order(make_order(lines));
        out_.end_set();
        out_.end_group();
        out_.end_interchange();
        return out_.take();
    }

private:
    template <class Body>
    void group(std::string_view id, std::string_view set, Body const& body) {
        if (!options_.sets.empty() && std::ranges::find(options_.sets, set) == options_.sets.end()) return;
        out_.begin_group(id);
        auto const sets = 1 + random_.below(options_.sets_in_group);
        for (unsigned i = 0; i < sets && (i == 0 || out_.size() < options_.bytes); ++i) {
            out_.begin_set(set);
            body(make_order(line_count()));
            out_.end_set();
            if (out_.waiting() > 1'000'000) (*sink_)(out_.take());
        }
        out_.end_group();
    }

    /// Most documents are short, some are long.
    unsigned line_count() { return random_.chance(70) ? 1 + random_.below(8) : 1 + random_.below(60); }

    /// Later than every date().
    std::string later_date() { return out_.number(20260101 + 100 * random_.below(12) + random_.below(28)); }
    std::string date() { return out_.number(20250101 + 100 * random_.below(12) + random_.below(28)); }

    Order make_order(unsigned lines) {
        Order order;
        order.number = out_.number(4500000000 + random_.below(90000000));
        order.date = date();
        order.buyer = random_.below(buyers.size());
        order.store = out_.padded(1 + random_.below(1800), 4);
        for (unsigned line = 1; line <= lines; ++line) {
            Item item;
            item.line = line;
            item.quantity = 1 + random_.below(240);
            item.price = 99 + random_.below(15000);
            if (options_.negative && random_.chance(40)) item.price = -item.price;
            item.unit = random_.chance(80) ? units[0] : units[random_.below(units.size())];
            item.upc = with_check_digit(out_.padded(60000000000 + random_.below(999999999), 11));
            item.vendor_part = "V" + out_.padded(random_.below(999999), 6);
            item.buyer_item = out_.padded(10000000 + random_.below(89999999), 9);
            item.description = std::string(colours[random_.below(colours.size())]) + " " +
                               std::string(nouns[random_.below(nouns.size())]);
            if (options_.non_ascii) item.description += " (\u00bd L\u00e4nge)";
            order.items.push_back(std::move(item));
        }
        return order;
    }

    std::string money(std::int64_t cents) {
        auto const size = static_cast<std::uint64_t>(cents < 0 ? -cents : cents);
        return (cents < 0 ? "-" : "") + out_.number(size / 100) + "." + out_.padded(size % 100, 2);
    }

    // --- parts that several sets share ---

    void party(std::string_view role, std::string_view name, std::string_view scheme, std::string_view id) {
        out_.segment("N1", {role, name, scheme, id});
    }
    void address() {
        if (random_.chance(20)) out_.segment("N2", {"ATTN RECEIVING"});
        out_.segment(
            "N3", {out_.number(10 + random_.below(9000)) + " " + std::string(streets[random_.below(streets.size())])});
        out_.raw("N4", towns[random_.below(towns.size())], "*US");
    }
    void parties(Order const& order) {
        party("ST", options_.non_ascii ? "CAF\u00c9 BR\u00dbL\u00c9E" : buyers[order.buyer], "92", order.store);
        address();
        if (random_.chance(60)) {
            party("BT", buyers[order.buyer], "92", "AP" + out_.number(order.buyer));
            address();
        }
        if (random_.chance(40)) party("SU", "SAMPLE TRADING CO", "92", "154880");
    }
    void text(std::string_view line) {
        if (options_.release < "004020")
            out_.segment("MSG", {line});
        else
            out_.segment("MTX", {"", line}); // MSG left the order with 004020
    }
    void references() {
        out_.segment("REF", {"DP", out_.padded(random_.below(99), 3)});
        out_.segment("REF", {"IA", "154880"});
        if (random_.chance(30)) out_.segment("REF", {"PD", "PROMO" + out_.number(random_.below(99))});
    }
    void contact() {
        if (random_.chance(50))
            out_.segment("PER", {"BD", "PAT MORGAN", "TE", "614555" + out_.padded(random_.below(9999), 4), "EM",
                                 "PURCHASING@EXAMPLE.COM"});
    }
    void terms() {
        if (random_.chance(60)) out_.segment("ITD", {"01", "3", "2", "", "10", "", "30"});
    }
    void routing() {
        auto const carrier = carriers[random_.below(carriers.size())];
        if (random_.chance(70)) out_.segment("TD5", {"O", "2", carrier, "M", "GROUND SERVICE"});
    }
    void item_segment(std::string_view id, Item const& item) {
        out_.segment(id, {out_.number(item.line), out_.number(item.quantity), item.unit, money(item.price),
                          id == "PO1" ? "PE" : "", "UP", item.upc, "VN", item.vendor_part, "IN", item.buyer_item});
    }
    /// With composite elements: a weight with its unit and its power, a part reference with another inside.
    void measurement(Item const& item) {
        if (!options_.composites) return;
        out_.segment("MEA", {"PD", "N", out_.number(item.quantity) + ".5", composite({"LB", "1", "2"})});
    }
    void item_reference(Item const& item) {
        if (!options_.composites) return;
        out_.segment("REF", {"PD", item.vendor_part, "", composite({"IA", item.buyer_item})});
    }
    std::string composite(std::initializer_list<std::string_view> parts) const {
        std::string text;
        for (auto const part : parts)
            (text += text.empty() ? std::string() : std::string(1, options_.component)) += part;
        return text;
    }
    void description(Item const& item) {
        if (random_.chance(80)) out_.segment("PID", {"F", "08", "", "", item.description});
        if (random_.chance(20))
            out_.segment("PID",
                         {"F", "73", "", "", std::string_view(item.description).substr(0, item.description.find(' '))});
    }
    void packaging() {
        if (random_.chance(60))
            out_.segment("PO4", {out_.number(1 + random_.below(24)), "1", "EA", "CTN25", "G",
                                 out_.number(1 + random_.below(40)) + ".5", "LB"});
    }

    // --- the four sets ---

    void purchase_order(Order const& order) {
        out_.segment("BEG", {"00", random_.chance(80) ? "SA" : "NE", order.number, "", order.date});
        out_.segment("CUR", {"BY", "USD"});
        references();
        contact();
        out_.segment("FOB", {"CC", "OR", "ORIGIN"});
        bool const allowance = random_.chance(30);
        if (allowance)
            out_.segment("SAC",
                         {"A", "C310", "", "", "", "Z", "2", "", "", "", "", "02", "", "", "DEFECTIVE ALLOWANCE"});
        terms();
        out_.segment("DTM", {"010", order.date});
        out_.segment("DTM", {"001", later_date()}); // cancelled when not shipped by then
        routing();
        if (random_.chance(25)) {
            out_.segment("N9", {"L1", "", "SHIPPING INSTRUCTIONS"});
            text("DELIVER TO DOCK 4 BETWEEN 7 AM AND 2 PM, MONDAY TO FRIDAY.");
            text("CALL AHEAD FOR AN APPOINTMENT.");
        }
        parties(order);
        std::int64_t total = 0;
        for (auto const& item : order.items) {
            item_segment("PO1", item);
            if (random_.chance(20)) out_.segment("CTP", {"RS", "RES", money(item.price * 2)});
            measurement(item);
            description(item);
            packaging();
            item_reference(item);
            if (random_.chance(10))
                out_.segment(
                    "SAC", {"A", "F800", "", "", out_.number(100 + random_.below(900)), "", "", "", "", "", "", "02"});
            if (item.quantity >= 3 && random_.chance(15)) store_quantities(item);
            if (random_.chance(15)) out_.segment("DTM", {"002", date()});
            total += static_cast<std::int64_t>(item.quantity) * item.price;
        }
        out_.segment("CTT", {out_.number(order.items.size())});
        out_.segment("AMT", {"TT", money(total)});
    }

    void store_quantities(Item const& item) {
        auto const first = item.quantity / 3;
        auto const second = item.quantity / 3;
        auto const third = item.quantity - first - second;
        out_.segment("SDQ", {item.unit, "92", "0101", out_.number(first), "0102", out_.number(second), "0103",
                             out_.number(third)});
    }

    void acknowledgment(Order const& order) {
        bool const changed = random_.chance(25);
        out_.segment("BAK", {"00", changed ? "AC" : "AD", order.number, order.date, "", "", "",
                             out_.number(700000 + random_.below(99999)), date()});
        references();
        out_.segment("DTM", {"068", date()});
        parties(order);
        for (auto const& item : order.items) {
            item_segment("PO1", item);
            measurement(item);
            description(item);
            item_reference(item);
            if (changed && item.quantity > 1 && random_.chance(40)) {
                auto const now = item.quantity - 1 - random_.below(static_cast<unsigned>(item.quantity - 1));
                out_.segment("ACK", {"IQ", out_.number(now), item.unit, "068", date()});
                if (now < item.quantity)
                    out_.segment("ACK", {"IB", out_.number(item.quantity - now), item.unit, "068", date()});
            } else {
                out_.segment("ACK", {"IA", out_.number(item.quantity), item.unit, "068", date()});
            }
        }
        out_.segment("CTT", {out_.number(order.items.size())});
    }

    void ship_notice(Order const& order) {
        out_.segment("BSN", {"00", out_.number(8000000 + random_.below(999999)), order.date, "1403", "0001"});
        out_.segment("DTM", {"011", order.date});
        unsigned levels = 0;
        unsigned const shipment = ++levels;
        out_.segment("HL", {out_.number(shipment), "", "S"});
        out_.segment("TD1", {"CTN25", out_.number(order.items.size()), "", "", "", "G",
                             out_.number(20 + random_.below(900)), "LB"});
        routing();
        if (random_.chance(40)) out_.segment("TD3", {"TL", "", out_.number(100000 + random_.below(899999))});
        out_.segment("REF", {"BM", "BOL" + out_.number(random_.below(9999999))});
        out_.segment("REF", {"CN", out_.number(300000000 + random_.below(99999999))});
        out_.segment("DTM", {"017", date()});
        party("ST", buyers[order.buyer], "92", order.store);
        address();
        party("SF", "SAMPLE TRADING CO", "1", "123456789");
        address();
        unsigned const order_level = ++levels;
        out_.segment("HL", {out_.number(order_level), out_.number(shipment), "O"});
        out_.segment("PRF", {order.number, "", "", order.date});
        out_.segment("REF", {"IA", "154880"});
        for (auto const& item : order.items) {
            unsigned const pack = ++levels;
            out_.segment("HL", {out_.number(pack), out_.number(order_level), "P"});
            out_.segment("MAN", {"GM", with_check_digit("000" + out_.padded(61414100000000 + serial_++, 16))});
            unsigned const inner = ++levels;
            out_.segment("HL", {out_.number(inner), out_.number(pack), "I"});
            out_.segment("LIN",
                         {out_.number(item.line), "UP", item.upc, "VN", item.vendor_part, "IN", item.buyer_item});
            out_.segment("SN1", {out_.number(item.line), out_.number(item.quantity), item.unit});
            description(item);
        }
        out_.segment("CTT", {out_.number(levels)});
    }

    void invoice(Order const& order) {
        out_.segment("BIG", {date(), "INV" + out_.number(1000000 + random_.below(8999999)), order.date, order.number,
                             "", "", "DI"});
        out_.segment("CUR", {"SE", "USD"});
        references();
        parties(order);
        party("RI", "SAMPLE TRADING CO", "1", "123456789");
        terms();
        out_.segment("DTM", {"011", order.date});
        out_.segment("FOB", {"CC"});
        std::int64_t total = 0;
        for (auto const& item : order.items) {
            item_segment("IT1", item);
            measurement(item);
            description(item);
            item_reference(item);
            if (random_.chance(15)) out_.segment("REF", {"PK", "PS" + out_.number(random_.below(999999))});
            total += static_cast<std::int64_t>(item.quantity) * item.price;
        }
        std::int64_t const allowance = random_.chance(30) && total > 0 ? total / 50 : 0;
        std::int64_t const freight = random_.chance(50) ? 500 + random_.below(9000) : 0;
        total = total - allowance + freight;
        out_.segment("TDS", {std::to_string(total)});
        out_.segment("CAD", {"M", "", "", carriers[random_.below(carriers.size())], "", "", "BM",
                             "BOL" + out_.number(random_.below(9999999))});
        if (allowance > 0)
            out_.segment(
                "SAC", {"A", "C310", "", "", std::to_string(allowance), "", "", "", "", "", "", "02", "", "", "DISCOUNT"});
        if (freight > 0)
            out_.segment("SAC",
                         {"C", "D240", "", "", std::to_string(freight), "", "", "", "", "", "", "06", "", "", "FREIGHT"});
        out_.segment("CTT", {out_.number(order.items.size())});
    }

    Options options_;
    Random random_;
    InterchangeText out_;
    Sink const* sink_ = nullptr;
    std::uint64_t interchange_ = 0;
    std::uint64_t serial_ = 1;
};

} // namespace

void make_interchanges(Options const& options, Sink const& sink) {
    Generator(options).interchanges(sink);
}

std::string make_interchanges(Options const& options) {
    std::string text;
    make_interchanges(options, [&](std::string_view piece) { text += piece; });
    return text;
}

std::string make_purchase_order(Options const& options, unsigned lines) {
    return Generator(options).one_purchase_order(lines);
}

} // namespace wharf::generate
