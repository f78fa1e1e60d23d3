// One more entry in a list of a YAML file, by inserting text: comments, order and spelling of everything else stay as people wrote
// them. For what Wharf itself adds to files of the configuration: certificates.
//
// Pure: text in, text out. The result is read again before it is given back, so that a file written in an unusual way is left
// alone and never broken.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::partner {

/// `text` with `entry`, a YAML mapping on one line ("{file: keys/acme.pem}"), at the end of the list at `path` ("as2",
/// "partner_certificates"). The last name may be missing: the list is then made at the end of the mapping above it. `remark` becomes
/// a comment behind the entry where there is a line for it. `invalid` when that cannot be done; the message says what to write by hand.
[[nodiscard]] Result<std::string> with_list_entry(std::string_view text, std::vector<std::string> const& path, std::string_view entry,
                                                  std::string_view remark = {});

} // namespace wharf::partner
