// What the canonical model promises of every map, beyond single files: edited documents come back, extensions stay with
// their line, long documents keep everything, all hierarchies say the same, credit memos say which way the money goes.
#include "golden/golden_support.hpp"

#include "document/schema.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <random>

namespace wharf::golden {
namespace {

using json::Value;

std::string interchange(std::string_view set, std::string_view group, std::string_view body) {
    auto const segments = std::count(body.begin(), body.end(), '~') + 2;
    return fmt::format(
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *250602*1403*U*00401*000000001*0*P*>~"
        "GS*{}*A*B*20250602*1403*1*X*004010~ST*{}*0001~{}SE*{}*0001~GE*1*1~IEA*1*000000001~",
        group, set, body, segments);
}

TranslatedSet one(std::string_view set, std::string_view group, std::string_view body) {
    auto sets = translate(interchange(set, group, body), "made");
    if (sets.size() != 1 || !sets.front().ok()) {
        ADD_FAILURE() << (sets.empty() ? "no set" : sets.front().faults()) << body;
        return {};
    }
    return std::move(sets.front());
}

Value parsed(std::string_view text) {
    auto value = json::parse(text);
    EXPECT_TRUE(value) << text;
    return value ? *value : Value();
}

/// Without provenance, derived members, and the counts that writing makes anew.
void strip(Value& value, document::Node const& node, bool root = true) {
    if (value.is_array() && node.items)
        for (auto& item : value.items())
            strip(item, *node.items, false);
    std::erase_if(value.members(), [&](auto const& member) {
        auto const* property = node.find(member.first);
        return (property && property->derived) || member.first == "line_count" || member.first == "hl_count" ||
               (root && (member.first == "source" || member.first == "test" || member.first == "id"));
    });
    for (auto& [name, member] : value.members())
        if (auto const* property = node.find(name)) strip(member, *property->node, false);
    std::erase_if(value.members(),
                  [](auto const& member) { return member.second.is_object() && member.second.members().empty(); });
    std::sort(value.members().begin(), value.members().end(),
              [](auto const& a, auto const& b) { return a.first < b.first; }); // the order of members says nothing
}

/// What X12 demands and a document may leave out: whose currency it is, that a text is free-form, and in the sets of
/// the grocery trade (875, 880: G62, G69) what happens at a time. Writing fills it in, so it is there when the document
/// comes back.
void fill_defaults(Value& value, std::string_view currency_party, bool grocery) {
    for (auto& [name, member] : value.members()) {
        fill_defaults(member, name == "charges" ? "seller" : currency_party, grocery);
        if (name == "dates" && grocery)
            for (auto& entry : member.items())
                if (entry.find("at") && !entry.find("time_kind")) entry.set("time_kind", "effective");
        if (name == "descriptions" && !grocery)
            for (auto& entry : member.items())
                if (entry.find("text") && !entry.find("form") && !entry.find("code")) entry.set("form", "free_form");
    }
    for (auto& item : value.items())
        fill_defaults(item, currency_party, grocery);
    if (value.find("currency") && !value.find("currency_party")) value.set("currency_party", currency_party);
}

Value with_defaults(Value document, std::string_view set) {
    auto const kind = document.string("document");
    auto const* const party = kind.starts_with("purchase_order") || kind == "receipt" ? "buyer"
                              : kind == "remittance"                                  ? "payer"
                                                                                      : "seller";
    fill_defaults(document, party, set == "875" || set == "880");
    return document;
}

std::string comparable(Value value) {
    strip(value, document::Schema::find(value.string("document"))->root());
    return json::to_pretty_text(value);
}

void renumber(Value& document) {
    if (auto* lines = document.find("lines")) {
        std::int64_t position = 0;
        for (auto& line : lines->items())
            line.set("position", Value::integer(++position));
    }
}

/// A document with one small change that leaves it a good document.
class Editor {
public:
    explicit Editor(std::uint32_t seed) : random_(seed) {}

    Value edit(Value document) {
        for (int tries = 0; tries < 20; ++tries) {
            auto changed = document;
            std::vector<Value*> all;
            collect(changed, all);
            change(*all[pick(all.size())]);
            renumber(changed);
            if (document::check(changed).empty()) return changed;
        }
        return document;
    }

private:
    std::size_t pick(std::size_t below) { return random_() % below; }

    void collect(Value& value, std::vector<Value*>& all) {
        if (!value.items().empty() || !value.members().empty()) all.push_back(&value);
        for (auto& item : value.items())
            collect(item, all);
        for (auto& [name, member] : value.members())
            if (name != "source" && name != "shipped_lines") collect(member, all);
    }

    void change(Value& value) {
        if (value.is_object()) {
            auto& members = value.members();
            if (members.size() == 1) return; // an empty object says nothing and comes back as nothing
            members.erase(members.begin() + static_cast<std::ptrdiff_t>(pick(members.size())));
            return;
        }
        auto& items = value.items();
        auto const at = static_cast<std::ptrdiff_t>(pick(items.size()));
        switch (pick(3)) {
        case 0:
            if (items.size() > 1) items.erase(items.begin() + at);
            break;
        case 1:
            items.insert(items.begin() + at, Value(items[pick(items.size())]));
            break;
        default:
            std::swap(items[static_cast<std::size_t>(at)], items[pick(items.size())]);
        }
    }

    std::mt19937 random_;
};

// read(write(d)) = d: whatever is written without a note comes back; what cannot come back is refused or noted.
TEST(Model, EditedDocumentsComeBackOrAreRefused) {
    std::size_t all = 0, equal = 0, noted = 0, refused = 0;
    std::uint32_t seed = 1;
    for (auto const& entry : std::filesystem::directory_iterator(WHARF_SOURCE_DIR "/tests/golden/translate")) {
        if (entry.path().extension() != ".x12") continue;
        auto const sets = translate(read_file(entry.path()), entry.path().filename().string());
        for (auto const& set : sets) {
            ASSERT_TRUE(set.ok()) << set.faults();
            auto const document = parsed(set.json);
            for (int i = 0; i < 120; ++i) {
                auto const edited = Editor(seed++).edit(document);
                auto const written = write(set, json::to_text(edited));
                ++all;
                if (!written.ok) {
                    EXPECT_FALSE(written.diagnostics.empty());
                    ++refused;
                    continue;
                }
                auto const again = reread(set, written.body);
                ASSERT_TRUE(again.translated);
                if (!written.diagnostics.empty()) {
                    ++noted;
                    continue;
                }
                ASSERT_TRUE(again.ok()) << again.faults() << json::to_pretty_text(edited);
                std::string body;
                for (auto const& segment : written.body)
                    body += segment + "\n";
                EXPECT_EQ(comparable(parsed(again.json)), comparable(with_defaults(edited, set.id))) << body;
                ++equal;
            }
        }
    }
    std::cout << all << " edited documents: " << equal << " come back equal, " << noted << " with notes, " << refused
              << " refused\n";
    EXPECT_GT(equal * 2, all);
}

TEST(Model, CurrencyAndTextAloneCanBeWritten) {
    struct Case {
        std::string_view set, group, body;
    };
    for (auto const& [set, group, body] : {
             Case{"850", "PO",
                  "BEG*00*SA*1**20250602~CUR*BY*USD~PO1*1*1*EA*1**UP*111111111117~CUR*BY*EUR~PID*F****TEXT~"},
             Case{"855", "PR",
                  "BAK*00*AC*1*20250602~CUR*BY*USD~PO1*1*1*EA*1**UP*111111111117~CUR*BY*EUR~PID*F****TEXT~"},
             Case{"810", "IN",
                  "BIG*20250602*1~CUR*SE*USD~IT1*1*1*EA*1**UP*111111111117~CUR*SE*EUR~PID*F****TEXT~TDS*100~"},
         }) {
        auto const read = one(set, group, body);
        ASSERT_NE(read.translator, nullptr) << set;
        auto document = parsed(read.json);
        std::erase_if(document.members(), [](auto const& member) { return member.first == "currency_party"; });
        auto& line = document.find("lines")->items().front();
        std::erase_if(line.members(), [](auto const& member) { return member.first == "currency_party"; });
        std::erase_if(line.find("descriptions")->items().front().members(),
                      [](auto const& member) { return member.first == "form"; });
        auto const written = write(read, json::to_text(document));
        ASSERT_TRUE(written.ok) << set << (written.diagnostics.empty() ? "" : written.diagnostics.front().message);
        std::string text;
        for (auto const& segment : written.body)
            text += segment + "~";
        EXPECT_EQ(text, body);
        EXPECT_EQ(comparable(parsed(read.json)), comparable(with_defaults(document, "")));
    }
}

TEST(Model, ExtensionsStayWithTheirLine) {
    // IT8 and PO1/ADV have no fields in the model
    auto const set = one("850", "PO",
                         "BEG*00*SA*1**20250602~PO1*1*1*EA*1**UP*111111111117~IT8*BK~PO1*2*2*EA*1**UP*222222222224~"
                         "PO1*3*3*EA*1**UP*333333333331~IT8*SC~CTT*3~");
    ASSERT_NE(set.translator, nullptr);
    auto document = parsed(set.json);
    auto& lines = document.find("lines")->items();
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_NE(lines[0].find("extensions"), nullptr) << set.json;
    EXPECT_EQ(lines[1].find("extensions"), nullptr);
    // the third first, a new line in the middle, the second away
    Value added;
    added.set("position", Value::integer(2));
    added.set("quantity", "9");
    added.set("unit", "each");
    auto const first = lines[0], third = lines[2];
    lines = {third, added, first};
    renumber(document);
    auto const written = write(set, json::to_text(document));
    ASSERT_TRUE(written.ok) << (written.diagnostics.empty() ? "" : written.diagnostics.front().message);
    std::vector<std::string> const expected{"BEG*00*SA*1**20250602",
                                            "PO1*3*3*EA*1**UP*333333333331",
                                            "IT8*SC",
                                            "PO1**9*EA",
                                            "PO1*1*1*EA*1**UP*111111111117",
                                            "IT8*BK",
                                            "CTT*3"};
    EXPECT_EQ(written.body, expected);
}

TEST(Model, LongOrdersKeepEverythingInOrder) {
    std::string body = "BEG*00*SA*1**20250602~PO1*1*5000*EA*1**UP*111111111117~";
    for (int i = 0; i < 500; ++i) {
        body += "SDQ*EA*92";
        for (int j = 0; j < 10; ++j)
            body += fmt::format("*{:04}*{}", i * 10 + j, 1 + (i * 10 + j) % 7);
        body += "~";
    }
    for (int i = 0; i < 200; ++i)
        body += fmt::format("SCH*{}*EA***002*2025{:02}{:02}~", i + 1, 1 + i % 12, 1 + i % 28);
    auto const set = one("850", "PO", body + "CTT*1~");
    ASSERT_NE(set.translator, nullptr);
    auto const document = parsed(set.json);
    auto const& line = document.find("lines")->items()[0];
    auto const& destinations = line.find("destinations")->items();
    ASSERT_EQ(destinations.size(), 5000u);
    for (std::size_t i = 0; i < destinations.size(); ++i) {
        ASSERT_EQ(destinations[i].find("location")->string("value"), fmt::format("{:04}", i));
        ASSERT_EQ(destinations[i].string("quantity"), std::to_string(1 + i % 7));
    }
    auto const& schedules = line.find("schedules")->items();
    ASSERT_EQ(schedules.size(), 200u);
    EXPECT_EQ(schedules[199].string("quantity"), "200");
    auto const written = write(set, set.json);
    ASSERT_TRUE(written.ok);
    EXPECT_EQ(written.body, set.body);
}

TEST(Model, AHundredAndFourResponsesAreKept) {
    std::string body = "BAK*00*AC*1*20250602~PO1*1*104*EA*1**UP*111111111117~";
    for (int i = 0; i < 104; ++i)
        body += fmt::format("ACK*IA*{}*EA*068*2025{:02}{:02}~", i + 1, 1 + i % 12, 1 + i % 28);
    auto const set = one("855", "PR", body + "CTT*1~");
    ASSERT_NE(set.translator, nullptr);
    auto const document = parsed(set.json);
    auto const& responses = document.find("lines")->items()[0].find("responses")->items();
    ASSERT_EQ(responses.size(), 104u);
    for (std::size_t i = 0; i < responses.size(); ++i)
        ASSERT_EQ(responses[i].string("quantity"), std::to_string(i + 1));
    auto const written = write(set, set.json);
    ASSERT_TRUE(written.ok);
    EXPECT_EQ(written.body, set.body);
}

// Two cartons on a pallet, one item in each: however they are nested, the same was shipped.
TEST(Model, EveryHierarchyGivesTheSameShippedLines) {
    constexpr std::string_view pallet = "MAN*GM*00006141400000000013~", first = "MAN*GM*00006141400000000020~",
                               second = "MAN*GM*00006141400000000037~", order = "PRF*4501***20250602~",
                               a = "LIN**UP*111111111117~SN1**24*EA~", b = "LIN**UP*222222222224~SN1**7*CA~";
    auto const hl = [](int id, int parent, char level) {
        return parent == 0 ? fmt::format("HL*{}**{}~", id, level) : fmt::format("HL*{}*{}*{}~", id, parent, level);
    };
    auto const shipped = [&](std::string const& body, bool packages) {
        auto const set = one("856", "SH", "BSN*00*1234*20250612*1640~" + body + "CTT*1~");
        auto document = parsed(set.json);
        auto* lines = document.find("shipped_lines");
        if (!lines) {
            ADD_FAILURE() << set.json;
            return std::string();
        }
        if (!packages)
            for (auto& line : lines->items())
                std::erase_if(line.members(), [](auto const& member) { return member.first == "packages"; });
        return json::to_pretty_text(*lines);
    };
    std::string const s = hl(1, 0, 'S');
    auto const join = [](std::initializer_list<std::string_view> parts) {
        std::string text;
        for (auto const part : parts)
            text += part;
        return text;
    };
    auto const sotpi = join({s, hl(2, 1, 'O'), order, hl(3, 2, 'T'), pallet, hl(4, 3, 'P'), first, hl(5, 4, 'I'), a,
                             hl(6, 3, 'P'), second, hl(7, 6, 'I'), b});
    auto const stopi = join({s, hl(2, 1, 'T'), pallet, hl(3, 2, 'O'), order, hl(4, 3, 'P'), first, hl(5, 4, 'I'), a,
                             hl(6, 3, 'P'), second, hl(7, 6, 'I'), b});
    EXPECT_EQ(shipped(stopi, true), shipped(sotpi, true));
    auto const sopi = join(
        {s, hl(2, 1, 'O'), order, hl(3, 2, 'P'), first, hl(4, 3, 'I'), a, hl(5, 2, 'P'), second, hl(6, 5, 'I'), b});
    auto const spoi = join({s, hl(2, 1, 'P'), first, hl(3, 2, 'O'), order, hl(4, 3, 'I'), a, hl(5, 1, 'P'), second,
                            hl(6, 5, 'O'), order, hl(7, 6, 'I'), b});
    auto const soip = join(
        {s, hl(2, 1, 'O'), order, hl(3, 2, 'I'), a, hl(4, 3, 'P'), first, hl(5, 2, 'I'), b, hl(6, 5, 'P'), second});
    EXPECT_EQ(shipped(spoi, true), shipped(sopi, true));
    EXPECT_EQ(shipped(soip, true), shipped(sopi, true));
    auto const soi = join({s, hl(2, 1, 'O'), order, hl(3, 2, 'I'), a, hl(4, 2, 'I'), b});
    auto const si = join({s, hl(2, 1, 'I'), a, order, hl(3, 1, 'I'), b, order});
    EXPECT_EQ(shipped(soi, true), shipped(soi, false)) << "no packages, none named";
    for (auto const& body : {sotpi, stopi, sopi, spoi, soip, si})
        EXPECT_EQ(shipped(body, false), shipped(soi, false)) << body;
}

TEST(Model, CreditMemosSayWhichWayTheMoneyGoes) {
    auto const direction = [](std::string_view type, std::string_view total) {
        auto const set =
            one("810", "IN",
                fmt::format("BIG*20250702*C1*****{}~IT1*1*1*EA*10**UP*111111111117~TDS*{}~CTT*1~", type, total));
        return std::string(parsed(set.json).string("direction"));
    };
    EXPECT_EQ(direction("CR", "1000"), "credit");
    EXPECT_EQ(direction("CR", "-1000"), "credit");
    EXPECT_EQ(direction("DI", "-1000"), "credit");
    EXPECT_EQ(direction("DI", "1000"), "debit");
    EXPECT_EQ(direction("", "1000"), "debit");
    EXPECT_EQ(direction("", "-1000"), "credit");
    EXPECT_EQ(direction("CN", "1000"), "credit");
    EXPECT_EQ(direction("CE", "1000"), "credit");
    EXPECT_EQ(direction("DR", "1000"), "debit");
}

} // namespace
} // namespace wharf::golden
