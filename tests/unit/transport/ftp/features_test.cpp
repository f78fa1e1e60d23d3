#include "transport/ftp/session.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::ftp {
namespace {

TEST(FtpFeatures, AsServersSayThem) {
    auto const all = read_features({" UTF8", " SIZE", " MDTM", " MFMT", " MLST type*;perm*;size*;modify*;unique*;unix.mode;", " REST STREAM"});
    EXPECT_TRUE(all.utf8 && all.size && all.time && all.set_time && all.listing_facts);
    EXPECT_EQ(all.facts_to_ask, "");
    auto const off = read_features({"  mlst Type*;Size;Modify*;"});
    EXPECT_TRUE(off.listing_facts) << "in any case";
    EXPECT_EQ(off.facts_to_ask, "OPTS MLST type;size;modify;") << "the size is off until asked for";
    EXPECT_FALSE(read_features({" MLST type*;size*;"}).listing_facts) << "without times it is of no use";
    EXPECT_FALSE(read_features({" MLST"}).listing_facts);
    auto const none = read_features({"", " ", " SIZES", "MLST;", " X MLST type*;size*;modify*;"});
    EXPECT_FALSE(none.listing_facts || none.size || none.time || none.utf8);
}

TEST(FtpFeatures, WhichAnswersMayChange) {
    EXPECT_EQ(kind_of(421), ErrorKind::temporary);
    EXPECT_EQ(kind_of(450), ErrorKind::temporary);
    EXPECT_EQ(kind_of(552), ErrorKind::temporary) << "a full disk";
    EXPECT_EQ(kind_of(530), ErrorKind::permanent);
    EXPECT_EQ(kind_of(550), ErrorKind::permanent);
}

} // namespace
} // namespace wharf::transport::ftp
