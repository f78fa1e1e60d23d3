#include "translator/provenance.hpp"

namespace wharf::translator {
namespace {

struct Name {
    std::string_view path;
    ProvenanceField field;
    std::string Provenance::* text;
};
constexpr Name names[] = {
    {"schema", ProvenanceField::schema, nullptr},
    {"document", ProvenanceField::document, nullptr},
    {"id", ProvenanceField::id, &Provenance::id},
    {"test", ProvenanceField::test, nullptr},
    {"source.partner", ProvenanceField::partner, &Provenance::partner},
    {"source.message", ProvenanceField::message, &Provenance::message},
    {"source.format", ProvenanceField::format, &Provenance::format},
    {"source.set", ProvenanceField::set, &Provenance::set},
    {"source.version", ProvenanceField::version, &Provenance::version},
    {"source.sender.scheme", ProvenanceField::sender_scheme, &Provenance::sender_scheme},
    {"source.sender.value", ProvenanceField::sender, &Provenance::sender},
    {"source.sender.group", ProvenanceField::sender_group, &Provenance::sender_group},
    {"source.receiver.scheme", ProvenanceField::receiver_scheme, &Provenance::receiver_scheme},
    {"source.receiver.value", ProvenanceField::receiver, &Provenance::receiver},
    {"source.receiver.group", ProvenanceField::receiver_group, &Provenance::receiver_group},
    {"source.interchange", ProvenanceField::interchange, &Provenance::interchange},
    {"source.group", ProvenanceField::group, &Provenance::group},
    {"source.transaction", ProvenanceField::transaction, &Provenance::transaction},
    {"source.sent_at", ProvenanceField::sent_at, &Provenance::sent_at},
    {"source.received_at", ProvenanceField::received_at, &Provenance::received_at},
};

} // namespace

ProvenanceField provenance_field(std::string_view path) {
    for (auto const& name : names)
        if (name.path == path) return name.field;
    return ProvenanceField::none;
}

std::string_view provenance_text(Provenance const& provenance, ProvenanceField field) {
    for (auto const& name : names)
        if (name.field == field && name.text != nullptr) return provenance.*name.text;
    return {};
}

} // namespace wharf::translator
