// wharf-as2-speed: how fast AS2 messages are packed, opened and acknowledged, against what the arithmetic alone costs.
//
//     build/release/wharf-as2-speed [large]
//
// An exchange is a whole one without its wires: 10 KB signed and encrypted, opened and verified, answered with a signed receipt that
// is opened and judged. Three operations with private keys (two signatures, one decryption) are what RSA alone would allow. Messages of 100 MB stand beside one pass of
// digest and cipher as `openssl speed` measures them.
#include "tests/support/as2_identity.hpp"
#include "transport/as2/exchange.hpp"
#include "transport/as2/names.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace wharf;
using namespace wharf::transport;
using namespace wharf::transport::as2;
using testing_support::identity;
using Steady = std::chrono::steady_clock;

constexpr auto duration = std::chrono::seconds(3); // of one row
Timestamp const now{std::chrono::milliseconds(1'780'000'000'000)};
std::string const id = "<1@wharf.example>";

double seconds_since(Steady::time_point begin) { return std::chrono::duration<double>(Steady::now() - begin).count(); }

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
    auto const begin = Steady::now();
    {
        std::vector<std::jthread> workers;
        for (unsigned i = 0; i < threads; ++i)
            workers.emplace_back([&] {
                while (Steady::now() - begin < duration) {
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
    auto const begin = Steady::now();
    for (; Steady::now() - begin < duration; ++done)
        must(sign(digest, Digest::sha256, us, now).has_value(), "cannot sign");
    fmt::print("signatures alone, 1 thread        {:8.0f} /s, a third of which is what RSA allows: {:.0f}\n", done / seconds_since(begin), done / seconds_since(begin) / 3);
}

constexpr std::size_t megabytes = 100;

/// What `openssl speed` says, in megabytes a second.
double openssl_speed(std::string const& algorithm) {
    auto const command = fmt::format("openssl speed -seconds 1 -bytes 65536 -evp {} 2>/dev/null | tail -1", algorithm);
    std::unique_ptr<FILE, int (*)(FILE*)> const said(::popen(command.c_str(), "r"), ::pclose);
    char name[64];
    double thousands = 0; // of bytes a second
    must(said && std::fscanf(said.get(), "%63s %lfk", name, &thousands) == 2, "openssl speed does not answer");
    return thousands / 1000;
}

/// One pass of SHA-256 and one of the cipher, one after the other.
double arithmetic_speed(std::string const& cipher) { return 1 / (1 / openssl_speed("sha256") + 1 / openssl_speed(cipher)); }

/// Seconds that packing and opening of one message take.
struct Passage {
    double packing, opening;
};

Passage pass_large(Payload const& payload, PackSettings const& settings) {
    auto const begin = Steady::now();
    auto const packed = pack({payload}, settings, "u", now);
    auto const middle = Steady::now();
    must(packed.has_value(), "cannot pack");
    Relation relation;
    auto const opened = open_message({packed->entity.fields, {}, packed->entity.body}, {Digest::sha256}, relation,
                                     {{identity("receiver")}, {identity("sender").certificate}}, {});
    must(!opened.event.fault, "cannot open");
    return {std::chrono::duration<double>(middle - begin).count(), seconds_since(middle)};
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// The median of several messages: `openssl speed` runs for a second as well, and the first message pays for memory that the machine has never touched.
void measure_large(std::string_view name, Cipher cipher, Compression compression, std::string const& arithmetic) {
    auto const encrypting = arithmetic_speed(arithmetic), decrypting = arithmetic_speed(arithmetic + " -decrypt");
    Payload const payload{"application/edi-x12", "po.edi", Content(order(megabytes << 20))};
    auto settings = sending(cipher);
    settings.compression = compression;
    std::vector<double> packing, opening;
    for (unsigned round = 0; round < 7; ++round) {
        auto const passage = pass_large(payload, settings);
        packing.push_back(megabytes / passage.packing);
        opening.push_back(megabytes / passage.opening);
    }
    fmt::print("100 MB, {:<24} packed {:5.0f} MB/s (first {:.0f}), {:.2f} of SHA-256 and cipher alone ({:.0f}); opened {:5.0f} MB/s (first {:.0f}), {:.2f} ({:.0f})\n", name,
               median(packing), packing[0], median(packing) / encrypting, encrypting, median(opening), opening[0], median(opening) / decrypting, decrypting);
}

} // namespace

int main(int count, char** arguments) {
    if (count < 2 || std::string_view(arguments[1]) != "large") {
        measure_arithmetic();
        measure_exchanges(1);
        measure_exchanges(2);
    }
    measure_large("AES-256-CBC", Cipher::aes256_cbc, Compression::none, "aes-256-cbc");
    measure_large("AES-256-GCM", Cipher::aes256_gcm, Compression::none, "aes-256-gcm");
    measure_large("AES-128-CBC, compressed", Cipher::aes128_cbc, Compression::before_signing, "aes-128-cbc");
}
