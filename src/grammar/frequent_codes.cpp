#include "grammar/frequent_codes.hpp"

namespace wharf::grammar {
namespace {

struct FrequentCodes {
    std::string_view element;
    std::string_view codes; // the most frequent first
};

// Orders, their answers, ship notices and invoices between suppliers and retailers.
constexpr FrequentCodes frequent[] = {
    {"66", "92 91 9 1 UL 2 24 ZZ"},                                                     // whose number a party has
    {"92", "SA NE KN BK RL DS RE CF ST RO OS"},                                         // kinds of purchase orders
    {"98", "ST BT BY SF SE VN RE SU RI SN PE CA WH MF OB Z7"},                          // parties
    {"128", "DP IA VR VN PO IV CN BM CO PD CT CR MR MA PK SI AB 2I 11 12 19 ZZ"},       // references
    {"146", "CC PP CF PC TP DF MX"},                                                    // who pays the freight
    {"235", "UP VN VP BP IN SK UK EN EO IB MG UI UA PO CB SZ BO PI CL LT SN BL"},       // item numbers
    {"248", "A C N P"},                                                                 // allowance or charge
    {"333", "3 2 1 5 15 ZZ"},                                                           // where terms begin
    {"336", "01 02 03 05 08 14 ZZ"},                                                    // terms of payment
    {"349", "F S X"},                                                                   // descriptions
    {"353", "00 05 06 07 01 04 12"},                                                    // purpose of a set
    {"355", "EA CA CT PC BX PK LB KG DZ PR FT IN YD MR GA UN PL RL BG ST SF GR HR OZ"}, // units
    {"365", "TE EM FX UR"},                                                             // how to reach somebody
    {"366", "IC BD OC CN AP AR DC"},                                                    // contacts
    {"374", "002 010 011 001 003 004 007 017 037 038 063 064 067 068 106 118 050 097"}, // dates
    {"668", "IA IB IC ID IE IF IH IP IQ IR IS IW AC AR BP"},                            // what becomes of a line
    {"735", "S O P T I D A"},                                                           // levels of a ship notice
};

} // namespace

std::size_t frequency_rank(std::string_view element, std::string_view code) {
    for (auto const& list : frequent) {
        if (list.element != element)
            continue;
        auto rest = list.codes;
        for (std::size_t rank = 0; !rest.empty(); ++rank) {
            auto const end = rest.find(' ');
            if (rest.substr(0, end) == code)
                return rank;
            rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        }
    }
    return not_frequent;
}

} // namespace wharf::grammar
