// Where the bytes of AS2 exchanges are kept: what was sent or received, what was signed, signatures, receipts. Small ones lie in the
// store and become durable with its transaction; larger ones are files beside it, durable before the transaction that speaks of
// them, so that a message of a gigabyte never has to be in memory.
//
//     wharf.db.exchanges/EXCHANGE/NAME     EXCHANGE is an id of ours, NAME one of the words below; nothing from a partner gets into a path
//
// The folder has the name of the store's file, so that each of two stores beside each other has its own. Earlier versions had one
// `exchanges` for all: adopt() takes out of it what the store knows, and leaves the rest alone.
//
// A file whose exchange the store does not know is left over from a kill; sweep() removes it. Thread-safe; the files of one exchange
// are written by one thread at a time. Errors: `temporary` when the disk is full or fails, `permanent` when bytes are missing.
#pragma once

#include "store/store.hpp"
#include "transport/content.hpp"
#include "transport/descriptor.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace wharf::gateway {

namespace vault_name {
inline constexpr std::string_view message = "message";     // the body as it went over HTTP
inline constexpr std::string_view signed_bytes = "signed"; // exactly what the signature, or the MIC, is over
inline constexpr std::string_view signature = "signature"; // detached, DER or BER
inline constexpr std::string_view receipt = "receipt";     // the body of the receipt as it went over HTTP
inline constexpr std::string_view receipt_signed = "receipt-signed";
inline constexpr std::string_view receipt_signature = "receipt-signature";
inline constexpr std::string_view certificates = "certificates"; // PEM: those that verify message and receipt
inline constexpr std::string_view payload = "payload";           // "payload-2" …: files too large to be processed
/// Of the first file, the second …
[[nodiscard]] inline std::string payload_at(std::size_t number) {
    return number == 1 ? std::string(payload) : std::string(payload) + "-" + std::to_string(number);
}
} // namespace vault_name

class Vault {
public:
    static constexpr std::uint64_t in_store = 1u << 20; // as many bytes go into the store at most

    /// `earlier`: where files may lie still, until adopt().
    explicit Vault(std::filesystem::path folder, std::filesystem::path earlier = {});
    [[nodiscard]] static Vault of_store(std::filesystem::path const& store_file);

    /// For spools: the same disk, so that a full one is noticed before anything is answered.
    [[nodiscard]] transport::SpoolSettings spool(std::uint64_t most_bytes = ~0ULL) const;

    /// Large bytes are written and synced here; to be called before the transaction in which `put` is called with the same.
    [[nodiscard]] Result<void> prepare(std::string_view exchange_id, std::string_view name, transport::Content const& content) const;
    /// Inside the transaction that makes the exchange. Small bytes go into the store; of large ones it is a bug not to have
    /// prepared them.
    [[nodiscard]] Result<void> put(store::Transaction& transaction, std::string_view exchange_id, std::string_view name,
                                   transport::Content const& content) const;
    /// Nothing is kept under this name: empty content.
    [[nodiscard]] Result<transport::Content> open(store::Store& store, std::string_view exchange_id, std::string_view name) const;
    [[nodiscard]] Result<transport::Content> open(store::Transaction& transaction, std::string_view exchange_id, std::string_view name) const;
    /// Removes one file; nothing when there is none. What lies in the store stays.
    void drop(std::string_view exchange_id, std::string_view name) const;
    void drop_all(std::string_view exchange_id) const;
    /// "wharf.db.exchanges/EXCHANGE/NAME", for people; without a name the folder.
    [[nodiscard]] std::string place_of(std::string_view exchange_id, std::string_view name = {}) const;
    /// At the start of the gateway, before sweep(): what an earlier version left in the folder that all stores shared.
    [[nodiscard]] Result<void> adopt(store::Store& store) const;
    /// At the start of the gateway: removes folders of exchanges that were never committed or that were emptied, and bodies of messages
    /// that are settled, not of those that were given up, and large files that the store has taken since. Returns how many folders went.
    [[nodiscard]] Result<unsigned> sweep(store::Store& store) const;

private:
    friend class VaultWriter;
    [[nodiscard]] std::filesystem::path path_of(std::string_view exchange_id, std::string_view name) const;
    [[nodiscard]] Result<transport::Descriptor> make_file(std::filesystem::path const& path) const;

    std::filesystem::path folder_, earlier_;
    std::shared_ptr<std::atomic<bool>> is_durable_ = std::make_shared<std::atomic<bool>>(false); // the folder itself, in its parent
};

/// A body as it arrives, of any size: in memory while it is small, then in the file that `prepare` would write, so that nothing is
/// copied. Removed again when it is destroyed before `finish`.
class VaultWriter {
public:
    VaultWriter(Vault const& vault, std::string exchange_id, std::string_view name, std::uint64_t most_bytes);
    VaultWriter(VaultWriter&&) noexcept;
    ~VaultWriter();
    [[nodiscard]] Result<void> append(std::string_view bytes); // `permanent` beyond most_bytes
    [[nodiscard]] std::uint64_t size() const;
    /// SHA-256 of all that was appended, in hexadecimal; once, and nothing may be appended after it.
    [[nodiscard]] std::string digest();
    /// Synced. Inside the transaction, put() it.
    [[nodiscard]] Result<transport::Content> finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wharf::gateway
