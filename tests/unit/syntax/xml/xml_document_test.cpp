#include "base/limits.hpp"
#include "syntax/xml/document.hpp"

#include <gtest/gtest.h>

namespace wharf::xml {
namespace {

Fault fault_of(std::string_view text) {
    auto const parsed = parse(text);
    EXPECT_FALSE(parsed.has_value()) << text;
    return parsed ? Fault::not_well_formed : parsed.error().fault;
}

TEST(XmlDocument, elements_attributes_and_texts_in_order) {
    auto const parsed = parse("\xef\xbb\xbf<?xml version='1.0'?><!-- c --><a x='1' y='&lt;&#x41;'> t <b/><c>u<![CDATA[<&>]]></c></a>");
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
    auto const& nodes = parsed->nodes;
    ASSERT_EQ(nodes.size(), 5u);
    EXPECT_EQ(nodes[0].name, "a");
    EXPECT_EQ(nodes[0].text, "t");
    EXPECT_EQ(nodes[0].end, 5u);
    EXPECT_TRUE(nodes[1].attribute);
    EXPECT_EQ(nodes[2].text, "<A");
    EXPECT_EQ(nodes[3].name, "b");
    EXPECT_EQ(nodes[4].text, "u<&>");
}

TEST(XmlDocument, namespaces_are_resolved) {
    auto const parsed = parse("<a xmlns='u' xmlns:p='v' p:x='1' y='2'><p:b xmlns:p='w'/><c xmlns=''/><p:d/></a>");
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
    std::string names;
    for (auto const& node : parsed->nodes)
        names += node.name + " ";
    EXPECT_EQ(names, "{u}a {v}x y {w}b c {v}d ");
    auto const again = parse(parsed->fragment(0));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->nodes.size(), parsed->nodes.size());
    for (std::size_t i = 0; i < again->nodes.size(); ++i)
        EXPECT_EQ(again->nodes[i].name, parsed->nodes[i].name);
}

TEST(XmlDocument, names_are_a_prefix_and_a_name) {
    for (auto const* text : {"<a:b:c xmlns:a='u'/>", "<:a xmlns='u'/>", "<a: xmlns:a='u'/>", "<a:-b xmlns:a='u'/>", "<a:1 xmlns:a='u'/>",
                             "<x a:='1' xmlns:a='u'/>", "<x a:b:c='1' xmlns:a='u'/>", "<p:a xmlns:p=''/>", "<a p:b=''/>",
                             "<a xmlns='u' xmlns='v'/>", "<a xmlns:p='u' xmlns:p='v'/>", "<a b='1' b='2'/>",
                             "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>"})
        EXPECT_EQ(fault_of(text), Fault::not_well_formed) << text;
}

TEST(XmlDocument, a_fragment_is_read_as_the_element_it_was) {
    for (auto const* text : {
             "<a:x xmlns:a='}>' b='0'><y/></a:x>",                                // a namespace may hold anything
             "<a xmlns:p='u' xmlns:q='v' p:b='1' q:b='2' p:c='3' b='4'><q:d q:e=''/></a>", // attributes of several
             "<a xmlns='u'><b xmlns=''><c xmlns='v'/></b></a>",
             "<xml:a xml:lang='en'/>",
         }) {
        auto const parsed = parse(text);
        ASSERT_TRUE(parsed.has_value()) << text << parsed.error().message;
        for (std::uint32_t node = 0; node < parsed->nodes.size(); ++node) {
            if (parsed->nodes[node].attribute) continue;
            auto const fragment = parsed->fragment(node);
            auto const again = parse(fragment);
            ASSERT_TRUE(again.has_value()) << fragment << again.error().message;
            ASSERT_EQ(again->nodes.size(), parsed->nodes[node].end - node) << fragment;
            for (std::uint32_t i = 0; i < again->nodes.size(); ++i) {
                EXPECT_EQ(again->nodes[i].name, parsed->nodes[node + i].name) << fragment;
                EXPECT_EQ(again->nodes[i].text, parsed->nodes[node + i].text) << fragment;
            }
        }
    }
}

TEST(XmlDocument, a_doctype_is_ignored_unless_it_declares) {
    EXPECT_TRUE(parse("<!DOCTYPE a SYSTEM \"http://x/y.dtd\"><a/>").has_value());
    EXPECT_EQ(fault_of("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), Fault::doctype);
    EXPECT_EQ(fault_of("<a>&b;</a>"), Fault::entity);
    EXPECT_EQ(fault_of("<a b='&c;'/>"), Fault::entity);
    EXPECT_EQ(fault_of("<a>&#;</a>"), Fault::entity);
    EXPECT_TRUE(parse("<a><!-- &b; --><![CDATA[&b;]]></a>").has_value());
}

TEST(XmlDocument, limits_hold) {
    std::string deep;
    for (unsigned i = 0; i <= limits::xml_depth; ++i)
        deep += "<a>";
    for (unsigned i = 0; i <= limits::xml_depth; ++i)
        deep += "</a>";
    EXPECT_EQ(fault_of(deep), Fault::limit);
    std::string wide = "<a";
    for (unsigned i = 0; i <= limits::xml_attributes; ++i)
        wide += " a" + std::to_string(i) + "=''";
    EXPECT_EQ(fault_of(wide + "/>"), Fault::limit);
}

TEST(XmlDocument, encodings) {
    auto const latin = parse("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xfc</a>");
    ASSERT_TRUE(latin.has_value());
    EXPECT_EQ(latin->nodes[0].text, "\u00fc");
    std::string wide = "\xff\xfe";
    for (auto const c : std::u16string(u"<?xml version='1.0' encoding='UTF-16'?><a>\u20ac</a>"))
        wide += {static_cast<char>(c & 0xff), static_cast<char>(c >> 8)};
    auto const parsed = parse(wide);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
    EXPECT_EQ(parsed->nodes[0].text, "\u20ac");
    auto const unmarked = parse(std::string_view(wide).substr(2));
    ASSERT_TRUE(unmarked.has_value()) << unmarked.error().message;
    EXPECT_EQ(unmarked->nodes[0].text, "\u20ac");
    std::string hidden = "\xff\xfe"; // the guard sees through the encoding
    for (auto const c : std::string_view("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"))
        hidden += {c, '\0'};
    EXPECT_EQ(fault_of(hidden), Fault::doctype);
    EXPECT_EQ(fault_of("<a>\xfc</a>"), Fault::not_well_formed);
}

TEST(XmlDocument, what_is_written_is_read_back) {
    Out root{"a", "", {{"x", "<\"&'>"}}, {{"b", "1 < 2 & 3", {}, {}, {}}, {"", "", {}, {}, "<c d=\"e\">f</c>"}}, {}};
    auto const text = to_text(root, {true, "a SYSTEM \"http://x\""});
    ASSERT_TRUE(text.has_value());
    EXPECT_TRUE(text->starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE a SYSTEM \"http://x\">")) << *text;
    auto const parsed = parse(*text);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message << *text;
    ASSERT_EQ(parsed->nodes.size(), 5u);
    EXPECT_EQ(parsed->nodes[1].text, "<\"&'>");
    EXPECT_EQ(parsed->nodes[2].text, "1 < 2 & 3");
    EXPECT_EQ(parsed->nodes[4].text, "e");
    root.text = "\x01";
    EXPECT_FALSE(to_text(root, {}).has_value());
}

} // namespace
} // namespace wharf::xml
