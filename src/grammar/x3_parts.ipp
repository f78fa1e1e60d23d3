// What the sources that hold X3 rules share: a parser by reference, and the names that expectations are reported by.
#pragma once

#include <boost/spirit/home/x3.hpp>

#include <string>

namespace wharf::grammar {
namespace {

/// A parser by reference. X3 expressions hold their parts by value: without this, every call of x3::parse would copy a
/// rule of two kilobytes, which took three times as long as parsing a line.
template <class Parser> struct Borrowed : boost::spirit::x3::parser<Borrowed<Parser>> {
    static constexpr bool has_attribute = false;
    Parser const& parser;

    explicit Borrowed(Parser const& borrowed) : parser(borrowed) {}
    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule, Attribute& attribute) const {
        return parser.parse(first, last, context, rule, attribute);
    }
};

} // namespace
} // namespace wharf::grammar

// An expectation that is borrowed, or carries an action, is named like the rule inside, not by its type.
template <class Parser> struct boost::spirit::x3::get_info<wharf::grammar::Borrowed<Parser>> {
    using result_type = std::string;
    std::string operator()(wharf::grammar::Borrowed<Parser> const& borrowed) const { return what(borrowed.parser); }
};
template <class Subject, class Action> struct boost::spirit::x3::get_info<boost::spirit::x3::action<Subject, Action>> {
    using result_type = std::string;
    std::string operator()(action<Subject, Action> const& parser) const { return what(parser.subject); }
};
