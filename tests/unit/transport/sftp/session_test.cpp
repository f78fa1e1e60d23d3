// SFTP itself, against a server in memory with the habits of real ones: whole folders in one message, names without attributes,
// short parts, answers out of order, few open files, no extensions, and answers that make no sense.
#include "transport/sftp/session.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

namespace wharf::transport::sftp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Habits {
    bool names_only = false;       // a listing without attributes
    std::size_t names_per_message = 100;
    std::size_t most_read = 1u << 20; // bytes in one answer
    bool backwards = false;        // answers each batch of requests in reverse
    std::size_t most_open = 1000;
    bool extensions = true;
    bool looks_at_open_files = true; // else the answer to FSTAT is "failure"
    std::size_t most_held = 1u << 30; // bytes of a file that it keeps; what is beyond is lost without a word
    std::string garbage;           // in place of every answer after the version
};

struct Counts {
    unsigned looks = 0, opens = 0, most_open = 0;
    unsigned flights = 0; // requests that left together
};

class MemoryServer final : public Stream {
public:
    MemoryServer(Habits habits, std::map<std::string, std::string>& files, Counts& counts)
        : habits_(std::move(habits)), files_(files), counts_(counts) {}

    Result<std::size_t> read(char* room, std::size_t size) override {
        if (out_.empty())
            return temporary("nothing more comes");
        auto const count = std::min({size, out_.size(), std::size_t{1000}});
        std::copy_n(out_.begin(), count, room);
        out_.erase(0, count);
        return count;
    }
    Result<void> write(std::string_view bytes) override {
        ++counts_.flights;
        in_ += bytes;
        std::vector<std::string> answers;
        while (in_.size() >= 4) {
            auto const length = PacketReader(in_).u32();
            if (in_.size() < 4 + length)
                break;
            auto const message = in_.substr(4, length);
            in_.erase(0, 4 + length);
            answers.push_back(answer(static_cast<PacketType>(message[0]), PacketReader(std::string_view(message).substr(1))));
        }
        if (habits_.backwards)
            std::ranges::reverse(answers);
        for (auto const& one : answers)
            out_ += one;
        return {};
    }
    void shut() noexcept override {}
    std::string description() const override { return "memory"; }

private:
    static PacketWriter attributes(PacketWriter writer, std::string const* content) {
        if (content)
            writer.u32(1 | 4 | 8).u64(content->size()).u32(0100644).u32(7).u32(7);
        else
            writer.u32(0);
        return writer;
    }
    static std::string status(std::uint32_t id, Status code) {
        return PacketWriter(PacketType::status).u32(static_cast<std::uint32_t>(code)).text("").text("").finish(id);
    }
    std::string handle(std::uint32_t id, std::string const& path) {
        auto const name = fmt::format("{}:{}", ++handles_, path);
        open_.insert_or_assign(name, 0u);
        counts_.most_open = std::max(counts_.most_open, static_cast<unsigned>(open_.size()));
        return PacketWriter(PacketType::handle).text(name).finish(id);
    }
    std::string* file_of(std::string_view handle) {
        auto const found = files_.find(std::string(handle.substr(handle.find(':') + 1)));
        return found == files_.end() ? nullptr : &found->second;
    }

    std::string answer(PacketType type, PacketReader reader) {
        auto const id = reader.u32();
        if (type == PacketType::init) {
            PacketWriter version(PacketType::version);
            if (habits_.extensions)
                version.text("posix-rename@openssh.com").text("1").text("fsync@openssh.com").text("1");
            return version.finish(3);
        }
        if (!habits_.garbage.empty())
            return habits_.garbage;
        std::string const subject(reader.text());
        auto const found = files_.find(subject);
        auto* const content = found == files_.end() ? nullptr : &found->second;
        switch (type) {
        case PacketType::opendir:
            return handle(id, subject);
        case PacketType::readdir: {
            auto& next = open_.at(subject);
            std::vector<std::pair<std::string, std::string*>> some;
            std::size_t place = 0;
            for (auto& [name, text] : files_)
                if (place++ >= next && some.size() < habits_.names_per_message)
                    some.emplace_back(name.substr(name.rfind('/') + 1), &text);
            if (some.empty())
                return status(id, Status::eof);
            next += some.size();
            PacketWriter names(PacketType::name);
            names.u32(static_cast<std::uint32_t>(some.size()));
            for (auto const& [name, text] : some)
                names = attributes(std::move(names.text(name).text("-rw-r--r-- 1 a b")), habits_.names_only ? nullptr : text);
            return names.finish(id);
        }
        case PacketType::lstat:
            ++counts_.looks;
            return content ? attributes(PacketWriter(PacketType::attrs), content).finish(id) : status(id, Status::no_such_file);
        case PacketType::fstat:
            return habits_.looks_at_open_files ? attributes(PacketWriter(PacketType::attrs), file_of(subject)).finish(id)
                                               : status(id, Status::failure);
        case PacketType::open: {
            ++counts_.opens;
            auto const flags = reader.u32();
            if (open_.size() >= habits_.most_open)
                return status(id, Status::failure);
            if (!(flags & open_flags::create) && !content)
                return status(id, Status::no_such_file);
            if ((flags & open_flags::exclusive) && content)
                return status(id, Status::failure);
            if (flags & open_flags::create)
                files_.try_emplace(subject);
            return handle(id, subject);
        }
        case PacketType::read: {
            auto const offset = reader.u64();
            auto const length = std::min<std::size_t>(reader.u32(), habits_.most_read);
            auto const* const text = file_of(subject);
            if (!text || offset >= text->size())
                return status(id, Status::eof);
            return PacketWriter(PacketType::data).text(std::string_view(*text).substr(offset, length)).finish(id);
        }
        case PacketType::write: {
            auto const offset = reader.u64();
            auto const bytes = reader.text();
            auto& text = *file_of(subject);
            text.resize(std::max<std::size_t>(text.size(), offset + bytes.size()));
            text.replace(offset, bytes.size(), bytes);
            text.resize(std::min(text.size(), habits_.most_held));
            return status(id, Status::ok);
        }
        case PacketType::close:
            return status(id, open_.erase(subject) == 1 ? Status::ok : Status::failure);
        case PacketType::remove:
            return status(id, files_.erase(subject) == 1 ? Status::ok : Status::no_such_file);
        case PacketType::rename: {
            auto const to = std::string(reader.text());
            if (!content || files_.contains(to))
                return status(id, Status::failure);
            files_.insert(std::pair(to, files_.extract(subject).mapped()));
            return status(id, Status::ok);
        }
        default:
            return status(id, habits_.extensions ? Status::ok : Status::unsupported);
        }
    }

    Habits habits_;
    std::map<std::string, std::string>& files_;
    Counts& counts_;
    std::string in_, out_;
    std::map<std::string, std::size_t> open_;
    unsigned handles_ = 0;
};

class SftpSession : public testing::Test {
protected:
    Session session(Habits habits = {}, SessionLimits limits = {}) {
        auto client = std::make_unique<Client>(std::make_unique<MemoryServer>(std::move(habits), files_, counts_), "here");
        auto const started = client->start();
        EXPECT_TRUE(started) << started.error().message;
        return Session(std::move(client), limits);
    }
    std::map<std::string, std::string> files_;
    Counts counts_;
};

TEST_F(SftpSession, AWholeFolderInOneMessageAndNoQuestions) {
    for (int i = 0; i < 20'000; ++i)
        files_[fmt::format("in/a rather long name of a file, so that it counts {:05}.edi", i)] = "x";
    auto one = session({.names_per_message = 1'000'000});
    auto const entries = one.list("in");
    ASSERT_TRUE(entries) << entries.error().message;
    EXPECT_EQ(entries->size(), 20'000u);
    EXPECT_EQ(entries->front().size, 1u);
    EXPECT_EQ(counts_.looks, 0u);
}

TEST_F(SftpSession, NamesWithoutAttributesAreLookedAt) {
    files_ = {{"in/a", "1"}, {"in/b", "22"}};
    auto one = session({.names_only = true});
    auto const entries = one.list("in");
    ASSERT_TRUE(entries) << entries.error().message;
    ASSERT_EQ(entries->size(), 2u);
    EXPECT_EQ((*entries)[1].size, 2u);
    EXPECT_EQ((*entries)[1].name, "b");
    EXPECT_EQ(counts_.looks, 2u);
}

TEST_F(SftpSession, ShortPartsAndAnswersInAnyOrder) {
    std::string content;
    for (int i = 0; content.size() < 300'000; ++i)
        content += std::to_string(i);
    for (auto const& habits : {Habits{}, Habits{.most_read = 1000}, Habits{.backwards = true}, Habits{.most_read = 777, .backwards = true},
                               Habits{.looks_at_open_files = false}}) {
        files_ = {{"large", content}, {"small", "abc"}, {"middle", content.substr(0, 5000)}, {"empty", ""}};
        auto one = session(habits);
        auto const read = one.read({"large", content.size(), 7});
        ASSERT_TRUE(read && *read);
        EXPECT_EQ(**read, content);
        EXPECT_FALSE(*one.read({"large", content.size() - 1, 7})) << "it is longer";
        EXPECT_FALSE(*one.read({"large", content.size() + 1, 7})) << "it is shorter";
        EXPECT_FALSE(*one.read({"large", content.size(), 8})) << "another time";
        std::vector<Wanted> const wanted = {{"small", 3, 7}, {"none", 3, 7}, {"empty", 0, 7}, {"large", content.size(), 7},
                                            {"middle", 5000, 7}, {"small", 4, 7}};
        auto const all = one.read_all(wanted);
        ASSERT_EQ(all.size(), wanted.size());
        for (auto const& result : all)
            ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(*all[0], "abc");
        EXPECT_EQ(*all[1], std::nullopt);
        EXPECT_EQ(*all[2], "");
        EXPECT_EQ(*all[3], content);
        EXPECT_EQ(*all[4], content.substr(0, 5000));
        EXPECT_EQ(*all[5], std::nullopt);
        ASSERT_TRUE(one.write({"new", content}, {}));
        EXPECT_EQ(files_["new"], content);
    }
}

TEST_F(SftpSession, NeverMoreOpenFilesThanAllowed) {
    for (unsigned const most : {1u, 3u}) {
        counts_ = {};
        files_.clear();
        std::vector<Wanted> wanted;
        std::vector<Session::Draft> drafts;
        std::vector<std::string> names;
        for (int i = 0; i < 50; ++i) {
            names.push_back(fmt::format("{:02}", i));
            files_["in/" + names.back()] = std::string(static_cast<std::size_t>(i), 'x');
        }
        for (int i = 0; i < 50; ++i) {
            wanted.push_back({"in/" + names[static_cast<std::size_t>(i)], static_cast<std::uint64_t>(i), 7});
            drafts.push_back({"out/" + names[static_cast<std::size_t>(i)], "content"});
        }
        auto one = session({.most_open = most}, {.most_open_files = most});
        for (auto const& read : one.read_all(wanted))
            EXPECT_TRUE(read && *read) << (read ? "" : read.error().message);
        for (auto const& written : one.write_all(drafts, {}))
            EXPECT_TRUE(written) << written.error().message;
        EXPECT_LE(counts_.most_open, most);
        EXPECT_EQ(files_["out/49"], "content");
    }
}

TEST_F(SftpSession, ReplacingWithAndWithoutThePosixRename) {
    for (bool const extensions : {true, false}) {
        files_ = {{"old", "1"}, {"new", "2"}};
        auto one = session({.extensions = extensions});
        EXPECT_FALSE(one.rename("new", "old"));
        EXPECT_TRUE(one.replace("new", "old"));
        if (!extensions) { // the memory knows no extension, it only says yes
            EXPECT_EQ(files_["old"], "2");
        }
        auto const synced = one.write({"x", "content"}, {.sync = true});
        EXPECT_TRUE(synced) << synced.error().message;
    }
}

TEST_F(SftpSession, TheSizeIsCheckedInTheSameFlight) {
    auto one = session();
    counts_ = {};
    ASSERT_TRUE(one.write({"x", "content"}, {}));
    EXPECT_EQ(counts_.flights, 2u) << "opening, and all the rest";
    EXPECT_EQ(counts_.looks, 0u);
    for (bool const looks : {true, false}) {
        auto other = session({.looks_at_open_files = looks, .most_held = 5});
        auto const cut = other.write({"y", "content"}, {.replace = true});
        ASSERT_FALSE(cut);
        EXPECT_TRUE(cut.error().is_temporary());
        EXPECT_THAT(cut.error().message, HasSubstr("holds 5 of the 7 bytes"));
        EXPECT_TRUE(other.write({"y", "content"}, {.replace = true, .check = false}));
        std::vector<Session::Draft> const drafts = {{"a", "12345"}, {"b", "123456"}, {"c", ""}};
        auto const written = other.write_all(drafts, {.replace = true});
        EXPECT_TRUE(written[0]);
        EXPECT_THAT(written[1].error().message, HasSubstr("holds 5 of the 6 bytes"));
        EXPECT_TRUE(written[2]);
    }
}

TEST_F(SftpSession, ADateThatIsRefusedHoldsNothingBack) {
    auto one = session({.extensions = false}); // it supports no setting of attributes
    auto const written = one.write({"x", "content", 1'700'000'000}, {});
    EXPECT_TRUE(written) << written.error().message;
    EXPECT_EQ(files_["x"], "content");
    EXPECT_FALSE(one.write({"y", "content"}, {.mode = 0600})) << "rights are another matter";
}

TEST_F(SftpSession, AnswersThatMakeNoSenseEndTheConnection) {
    auto const status = PacketWriter(PacketType::status).u32(0).text("").text("").finish(99);
    for (auto const& garbage :
         {std::string("\0\0\0\0", 4), std::string("\xff\xff\xff\xff\x65", 5), std::string("\0\0\0\1\x65", 5), status,
          std::string("\0\0\0\5\x66\0\0\0\1", 9), std::string("\0\0\0\11\x68\0\0\0\1\xff\xff\xff\xff", 13),
          std::string("\0\0\0\11\x69\0\0\0\1\0\0\0\1", 13), std::string("This login is for people, not for SFTP.\n")}) {
        files_ = {{"f", "content"}};
        {
            auto one = session({.garbage = garbage});
            auto const entries = one.list("in");
            ASSERT_FALSE(entries);
            EXPECT_TRUE(entries.error().is_temporary());
        }
        auto one = session({.garbage = garbage});
        EXPECT_FALSE(one.status("f"));
        EXPECT_FALSE(one.read({"f", 7, 7}));
        EXPECT_FALSE(one.write({"g", "x"}, {}));
        EXPECT_FALSE(one.remove("f"));
        EXPECT_TRUE(one.is_broken());
    }
}

// Every message cut off everywhere, and every byte changed: an error or an answer, never more.
TEST_F(SftpSession, DamagedMessages) {
    auto names = PacketWriter(PacketType::name);
    names.u32(2);
    for (auto const* const name : {"a", "b"})
        names.text(name).text("long").u32(0x8000000F).u64(1).u64(2).u32(0100644).u32(1).u32(2).u32(1).text("x").text("y");
    auto const body = names.finish(1).substr(9);
    ASSERT_EQ(read_names(body)->size(), 2u);
    for (std::size_t length = 0; length < body.size(); ++length)
        EXPECT_FALSE(read_names(body.substr(0, length))) << length;
    for (std::size_t place = 0; place < body.size(); ++place)
        for (char const value : {'\0', '\x7f', '\xff'}) {
            auto damaged = body;
            damaged[place] = value;
            (void)read_names(damaged);
        }
    EXPECT_FALSE(read_names(std::string("\xff\xff\xff\xff", 4)));
}

} // namespace
} // namespace wharf::transport::sftp
