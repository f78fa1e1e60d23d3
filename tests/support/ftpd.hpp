// A real FTP server on a free loopback port, with a certificate of its own: vsftpd, which lists by LIST and wants the data
// connection's TLS session to be the control connection's; or Python's pyftpdlib, which lists by MLSD.
//
//     auto server = testing_support::Ftpd::start({.kind = Ftpd::Kind::vsftpd});
//     if (!server.running()) GTEST_SKIP() << server.reason();
#pragma once

#include "support/certificate.hpp"
#include "support/child.hpp"
#include "support/free_port.hpp"
#include "support/temp_folder.hpp"

#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <thread>

namespace wharf::testing_support {

struct FtpdOptions {
    enum class Kind { vsftpd, pyftpdlib };
    Kind kind = Kind::vsftpd;
    std::string tls = "explicit";   // explicit, implicit (vsftpd only), none
    std::string name = "localhost"; // in the certificate, beside 127.0.0.1
    std::string extra;              // vsftpd: more lines of its configuration; pyftpdlib: of Python, before it serves
};

class Ftpd {
public:
    using Kind = FtpdOptions::Kind;
    [[nodiscard]] static Ftpd start(FtpdOptions const& options = {}) {
        Ftpd server;
        server.folder_ = std::make_unique<TempFolder>();
        std::filesystem::create_directory(server.home());
        if (!make_certificate(server.path(), options.name)) {
            server.reason_ = "openssl is missing or fails";
            return server;
        }
        for (int attempt = 0; attempt < 5 && !server.running(); ++attempt)
            server.try_start(options);
        return server;
    }

    [[nodiscard]] bool running() const { return child_ && child_->running(); }
    [[nodiscard]] std::string const& reason() const { return reason_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string user() const { return "anonymous"; }
    [[nodiscard]] std::filesystem::path const& path() const { return folder_->path(); }
    /// Where a login begins.
    [[nodiscard]] std::filesystem::path home() const { return path() / "home"; }
    [[nodiscard]] std::filesystem::path certificate() const { return path() / "server.pem"; }
    [[nodiscard]] std::string log() const {
        return std::filesystem::exists(path() / "log") ? read_text(path() / "log") : std::string();
    }
    /// "sha256//…" of the server's public key.
    [[nodiscard]] std::string pin() const { return pin_of(certificate()); }
    void kill() { child_.reset(); }

private:
    Ftpd() = default;
    void write_vsftpd(FtpdOptions const& options) const {
        bool const tls = options.tls != "none";
        write_text(path() / "server.conf",
                   fmt::format("listen=YES\nlisten_address=127.0.0.1\nlisten_port={}\nbackground=NO\nrun_as_launching_user=YES\n"
                               "seccomp_sandbox=NO\nanonymous_enable=YES\nno_anon_password=NO\nanon_root={}\nwrite_enable=YES\n"
                               "anon_upload_enable=YES\nanon_mkdir_write_enable=YES\nanon_other_write_enable=YES\n"
                               "anon_world_readable_only=NO\nanon_umask=022\nallow_writeable_chroot=YES\nmdtm_write=NO\n"
                               "xferlog_enable=NO\nforce_dot_files=YES\nssl_enable={}\nallow_anon_ssl={}\nforce_anon_logins_ssl={}\n"
                               "force_anon_data_ssl={}\nimplicit_ssl={}\nrequire_ssl_reuse=YES\nssl_tlsv1=YES\nssl_ciphers=HIGH\n"
                               "strict_ssl_write_shutdown=NO\nrsa_cert_file={}\nrsa_private_key_file={}\nlog_ftp_protocol=YES\n"
                               "vsftpd_log_file={}\ndual_log_enable=YES\n{}",
                               port_, home().string(), tls ? "YES" : "NO", tls ? "YES" : "NO", tls ? "YES" : "NO", tls ? "YES" : "NO",
                               options.tls == "implicit" ? "YES" : "NO", certificate().string(), (path() / "server.key").string(),
                               (path() / "ftp.log").string(), options.extra));
    }
    void write_python(FtpdOptions const& options) const {
        std::string handler = "FTPHandler";
        std::string tls;
        if (options.tls != "none") {
            handler = "TLS_FTPHandler";
            // Its data channel takes a client that speaks TLS before its command was read for one that has gone.
            tls = fmt::format("class Data(TLS_DTPHandler):\n  def readable(self):\n"
                              "    return self._ssl_want_read or self._ssl_accepting or self.receive\n"
                              "h.dtp_handler = Data\nh.certfile = '{}'\nh.keyfile = '{}'\nh.tls_control_required = True\nh.tls_data_required = True\n",
                              certificate().string(), (path() / "server.key").string());
        }
        write_text(path() / "server.py",
                   fmt::format("import logging\nfrom pyftpdlib.authorizers import DummyAuthorizer\nfrom pyftpdlib.handlers import *\n"
                               "from pyftpdlib.servers import ThreadedFTPServer\nlogging.basicConfig(level=logging.INFO)\n"
                               "a = DummyAuthorizer()\na.add_anonymous('{}', perm='elradfmwMT')\nh = {}\n{}h.authorizer = a\n"
                               "h.unicode_errors = 'surrogateescape'\n{}ThreadedFTPServer(('127.0.0.1', {}), h).serve_forever()\n",
                               home().string(), handler, tls, options.extra, port_));
    }
    void try_start(FtpdOptions const& options) {
        port_ = free_port();
        std::vector<std::string> arguments;
        if (options.kind == Kind::vsftpd) {
            write_vsftpd(options);
            arguments = {"/usr/sbin/vsftpd", (path() / "server.conf").string()};
        } else {
            write_python(options);
            arguments = {"/usr/bin/python3", (path() / "server.py").string()};
        }
        child_ = std::make_unique<Child>(arguments, (path() / "log").string());
        for (int i = 0; i < 500 && child_->running(); ++i) {
            if (answers_on(port_))
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        reason_ = fmt::format("{} does not start here: {}", arguments.front(), log());
        child_.reset();
    }

    std::unique_ptr<TempFolder> folder_;
    std::unique_ptr<Child> child_;
    std::uint16_t port_ = 0;
    std::string reason_;
};

} // namespace wharf::testing_support
