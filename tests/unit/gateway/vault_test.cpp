// Bytes of exchanges: small ones in the store, large ones in files, and what a kill leaves behind.

#include "gateway/vault.hpp"

#include "unit/store/store_fixture.hpp"

#include <fstream>
#include <mutex>
#include <set>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::mutex mutex;
std::set<std::string> synced; // files and folders

} // namespace

/// Takes the place of the C library's in this program, so that a test sees what was synced.
extern "C" int fsync(int descriptor) {
    std::error_code ignored;
    auto const path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), ignored);
    {
        std::lock_guard const guard(mutex);
        synced.insert(path.string());
    }
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

namespace wharf::gateway {
namespace {

using transport::Content;

class VaultTest : public store::StoreTest {
protected:
    std::filesystem::path folder() const { return file.string() + ".exchanges"; }
    std::string text(Vault const& vault, std::string_view name) {
        auto const content = vault.open(*store, "E1", name);
        return content ? content->text(64u << 20).value() : content.error().message;
    }
    void commit(Vault const& vault, Content const& content) {
        ASSERT_TRUE(vault.prepare("E1", vault_name::message, content));
        write([&](store::Transaction& t) -> Result<void> {
            if (auto done = t.insert(store::make_exchange("E1")); !done)
                return done;
            return vault.put(t, "E1", vault_name::message, content);
        });
    }
};

TEST_F(VaultTest, SmallBytesAreInTheStore) {
    Vault const vault(folder());
    commit(vault, Content(std::string("a\0b", 3)));
    EXPECT_EQ(text(vault, vault_name::message), std::string("a\0b", 3));
    EXPECT_EQ(text(vault, vault_name::receipt), "");
    EXPECT_FALSE(std::filesystem::exists(folder() / "E1"));
}

TEST_F(VaultTest, LargeBytesAreAFile) {
    Vault const vault(folder());
    std::string const large(Vault::in_store + 1, 'x');
    commit(vault, Content(large));
    EXPECT_EQ(text(vault, vault_name::message), large);
    EXPECT_TRUE(std::filesystem::exists(folder() / "E1" / "message"));
    vault.drop("E1", vault_name::message);
    EXPECT_EQ(text(vault, vault_name::message), "");
    EXPECT_FALSE(std::filesystem::exists(folder() / "E1"));
}

TEST_F(VaultTest, ABodyIsWrittenAsItArrives) {
    Vault const vault(folder());
    std::string sent;
    VaultWriter writer(vault, "E1", vault_name::message, 10u << 20);
    for (int i = 0; i < 500; ++i) {
        std::string const part(10'000, static_cast<char>('a' + i % 26));
        sent += part;
        ASSERT_TRUE(writer.append(part));
    }
    EXPECT_EQ(writer.size(), sent.size());
    auto const content = writer.finish();
    ASSERT_TRUE(content) << content.error().message;
    commit(vault, *content);
    EXPECT_EQ(text(vault, vault_name::message), sent);
}

TEST_F(VaultTest, WhatIsTooLargeIsRefusedAndLeavesNothing) {
    Vault const vault(folder());
    {
        VaultWriter writer(vault, "E1", vault_name::message, 3u << 20);
        std::string const part(1u << 20, 'x');
        for (int i = 0; i < 3; ++i)
            ASSERT_TRUE(writer.append(part));
        auto const more = writer.append("x");
        ASSERT_FALSE(more);
        EXPECT_FALSE(more.error().is_temporary());
    }
    EXPECT_FALSE(std::filesystem::exists(folder() / "E1"));
}

TEST_F(VaultTest, WhatWasNeverCommittedIsSweptAway) {
    Vault const vault(folder());
    std::string const large(Vault::in_store + 1, 'x');
    commit(vault, Content(large));
    ASSERT_TRUE(vault.prepare("E2", vault_name::message, Content(large)));
    auto const removed = vault.sweep(*store);
    ASSERT_TRUE(removed);
    EXPECT_EQ(*removed, 1u);
    EXPECT_TRUE(std::filesystem::exists(folder() / "E1"));
    EXPECT_FALSE(std::filesystem::exists(folder() / "E2"));
    EXPECT_EQ(vault.sweep(*store).value(), 0u);
}

TEST_F(VaultTest, TheBodyOfWhatIsSettledIsSweptAway) {
    Vault const vault(folder());
    std::string const large(Vault::in_store + 1, 'x');
    commit(vault, Content(large));
    ASSERT_TRUE(vault.prepare("E1", vault_name::signed_bytes, Content(large)));
    ASSERT_TRUE(vault.sweep(*store));
    EXPECT_TRUE(std::filesystem::exists(folder() / "E1" / "message")) << "still to be opened";
    ASSERT_TRUE(store->transact([](store::Transaction& transaction) -> Result<void> {
        auto exchange = transaction.exchange("E1").value().value();
        exchange.state = store::ExchangeState::accepted;
        return transaction.update(exchange);
    }));
    ASSERT_TRUE(vault.sweep(*store));
    EXPECT_FALSE(std::filesystem::exists(folder() / "E1" / "message"));
    EXPECT_TRUE(std::filesystem::exists(folder() / "E1" / "signed")) << "the evidence stays";
}

TEST_F(VaultTest, TheBodyOfWhatWasGivenUpStays) {
    Vault const vault(folder());
    commit(vault, Content(std::string(Vault::in_store + 1, 'x')));
    auto const refuse = [&](std::string const& disposition) {
        write([&](store::Transaction& transaction) -> Result<void> {
            auto exchange = transaction.exchange("E1").value().value();
            exchange.state = store::ExchangeState::refused;
            exchange.disposition = disposition;
            exchange.attempts = disposition.empty() ? 20 : 0;
            return transaction.update(exchange);
        });
        ASSERT_TRUE(vault.sweep(*store));
    };
    refuse("");
    EXPECT_TRUE(std::filesystem::exists(folder() / "E1" / "message"));
    refuse("processed/error: decryption-failed");
    EXPECT_FALSE(std::filesystem::exists(folder() / "E1" / "message")) << "the sender was told";
}

TEST_F(VaultTest, WhatWasEmptiedIsSweptAway) {
    Vault const vault(folder());
    commit(vault, Content(std::string(Vault::in_store + 1, 'x')));
    write([&](store::Transaction& transaction) -> Result<void> {
        auto exchange = transaction.exchange("E1").value().value();
        exchange.emptied_at = store::at(5000);
        return transaction.update(exchange);
    });
    EXPECT_EQ(vault.sweep(*store).value(), 1u);
    EXPECT_FALSE(std::filesystem::exists(folder() / "E1"));
}

TEST_F(VaultTest, EachOfTwoStoresInAFolderHasItsOwn) {
    std::string const large(Vault::in_store + 1, 'x');
    auto const other_file = file.parent_path() / "other.db";
    auto other_store = store::open_sqlite(other_file).value();
    auto const vault = Vault::of_store(file), other = Vault::of_store(other_file);
    commit(vault, Content(large));
    ASSERT_TRUE(other.prepare("E7", vault_name::message, Content(large)));
    EXPECT_EQ(other.sweep(*other_store).value(), 1u);
    EXPECT_EQ(text(vault, vault_name::message), large) << "not a file of the other's";
    EXPECT_EQ(vault.place_of("E1", "message"), "wharf.db.exchanges/E1/message");
}

TEST_F(VaultTest, WhatAnEarlierVersionLeftIsTakenOver) {
    std::string const large(Vault::in_store + 1, 'x');
    auto const shared = file.parent_path() / "exchanges";
    Vault const earlier(shared);
    commit(earlier, Content(large));
    ASSERT_TRUE(earlier.prepare("E9", vault_name::message, Content(large))); // of another store
    auto const vault = Vault::of_store(file);
    EXPECT_EQ(text(vault, vault_name::message), large) << "found before it is moved";
    ASSERT_TRUE(vault.adopt(*store));
    EXPECT_TRUE(std::filesystem::exists(folder() / "E1" / "message"));
    EXPECT_FALSE(std::filesystem::exists(shared / "E1"));
    EXPECT_TRUE(std::filesystem::exists(shared / "E9" / "message")) << "not ours";
    EXPECT_EQ(text(vault, vault_name::message), large);
    ASSERT_TRUE(vault.adopt(*store)) << "once more changes nothing";
    ASSERT_TRUE(vault.sweep(*store));
    EXPECT_TRUE(std::filesystem::exists(shared / "E9"));
    std::filesystem::remove_all(shared / "E9");
    ASSERT_TRUE(earlier.prepare("E1", vault_name::receipt_signed, Content(large)));
    std::filesystem::remove_all(folder());
    ASSERT_TRUE(vault.adopt(*store));
    EXPECT_FALSE(std::filesystem::exists(shared)) << "empty";
}

TEST_F(VaultTest, ItsFolderIsNotForEverybodyWhateverTheUmaskIs) {
    auto const umask_before = ::umask(0);
    (void)Vault(folder()).spool();
    auto const rights = std::filesystem::status(folder()).permissions();
    ::umask(umask_before);
    EXPECT_EQ(rights, std::filesystem::perms(0750));
}

TEST_F(VaultTest, ItsFolderIsDurableBeforeWhatLiesInIt) {
    Vault const vault(folder());
    (void)vault.spool(); // makes the folder
    synced.clear();
    ASSERT_TRUE(vault.prepare("E1", vault_name::message, Content(std::string(Vault::in_store + 1, 'x'))));
    for (auto const& each : {file.parent_path(), folder(), folder() / "E1"})
        EXPECT_TRUE(synced.contains(std::filesystem::canonical(each).string())) << each;
}

TEST_F(VaultTest, WhatCannotBePreparedLeavesNothing) {
    Vault const vault(folder());
    std::string const large(Vault::in_store + 1, 'x');
    auto const source = file.parent_path() / "source";
    std::ofstream(source) << large;
    auto const content = Content::of_file(source);
    ASSERT_TRUE(content);
    std::filesystem::resize_file(source, 100);
    EXPECT_FALSE(vault.prepare("E1", vault_name::signed_bytes, *content));
    EXPECT_FALSE(std::filesystem::exists(folder() / "E1"));

    std::filesystem::create_directories(folder() / "E2" / "signed"); // nothing can take this name
    EXPECT_FALSE(vault.prepare("E2", vault_name::signed_bytes, Content(large)));
    EXPECT_FALSE(std::filesystem::exists(folder() / "E2" / "signed.new"));
    EXPECT_TRUE(std::filesystem::exists(folder() / "E2" / "signed"));
}

} // namespace
} // namespace wharf::gateway
