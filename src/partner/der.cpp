#include "partner/der.hpp"

#include "base/base64.hpp"

#include <cstdint>
#include <iterator>
#include <utility>

namespace wharf::partner::der {

std::optional<Element> take(std::string_view& rest) {
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(rest[at]); };
    if (rest.size() < 2) return std::nullopt;
    std::size_t head = 2;
    std::uint64_t length = byte(1);
    if (length >= 0x80) {
        auto const count = length & 0x7F;
        if (count == 0 || count > 4 || rest.size() < 2 + count) return std::nullopt;
        length = 0;
        for (; head < 2 + count; ++head)
            length = length << 8 | byte(head);
    }
    if (length > rest.size() - head) return std::nullopt;
    Element const element{byte(0), rest.substr(head, length)};
    rest.remove_prefix(head + length);
    return element;
}

std::optional<std::string_view> inside(std::string_view& rest, unsigned tag) {
    auto const element = take(rest);
    if (!element || element->tag != tag) return std::nullopt;
    return element->content;
}

std::vector<std::string> pem_blocks(std::string_view text, std::string_view label) {
    auto const begin_line = "-----BEGIN " + std::string(label) + "-----", end_line = "-----END " + std::string(label) + "-----";
    std::vector<std::string> blocks;
    for (auto begin = text.find(begin_line); begin != std::string_view::npos; begin = text.find(begin_line, begin)) {
        begin += begin_line.size();
        auto const end = text.find(end_line, begin);
        if (end == std::string_view::npos) break;
        auto const body = text.substr(begin, end - begin);
        if (!body.contains(':')) blocks.push_back(decode_base64(body)); // else there is a head: "Proc-Type: 4,ENCRYPTED"
        begin = end;
    }
    return blocks;
}

std::vector<std::string> certificates(std::string_view bytes) {
    std::vector<std::string> all;
    for (std::string_view const label : {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"})
        for (auto& one : pem_blocks(bytes, label))
            all.push_back(std::move(one));
    if (all.empty() && bytes.find("-----BEGIN") == std::string_view::npos) all.emplace_back(bytes);
    return all;
}

std::optional<std::string_view> behind_serial_number(std::string_view bytes) {
    auto const certificate = inside(bytes, sequence);
    if (!certificate) return std::nullopt;
    auto rest = *certificate;
    auto const signed_part = inside(rest, sequence);
    if (!signed_part) return std::nullopt;
    rest = *signed_part;
    if (rest.starts_with(static_cast<char>(tagged_0)) && !take(rest)) return std::nullopt; // the version
    if (!inside(rest, integer)) return std::nullopt;
    return rest;
}

} // namespace wharf::partner::der
