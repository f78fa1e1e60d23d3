// From canonical documents to an X12 interchange for trying out: usage T, control numbers from 1, the time now.
//
// Real interchanges are written by the gateway, which owns the control numbers. What is made here passes our own
// validation or is not given out.
#pragma once

#include "base/clock.hpp"
#include "diagnostic/diagnostic.hpp"
#include "grammar/schema.hpp"
#include "partner/configuration.hpp"
#include "translator/translator.hpp"

#include <string>
#include <string_view>

namespace wharf::cli {

struct WriteOptions {
    std::string translator; // empty: the profile's, else the shipped one
    partner::PartnerProfile const* profile = nullptr;
    partner::Identity const* identity = nullptr; // ours; nullptr: "WHARF"
    bool line_breaks = false;
};

struct WriteResult {
    std::string bytes; // of the documents without errors; empty when there is none
    Diagnostics diagnostics;
    std::string trouble; // what could not be done at all; empty: nothing
};

/// `text` is one document or an array of them.
[[nodiscard]] WriteResult write_x12(std::string_view text, std::string const& file_name, grammar::SchemaCache& schemas,
                                    translator::Translators& translators, WriteOptions const& options);

} // namespace wharf::cli
