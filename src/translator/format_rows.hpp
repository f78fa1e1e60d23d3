// Files of rows: what `format csv` and `format fixed` have in common. A map's view of such a file, made at check time.
//
//   columns      one kind of row; columns of the document (and of each `row by …`) are repeated on every row of it
//   records      several kinds of row, told apart by a field; a record stands below its parent's
//
// Internal to format_rows*.cpp, format_csv.cpp and format_fixed.cpp.
#pragma once

#include "syntax/csv/dialect.hpp"
#include "translator/format.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

/// One field of a kind of row. CSV: its place in the list is its column, unless a header row says better. Fixed width:
/// characters `first` to `last`, from 1.
struct RowField {
    std::string name;
    unsigned first = 0, last = 0;
    bool right = false; // fixed: stands at the right of its span
    char fill = ' ';
    PlaceId place = unnamed_place; // of columns: where the map reads it; of records too
    int level = -1;                // … and which level that is
};

struct RowRecord {
    std::string name; // "H"; of columns "row"
    int parent = -1;
    unsigned test_first = 0, test_last = 0; // CSV: column, from 1; fixed: characters
    std::string test;                       // what must stand there; empty: any row
    std::vector<RowField> fields;
    bool each = false; // its rows are objects; else its fields belong to the object of its parent
    PlaceId place = unnamed_place;
    Origin origin;

    [[nodiscard]] int find(std::string_view field) const;
};

/// An object per row or group of rows. 0 is the document.
struct RowLevel {
    int above = -1;
    PlaceId place = document_place;
    std::vector<unsigned> by; // columns: neighbours with equal ones are one object; empty: each row by itself
    int record = -1;
};

struct RowPlace {
    std::string shown, name;
    int level = 0;           // it stands in; of a level's own place: that level
    int record = 0, field = -1; // -1: a level
    ValueFacts facts;
};

struct RowsSettings {
    bool fixed = false;
    csv::Dialect dialect;
    bool header = false;
    bool missing_allowed = false; // columns that lines read may be missing in the header row
    unsigned skip = 0;         // lines before the header or the first row
    bool declared = false;     // `columns`, or fields of records
    bool has_records = false;
    bool anywhere = false;     // rows of a document need not be neighbours
    std::vector<unsigned> documents_by; // columns
    int documents_each = -1;            // record
    std::vector<RowRecord> records;     // of columns exactly one
    ValueDefaults defaults;
    Origin origin; // of the format line
};

/// Reads the map's option lines. All faults are listed: MAP-0030 (settings), MAP-0031 (columns, documents, records).
[[nodiscard]] std::expected<RowsSettings, Diagnostics> rows_settings(std::vector<OptionLine> const& options, bool fixed);

class RowsSchema final : public FormatSchema {
public:
    explicit RowsSchema(RowsSettings settings);

    std::expected<PlaceId, PlaceFault> place(PlaceId below, NodeStep const& step, PlaceUse use) override;
    ValueFacts const& facts(PlaceId place) const override { return places_[place]->facts; }
    std::string shown(PlaceId place) const override;
    std::string name(PlaceId place) const override { return places_[place]->name; }
    std::uint32_t most(PlaceId place) const override { return places_[place]->field < 0 ? 0 : 1; }
    ValueDefaults const& defaults() const override { return settings_.defaults; }
    std::string key() const override { return settings_.fixed ? "fixed" : "csv"; }
    void order(PlaceId, std::vector<PlaceId>&) const override {}
    Diagnostics finish() override;
    std::vector<std::string> unread() const override;
    void keep(SourceTree const& tree, std::uint32_t above, std::uint32_t node, std::string& key,
              std::string& json) const override;
    std::unique_ptr<DocumentReader> reader(std::unique_ptr<ByteSource> bytes, std::string file_name) const override;
    std::unique_ptr<DocumentWriter> writer() const override;
    Diagnostic at(SourceTree const& tree, std::uint32_t node, std::string_view code, std::string message,
                  std::string help) const override;

    [[nodiscard]] RowsSettings const& settings() const { return settings_; }
    [[nodiscard]] std::vector<RowLevel> const& levels() const { return levels_; }
    [[nodiscard]] RowPlace const& info(PlaceId place) const { return *places_[place]; }
    /// The record whose rows are the document's own; -1: none.
    [[nodiscard]] int head() const { return settings_.documents_each; }

private:
    std::expected<PlaceId, PlaceFault> row_level(int level, NodeStep const& step);
    std::expected<PlaceId, PlaceFault> record_level(int level, NodeStep const& step);
    std::expected<PlaceId, PlaceFault> column(int level, NodeStep const& step);
    std::expected<PlaceId, PlaceFault> record_field(int level, NodeStep const& step);
    std::expected<PlaceId, PlaceFault> field_place(int level, int record, unsigned field);
    PlaceId add(RowPlace place);

    RowsSettings settings_;
    std::vector<RowLevel> levels_;
    std::vector<std::unique_ptr<RowPlace>> places_;
};

} // namespace wharf::translator
