#include "transport/sftp/libssh2_errors.hpp"

#include <libssh2.h>
#include <libssh2_sftp.h>

namespace wharf::transport::sftp {

ErrorKind kind_of_session_error(int code) {
    switch (code) {
    case LIBSSH2_ERROR_METHOD_NONE:
    case LIBSSH2_ERROR_METHOD_NOT_SUPPORTED:
    case LIBSSH2_ERROR_KEX_FAILURE:
    case LIBSSH2_ERROR_HOSTKEY_INIT:
    case LIBSSH2_ERROR_HOSTKEY_SIGN:
    case LIBSSH2_ERROR_AUTHENTICATION_FAILED:
    case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
    case LIBSSH2_ERROR_KEYFILE_AUTH_FAILED:
    case LIBSSH2_ERROR_PASSWORD_EXPIRED:
    case LIBSSH2_ERROR_FILE:
    case LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED:
    case LIBSSH2_ERROR_REQUEST_DENIED:
    case LIBSSH2_ERROR_INVAL:
    case LIBSSH2_ERROR_BAD_USE:
        return ErrorKind::permanent;
    default: // sockets, time-outs, broken packets, memory
        return ErrorKind::temporary;
    }
}

SftpStatus describe(unsigned long status) {
    switch (status) {
    case LIBSSH2_FX_NO_SUCH_FILE:
    case LIBSSH2_FX_NO_SUCH_PATH:
        return {ErrorKind::permanent, "the server has no such file or folder"};
    case LIBSSH2_FX_PERMISSION_DENIED:
        return {ErrorKind::permanent, "the server denies permission to this login"};
    case LIBSSH2_FX_FAILURE: // OpenSSH says this for a full disk, too
        return {ErrorKind::temporary, "the server answers only \"failure\" (a full disk or quota, a name that exists, a "
                                      "limit of the server)"};
    case LIBSSH2_FX_OP_UNSUPPORTED:
        return {ErrorKind::permanent, "the server does not support this operation"};
    case LIBSSH2_FX_FILE_ALREADY_EXISTS:
        return {ErrorKind::permanent, "the name exists"};
    case LIBSSH2_FX_WRITE_PROTECT:
        return {ErrorKind::permanent, "the server's file system is write-protected"};
    case LIBSSH2_FX_NO_SPACE_ON_FILESYSTEM:
    case LIBSSH2_FX_QUOTA_EXCEEDED:
        return {ErrorKind::temporary, "the server's disk or quota is full"};
    case LIBSSH2_FX_NOT_A_DIRECTORY:
        return {ErrorKind::permanent, "it is not a folder"};
    case LIBSSH2_FX_INVALID_FILENAME:
        return {ErrorKind::permanent, "the server refuses this name"};
    default:
        return {ErrorKind::temporary, "the server reports an error"};
    }
}

} // namespace wharf::transport::sftp
