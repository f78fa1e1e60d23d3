// The proof of one AS2 exchange: who signed what, and what the other side answered, as files that anybody can verify with the
// openssl command and nothing of ours (RFC 4130 1.2: non-repudiation of receipt).
//
//     message.signed, message.p7s     exactly the bytes that were signed, and the detached signature over them
//     receipt.signed, receipt.p7s     the same of the receipt; `receipt` as it went over HTTP
//     certificates.pem                the certificates of those who signed
//     exchange.json, *.http-head      what the exchange says of itself, and the fields of HTTP
//     verify.sh, README.txt           the commands, and what they prove
//
// What is not there (an unsigned message, no receipt yet) is left out and named in README.txt. No private key, nothing secret; but
// the business document itself is in it. Bytes are streamed. Thread-safe.
#pragma once

#include "store/store.hpp"
#include "gateway/vault.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace wharf::gateway {

struct EvidenceFile {
    std::string name;
    transport::Content content;
    bool is_executable = false;
};
struct Evidence {
    std::string name; // of the folder inside the archive: "evidence-01J…"
    Timestamp made_at;
    std::vector<EvidenceFile> files;
};

/// `permanent` when bytes that the exchange had are gone.
[[nodiscard]] Result<Evidence> collect_evidence(store::Store& store, Vault const& vault, store::Exchange const& exchange, Timestamp now);

/// One tar file, compressed with gzip; "-": to standard output. An existing file is replaced when the new one is complete.
[[nodiscard]] Result<void> write_archive(Evidence const& evidence, std::filesystem::path const& file);

} // namespace wharf::gateway
