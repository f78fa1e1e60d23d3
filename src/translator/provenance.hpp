// The members a document gets from its envelope and from us, by name. Internal to compiler and serialiser.
#pragma once

#include "translator/translator.hpp"

#include <cstdint>
#include <string_view>

namespace wharf::translator {

enum class ProvenanceField : std::uint8_t {
    none,
    schema,
    document,
    id,
    test,
    partner,
    message,
    format,
    set,
    version,
    sender_scheme,
    sender,
    sender_group,
    receiver_scheme,
    receiver,
    receiver_group,
    interchange,
    group,
    transaction,
    sent_at,
    received_at
};

/// "id", "source.partner", "source.sender.value".
[[nodiscard]] ProvenanceField provenance_field(std::string_view path);

/// The text of a field; empty where there is none. Of `schema`, `document` and `test` the serialiser knows more.
[[nodiscard]] std::string_view provenance_text(Provenance const& provenance, ProvenanceField field);

} // namespace wharf::translator
