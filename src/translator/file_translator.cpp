#include "translator/file_translator.hpp"

#include "diagnostic/registry.hpp"
#include "translator/format.hpp"
#include "translator/node_reader.hpp"
#include "translator/node_writer.hpp"
#include "translator/node_compile.hpp"

#include <fmt/format.h>

namespace wharf::translator {
namespace {

class Reading final : public FileReading {
public:
    Reading(std::shared_ptr<Plan const> plan, std::unique_ptr<ByteSource> bytes, std::string file_name,
            Provenance provenance, RunValues const& values)
        : plan_(std::move(plan)), reader_(plan_->format->reader(std::move(bytes), std::move(file_name))),
          provenance_(std::move(provenance)), values_(values) {
        provenance_.format = plan_->format_key;
    }

    std::optional<ReadOutcome> next(std::string& json) override {
        json.clear();
        ReadOutcome outcome;
        tree_.clear();
        if (!reader_->next(tree_, outcome.diagnostics))
            return outcome.diagnostics.empty() ? std::nullopt : std::optional(std::move(outcome));
        if (!outcome.ok()) return outcome;
        read_nodes(*plan_, tree_, run_, outcome.diagnostics);
        NodeSource const source(*plan_, tree_, run_, provenance_);
        serialise(*plan_, source, &values_, run_, outcome.diagnostics, outcome.extended);
        outcome.elements = run_.elements;
        outcome.held = run_.held;
        if (outcome.ok()) json = run_.json.view();
        return outcome;
    }

private:
    std::shared_ptr<Plan const> plan_;
    std::unique_ptr<DocumentReader> reader_;
    Provenance provenance_;
    RunValues const& values_;
    SourceTree tree_;
    Run run_;
};

class Writing final : public FileWriting {
public:
    explicit Writing(std::shared_ptr<Plan const> plan) : plan_(std::move(plan)), writer_(plan_->format->writer()) {}

    Diagnostics add(json::Value const& document, RunValues const& values) override {
        Diagnostics found;
        if (!document.is_object() || document.string("document") != plan_->document_kind) {
            found.push_back(make_diagnostic("MAP-0113", fmt::format("The document is a `{}`; {} writes `{}`.",
                                                                    document.string("document"), plan_->name,
                                                                    plan_->document_kind)));
            return found;
        }
        pool_.clear();
        auto const tape = json::Tape::of(document);
        auto& root = Binder(*plan_, tape.root(), &values, pool_).run(found);
        auto const target = NodeWriter(*plan_, &values, found).run(root);
        if (has_errors(found)) return found;
        auto const before = bytes_.size();
        writer_->add(target, bytes_, found);
        if (has_errors(found)) bytes_.resize(before);
        return found;
    }

    std::string finish(Diagnostics& diagnostics) override {
        writer_->finish(bytes_, diagnostics);
        return std::move(bytes_);
    }

private:
    std::shared_ptr<Plan const> plan_;
    std::unique_ptr<DocumentWriter> writer_;
    Pool pool_; // of one document at a time
    std::string bytes_;
};

class CompiledFile final : public FileTranslator {
public:
    explicit CompiledFile(std::unique_ptr<Plan const> plan) : plan_(std::move(plan)) {}

    std::string const& name() const override { return plan_->name; }
    std::string const& document_kind() const override { return plan_->document_kind; }
    std::string const& format() const override { return plan_->format_key; }
    std::unique_ptr<FileReading> open(std::unique_ptr<ByteSource> bytes, std::string file_name, Provenance provenance,
                                      RunValues const& values) const override {
        return std::make_unique<Reading>(plan_, std::move(bytes), std::move(file_name), std::move(provenance), values);
    }
    std::unique_ptr<FileWriting> begin() const override { return std::make_unique<Writing>(plan_); }

private:
    std::shared_ptr<Plan const> plan_;
};

} // namespace

std::shared_ptr<FileTranslator const> make_file_translator(std::unique_ptr<Plan const> plan) {
    return std::make_shared<CompiledFile const>(std::move(plan));
}

} // namespace wharf::translator
