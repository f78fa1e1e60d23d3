// wharf-as2-load: posts signed and encrypted messages to a running AS2 server and judges its signed synchronous receipts.
//
//     wharf-as2-load URL OWN_NAME OWN.pem PARTNER_NAME PARTNER.pem MESSAGES CONNECTIONS INTERCHANGE
//
// OWN.pem holds certificate and key. INTERCHANGE is a file whose text `@@@@@@@@@` becomes another number in each message, so that no
// two are the same order. Prints the exchanges a second; ends with 2 when one of them is not a success. tools/bench/as2_gateways.py
// runs it against a gateway.
#include "base/file.hpp"
#include "transport/as2/exchange.hpp"
#include "transport/as2/message_head.hpp"
#include "transport/as2/names.hpp"
#include "transport/as2/post.hpp"

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace wharf;
using namespace wharf::transport;
using namespace wharf::transport::as2;
using Steady = std::chrono::steady_clock;
constexpr std::uint64_t most_bytes = 1u << 20; // of a file

[[noreturn]] void fail(std::string const& what) {
    fmt::print(stderr, "wharf-as2-load: {}\n", what);
    std::exit(2);
}

template <class T> T must(Result<T> result) {
    if (!result) fail(result.error().message);
    return std::move(*result);
}

unsigned number(std::string_view text) {
    unsigned value = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || value == 0) fail(fmt::format("'{}' is no number", text));
    return value;
}

struct Peer {
    Relation relation;
    PackSettings packing;
    Keys keys;
    PostSettings posting;
    std::string interchange;
};

Peer peer_of(char** arguments) {
    auto const own_file = must(read_file(arguments[3], most_bytes));
    auto const own = must(Identity::read(own_file, {}, {}));
    auto const partner = must(Certificate::read(must(read_file(arguments[5], most_bytes))));
    Peer peer;
    peer.relation.own_name = arguments[2];
    peer.relation.partner_name = arguments[4];
    peer.packing.signer = own;
    peer.packing.recipients = {partner};
    peer.keys.own = {own};
    peer.keys.partner = {partner};
    peer.posting.url = arguments[1];
    peer.interchange = must(read_file(arguments[8], most_bytes));
    return peer;
}

std::string numbered(std::string text, unsigned n) {
    constexpr std::string_view mark = "@@@@@@@@@";
    auto const digits = fmt::format("{:09}", 500'000'000 + n); // others count from 1
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + mark.size()))
        text.replace(at, mark.size(), digits);
    return text;
}

void exchange(Peer const& peer, Poster& poster, unsigned n) {
    auto const now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    auto const unique = fmt::format("{}-{}", ::getpid(), n);
    auto const id = make_message_id(unique, peer.relation.own_name);
    auto const packed = must(pack({{"application/edi-x12", fmt::format("{}.edi", unique), Content(numbered(peer.interchange, n))}}, peer.packing, unique, now));
    auto answer = must(poster.post(peer.posting, write_message_head(peer.relation, id, "load", packed.entity), packed.entity.body));
    if (answer.status != 200) fail(fmt::format("message {} got HTTP {}: {}", n, answer.status, answer.body));
    auto const receipt = open_receipt({std::move(answer.fields), {}, Content(std::move(answer.body))}, packed.mic_source, peer.relation, peer.keys);
    auto const* const arrived = std::get_if<ArrivedReceipt>(&receipt);
    if (arrived == nullptr) fail(fmt::format("message {} got no receipt", n));
    if (auto const judgement = judge(*arrived, peer.relation, id); !judgement.is_success()) fail(fmt::format("message {} got a bad receipt", n));
}

} // namespace

int main(int count, char** arguments) {
    if (count != 9) fail("URL OWN_NAME OWN.pem PARTNER_NAME PARTNER.pem MESSAGES CONNECTIONS INTERCHANGE");
    auto const peer = peer_of(arguments);
    auto const messages = number(arguments[6]), connections = number(arguments[7]);
    std::atomic<unsigned> next = 0;
    auto const begin = Steady::now();
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < connections; ++i)
            threads.emplace_back([&] {
                Poster poster;
                for (unsigned n; (n = next++) < messages;)
                    exchange(peer, poster, n + 1);
            });
    }
    fmt::print("{:.1f}\n", messages / std::chrono::duration<double>(Steady::now() - begin).count());
}
