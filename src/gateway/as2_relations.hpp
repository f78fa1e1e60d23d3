// The AS2 relations of a configuration as the AS2 layer takes them: what was agreed, keys, and how messages are packed and posted.
//
// Relations are found by their two names, exact strings (a message says no more), or by their channel. What a caller holds does not
// change under it; a later call may give a newer one, because files are looked at again every few seconds: certificates and keys
// that were replaced, and the section `as2` of channels and wharf.yaml, so that `wharf cert import` and `rollover` need no restart.
// What is wrong then is told in the log, once, and the earlier relation stays in use. New channels need a restart, as do passphrases
// in environment variables.
//
// A relation whose files cannot be read is there with `trouble`: its partner gets a temporary error instead of a refusal.
//
// Thread-safe.
#pragma once

#include "base/clock.hpp"
#include "gateway/as2_keys.hpp"
#include "gateway/certificates.hpp"
#include "gateway/log.hpp"
#include "gateway/notices.hpp"
#include "transport/as2/post.hpp"
#include "transport/as2/relation.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::gateway {

struct As2Relation {
    std::string channel;
    as2::Relation relation;
    as2::KeyRing keys;
    std::string trouble; // what keeps it from working: a file that cannot be read; empty: nothing

    // What comes in
    std::vector<std::string> senders;             // partner ids
    std::uint64_t max_bytes = 0;                  // of the body, and of what comes out of it
    std::vector<std::string> client_fingerprints; // Certificate::fingerprint() of the TLS clients let in; empty: anybody
    std::string client_user, client_password;     // Basic; empty: none
    bool refuses_repeated_names = false, refuses_unsafe_names = false; // of files
    unsigned evidence_days = 0;                   // how long bytes are kept; 0: for ever
    as2::PostSettings receipt_post;               // for asynchronous receipts; no url: none are sent

    // What goes out
    as2::PostSettings post;
    std::string subject;
    std::string content_type;     // empty: by the document
    bool tells_file_name = true;
    [[nodiscard]] bool can_send() const { return !post.url.empty(); }

    /// Without folder of the spool. Fails with `temporary` where there is no valid certificate to sign with or to encrypt for; the
    /// message says what to do.
    [[nodiscard]] Result<as2::PackSettings> pack_settings(Timestamp now) const;

private:
    friend class As2Builder;
    as2::PackSettings pack_;
    bool signs_ = true, encrypts_ = true;
};
using As2RelationPointer = std::shared_ptr<As2Relation const>;

class As2Relations {
public:
    static constexpr std::chrono::milliseconds look_interval{2000};

    /// `file`: wharf.yaml or its folder, to be loaded again when something in it changes; empty: only certificates are looked at
    /// again. Fails with `invalid` when a secret cannot be resolved. `clock`, `log` and `notices` (of alarms; nullptr: in the log alone) must outlive it. `loading_since`: when the
    /// configuration began to be read, by the system's clock; what was written since then may not be in it, and is read again by the first
    /// look.
    [[nodiscard]] static Result<std::unique_ptr<As2Relations>> open(partner::Configuration const& configuration, std::filesystem::path file,
                                                                    Clock const& clock, Log const& log,
                                                                    std::optional<Timestamp> loading_since = std::nullopt, Notices* notices = nullptr);
    ~As2Relations();

    /// nullptr: there is none.
    [[nodiscard]] As2RelationPointer find(std::string_view own_name, std::string_view partner_name) const;
    [[nodiscard]] As2RelationPointer by_channel(std::string_view channel) const;
    [[nodiscard]] std::vector<As2RelationPointer> all() const; // by channel
    /// TLS clients are asked for a certificate, whatever it is: some relation wants one, as they were looked at last.
    [[nodiscard]] bool wants_client_certificates() const;
    /// Looks at the files now, when it is time: whoever waits for changes calls it every look_interval.
    void look() const { look_when_due(); }
    /// Called when a relation was renewed, by the thread that looked; may call wants_client_certificates(). Where it gives false, it is
    /// called again after the next look. Empty: nobody is told any more.
    void when_renewed(std::function<bool()> tell) const;
    /// Where partners send asynchronous receipts; empty: nowhere.
    [[nodiscard]] std::string public_url() const;
    /// What names certificates, as it is in use.
    [[nodiscard]] CertificateSources sources() const;

private:
    struct State;
    explicit As2Relations(std::unique_ptr<State> state);
    void look_when_due() const;

    std::unique_ptr<State> state_;
};

} // namespace wharf::gateway
