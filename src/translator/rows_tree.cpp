// Rows to documents: where one ends and the next begins, and the tree of each.
#include "translator/rows_reader.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

bool RowsReader::next(SourceTree& tree, Diagnostics& diagnostics) {
    if (!started_ && !start(tree, diagnostics)) {
        ended_ = true;
        return true;
    }
    if (ended_ || (!pending_ && !fetch())) {
        bool const told = ended_ || !reader_.failure();
        ended_ = true;
        if (told) return false;
        diagnostics.push_back(make_diagnostic("MAP-0148", "The file could not be read to its end: " +
                                                              reader_.failure()->message));
        diagnostics.back().place.file = file_;
        return true;
    }
    pending_ = false;
    begin(tree, diagnostics);
    add_row(diagnostics);
    auto const& levels = schema_.levels();
    while (fetch()) {
        bool other = settings_.has_records ? record_ == schema_.head() && record_ >= 0
                                           : !levels.front().by.empty() && !same_key(0);
        bool const lost = !settings_.has_records && !levels.front().by.empty() && !key_known();
        if (lost) { // it may belong here, or to what comes next
            auto found = row_.fault != csv::RowFault::none
                             ? row_fault()
                             : fault("MAP-0145", "The row does not say which document it belongs to.",
                                     "Each row repeats what the documents are told apart by; fill it in.");
            poison_.push_back(found);
            report(std::move(found), diagnostics);
            continue;
        }
        if (other) {
            pending_ = true;
            break;
        }
        poison_.clear(); // it stood between rows of this document
        add_row(diagnostics);
    }
    if (!pending_) poison_.clear();
    finish();
    return true;
}

void RowsReader::begin(SourceTree& tree, Diagnostics& diagnostics) {
    tree_ = &tree;
    tree.clear();
    tree.names.clear();
    tree.file = file_;
    text_.clear();
    reported_ = 0;
    too_large_ = false;
    outer_.assign(columns_.size(), {});
    open_.assign(1, 0);
    open_records_.assign(1, schema_.head());
    SourceNode root;
    root.place = document_place;
    tree.nodes.push_back(root);
    for (auto& found : poison_) {
        found.message += " It may belong to this document.";
        report(std::move(found), diagnostics);
    }
    poison_.clear();
    if (settings_.has_records) {
        if (schema_.head() >= 0 && record_ >= 0 && record_ != schema_.head())
            report(fault("MAP-0146",
                         fmt::format("A row `{}` stands here, outside of any document.",
                                     settings_.records[static_cast<std::size_t>(record_)].name),
                         fmt::format("A document begins with a row `{}`.",
                                     settings_.records[static_cast<std::size_t>(schema_.head())].name)),
                   diagnostics);
        return;
    }
    set_key(0);
    auto const& by = schema_.levels().front().by;
    if (by.empty()) return;
    std::string all;
    for (std::size_t i = 0; i < by.size(); ++i) {
        tree.key += fmt::format("{}{} {}", i == 0 ? "" : ", ", settings_.records.front().fields[by[i]].name, keys_[0][i]);
        (all += keys_[0][i]) += '\0';
    }
    if (!key_known() && row_.fault == csv::RowFault::none)
        report(fault("MAP-0145", "The row does not say which document it belongs to.",
                     "Each row repeats what the documents are told apart by; fill it in."),
               diagnostics);
    else if (seen_.size() < limits::remembered_numbers && !seen_.insert(std::move(all)).second)
        report(fault("MAP-0144", fmt::format("Rows of {} stand further up already, with others between them.", tree.key),
                     "The partner must keep the rows of a document together; or write: documents anywhere by …"),
               diagnostics);
}

PlaceId RowsReader::unnamed(std::string_view name) {
    auto& names = tree_->names;
    auto found = std::ranges::find(names, name);
    if (found == names.end()) found = names.insert(names.end(), std::string(name));
    return first_unnamed_place + static_cast<PlaceId>(found - names.begin());
}

void RowsReader::add_node(PlaceId place, std::uint32_t begin, std::uint32_t length, std::uint32_t source) {
    auto const own = static_cast<std::uint32_t>(tree_->nodes.size());
    tree_->nodes.push_back({place, begin, length, own + 1, source, ValueKind::text});
}

/// Ends the levels behind the first `levels`.
void RowsReader::close(std::size_t levels) {
    while (open_.size() > levels) {
        auto const level = open_.size() - 1;
        if (!settings_.has_records && level != leaf_)
            for (std::size_t i = 0; i < outer_.size(); ++i)
                if (outer_[i].set && columns_[i].level == static_cast<int>(level)) {
                    add_node(columns_[i].place, outer_[i].begin, outer_[i].length, outer_[i].source);
                    outer_[i] = {};
                }
        tree_->nodes[open_.back()].end = static_cast<std::uint32_t>(tree_->nodes.size());
        open_.pop_back();
        if (settings_.has_records) open_records_.pop_back();
    }
}

void RowsReader::finish() {
    if (!settings_.has_records && leaf_ == 0) // no rows below: all columns are the document's own
        for (std::size_t i = 0; i < outer_.size(); ++i)
            if (outer_[i].set)
                add_node(columns_[i].place, outer_[i].begin, outer_[i].length, outer_[i].source);
    close(0);
    tree_->text = tree_->bytes = text_;
    tree_->line = tree_->marks.empty() ? 1 : tree_->marks.front().line;
}

void RowsReader::add_row(Diagnostics& diagnostics) {
    if (row_.fault != csv::RowFault::none) {
        report(row_fault(), diagnostics);
        return;
    }
    if (text_.size() + 2 * row_.text.size() > limits::transaction_set_bytes) {
        if (!too_large_)
            report(fault("MAP-0147", fmt::format("The document has more than {} bytes.", limits::transaction_set_bytes),
                         "Is the file split as it should be? documents by …"),
                   diagnostics);
        too_large_ = true;
        return;
    }
    auto const base = static_cast<std::uint32_t>(text_.size());
    tree_->marks.push_back({base, row_.line, row_.offset});
    text_ += row_.text;
    text_ += '\n';
    if (settings_.has_records)
        add_record(base, diagnostics);
    else
        add_columns(base, diagnostics);
}

void RowsReader::add_columns(std::uint32_t base, Diagnostics& diagnostics) {
    auto const& levels = schema_.levels();
    if (leaf_ != 0) {
        std::size_t keep = 1; // levels whose group goes on
        while (keep < open_.size() && keep < levels.size() && !levels[keep].by.empty() && same_key(keep))
            ++keep;
        close(keep);
        for (auto level = keep; level <= leaf_; ++level) {
            if (!levels[level].by.empty()) set_key(level);
            open_.push_back(static_cast<std::uint32_t>(tree_->nodes.size()));
            add_node(levels[level].place, 0, 0, base);
        }
    }
    for (std::size_t i = 0; i < row_.fields.size(); ++i) {
        auto const& field = row_.fields[i];
        if (field.length == 0) continue;
        auto text = std::string_view(text_).substr(base + field.begin, field.length);
        auto begin = base + field.begin;
        if (field.escaped) {
            auto const plain = csv::value(settings_.dialect, row_, field, scratch_);
            begin = static_cast<std::uint32_t>(text_.size());
            text_ += plain;
            text_ += '\n';
            text = std::string_view(text_).substr(begin, plain.size());
        }
        if (!field.quoted)
            while (!text.empty() && text.front() == ' ') {
                text.remove_prefix(1);
                ++begin;
            }
        while (!text.empty() && text.back() == ' ')
            text.remove_suffix(1);
        if (text.empty()) continue;
        auto const length = static_cast<std::uint32_t>(text.size());
        if (i >= columns_.size()) {
            add_node(unnamed(fmt::format("({})", i + 1)), begin, length, base + field.begin);
        } else if (columns_[i].place == unnamed_place) {
            add_node(unnamed(columns_[i].name), begin, length, base + field.begin);
        } else if (columns_[i].level == static_cast<int>(leaf_) && leaf_ != 0) {
            add_node(columns_[i].place, begin, length, base + field.begin);
        } else {
            outer_value(i, begin, length, base + field.begin, diagnostics);
        }
    }
    // a row that says nothing of its innermost levels has none: an order without lines
    while (open_.size() > 1 && open_.back() + 1 == tree_->nodes.size()) {
        auto const level = open_.size() - 1;
        bool const says = level != leaf_ && std::ranges::any_of(columns_, [&](auto const& column) {
            return column.level == static_cast<int>(level) && outer_[static_cast<std::size_t>(&column - columns_.data())].set;
        });
        if (says) break;
        tree_->nodes.pop_back();
        open_.pop_back();
    }
}

/// A column of the document or of a group stands on every row; all must say the same.
void RowsReader::outer_value(std::size_t column, std::uint32_t begin, std::uint32_t length, std::uint32_t source,
                             Diagnostics& diagnostics) {
    auto& first = outer_[column];
    if (!first.set) {
        first = {begin, length, source, row_.line, true};
        return;
    }
    std::string_view const text = text_;
    if (text.substr(begin, length) == text.substr(first.begin, first.length)) return;
    report(fault("MAP-0143",
                 fmt::format("Column `{}` says `{}` here and `{}` in line {}, in rows of one document.",
                             columns_[column].name, text.substr(begin, length), text.substr(first.begin, first.length),
                             first.line),
                 "What belongs to the whole document must be the same on each of its rows. If it belongs to the row, "
                 "read it in the list of rows.",
                 source - tree_->marks.back().at),
           diagnostics);
}

void RowsReader::add_record(std::uint32_t base, Diagnostics& diagnostics) {
    if (record_ < 0) {
        report(fault("MAP-0146", "The row is of no kind that the map knows.",
                     "The map's `record` lines say what each kind begins with."),
               diagnostics);
        return;
    }
    auto const& record = settings_.records[static_cast<std::size_t>(record_)];
    bool const own = record_ == schema_.head();
    if (!own) {
        auto depth = open_records_.size();
        while (depth > 0 && open_records_[depth - 1] != record.parent)
            --depth;
        if (depth == 0) {
            report(fault("MAP-0146",
                         fmt::format("A row `{}` stands here, outside of any `{}`.", record.name,
                                     record.parent < 0 ? "document"
                                                       : settings_.records[static_cast<std::size_t>(record.parent)].name),
                         "The rows are not in the order that the map declares."),
                   diagnostics);
            return;
        }
        close(depth);
        bool const flat = !record.each && record.place != unnamed_place; // read field by field
        if (!flat) {
            open_.push_back(static_cast<std::uint32_t>(tree_->nodes.size()));
            open_records_.push_back(record_);
            add_node(record.each ? record.place : unnamed(record.name), 0, 0, base);
        }
    }
    for (std::size_t i = 0; i < row_.fields.size(); ++i) {
        auto const& field = row_.fields[i];
        std::string_view text = value(field, scratch_);
        while (!text.empty() && text.back() == ' ')
            text.remove_suffix(1);
        if (text.empty()) continue;
        bool const known = i < record.fields.size();
        bool const test = !settings_.fixed && i + 1 == record.test_first;
        if (test && (!known || record.fields[i].place == unnamed_place)) continue;
        auto begin = base + field.begin;
        if (field.escaped) {
            begin = static_cast<std::uint32_t>(text_.size());
            text_ += text;
            text_ += '\n';
        } else {
            begin = base + static_cast<std::uint32_t>(text.data() - row_.text.data());
        }
        auto const place = known && record.fields[i].place != unnamed_place
                               ? record.fields[i].place
                               : unnamed(known ? record.fields[i].name : fmt::format("({})", i + 1));
        add_node(place, begin, static_cast<std::uint32_t>(text.size()), base + field.begin);
    }
}

std::unique_ptr<DocumentReader> RowsSchema::reader(std::unique_ptr<ByteSource> bytes, std::string file_name) const {
    return std::make_unique<RowsReader>(*this, std::move(bytes), std::move(file_name));
}

} // namespace wharf::translator
