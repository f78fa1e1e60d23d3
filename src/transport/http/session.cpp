// GCC 12 destroys a braced aggregate temporary inside a co_await expression twice: name every value first.
#include "transport/http/session.hpp"

#include "base/clock.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <stdexcept>

namespace wharf::transport::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::size_t head_read_bytes = 8u << 10, body_read_bytes = 64u << 10;
constexpr auto drain_time = std::chrono::milliseconds(2000);
constexpr auto drain_time_stopping = std::chrono::milliseconds(200);
constexpr auto until_next_cancel = std::chrono::milliseconds(50);
constexpr std::string_view displaced_text = "This server has no connection left, and this request was the slowest. Send it again later.";
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

std::string date() {
    return http_date(std::chrono::floor<std::chrono::seconds>(SystemClock().now()).time_since_epoch().count());
}

Response text_response(int status, std::string_view text) {
    Response response;
    response.status = status;
    response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    response.body.append(text).append("\n");
    return response;
}

Response refusal_of(Error const& error) {
    if (!error.is_temporary())
        return text_response(413, "The body is larger than this server takes.");
    auto busy = text_response(503, "This server cannot take the body now. Send it again later.");
    busy.headers.emplace_back("Retry-After", "30");
    return busy;
}

/// Runs `work` on the pool; the mover does other things meanwhile.
template <class Work> asio::awaitable<void> on_pool(Shared& shared, Work work) {
    auto initiate = [&shared, work = std::move(work)](auto completion) mutable {
        auto& io = shared.io;
        // The guard keeps the mover alive while a handler works after stop().
        asio::post(shared.pool, [&io, guard = asio::make_work_guard(io), work = std::move(work),
                                 completion = std::move(completion)]() mutable {
            work();
            asio::post(io, [completion = std::move(completion)]() mutable { completion(); });
        });
    };
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(std::move(initiate), asio::use_awaitable);
}

} // namespace

void Shared::tell(std::string const& peer, std::string what) {
    if (!settings.trouble)
        return;
    if (auto text = troubles.admit(std::move(what), Clock::now()))
        asio::post(pool, [this, peer, text = std::move(*text)] {
            try {
                settings.trouble(peer, text);
            } catch (...) { // a log that fails is no reason to end
            }
        });
}

/// One request on its way. While advance() works on it, on the pool, the mover leaves it alone.
struct Session::Exchange {
    RequestReader::Head head;
    bool is_admitted = false;
    bool has_begun = false;                 // something of the body has come
    bool is_whole = false;                  // its end has been read
    std::unique_ptr<BodyReceiver> receiver; // must be destroyed on the pool
    std::optional<Refusal> refusal;
    std::optional<Response> response;

    [[nodiscard]] bool is_decided() const { return refusal || response; }
};

Session::Session(Shared& shared, std::unique_ptr<Stream> stream, std::string peer_address)
    : shared_(shared), stream_(std::move(stream)), peer_address_(std::move(peer_address)),
      reader_({shared.settings.max_body_bytes, shared.settings.head_bytes, shared.settings.head_fields}),
      deadline_(shared.io), idle_since_(Clock::now()) {}

/// Breaks the running operation off when the time is over; a new call replaces the old one.
void Session::limit(Clock::duration time) {
    timed_out_ = false;
    break_off_after(time, ++turns_);
}

/// Again and again: an operation of TLS has several steps, and between two of them there is nothing that could be cancelled.
void Session::break_off_after(Clock::duration time, unsigned turn) {
    deadline_.expires_after(time);
    deadline_.async_wait([this, turn, alive = std::weak_ptr<int>(life_)](ErrorCode code) {
        if (code || !alive.lock() || turn != turns_)
            return;
        timed_out_ = true;
        ErrorCode ignored;
        stream_->socket().cancel(ignored);
        break_off_after(until_next_cancel, turn);
    });
}

void Session::no_limit() {
    ++turns_;
    deadline_.cancel();
}

void Session::become_idle(bool idle) {
    if (idle && !idle_)
        idle_since_ = Clock::now();
    idle_ = idle;
}

void Session::end_idle() {
    idle_ = false;
    ErrorCode ignored;
    stream_->socket().cancel(ignored);
}

void Session::displace() {
    displaced_ = true;
    ErrorCode ignored;
    stream_->socket().cancel(ignored);
}

void Session::close() {
    ErrorCode ignored;
    stream_->socket().close(ignored);
}

asio::awaitable<void> Session::run() {
    ErrorCode code;
    limit(shared_.settings.head_timeout);
    co_await stream_->open(code);
    if (timed_out_)
        shared_.tell(peer_address_, "the handshake of TLS was not complete in time");
    else if (std::string_view(code.category().name()) == "asio.ssl") // not: who has gone, or was ended by us
        shared_.tell(peer_address_, fmt::format("the handshake of TLS failed: {}", code.message()));
    if (code || timed_out_)
        co_return;
    client_certificates_ = stream_->client_certificates();
    for (;;) {
        auto const exchange = co_await read_head();
        if (!exchange)
            co_return;
        bool const go_on_reading = co_await converse(*exchange);
        if (!go_on_reading)
            co_return;
    }
}

/// Nothing when the connection is over.
asio::awaitable<std::unique_ptr<Session::Exchange>> Session::read_head() {
    auto const& settings = shared_.settings;
    bool was_inside = false;
    progress_ = {};
    if (buffer_.size() != head_read_bytes && rest_.empty())
        buffer_ = std::vector<char>(head_read_bytes);
    for (;;) {
        auto step = reader_.next(rest_);
        if (auto* const head = std::get_if<RequestReader::Head>(&step)) {
            no_limit();
            become_idle(false);
            is_first_ = false;
            auto exchange = std::make_unique<Exchange>();
            exchange->head = std::move(*head);
            exchange->has_begun = !rest_.empty();
            auto& known = exchange->head.head;
            known.peer_address = peer_address_;
            known.is_tls = stream_->is_tls();
            if (!client_certificates_.empty()) {
                known.client_certificate = client_certificates_.front();
                known.client_chain.assign(client_certificates_.begin() + 1, client_certificates_.end());
            }
            co_return exchange;
        }
        if (auto const* const refusal = std::get_if<Refusal>(&step)) {
            co_await refuse(*refusal);
            co_return nullptr;
        }
        bool const inside = reader_.is_inside();
        if (shared_.stopping && !inside) {
            co_await say_farewell();
            co_return nullptr;
        }
        become_idle(!inside);
        if (inside && !was_inside && !is_first_)
            limit(settings.head_timeout);
        else if (!inside && !is_first_)
            limit(settings.idle_timeout);
        was_inside = inside;
        ErrorCode code;
        std::size_t got = 0;
        if (inside)
            got = co_await read_some(code);
        else
            got = co_await stream_->read_some(asio::buffer(buffer_), code);
        if (displaced_) {
            Refusal const full{503, std::string(displaced_text)};
            co_await refuse(full);
            co_return nullptr;
        }
        if (timed_out_ && reader_.is_inside()) {
            Refusal slow;
            slow.status = 408;
            slow.reason = fmt::format("The head of the request was not complete within {} seconds.",
                                      std::chrono::ceil<std::chrono::seconds>(settings.head_timeout).count());
            co_await refuse(slow);
            co_return nullptr;
        }
        if (timed_out_ || code) {
            if (timed_out_ || code == asio::error::operation_aborted)
                co_await say_farewell();
            co_return nullptr;
        }
        idle_ = false;
        rest_ = {buffer_.data(), got};
    }
}

/// On the pool: as far as the bytes go that are there.
void Session::advance(Exchange& exchange) {
    auto const decide = [&](Response response) {
        exchange.receiver.reset();
        exchange.response = std::move(response);
    };
    try {
        if (!exchange.is_admitted) {
            exchange.is_admitted = true;
            auto admission = shared_.admit(exchange.head.head);
            if (auto* const response = std::get_if<Response>(&admission))
                decide(std::move(*response));
            else
                exchange.receiver = std::move(std::get<std::unique_ptr<BodyReceiver>>(admission));
            if (!exchange.is_decided() && !exchange.receiver)
                throw std::logic_error("neither an answer nor a receiver");
        }
        while (!exchange.is_whole && !exchange.refusal) {
            auto step = reader_.next(rest_);
            if (auto const* const part = std::get_if<RequestReader::Part>(&step)) {
                exchange.has_begun = true;
                if (!exchange.receiver)
                    continue; // it is answered already
                if (auto const taken = exchange.receiver->take(part->bytes); !taken)
                    decide(exchange.receiver->answer_instead().value_or(refusal_of(taken.error())));
            } else if (std::holds_alternative<RequestReader::End>(step)) {
                exchange.is_whole = true;
                if (exchange.receiver)
                    decide(exchange.receiver->finish());
            } else if (auto* const refusal = std::get_if<Refusal>(&step)) {
                if (!exchange.response)
                    exchange.refusal = std::move(*refusal);
                if (exchange.receiver)
                    exchange.receiver->broken_off();
                exchange.receiver.reset();
                return;
            } else {
                return;
            }
        }
    } catch (...) { // a bug in the handler; the caller must not hang
        exchange.receiver.reset();
        exchange.response = text_response(500, "Internal error.");
    }
}

/// False when the connection is over.
asio::awaitable<bool> Session::converse(Exchange& exchange) {
    auto const go = [this, &exchange] { advance(exchange); };
    co_await on_pool(shared_, go);
    bool is_there = true; // the other side
    if (!exchange.is_decided() && exchange.head.expects_continue && !exchange.has_begun)
        is_there = co_await write(go_on);
    Pace pace(shared_.settings.body_timeout, shared_.settings.least_rate);
    while (is_there && !exchange.is_decided()) {
        is_there = co_await read_more(exchange, pace);
        if (is_there)
            co_await on_pool(shared_, go);
    }
    if (exchange.receiver) {
        auto const break_off = [&exchange] {
            try {
                exchange.receiver->broken_off();
            } catch (...) { // the connection is over anyway
            }
            exchange.receiver.reset();
        };
        co_await on_pool(shared_, break_off);
    }
    if (exchange.response) {
        bool const keep = co_await answer(exchange);
        co_return keep;
    }
    if (exchange.refusal)
        co_await refuse(*exchange.refusal);
    co_return false;
}

/// Inside a request: the time that the other side takes counts.
asio::awaitable<std::size_t> Session::read_some(ErrorCode& code) {
    progress_.begin_waiting(Clock::now());
    auto const got = co_await stream_->read_some(asio::buffer(buffer_), code);
    progress_.end_waiting(Clock::now(), got);
    co_return got;
}

/// False when nothing more comes; too slow a sender is refused.
asio::awaitable<bool> Session::read_more(Exchange& exchange, Pace& pace) {
    if (buffer_.size() != body_read_bytes)
        buffer_ = std::vector<char>(body_read_bytes);
    ErrorCode code;
    limit(pace.left());
    auto const begin = Clock::now();
    auto const got = co_await read_some(code);
    pace.moved(Clock::now() - begin, got);
    no_limit();
    if (displaced_) {
        exchange.refusal = Refusal{503, std::string(displaced_text)};
        co_return false;
    }
    if (timed_out_ && got == 0) {
        exchange.refusal.emplace();
        exchange.refusal->status = 408;
        exchange.refusal->reason = fmt::format("Too little of the body came within {} seconds.",
                                               std::chrono::ceil<std::chrono::seconds>(shared_.settings.body_timeout).count());
        co_return false;
    }
    if (code)
        co_return false;
    rest_ = {buffer_.data(), got};
    co_return true;
}

/// True when the connection is good for another request.
asio::awaitable<bool> Session::answer(Exchange& exchange) {
    struct Sent { // however it ends
        Shared& shared;
        std::function<void()> call;
        ~Sent() { tell(); }
        void tell() {
            if (!call)
                return;
            asio::post(shared.pool, [told = std::exchange(call, nullptr)] {
                try {
                    told();
                } catch (...) { // a bug in the handler, whose answer is out already
                }
            });
        }
    } sent{shared_, std::exchange(exchange.response->sent, nullptr)};
    bool const keep = exchange.is_whole && exchange.head.keep_alive && !shared_.stopping;
    auto const text = render(*exchange.response, keep, exchange.head.is_http_1_0, exchange.head.head.method == "HEAD", date());
    exchange.response.reset();
    bool const written = co_await write(text);
    sent.tell();
    if (!written)
        co_return false;
    if (keep && !shared_.stopping)
        co_return true;
    co_await close_kindly();
    co_return false;
}

asio::awaitable<void> Session::refuse(Refusal const& refusal) {
    become_idle(false);
    shared_.tell(peer_address_, fmt::format("refused with {}: {}", refusal.status, refusal.reason));
    auto response = text_response(refusal.status, refusal.reason);
    if (displaced_)
        response.headers.emplace_back("Retry-After", "30");
    auto const text = render(response, false, false, false, date());
    bool const written = co_await write(text);
    if (written && !displaced_) // another waits for the place
        co_await close_kindly();
}

asio::awaitable<bool> Session::write(std::string_view text) {
    Pace pace(shared_.settings.body_timeout, shared_.settings.least_rate);
    while (!text.empty()) {
        ErrorCode code;
        limit(pace.left());
        auto const begin = Clock::now();
        progress_.begin_waiting(begin);
        auto const put = co_await stream_->write_some(asio::buffer(text), code);
        auto const end = Clock::now();
        progress_.end_waiting(end, put);
        pace.moved(end - begin, put);
        if (code || (timed_out_ && put == 0))
            break;
        text.remove_prefix(put);
    }
    no_limit();
    co_return text.empty();
}

/// To whom nothing is owed: TLS wants to hear that nothing was cut off.
asio::awaitable<void> Session::say_farewell() {
    if (!stream_->is_tls() || !stream_->socket().is_open())
        co_return;
    limit(drain_time_stopping);
    co_await stream_->end_sending();
}

/// Closing with unread bytes resets the connection and may take our answer with it, so what still comes is read for a moment.
asio::awaitable<void> Session::close_kindly() {
    limit(shared_.stopping ? drain_time_stopping : drain_time);
    co_await stream_->end_sending();
    ErrorCode code;
    while (!code && !timed_out_)
        co_await stream_->socket().async_read_some(asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, code));
}

} // namespace wharf::transport::http
