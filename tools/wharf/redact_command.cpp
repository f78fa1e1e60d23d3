#include "base/file.hpp"
#include "linter/redact.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/folder_sink.hpp"
#include "tools/wharf/output.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/random.h>
#include <unistd.h>

namespace wharf::cli {
namespace {

constexpr std::size_t key_bytes = 16;

std::string random_key() {
    std::array<unsigned char, key_bytes> bits{};
    if (::getrandom(bits.data(), bits.size(), 0) != static_cast<ssize_t>(bits.size())) return {};
    std::string text;
    for (auto const byte : bits)
        text += fmt::format("{:02x}", byte);
    return text;
}

/// Made for its owner alone; nothing when the file cannot be written.
std::optional<std::string> make_key_file(std::filesystem::path const& path) {
    auto key = random_key();
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    auto const line = key + "\n";
    bool const written = file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    if (!written) trouble(fmt::format("cannot write the key file {}: {}", path.string(), std::strerror(errno)));
    if (file >= 0) ::close(file);
    return written ? std::optional(line) : std::nullopt;
}

std::optional<std::string> key_of(RedactCommand const& command) {
    if (command.key_file.empty()) return random_key();
    if (!std::filesystem::exists(command.key_file)) return make_key_file(command.key_file);
    auto key = read_file(command.key_file, 1 << 20);
    if (!key) {
        trouble(key.error().message);
        return std::nullopt;
    }
    if (key->size() < key_bytes) {
        trouble(fmt::format("{} has {} bytes; a key has {} or more", command.key_file.string(), key->size(), key_bytes));
        return std::nullopt;
    }
    return *std::move(key);
}

Result<void> store(FolderSink& sink, std::string const& file, std::string_view text) {
    auto const name = file == "-" ? std::string("stdin.x12") : std::filesystem::path(file).filename().string();
    if (auto ok = sink.begin(name); !ok) return ok;
    if (auto ok = sink.write(text); !ok) return ok;
    return sink.end();
}

/// False: the folder fails, and going on makes no sense.
bool redact_one(std::string const& file, RedactCommand const& command, linter::PseudonymKey const& key, grammar::SchemaCache& schemas, FolderSink& sink, Outcome& outcome) {
    auto const text = read_file(file, command.max_bytes);
    if (!text) {
        outcome.failed();
        trouble(unreadable(text.error()));
        return true;
    }
    auto const made = linter::redact(*text, file, schemas, key, {command.identifiers, command.envelope});
    if (!made) {
        outcome.found();
        trouble(fmt::format("cannot redact {}: {}", file, made.error().message));
        return true;
    }
    if (command.into.empty()) {
        if (!print(made->text)) outcome.failed();
        return true;
    }
    if (auto const stored = store(sink, file, made->text); !stored) {
        outcome.failed();
        trouble(stored.error().message);
        return false;
    }
    return true;
}

} // namespace

int run(RedactCommand const& command) {
    if (command.into.empty() && command.files.size() > 1) {
        trouble("several files need --into DIR");
        return could_not_run;
    }
    auto grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) {
        print_beside(grammars.error());
        trouble("the grammar files cannot be used; nothing was redacted");
        return could_not_run;
    }
    auto const secret = key_of(command);
    if (!secret) return could_not_run;
    if (secret->empty()) {
        trouble("the system gives no random numbers; name a --key-file");
        return could_not_run;
    }
    FolderSink sink(command.into, command.overwrite);
    if (!command.into.empty())
        if (auto const opened = sink.open(); !opened) {
            trouble(opened.error().message);
            return could_not_run;
        }
    grammar::SchemaCache schemas(*std::move(grammars));
    linter::PseudonymKey const key(*secret);
    Outcome outcome;
    for (auto const& file : command.files)
        if (!redact_one(file, command, key, schemas, sink, outcome)) break;
    return outcome.exit_code();
}

} // namespace wharf::cli
