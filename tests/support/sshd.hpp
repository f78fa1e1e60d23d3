// A real OpenSSH server on a free loopback port, with keys and configuration of its own in a temporary folder. Only
// SFTP, only the calling user, only the key it made. Start it once per suite; several may run side by side.
//
//     auto sshd = testing_support::Sshd::start();
//     if (!sshd.running()) GTEST_SKIP() << sshd.reason();
//     settings.host = "127.0.0.1"; settings.port = sshd.port(); settings.user = sshd.user();
//     settings.private_key = sshd.user_key(); settings.host_key_fingerprints = {sshd.fingerprint()};
#pragma once

#include "support/child.hpp"
#include "support/free_port.hpp"
#include "support/temp_folder.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <pwd.h>
#include <sys/stat.h>
#include <thread>

namespace wharf::testing_support {

struct SshdOptions {
    std::string host_key_type = "ed25519"; // as ssh-keygen -t takes it; several: "rsa,ed25519"
    std::string user_key_type = "ed25519";
    std::string passphrase;                // of the user key
    std::string extra;                     // more lines of sshd_config …
    std::string first;                     // … and lines before all others: sshd takes the first word on a matter
    std::vector<std::string> host_certificate; // of the first host key: ssh-keygen's options that make it, "-s", authority, "-n", name …
    unsigned certified_keys = 1;               // with host_certificate: how many host keys get one
    std::string user;                      // who logs in; needs root; empty: the calling user
    /// Linux only, root only: an /etc/shadow of its own in which root has this password. See password_logins_work().
    std::string root_password_hash;
    bool questions = false; // with root_password_hash: the password is asked for by keyboard-interactive only (PAM)
};

class Sshd {
public:
    [[nodiscard]] static Sshd start(SshdOptions const& options = {}) {
        Sshd server;
        server.folder_ = std::make_unique<TempFolder>();
        server.user_ = options.user;
        if (!options.user.empty()) // others must be able to pass
            std::filesystem::permissions(server.path(), std::filesystem::perms(0755));
        std::filesystem::create_directory(server.home());
        if (!server.make_keys(options))
            return server;
        for (int attempt = 0; attempt < 5 && !server.running(); ++attempt)
            server.try_start(options);
        return server;
    }

    Sshd(Sshd&&) = default;
    ~Sshd() { kill(); }

    [[nodiscard]] bool running() const { return child_ && child_->running(); }
    /// Why it does not run, for GTEST_SKIP.
    [[nodiscard]] std::string const& reason() const { return reason_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string user() const { return user_.empty() ? ::getpwuid(::getuid())->pw_name : user_; }
    [[nodiscard]] std::filesystem::path user_key() const { return path() / "user_key"; }
    /// Of the first host key, "SHA256:…".
    [[nodiscard]] std::string fingerprint() const { return fingerprint_of(path() / "host_key_0"); }
    [[nodiscard]] std::string fingerprint(unsigned number) const {
        return fingerprint_of(path() / fmt::format("host_key_{}", number));
    }
    [[nodiscard]] std::filesystem::path const& path() const { return folder_->path(); }
    /// Where a login begins: relative folders of a channel are below it.
    [[nodiscard]] std::filesystem::path home() const { return path() / "home"; }
    [[nodiscard]] std::string log() const { return read_text(path() / "log"); }

    /// Ends the listener and every session of it, at once.
    void kill() {
        if (!child_)
            return;
        signal_sessions(SIGKILL);
        child_.reset();
    }
    /// Sends a signal to the processes that serve the present connections (each has a session of its own). A stopped one
    /// has really stopped when this returns.
    void signal_sessions(int number) const {
        auto const sessions = child_ ? descendants(child_->pid()) : std::vector<pid_t>();
        for (auto const pid : sessions)
            ::kill(pid, number);
        for (int i = 0; number == SIGSTOP && i < 200 && !std::ranges::all_of(sessions, is_stopped); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }

    static std::string fingerprint_of(std::filesystem::path const& key) {
        Child keygen({"ssh-keygen", "-lf", key.string() + ".pub"});
        auto const line = keygen.read_line(); // "256 SHA256:… comment (ED25519)"
        auto const begin = line.find("SHA256:");
        return begin == std::string::npos ? "" : line.substr(begin, line.find(' ', begin) - begin);
    }
    static bool make_key(std::filesystem::path const& file, std::string const& type, std::string const& passphrase = {}) {
        return run({"ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "test", "-f", file.string()}) == 0;
    }

private:
    Sshd() = default;
    bool make_keys(SshdOptions const& options) {
        std::string types = options.host_key_type;
        for (unsigned number = 0; !types.empty(); ++number) {
            auto const comma = types.find(',');
            if (!make_key(path() / fmt::format("host_key_{}", number), types.substr(0, comma))) {
                reason_ = "ssh-keygen is missing or fails";
                return false;
            }
            host_keys_ = number + 1;
            types = comma == std::string::npos ? "" : types.substr(comma + 1);
        }
        certificates_ = options.host_certificate.empty() ? 0 : std::min(options.certified_keys, host_keys_);
        for (unsigned number = 0; number < certificates_; ++number) {
            auto certify = options.host_certificate;
            certify.insert(certify.begin(), {"ssh-keygen", "-q", "-h", "-I", "host"});
            certify.push_back((path() / fmt::format("host_key_{}.pub", number)).string());
            if (run(certify) != 0) {
                reason_ = "ssh-keygen makes no certificate";
                return false;
            }
        }
        if (!make_key(user_key(), options.user_key_type, options.passphrase)) {
            reason_ = "ssh-keygen is missing or fails";
            return false;
        }
        std::filesystem::copy_file(path() / "user_key.pub", path() / "authorized_keys");
        return true;
    }

    /// /proc/PID/stat is "pid (name) state parent …", and the name may hold anything: what follows it.
    static std::string status_of(std::string const& pid) {
        std::ifstream file("/proc/" + pid + "/stat");
        std::string line;
        std::getline(file, line);
        auto const end = line.rfind(')');
        return end == std::string::npos || line.size() < end + 2 ? "" : line.substr(end + 2);
    }
    static bool is_stopped(pid_t pid) {
        auto const status = status_of(std::to_string(pid));
        return status.empty() || status.front() == 'T';
    }
    /// By the parent that every process names: /proc/PID/task/PID/children may leave some out while others exit.
    static std::vector<pid_t> descendants(pid_t root) {
        std::multimap<pid_t, pid_t> children;
        for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
            auto const name = entry.path().filename().string();
            if (name.find_first_not_of("0123456789") != std::string::npos)
                continue;
            auto const status = status_of(name); // "S 123 …": state, parent
            if (status.size() > 2)
                children.emplace(std::atoi(status.c_str() + 2), std::atoi(name.c_str()));
        }
        std::vector<pid_t> found = {root};
        for (std::size_t next = 0; next < found.size(); ++next) {
            auto const [begin, end] = children.equal_range(found[next]);
            for (auto at = begin; at != end; ++at)
                found.push_back(at->second);
        }
        found.erase(found.begin());
        return found;
    }

    void try_start(SshdOptions const& options) {
        ::mkdir("/run/sshd", 0755); // sshd wants it, whatever its configuration says
        port_ = free_port();
        std::string config = fmt::format("Port {}\nListenAddress 127.0.0.1\nAuthorizedKeysFile {}\nStrictModes no\n"
                                         "PidFile none\nUsePAM {}\nPermitRootLogin yes\nPasswordAuthentication {}\n"
                                         "KbdInteractiveAuthentication {}\nMaxStartups 100\nMaxSessions 100\n"
                                         "UseDNS no\nLogLevel VERBOSE\nAllowTcpForwarding no\n"
                                         "Subsystem sftp internal-sftp\nForceCommand internal-sftp -d {}\n",
                                         port_, (path() / "authorized_keys").string(), options.questions ? "yes" : "no",
                                         options.root_password_hash.empty() || options.questions ? "no" : "yes",
                                         options.questions ? "yes" : "no", home().string());
        for (unsigned number = 0; number < host_keys_; ++number)
            config += fmt::format("HostKey {}/host_key_{}\n", path().string(), number);
        for (unsigned number = 0; number < certificates_; ++number)
            config += fmt::format("HostCertificate {}/host_key_{}-cert.pub\n", path().string(), number);
        config = options.first + config + options.extra;
        write_text(path() / "sshd_config", config);
        std::string command = fmt::format("exec /usr/sbin/sshd -D -e -f '{}/sshd_config'", path().string());
        std::vector<std::string> arguments = {"sh", "-c", command};
        if (!options.root_password_hash.empty()) {
            write_text(path() / "shadow", fmt::format("root:{}:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n",
                                                      options.root_password_hash));
            write_text(path() / "pam", "auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n");
            auto const pam = options.questions ? fmt::format("mount --bind '{}/pam' /etc/pam.d/sshd && ", path().string()) : "";
            arguments = {"unshare", "-m", "sh", "-c",
                         fmt::format("mount --bind '{}/shadow' /etc/shadow && {}{}", path().string(), pam, command)};
        }
        child_ = std::make_unique<Child>(arguments, (path() / "log").string());
        for (int i = 0; i < 250 && child_->running(); ++i) {
            if (answers_on(port_))
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        reason_ = "sshd does not start here";
        if (std::filesystem::exists(path() / "log"))
            reason_ += ": " + log();
        child_.reset();
    }

    std::unique_ptr<TempFolder> folder_;
    std::unique_ptr<Child> child_;
    unsigned host_keys_ = 0, certificates_ = 0;
    std::uint16_t port_ = 0;
    std::string reason_;
    std::string user_;
};

} // namespace wharf::testing_support
