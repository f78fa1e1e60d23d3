// TLS against real peers: curl, openssl s_client and Python's ssl.
#include "raw_client.hpp"
#include "transport/http/server.hpp"

#include "base/file.hpp"
#include "support/temp_folder.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <thread>

namespace wharf::transport::http {
namespace {

using namespace std::chrono_literals;

std::string run(std::string const& command) {
    std::unique_ptr<FILE, int (*)(FILE*)> const pipe(::popen(("exec 2>&1; " + command).c_str(), "r"), ::pclose);
    std::string text;
    std::array<char, 4096> part{};
    while (auto const got = std::fread(part.data(), 1, part.size(), pipe.get()))
        text.append(part.data(), got);
    return text;
}

/// A small authority, and what it issued: NAME.pem, NAME.key, chain files and PKCS#12.
class Authority {
public:
    explicit Authority(std::string const& name = "root") : name_(name) {
        make_key(name);
        openssl(fmt::format("req -x509 -new -key {0}.key -out {0}.pem -days 30 -subj /CN={0}", name));
    }
    /// Beneath this one, or beneath `issuer`.
    void issue(std::string const& name, std::string const& extensions, std::string issuer = {}) {
        if (issuer.empty()) issuer = name_;
        make_key(name);
        write("extensions", extensions);
        openssl(fmt::format("req -new -key {0}.key -subj /CN={0} -out {0}.csr", name));
        openssl(fmt::format("x509 -req -in {0}.csr -CA {1}.pem -CAkey {1}.key -CAcreateserial -days 30 -extfile extensions -out {0}.pem", name, issuer));
    }
    std::string openssl(std::string const& arguments) const { return run(fmt::format("cd {} && openssl {}", folder_.path().string(), arguments)); }
    [[nodiscard]] std::filesystem::path file(std::string const& name) const { return folder_.path() / name; }
    [[nodiscard]] std::string read(std::string const& name) const { return read_file(file(name), 1 << 20).value(); }
    void write(std::string const& name, std::string_view text) const { testing_support::write_text(file(name), text); }
    void make_key(std::string const& name) const { openssl(fmt::format("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {}.key", name)); }
    [[nodiscard]] TlsSettings tls(std::string const& name) const {
        TlsSettings settings;
        settings.certificate = file(name + ".pem");
        settings.private_key = file(name + ".key");
        return settings;
    }

private:
    std::string name_;
    testing_support::TempFolder folder_;
};

constexpr auto server_extensions = "subjectAltName=IP:127.0.0.1\n";
constexpr auto client_extensions = "extendedKeyUsage=clientAuth\n";
constexpr auto authority_extensions = "basicConstraints=critical,CA:true\n";

Authority const& authority() {
    static Authority one;
    static bool const made = [] {
        one.issue("server", server_extensions);
        one.issue("renewed", server_extensions);
        one.issue("between", authority_extensions);
        one.issue("below", server_extensions, "between");
        one.issue("client", client_extensions);
        one.issue("client_below", client_extensions, "between");
        one.write("chain.pem", one.read("below.pem") + one.read("between.pem"));
        one.write("client_chain.pem", one.read("client_below.pem") + one.read("between.pem") + one.read("client_below.key"));
        one.write("all.pem", one.read("server.key") + one.read("server.pem"));
        one.openssl("pkcs12 -export -in below.pem -inkey below.key -certfile between.pem -passout pass:secret -out server.p12");
        one.openssl("ec -aes256 -passout pass:secret -in server.key -out locked.key");
        return true;
    }();
    (void)made;
    return one;
}

std::string file(std::string const& name) { return authority().file(name).string(); }

/// Tells what it knows of its caller.
Response tell(Request const& request) {
    Response response;
    response.body = fmt::format("{} tls={} certificate={} chain={} body={}", request.path, request.is_tls, request.client_certificate.size(),
                                request.client_chain.size(), request.body.size());
    if (request.path == "/verify") {
        auto const verified = verify_client(request.client_certificate, request.client_chain, authority().file("root.pem"));
        response.body = verified ? "trusted" : verified.error().message;
    }
    return response;
}

std::unique_ptr<Server> start(TlsSettings tls, ServerSettings settings = {}) {
    settings.listeners.front().tls = std::move(tls);
    settings.max_body_bytes = 2ULL << 30;
    return std::move(Server::start(settings, tell)).value();
}

std::string curl(Server const& server, std::string const& arguments, std::string const& path = "/x") {
    return run(fmt::format("curl -sS --noproxy '*' -m 20 --cacert {} {} https://127.0.0.1:{}{}", file("root.pem"), arguments, server.port(), path));
}

std::string s_client(Server const& server, std::string const& arguments, std::string const& input) {
    return run(fmt::format("printf '{}' | timeout 20 openssl s_client -connect 127.0.0.1:{} -CAfile {} {}", input, server.port(), file("root.pem"), arguments));
}
constexpr auto asking = R"(GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n)";

/// Python's ssl, with `connect(**context settings)` and the lines of a test.
std::string python(Server const& server, std::string const& lines) {
    authority().write("client.py", fmt::format(R"(
import socket, ssl, sys
def context():
    return ssl.create_default_context(cafile={:?})
def connect(c=None, session=None):
    return (c or context()).wrap_socket(socket.create_connection(("127.0.0.1", {})), server_hostname="127.0.0.1", session=session,
                                        suppress_ragged_eofs=False)
def ask(s, path="/x", more=""):
    s.sendall(f"GET {{path}} HTTP/1.1\r\nHost: h\r\n{{more}}\r\n".encode())
def answer(s):
    data = b""
    while b"body=" not in data: data += s.recv(10000)
    return data.split(b"\r\n\r\n")[1].decode()
)", file("root.pem"), server.port()) + lines);
    return run("timeout 60 python3 " + file("client.py"));
}

TEST(HttpTls, CurlIsServed) {
    auto const server = start(authority().tls("server"));
    EXPECT_EQ(curl(*server, ""), "/x tls=true certificate=0 chain=0 body=0");
    EXPECT_EQ(curl(*server, "--tlsv1.2 --tls-max 1.2"), "/x tls=true certificate=0 chain=0 body=0");
    EXPECT_EQ(curl(*server, "-H 'Transfer-Encoding: chunked' --data-binary @" + file("all.pem")),
              fmt::format("/x tls=true certificate=0 chain=0 body={}", authority().read("all.pem").size()));
    EXPECT_EQ(curl(*server, fmt::format("https://127.0.0.1:{}/y", server->port())),
              "/y tls=true certificate=0 chain=0 body=0/x tls=true certificate=0 chain=0 body=0") << "one connection, two requests";
}

TEST(HttpTls, OpensslAgreesAboutVersionsAndCiphers) {
    auto const server = start(authority().tls("server"));
    for (std::string const version : {"-tls1_2", "-tls1_3"}) {
        auto const text = s_client(*server, version + " -ign_eof", asking);
        EXPECT_NE(text.find("Verify return code: 0 (ok)"), std::string::npos) << text;
        EXPECT_NE(text.find("/x tls=true"), std::string::npos) << text;
        EXPECT_NE(text.find("closed"), std::string::npos) << text;
    }
    EXPECT_EQ(s_client(*server, "-tls1_1 -cipher ALL:@SECLEVEL=0 -ign_eof", asking).find("tls=true"), std::string::npos);
    for (std::string const cipher : {"ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256", "NULL", "AECDH"})
        EXPECT_EQ(s_client(*server, "-tls1_2 -cipher " + cipher + ":@SECLEVEL=0 -ign_eof", asking).find("tls=true"), std::string::npos) << cipher;
    auto old = authority().tls("server");
    old.ciphers = "ECDHE-ECDSA-AES128-SHA256";
    auto const tolerant = start(old);
    EXPECT_NE(s_client(*tolerant, "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256 -ign_eof", asking).find("tls=true"), std::string::npos);
    auto strict = authority().tls("server");
    strict.only_1_3 = true;
    auto const newest = start(strict);
    EXPECT_EQ(s_client(*newest, "-tls1_2 -ign_eof", asking).find("tls=true"), std::string::npos);
    EXPECT_NE(s_client(*newest, "-tls1_3 -ign_eof", asking).find("tls=true"), std::string::npos);
}

TEST(HttpTls, TheSiteHearsWhyAHandshakeFailed) {
    std::mutex mutex;
    std::string heard;
    ServerSettings settings;
    settings.trouble = [&](std::string const& peer, std::string const& what) {
        std::lock_guard const lock(mutex);
        heard += peer + ": " + what + "\n";
    };
    auto const server = start(authority().tls("server"), settings);
    s_client(*server, "-tls1_2 -cipher AES128-SHA:@SECLEVEL=0", "");
    RawClient gone(server->port());
    gone.reset();
    RawClient mistaken(server->port());
    mistaken.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    mistaken.read_to_end();
    server->stop(); // all has been told
    EXPECT_NE(heard.find("127.0.0.1: the handshake of TLS failed: no shared cipher"), std::string::npos) << heard;
    EXPECT_NE(heard.find("http request"), std::string::npos) << heard;
    EXPECT_EQ(std::ranges::count(heard, '\n'), 2) << "who only looks whether the port is open is no trouble: " << heard;
}

TEST(HttpTls, NobodyRenegotiates) {
    auto const server = start(authority().tls("server"));
    auto const text = run(fmt::format("(sleep 0.3; echo R; sleep 0.3; printf '{}'; sleep 0.5) | timeout 20 openssl s_client -connect 127.0.0.1:{} -tls1_2",
                                      asking, server->port()));
    EXPECT_NE(text.find("RENEGOTIATING"), std::string::npos) << "it was tried";
    EXPECT_NE(text.find("no renegotiation"), std::string::npos) << text;
    EXPECT_NE(text.find("Compression: NONE"), std::string::npos);
    EXPECT_EQ(curl(*server, "").substr(0, 11), "/x tls=true");
}

TEST(HttpTls, PythonSeesACleanEndAndResumesSessions) {
    auto const server = start(authority().tls("server"));
    EXPECT_EQ(python(*server, R"(
s = connect(); ask(s); print(answer(s)); ask(s, "/y", "Connection: close\r\n"); print(answer(s))
print(s.recv(100))  # would raise where the connection is cut without close_notify
c = context(); c.maximum_version = ssl.TLSVersion.TLSv1_2
first = connect(c); ask(first); answer(first)
second = connect(c, first.session); ask(second); answer(second)
print(second.session_reused)
)"), "/x tls=true certificate=0 chain=0 body=0\n/y tls=true certificate=0 chain=0 body=0\nb''\nTrue\n");
}

TEST(HttpTls, ClientCertificatesAreHandedOn) {
    auto tls = authority().tls("server");
    tls.client_certificates = ClientCertificates::asked;
    auto const server = start(tls);
    auto const der = authority().openssl("x509 -in client.pem -outform DER | wc -c");
    EXPECT_EQ(curl(*server, ""), "/x tls=true certificate=0 chain=0 body=0") << "asked, not required";
    EXPECT_TRUE(curl(*server, fmt::format("--cert {} --key {}", file("client.pem"), file("client.key")))
                    .starts_with(fmt::format("/x tls=true certificate={} ", std::stoi(der))));
    for (std::string const version : {"", "--tls-max 1.2 "}) {
        EXPECT_EQ(curl(*server, fmt::format("{}--cert {} --key {}", version, file("client.pem"), file("client.key")), "/verify"), "trusted");
        EXPECT_EQ(curl(*server, fmt::format("{}--cert {}", version, file("client_chain.pem")), "/verify"), "trusted") << "with the one between";
    }
    Authority stranger("stranger");
    stranger.issue("other", client_extensions);
    auto const other = curl(*server, fmt::format("--cert {} --key {}", stranger.file("other.pem").string(), stranger.file("other.key").string()), "/verify");
    EXPECT_NE(other.find("is not trusted by"), std::string::npos) << other;
    EXPECT_NE(curl(*server, fmt::format("--cert {} --key {}", file("server.pem"), file("server.key")), "/verify").find("trusted"), std::string::npos);
}

TEST(HttpTls, ClientCertificatesCanBeRequired) {
    auto tls = authority().tls("server");
    tls.client_certificates = ClientCertificates::required;
    auto const server = start(tls);
    EXPECT_EQ(curl(*server, "").find("tls=true"), std::string::npos);
    EXPECT_NE(curl(*server, fmt::format("--cert {} --key {}", file("client.pem"), file("client.key"))).find("tls=true"), std::string::npos);
    EXPECT_NE(python(*server, R"(
c = context(); c.load_cert_chain(r")" + file("client.pem") + R"(", r")" + file("client.key") + R"(")
c.maximum_version = ssl.TLSVersion.TLSv1_2
first = connect(c); ask(first); answer(first)
second = connect(c, first.session); ask(second); answer(second)
print(second.session_reused)
)").find("False"), std::string::npos) << "each connection proves the key";
}

TEST(HttpTls, VerifyingSaysWhatIsWrong) {
    auto const der = [](std::string const& name) {
        authority().openssl(fmt::format("x509 -in {0}.pem -outform DER -out {0}.der", name));
        return authority().read(name + ".der");
    };
    EXPECT_TRUE(verify_client(der("client"), {}, authority().file("root.pem")));
    EXPECT_TRUE(verify_client(der("client_below"), {der("between")}, authority().file("root.pem")));
    EXPECT_TRUE(verify_client(der("client_below"), {}, authority().file("between.pem"))) << "an authority between may be the end";
    EXPECT_TRUE(verify_client(der("client"), {}, authority().file("client.pem"))) << "or the certificate itself";
    EXPECT_EQ(verify_client(der("client_below"), {}, authority().file("root.pem")).error().kind, ErrorKind::permanent);
    EXPECT_EQ(verify_client("rubbish", {}, authority().file("root.pem")).error().kind, ErrorKind::permanent);
    EXPECT_EQ(verify_client(der("client"), {}, authority().file("client.key")).error().kind, ErrorKind::invalid);
    EXPECT_EQ(verify_client(der("client"), {}, "/nowhere").error().kind, ErrorKind::invalid);
}

TEST(HttpTls, ChainsAndPkcs12AreRead) {
    auto chain = authority().tls("below");
    chain.certificate = authority().file("chain.pem");
    TlsSettings together, pkcs12, locked = authority().tls("server");
    together.certificate = authority().file("all.pem");
    pkcs12.certificate = authority().file("server.p12");
    pkcs12.passphrase = locked.passphrase = "secret";
    locked.private_key = authority().file("locked.key");
    for (auto const& tls : {chain, together, pkcs12, locked})
        EXPECT_EQ(curl(*start(tls), "").substr(0, 11), "/x tls=true") << tls.certificate;
}

TEST(HttpTls, WhatCannotServeIsRefusedWithTheFile) {
    auto const fault = [](TlsSettings const& tls) {
        ServerSettings settings;
        settings.listeners.front().tls = tls;
        auto const started = Server::start(settings, tell);
        EXPECT_FALSE(started);
        EXPECT_EQ(started ? "" : started.error().message, check_tls(tls) ? "" : check_tls(tls).error().message);
        return started ? "" : started.error().message;
    };
    auto tls = authority().tls("server");
    tls.private_key = authority().file("renewed.key");
    EXPECT_NE(fault(tls).find("belongs to another certificate"), std::string::npos) << fault(tls);
    tls.private_key = "/nowhere/key";
    EXPECT_NE(fault(tls).find("/nowhere/key"), std::string::npos);
    tls.private_key = authority().file("locked.key");
    EXPECT_NE(fault(tls).find("has it a passphrase?"), std::string::npos) << fault(tls);
    tls.passphrase = "wrong";
    EXPECT_NE(fault(tls).find("is its passphrase right?"), std::string::npos) << fault(tls);
    tls = authority().tls("server");
    tls.certificate = authority().file("server.key");
    EXPECT_NE(fault(tls).find("no certificate in PEM and is no PKCS#12"), std::string::npos) << fault(tls);
    tls.certificate = authority().file("server.p12");
    EXPECT_NE(fault(tls).find("is its passphrase right?"), std::string::npos) << fault(tls);
    tls = authority().tls("server");
    tls.ciphers = "NONSENSE";
    EXPECT_NE(fault(tls).find("NONSENSE"), std::string::npos);
}

TEST(HttpTls, CertificatesAreReplacedDuringTraffic) {
    ServerSettings settings;
    settings.listeners = {{"127.0.0.1", 0}, {"127.0.0.1", 0}};
    auto const server = start(authority().tls("server"), settings);
    auto const shown = [&] { return s_client(*server, "", "").find("subject=CN = renewed") != std::string::npos; };
    EXPECT_FALSE(shown());
    std::atomic<bool> over = false;
    std::atomic<int> bad = 0, good = 0;
    std::thread traffic([&] {
        while (!over)
            (curl(*server, "").starts_with("/x tls=true") ? good : bad) += 1;
    });
    auto kept = std::async(std::launch::async, [&] {
        return python(*server, R"(
import time
s = connect(); ask(s); answer(s)
open(r")" + file("connected") + R"(", "w").close()
import os
while not os.path.exists(r")" + file("replaced") + R"("): time.sleep(0.02)
ask(s, "/kept"); print(answer(s))
)");
    });
    while (!std::filesystem::exists(file("connected")))
        std::this_thread::sleep_for(10ms);
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(server->replace_tls(authority().tls(i % 2 ? "renewed" : "server")));
    EXPECT_TRUE(shown());
    authority().write("replaced", "");
    EXPECT_TRUE(kept.get().starts_with("/kept tls=true")) << "the old connection goes on";
    over = true;
    traffic.join();
    EXPECT_EQ(bad, 0);
    EXPECT_GT(good, 0);
    auto wrong = authority().tls("server");
    wrong.private_key = authority().file("renewed.key");
    EXPECT_FALSE(server->replace_tls(wrong));
    EXPECT_TRUE(shown()) << "what serves goes on serving";
    EXPECT_EQ(server->replace_tls(authority().tls("server"), 1).error().kind, ErrorKind::invalid) << "plain";
    EXPECT_EQ(server->replace_tls(authority().tls("server"), 7).error().kind, ErrorKind::invalid);
}

TEST(HttpTls, PlainAndTlsStandSideBySide) {
    ServerSettings settings;
    settings.listeners = {{"127.0.0.1", 0}, {"127.0.0.1", 0}};
    auto const server = start(authority().tls("server"), settings);
    EXPECT_EQ(curl(*server, "").substr(0, 11), "/x tls=true");
    EXPECT_EQ(run(fmt::format("curl -sS --noproxy '*' http://127.0.0.1:{}/p", server->port(1))).substr(0, 12), "/p tls=false");
    RawClient mistaken(server->port(0));
    mistaken.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(mistaken.read_to_end().find("HTTP/1.1 200"), std::string::npos);
    EXPECT_TRUE(mistaken.closed());
}

TEST(HttpTls, AHandshakeThatNeverEndsIsEnded) {
    ServerSettings settings;
    settings.head_timeout = 300ms;
    auto const server = start(authority().tls("server"), settings);
    RawClient silent(server->port()), half(server->port());
    half.send("\x16\x03\x01\x02");
    silent.read_to_end();
    half.read_to_end();
    EXPECT_TRUE(silent.closed());
    EXPECT_TRUE(half.closed());
    EXPECT_EQ(curl(*server, "").substr(0, 11), "/x tls=true");
}

TEST(HttpTls, StoppingEndsConnectionsCleanly) {
    auto const server = start(authority().tls("server"));
    auto seen = std::async(std::launch::async, [&] {
        return python(*server, R"(
s = connect(); ask(s); answer(s)
open(r")" + file("idle") + R"(", "w").close()
print(s.recv(100))
)");
    });
    while (!std::filesystem::exists(file("idle")))
        std::this_thread::sleep_for(10ms);
    server->stop();
    EXPECT_EQ(seen.get(), "b''\n");
}

TEST(HttpTls, ALargeBodyStreams) {
    struct Counting final : BodyReceiver {
        Result<void> take(std::string_view bytes) override {
            count += bytes.size();
            return {};
        }
        void broken_off() override {}
        Response finish() override {
            Response response;
            response.body = fmt::format("body={}", count);
            return response;
        }
        std::uint64_t count = 0;
    };
    ServerSettings settings;
    settings.listeners.front().tls = authority().tls("server");
    settings.max_body_bytes = 1ULL << 30;
    auto const server = std::move(Server::start(settings, [](RequestHead const&) -> Admission { return std::make_unique<Counting>(); })).value();
    EXPECT_EQ(python(*server, R"(
s = connect(); s.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 104857600\r\n\r\n")
block = bytes(1 << 20)
for i in range(100): s.sendall(block)
print(answer(s))
)"), "body=104857600\n");
}

} // namespace
} // namespace wharf::transport::http
