// One file of X12 while it is looked into. Internal to evaluation.cpp (envelopes) and evaluation_sets.cpp (what is in them).
#pragma once

#include "gateway/evaluation.hpp"
#include "gateway/limits.hpp"
#include "grammar/interchange.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::gateway {

/// A message of what came in, still without state; `raw` is the transfer's bytes or a part of them.
[[nodiscard]] store::Message inbound_message(store::Transfer const& transfer, std::string_view raw, Timestamp now);

class Evaluation {
public:
    Evaluation(store::Transfer const& transfer, partner::Configuration const& configuration, partner::Channel const* channel,
               Knowledge& knowledge, Timestamp now)
        : transfer_(transfer), configuration_(configuration), channel_(channel), knowledge_(knowledge), now_(now) {}

    std::vector<EvaluatedInterchange> run();

private:
    [[nodiscard]] translator::RunValues values_of(EvaluatedInterchange const& interchange, grammar::GroupInfo const& group) const;
    SeverityPolicy start_interchange(grammar::Item& item);
    void end_interchange(grammar::Item& item);
    void start_group(grammar::Item& item);
    void end_group(grammar::Item& item);
    void transaction_set(grammar::Item& item);
    void read_acknowledgment(grammar::Item const& item, EvaluatedSet& set);
    void translate(grammar::Item const& item, grammar::SetVerdict& verdict, EvaluatedSet& set, Diagnostics& findings);
    void check_guide(grammar::Item const& item, partner::DocumentAgreement const& agreement, Diagnostics& findings) const;
    void service(grammar::Item const& item);
    void junk(grammar::Item& item);
    void add_findings(grammar::Item& item);
    EvaluatedInterchange dead_letter(std::string_view raw, Diagnostics const& findings) const;
    [[nodiscard]] std::string day() const { return to_iso8601(transfer_.received_at).substr(0, 10); }
    [[nodiscard]] partner::DocumentAgreement const* agreement_of(grammar::GroupInfo const& group) const;

    store::Transfer const& transfer_;
    partner::Configuration const& configuration_;
    partner::Channel const* channel_;
    Knowledge& knowledge_;
    Timestamp now_;

    std::vector<EvaluatedInterchange> done_;
    std::optional<EvaluatedInterchange> open_;
    Diagnostics findings_; // of the open interchange's envelope
    std::size_t sets_ = 0;
    std::size_t kept_findings_ = 0;
    std::vector<grammar::NodeIndex> rows_; // of a set that was checked by a guide
};

} // namespace wharf::gateway
