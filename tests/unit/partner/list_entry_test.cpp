#include "partner/list_entry.hpp"

#include <gmock/gmock.h>

namespace wharf::partner {
namespace {

using ::testing::HasSubstr;

std::string inserted(std::string_view text) {
    auto const made = with_list_entry(text, {"as2", "partner_certificates"}, "{file: keys/new.pem, from: 2026-12-01}", "SHA-256 ab");
    return made ? *made : "- " + made.error().message;
}

TEST(ListEntry, BehindTheLastItem) {
    EXPECT_EQ(inserted(R"(# Acme
as2:
  own_name: US   # ours
  partner_certificates: # theirs
    # the old one
    - file: keys/acme.pem
      until: 2026-12-31

  # where they are
  url: https://acme.example
senders: [acme]
)"),
              R"(# Acme
as2:
  own_name: US   # ours
  partner_certificates: # theirs
    # the old one
    - file: keys/acme.pem
      until: 2026-12-31
    - {file: keys/new.pem, from: 2026-12-01} # SHA-256 ab

  # where they are
  url: https://acme.example
senders: [acme]
)");
    // Dashes may stand below the key itself, and the file may end without a line end.
    EXPECT_EQ(inserted("as2:\n  partner_certificates:\n  - {file: a-b.pem}"),
              "as2:\n  partner_certificates:\n  - {file: a-b.pem}\n  - {file: keys/new.pem, from: 2026-12-01} # SHA-256 ab\n");
    EXPECT_EQ(inserted("as2:\r\n  partner_certificates:\r\n    - file: a\r\n"),
              "as2:\r\n  partner_certificates:\r\n    - file: a\r\n    - {file: keys/new.pem, from: 2026-12-01} # SHA-256 ab\r\n");
}

TEST(ListEntry, IntoBrackets) {
    EXPECT_EQ(inserted("as2:\n  partner_certificates: [{file: \"a].pem\"}] # theirs\n"),
              "as2:\n  partner_certificates: [{file: \"a].pem\"}, {file: keys/new.pem, from: 2026-12-01}] # theirs\n");
    EXPECT_EQ(inserted("as2: {partner_certificates: []}\n"), "as2: {partner_certificates: [{file: keys/new.pem, from: 2026-12-01}]}\n");
    EXPECT_EQ(inserted("as2:\n  partner_certificates: [\n    {file: a}, # old ]\n  ]\n  url: x\n"),
              "as2:\n  partner_certificates: [\n    {file: a}, # old ]\n   {file: keys/new.pem, from: 2026-12-01}]\n  url: x\n");
}

TEST(ListEntry, AListThatWasNotThere) {
    EXPECT_EQ(inserted("as2:\n  own_name: US\n  outgoing:\n    sign: sha256\n\nsenders: [acme]\n"),
              "as2:\n  own_name: US\n  outgoing:\n    sign: sha256\n  partner_certificates:\n    - {file: keys/new.pem, from: 2026-12-01} # SHA-256 ab\n\nsenders: "
              "[acme]\n");
    EXPECT_EQ(inserted("as2:\n  partner_certificates:\n  url: x\n"),
              "as2:\n  partner_certificates:\n    - {file: keys/new.pem, from: 2026-12-01} # SHA-256 ab\n  url: x\n");
}

TEST(ListEntry, WhatCannotBeDoneIsSaid) {
    for (auto const* const text : {"as2: {own_name: US}\n", "senders: []\n", "as2: text\n", "as2:\n  partner_certificates: text\n", "as2: [\n", "",
                                   "as2:\n  partner_certificates:\n    - file: \"keys/\n  acme.pem\"\n"}) {
        auto const made = with_list_entry(text, {"as2", "partner_certificates"}, "{file: k.pem}");
        ASSERT_FALSE(made) << *made;
        EXPECT_THAT(made.error().message, HasSubstr("write by hand, at the end of as2.partner_certificates:\n    - {file: k.pem}"));
    }
}

} // namespace
} // namespace wharf::partner
