#include "transport/ftp/session.hpp"

#include "transport/curl.hpp"

#include <algorithm>
#include <array>
#include <curl/curl.h>
#include <fmt/format.h>

namespace wharf::transport::ftp {
namespace {

constexpr std::size_t most_reply_lines = 1000;
constexpr std::size_t commands_at_a_time = 200; // what libcurl is given as one list

std::string_view without_end(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

/// What was said on the control connection during one call, as libcurl tells its debugger: the only place where answers stand
/// beside their commands.
struct Transcript {
    struct Exchange {
        std::string command;
        Reply reply;
    };
    std::vector<Exchange> exchanges;
    std::string greeting, tls;

    void sent(std::string_view command) {
        command = without_end(command);
        exchanges.push_back({std::string(command.starts_with("PASS ") ? "PASS" : command), {}});
    }
    void received(std::string_view line) {
        line = without_end(line);
        bool const is_last = line.size() >= 3 && line.substr(0, 3).find_first_not_of("0123456789") == std::string_view::npos &&
                             (line.size() == 3 || line[3] == ' ');
        if (exchanges.empty()) {
            if (is_last)
                greeting = line.substr(std::min<std::size_t>(4, line.size())).substr(0, 100);
            return;
        }
        auto& reply = exchanges.back().reply;
        if (is_last) {
            reply.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
            reply.text = line.substr(std::min<std::size_t>(4, line.size()));
        } else if (reply.lines.size() < most_reply_lines) {
            reply.lines.emplace_back(line);
        }
    }
    void told(std::string_view text) {
        constexpr std::string_view begin = "SSL connection using ";
        if (text.starts_with(begin) && tls.empty())
            tls = without_end(text.substr(begin.size()));
    }
    /// The server had closed a connection that was kept before it read anything of this call: it may say so (421).
    [[nodiscard]] bool was_closed_before() const {
        return !exchanges.empty() && !has_login() && std::ranges::all_of(exchanges, [](auto const& one) { return one.reply.code == 0 || one.reply.code == 421; });
    }
    /// The last answer that refuses something, if the call ended with it.
    [[nodiscard]] Reply const* refusal() const {
        return !exchanges.empty() && exchanges.back().reply.code >= 400 ? &exchanges.back().reply : nullptr;
    }
    [[nodiscard]] bool has_login() const {
        return std::ranges::any_of(exchanges, [](auto const& one) { return one.command.starts_with("USER "); });
    }
};

int take_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* user) {
    auto& transcript = *static_cast<Transcript*>(user);
    std::string_view const text(data, size);
    if (type == CURLINFO_HEADER_OUT)
        transcript.sent(text);
    else if (type == CURLINFO_HEADER_IN)
        transcript.received(text);
    else if (type == CURLINFO_TEXT)
        transcript.told(text);
    return 0;
}

struct ListingSink {
    ListingReader reader;
    Result<void> done;
};
std::size_t take_listing(char* data, std::size_t size, std::size_t count, void* user) {
    auto& sink = *static_cast<ListingSink*>(user);
    sink.done = sink.reader.take({data, size * count});
    return sink.done ? size * count : 0;
}

struct ContentSink {
    std::string& content;
    std::uint64_t most;
};
std::size_t take_content(char* data, std::size_t size, std::size_t count, void* user) {
    auto& sink = *static_cast<ContentSink*>(user);
    sink.content.append(data, size * count);
    return sink.content.size() <= sink.most ? size * count : 0;
}

/// A path as a URL's: every byte that could mean something is escaped, the first slash too, or it would not count.
std::string escaped(std::string_view path) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    std::string text;
    for (std::size_t i = 0; i < path.size(); ++i)
        if (plain.find(path[i]) != std::string_view::npos && !(i == 0 && path[i] == '/'))
            text += path[i];
        else
            text += fmt::format("%{:02X}", static_cast<unsigned char>(path[i]));
    return text;
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

/// One of those MLST names in FEAT's answer, with a star when it is on.
void offer_fact(std::string_view fact, unsigned& needed, bool& is_off) {
    bool const is_on = fact.ends_with('*');
    if (is_on)
        fact.remove_suffix(1);
    auto const is = [&](std::string_view name) {
        return std::ranges::equal(fact, name, [](char a, char b) { return (a | 0x20) == b; });
    };
    if (is("type") || is("size") || is("modify")) {
        ++needed;
        is_off = is_off || !is_on;
    }
}

} // namespace

ErrorKind kind_of(int code) { return code < 500 || code == 552 ? ErrorKind::temporary : ErrorKind::permanent; }

Features read_features(std::vector<std::string> const& lines) {
    Features features;
    for (std::string_view line : lines) {
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        std::string name(line.substr(0, line.find(' ')));
        std::ranges::transform(name, name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
        features.size = features.size || name == "SIZE";
        features.time = features.time || name == "MDTM";
        features.set_time = features.set_time || name == "MFMT";
        features.utf8 = features.utf8 || name == "UTF8";
        if (name != "MLST" || name.size() == line.size())
            continue;
        unsigned needed = 0;
        bool is_off = false;
        for (auto rest = line.substr(name.size() + 1); !rest.empty();) {
            auto const fact = rest.substr(0, rest.find(';'));
            rest.remove_prefix(std::min(fact.size() + 1, rest.size()));
            offer_fact(fact, needed, is_off);
        }
        features.listing_facts = needed == 3;
        if (is_off && features.listing_facts)
            features.facts_to_ask = "OPTS MLST type;size;modify;";
    }
    return features;
}

struct Session::State {
    std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi{::curl_multi_init(), ::curl_multi_cleanup}; // has the connection; goes last
    CurlHandle curl;
    std::array<char, CURL_ERROR_SIZE> reason{};
    Transcript transcript;
    std::string greeting, tls; // of the latest login
};

namespace {

/// As curl_easy_perform, which in libcurl 7.88 waits for its own timers (0.2 and 1 s) after a data connection with TLS, although the
/// server has answered already: the wait here is short whatever it waits for.
CURLcode perform_on(CURLM* multi, CURL* curl) {
    constexpr int milliseconds = 4;
    if (::curl_multi_add_handle(multi, curl) != CURLM_OK)
        return CURLE_FAILED_INIT;
    CURLMcode code = CURLM_OK;
    for (int running = 1; code == CURLM_OK;) {
        code = ::curl_multi_perform(multi, &running);
        if (running == 0)
            break;
        if (code == CURLM_OK)
            code = ::curl_multi_poll(multi, nullptr, 0, milliseconds, nullptr);
    }
    auto result = code == CURLM_OK ? CURLE_OK : CURLE_OUT_OF_MEMORY;
    int more = 0;
    while (auto const* const message = ::curl_multi_info_read(multi, &more))
        if (message->msg == CURLMSG_DONE)
            result = message->data.result;
    ::curl_multi_remove_handle(multi, curl);
    return result;
}

} // namespace

Session::Session(std::string where) : where_(std::move(where)), state_(std::make_unique<State>()) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(FtpsSettings const& settings, std::string where) {
    std::unique_ptr<Session> session(new Session(std::move(where)));
    session->settings_ = settings;
    session->state_->curl = make_curl();
    if (!session->state_->curl || !session->state_->multi)
        return temporary(fmt::format("{}: libcurl does not start: no memory", session->where_));
    auto const replies = session->commands({"FEAT"});
    if (!replies)
        return unexpected(replies.error());
    session->features_ = read_features(replies->front().lines);
    char* home = nullptr;
    if (::curl_easy_getinfo(session->state_->curl.get(), CURLINFO_FTP_ENTRY_PATH, &home) == CURLE_OK && home != nullptr)
        session->home_ = home;
    return session;
}

void Session::prepare(std::string_view path) {
    auto* const curl = state_->curl.get();
    ::curl_easy_reset(curl); // keeps the connection and the TLS session
    state_->reason[0] = '\0';
    state_->transcript = {};
    // A host of IPv6 stands in brackets in a URL.
    auto const host = settings_.host.find(':') == std::string::npos ? settings_.host : "[" + settings_.host + "]";
    auto const url = fmt::format("{}://{}{}/{}", settings_.implicit ? "ftps" : "ftp", host,
                                 settings_.port == 0 ? "" : fmt::format(":{}", settings_.port), escaped(path));
    ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "ftp,ftps");
    ::curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, state_->reason.data());
    ::curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    ::curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, take_debug);
    ::curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &state_->transcript);
    set_text(curl, CURLOPT_USERNAME, settings_.user);
    set_text(curl, CURLOPT_PASSWORD, settings_.password);
    if (!settings_.insecure_plain) {
        ::curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
        ::curl_easy_setopt(curl, CURLOPT_FTPSSLAUTH, static_cast<long>(CURLFTPAUTH_TLS));
        set_tls(curl, settings_.tls, settings_.tls_1_3);
    }
    set_proxy(curl, settings_.proxy);
    set_text(curl, CURLOPT_INTERFACE, settings_.bind_address.empty() ? "" : "host!" + settings_.bind_address);
    ::curl_easy_setopt(curl, CURLOPT_FTP_FILEMETHOD, static_cast<long>(CURLFTPMETHOD_NOCWD));
    ::curl_easy_setopt(curl, CURLOPT_FTP_SKIP_PASV_IP, 1L);
    ::curl_easy_setopt(curl, CURLOPT_FTP_USE_EPSV, settings_.extended_passive ? 1L : 0L);
    ::curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(settings_.connect_timeout.count()));
    ::curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(settings_.timeout.count()));
    ::curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN,
                       settings_.idle_timeout.count() == 0 ? 1'000'000L : static_cast<long>(settings_.idle_timeout.count()));
    if (settings_.bytes_per_second != 0) {
        ::curl_easy_setopt(curl, CURLOPT_MAX_SEND_SPEED_LARGE, static_cast<curl_off_t>(settings_.bytes_per_second));
        ::curl_easy_setopt(curl, CURLOPT_MAX_RECV_SPEED_LARGE, static_cast<curl_off_t>(settings_.bytes_per_second));
    }
}

std::unexpected<Error> Session::refused(Reply const& reply, std::string_view what, std::string_view path) const {
    auto const object = path.empty() ? "" : " " + quote_name(path);
    return std::unexpected(Error{kind_of(reply.code), fmt::format("{}: cannot {}{}: the server says {}", where_, what, object,
                                                                  quote_name(fmt::format("{} {}", reply.code, reply.text)))});
}

Result<void> Session::perform(std::vector<std::string> const& quoted, std::string_view what, std::string_view path) {
    auto* const curl = state_->curl.get();
    CurlLines quote;
    bool room = true;
    if (std::exchange(options_due_, false)) {
        if (features_.utf8)
            room = add_line(quote, "*OPTS UTF8 ON");
        if (!features_.facts_to_ask.empty())
            room = room && add_line(quote, "*" + features_.facts_to_ask);
    }
    for (auto const& command : quoted)
        room = room && add_line(quote, "*" + command); // with the star, a refusal does not end the list
    if (!room)
        return temporary(fmt::format("{}: no memory", where_));
    if (quote)
        ::curl_easy_setopt(curl, CURLOPT_QUOTE, quote.get());
    auto code = perform_on(state_->multi.get(), curl);
    bool const is_silent = code == CURLE_OPERATION_TIMEDOUT && !state_->transcript.refusal(); // to be given up, not asked again
    if (code != CURLE_OK && !is_silent && state_->transcript.was_closed_before()) {
        state_->transcript = {};
        state_->reason[0] = '\0';
        code = perform_on(state_->multi.get(), curl);
    }
    ::curl_easy_setopt(curl, CURLOPT_QUOTE, nullptr); // the list goes with this call
    auto const& transcript = state_->transcript;
    if (transcript.has_login()) {
        options_due_ = true;
        state_->greeting = transcript.greeting;
        state_->tls = transcript.tls;
    }
    broken_ = false;
    if (code == CURLE_OK)
        return {};
    if (auto const* const refusal = transcript.refusal()) {
        auto const& command = transcript.exchanges.back().command;
        bool const is_login = command.starts_with("USER ") || command == "PASS";
        return refused(*refusal, is_login ? "log in" : command.starts_with("AUTH ") || command.starts_with("PROT ") ? "protect the line with TLS" : what,
                       is_login ? "" : path);
    }
    broken_ = true;
    auto text = fmt::format("{}: {}", where_, curl_failure(code, state_->reason.data()));
    if (is_permanent(code))
        return permanent(std::move(text));
    return temporary(std::move(text));
}

Result<std::vector<Reply>> Session::commands(std::vector<std::string> const& commands) {
    std::vector<Reply> replies;
    for (auto const& command : commands)
        if (has_control(command))
            return permanent(fmt::format("{}: {} has a control character, which FTP cannot say", where_, quote_name(command)));
    for (std::size_t begin = 0; begin < commands.size(); begin += commands_at_a_time) {
        std::vector<std::string> const some(commands.begin() + static_cast<std::ptrdiff_t>(begin),
                                            commands.begin() + static_cast<std::ptrdiff_t>(std::min(begin + commands_at_a_time, commands.size())));
        prepare("");
        ::curl_easy_setopt(state_->curl.get(), CURLOPT_NOBODY, 1L);
        if (auto done = perform(some, "connect", ""); !done)
            return unexpected(done.error());
        auto next = some.begin();
        for (auto& [command, reply] : state_->transcript.exchanges)
            if (next != some.end() && command == *next) {
                replies.push_back(std::move(reply));
                ++next;
            }
        if (next != some.end())
            return temporary(fmt::format("{}: the server did not answer {}", where_, quote_name(*next)));
    }
    return replies;
}

Result<std::vector<FolderEntry>> Session::list(std::string const& folder, ListingForm form, Timestamp now) {
    auto* const curl = state_->curl.get();
    if (has_control(folder))
        return permanent(fmt::format("{}: {} has a control character", where_, quote_name(folder)));
    prepare(folder.ends_with('/') || folder.empty() ? folder : folder + "/");
    ListingSink sink{{form, now}, {}};
    ::curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, form == ListingForm::facts ? "MLSD" : "LIST");
    ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_listing);
    ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings_.timeout.count()));
    auto done = perform({}, "list", folder);
    if (done && sink.done) {
        auto entries = sink.reader.finish();
        if (entries)
            return entries;
        sink.done = unexpected(entries.error());
    }
    if (!sink.done)
        return permanent(fmt::format("{}: cannot list {}: {}", where_, quote_name(folder), sink.done.error().message));
    return unexpected(done.error());
}

Result<void> Session::retrieve(std::string const& path, std::uint64_t most, std::string& content) {
    auto* const curl = state_->curl.get();
    if (has_control(path))
        return permanent(fmt::format("{}: {} has a control character", where_, quote_name(path)));
    prepare(path);
    ContentSink sink{content, most};
    ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_content);
    ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
    ::curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 256L << 10);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings_.timeout.count()));
    if (content.empty())
        ::curl_easy_setopt(curl, CURLOPT_IGNORE_CONTENT_LENGTH, 1L); // no SIZE before: a round trip less
    else
        ::curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(content.size()));
    auto done = perform({}, "read", path);
    if (done || content.size() <= most)
        return done;
    broken_ = false; // it was we who hung up
    return {};
}

Result<void> Session::store(std::string const& path, std::string_view content, std::uint64_t offset) {
    auto* const curl = state_->curl.get();
    if (has_control(path))
        return permanent(fmt::format("{}: {} has a control character, which FTP cannot say", where_, quote_name(path)));
    prepare(path);
    CurlBody body{content};
    set_body(curl, body);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings_.timeout.count()));
    if (offset > 0)
        ::curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(offset));
    return perform({}, "write", path);
}

std::string Session::description() const {
    return fmt::format("engine=libcurl/{} server={} tls={} listing={}", ::curl_version_info(CURLVERSION_NOW)->version,
                       quote_name(state_->greeting), quote_name(state_->tls.empty() ? "none" : state_->tls),
                       features_.listing_facts && settings_.machine_listing ? "MLSD" : "LIST");
}

} // namespace wharf::transport::ftp
