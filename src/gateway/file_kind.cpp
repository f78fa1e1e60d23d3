#include "gateway/file_kind.hpp"

#include "diagnostic/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace wharf::gateway {

namespace {

using namespace std::string_view_literals;

struct Signature {
    std::string_view begin;
    std::string_view name;
};

constexpr std::array signatures = {
    Signature{"\xFF\xD8\xFF"sv, "a JPEG image"},
    Signature{"\x89PNG"sv, "a PNG image"},
    Signature{"GIF8"sv, "a GIF image"},
    Signature{"II*\0"sv, "a TIFF image"},
    Signature{"MM\0*"sv, "a TIFF image"},
    Signature{"%PDF-"sv, "a PDF document"},
    Signature{"PK\x03\x04"sv, "a ZIP archive (or an Office document)"},
    Signature{"\x1F\x8B"sv, "a gzip archive"},
    Signature{"BZh"sv, "a bzip2 archive"},
    Signature{"\xFD"
              "7zXZ"sv,
              "an xz archive"},
    Signature{"7z\xBC\xAF"sv, "a 7-Zip archive"},
    Signature{"\xD0\xCF\x11\xE0"sv, "an old Office document"},
    Signature{"\x7F"
              "ELF"sv,
              "a program"},
    Signature{"-----BEGIN PGP"sv, "a PGP-encrypted file"},
    Signature{"MIME-Version:"sv, "a MIME message"},
    Signature{"<?xml"sv, "an XML document"},
    Signature{"<!DOCTYPE"sv, "a web page"},
    Signature{"<html"sv, "a web page"},
    Signature{"{"sv, "a JSON document"},
    Signature{"["sv, "a JSON document"},
};

std::string_view skip_blank(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    auto const first = text.find_first_not_of(" \t\r\n\f\v");
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text.substr(0, 512), [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte >= 0x20 ? byte != 0x7f : c == '\n' || c == '\r' || c == '\t' || c == '\f';
    });
}

bool is_utf16(std::string_view text) { return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"); }

} // namespace

Diagnostic describe_foreign_file(std::string_view bytes, std::string_view file_name) {
    auto place = [&](Diagnostic diagnostic) {
        diagnostic.place.file = file_name;
        diagnostic.place.has_offset = true;
        return diagnostic;
    };
    auto const text = skip_blank(bytes);
    if (text.empty())
        return place(make_diagnostic(
            "GATEWAY-0001", bytes.empty() ? "the file is empty" : fmt::format("the file holds {} blank bytes", bytes.size()),
            "ask the sender to send the file again; nothing was lost on our side, it arrived this way"));
    if (text.starts_with("UNA") || text.starts_with("UNB"))
        return place(make_diagnostic("GATEWAY-0003",
                                     "the file is an EDIFACT interchange (it begins with " + std::string(text.substr(0, 3)) +
                                         "); this channel takes X12",
                                     "ask the sender for X12 (ISA…IEA), or route the file to a system that reads EDIFACT"));
    if (text.starts_with("ISA") || text.starts_with("GS") || text.starts_with("ST"))
        return place(make_diagnostic(
            "GATEWAY-0004",
            text.starts_with("ISA")
                ? fmt::format("the file begins with ISA, but its ISA segment is cut short or broken ({} bytes in all)", bytes.size())
                : fmt::format("the file begins with {}: the envelope (ISA) is missing", text.substr(0, 2)),
            "an ISA segment has 106 bytes with its terminator and 16 elements of fixed length; the upload was probably cut: "
            "ask the sender to send the file again"));
    for (auto const& signature : signatures)
        if (bytes.starts_with(signature.begin) || text.starts_with(signature.begin))
            return place(make_diagnostic("GATEWAY-0002", fmt::format("the file is {}, not X12", signature.name),
                                         "ask the sender what it was meant to be; the bytes are kept (wharf message raw)"));
    std::string_view const kind = is_utf16(bytes)       ? "text in UTF-16"
                                  : is_printable(bytes) ? "plain text without an ISA segment"
                                                        : "binary data of an unknown kind";
    return place(make_diagnostic("GATEWAY-0002", fmt::format("the file is {}, not X12", kind),
                                 "an X12 file begins with the three bytes ISA; ask the sender what it was meant to be; the "
                                 "bytes are kept (wharf message raw)"));
}

} // namespace wharf::gateway
