// Opening, locking, migrations, query plans, and the words of docs/storage.md.

#include "base/file.hpp"
#include "store/sqlite/schema.hpp"
#include "unit/store/store_fixture.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <regex>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

namespace wharf::store {
namespace {

using ::testing::HasSubstr;

TEST(OpenSqlite, MakesItsFolder) {
    TemporaryFolder const folder;
    auto const file = folder.path() / "a" / "b" / "wharf.db";
    ASSERT_TRUE(open_sqlite(file));
    EXPECT_TRUE(std::filesystem::exists(file));
    auto const rights = std::filesystem::status(file).permissions();
    EXPECT_EQ(rights & std::filesystem::perms::others_all, std::filesystem::perms::none);
}

TEST(OpenSqlite, LookingMakesNoFile) {
    TemporaryFolder const folder;
    auto const opened = open_sqlite(folder.path() / "wharf.db", OpenMode::existing);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("there is no " + (folder.path() / "wharf.db").string()));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "wharf.db"));
}

TEST(OpenSqlite, InMemoryWorksAlike) {
    auto opened = open_sqlite(":memory:");
    ASSERT_TRUE(opened);
    ASSERT_TRUE((*opened)->transact([](Transaction& t) { return t.insert(make_transfer("T1")); }));
    bool found = false;
    ASSERT_TRUE((*opened)->read([&](Transaction& t) -> Result<void> {
        found = t.transfer("T1").value().has_value();
        return {};
    }));
    EXPECT_TRUE(found);
    EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

TEST(OpenSqlite, RefusesAFileThatIsNoDatabase) {
    TemporaryFolder const folder;
    auto const file = folder.path() / "wharf.db";
    std::ofstream(file) << std::string(5000, 'x');
    auto const opened = open_sqlite(file);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::permanent);
    EXPECT_THAT(opened.error().message, HasSubstr("is damaged or no Wharf store"));
}

TEST(OpenSqlite, RefusesAnotherProgramsDatabase) {
    TemporaryFolder const folder;
    auto const file = folder.path() / "wharf.db";
    {
        sqlite::Connection connection;
        ASSERT_TRUE(connection.open(file, sqlite::Access::read_write));
        ASSERT_TRUE(connection.execute("create table theirs (x)"));
    }
    auto const opened = open_sqlite(file);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("belongs to another program"));
    sqlite::Connection connection;
    ASSERT_TRUE(connection.open(file, sqlite::Access::read_write));
    EXPECT_FALSE(connection.execute("select * from message")) << "nothing was made in it";
}

TEST(OpenSqlite, RefusesANewerSchema) {
    TemporaryFolder const folder;
    auto const file = folder.path() / "wharf.db";
    ASSERT_TRUE(open_sqlite(file));
    {
        sqlite::Connection connection;
        ASSERT_TRUE(connection.open(file, sqlite::Access::read_write));
        ASSERT_TRUE(connection.run("insert into schema_version values (?, 'later')", sqlite::schema_version() + 1));
    }
    auto const opened = open_sqlite(file);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::permanent);
    EXPECT_THAT(opened.error().message, HasSubstr("written by a newer Wharf"));
}

TEST_F(StoreTest, AnotherProcessMayLookWhileOneWrites) {
    write([](Transaction& t) { return t.insert(make_transfer("T1")); });
    auto second = open_sqlite(file, OpenMode::existing);
    ASSERT_TRUE(second) << second.error().message;
    // The second one reads while the first holds its write transaction.
    write([&](Transaction& t) -> Result<void> {
        if (auto inserted = t.insert(make_transfer("T2")); !inserted) return inserted;
        return (*second)->read([](Transaction& other) -> Result<void> {
            EXPECT_TRUE(other.transfer("T1").value());
            EXPECT_FALSE(other.transfer("T2").value()) << "not committed yet";
            return {};
        });
    });
    ASSERT_TRUE((*second)->read([](Transaction& other) -> Result<void> {
        EXPECT_TRUE(other.transfer("T2").value());
        return {};
    }));
}

TEST(GatewayLock, OnlyOneProcessHasIt) {
    TemporaryFolder const folder;
    auto const file = folder.path() / "data" / "wharf.db";
    auto lock = lock_gateway(file);
    ASSERT_TRUE(lock) << lock.error().message;
    pid_t const child = ::fork();
    if (child == 0) {
        auto const second = lock_gateway(file);
        bool const named = !second && second.error().is_temporary() &&
                           second.error().message.find("process " + std::to_string(::getppid())) != std::string::npos;
        ::_exit(named ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_FALSE(lock_gateway(file)) << "not even twice in one process";

    GatewayLock moved = std::move(*lock);
    EXPECT_FALSE(lock_gateway(file));
    moved = GatewayLock();
    EXPECT_TRUE(lock_gateway(file));
}

TEST(GatewayLock, ADeadProcessHasNoLock) {
    TemporaryFolder const folder;
    auto const file = folder.path() / "wharf.db";
    pid_t const child = ::fork();
    if (child == 0) {
        auto const lock = lock_gateway(file);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(lock_gateway(file));
}

/// Uses every verb once, so that every statement is in the caches.
Result<void> use_every_verb(Transaction& t) {
    auto const m1 = make_message("M1");
    auto document = make_document("D1", "M1");
    auto delivery = make_delivery("L1", "D1");
    auto message = m1;
    message.transfer_id = "T1";
    message.sha256 = "x";
    return in_order(
        [&] { return t.insert(make_transfer("T1")); }, [&] { return t.set_state("T1", TransferState::processed, ""); },
        [&] { return t.insert(message); }, [&] { return t.update(message); }, [&] { return t.insert(document); },
        [&] { return t.update(document); }, [&] { return t.insert(delivery); }, [&] { return t.update(delivery); },
        [&] { return t.insert(make_exchange("E1")); }, [&] { return t.update(make_exchange("E1")); },
        [&] { return t.put_content("E1", "signed", "bytes"); }, [&] { return t.set_raw("T1", "", ""); },
        [&] { return t.remove_content("E1", "x"); }, [&] { return t.remove_contents("E2"); },
        [&] {
            auto refused = make_exchange("E2");
            refused.state = ExchangeState::refused;
            return t.insert(refused);
        },
        [&] { return t.forget_exchange("E2"); },
        [&]() -> Result<void> {
            bool const fine = t.exchange("E1") && t.find_exchange("acme-as2", Direction::inbound, "<1@acme>") &&
                              t.find_exchange("acme-as2", Direction::outbound, "<1@acme>") && t.exchange_of_message("M1") &&
                              t.transfers_of_exchange("E1") &&
                              t.kept_bodies("acme-as2") && t.unverified_refusals("acme-as2", 1, 1) && t.channels_with_bytes() &&
                              t.settled_exchanges("acme-as2", at(1), 1) &&
                              t.content_of("E1", "signed");
            return fine ? Result<void>{} : permanent("a verb failed");
        },
        [&] { return t.add_job(JobKind::deliver, "L1", at(1)); },
        [&]() -> Result<void> {
            auto const jobs = t.claim_jobs(at(5), at(9), 5);
            return jobs ? t.postpone_job(jobs->front().id, at(7)) : unexpected(jobs.error());
        },
        [&] { return t.finish_job(1); }, [&] { return t.finish_jobs_of(JobKind::deliver, "L1"); },
        [&] { return t.release_leases(); }, [&] { return t.hasten_transmissions(at(1), "waits"); },
        [&] {
            return t.add_event({at(1), "M1", "x", ""});
        },
        [&] { return t.remember_answer("k", "a"); },
        [&]() -> Result<void> {
            bool const fine = t.transfer("T1") && t.find_unfinished_transfer("acme", "k") && t.dead_transfers(1) &&
                              t.message("M1") && t.find_interchange("a", "b", true, "1") && t.find_content("a", true, "b") &&
                              t.find_outbound_group("a", "b", "1") && t.answers_to("M1") && t.document("D1") &&
                              t.documents_of("M1") && t.find_business_key("k") && t.delivery("L1") &&
                              t.deliveries_of("D1") && t.dead_deliveries(1) && t.next_due() &&
                              t.next_control_number("s", 9) && t.events_of("M1") && t.find_answer("k") && t.jobs_of("M1") &&
                              t.hasten_job(JobKind::transmit, "M1", Timestamp()) && t.alarms({}) &&
                              t.alarms({.with_settled = true, .subject = "M1", .word = "DEAD_LETTER"}) && t.alarms({.subject = "M1"}) &&
                              t.settle_alarms("M1", "", Timestamp()) && t.add_refusal(refused_as(""), 1) &&
                              t.add_refusal(refused_as("A"), 1) && t.trim_refusals("k", "c", 1) &&
                              t.refusals({}, 1) && t.refusals({"c", "d"}, 1);
            return fine ? Result<void>{} : permanent("a verb failed");
        },
        [&]() -> Result<void> {
            for (int mask = 0; mask < 16; ++mask) {
                MessageFilter filter;
                if (mask & 1) filter.direction = Direction::inbound;
                if (mask & 2) filter.state = MessageState::held;
                if (mask & 4) filter.partner = "p";
                if (mask & 8) filter.search = "s";
                if (auto const found = t.messages(filter); !found) return unexpected(found.error());
            }
            for (int mask = 0; mask < 48; ++mask) {
                ExchangeFilter filter;
                filter.which = static_cast<ExchangeFilter::Which>(mask / 16);
                if (mask & 1) filter.direction = Direction::inbound;
                if (mask & 2) filter.channels = {"acme-as2"};
                if (mask & 4) filter.channels.emplace_back("globex-as2");
                if (mask & 8) filter.as2_message_id = "<1@acme>";
                if (auto const found = t.exchanges(filter); !found) return unexpected(found.error());
            }
            return {};
        });
}

TEST_F(StoreTest, NoQueryReadsAWholeTable) {
    write(use_every_verb);
    auto const statements = store->prepared();
    EXPECT_GT(statements.size(), 50u);
    sqlite::Connection connection;
    ASSERT_TRUE(connection.open(file, sqlite::Access::read_write));
    for (auto const& sql : statements) {
        if (sql.starts_with("savepoint") || sql.starts_with("release") || sql.starts_with("rollback") ||
            sql.find("schema_version") != std::string::npos || sql.find("sqlite_schema") != std::string::npos ||
            sql.starts_with("pragma"))
            continue;
        if (sql.starts_with("update job set ready_at = due_at")) // once per start, of the work that is left
            continue;
        auto plan = connection.prepare("explain query plan " + sql);
        ASSERT_TRUE(plan) << sql << plan.error().message;
        while (plan->step().value()) {
            auto const line = plan->text(3);
            // Walking an index in order until the limit, or what a subquery has limited already, is no whole table.
            bool const small = line == "SCAN due" || line.starts_with("SCAN CONSTANT ROW") ||
                               (line.find(" INDEX ") != std::string::npos && sql.find("limit") != std::string::npos);
            EXPECT_TRUE(!line.starts_with("SCAN") || small) << sql << "\n" << line;
            EXPECT_EQ(line.find("TEMP B-TREE FOR ORDER BY"), std::string::npos) << sql << "\n" << line;
        }
    }
}

/// The words in the first column of the table under a heading of docs/storage.md.
std::set<std::string> words_under(std::string const& page, std::string const& heading) {
    std::set<std::string> words;
    auto begin = page.find("\n" + heading + "\n");
    if (begin == std::string::npos) return words;
    begin += heading.size() + 2;
    auto const section = page.substr(begin, page.find("\n#", begin) - begin);
    std::regex const row(R"(\n\| `([a-z_]+)` )");
    for (std::sregex_iterator match(section.begin(), section.end(), row), end; match != end; ++match)
        words.insert((*match)[1]);
    return words;
}

template <class E>
std::set<std::string> words_of() {
    std::set<std::string> words;
    for (int i = 0; !to_string(static_cast<E>(i)).empty(); ++i)
        words.insert(std::string(to_string(static_cast<E>(i))));
    return words;
}

TEST(StorageManual, NamesEveryStateAndNoOther) {
    auto const page = read_file(std::filesystem::path(WHARF_SOURCE_DIR) / "docs/storage.md", 1 << 20);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(words_under(*page, "### States of a transfer"), words_of<TransferState>());
    EXPECT_EQ(words_under(*page, "### States of a message"), words_of<MessageState>());
    EXPECT_EQ(words_under(*page, "### States of a document"), words_of<DocumentState>());
    EXPECT_EQ(words_under(*page, "### States of an exchange"), words_of<ExchangeState>());
    EXPECT_EQ(words_under(*page, "### States of a receipt"), words_of<ReceiptState>());
    EXPECT_EQ(words_under(*page, "### States of a delivery"), words_of<DeliveryState>());
    EXPECT_EQ(words_under(*page, "### Kinds of job"), words_of<JobKind>());
}

TEST(StorageManual, NamesEveryTable) {
    auto const page = read_file(std::filesystem::path(WHARF_SOURCE_DIR) / "docs/storage.md", 1 << 20);
    ASSERT_TRUE(page) << page.error().message;
    TemporaryFolder const folder;
    ASSERT_TRUE(open_sqlite(folder.path() / "wharf.db"));
    sqlite::Connection connection;
    ASSERT_TRUE(connection.open(folder.path() / "wharf.db", sqlite::Access::read_write));
    auto tables =
        connection.prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'");
    ASSERT_TRUE(tables);
    std::set<std::string> names;
    while (tables->step().value())
        names.insert(tables->text(0));
    EXPECT_EQ(words_under(*page, "## Tables"), names);
}

} // namespace
} // namespace wharf::store
