#include "file_fixture.hpp"

namespace wharf::translator::test {
namespace {

std::shared_ptr<FileTranslator const> shipped(std::string const& name) {
    auto const source = embedded_maps();
    auto const map = load_map(*source, name);
    EXPECT_TRUE(map.has_value()) << (map ? "" : rendered(map.error()));
    if (!map) return nullptr;
    auto plan = compile_nodes(*map, *source);
    EXPECT_TRUE(plan.has_value()) << (plan ? "" : rendered(plan.error()));
    return plan ? make_file_translator(std::move(*plan)) : nullptr;
}

constexpr auto order = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd">
<cXML payloadID="1@b" timestamp="2025-06-02T10:00:00">
  <Header><From><Credential domain="DUNS"><Identity>1</Identity></Credential></From></Header>
  <Request deploymentMode="production">
    <OrderRequest>
      <OrderRequestHeader orderID="4711" orderDate="2025-06-02" type="new">
        <Total><Money currency="USD">15.00</Money></Total>
        <ShipTo>
          <Address addressID="0042" isoCountryCode="US">
            <Name xml:lang="en">M&#252;ller &amp; Co</Name>
            <PostalAddress><Street>1 Main</Street><Street>Dock 2</Street><City>Akron</City><State>OH</State>
              <PostalCode>44301</PostalCode><Country isoCountryCode="US">United States</Country></PostalAddress>
          </Address>
        </ShipTo>
        <Extrinsic name="a">x</Extrinsic>
        <Extrinsic name="b">y</Extrinsic>
      </OrderRequestHeader>
      <ItemOut quantity="10" lineNumber="1" requestedDeliveryDate="2025-06-09">
        <ItemID><SupplierPartID>A-1</SupplierPartID></ItemID>
        <ItemDetail>
          <UnitPrice><Money currency="USD">1.50</Money></UnitPrice>
          <Description xml:lang="en"><![CDATA[Bolt <M6>]]></Description>
          <UnitOfMeasure>EA</UnitOfMeasure>
        </ItemDetail>
      </ItemOut>
    </OrderRequest>
  </Request>
</cXML>
)";

TEST(XmlFormat, a_cxml_order_both_ways) {
    auto const map = shipped("cxml/order_request");
    ASSERT_NE(map, nullptr);
    auto const document = read_one(*map, order);
    EXPECT_EQ(at(document, "number"), "4711");
    EXPECT_EQ(at(document, "purpose"), "original");
    EXPECT_EQ(at(document, "currency"), "USD");
    EXPECT_EQ(at(document, "parties[0].name"), "M\u00fcller & Co");
    EXPECT_EQ(at(document, "parties[0].identifiers[0].value"), "0042");
    EXPECT_EQ(at(document, "parties[0].address.lines"), R"(["1 Main","Dock 2"])");
    EXPECT_EQ(at(document, "parties[0].address.country"), "US");
    EXPECT_EQ(at(document, "lines[0].quantity"), "10");
    EXPECT_EQ(at(document, "lines[0].unit"), "each");
    EXPECT_EQ(at(document, "lines[0].unit_price"), "1.50");
    EXPECT_EQ(at(document, "lines[0].descriptions[0].text"), "Bolt <M6>");
    EXPECT_EQ(at(document, "lines[0].dates[0].date"), "2025-06-09");
    auto const extensions = at(document, "extensions");
    EXPECT_NE(extensions.find("payloadID"), std::string::npos) << extensions;
    EXPECT_NE(extensions.find("Extrinsic(2)"), std::string::npos) << extensions;
    Diagnostics found;
    auto const back = write_file_text(*map, {document}, &found);
    EXPECT_FALSE(has_errors(found)) << rendered(found);
    auto again = read_one(*map, back);
    EXPECT_EQ(json::to_text(again), json::to_text(document)) << back << rendered(found);
    EXPECT_EQ(write_file_text(*map, {again}, &found), back);
}

TEST(XmlFormat, blanks_that_are_meant_and_texts_like_elements_come_back) {
    auto const map = shipped("cxml/order_request");
    auto const document = read_one(*map, R"(<cXML payloadID="&lt;1@b">
<Request><OrderRequest><OrderRequestHeader orderID="&lt;4711" type="new" orderType="regular"/>
<ItemOut quantity="1"><ItemID><![CDATA[ ]]><SupplierPartID> A&#13;
<![CDATA[ <b> ]]> </SupplierPartID></ItemID></ItemOut></OrderRequest></Request></cXML>)");
    EXPECT_EQ(at(document, "extensions"), R"({"xml":{"@payloadID":"<1@b"}})");
    EXPECT_EQ(at(document, "number"), "<4711");
    EXPECT_EQ(at(document, "lines[0].items[0].value"), "A\r\n <b>");
    auto const back = write_file_text(*map, {document});
    EXPECT_EQ(json::to_text(read_one(*map, back)), json::to_text(document)) << back;
    EXPECT_NE(back.find("A&#13;\n &lt;b&gt;"), std::string::npos) << back;
}

TEST(XmlFormat, nothing_dangerous_is_read) {
    auto const map = shipped("cxml/order_request");
    auto const code = [&](std::string const& text) {
        auto const documents = read_file_text(*map, text);
        return documents.empty() || documents[0].diagnostics.empty() ? std::string() : documents[0].diagnostics[0].code;
    };
    EXPECT_EQ(code("<!DOCTYPE cXML [<!ENTITY a \"x\">]><cXML>&a;</cXML>"), "MAP-0151");
    EXPECT_EQ(code("<cXML>&a;</cXML>"), "MAP-0151");
    EXPECT_EQ(code("<cXML>a & b</cXML>"), "MAP-0151");
    EXPECT_EQ(code("<cXML><![CDATA[a & b]]></cXML>"), "MAP-0103") << "only the number is missing";
    EXPECT_EQ(code("<cXML><a></cXML>"), "MAP-0150");
    EXPECT_EQ(code("<cXML a='1' a='2'/>"), "MAP-0150");
    EXPECT_EQ(code("<cXML>\xff</cXML>"), "MAP-0150");
    EXPECT_EQ(code("<p:cXML/>"), "MAP-0150");
    EXPECT_EQ(code(""), "MAP-0150");
    EXPECT_EQ(code("<Invoice/>"), "MAP-0153");
}

TEST(XmlFormat, depth_is_limited) {
    auto const map = shipped("cxml/order_request");
    std::string text = "<cXML>";
    for (int i = 0; i < 100'000; ++i)
        text += "<a>";
    for (int i = 0; i < 100'000; ++i)
        text += "</a>";
    auto const documents = read_file_text(*map, text + "</cXML>");
    ASSERT_EQ(documents.size(), 1u);
    EXPECT_EQ(codes(documents[0].diagnostics), "MAP-0152:1");
}

TEST(XmlFormat, namespaces_are_resolved_and_selects_choose) {
    auto const map = good_map(R"(translator t/map
document   purchase_order 1
format     xml root o:Order codes x12
namespace  o "urn:orders"
number                 o:Number
purpose                read = "original"
parties[role=ship_to].name   o:Party[@role=shipTo]/o:Name
parties[role=bill_to].name   o:Party[@role=billTo]/o:Name
lines[]                each o:Line
  position             read = $index
  quantity             o:Quantity
  unit                 o:Quantity/@unit     code unit
)");
    ASSERT_NE(map, nullptr);
    auto const document = read_one(*map, R"(<Order xmlns="urn:orders"><Number>7</Number>
<Party role="billTo"><Name>B</Name></Party><Party role="shipTo"><Name>S</Name></Party>
<x:Line xmlns:x="urn:orders"><x:Quantity unit="EA">3</x:Quantity></x:Line></Order>)");
    EXPECT_EQ(at(document, "number"), "7");
    EXPECT_EQ(at(document, "lines[0].quantity"), "3");
    EXPECT_EQ(at(document, "lines[0].unit"), "each");
    EXPECT_EQ(at(document, "parties[0].role") + at(document, "parties[0].name"), "ship_toS");
    auto const back = write_file_text(*map, {document});
    EXPECT_NE(back.find(R"(<o:Party role="shipTo"><o:Name>S</o:Name></o:Party>)"), std::string::npos) << back;
    EXPECT_EQ(json::to_text(read_one(*map, back)), json::to_text(document)) << back;
}

TEST(XmlFormat, a_bad_value_names_line_and_element) {
    auto const map = shipped("cxml/order_request");
    std::string text = order;
    text.replace(text.find("quantity=\"10\""), 13, "quantity=\"ten\"");
    auto const documents = read_file_text(*map, text);
    ASSERT_EQ(codes(documents[0].diagnostics), "MAP-0101:19");
    EXPECT_EQ(documents[0].diagnostics[0].place.path, "Request/OrderRequest/ItemOut/@quantity");
}

} // namespace
} // namespace wharf::translator::test
