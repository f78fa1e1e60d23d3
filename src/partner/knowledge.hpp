// Grammars, translators and guides as profiles name them: loaded once, checked against every profile, shared by the gateway and
// `wharf partner check`.
//
// Immutable but for its caches; thread-safe. The Configuration must outlive it and stand still: agreements are told by address.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/guide.hpp"
#include "grammar/plain_rows.hpp"
#include "grammar/schema.hpp"
#include "partner/configuration.hpp"
#include "translator/file_translator.hpp"
#include "translator/translator.hpp"

#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wharf::partner {

using Guides = std::vector<std::shared_ptr<grammar::Guide const>>;

class Knowledge {
public:
    /// Opens grammars (with an optional overlay) and translators, and loads translator and guide of every agreement of every
    /// profile. Fails with all diagnostics: a wrong grammar, map, guide or reference is refused before anything is served.
    [[nodiscard]] static std::expected<std::unique_ptr<Knowledge>, Diagnostics>
    open(Configuration const& configuration, std::optional<std::filesystem::path> const& grammars = std::nullopt);

    [[nodiscard]] grammar::SchemaCache& schemas() { return schemas_; }
    [[nodiscard]] grammar::Grammars const& grammars() const { return schemas_.grammars(); }

    struct Reading {
        std::shared_ptr<grammar::Schema const> schema;            // nullptr: no grammar for this set and release
        std::shared_ptr<translator::Translator const> translator; // nullptr: no map
    };
    /// For reading and writing a set of this release (a listed one); `map_name` empty: the shipped one of the set. The schema is
    /// the grammar's, never a guide's: that is what maps are written against.
    [[nodiscard]] std::expected<Reading, Diagnostics> reading(std::string_view release, std::string_view set,
                                                              std::string_view map_name);

    /// Reads and writes documents of an agreement whose format is not X12; nullptr for one that was not there at open().
    [[nodiscard]] std::shared_ptr<translator::FileTranslator const> file_translator(DocumentAgreement const& agreement) const;

    /// The guides that what this partner sends is checked by; empty for a profile that was not there at open().
    [[nodiscard]] Guides const& inbound_guides(PartnerProfile const& partner) const;
    /// nullptr: the agreement names none.
    [[nodiscard]] std::shared_ptr<grammar::Guide const> guide(DocumentAgreement const& agreement) const;
    /// What maps look up for this partner; nullptr: the profile has none.
    [[nodiscard]] translator::CrossReferences const* cross_references(PartnerProfile const& partner) const;
    /// GS01 of the set: "PO"; empty: not known.
    [[nodiscard]] std::string_view functional_id(DocumentAgreement const& agreement) const;
    /// The release the set is checked and mapped by when `gs08` stands over it: that of its guide, where it has one for this GS08.
    [[nodiscard]] std::string grammar_release(DocumentAgreement const& agreement, std::string_view gs08) const;
    /// The rows of a set that was checked by `guided`, as the grammar alone counts them.
    void plain_rows(grammar::Schema const& guided, grammar::Schema const& plain, std::vector<grammar::NodeIndex> const& rows,
                    std::vector<grammar::NodeIndex>& out);

private:
    friend class ProfileReferences;
    struct Known { // of an agreement
        std::shared_ptr<grammar::Guide const> guide;
        std::string functional_id;
        std::shared_ptr<translator::FileTranslator const> file; // of a format other than X12
    };

    Knowledge(std::shared_ptr<grammar::Grammars const> grammars, std::shared_ptr<translator::Translators> translators)
        : schemas_(std::move(grammars)), translators_(std::move(translators)) {}

    grammar::SchemaCache schemas_;
    std::shared_ptr<translator::Translators> translators_;
    std::unordered_map<DocumentAgreement const*, Known> known_;
    std::unordered_map<PartnerProfile const*, Guides> inbound_;
    std::unordered_map<PartnerProfile const*, translator::CrossReferences> cross_references_;
    std::mutex mutex_; // of rows_
    std::map<std::pair<grammar::Schema const*, grammar::Schema const*>, std::shared_ptr<grammar::PlainRows const>> rows_;
};

} // namespace wharf::partner
