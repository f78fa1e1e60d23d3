// One login on an FTP server over libcurl: commands with their answers, listings, and files in both directions. libcurl keeps the
// control connection and makes it anew when the server closed it in between; the directory stays the one of the login.
//
// One thread at a time. Every call ends within the settings' time-outs. Errors begin with `where` and are `temporary` for what
// the line does and for answers of the 400s, `permanent` for certificates, logins and answers of the 500s (but for a full disk).
#pragma once

#include "transport/channel.hpp"
#include "transport/ftp/listing.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::ftp {

/// What the server said to one command. A code of 0: it was not asked, because the connection broke before.
struct Reply {
    int code = 0;
    std::string text;               // of the last line, behind its code
    std::vector<std::string> lines; // those between the first and the last
    [[nodiscard]] bool is_fine() const { return code >= 200 && code < 400; }
};

/// FEAT's answer (RFC 2389), as far as it matters here.
struct Features {
    bool listing_facts = false;  // MLST and MLSD with type, size and modify
    bool size = false, time = false, set_time = false, utf8 = false;
    std::string facts_to_ask;    // for OPTS MLST, where one that we need is off; empty: none
};
[[nodiscard]] Features read_features(std::vector<std::string> const& lines);

class Session {
public:
    /// Connects, logs in and asks for the features.
    [[nodiscard]] static Result<std::unique_ptr<Session>> open(FtpsSettings const& settings, std::string where);
    ~Session();

    [[nodiscard]] Features const& features() const { return features_; }
    /// One after the other, whatever each is answered. Commands with a line end are `invalid`.
    [[nodiscard]] Result<std::vector<Reply>> commands(std::vector<std::string> const& commands);
    [[nodiscard]] Result<std::vector<FolderEntry>> list(std::string const& folder, ListingForm form, Timestamp now);
    /// Appends to `content` from the file's byte `content.size()` on, a block more than `most` in all at most: then the file has
    /// grown. What arrived before a failure stays in `content`.
    [[nodiscard]] Result<void> retrieve(std::string const& path, std::uint64_t most, std::string& content);
    /// Writes from `offset` on; what is there before it stays.
    [[nodiscard]] Result<void> store(std::string const& path, std::string_view content, std::uint64_t offset);
    /// True after a failure of the line, until the next call has connected anew.
    [[nodiscard]] bool is_broken() const { return broken_; }
    /// The directory of the login, as the server names it.
    [[nodiscard]] std::string const& home() const { return home_; }
    [[nodiscard]] std::string const& where() const { return where_; }
    [[nodiscard]] std::string description() const;
    [[nodiscard]] std::unexpected<Error> refused(Reply const& reply, std::string_view what, std::string_view path) const;

private:
    struct State;
    explicit Session(std::string where);
    void prepare(std::string_view path);
    [[nodiscard]] Result<void> perform(std::vector<std::string> const& quoted, std::string_view what, std::string_view path);

    FtpsSettings settings_;
    std::string where_, home_;
    Features features_;
    bool broken_ = false;
    bool options_due_ = false; // the login is new: OPTS was not sent yet
    std::unique_ptr<State> state_;
};

/// Which kind of failure an answer is; `full` servers say 452 or 552.
[[nodiscard]] ErrorKind kind_of(int code);

} // namespace wharf::transport::ftp
