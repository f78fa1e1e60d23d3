// Documents out of files of rows: which rows make one document, and the tree of each. Internal to rows_*.cpp.
#pragma once

#include "syntax/csv/reader.hpp"
#include "translator/format_rows.hpp"

#include <deque>
#include <unordered_set>

namespace wharf::translator {

class RowsReader final : public DocumentReader {
public:
    RowsReader(RowsSchema const& schema, std::unique_ptr<ByteSource> bytes, std::string file_name);
    bool next(SourceTree& tree, Diagnostics& diagnostics) override;

private:
    struct Column { // of this file
        std::string name;
        int field = -1; // of the schema
        PlaceId place = unnamed_place;
        int level = 0; // of what the map reads; of others the innermost
    };
    struct Outer { // a column of the document or of a group, as its first row has it
        std::uint32_t begin = 0, length = 0, source = 0, line = 0;
        bool set = false;
    };

    // rows_reader.cpp: rows of the file, one after the other
    bool start(SourceTree& tree, Diagnostics& diagnostics);
    bool header(Diagnostics& diagnostics);
    void use_column(std::string name, int field);
    bool fetch();
    void sort_rows();
    void cut_fixed();
    int kind_of() const;
    /// The text of a field, doubled quotes undone, blanks off where they mean nothing.
    std::string_view value(csv::Field const& field, std::string& scratch) const;
    std::string_view column_value(unsigned field, std::string& scratch) const;
    [[nodiscard]] bool is_key(unsigned field) const;
    [[nodiscard]] bool key_known() const;
    [[nodiscard]] bool same_key(std::size_t level) const;
    void set_key(std::size_t level);
    Diagnostic fault(std::string_view code, std::string message, std::string help, std::uint32_t at = 0) const;
    Diagnostic row_fault() const;
    void report(Diagnostic found, Diagnostics& diagnostics);

    // rows_tree.cpp: the document they make
    void begin(SourceTree& tree, Diagnostics& diagnostics);
    void add_row(Diagnostics& diagnostics);
    void add_columns(std::uint32_t base, Diagnostics& diagnostics);
    void add_record(std::uint32_t base, Diagnostics& diagnostics);
    void outer_value(std::size_t column, std::uint32_t begin, std::uint32_t length, std::uint32_t source,
                     Diagnostics& diagnostics);
    void close(std::size_t levels);
    void finish();
    void add_node(PlaceId place, std::uint32_t begin, std::uint32_t length, std::uint32_t source);
    PlaceId unnamed(std::string_view name);

    RowsSchema const& schema_;
    RowsSettings const& settings_;
    std::string file_;
    csv::Reader reader_;
    bool started_ = false, ended_ = false, pending_ = false;
    std::vector<Diagnostic> poison_; // a row that could not be read, and may belong to the next document
    std::vector<Column> columns_;
    std::size_t leaf_ = 0; // the innermost level

    // the row
    csv::Row row_;
    std::vector<csv::Field> cut_; // of fixed width
    int record_ = 0;              // -1: of no kind
    mutable std::string scratch_;

    // `anywhere`: all rows, sorted
    struct Stored {
        csv::Row row;
        std::string text;
        std::vector<csv::Field> fields;
    };
    std::deque<Stored> stored_;
    bool sorted_ = false;

    // the document
    SourceTree* tree_ = nullptr;
    std::string text_;
    std::vector<Outer> outer_;                   // by column
    std::vector<std::vector<std::string>> keys_; // by level
    std::vector<std::uint32_t> open_;            // nodes of the open levels
    std::vector<int> open_records_;
    std::size_t reported_ = 0;
    bool too_large_ = false;
    std::unordered_set<std::string> seen_; // keys of documents
};

} // namespace wharf::translator
