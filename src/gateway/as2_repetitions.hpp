// Messages that come again under a Message-ID that was used before: whether they are the same once more, or something else.
//
// RFC 4130 and AS2 in practice: the Message-ID alone decides, the answer is the stored receipt, nothing is processed. A sender whose program gives
// a number out twice would be told that we have a document that nobody here has read. So somebody must learn of it.
#pragma once

#include "gateway/as2_relations.hpp"
#include "gateway/context.hpp"
#include "transport/as2/message_head.hpp"
#include "transport/as2/mime.hpp"

#include <string>

namespace wharf::gateway {

/// A message as it came over HTTP under a Message-ID that is known on this relation.
struct Repetition {
    as2::MessageHead const& head;
    as2::Entity const& body;
    std::string const& sha256; // of the body
    std::string const& peer_address;
};

/// The alarm AS2_MESSAGE_ID_REUSED of the earlier exchange, where this is another content: other bytes that cannot be opened, or whose MIC and
/// files are others. The same content signed or encrypted anew is no other one. Nothing is told where of the
/// first one neither MIC nor files are known. Each is told once, and of one exchange a limited number; never fails, never processes anything.
void tell_of_other_content(Context const& context, As2Relation const& relation, Repetition const& repetition);

} // namespace wharf::gateway
