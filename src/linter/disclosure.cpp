// Which elements tell something about people and business. By number where a name does not say it, else by type and name.
#include "linter/redact.hpp"

#include <algorithm>
#include <array>

namespace wharf::linter {
namespace {

// Texts by type, but control numbers, references of the standard into the file, or codes.
constexpr std::array<std::string_view, 26> kept = {"28",   "329",  "350",  "447",  "628",  "734",  "1705", "480",  "1251", "1271", "725", "103", "22", "59",
                                                   "209",  "9998", "799",  "1195", "I15",  "I65",  "754",  "751",  "129",  "1000", "804", "801"};
// Numbers that belong to a person or an account, or places and people by their names' look.
constexpr std::array<std::string_view, 17> personal = {"7", "20", "116", "154", "310", "325", "364", "443", "507", "508", "509", "510", "817", "867", "119", "961", "724"};
// Prices, amounts and rates.
constexpr std::array<std::string_view, 45> amounts = {"280", "488", "58",  "60",  "74",  "117", "118", "148", "149", "191", "193", "212",  "237",  "258", "332", "338", "342",
                                                      "343", "359", "360", "361", "362", "389", "390", "391", "401", "418",  "419",  "420", "421", "427", "565",
                                                      "610", "655", "777", "780", "782", "828", "858", "881", "954", "1051", "1687", "657", "658"};

template <std::size_t Size> bool holds(std::array<std::string_view, Size> const& list, std::string_view number) { return std::ranges::find(list, number) != list.end(); }

bool names_an_identifier(std::string_view name) {
    return std::ranges::any_of(std::array<std::string_view, 5>{"Number", "Identif", "Code", " ID", "Shipment"}, [&](std::string_view word) { return name.find(word) != std::string_view::npos; });
}

} // namespace

Disclosure disclosure_of(grammar::ElementDefinition const* element) {
    if (element == nullptr)
        return Disclosure::text;
    if (holds(kept, element->number))
        return Disclosure::keep;
    if (holds(amounts, element->number))
        return Disclosure::amount;
    if (holds(personal, element->number))
        return Disclosure::text;
    if (element->type == "B")
        return Disclosure::binary;
    if (element->type != "AN")
        return Disclosure::keep; // codes, dates, times, quantities, counts
    return names_an_identifier(element->name) ? Disclosure::identifier : Disclosure::text;
}

} // namespace wharf::linter
