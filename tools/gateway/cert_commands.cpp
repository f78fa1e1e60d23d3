#include "cert_commands.hpp"

#include "diagnostic/render.hpp"
#include "gateway/certificate_changes.hpp"
#include "gateway/certificates.hpp"
#include "partner/moment.hpp"
#include "syntax/json/value.hpp"
#include "terminal.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

namespace wharf::tools {

namespace {

enum Exit { clean = 0, findings = 1, could_not_run = 2 };

int complain(std::string_view text) {
    fmt::print(stderr, "wharf cert: {}\n", text);
    return could_not_run;
}
int complain(Error const& error) {
    (void)complain(error.message);
    return error.kind == ErrorKind::invalid ? findings : could_not_run;
}

std::string day(Timestamp time) { return to_iso8601(time).substr(0, 10); }

json::Value view(gateway::ListedCertificate const& listed) {
    json::Value out{json::Object{}};
    auto const put = [&](char const* name, std::string_view text) {
        if (!text.empty())
            out.set(name, json::Value(text));
    };
    put("channel", listed.channel);
    put("use", to_string(listed.use));
    put("place", listed.place);
    put("trouble", listed.trouble);
    if (listed.is_missing)
        out.set("missing", json::Value(true));
    if (listed.certificate) {
        auto const& one = *listed.certificate;
        put("subject", one.subject());
        put("issuer", one.issuer());
        put("serial", one.serial());
        put("sha256", one.fingerprint());
        put("valid_from", to_iso8601(one.not_before()));
        put("valid_until", to_iso8601(one.not_after()));
        out.set("key_bits", json::Value::integer(one.key_bits()));
        put("key_type", one.is_rsa() ? "RSA" : "other");
    }
    put("from", listed.from);
    put("until", listed.until);
    out.set("signs_now", json::Value(listed.signs_now));
    out.set("encrypts_now", json::Value(listed.encrypts_now));
    return out;
}

json::Value view(gateway::CertificateFinding const& finding) {
    json::Value out{json::Object{}};
    out.set("kind", json::Value(to_string(finding.kind)));
    if (!finding.channel.empty())
        out.set("channel", json::Value(finding.channel));
    out.set("text", json::Value(finding.text));
    return out;
}

template <class Range> std::string json_list(Range const& range) {
    json::Array items;
    for (auto const& item : range)
        items.push_back(view(item));
    return json::to_pretty_text(json::Value(std::move(items)));
}

/// What of ours and the partner's is chosen today; the others still read and verify what comes in.
std::string_view use_now(gateway::ListedCertificate const& listed) {
    if (listed.signs_now)
        return "  signs now";
    if (listed.encrypts_now)
        return "  encrypts now";
    if (listed.use == gateway::CertificateUse::own)
        return "  not used to sign";
    return listed.use == gateway::CertificateUse::partner ? "  not used to encrypt" : "";
}

std::string text_of(gateway::ListedCertificate const& listed) {
    auto text = fmt::format("{:16} {:13} ", listed.channel.empty() ? "wharf.yaml" : listed.channel, to_string(listed.use));
    if (!listed.certificate)
        return text + fmt::format("{}: {}\n", listed.is_missing ? "missing" : "unreadable", listed.trouble);
    auto const& one = *listed.certificate;
    text += fmt::format("{} to {}  {}  {}{}{}{}\n", day(one.not_before()), day(one.not_after()), one.subject(), listed.place,
                        listed.from.empty() ? "" : fmt::format("  from {}", listed.from), listed.until.empty() ? "" : fmt::format("  until {}", listed.until),
                        use_now(listed));
    return text + fmt::format("{:30} serial {}  {} bits  SHA-256 {}\n", "", one.serial(), one.key_bits(), one.fingerprint());
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void show(transport::as2::Certificate const& one) {
    fmt::print("  subject  {}\n  issuer   {}\n  serial   {}\n  valid    {} to {}\n  key      {} bits\n  SHA-256  {}\n  SHA-1    {}\n", one.subject(),
               one.subject() == one.issuer() ? "itself" : one.issuer(), one.serial(), day(one.not_before()), day(one.not_after()), one.key_bits(),
               gateway::fingerprint_for_people(one), gateway::thumbprint_for_people(one));
}

std::optional<partner::Configuration> load(Common const& common) {
    auto configuration = partner::load_configuration(common.configuration, partner::SecretCheck::form, partner::Sources::drop, partner::Certificates::may_be_missing);
    if (configuration)
        return std::move(*configuration);
    fmt::print(stderr, "{}", render_text(configuration.error()));
    return std::nullopt;
}

std::filesystem::path folder_of(Common const& common) {
    std::error_code ignored;
    return std::filesystem::is_directory(common.configuration, ignored) ? common.configuration : common.configuration.parent_path();
}

} // namespace

void CertCommands::Passphrase::add_to(CLI::App& command, std::string const& of) {
    auto* const by_variable = command.add_option("--passphrase-env", variable, of + ": the environment variable that holds it")->type_name("NAME");
    auto* const by_file = command.add_option("--passphrase-file", file, of + ": the file that holds it")->type_name("FILE")->excludes(by_variable);
    command.add_flag("--passphrase-prompt", asks, of + ": asked for at the terminal")->excludes(by_variable)->excludes(by_file);
}

std::string CertCommands::Passphrase::reference() const {
    if (!variable.empty())
        return fmt::format("${{env:{}}}", variable);
    return file.empty() ? std::string() : fmt::format("${{file:{}}}", file);
}

void CertCommands::add_to(CLI::App& app) {
    cert_ = app.add_subcommand("cert", "Certificates for AS2: list, check, request, import, roll over");
    cert_->require_subcommand(1);
    cert_->fallthrough();
    add_list();
    add_check();
    add_request();
    add_import();
    add_rollover();
}

void CertCommands::add_list() {
    list_ = cert_->add_subcommand("list", "All certificates that wharf.yaml and channels name");
    list_->add_option("--channel", channel_, "Only those of this channel");
    list_->add_flag("--json", json_, "As JSON");
}

void CertCommands::add_check() {
    check_ = cert_->add_subcommand("check", "What ends, has ended, is weak or cannot be read; exit code 1 when there is any (for cron)");
    check_->add_option("--days", ahead_, "What ends within so many days (default 30)")->check(CLI::Range(0, 3660))->type_name("N");
    check_->add_flag("--json", json_, "As JSON");
}

void CertCommands::add_request() {
    request_ = cert_->add_subcommand("request", "Make a key with a certificate that signs itself, or a request for an authority");
    request_->add_option("NAME", name_, "Name of the files: NAME.key, NAME.pem or NAME.csr")->required();
    request_->add_option("--subject", subject_, "Whose it is: CN=WHARF,O=Example Inc,C=US (default: CN=NAME)")->type_name("SUBJECT");
    request_->add_option("--email", emails_, "E-mail address in it")->type_name("ADDRESS");
    request_->add_option("--host", hosts_, "Name of a host in it")->type_name("HOST");
    request_->add_option("--bits", bits_, "Size of the RSA key (default 3072)")->check(CLI::IsMember({2048, 3072, 4096}))->type_name("N");
    request_->add_option("--days", term_, "How long it is valid (default 1095)")->check(CLI::Range(1, 7300))->type_name("N");
    request_->add_flag("--csr", for_authority_, "A request (PKCS#10) for an authority, in place of a certificate");
    request_->add_option("--into", folder_, "Folder of the files (default: keys beside wharf.yaml)")->type_name("DIR");
    passphrase_.add_to(*request_, "Passphrase of the key");
}

void CertCommands::add_import() {
    import_ = cert_->add_subcommand("import", "Take in a partner's certificate, or the answer to a request of ours");
    import_->add_option("FILE", file_, "What came: PEM, DER or PKCS#7 (.p7b)")->required();
    import_->add_option("--channel", channel_, "The AS2 channel whose partner sent it");
    import_->add_option("--fingerprint", fingerprint_, "SHA-256 or SHA-1 as the partner read it out; another certificate is refused")->type_name("HEX");
    import_->add_option("--from", from_, "We encrypt for it from this day (UTC) on, or this time: 2026-12-01T06:00-05:00 (default: at once)")->type_name("WHEN");
    import_->add_option("--use", use_, "What it is for (default both)")->check(CLI::IsMember({"both", "signing", "encryption"}))->type_name("USE");
    import_->add_option("--key", key_, "It is ours: the answer to a request made with this key")->type_name("FILE");
    passphrase_.add_to(*import_, "Passphrase of that key");
    import_->add_flag("--dry-run", only_look_, "Show what it is, change nothing");
}

void CertCommands::add_rollover() {
    rollover_ = cert_->add_subcommand("rollover", "Follow our certificate by a new one from an agreed day on, and say what to do when");
    rollover_->add_option("--channel", channel_, "The channel whose certificate it is (default: that of wharf.yaml)");
    rollover_->add_option("--on", on_, "The day (UTC) from which we sign with the new one, or the time: 2026-12-01T06:00-05:00 (default: in 28 days, or a week before the old one ends)")
        ->type_name("WHEN");
    rollover_->add_flag("--again", again_, "Make one more, although one follows already");
    rollover_->add_option("--bits", bits_, "Size of the RSA key (default 3072)")->check(CLI::IsMember({2048, 3072, 4096}))->type_name("N");
    rollover_->add_option("--days", term_, "How long the new one is valid (default 1095)")->check(CLI::Range(1, 7300))->type_name("N");
}

std::optional<int> CertCommands::run(Common const& common) const {
    if (!cert_->parsed())
        return std::nullopt;
    for (auto const& text : {from_, on_})
        if (auto const wrong = partner::check_moment(text); !wrong.empty())
            return complain(invalid(fmt::format("'{}': {}", text, wrong)).error());
    if (list_->parsed())
        return list(common);
    if (check_->parsed())
        return check(common);
    if (request_->parsed())
        return request(common);
    return import_->parsed() ? import(common) : rollover(common);
}

int CertCommands::list(Common const& common) const {
    auto const configuration = load(common);
    if (!configuration)
        return could_not_run;
    auto listed = gateway::list_certificates(gateway::sources_of(*configuration), SystemClock().now());
    if (!channel_.empty())
        std::erase_if(listed, [&](auto const& one) { return one.channel != channel_; });
    if (json_) {
        print(json_list(listed));
        return clean;
    }
    for (auto const& one : listed)
        print(text_of(one));
    if (listed.empty())
        fmt::print("no certificates\n");
    return clean;
}

int CertCommands::check(Common const& common) const {
    auto const configuration = load(common);
    if (!configuration)
        return could_not_run;
    auto const found = gateway::check_certificates(gateway::sources_of(*configuration), SystemClock().now(), std::chrono::days(ahead_));
    if (json_)
        print(json_list(found));
    else
        for (auto const& one : found)
            fmt::print("{}: {}: {}\n", one.channel.empty() ? "wharf.yaml" : one.channel, to_string(one.kind), one.text);
    if (found.empty() && !json_)
        fmt::print("all certificates are good for {} days or more\n", ahead_);
    return found.empty() ? clean : findings;
}

namespace {

Result<std::string> resolve(std::string const& reference, bool asks, std::filesystem::path const& folder) {
    if (asks)
        return ask_passphrase("Passphrase");
    if (reference.empty())
        return std::string();
    auto const secret = partner::Secret::parse(reference, folder);
    if (!secret)
        return unexpected(secret.error());
    return secret->resolve();
}

} // namespace

int CertCommands::request(Common const& common) const {
    auto const base = folder_of(common);
    auto const passphrase = resolve(passphrase_.reference(), passphrase_.asks, base);
    if (!passphrase)
        return complain(passphrase.error());
    gateway::RequestOptions options;
    options.name = name_;
    options.subject = subject_.empty() ? fmt::format("CN={}", name_) : subject_;
    options.emails = emails_;
    options.hosts = hosts_;
    options.bits = bits_;
    options.term = std::chrono::days(term_);
    options.for_authority = for_authority_;
    options.folder = (folder_.empty() ? base / "keys" : std::filesystem::path(folder_)).lexically_normal();
    options.passphrase = *passphrase;
    auto const made = gateway::request_certificate(options, SystemClock().now());
    if (!made)
        return complain(made.error());
    fmt::print("made {} (the key{}; keep it here) and {}\n", made->key.string(), passphrase->empty() ? ", without a passphrase" : "", made->certificate.string());
    auto const entry_passphrase = passphrase->empty() ? std::string() : fmt::format(", passphrase: \"{}\"", passphrase_.asks ? "${env:NAME}" : passphrase_.reference());
    if (!made->made) {
        fmt::print("\nSend {} to the authority, and take its answer in with\n  wharf cert import ANSWER --key {} --channel CHANNEL\n", made->certificate.string(),
                   made->key.string());
        return clean;
    }
    show(*made->made);
    auto const in_file = [&](std::filesystem::path const& path) { // as wharf.yaml counts
        auto const relative = std::filesystem::absolute(path).lexically_relative(std::filesystem::absolute(base / "x").lexically_normal().parent_path());
        return relative.empty() || relative.native().starts_with("..") ? path.string() : relative.string();
    };
    fmt::print("\nEnter it in a channel, or for all in wharf.yaml, below as2:\n  own_certificates:\n    - {{file: {}, private_key: {}{}}}\n"
               "Send {} to the partner, and read the fingerprint to him on the telephone.\n",
               in_file(made->certificate), in_file(made->key), entry_passphrase, made->certificate.string());
    return clean;
}

int CertCommands::import(Common const& common) const {
    gateway::ImportOptions options;
    options.configuration = common.configuration;
    options.channel = channel_;
    options.file = file_;
    options.key = key_;
    options.from = from_;
    options.use = use_;
    options.fingerprint = fingerprint_;
    options.only_look = only_look_;
    if (!key_.empty()) {
        auto const passphrase = resolve(passphrase_.reference(), passphrase_.asks, folder_of(common));
        if (!passphrase)
            return complain(passphrase.error());
        options.passphrase = *passphrase;
        options.passphrase_reference = passphrase_.asks ? "${env:WHARF_AS2_PASSPHRASE}" : passphrase_.reference();
    }
    auto const done = gateway::import_certificate(options, SystemClock().now());
    if (!done)
        return complain(done.error());
    show(done->certificate);
    for (auto const& remark : done->remarks)
        fmt::print("  note     {}\n", remark);
    if (done->is_known) {
        fmt::print("\nIt is there already: {}\n", done->file.string());
        if (!done->used_instead.empty())
            fmt::print("But {} goes on being used; set `until` for it in {}.\n", done->used_instead, done->edited.string());
        return clean;
    }
    auto const verb = key_.empty() ? "encrypt for" : "sign with";
    auto const when = done->from.empty() ? std::string("at once") : fmt::format("from {} on", done->from);
    auto const in_place_of = done->replaced.empty() ? std::string() : fmt::format(", in place of {}", done->replaced);
    if (only_look_)
        fmt::print("\nnothing was changed; without --dry-run it is written to {} and entered in {}\n", done->file.string(), done->edited.string());
    else
        fmt::print("\nwritten to {}, entered in {}; a running gateway takes it up within seconds\n", done->file.string(), done->edited.string());
    if (key_.empty() && fingerprint_.empty())
        fmt::print("Compare the fingerprint with the partner on the telephone before anything depends on it{}.\n",
                   only_look_ ? "" : "; take the entry out when it differs");
    if (!done->used_instead.empty())
        fmt::print("{}we do not {} it: {} goes on being used; set `until` for it in {}.\n", key_.empty() && use_ != "encryption" ? "Signatures made with it are taken at once; " : "", verb,
                   done->used_instead, done->edited.string());
    else if (key_.empty() && use_ != "signing")
        fmt::print("{}e encrypt for it {}{}.\n", use_ == "encryption" ? "W" : "Signatures made with it are taken at once; w", when, in_place_of);
    else if (key_.empty())
        fmt::print("Signatures made with it are taken at once.\n");
    else if (!key_.empty() && use_ != "encryption")
        fmt::print("What is encrypted for it is read at once; we sign with it {}{}.\n", when, in_place_of);
    for (auto const& other : done->beside)
        fmt::print("It stands beside {}.\n", other);
    return clean;
}

int CertCommands::rollover(Common const& common) const {
    auto const done = gateway::roll_over({common.configuration, channel_, on_, bits_, std::chrono::days(term_), again_}, SystemClock().now());
    if (!done)
        return complain(done.error());
    auto const begin = partner::read_moment(done->on);
    auto const when = begin->is_day ? fmt::format("on {}, 00:00 UTC", done->on) : "at " + done->on;
    bool const is_late = done->old_one.not_after() <= SystemClock().now();
    fmt::print("our certificate {}, which {} on {}, is followed by\n", done->old_one.label(), is_late ? "ended" : "ends", day(done->old_one.not_after()));
    show(done->new_one);
    fmt::print("\ndone now\n  made {} (the key; keep it here) and {}\n  entered in {}, from {} on\n"
               "  what is encrypted for the new one is read within seconds; {}\n",
               done->key.string(), done->certificate.string(), done->edited.string(), done->on,
               !is_late ? "we go on signing with the old one"
               : begin->time <= SystemClock().now() ? "we sign with it as well: the old one cannot any more"
                                                   : fmt::format("until {} nothing is signed: the old one cannot any more, and --on today begins at once", done->on));
    if (is_late) {
        fmt::print("\nto do now\n  send {} to the partner of: {}\n     with the fingerprint above. Until a partner has imported it, he refuses what we sign\n  take the old one out of {}, "
                   "when nothing comes encrypted for it any more\n", done->certificate.string(), fmt::join(done->channels, ", "), done->edited.string());
        return clean;
    }
    fmt::print("\nto do\n  1. now: send {} to the partner of: {}\n     with the fingerprint above, and the day {}. Each should import it for signatures beside the old one,\n"
               "     and for encryption in its place\n  2. before {}: ask each whether it is in; else choose another day: `from` in {}\n"
               "  3. {}: we sign with the new one, by itself. Partners who know only one certificate of ours change then\n"
               "  4. after {}: take the old one out of {}, when nothing comes encrypted for it any more\n",
               done->certificate.string(), fmt::join(done->channels, ", "), done->on, done->on, done->edited.string(), when,
               day(std::min(done->old_one.not_after(), begin->time + std::chrono::days(28))), done->edited.string());
    return clean;
}

} // namespace wharf::tools
