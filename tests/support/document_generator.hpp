// Draws clean transaction sets at random from a schema: every optional segment, loop, element, component, repeat and code may
// come or not, within what the grammar (and a guide, when the schema has one) allows; lengths, types, dates and notes hold.
//
// The same seed draws the same documents. What is drawn is clean by construction but for rare rows that a reader cannot
// reach in the order drawn (a later row of the same segment id as an open one): those are left out, or the draw begins anew.
#pragma once

#include "support/document.hpp"

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace wharf::test {

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    /// 0 … below - 1, the same on every machine (the standard's distributions are not).
    [[nodiscard]] std::size_t below(std::size_t below) { return below == 0 ? 0 : static_cast<std::size_t>(engine_() % below); }
    [[nodiscard]] bool chance(unsigned percent) { return below(100) < percent; }
    template <class Container> [[nodiscard]] auto const& one_of(Container const& from) { return from[below(from.size())]; }

private:
    std::mt19937_64 engine_;
};

class DocumentGenerator {
public:
    explicit DocumentGenerator(std::uint64_t seed) : random_(seed) {}

    /// A clean set, some ten to `segments` segments (mandatory rows may make it longer).
    [[nodiscard]] Document draw(std::shared_ptr<grammar::Schema const> schema, std::size_t segments = 120);
    /// One segment that is right at this row, elements at random.
    [[nodiscard]] std::string draw_segment(grammar::Schema const& schema, grammar::NodeIndex node);
    [[nodiscard]] Random& random() { return random_; }
    void use(x12::Delimiters const& delimiters) { delimiters_ = delimiters; }

private:
    void draw_rows(grammar::Schema const& schema, std::vector<grammar::NodeIndex> const& rows);
    void draw_row(grammar::Schema const& schema, grammar::NodeIndex node);
    [[nodiscard]] bool add(grammar::Schema const& schema, grammar::NodeIndex node, bool again);
    [[nodiscard]] std::string text_of(grammar::Schema const& schema, grammar::NodeIndex node);
    [[nodiscard]] std::uint64_t draw_presence(std::vector<grammar::ElementRule> const& elements, std::vector<grammar::SyntaxNote const*> const& notes);
    [[nodiscard]] std::string draw_element(grammar::ElementRule const& rule);
    [[nodiscard]] std::string draw_single(grammar::ElementRule const& rule);
    [[nodiscard]] std::string draw_composite(grammar::ElementRule const& rule);
    [[nodiscard]] std::string draw_value(grammar::ElementRule const& rule);
    [[nodiscard]] std::string draw_text(std::uint32_t min, std::uint32_t max);
    [[nodiscard]] std::string draw_number(grammar::ElementRule const& rule);
    [[nodiscard]] std::string draw_date(bool with_century);
    [[nodiscard]] std::string draw_time(std::uint32_t min, std::uint32_t max);
    [[nodiscard]] std::vector<std::string> const& codes_of(grammar::CodeList const& list, grammar::ElementRule const& rule);
    void make_consistent(std::vector<std::string>& elements);

    Random random_;
    x12::Delimiters delimiters_{'*', '>', '~', '^'};
    std::map<grammar::CodeList const*, std::vector<std::string>> codes_;
    // of the draw in progress
    std::vector<std::string> segments_;
    grammar::NodeIndex current_ = 0;
    std::size_t wanted_ = 0;
    unsigned likely_ = 50;         // per cent that something optional comes
    unsigned elements_likely_ = 50;
    bool unreachable_ = false;     // a mandatory row could not be placed
    std::size_t levels_ = 0;       // HL segments so far
    std::vector<std::string> loop_ids_; // open LS
};

} // namespace wharf::test
