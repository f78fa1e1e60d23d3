// Partners who push to us: the sshd of docs/channels.md ("A mailbox for partners who push"), read from that page, with a folder
// channel on the other side of it.
#include "conformance/sftp_fixture.hpp"

namespace wharf::transport {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The lines of sshd_config that the manual gives, for one partner whose mailbox is `folder`.
std::string manual_config(std::string const& folder) {
    auto const page = read_text(fs::path(WHARF_SOURCE_DIR) / "docs/channels.md");
    auto const begin = page.find("Match Group wharf-partners");
    auto text = page.substr(begin, page.find("```", begin) - begin);
    text.erase(0, text.find('\n') + 1); // the test's server has no other users
    auto const place = text.find("/srv/edi/mailboxes/%u");
    if (begin == std::string::npos || place == std::string::npos)
        return {};
    return text.replace(place, std::string_view("/srv/edi/mailboxes/%u").size(), folder);
}

TEST_F(SftpLogin, AMailboxForPartnersWhoPush) {
    char name[] = "/run/wharf-test-XXXXXX"; // all folders above must be root's alone
    if (::getuid() != 0 || !::getpwnam("nobody") || !::mkdtemp(name))
        GTEST_SKIP() << "needs root and the user nobody";
    struct Remove {
        fs::path folder;
        ~Remove() { fs::remove_all(folder); }
    } const cleaning{name};
    fs::permissions(name, fs::perms(0755));
    SshdOptions options;
    options.user = "nobody";
    options.first = manual_config(name);
    ASSERT_THAT(options.first, HasSubstr("ChrootDirectory /run/"));
    START(options);
    auto const to_us = cleaning.folder / "to-us", from_us = cleaning.folder / "from-us";
    auto const* const partner_user = ::getpwnam("nobody");
    for (auto const& folder : {to_us, from_us}) {
        fs::create_directory(folder);
        ASSERT_EQ(::chown(folder.c_str(), partner_user->pw_uid, partner_user->pw_gid), 0);
    }

    settings_.rules.inbox = "/from-us"; // the partner's view
    settings_.rules.outbox = "/to-us";
    auto partner = connect();
    ASSERT_TRUE(partner) << partner.error().message;
    FolderSettings ours;
    ours.root = cleaning.folder;
    ours.rules.inbox = "to-us";
    ours.rules.outbox = "from-us";
    ours.rules.stable_polls = 2;
    auto gateway = make_folder_channel("mailbox", ours)->connect();
    ASSERT_TRUE(gateway) << gateway.error().message;

    ASSERT_TRUE((*partner)->put("order.edi", "ISA"));
    write_text(to_us / "half.edi.part", "ISA");
    EXPECT_THAT((*gateway)->list()->ready, IsEmpty()) << "the first look";
    auto const listing = (*gateway)->list();
    ASSERT_EQ(listing->ready.size(), 1u);
    EXPECT_EQ(*(*gateway)->fetch(listing->ready.front()), "ISA");
    ASSERT_TRUE((*gateway)->finish(listing->ready.front()));
    auto const answered = (*gateway)->put("answer.edi", "997");
    ASSERT_TRUE(answered) << answered.error().message;
    auto const answers = (*partner)->list();
    ASSERT_TRUE(answers) << answers.error().message;
    ASSERT_EQ(answers->ready.size(), 1u);
    EXPECT_EQ(*(*partner)->fetch(answers->ready.front()), "997");
    EXPECT_TRUE((*partner)->finish(answers->ready.front())) << "and may remove what he has read";

    settings_.rules.outbox = "/"; // beside the two folders he may write nothing
    settings_.rules.inbox = "/etc";
    partner = connect();
    ASSERT_TRUE(partner);
    EXPECT_FALSE((*partner)->put("x", "y"));
    EXPECT_FALSE((*partner)->list()) << "he sees nothing of the machine";
}

} // namespace
} // namespace wharf::transport
