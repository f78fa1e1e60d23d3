// Every verb of the store, on a real file.

#include "unit/store/store_fixture.hpp"

#include <gmock/gmock.h>

namespace wharf::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> ids(auto const& list) {
    std::vector<std::string> found;
    for (auto const& item : list)
        found.push_back(item.id);
    return found;
}

TEST_F(StoreTest, TransferComesBackWithEveryByte) {
    auto transfer = make_transfer("T1", std::string("ISA\0\xff\n", 6));
    transfer.reason = "why";
    write([&](Transaction& t) { return t.insert(transfer); });
    reopen();
    auto const found = read([](Transaction& t) { return t.transfer("T1"); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->raw, transfer.raw);
    EXPECT_EQ(found->channel, "acme");
    EXPECT_EQ(found->file_name, "po.edi");
    EXPECT_EQ(found->claim_key, "po.edi|4|17");
    EXPECT_EQ(found->sha256, transfer.sha256);
    EXPECT_EQ(found->size, 6u);
    EXPECT_EQ(found->reason, "why");
    EXPECT_EQ(found->received_at, at(1000));
    EXPECT_EQ(found->state, TransferState::received);
    EXPECT_FALSE(read([](Transaction& t) { return t.transfer("T2"); }));
}

TEST_F(StoreTest, TransferStateAndDeadLetters) {
    write([](Transaction& t) {
        return in_order([&] { return t.insert(make_transfer("T1")); }, [&] { return t.insert(make_transfer("T2")); },
                        [&] { return t.insert(make_transfer("T3")); },
                        [&] { return t.set_state("T1", TransferState::dead_letter, "too large"); },
                        [&] { return t.set_state("T3", TransferState::dead_letter, "no text"); });
    });
    auto const dead = read([](Transaction& t) { return t.dead_transfers(10); });
    EXPECT_THAT(ids(dead), ElementsAre("T3", "T1"));
    EXPECT_EQ(dead[1].reason, "too large");
    EXPECT_THAT(dead[1].raw, IsEmpty());
    EXPECT_THAT(ids(read([](Transaction& t) { return t.dead_transfers(1); })), ElementsAre("T3"));

    auto const unknown =
        store->transact([](Transaction& t) { return t.set_state("T9", TransferState::processed, ""); });
    ASSERT_FALSE(unknown);
    EXPECT_THAT(unknown.error().message, HasSubstr("there is no transfer T9"));
}

TEST_F(StoreTest, UnfinishedTransferIsOneWhoseFileIsStillToBeRemoved) {
    write([](Transaction& t) {
        return in_order([&] { return t.insert(make_transfer("T1")); },
                        [&] { return t.add_job(JobKind::process_transfer, "T1", at(1)); },
                        [&] { return t.add_job(JobKind::finish_file, "T1", at(1)); });
    });
    auto const ask = [](Transaction& t) { return t.find_unfinished_transfer("acme", "po.edi|4|17"); };
    auto const found = read(ask);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "T1");
    EXPECT_FALSE(read([](Transaction& t) { return t.find_unfinished_transfer("other", "po.edi|4|17"); }));
    EXPECT_FALSE(read([](Transaction& t) { return t.find_unfinished_transfer("acme", "po.edi|4|18"); }));
    write([](Transaction& t) { return t.finish_jobs_of(JobKind::finish_file, "T1"); });
    EXPECT_FALSE(read(ask));
}

TEST_F(StoreTest, MessageComesBackWithEveryField) {
    auto message = make_message("M2", Direction::outbound);
    message.transfer_id = "T1";
    message.state = MessageState::partially_accepted;
    message.test = true;
    message.interchange_control_number = "000000901";
    message.group_control_number = "501";
    message.functional_id = "PO";
    message.file_name = "850.edi";
    message.sha256 = "abc";
    message.raw = std::string("ISA\0GS", 6);
    message.diagnostics = "[{}]";
    message.reason = "two of three";
    message.answers = "M1";
    message.resend_of = "M1";
    message.acknowledged_late = true;
    message.attempts = 3;
    message.updated_at = at(2001);
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(make_transfer("T1")); }, [&] { return t.insert(make_message("M1")); },
                        [&] { return t.insert(message); });
    });
    auto const found = read([](Transaction& t) { return t.message("M2"); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->transfer_id, "T1");
    EXPECT_EQ(found->direction, Direction::outbound);
    EXPECT_EQ(found->state, MessageState::partially_accepted);
    EXPECT_EQ(found->channel, "acme");
    EXPECT_EQ(found->partner, "acme-supplies");
    EXPECT_EQ(found->format, "x12");
    EXPECT_TRUE(found->test);
    EXPECT_EQ(found->sender, "ZZ:ACME");
    EXPECT_EQ(found->receiver, "ZZ:US");
    EXPECT_EQ(found->interchange_control_number, "000000901");
    EXPECT_EQ(found->group_control_number, "501");
    EXPECT_EQ(found->functional_id, "PO");
    EXPECT_EQ(found->file_name, "850.edi");
    EXPECT_EQ(found->sha256, "abc");
    EXPECT_EQ(found->raw, message.raw);
    EXPECT_EQ(found->diagnostics, "[{}]");
    EXPECT_EQ(found->reason, "two of three");
    EXPECT_EQ(found->answers, "M1");
    EXPECT_EQ(found->resend_of, "M1");
    EXPECT_TRUE(found->acknowledged_late);
    EXPECT_EQ(found->attempts, 3u);
    EXPECT_EQ(found->created_at, at(2000));
    EXPECT_EQ(found->updated_at, at(2001));
    EXPECT_THAT(ids(read([](Transaction& t) { return t.answers_to("M1"); })), ElementsAre("M2"));
    EXPECT_FALSE(read([](Transaction& t) { return t.message("M3"); }));
}

TEST_F(StoreTest, UpdateChangesAllButTheBytes) {
    auto message = make_message("M1", Direction::outbound);
    message.raw = "ISA";
    write([&](Transaction& t) { return t.insert(message); });
    message.state = MessageState::accepted;
    message.reason = "997 of the partner";
    message.interchange_control_number = "000000077";
    message.attempts = 2;
    message.raw = "not written";
    write([&](Transaction& t) { return t.update(message); });
    auto const found = read([](Transaction& t) { return t.message("M1"); });
    EXPECT_EQ(found->state, MessageState::accepted);
    EXPECT_EQ(found->reason, "997 of the partner");
    EXPECT_EQ(found->attempts, 2u);
    EXPECT_EQ(found->raw, "ISA");
    EXPECT_THAT(ids(read([](Transaction& t) { return t.messages({.search = "77"}); })), ElementsAre("M1"));
    auto const unknown = store->transact([](Transaction& t) { return t.update(make_message("M9")); });
    EXPECT_FALSE(unknown);
}

TEST_F(StoreTest, OneInterchangePerFileIsStoredOnceAndReadTwice) {
    auto const raw = std::string(1'000'000, 'x') + std::string(1, '\0');
    auto message = make_message("M1");
    message.transfer_id = "T1";
    message.raw = raw;
    message.sha256 = make_transfer("T1", raw).sha256;
    auto other = make_message("M2"); // a part of the file
    other.transfer_id = "T1";
    other.raw = "ISA*part";
    other.sha256 = "part";
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(make_transfer("T1", raw)); }, [&] { return t.insert(message); },
                        [&] { return t.insert(other); });
    });
    EXPECT_EQ(read([](Transaction& t) { return t.message("M1"); })->raw, raw);
    EXPECT_EQ(read([](Transaction& t) { return t.message("M2"); })->raw, "ISA*part");
    store.reset(); // the last close puts everything into the file
    EXPECT_LT(std::filesystem::file_size(file), 2 * raw.size());
}

TEST_F(StoreTest, ListingsFilterAndShowTheNewestFirst) {
    auto second = make_message("M2", Direction::outbound);
    second.partner = "globex";
    auto third = make_message("M3");
    third.state = MessageState::held;
    third.raw = "ISA";
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(make_message("M1")); }, [&] { return t.insert(second); },
                        [&] { return t.insert(third); });
    });
    auto const list = [&](MessageFilter const& filter) {
        auto const found = read([&](Transaction& t) { return t.messages(filter); });
        for (auto const& message : found)
            EXPECT_THAT(message.raw, IsEmpty());
        return ids(found);
    };
    EXPECT_THAT(list({}), ElementsAre("M3", "M2", "M1"));
    EXPECT_THAT(list({.limit = 2}), ElementsAre("M3", "M2"));
    EXPECT_THAT(list({.direction = Direction::inbound}), ElementsAre("M3", "M1"));
    EXPECT_THAT(list({.state = MessageState::held}), ElementsAre("M3"));
    EXPECT_THAT(list({.partner = "globex"}), ElementsAre("M2"));
    EXPECT_THAT(list({.direction = Direction::inbound, .partner = "globex"}), IsEmpty());
    EXPECT_THAT(list({.direction = Direction::outbound, .state = MessageState::ready, .partner = "globex"}),
                ElementsAre("M2"));
}

TEST_F(StoreTest, SearchFindsByAnyNumberOfAMessage) {
    auto first = make_message("01JXQ5W5G1V7B6Q2M8N4T0ZC3D");
    first.interchange_control_number = "000000901";
    auto second = make_message("01JXQ5W5G1AAAAAAAAAAAAAAAA", Direction::outbound);
    second.interchange_control_number = "000000902";
    second.group_control_number = "501";
    auto invoice = make_document("D1", first.id);
    invoice.number = "INV-7";
    invoice.order_number = "PO4711";
    invoice.group_control_number = "77";
    invoice.transaction_control_number = "0001";
    auto order = make_document("D2", second.id);
    order.number = "PO4711";
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(make_transfer("T1")); }, [&] { return t.insert(first); },
                        [&] { return t.insert(second); }, [&] { return t.insert(invoice); },
                        [&] { return t.insert(order); }, [&] { return t.add_search_word(first.id, "PO4712"); },
                        [&] { return t.add_search_word(first.id, "PO4712"); });
    });
    auto const search = [&](std::string word) {
        return ids(read([&](Transaction& t) { return t.messages({.search = word}); }));
    };
    EXPECT_THAT(search("000000901"), ElementsAre(first.id));
    EXPECT_THAT(search("901"), ElementsAre(first.id));
    EXPECT_THAT(search("501"), ElementsAre(second.id));
    EXPECT_THAT(search("INV-7"), ElementsAre(first.id));
    EXPECT_THAT(search("PO4711"), ElementsAre(second.id, first.id));
    EXPECT_THAT(search("PO4712"), ElementsAre(first.id));
    EXPECT_THAT(search("77"), ElementsAre(first.id));
    EXPECT_THAT(search("1"), ElementsAre(first.id));
    EXPECT_THAT(search("D1"), ElementsAre(first.id));
    EXPECT_THAT(search(first.id), ElementsAre(first.id));
    EXPECT_THAT(search("01jxq5w5g1v"), ElementsAre(first.id));
    EXPECT_THAT(search("01JXQ5"), ElementsAre(second.id, first.id));
    EXPECT_THAT(search("PO471"), IsEmpty());
    EXPECT_THAT(search("' or 1=1 --"), IsEmpty());
    EXPECT_THAT(
        ids(read([](Transaction& t) { return t.messages({.direction = Direction::inbound, .search = "PO4711"}); })),
        ElementsAre(first.id));

    invoice.order_number = "PO9";
    write([&](Transaction& t) { return t.update(invoice); });
    EXPECT_THAT(search("PO9"), ElementsAre(first.id));
}

TEST_F(StoreTest, FindsTakenInterchangesOnly) {
    auto const with = [](std::string id, MessageState state, bool test) {
        auto message = make_message(std::move(id));
        message.interchange_control_number = "000000001";
        message.state = state;
        message.test = test;
        return message;
    };
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(with("M1", MessageState::processed, false)); },
                        [&] { return t.insert(with("M2", MessageState::duplicate, false)); },
                        [&] { return t.insert(with("M3", MessageState::held, false)); },
                        [&] { return t.insert(with("M4", MessageState::quarantined, false)); },
                        [&] { return t.insert(with("M5", MessageState::processed, true)); },
                        [&] { return t.insert(with("M6", MessageState::rejected, false)); });
    });
    auto const find = [&](std::string_view sender, bool test) {
        return ids(read([&](Transaction& t) { return t.find_interchange(sender, "ZZ:US", test, "000000001"); }));
    };
    EXPECT_THAT(find("ZZ:ACME", false), ElementsAre("M1", "M3", "M6"));
    EXPECT_THAT(find("ZZ:ACME", true), ElementsAre("M5"));
    EXPECT_THAT(find("ZZ:OTHER", false), IsEmpty());
}

TEST_F(StoreTest, FindsTheSameBytesOfFilesWithoutAnEnvelope) {
    auto const with = [](std::string id, MessageState state, std::string format, std::string sha256, bool test = false) {
        auto message = make_message(std::move(id));
        message.state = state;
        message.format = std::move(format);
        message.sha256 = std::move(sha256);
        message.test = test;
        return message;
    };
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(with("M1", MessageState::processed, "csv", "aa")); },
                        [&] { return t.insert(with("M2", MessageState::processed, "x12", "aa")); },
                        [&] { return t.insert(with("M3", MessageState::duplicate, "csv", "aa")); },
                        [&] { return t.insert(with("M4", MessageState::processed, "csv", "bb")); },
                        [&] { return t.insert(with("M5", MessageState::processed, "csv", "aa", true)); },
                        [&] { return t.insert(with("M6", MessageState::held, "xml", "aa")); });
    });
    auto const find = [&](std::string_view partner, bool test) {
        return ids(read([&](Transaction& t) { return t.find_content(partner, test, "aa"); }));
    };
    EXPECT_THAT(find("acme-supplies", false), ElementsAre("M1", "M6"));
    EXPECT_THAT(find("acme-supplies", true), ElementsAre("M5"));
    EXPECT_THAT(find("other", false), IsEmpty());
}

TEST_F(StoreTest, FindsOutboundGroupsWithPaddedNumbers) {
    auto const with = [](std::string id, std::string group, std::string functional_id = "PO") {
        auto message = make_message(std::move(id), Direction::outbound);
        message.group_control_number = std::move(group);
        message.functional_id = std::move(functional_id);
        return message;
    };
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(with("M1", "501")); }, [&] { return t.insert(with("M2", "501", "FA")); },
                        [&] { return t.insert(with("M3", "000000501")); }, [&] { return t.insert(with("M4", "502")); });
    });
    auto const find = [&](std::string_view number) {
        return ids(read([&](Transaction& t) { return t.find_outbound_group("acme-supplies", "PO", number); }));
    };
    EXPECT_THAT(find("501"), ElementsAre("M3", "M1"));
    EXPECT_THAT(find("0501"), ElementsAre("M3", "M1"));
    EXPECT_THAT(find("999"), IsEmpty());
}

TEST_F(StoreTest, DocumentComesBackWithEveryField) {
    auto document = make_document("D1", "M1");
    document.state = DocumentState::held;
    document.test = true;
    document.number = "INV-7";
    document.order_number = "PO1";
    document.business_key = "acme|invoice|INV-7";
    document.functional_id = "IN";
    document.group_control_number = "77";
    document.transaction_set = "810";
    document.transaction_control_number = "0002";
    document.json = "{\"number\":\"INV-7\"}";
    document.diagnostics = "[1]";
    document.reason = "no target";
    document.updated_at = at(3001);
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(make_message("M1")); }, [&] { return t.insert(document); },
                        [&] { return t.insert(make_document("D0", "M1")); });
    });
    auto found = read([](Transaction& t) { return t.document("D1"); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->message_id, "M1");
    EXPECT_EQ(found->state, DocumentState::held);
    EXPECT_EQ(found->kind, "invoice");
    EXPECT_EQ(found->partner, "acme-supplies");
    EXPECT_TRUE(found->test);
    EXPECT_EQ(found->number, "INV-7");
    EXPECT_EQ(found->order_number, "PO1");
    EXPECT_EQ(found->business_key, "acme|invoice|INV-7");
    EXPECT_EQ(found->functional_id, "IN");
    EXPECT_EQ(found->group_control_number, "77");
    EXPECT_EQ(found->transaction_set, "810");
    EXPECT_EQ(found->transaction_control_number, "0002");
    EXPECT_EQ(found->json, document.json);
    EXPECT_EQ(found->diagnostics, "[1]");
    EXPECT_EQ(found->reason, "no target");
    EXPECT_EQ(found->created_at, at(3000));
    EXPECT_EQ(found->updated_at, at(3001));
    EXPECT_THAT(ids(read([](Transaction& t) { return t.documents_of("M1"); })), ElementsAre("D1", "D0"));

    document.state = DocumentState::accepted;
    document.json = "{\"number\":\"INV-8\"}";
    write([&](Transaction& t) { return t.update(document); });
    found = read([](Transaction& t) { return t.document("D1"); });
    EXPECT_EQ(found->state, DocumentState::accepted);
    EXPECT_EQ(found->json, "{\"number\":\"INV-8\"}");
    document.json.clear();
    write([&](Transaction& t) { return t.update(document); });
    EXPECT_THAT(read([](Transaction& t) { return t.document("D1"); })->json, IsEmpty());
    EXPECT_FALSE(store->transact([](Transaction& t) { return t.update(make_document("D9", "M1")); }));
}

TEST_F(StoreTest, BusinessKeyFindsTheFirstAcceptedInboundDocument) {
    auto const with = [](std::string id, std::string message, DocumentState state, std::string key = "acme|invoice|7") {
        auto document = make_document(std::move(id), std::move(message));
        document.state = state;
        document.business_key = std::move(key);
        return document;
    };
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(make_message("OUT", Direction::outbound)); },
                        [&] { return t.insert(make_message("IN")); },
                        [&] { return t.insert(with("D1", "OUT", DocumentState::accepted)); },
                        [&] { return t.insert(with("D2", "IN", DocumentState::rejected)); },
                        [&] { return t.insert(with("D3", "IN", DocumentState::accepted)); },
                        [&] { return t.insert(with("D4", "IN", DocumentState::accepted)); },
                        [&] { return t.insert(with("D5", "IN", DocumentState::accepted, "")); });
    });
    auto const found = read([](Transaction& t) { return t.find_business_key("acme|invoice|7"); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "D3");
    EXPECT_FALSE(read([](Transaction& t) { return t.find_business_key("acme|invoice|8"); }));
    EXPECT_FALSE(read([](Transaction& t) { return t.find_business_key(""); }));
}

TEST_F(StoreTest, DeliveriesOfADocument) {
    auto delivery = make_delivery("L1", "D1");
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(make_message("M1")); },
                        [&] { return t.insert(make_document("D1", "M1")); }, [&] { return t.insert(delivery); },
                        [&] { return t.insert(make_delivery("L2", "D1", "wms")); });
    });
    delivery.state = DeliveryState::dead_letter;
    delivery.attempts = 5;
    delivery.last_status = 422;
    delivery.last_error = "the ERP refused it";
    delivery.target_reference = "ERP-9";
    delivery.updated_at = at(4001);
    write([&](Transaction& t) { return t.update(delivery); });
    auto const found = read([](Transaction& t) { return t.delivery("L1"); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->document_id, "D1");
    EXPECT_EQ(found->target, "erp");
    EXPECT_EQ(found->state, DeliveryState::dead_letter);
    EXPECT_EQ(found->attempts, 5u);
    EXPECT_EQ(found->last_status, 422);
    EXPECT_EQ(found->last_error, "the ERP refused it");
    EXPECT_EQ(found->target_reference, "ERP-9");
    EXPECT_EQ(found->updated_at, at(4001));
    EXPECT_THAT(ids(read([](Transaction& t) { return t.deliveries_of("D1"); })), ElementsAre("L1", "L2"));
    EXPECT_THAT(ids(read([](Transaction& t) { return t.dead_deliveries(10); })), ElementsAre("L1"));
    EXPECT_FALSE(store->transact([](Transaction& t) { return t.update(make_delivery("L9", "D1")); }));

    auto const second = store->transact([](Transaction& t) { return t.insert(make_delivery("L3", "D1", "wms")); });
    ASSERT_FALSE(second) << "a document goes to a target once";
    EXPECT_EQ(second.error().kind, ErrorKind::permanent);
}

TEST_F(StoreTest, ChildrenNeedTheirParents) {
    EXPECT_FALSE(store->transact([](Transaction& t) { return t.insert(make_document("D1", "nobody")); }));
    EXPECT_FALSE(store->transact([](Transaction& t) { return t.insert(make_delivery("L1", "nobody")); }));
    auto message = make_message("M1");
    message.transfer_id = "nobody";
    EXPECT_FALSE(store->transact([&](Transaction& t) { return t.insert(message); }));
    EXPECT_FALSE(store->transact([](Transaction& t) {
        return in_order([&] { return t.insert(make_transfer("T1")); }, [&] { return t.insert(make_transfer("T1")); });
    }));
    EXPECT_FALSE(read([](Transaction& t) { return t.transfer("T1"); }));
}

TEST_F(StoreTest, ReadsSeeCommittedStateAndMayNotWrite) {
    auto const done = store->read([](Transaction& t) { return t.insert(make_transfer("T1")); });
    ASSERT_FALSE(done);
    EXPECT_FALSE(read([](Transaction& t) { return t.transfer("T1"); }));
}

TEST_F(StoreTest, EveryWordComesBack) {
    // States and kinds are stored as words: each must be readable again.
    write([](Transaction& t) -> Result<void> {
        for (int i = 0; !to_string(static_cast<MessageState>(i)).empty(); ++i) {
            auto message = make_message("M" + std::to_string(i));
            message.state = static_cast<MessageState>(i);
            if (auto done = t.insert(message); !done) return done;
        }
        for (int i = 0; !to_string(static_cast<DocumentState>(i)).empty(); ++i) {
            auto document = make_document("D" + std::to_string(i), "M0");
            document.state = static_cast<DocumentState>(i);
            if (auto done = t.insert(document); !done) return done;
        }
        for (int i = 0; !to_string(static_cast<JobKind>(i)).empty(); ++i)
            if (auto done = t.add_job(static_cast<JobKind>(i), "x", at(i)); !done) return done;
        return {};
    });
    auto const messages = read([](Transaction& t) { return t.messages({}); });
    ASSERT_GE(messages.size(), 12u);
    for (std::size_t i = 0; i < messages.size(); ++i)
        EXPECT_EQ(messages[messages.size() - 1 - i].state, static_cast<MessageState>(i));
    auto const documents = read([](Transaction& t) { return t.documents_of("M0"); });
    ASSERT_GE(documents.size(), 11u);
    for (std::size_t i = 0; i < documents.size(); ++i)
        EXPECT_EQ(documents[i].state, static_cast<DocumentState>(i));
    write([](Transaction& t) -> Result<void> {
        auto const jobs = t.claim_jobs(at(100), at(200), 10);
        if (!jobs) return unexpected(jobs.error());
        EXPECT_GE(jobs->size(), 5u);
        for (std::size_t i = 0; i < jobs->size(); ++i)
            EXPECT_EQ((*jobs)[i].kind, static_cast<JobKind>(i));
        return {};
    });
}

} // namespace
} // namespace wharf::store
