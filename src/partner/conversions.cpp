#include "partner/conversions.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>

namespace wharf::partner {
namespace {

/// Digits only: no sign, no blanks, no octal.
bool parse_digits(std::string_view text, std::uint64_t& out) {
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

struct Unit {
    std::string_view word;
    std::uint64_t size;
};
constexpr std::array<Unit, 5> time_units = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 4> byte_units = {{{"GB", 1ULL << 30}, {"MB", 1ULL << 20}, {"KB", 1ULL << 10}, {"B", 1}}};

/// "15m": digits and a unit. 0 needs none.
bool parse_with_unit(std::string_view text, auto const& units, std::uint64_t& out) {
    auto const digits = text.substr(0, text.find_first_not_of("0123456789"));
    std::uint64_t number = 0;
    if (!parse_digits(digits, number)) return false;
    auto const word = text.substr(digits.size());
    if (word.empty() && number == 0) {
        out = 0;
        return true;
    }
    for (auto const& unit : units)
        if (unit.word == word && number <= (1ULL << 53) / unit.size) {
            out = number * unit.size;
            return true;
        }
    return false;
}

/// The greatest unit that leaves no rest.
std::string show_with_unit(std::uint64_t value, auto const& units) {
    for (auto const& unit : units)
        if (value > 0 && value % unit.size == 0) return fmt::format("{}{}", value / unit.size, unit.word);
    return "0";
}

} // namespace

std::string Conversion<std::string>::parse(std::string_view text, std::string& out, Reader&) {
    out = text;
    return {};
}
std::string Conversion<std::string>::show(std::string const& value) {
    return value;
}
std::string Conversion<std::string>::type() {
    return "text";
}
// Other YAML readers take 004010 for a number; for us it is text in any case.
std::string Conversion<std::string>::json_type() {
    return R"("type": ["string", "number"])";
}

std::string Conversion<bool>::parse(std::string_view text, bool& out, Reader&) {
    if (text != "yes" && text != "no" && text != "true" && text != "false") return "it must be yes or no";
    out = text == "yes" || text == "true";
    return {};
}
std::string Conversion<bool>::show(bool const& value) {
    return value ? "yes" : "no";
}
std::string Conversion<bool>::type() {
    return "yes or no";
}
std::string Conversion<bool>::json_type() {
    return R"("enum": [true, false, "yes", "no"])";
}

std::string Conversion<char>::parse(std::string_view text, char& out, Reader&) {
    unsigned code = 0;
    if (text.empty())
        out = '\0';
    else if (text.size() == 1)
        out = text[0];
    else if (text.size() == 4 && text.starts_with("0x") &&
             std::from_chars(text.data() + 2, text.data() + 4, code, 16).ptr == text.data() + 4)
        out = static_cast<char>(code);
    else
        return "it must be one character, or its code as 0x and two hexadecimal digits (0x0A is a line feed)";
    return {};
}
std::string Conversion<char>::show(char const& value) {
    if (value == '\0') return {};
    if (value > ' ' && value <= '~') return std::string(1, value);
    return fmt::format("0x{:02X}", static_cast<unsigned char>(value));
}
std::string Conversion<char>::type() {
    return "character";
}
std::string Conversion<char>::json_type() {
    return R"("type": "string", "pattern": "^(.?|0x[0-9A-Fa-f]{2})$")";
}

std::string Conversion<std::uint16_t>::parse(std::string_view text, std::uint16_t& out, Reader&) {
    std::uint64_t number = 0;
    if (!parse_digits(text, number) || number < 1 || number > 65535) return "a port is a number from 1 to 65535";
    out = static_cast<std::uint16_t>(number);
    return {};
}
std::string Conversion<std::uint16_t>::show(std::uint16_t const& value) {
    return std::to_string(value);
}
std::string Conversion<std::uint16_t>::type() {
    return "port";
}
std::string Conversion<std::uint16_t>::json_type() {
    return R"("type": "integer", "minimum": 1, "maximum": 65535)";
}

std::string Conversion<PortOrNone>::parse(std::string_view text, PortOrNone& out, Reader& reader) {
    if (text == "0") out.number = 0;
    else if (!Conversion<std::uint16_t>::parse(text, out.number, reader).empty()) return "a port is a number from 1 to 65535; 0: none";
    return {};
}
std::string Conversion<PortOrNone>::show(PortOrNone const& value) {
    return std::to_string(value.number);
}
std::string Conversion<PortOrNone>::type() {
    return "port";
}
std::string Conversion<PortOrNone>::json_type() {
    return R"("type": "integer", "minimum": 0, "maximum": 65535)";
}

std::string Conversion<CountOrNone>::parse(std::string_view text, CountOrNone& out, Reader& reader) {
    if (text == "0") out.number = 0;
    else if (!Conversion<unsigned>::parse(text, out.number, reader).empty()) return "it must be a number from 0 to 1000000";
    return {};
}
std::string Conversion<CountOrNone>::show(CountOrNone const& value) {
    return std::to_string(value.number);
}
std::string Conversion<CountOrNone>::type() {
    return "number";
}
std::string Conversion<CountOrNone>::json_type() {
    return R"("type": "integer", "minimum": 0, "maximum": 1000000)";
}

std::string Conversion<ControlNumber>::parse(std::string_view text, ControlNumber& out, Reader&) {
    std::uint64_t number = 0;
    if (!parse_digits(text, number) || number < 1 || number > 999'999'999) return "a control number is a number from 1 to 999999999";
    out.number = static_cast<std::uint32_t>(number);
    return {};
}
std::string Conversion<ControlNumber>::show(ControlNumber const& value) {
    return std::to_string(value.number);
}
std::string Conversion<ControlNumber>::type() {
    return "number";
}
std::string Conversion<ControlNumber>::json_type() {
    return R"("type": "integer", "minimum": 1, "maximum": 999999999)";
}

std::string Conversion<unsigned>::parse(std::string_view text, unsigned& out, Reader&) {
    std::uint64_t number = 0;
    if (!parse_digits(text, number) || number < 1 || number > 1'000'000) return "it must be a number from 1 to 1000000";
    out = static_cast<unsigned>(number);
    return {};
}
std::string Conversion<unsigned>::show(unsigned const& value) {
    return std::to_string(value);
}
std::string Conversion<unsigned>::type() {
    return "number";
}
std::string Conversion<unsigned>::json_type() {
    return R"("type": "integer", "minimum": 1, "maximum": 1000000)";
}

std::string Conversion<std::uint64_t>::parse(std::string_view text, std::uint64_t& out, Reader&) {
    if (!parse_with_unit(text, byte_units, out) || out == 0 || out > (2ULL << 30))
        return "it must be a size such as 500KB, 100MB or 1GB, at most 2GB";
    return {};
}
std::string Conversion<std::uint64_t>::show(std::uint64_t const& value) {
    return show_with_unit(value, byte_units);
}
std::string Conversion<std::uint64_t>::type() {
    return "size";
}
std::string Conversion<std::uint64_t>::json_type() {
    return R"("type": "string", "pattern": "^[0-9]+(B|KB|MB|GB)$")";
}

std::string Conversion<std::chrono::milliseconds>::parse(std::string_view text, std::chrono::milliseconds& out,
                                                         Reader&) {
    std::uint64_t value = 0;
    if (!parse_with_unit(text, time_units, value) || value > 366ULL * 86'400'000)
        return "it must be a time such as 500ms, 30s, 15m, 4h or 2d, at most 366d";
    out = std::chrono::milliseconds(value);
    return {};
}
std::string Conversion<std::chrono::milliseconds>::show(std::chrono::milliseconds const& value) {
    return show_with_unit(static_cast<std::uint64_t>(value.count()), time_units);
}
std::string Conversion<std::chrono::milliseconds>::type() {
    return "time";
}
std::string Conversion<std::chrono::milliseconds>::json_type() {
    return R"("type": ["string", "integer"], "pattern": "^(0|[0-9]+(ms|s|m|h|d))$", "maximum": 0)";
}

std::string Conversion<std::chrono::seconds>::parse(std::string_view text, std::chrono::seconds& out, Reader& reader) {
    std::chrono::milliseconds value{};
    auto wrong = Conversion<std::chrono::milliseconds>::parse(text, value, reader);
    if (wrong.empty() && value.count() % 1000 != 0) return "it must be whole seconds, such as 30s, 15m, 4h or 2d";
    out = std::chrono::duration_cast<std::chrono::seconds>(value);
    return wrong;
}
std::string Conversion<std::chrono::seconds>::show(std::chrono::seconds const& value) {
    return Conversion<std::chrono::milliseconds>::show(value);
}
std::string Conversion<std::chrono::seconds>::type() {
    return "time";
}
std::string Conversion<std::chrono::seconds>::json_type() {
    return R"("type": ["string", "integer"], "pattern": "^(0|[0-9]+(s|m|h|d))$", "maximum": 0)";
}

std::string Conversion<std::filesystem::path>::parse(std::string_view text, std::filesystem::path& out, Reader&) {
    if (text.find('\0') != std::string_view::npos) return "a path holds no NUL";
    out = text;
    return {};
}
std::string Conversion<std::filesystem::path>::show(std::filesystem::path const& value) {
    return value.string();
}
std::string Conversion<std::filesystem::path>::type() {
    return "path";
}
std::string Conversion<std::filesystem::path>::json_type() {
    return R"("type": "string")";
}

std::string Conversion<Secret>::parse(std::string_view text, Secret& out, Reader& reader) {
    auto secret = Secret::parse(text, reader.folder);
    if (!secret) return secret.error().message;
    out = std::move(*secret);
    return {};
}
std::string Conversion<Secret>::show(Secret const& value) {
    return value.reference();
}
std::string Conversion<Secret>::type() {
    return "secret";
}
std::string Conversion<Secret>::json_type() {
    return R"("type": "string", "pattern": "^\\$\\{(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)\\}$")";
}

} // namespace wharf::partner
