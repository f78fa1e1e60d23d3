// wharf-as2-speed: how fast AS2 messages are packed, opened and acknowledged, against what the arithmetic alone costs.
//
//     build/release/wharf-as2-speed
//
// An exchange is a whole one without its wires: 10 KB signed and encrypted, opened and verified, answered with a signed receipt that
// is opened and judged. Three operations with private keys (two signatures, one decryption) are what RSA alone would allow.
#include "tests/support/as2_identity.hpp"
#include "transport/as2/exchange.hpp"
#include "transport/as2/names.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace wharf;
using namespace wharf::transport;
using namespace wharf::transport::as2;
using testing_support::identity;
using Clock = std::chrono::steady_clock;

constexpr auto duration = std::chrono::seconds(3); // of one row
Timestamp const now{std::chrono::milliseconds(1'780'000'000'000)};
std::string const id = "<1@wharf.example>";

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

void must(bool good, std::string const& what) {
    if (good) return;
    fmt::print(stderr, "wharf-as2-speed: {}\n", what);
    std::exit(2);
}

std::string order(std::size_t size) {
    std::string text;
    for (unsigned i = 0; text.size() < size; ++i)
        text += fmt::format("PO1*{}*{}*EA*{}.{:02}**UP*0614141{:06}~\n", i, i % 97, i % 1000, i % 100, i * 7919 % 1'000'000);
    return text.substr(0, size);
}

PackSettings sending(Cipher cipher) {
    PackSettings settings;
    settings.signer = identity("sender");
    settings.recipients = {identity("receiver").certificate};
    settings.cipher = cipher;
    return settings;
}

void exchange(Payload const& payload, PackSettings const& settings) {
    static Relation const relation = [] {
        Relation made;
        made.own_name = made.partner_name = "x";
        return made;
    }();
    static Keys const receiving{{identity("receiver")}, {identity("sender").certificate}}, sent{{identity("sender")}, {identity("receiver").certificate}};
    auto const packed = pack({payload}, settings, "u", now);
    must(packed.has_value(), "cannot pack");
    auto const opened = open_message({packed->entity.fields, {}, packed->entity.body}, {Digest::sha256}, relation, receiving, {});
    must(!opened.event.fault, "cannot open");
    Receipt receipt;
    receipt.final_recipient = "x";
    receipt.original_message_id = id;
    receipt.mic = opened.event.mic;
    auto const made = make_receipt(receipt, true, relation, receiving, "r", now);
    must(made.has_value(), "cannot make a receipt");
    auto const answer = open_receipt({made->entity.fields, {}, made->entity.body}, packed->mic_source, relation, sent);
    auto const* const arrived = std::get_if<ArrivedReceipt>(&answer);
    must(arrived && judge(*arrived, relation, id).is_success(), "the receipt is not good");
}

void measure_exchanges(unsigned threads) {
    Payload const payload{"application/edi-x12", "po.edi", Content(order(10'240))};
    auto const settings = sending(Cipher::aes256_cbc);
    exchange(payload, settings); // keys are made
    std::atomic<unsigned> done = 0;
    auto const begin = Clock::now();
    {
        std::vector<std::jthread> workers;
        for (unsigned i = 0; i < threads; ++i)
            workers.emplace_back([&] {
                while (Clock::now() - begin < duration) {
                    exchange(payload, settings);
                    ++done;
                }
            });
    }
    fmt::print("exchanges of 10 KB, {} thread{}   {:8.0f} /s\n", threads, threads == 1 ? " " : "s", done / seconds_since(begin));
}

void measure_arithmetic() {
    auto const& us = identity("sender");
    std::string const digest(32, 'x');
    unsigned done = 0;
    auto const begin = Clock::now();
    for (; Clock::now() - begin < duration; ++done)
        must(sign(digest, Digest::sha256, us, now).has_value(), "cannot sign");
    fmt::print("signatures alone, 1 thread        {:8.0f} /s, a third of which is what RSA allows: {:.0f}\n", done / seconds_since(begin), done / seconds_since(begin) / 3);
}

void measure_large(std::string_view name, Cipher cipher, Compression compression) {
    constexpr std::size_t megabytes = 100;
    Payload const payload{"application/edi-x12", "po.edi", Content(order(megabytes << 20))};
    auto settings = sending(cipher);
    settings.compression = compression;
    auto const begin = Clock::now();
    auto const packed = pack({payload}, settings, "u", now);
    auto const middle = Clock::now();
    must(packed.has_value(), "cannot pack");
    Relation relation;
    auto const opened = open_message({packed->entity.fields, {}, packed->entity.body}, {Digest::sha256}, relation,
                                     {{identity("receiver")}, {identity("sender").certificate}}, {});
    must(!opened.event.fault, "cannot open");
    fmt::print("100 MB, {:<24} packed {:5.0f} MB/s, opened {:5.0f} MB/s\n", name, megabytes / std::chrono::duration<double>(middle - begin).count(),
               megabytes / seconds_since(middle));
}

} // namespace

int main() {
    measure_arithmetic();
    measure_exchanges(1);
    measure_exchanges(2);
    measure_large("AES-256-CBC", Cipher::aes256_cbc, Compression::none);
    measure_large("AES-256-GCM", Cipher::aes256_gcm, Compression::none);
    measure_large("AES-128-CBC, compressed", Cipher::aes128_cbc, Compression::before_signing);
}
