#include "partner/as2_needs.hpp"

#include "partner/configuration.hpp"

#include <fmt/format.h>

namespace wharf::partner {

As2Needs missing_certificates(Channel const& channel, As2Listener const& listener) {
    auto const& as2 = channel.as2;
    auto const& out = as2.outgoing;
    bool const sends = !as2.url.empty(), receives = !channel.senders.empty();
    As2Needs needs;
    bool const signs = sends && out.sign != As2Digest::none;
    if ((signs || (receives && as2.incoming.require_encryption)) && as2.own_certificates.empty() && listener.own_certificates.empty())
        needs.own = fmt::format("there is no certificate of ours to {}", signs ? "sign with" : "be encrypted for");
    if (!as2.partner_certificates.empty()) return needs;
    bool const checks_receipts = sends && out.receipt.mode != As2ReceiptMode::none && out.receipt.is_signed;
    if (sends && out.encrypt != As2Cipher::none)
        needs.to_encrypt = "there is no certificate of the partner's to encrypt for";
    if (((receives && as2.incoming.require_signature) || checks_receipts) && as2.authorities.file.empty())
        needs.to_check = "there is nothing to check the partner's signatures with";
    return needs;
}

} // namespace wharf::partner
