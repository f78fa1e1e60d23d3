// A store in a folder of its own, and short ways to make rows.
#pragma once

#include "store/sqlite/store.hpp"
#include "store/store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace wharf::store {

/// A folder that goes away with the test.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "wharf-store-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    TemporaryFolder(TemporaryFolder const&) = delete;
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline Timestamp at(std::int64_t milliseconds) {
    return Timestamp(std::chrono::milliseconds(milliseconds));
}

inline Transfer make_transfer(std::string id, std::string raw = "ISA*") {
    Transfer transfer;
    transfer.id = std::move(id);
    transfer.channel = "acme";
    transfer.file_name = "po.edi";
    transfer.claim_key = "po.edi|4|17";
    transfer.sha256 = "sha-" + std::to_string(std::hash<std::string>{}(raw));
    transfer.size = raw.size();
    transfer.raw = std::move(raw);
    transfer.received_at = at(1000);
    return transfer;
}

/// A request turned away, under this AS2 name.
inline Refusal refused_as(std::string from, std::string address = "192.0.2.7", std::int64_t when = 1000) {
    Refusal refusal;
    refusal.kind = "login";
    refusal.channel = "acme-as2";
    refusal.address = std::move(address);
    refusal.from = std::move(from);
    refusal.reason = "others were given";
    refusal.first_at = refusal.last_at = at(when);
    return refusal;
}

inline Exchange make_exchange(std::string id, Direction direction = Direction::inbound) {
    Exchange exchange;
    exchange.id = std::move(id);
    exchange.channel = "acme-as2";
    exchange.direction = direction;
    exchange.state = direction == Direction::inbound ? ExchangeState::received : ExchangeState::ready;
    exchange.as2_message_id = "<1@acme>";
    exchange.head = "AS2-From: ACME\r\n";
    exchange.created_at = exchange.updated_at = at(2000);
    return exchange;
}

inline Message make_message(std::string id, Direction direction = Direction::inbound) {
    Message message;
    message.id = std::move(id);
    message.direction = direction;
    message.state = direction == Direction::inbound ? MessageState::processed : MessageState::ready;
    message.channel = "acme";
    message.partner = "acme-supplies";
    message.format = "x12";
    message.sender = "ZZ:ACME";
    message.receiver = "ZZ:US";
    message.diagnostics = "[]";
    message.created_at = message.updated_at = at(2000);
    return message;
}

inline Document make_document(std::string id, std::string message_id) {
    Document document;
    document.id = std::move(id);
    document.message_id = std::move(message_id);
    document.kind = "invoice";
    document.partner = "acme-supplies";
    document.json = "{}";
    document.diagnostics = "[]";
    document.created_at = document.updated_at = at(3000);
    return document;
}

inline Delivery make_delivery(std::string id, std::string document_id, std::string target = "erp") {
    Delivery delivery;
    delivery.id = std::move(id);
    delivery.document_id = std::move(document_id);
    delivery.target = std::move(target);
    delivery.created_at = delivery.updated_at = at(4000);
    return delivery;
}

class StoreTest : public ::testing::Test {
protected:
    StoreTest() : file(folder.path() / "wharf.db") { reopen(); }

    void reopen() {
        store.reset();
        auto opened = sqlite::SqliteStore::open(file, OpenMode::create);
        ASSERT_TRUE(opened) << opened.error().message;
        store = std::move(*opened);
    }
    /// Runs work that must succeed.
    void write(std::function<Result<void>(Transaction&)> const& work) {
        auto const done = store->transact(work);
        ASSERT_TRUE(done) << done.error().message;
    }
    /// What `ask` answers, read through the reading connection.
    template <class Ask>
    auto read(Ask ask) {
        decltype(ask(std::declval<Transaction&>())) answer;
        auto const done = store->read([&](Transaction& t) -> Result<void> {
            answer = ask(t);
            if (!answer) return unexpected(answer.error());
            return {};
        });
        EXPECT_TRUE(done) << done.error().message;
        return std::move(*answer);
    }

    TemporaryFolder folder;
    std::filesystem::path file;
    std::unique_ptr<sqlite::SqliteStore> store;
};

/// Runs several steps, stopping at the first error: `return all(t.insert(a), t.insert(b))` evaluates in any order, so
/// steps are given as calls.
template <class... Steps>
Result<void> in_order(Steps&&... steps) {
    Result<void> result;
    (void)((result = steps(), result.has_value()) && ...);
    return result;
}

} // namespace wharf::store
