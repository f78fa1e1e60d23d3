// Lazy: a segment, element or set is parsed when a release is first asked for it, from its own few lines; which lines
// these are is known from an index over the starts of lines, made once.
#include "grammar/dictionary.hpp"

#include "grammar/grammar_check.hpp"
#include "grammar/grammar_code_list.hpp"
#include "grammar/grammar_folder.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <unordered_map>

namespace wharf::grammar {
namespace {

struct NameHash : std::hash<std::string_view> {
    using is_transparent = void;
};
template <class Value> using ByName = std::unordered_map<std::string, std::unique_ptr<Value>, NameHash, std::equal_to<>>;

/// Blocks of one file, found by name.
class BlockIndex {
public:
    explicit BlockIndex(std::optional<GrammarText> file) : file_(std::move(file)) {}
    BlockIndex(BlockIndex const&) = delete;

    /// nullptr when the file has no such block. Safe from several threads.
    [[nodiscard]] Block const* find(std::string_view id) const {
        std::call_once(once_, [this] {
            if (!file_)
                return;
            blocks_ = split_blocks(*file_);
            std::ranges::stable_sort(blocks_, {}, &Block::id);
        });
        auto const found = std::ranges::lower_bound(blocks_, id, {}, &Block::id);
        return found == blocks_.end() || found->id != id ? nullptr : &*found;
    }

private:
    std::optional<GrammarText> file_;
    mutable std::once_flag once_;
    mutable std::vector<Block> blocks_;
};

/// What all releases share.
struct Store {
    Store(GrammarFolder files, ReleaseTable table)
        : folder(std::move(files)), releases(std::move(table)), segments(folder.find("segments")),
          elements(folder.find("elements")) {}

    GrammarFolder const folder;
    ReleaseTable const releases;
    BlockIndex const segments;
    BlockIndex const elements;
};

class FileDictionary final : public Dictionary {
public:
    FileDictionary(std::shared_ptr<Store const> store, unsigned release)
        : store_(std::move(store)), release_(release), name_(store_->releases.all()[release].id) {}

    [[nodiscard]] std::string const& release() const override { return name_; }

    [[nodiscard]] SetDefinition const* set(std::string_view id) const override {
        std::scoped_lock const lock(mutex_);
        return kept<SetDefinition>(sets_, id, [&]() -> std::unique_ptr<SetDefinition> {
            auto const file = store_->folder.find(std::string("sets/").append(id));
            if (!file)
                return nullptr;
            Problems uncounted; // of an overlay they were reported by open(); the binary's own have none
            auto const entry = read_set(*file, store_->releases, uncounted);
            return lives(entry.life) ? made(view_set(entry, store_->releases, release_)) : nullptr;
        });
    }

    [[nodiscard]] SegmentDefinition const* segment(std::string_view id) const override {
        std::scoped_lock const lock(mutex_);
        return kept<SegmentDefinition>(segments_, id, [&]() -> std::unique_ptr<SegmentDefinition> {
            auto const* const block = store_->segments.find(id);
            if (block == nullptr)
                return nullptr;
            Problems uncounted;
            auto const entry = read_segment(*block, store_->releases, uncounted);
            if (!lives(entry.life))
                return nullptr;
            auto segment = made(view_segment(entry, release_));
            if (value_in(entry.keys, release_) == nullptr)
                segment->key = first_coded(*segment);
            return segment;
        });
    }

    [[nodiscard]] ElementDefinition const* element(std::string_view number) const override {
        std::scoped_lock const lock(mutex_);
        return find_element(number);
    }

    [[nodiscard]] CompositeDefinition const* composite(std::string_view id) const override {
        std::scoped_lock const lock(mutex_);
        return kept<CompositeDefinition>(composites_, id, [&]() -> std::unique_ptr<CompositeDefinition> {
            auto const* const block = store_->elements.find(id);
            if (block == nullptr || !id.starts_with('C'))
                return nullptr;
            Problems uncounted;
            auto const entry = read_composite(*block, store_->releases, uncounted);
            return lives(entry.life) ? made(view_composite(entry, release_)) : nullptr;
        });
    }

    [[nodiscard]] CodeList const* codes(std::string_view element) const override {
        std::scoped_lock const lock(mutex_);
        return find_codes(element);
    }

    [[nodiscard]] std::vector<std::string> sets() const override {
        std::vector<std::string> ids;
        for (auto const& name : store_->folder.names("sets/")) {
            auto const file = store_->folder.find(name);
            if (file && lives(read_set_head(*file, store_->releases).life))
                ids.push_back(name.substr(name.find('/') + 1));
        }
        return ids;
    }

    [[nodiscard]] std::vector<SetRow> const& envelope() const override {
        std::scoped_lock const lock(mutex_);
        if (!envelope_) {
            envelope_.emplace();
            if (auto const file = store_->folder.find("envelope")) {
                Problems uncounted;
                envelope_ = view_set(read_envelope(*file, store_->releases, uncounted), store_->releases, release_).rows;
            }
        }
        return *envelope_;
    }

private:
    template <class Value> static std::unique_ptr<Value> made(Value value) {
        return std::make_unique<Value>(std::move(value));
    }
    /// What was found, or found missing, is kept.
    template <class Value, class Make> static Value const* kept(ByName<Value>& map, std::string_view id, Make&& make) {
        auto found = map.find(id);
        if (found == map.end())
            found = map.emplace(std::string(id), make()).first;
        return found->second.get();
    }
    [[nodiscard]] bool lives(ReleaseMask life) const { return (life >> release_ & 1) != 0; }

    // the mutex is held for these

    ElementDefinition const* find_element(std::string_view number) const {
        return kept<ElementDefinition>(elements_, number, [&]() -> std::unique_ptr<ElementDefinition> {
            auto const* const block = store_->elements.find(number);
            if (block == nullptr || number.starts_with('C'))
                return nullptr;
            Problems uncounted;
            auto const entry = read_element(*block, store_->releases, uncounted);
            return lives(entry.life) ? made(view_element(entry, release_)) : nullptr;
        });
    }

    HashedCodeList const* find_codes(std::string_view element) const {
        return kept<HashedCodeList>(codes_, element, [&]() -> std::unique_ptr<HashedCodeList> {
            auto const* const definition = find_element(element);
            auto file = store_->folder.find(std::string("codes/").append(element));
            if (definition == nullptr || !file || !lives(read_codes_head(*file, store_->releases).life))
                return nullptr;
            return std::make_unique<HashedCodeList>(std::move(*file), store_->releases, release_);
        });
    }

    /// The qualifier when nothing else is said: the first element that has a code list.
    std::uint8_t first_coded(SegmentDefinition const& segment) const {
        for (auto const& use : segment.elements)
            if (!use.reference.starts_with('C') && find_codes(use.reference) != nullptr)
                return use.position;
        return 0;
    }

    std::shared_ptr<Store const> store_;
    unsigned release_;
    std::string name_;
    mutable std::mutex mutex_; // of all below
    mutable ByName<SetDefinition> sets_;
    mutable ByName<SegmentDefinition> segments_;
    mutable ByName<ElementDefinition> elements_;
    mutable ByName<CompositeDefinition> composites_;
    mutable ByName<HashedCodeList> codes_;
    mutable std::optional<std::vector<SetRow>> envelope_;
};

class FileGrammars final : public Grammars {
public:
    explicit FileGrammars(std::shared_ptr<Store const> store)
        : store_(std::move(store)), dictionaries_(store_->releases.all().size()) {}

    [[nodiscard]] std::vector<std::string> releases() const override {
        std::vector<std::string> ids;
        for (auto const& release : store_->releases.all())
            ids.push_back(release.id);
        return ids;
    }

    [[nodiscard]] std::string interchange_version(std::string_view release) const override {
        int const index = store_->releases.find(release);
        return index < 0 ? std::string() : store_->releases.all()[static_cast<std::size_t>(index)].interchange_version;
    }

    [[nodiscard]] ReleaseMatch match_release(std::string_view gs08) const override { return store_->releases.match(gs08); }

    [[nodiscard]] std::shared_ptr<Dictionary const> dictionary(std::string_view release) const override {
        int const index = store_->releases.find(release);
        if (index < 0)
            return nullptr;
        std::scoped_lock const lock(mutex_);
        auto& dictionary = dictionaries_[static_cast<std::size_t>(index)];
        if (!dictionary)
            dictionary = std::make_shared<FileDictionary>(store_, static_cast<unsigned>(index));
        return dictionary;
    }

    [[nodiscard]] std::optional<File> file(std::string_view name) const override {
        auto const found = store_->folder.find(name);
        return found ? std::optional(File{found->name, found->text}) : std::nullopt;
    }

private:
    std::shared_ptr<Store const> store_;
    mutable std::mutex mutex_;
    mutable std::vector<std::shared_ptr<Dictionary const>> dictionaries_;
};

} // namespace

std::expected<std::shared_ptr<Grammars const>, Diagnostics>
Grammars::open(std::optional<std::filesystem::path> const& overlay) {
    auto folder = GrammarFolder::load(overlay);
    if (!folder)
        return std::unexpected(std::move(folder.error()));
    if (folder->has_overlay())
        if (auto findings = check_grammars(*folder); !findings.empty())
            return std::unexpected(std::move(findings));
    Problems none;
    auto const file = folder->find("releases");
    auto releases = read_releases(*file, none);
    return std::make_shared<FileGrammars>(std::make_shared<Store>(std::move(*folder), std::move(releases)));
}

} // namespace wharf::grammar
