// One connection: requests in, answers out, one after the other.
#pragma once

#include "transport/http/message.hpp"
#include "transport/http/pace.hpp"
#include "transport/http/stream.hpp"
#include "transport/http/troubles.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <memory>
#include <vector>

namespace wharf::transport::http {

/// What the sessions of a server share. All but the pool belongs to the mover thread.
struct Shared {
    Shared(ServerSettings chosen, Admit admitting)
        : settings(std::move(chosen)), admit(std::move(admitting)), pool(std::max(1u, settings.threads)) {}
    ServerSettings settings;
    Admit admit;
    boost::asio::io_context io{1};
    boost::asio::thread_pool pool;
    bool stopping = false;
    Troubles troubles;

    void tell(std::string const& peer, std::string what);
};

class Session {
public:
    Session(Shared& shared, std::unique_ptr<Stream> stream, std::string peer_address);
    /// Until the connection is over. The session must live so long.
    boost::asio::awaitable<void> run();

    /// Waits for a request, so that it may be closed.
    [[nodiscard]] bool is_idle() const { return idle_; }
    [[nodiscard]] std::chrono::steady_clock::time_point idle_since() const { return idle_since_; }
    void end_idle();
    void close();
    /// Of the request that is under way. While it waits for the other side it may be displaced.
    [[nodiscard]] Progress const& progress() const { return progress_; }
    [[nodiscard]] bool may_be_displaced() const { return progress_.is_waiting() && !displaced_; }
    void displace();

private:
    struct Exchange;
    boost::asio::awaitable<std::unique_ptr<Exchange>> read_head();
    boost::asio::awaitable<bool> converse(Exchange& exchange);
    boost::asio::awaitable<std::size_t> read_some(ErrorCode& code);
    boost::asio::awaitable<bool> read_more(Exchange& exchange, Pace& pace);
    boost::asio::awaitable<bool> answer(Exchange& exchange);
    boost::asio::awaitable<void> refuse(Refusal const& refusal);
    boost::asio::awaitable<bool> write(std::string_view text);
    boost::asio::awaitable<void> close_kindly();
    boost::asio::awaitable<void> say_farewell();
    void advance(Exchange& exchange);
    void limit(std::chrono::steady_clock::duration time);
    void break_off_after(std::chrono::steady_clock::duration time, unsigned turn);
    void no_limit();
    void become_idle(bool idle);

    Shared& shared_;
    std::unique_ptr<Stream> stream_;
    std::string peer_address_;
    std::vector<std::string> client_certificates_; // its own first
    RequestReader reader_;
    std::vector<char> buffer_;
    std::string_view rest_; // of what buffer_ holds: what has not been understood yet
    boost::asio::steady_timer deadline_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0); // for a timer that fires late
    std::chrono::steady_clock::time_point idle_since_;
    Progress progress_;
    unsigned turns_ = 0;
    bool timed_out_ = false, idle_ = true, is_first_ = true, displaced_ = false;
};

} // namespace wharf::transport::http
