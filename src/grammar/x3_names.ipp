// For the sources that hold X3 rules: an expectation that carries an action is named like the rule inside, not by its type.
#pragma once

#include <boost/spirit/home/x3.hpp>

#include <string>

template <class Subject, class Action> struct boost::spirit::x3::get_info<boost::spirit::x3::action<Subject, Action>> {
    using result_type = std::string;
    std::string operator()(action<Subject, Action> const& parser) const { return what(parser.subject); }
};
