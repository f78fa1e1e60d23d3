// The clean sets of the sample folder, when it is there: what partners really send.
#pragma once

#include "base/file.hpp"
#include "grammar/interchange.hpp"
#include "support/all_sets.hpp"
#include "support/reference_validator.hpp"

#include <algorithm>
#include <filesystem>

namespace wharf::test {

[[nodiscard]] inline std::filesystem::path sample_folder() {
    auto const* variable = std::getenv("WHARF_SAMPLES");
    return variable != nullptr ? variable : WHARF_SOURCE_DIR "/../shared/samples";
}

/// Empty when there are no samples. Sets with any fault are left out.
[[nodiscard]] inline std::vector<Document> real_sets() {
    std::vector<Document> documents;
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(sample_folder(), error))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    std::ranges::sort(files);
    for (auto const& file : files) {
        auto const text = read_file(file, 1 << 24);
        if (!text)
            continue;
        grammar::InterchangeReader reader(*text, file.filename().string(), schemas());
        while (reader.next()) {
            auto const& item = reader.item();
            if (item.kind != grammar::ItemKind::transaction_set || !item.schema || item.part == nullptr)
                continue;
            auto const& list = item.part->segments;
            Document document{item.schema, list.delimiters(), {}};
            for (std::size_t i = 0; i < list.size(); ++i)
                document.segments.emplace_back(list[i].bytes());
            if (document.segments.size() < 3)
                continue;
            if (auto const verdict = judge(document); !verdict.structure && verdict.elements.empty())
                documents.push_back(std::move(document));
        }
    }
    return documents;
}

} // namespace wharf::test
