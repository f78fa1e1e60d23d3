// Files written into one folder: by split, by redact.
#pragma once

#include "linter/split.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace wharf::cli {

/// Makes the folder when it is not there. A file that is there is an error unless `overwrite`; then it is replaced when the new one is
/// whole. No symbolic link is followed. A file that could not be written whole is taken away again.
class FolderSink : public linter::SplitSink {
public:
    FolderSink(std::filesystem::path folder, bool overwrite) : folder_(std::move(folder)), overwrite_(overwrite) {}
    FolderSink(FolderSink const&) = delete;
    FolderSink& operator=(FolderSink const&) = delete;
    ~FolderSink() override;

    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<void> begin(std::string const& name) override;
    [[nodiscard]] Result<void> write(std::string_view bytes) override;
    [[nodiscard]] Result<void> end() override;

private:
    [[nodiscard]] std::unexpected<Error> failed(std::string_view what) const;
    [[nodiscard]] Result<void> flush();

    std::filesystem::path folder_;
    bool overwrite_;
    int folder_handle_ = -1;
    int file_ = -1;
    std::set<std::string> written_; // names of this run: --overwrite is for files of earlier ones
    std::string name_, written_as_; // the second: beside, until it is whole
    std::string buffer_;
};

} // namespace wharf::cli
