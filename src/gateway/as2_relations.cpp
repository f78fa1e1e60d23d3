#include "gateway/as2_relations.hpp"

#include "gateway/context.hpp"
#include "transport/as2/names.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <utility>

namespace wharf::gateway {

namespace {

template <class To, class From> To same_word(From word, int first = 0) { return static_cast<To>(static_cast<int>(word) - first); }

/// What tells that a file is another one: replaced, written over, removed.
struct Stamp {
    std::int64_t seconds = 0, nanoseconds = 0;
    std::uint64_t size = 0, inode = 0;
    bool operator==(Stamp const&) const = default;
};
using Stamps = std::map<std::filesystem::path, Stamp>;

Stamp stamp_of(std::filesystem::path const& file) {
    struct ::stat found {};
    if (::stat(file.c_str(), &found) != 0) return {};
    return {found.st_mtim.tv_sec, found.st_mtim.tv_nsec, static_cast<std::uint64_t>(found.st_size), found.st_ino};
}

Stamps stamps_of(std::vector<std::filesystem::path> const& files) {
    Stamps stamps;
    for (auto const& file : files)
        stamps.emplace(file, stamp_of(file));
    return stamps;
}

/// Files written since then look as if they had changed. The kernel's time for a file lags behind the clock by up to ten milliseconds.
void forget_since(Timestamp time, Stamps& stamps) {
    auto const since = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch() - std::chrono::milliseconds(10)).count();
    for (auto& [file, stamp] : stamps)
        if (stamp.seconds * 1'000'000'000 + stamp.nanoseconds >= since) stamp = {};
}

/// "https://host:443": what of a URL says whose server it is.
std::string origin_of(std::string_view url) {
    auto const scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return {};
    auto const scheme = as2::lower(url.substr(0, scheme_end));
    auto host = url.substr(scheme_end + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    auto const colon = host.rfind(':');
    bool const has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
    return fmt::format("{}://{}{}", scheme, as2::lower(host), has_port ? "" : scheme == "https" ? ":443" : ":80");
}

std::chrono::seconds whole_seconds(std::chrono::milliseconds time) {
    return std::max(std::chrono::ceil<std::chrono::seconds>(time), std::chrono::seconds(1));
}

} // namespace

Result<as2::PackSettings> As2Relation::pack_settings(Timestamp now) const {
    auto settings = pack_;
    if (signs_) {
        auto const* const signer = keys.signer(now);
        if (!signer)
            return temporary(fmt::format("channel {}: no certificate of ours is valid now, so nothing can be signed{}{}; `wharf cert check` says more",
                                         channel, trouble.empty() ? "" : ": ", trouble));
        settings.signer = *signer;
    }
    if (encrypts_) {
        auto const* const recipient = keys.recipient(now);
        if (!recipient)
            return temporary(fmt::format("channel {}: no certificate of the partner's is valid now, so nothing can be encrypted{}{}; `wharf cert check` says more",
                                         channel, trouble.empty() ? "" : ": ", trouble));
        settings.recipients = {*recipient};
    }
    return settings;
}

/// Makes the values of the AS2 layer from those of the configuration.
class As2Builder {
public:
    As2Builder(partner::Channel const& channel, partner::As2Listener const& listener) : channel_(channel), as2_(channel.as2), listener_(listener) {}

    [[nodiscard]] Result<std::shared_ptr<As2Relation>> build() {
        made_->channel = channel_.name;
        made_->senders = channel_.senders;
        agree();
        pack();
        auto keys = read_keys(as2_, listener_);
        made_->keys = std::move(keys.ring);
        for (auto const& file : as2_.incoming.client_certificates)
            if (auto const certificate = read_certificate(file)) made_->client_fingerprints.push_back(certificate->fingerprint());
            else keys.troubles.push_back(certificate.error().message);
        // A pin that cannot be read must not open the door to everybody.
        if (!as2_.incoming.client_certificates.empty() && made_->client_fingerprints.empty()) made_->client_fingerprints.emplace_back("unreadable");
        made_->trouble = fmt::format("{}", fmt::join(keys.troubles, "; "));
        if (auto done = post(); !done) return unexpected(std::move(done.error()));
        return made_;
    }

private:
    void agree() {
        auto const& in = as2_.incoming;
        auto const& out = as2_.outgoing;
        auto& to = made_->relation;
        to.own_name = as2_.own_name;
        to.partner_name = as2_.partner_name;
        to.requires_signature = in.require_signature;
        to.requires_encryption = in.require_encryption;
        to.accepts_sha1 = in.accept_sha1;
        to.accepts_3des = in.accept_3des;
        to.enveloped_gcm = in.accept_gcm_in_enveloped_data ? as2::EnvelopedGcm::accepted : as2::EnvelopedGcm::refused;
        to.receipt_address = in.receipt_address;
        to.receipts_unverified = in.receipts_to_unverified;
        if (in.receipt_digest != partner::As2ReceiptDigest::asked) to.receipt_digest = same_word<as2::Digest>(in.receipt_digest, 1);
        to.receipt_mode = same_word<as2::ReceiptMode>(out.receipt.mode);
        to.receipt_signed = out.receipt.is_signed;
        to.micalgs.clear();
        for (auto const& word : out.receipt.digests)
            if (auto const digest = as2::digest_named(word)) to.micalgs.push_back(*digest);
        if (to.micalgs.empty()) to.micalgs.push_back(digest_of_signature());
        to.spelling = same_word<as2::MicSpelling>(out.digest_spelling);
        if (to.receipt_mode == as2::ReceiptMode::asynchronous) to.own_receipt_address = listener_.public_url;
        to.version = out.version;
        to.retry = {whole_seconds(out.retry.base), whole_seconds(out.retry.cap), out.retry.attempts};
        for (auto const& text : out.temporary_statuses) {
            int status = 0;
            if (std::from_chars(text.data(), text.data() + text.size(), status).ec == std::errc()) to.temporary_statuses.push_back(status);
        }
        to.receipt_timeout = out.receipt.timeout;
        to.resends_without_receipt = out.receipt.resends.number;
        made_->max_bytes = in.max_bytes;
        made_->evidence_days = as2_.evidence_days.number != 0 ? as2_.evidence_days.number : listener_.evidence_days.number;
        made_->refuses_repeated_names = in.refuse_repeated_names;
        made_->refuses_unsafe_names = in.refuse_unsafe_names;
        made_->subject = out.subject;
        made_->content_type = out.content_type;
        made_->tells_file_name = out.file_name;
    }
    [[nodiscard]] as2::Digest digest_of_signature() const {
        auto const word = as2_.outgoing.sign;
        return word == partner::As2Digest::none ? as2::Digest::sha256 : same_word<as2::Digest>(word, 1);
    }
    void pack() {
        auto const& out = as2_.outgoing;
        auto& to = made_->pack_;
        made_->signs_ = out.sign != partner::As2Digest::none;
        made_->encrypts_ = out.encrypt != partner::As2Cipher::none;
        to.compression = same_word<as2::Compression>(out.compress);
        to.digest = digest_of_signature();
        to.spelling = same_word<as2::MicSpelling>(out.digest_spelling);
        if (made_->encrypts_) to.cipher = same_word<as2::Cipher>(out.encrypt, 1);
        to.gcm_form = same_word<as2::GcmForm>(out.gcm_form);
        to.payload_encoding = same_word<as2::TransferEncoding>(out.payload_encoding);
    }
    Result<void> post() {
        made_->client_user = as2_.incoming.basic.user;
        WHARF_TRY(resolve(as2_.incoming.basic.password, made_->client_password, "incoming.basic.password"));
        made_->post.url = as2_.url;
        WHARF_TRY(connect(as2_.outgoing.http, made_->post, "outgoing.http"));
        return post_receipts();
    }
    /// What was agreed for the server of messages is not shown to another.
    Result<void> post_receipts() {
        auto& to = made_->receipt_post;
        auto const& own = as2_.incoming.receipt_http;
        if (own.is_set()) {
            WHARF_TRY(connect(own, to, "incoming.receipt_http"));
        } else {
            to = made_->post;
            if (!as2_.url.empty() && origin_of(as2_.incoming.receipt_address) != origin_of(as2_.url))
                for (auto* const secret : {&to.user, &to.password, &to.client_certificate, &to.client_key, &to.client_passphrase})
                    secret->clear();
        }
        to.url = as2_.incoming.receipt_address;
        return {};
    }
    Result<void> connect(partner::As2Http const& http, as2::PostSettings& to, std::string_view place) const {
        to.authorities = http.authorities.string();
        to.client_certificate = http.client_certificate.string();
        to.client_key = http.client_key.string();
        to.pinned_public_key = fmt::format("{}", fmt::join(http.pinned_keys, ";"));
        to.proxy = http.proxy;
        to.expects_continue = http.expects_continue;
        to.connect_timeout = http.connect_timeout;
        to.idle_timeout = http.idle_timeout;
        to.user = http.basic.user;
        to.proxy_user = http.proxy_login.user;
        WHARF_TRY(resolve(http.basic.password, to.password, fmt::format("{}.basic.password", place)));
        WHARF_TRY(resolve(http.proxy_login.password, to.proxy_password, fmt::format("{}.proxy_login.password", place)));
        return resolve(http.client_passphrase, to.client_passphrase, fmt::format("{}.client_passphrase", place));
    }
    Result<void> resolve(partner::Secret const& secret, std::string& text, std::string_view name) const {
        auto resolved = secret.resolve();
        if (!resolved) return invalid(fmt::format("channel {}: as2.{}: {}", channel_.name, name, resolved.error().message));
        text = std::move(*resolved);
        return {};
    }

    partner::Channel const& channel_;
    partner::As2Channel const& as2_;
    partner::As2Listener const& listener_;
    std::shared_ptr<As2Relation> made_ = std::make_shared<As2Relation>();
};

/// One lock for what is found and what is made anew; a look at the files happens in one thread, beside the others.
struct As2Relations::State {
    struct Entry {
        partner::Channel channel; // in use
        partner::Channel wanted;  // as the configuration has it now: another one while it cannot be built
        As2RelationPointer relation;
        Stamps files;     // of `wanted`
        std::string told; // the trouble that the log knows
    };

    State(std::filesystem::path path, Clock const& a_clock, Log const& a_log, Notices* some_notices)
        : file(std::move(path)), clock(a_clock), log(a_log), notices(some_notices) {}

    Result<As2RelationPointer> make(partner::Channel const& channel) {
        auto made = As2Builder(channel, listener).build();
        if (!made) return unexpected(std::move(made.error()));
        return As2RelationPointer(std::move(*made));
    }
    /// One alarm of a word and subject stands at a time; an empty reason: it is over.
    void stand(std::string_view word, std::string_view subject, std::string const& reason) {
        if (!notices) return;
        if (reason.empty()) notices->over(word, subject);
        else notices->alarm(word, subject, reason);
    }
    void tell(Entry& entry) {
        auto const& trouble = entry.relation->trouble;
        auto const& name = entry.channel.name;
        if (!trouble.empty() && trouble != entry.told) log.line("AS2_RELATION_UNUSABLE", name, fmt::format("reason={}", for_log(trouble)));
        if (trouble != entry.told) stand("AS2_RELATION_UNUSABLE", name, {}); // it was another one
        stand("AS2_RELATION_UNUSABLE", name, trouble);
        stand("AS2_CERTIFICATES_UNREADABLE", name, {});
        entry.told = trouble;
    }
    void keep_on(Entry const& entry, std::string const& reason) {
        log.line("AS2_CERTIFICATES_UNREADABLE", entry.channel.name, fmt::format("reason={} in_use=\"the earlier ones\"", for_log(reason)));
        stand("AS2_CERTIFICATES_UNREADABLE", entry.channel.name, reason + "; the earlier ones stay in use");
    }
    /// Reads what has changed. Called by one thread at a time.
    void look() {
        if (!file.empty())
            if (auto stamps = configuration_stamps(); stamps != configuration_files) {
                configuration_files = std::move(stamps);
                reload();
            }
        for (auto& entry : entries) {
            auto stamps = stamps_of(key_files(entry.wanted.as2, listener));
            if (stamps == entry.files) continue;
            entry.files = std::move(stamps);
            renew(entry);
        }
    }
    void renew(Entry& entry) {
        auto made = make(entry.wanted);
        // Written just now, or half: what worked goes on working, and the next change is seen.
        if (!made || (!(*made)->trouble.empty() && entry.relation->trouble.empty()))
            return keep_on(entry, made ? (*made)->trouble : made.error().message);
        {
            std::lock_guard const guard(mutex);
            entry.relation = std::move(*made);
            entry.channel = entry.wanted;
        }
        log.line("as2_relation_renewed", entry.channel.name);
        tell(entry);
        is_renewed = true;
    }
    [[nodiscard]] Stamps configuration_stamps() const {
        std::vector<std::filesystem::path> files{file};
        for (auto const& entry : entries)
            files.push_back(channels / (entry.channel.name + ".yaml"));
        return stamps_of(files);
    }
    void reload() {
        auto loaded = partner::load_configuration(file, partner::SecretCheck::resolve, partner::Sources::drop);
        if (!loaded) {
            auto const& first = *std::ranges::find(loaded.error(), Severity::error, &Diagnostic::severity);
            auto const reason = fmt::format("{}:{}: {}", first.place.file, first.place.line, first.message);
            log.line("AS2_CONFIGURATION_UNREADABLE", "-", fmt::format("reason={} in_use=\"the earlier one\"", for_log(reason)));
            stand("AS2_CONFIGURATION_UNREADABLE", file.filename().string(), reason + "; the earlier configuration stays in use");
            return;
        }
        stand("AS2_CONFIGURATION_UNREADABLE", file.filename().string(), {});
        {
            std::lock_guard const guard(mutex);
            listener = loaded->gateway.as2;
        }
        for (auto& entry : entries) {
            auto const* const channel = loaded->channel(entry.channel.name);
            if (!channel || channel->transport != partner::TransportKind::as2) continue;
            entry.wanted = *channel;
            entry.files = stamps_of(key_files(entry.wanted.as2, listener));
            renew(entry);
        }
    }

    std::filesystem::path file, channels;
    Clock const& clock;
    Log const& log;
    Notices* notices;
    partner::As2Listener listener;
    partner::ServerTls api;
    std::vector<Entry> entries; // by channel; none comes or goes
    Stamps configuration_files;
    bool is_renewed = false;    // something, by this look
    std::mutex telling;
    std::function<bool()> renewed; // under `telling`
    std::atomic<bool> is_to_be_told_again = false; // it gave false
    std::mutex mutex;           // relations, channels and listener
    std::mutex looking;         // the rest
    Timestamp looked{};
};

As2Relations::As2Relations(std::unique_ptr<State> state) : state_(std::move(state)) {}
As2Relations::~As2Relations() = default;

Result<std::unique_ptr<As2Relations>> As2Relations::open(partner::Configuration const& configuration, std::filesystem::path file, Clock const& clock,
                                                         Log const& log, std::optional<Timestamp> loading_since, Notices* notices) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) file /= "wharf.yaml";
    auto state = std::make_unique<State>(std::move(file), clock, log, notices);
    state->channels = configuration.gateway.channels;
    state->listener = configuration.gateway.as2;
    state->api = configuration.gateway.listen.tls;
    for (auto const& channel : configuration.channels) {
        if (channel.transport != partner::TransportKind::as2) continue;
        auto files = stamps_of(key_files(channel.as2, state->listener));
        auto relation = state->make(channel);
        if (!relation) return unexpected(std::move(relation.error()));
        state->tell(state->entries.emplace_back(channel, channel, std::move(*relation), std::move(files), std::string()));
    }
    if (!state->file.empty()) state->stand("AS2_CONFIGURATION_UNREADABLE", state->file.filename().string(), {}); // it was read just now
    state->configuration_files = state->configuration_stamps();
    if (loading_since)
        forget_since(*loading_since, state->configuration_files);
    state->looked = clock.now();
    return std::unique_ptr<As2Relations>(new As2Relations(std::move(state)));
}

void As2Relations::look_when_due() const {
    auto& state = *state_;
    std::unique_lock turn(state.looking, std::try_to_lock);
    if (!turn.owns_lock()) return;
    auto const now = state.clock.now();
    if (now >= state.looked && now - state.looked < look_interval) return;
    state.look();
    state.looked = now;
    bool const is_renewed = std::exchange(state.is_renewed, false);
    if (!is_renewed && !state.is_to_be_told_again) return;
    turn.unlock(); // who is told asks for relations
    std::lock_guard const guard(state.telling);
    state.is_to_be_told_again = state.renewed && !state.renewed();
}

void As2Relations::when_renewed(std::function<bool()> tell) const {
    std::lock_guard const guard(state_->telling);
    state_->renewed = std::move(tell);
}

As2RelationPointer As2Relations::find(std::string_view own_name, std::string_view partner_name) const {
    look_when_due();
    std::lock_guard const guard(state_->mutex);
    auto const found = std::ranges::find_if(state_->entries, [&](auto const& entry) {
        return entry.relation->relation.own_name == own_name && entry.relation->relation.partner_name == partner_name;
    });
    return found == state_->entries.end() ? nullptr : found->relation;
}

As2RelationPointer As2Relations::by_channel(std::string_view channel) const {
    look_when_due();
    std::lock_guard const guard(state_->mutex);
    auto const found = std::ranges::find_if(state_->entries, [&](auto const& entry) { return entry.relation->channel == channel; });
    return found == state_->entries.end() ? nullptr : found->relation;
}

std::vector<As2RelationPointer> As2Relations::all() const {
    look_when_due();
    std::lock_guard const guard(state_->mutex);
    std::vector<As2RelationPointer> relations;
    for (auto const& entry : state_->entries)
        relations.push_back(entry.relation);
    return relations;
}

bool As2Relations::wants_client_certificates() const {
    std::lock_guard const guard(state_->mutex); // without a look: whoever is told of a change asks
    return std::ranges::any_of(state_->entries, [](auto const& one) { return !one.relation->client_fingerprints.empty(); });
}

std::string As2Relations::public_url() const {
    std::lock_guard const guard(state_->mutex);
    return state_->listener.public_url;
}

CertificateSources As2Relations::sources() const {
    look_when_due();
    std::lock_guard const guard(state_->mutex);
    CertificateSources sources{state_->listener, {}, state_->api};
    for (auto const& entry : state_->entries)
        sources.channels.push_back(entry.channel);
    return sources;
}

} // namespace wharf::gateway
