// One connection of the libssh2 engine. Internal to libssh2_*.cpp; nobody else sees libssh2.
#pragma once

#include "transport/sftp/session.hpp"
#include "transport/sftp/socket.hpp"

#include <fmt/format.h>
#include <libssh2.h>
#include <libssh2_sftp.h>
#include <sys/socket.h>

namespace wharf::transport::sftp {

class Libssh2Session final : public Session {
public:
    Libssh2Session(std::string const& channel, SftpSettings const& settings)
        : where_(fmt::format("channel {}: sftp://{}@{}:{}", channel, settings.user, settings.host, settings.port)),
          settings_(settings) {}

    ~Libssh2Session() override {
        if (!session_)
            return;
        // A server that stopped answering must not hold us up: with the socket shut, the rest ends at once.
        if (broken_)
            ::shutdown(socket_.get(), SHUT_RDWR);
        else
            libssh2_session_set_timeout(session_, 2000);
        if (sftp_)
            libssh2_sftp_shutdown(sftp_);
        libssh2_session_disconnect(session_, "done");
        ::shutdown(socket_.get(), SHUT_RDWR);
        libssh2_session_free(session_);
    }

    /// Why no connection, or the host key that was shown in vain.
    struct Handshake {
        std::string shown; // fingerprint, empty when accepted
        std::string_view family;
    };
    Result<Handshake> shake_hands(std::string const& host_key_methods);
    Result<void> log_in();

    Result<std::vector<FolderEntry>> list(std::string const& folder) override;
    Result<std::optional<FolderEntry>> status(std::string const& path) override;
    Result<std::optional<std::string>> read(std::string const& path, std::uint64_t size, std::int64_t modified) override;
    Result<void> write_new(std::string const& path, std::string_view content) override;
    Result<void> rename(std::string const& from, std::string const& to) override;
    Result<void> remove(std::string const& path) override;
    Result<void> make_folder(std::string const& path) override;

private:
    using Handle = std::unique_ptr<LIBSSH2_SFTP_HANDLE, int (*)(LIBSSH2_SFTP_HANDLE*)>;

    /// The error of the last call, from the protocol's status where there is one.
    std::unexpected<Error> failed(std::string_view what, std::string const& path);
    std::unexpected<Error> session_failed(std::string_view what, int code, std::string_view advice = {});
    /// With the socket shut, closing handles does not wait for a server that is gone.
    void give_up() {
        broken_ = true;
        ::shutdown(socket_.get(), SHUT_RDWR);
    }
    [[nodiscard]] bool is_status(unsigned long status) const {
        return libssh2_session_last_errno(session_) == LIBSSH2_ERROR_SFTP_PROTOCOL &&
               libssh2_sftp_last_error(sftp_) == status;
    }
    [[nodiscard]] bool is_missing() const {
        return is_status(LIBSSH2_FX_NO_SUCH_FILE) || is_status(LIBSSH2_FX_NO_SUCH_PATH);
    }
    Handle open(std::string const& path, unsigned long flags, int type) {
        return {libssh2_sftp_open_ex(sftp_, path.data(), static_cast<unsigned>(path.size()), flags, 0644, type),
                libssh2_sftp_close_handle};
    }
    Result<void> log_in_with_key(std::string const& offered);
    Result<void> log_in_with_password(std::string const& offered);

    std::string where_;
    SftpSettings const& settings_;
    Descriptor socket_;
    LIBSSH2_SESSION* session_ = nullptr;
    LIBSSH2_SFTP* sftp_ = nullptr;
    bool broken_ = false; // the connection is lost or out of step
};

} // namespace wharf::transport::sftp
