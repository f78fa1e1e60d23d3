#include "gateway/certificate_changes.hpp"

#include "base/file.hpp"
#include "base/replace_file.hpp"
#include "partner/list_entry.hpp"
#include "transport/as2/certificate_maker.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace wharf::gateway {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t most_bytes = 4u << 20;

std::string day(Timestamp time) { return to_iso8601(time).substr(0, 10); }

std::string in_pairs(std::string_view hexadecimal) {
    std::string text;
    for (std::size_t i = 0; i < hexadecimal.size(); ++i) {
        if (i > 0 && i % 2 == 0) text += ':';
        text += hexadecimal[i] >= 'a' ? static_cast<char>(hexadecimal[i] - 'a' + 'A') : hexadecimal[i];
    }
    return text;
}

/// "AB:CD EF" and "abcdef" are the same.
std::string plain_fingerprint(std::string_view text) {
    std::string plain;
    for (char const c : text)
        if (c != ':' && c != ' ' && c != '-') plain += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    return plain;
}

/// Files that go again unless all went well.
class NewFiles {
public:
    NewFiles() = default;
    NewFiles(NewFiles const&) = delete;
    NewFiles& operator=(NewFiles const&) = delete;
    ~NewFiles() {
        for (auto const& file : made_)
            ::unlink(file.c_str());
    }
    Result<void> write(fs::path const& file, std::string_view content, mode_t mode) {
        auto const failed = [&](std::string_view what) { return permanent(fmt::format("{} {}: {}", what, file.string(), std::strerror(errno))); };
        int const fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (fd < 0 && errno == EEXIST) return invalid(fmt::format("{} exists already and is not written over; choose another name", file.string()));
        if (fd < 0) return failed("cannot create");
        made_.push_back(file);
        while (!content.empty()) {
            auto const written = ::write(fd, content.data(), content.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) break;
            content.remove_prefix(static_cast<std::size_t>(written));
        }
        bool const good = content.empty() && ::fsync(fd) == 0;
        auto const error = good ? Result<void>{} : failed("cannot write");
        ::close(fd);
        if (!error) return error;
        return sync_folder(file.parent_path());
    }
    void keep() { made_.clear(); }

private:
    std::vector<fs::path> made_;
};

Result<void> make_folder(fs::path const& folder) {
    std::error_code error;
    if (fs::create_directories(folder, error)) fs::permissions(folder, fs::perms::owner_all, error);
    if (error) return permanent(fmt::format("cannot make the folder {}: {}", folder.string(), error.message()));
    return {};
}

struct Place {
    fs::path base;  // folder of wharf.yaml
    fs::path file;  // wharf.yaml
    partner::Configuration configuration;
};

Result<Place> place_of(fs::path const& configuration) {
    Place place;
    std::error_code ignored;
    place.file = fs::is_directory(configuration, ignored) ? configuration / "wharf.yaml" : configuration;
    place.base = fs::absolute(place.file).lexically_normal().parent_path();
    auto loaded = partner::load_configuration(place.file, partner::SecretCheck::form, partner::Sources::drop, partner::Certificates::may_be_missing);
    if (!loaded) {
        auto const& first = *std::ranges::find(loaded.error(), Severity::error, &Diagnostic::severity);
        return invalid(fmt::format("{}:{}: {}; `wharf partner check` tells all", first.place.file, first.place.line, first.message));
    }
    place.configuration = std::move(*loaded);
    return place;
}

Result<partner::Channel const*> relation_named(Place const& place, std::string_view name) {
    auto const* const channel = place.configuration.channel(name);
    if (channel && channel->transport == partner::TransportKind::as2) return channel;
    std::string known;
    for (auto const& one : place.configuration.channels)
        if (one.transport == partner::TransportKind::as2) known += (known.empty() ? "" : ", ") + one.name;
    return invalid(fmt::format("there is no AS2 channel '{}'; {}", name, known.empty() ? "there is none at all" : "there are: " + known));
}

/// One more entry in a list of a file; on failure nothing is changed.
Result<void> enter(fs::path const& file, std::string_view list, std::string const& entry, std::string const& remark) {
    auto const read = read_for_replacement(file, most_bytes);
    if (!read) return unexpected(read.error());
    auto const changed = partner::with_list_entry(read->content, {"as2", std::string(list)}, entry, remark);
    if (!changed) return invalid(fmt::format("{}: {}", file.string(), changed.error().message));
    return replace_file(*read, *changed);
}

std::string quoted(fs::path const& path, fs::path const& base) {
    auto const relative = path.lexically_relative(base);
    auto const text = relative.empty() || relative.native().starts_with("..") ? path.string() : relative.string();
    bool const is_plain = std::ranges::all_of(text, [](unsigned char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '/' || c == '.' || c == '-' || c == '_'; });
    if (is_plain) return text;
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string entry_of(fs::path const& base, fs::path const& file, fs::path const& key, std::string_view passphrase, std::string_view use, std::string_view from) {
    auto entry = fmt::format("{{file: {}", quoted(file, base));
    if (!key.empty()) entry += fmt::format(", private_key: {}", quoted(key, base));
    if (!passphrase.empty()) entry += fmt::format(", passphrase: \"{}\"", passphrase);
    if (!use.empty() && use != "both") entry += fmt::format(", use: {}", use);
    if (!from.empty()) entry += from.size() == std::string_view("2026-12-01").size() ? fmt::format(", from: {}", from) : fmt::format(", from: \"{}\"", from);
    return entry + "}";
}

/// Without its key where that cannot be read just now.
Result<as2::Certificate> own_certificate(partner::As2Certificate const& one) {
    if (auto identity = read_identity(one)) return std::move(identity->certificate);
    return read_certificate(one.file);
}

/// The one that is meant: whose key is given, or the only one that issued none of the others.
Result<as2::Certificate> chosen(std::vector<as2::Certificate> const& all, std::optional<as2::PrivateKey> const& key, fs::path const& file) {
    std::vector<as2::Certificate> ends;
    for (auto const& one : all) {
        if (key && key->belongs_to(one)) return one;
        bool const is_above = std::ranges::any_of(all, [&](auto const& other) { return !(other == one) && other.issuer() == one.subject(); });
        if (!is_above && std::ranges::find(ends, one) == ends.end()) ends.push_back(one);
    }
    if (key) return invalid(fmt::format("{} holds no certificate for this key: the first is for {}", file.string(), all.front().label()));
    if (ends.size() == 1) return ends.front();
    std::string names;
    for (auto const& one : ends.empty() ? all : ends)
        names += "\n  " + one.label();
    return invalid(fmt::format("{} holds several certificates, and it is not clear which is meant; put it into a file of its own:{}", file.string(), names));
}

/// Of those that are there, and a new one behind them (nullptr: none): the one that we use at a time for what we send.
std::optional<as2::Certificate> used_at(Timestamp when, std::vector<partner::As2Certificate> const& known, as2::Certificate const* added, as2::Term const& term,
                                        bool is_ours) {
    std::vector<as2::PartnerCertificate> all; // ours follow each other by the same rule
    auto const add = [&](as2::Certificate const& certificate, as2::Term one) {
        if (is_ours) one.encrypts = one.signs;
        all.push_back({certificate, one});
    };
    for (auto const& one : known)
        if (auto const certificate = is_ours ? own_certificate(one) : read_certificate(one.file)) add(*certificate, term_of(one));
    if (added) add(*added, term);
    as2::KeyRing const ring({}, std::move(all));
    auto const* const found = ring.recipient(when);
    return found ? std::optional(*found) : std::nullopt;
}

/// What a new certificate stands beside: those of the list that have not ended, for people.
std::vector<std::string> not_ended(std::vector<partner::As2Certificate> const& known, Timestamp now, bool is_ours) {
    std::vector<std::string> names;
    for (auto const& one : known)
        if (auto const certificate = is_ours ? own_certificate(one) : read_certificate(one.file); certificate) {
            auto const agreed = term_of(one).until;
            bool const is_earlier = agreed && *agreed < certificate->not_after();
            if ((is_earlier ? *agreed : certificate->not_after()) <= now) continue;
            names.push_back(fmt::format("{} in {}, until {}", certificate->label(), one.file.empty() ? one.content.reference() : one.file.string(),
                                        is_earlier ? one.until : day(certificate->not_after())));
        }
    return names;
}

Result<void> refuse(as2::Certificate const& one, Timestamp now, bool is_ours) {
    if (one.not_after() <= now) return invalid(fmt::format("{} ended on {}; ask for the one that is valid now", one.label(), day(one.not_after())));
    if (!one.is_rsa()) return invalid(fmt::format("{} has no RSA key; AS2 products have RSA in common", one.label()));
    if (one.key_bits() < 2048 && !is_ours)
        return invalid(fmt::format("the key of {} has {} bits; ask for one with at least 2048", one.label(), one.key_bits()));
    return {};
}

} // namespace

std::string fingerprint_for_people(as2::Certificate const& certificate) { return in_pairs(certificate.fingerprint()); }

std::string thumbprint_for_people(as2::Certificate const& certificate) {
    as2::Hasher hasher(as2::Digest::sha1);
    hasher.add(certificate.der());
    std::string text;
    for (char const c : hasher.finish())
        text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return in_pairs(text);
}

Result<MadeRequest> request_certificate(RequestOptions const& options, Timestamp now) {
    if (!is_plain_file_name(options.name) || options.name.starts_with('.')) return invalid(fmt::format("'{}' is no name for a file", options.name));
    if (auto done = make_folder(options.folder); !done) return unexpected(done.error());
    MadeRequest made;
    made.key = options.folder / (options.name + ".key");
    made.certificate = options.folder / (options.name + (options.for_authority ? ".csr" : ".pem"));
    auto const key = as2::make_key(options.bits);
    if (!key) return unexpected(key.error());
    // Valid from the beginning of the day: the partner's clock may be behind ours.
    as2::CertificateWish const wish{options.like, options.subject, options.emails, options.hosts, std::chrono::floor<std::chrono::days>(now), options.term};
    std::string text;
    if (options.for_authority) {
        auto request = as2::make_request(*key, wish);
        if (!request) return unexpected(request.error());
        text = std::move(*request);
    } else {
        auto certificate = as2::make_self_signed(*key, wish);
        if (!certificate) return unexpected(certificate.error());
        text = as2::to_pem(*certificate);
        made.made = std::move(*certificate);
    }
    auto const key_text = as2::to_pem(*key, options.passphrase);
    if (!key_text) return unexpected(key_text.error());
    NewFiles files;
    if (auto done = files.write(made.key, *key_text, 0600); !done) return unexpected(done.error());
    if (auto done = files.write(made.certificate, text, 0644); !done) return unexpected(done.error());
    files.keep();
    return made;
}

Result<Imported> import_certificate(ImportOptions const& options, Timestamp now) {
    bool const is_ours = !options.key.empty();
    auto const bytes = read_file(options.file, most_bytes);
    if (!bytes) return unexpected(bytes.error());
    if (!is_ours && bytes->find("PRIVATE KEY-----") != std::string::npos)
        return invalid(fmt::format("{} holds a private key, which must never leave its owner: tell the partner to make a new one, and to send its certificate alone",
                                   options.file.string()));
    auto const all = as2::Certificate::read_all(*bytes);
    if (!all) return invalid(fmt::format("{}: {}", options.file.string(), all.error().message));
    std::optional<as2::PrivateKey> key;
    if (is_ours) {
        auto const key_bytes = read_file(options.key, most_bytes);
        if (!key_bytes) return unexpected(key_bytes.error());
        auto read = as2::PrivateKey::read(*key_bytes, options.passphrase);
        if (!read) return invalid(fmt::format("{}: {}", options.key.string(), read.error().message));
        key = std::move(*read);
    }
    auto certificate = chosen(*all, key, options.file);
    if (!certificate) return unexpected(certificate.error());
    if (auto good = refuse(*certificate, now, is_ours); !good) return unexpected(good.error());
    Imported imported{*certificate, {}, false, {}, {}};
    if (!options.fingerprint.empty()) {
        auto const wanted = plain_fingerprint(options.fingerprint);
        if (wanted != certificate->fingerprint() && wanted != plain_fingerprint(thumbprint_for_people(*certificate)))
            return invalid(fmt::format("the fingerprint is another one: {} was expected, the file's is {}; do not use it before you have found out why",
                                       options.fingerprint, fingerprint_for_people(*certificate)));
    }
    if (certificate->not_before() > now) imported.remarks.push_back(fmt::format("it is not valid before {}", day(certificate->not_before())));
    if (all->size() > 1) imported.remarks.push_back(fmt::format("the file holds {} certificates; this one is taken", all->size()));
    if (auto const from = begin_of(options.from); from && *from >= certificate->not_after())
        return invalid(fmt::format("it ends on {}, before the day {}", day(certificate->not_after()), options.from));

    auto const place = place_of(options.configuration);
    if (!place) return unexpected(place.error());
    std::vector<partner::As2Certificate> const* known = &place->configuration.gateway.as2.own_certificates;
    imported.edited = place->file;
    if (!options.channel.empty()) {
        auto const channel = relation_named(*place, options.channel);
        if (!channel) return unexpected(channel.error());
        known = is_ours ? &(*channel)->as2.own_certificates : &(*channel)->as2.partner_certificates;
        imported.edited = place->configuration.gateway.channels / (options.channel + ".yaml");
        auto const& ours = own_certificates((*channel)->as2, place->configuration.gateway.as2);
        for (auto const& one : is_ours ? std::vector<partner::As2Certificate>() : ours)
            if (auto const own = own_certificate(one); own && *own == *certificate)
                return invalid(fmt::format("{} is our own certificate, that of {}: the partner has another one, and could open nothing that is encrypted for this; "
                                           "ask him for his",
                                           options.file.string(), one.file.string()));
    } else if (!is_ours) return invalid("say with --channel whose certificate it is");
    partner::As2Certificate entered;
    entered.from = options.from;
    entered.use = options.use == "signing" ? partner::As2Use::signing : options.use == "encryption" ? partner::As2Use::encryption : partner::As2Use::both;
    for (auto const& one : *known)
        if (auto const present = is_ours ? own_certificate(one) : read_certificate(one.file); present && *present == *certificate) {
            imported.is_known = true;
            imported.file = one.file;
            entered = one;
        }

    // It is used from its day on, unless another one came into use later.
    if (entered.use != (is_ours ? partner::As2Use::encryption : partner::As2Use::signing)) {
        auto const begin = std::max({now, certificate->not_before(), begin_of(entered.from).value_or(now)});
        if (begin > now) imported.from = begin_of(entered.from) == begin ? entered.from : day(begin);
        auto const used = [&] { return used_at(begin, *known, imported.is_known ? nullptr : &*certificate, term_of(entered), is_ours); };
        auto in_use = used();
        if (in_use && !(*in_use == *certificate) && entered.from.empty() && !imported.is_known) {
            entered.from = day(now);
            in_use = used();
        }
        if (in_use && !(*in_use == *certificate)) imported.used_instead = in_use->label();
        else if (auto const before = used_at(begin, *known, nullptr, {}, is_ours); before && !(*before == *certificate)) imported.replaced = before->label();
    }
    if (imported.is_known) return imported;
    imported.beside = not_ended(*known, now, is_ours);
    if (is_ours && !options.channel.empty() && known->empty() && !place->configuration.gateway.as2.own_certificates.empty())
        imported.remarks.push_back(fmt::format("as2.own_certificates of wharf.yaml do not count for {} any more, because it has one of its own now", options.channel));

    auto const folder = place->base / "keys";
    auto const stem = fmt::format("{}-{}", options.channel.empty() ? "wharf" : is_ours ? "wharf-" + options.channel : options.channel, day(certificate->not_before()));
    imported.file = folder / (stem + ".pem");
    for (unsigned number = 2; fs::exists(imported.file) && number < 100; ++number)
        imported.file = folder / fmt::format("{}-{}.pem", stem, number);
    if (options.only_look) return imported;
    if (auto done = make_folder(folder); !done) return unexpected(done.error());
    NewFiles files;
    if (auto done = files.write(imported.file, as2::to_pem(*certificate), 0644); !done) return unexpected(done.error());
    auto const entry = entry_of(place->base, imported.file, is_ours ? fs::absolute(options.key).lexically_normal() : fs::path(), options.passphrase_reference,
                                options.use, entered.from);
    if (auto done = enter(imported.edited, is_ours ? "own_certificates" : "partner_certificates", entry,
                          fmt::format("imported {}, SHA-256 {}", day(now), certificate->fingerprint().substr(0, 16)));
        !done)
        return unexpected(done.error());
    files.keep();
    return imported;
}

Result<Rollover> roll_over(RolloverOptions const& options, Timestamp now) {
    auto const place = place_of(options.configuration);
    if (!place) return unexpected(place.error());
    auto const& listener = place->configuration.gateway.as2;
    auto const* list = &listener.own_certificates;
    auto edited = place->file;
    std::vector<std::string> channels;
    if (!options.channel.empty()) {
        auto const channel = relation_named(*place, options.channel);
        if (!channel) return unexpected(channel.error());
        if ((*channel)->as2.own_certificates.empty())
            return invalid(fmt::format("channel {} has no certificate of its own: ours is that of {}, which other partners know, too. Leave --channel out to follow that for "
                                       "all of them; or give the channel one of its own first: `wharf cert request`, and own_certificates in its file",
                                       options.channel, place->file.string()));
        list = &(*channel)->as2.own_certificates;
        edited = place->configuration.gateway.channels / (options.channel + ".yaml");
        channels.push_back(options.channel);
    }
    if (channels.empty()) // all who have no certificate of ours of their own
        for (auto const& one : place->configuration.channels)
            if (one.transport == partner::TransportKind::as2 && one.as2.own_certificates.empty()) channels.push_back(one.name);

    partner::As2Certificate const* present = nullptr;
    std::optional<as2::Identity> old_one;
    std::string trouble = "there is none";
    for (auto const& one : *list) { // the one that ends last
        auto identity = read_identity(one);
        if (!identity) trouble = identity.error().message;
        else if (!old_one || identity->certificate.not_after() > old_one->certificate.not_after()) {
            old_one = std::move(*identity);
            present = &one;
        }
    }
    if (!old_one) return invalid(fmt::format("there is no certificate of ours in {} that could be followed: {}; `wharf cert request` makes a first one", edited.string(), trouble));
    using std::chrono::days;
    for (auto const& one : *list) // whichever of them ends last
        if (auto const begin = begin_of(one.from); begin && *begin > now - days(7) && !options.again)
            return invalid(fmt::format("{} {}, from {} on: `wharf cert list` shows it. With --again one more is made all the same", one.file.string(),
                                       *begin > now ? "follows already" : "followed a short while ago", one.from));

    auto const today = std::chrono::floor<days>(now);
    auto on = begin_of(options.on);
    if (!on) {
        auto const before_end = std::chrono::floor<days>(old_one->certificate.not_after()) - days(7);
        // Where none is valid any more nothing is signed until the new one is in use.
        auto const earliest = old_one->certificate.not_after() <= now ? today : today + days(1);
        on = std::max<Timestamp>(std::min<Timestamp>(today + days(28), before_end), earliest);
    }
    if (*on < Timestamp(today)) return invalid(fmt::format("the day {} has passed", options.on));
    if (auto const end = old_one->certificate.not_after(); *on >= end && end > now)
        return invalid(fmt::format("our present certificate ends on {}, before the day {}: choose an earlier one, or there would be none between", day(end), options.on));
    if (*on >= Timestamp(today) + options.term) return invalid(fmt::format("the new one would end before the day {}", options.on));

    RequestOptions request;
    request.like = old_one->certificate;
    request.bits = options.bits;
    request.term = options.term;
    request.folder = place->base / "keys";
    auto const passphrase = present->passphrase.resolve();
    if (!passphrase) return unexpected(passphrase.error());
    request.passphrase = *passphrase;
    auto const begins = options.on.empty() ? day(*on) : options.on;
    auto const stem = edited == place->file ? fmt::format("wharf-{}", day(now)) : fmt::format("wharf-{}-{}", options.channel, day(now));
    request.name = stem;
    for (unsigned number = 2; fs::exists(request.folder / (request.name + ".key")) && number < 100; ++number)
        request.name = fmt::format("{}-{}", stem, number);
    auto made = request_certificate(request, now);
    if (!made) return unexpected(made.error());
    auto const entry = entry_of(place->base, made->certificate, made->key, present->passphrase.reference(), {}, begins);
    if (auto done = enter(edited, "own_certificates", entry, fmt::format("SHA-256 {}", made->made->fingerprint().substr(0, 16))); !done) {
        ::unlink(made->key.c_str());
        ::unlink(made->certificate.c_str());
        return unexpected(done.error());
    }
    return Rollover{old_one->certificate, *made->made, made->key, made->certificate, edited, begins, std::move(channels)};
}

} // namespace wharf::gateway
