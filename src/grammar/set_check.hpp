// Judges one transaction set of an interchange: its ST and SE (X12.6), and everything between by the schema of its release or guide.
// What needs more than one set (duplicate numbers, counts of the group) is the InterchangeReader's.
//
//     SetCheck check(schemas, options);
//     while (reader.next())
//         if (reader.item().kind == ItemKind::transaction_set) check.run(reader.item());
//
// One fault gives one finding: what the schema has to say of ST01, ST02, SE01 and SE02 is said here once. One object per thread; it
// keeps a validator for each schema it has met. The cache and the options must outlive it.
#pragma once

#include "grammar/interchange.hpp"

#include <optional>
#include <vector>

namespace wharf::grammar {

class SetCheck {
public:
    SetCheck(SchemaCache& schemas, InterchangeReaderOptions const& options);

    /// `item` is a transaction_set with part, interchange, group, set and context. Fills schema, nodes, suppressed and appends findings.
    void run(Item& item);

private:
    struct Entry {
        std::string release;
        std::uint32_t set_id = 0; // pack_id
        Guide const* guide = nullptr; // kept alive by the schema
        std::shared_ptr<Schema const> schema;
        std::optional<Validator> validator;
    };
    class Run;

    [[nodiscard]] Guide const* guide_for(SetInfo const& set, GroupInfo const& group) const;
    /// nullptr: no grammar has this set in this release.
    [[nodiscard]] Entry* find(SetInfo const& set, GroupInfo const& group);

    SchemaCache& schemas_;
    InterchangeReaderOptions const& options_;
    std::vector<Entry> entries_; // a handful: as many as there are kinds of sets in the file
    std::size_t last_ = 0;
};

} // namespace wharf::grammar
