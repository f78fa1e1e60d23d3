// The archive of an evidence. libarchive stays in this file.
#include "gateway/evidence.hpp"

#include "gateway/context.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <memory>

namespace wharf::gateway {

namespace fs = std::filesystem;

namespace {

using Archive = std::unique_ptr<::archive, decltype([](::archive* archive) { ::archive_write_free(archive); })>;
using Entry = std::unique_ptr<::archive_entry, decltype([](::archive_entry* entry) { ::archive_entry_free(entry); })>;

std::unexpected<Error> failed(::archive* archive) {
    auto const* why = ::archive_error_string(archive);
    return temporary(fmt::format("cannot write the archive: {}", why == nullptr ? "no reason is known" : why));
}

Result<void> add(::archive* archive, Evidence const& evidence, EvidenceFile const& file) {
    Entry const entry(::archive_entry_new());
    ::archive_entry_set_pathname(entry.get(), fmt::format("{}/{}", evidence.name, file.name).c_str());
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.content.size()));
    ::archive_entry_set_filetype(entry.get(), AE_IFREG);
    ::archive_entry_set_perm(entry.get(), file.is_executable ? 0755 : 0644);
    ::archive_entry_set_mtime(entry.get(), std::chrono::floor<std::chrono::seconds>(evidence.made_at).time_since_epoch().count(), 0);
    if (::archive_write_header(archive, entry.get()) != ARCHIVE_OK)
        return failed(archive);
    return file.content.each_block([&](std::string_view block) -> Result<void> {
        auto const written = ::archive_write_data(archive, block.data(), block.size());
        return written == static_cast<la_ssize_t>(block.size()) ? Result<void>() : failed(archive);
    });
}

Result<void> write_to(Evidence const& evidence, char const* file) {
    Archive const archive(::archive_write_new());
    ::archive_write_set_format_pax_restricted(archive.get());
    ::archive_write_add_filter_gzip(archive.get());
    if (::archive_write_open_filename(archive.get(), file) != ARCHIVE_OK) // nullptr: standard output
        return failed(archive.get());
    for (auto const& one : evidence.files)
        WHARF_TRY(add(archive.get(), evidence, one));
    return ::archive_write_close(archive.get()) == ARCHIVE_OK ? Result<void>() : failed(archive.get());
}

} // namespace

Result<void> write_archive(Evidence const& evidence, fs::path const& file) {
    if (file == "-")
        return write_to(evidence, nullptr);
    auto beside = file;
    beside += ".new";
    std::error_code code;
    if (auto written = write_to(evidence, beside.c_str()); !written) {
        fs::remove(beside, code);
        return written;
    }
    fs::rename(beside, file, code);
    return code ? temporary(fmt::format("cannot make {}: {}", file.string(), code.message())) : Result<void>();
}

} // namespace wharf::gateway
