#include "partner/secret.hpp"

#include "base/file.hpp"

#include <cstdlib>
#include <fmt/format.h>

namespace wharf::partner {
namespace {

constexpr std::uint64_t longest = 64 << 10;

bool is_variable_name(std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        char const c = name[i];
        bool const letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9')) return false;
    }
    return !name.empty();
}

} // namespace

Result<Secret> Secret::parse(std::string_view text, std::filesystem::path const& folder) {
    constexpr std::string_view environment = "${env:", file = "${file:";
    Secret secret;
    secret.reference_ = text;
    bool const closed = text.ends_with('}');
    if (closed && text.starts_with(environment)) {
        auto const name = text.substr(environment.size(), text.size() - environment.size() - 1);
        if (!is_variable_name(name))
            return invalid("the name of the environment variable may hold letters, digits and '_' only");
        secret.source_ = Source::environment;
        secret.name_ = name;
        return secret;
    }
    if (closed && text.starts_with(file)) {
        auto const name = text.substr(file.size(), text.size() - file.size() - 1);
        if (name.empty() || name.find('\0') != std::string_view::npos) return invalid("the reference names no file");
        secret.source_ = Source::file;
        secret.name_ = (std::filesystem::absolute(folder) / name).lexically_normal().string();
        return secret;
    }
    return invalid("a secret is written as a reference, ${env:NAME} or ${file:path}, never as itself");
}

Result<std::string> Secret::resolve_text() const {
    if (empty()) return std::string{};
    std::string content;
    if (source_ == Source::environment) {
        char const* const value = std::getenv(name_.c_str());
        if (!value) return invalid(fmt::format("the environment variable {} is not set", name_));
        content = value;
    } else {
        auto read = read_file(name_, longest);
        if (!read) return invalid(fmt::format("the secret {}: {}", reference_, read.error().message));
        content = std::move(*read);
    }
    if (content.empty()) return invalid(fmt::format("the secret {} is empty", reference_));
    return content;
}

Result<std::string> Secret::resolve() const {
    auto content = resolve_text();
    if (!content || empty()) return content;
    if (source_ == Source::file) {
        if (content->ends_with('\n')) content->pop_back();
        if (content->ends_with('\r')) content->pop_back();
    }
    if (content->empty()) return invalid(fmt::format("the secret {} is empty", reference_));
    if (content->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
        return invalid(fmt::format("the secret {} holds a line break or NUL inside; it must be one line", reference_));
    return content;
}

} // namespace wharf::partner
