// The generated table of the files inside the binary. Read through base/embedded.hpp.
#pragma once

namespace wharf {

struct EmbeddedEntry {
    char const* path;
    char const* begin;
    char const* end;
};
extern EmbeddedEntry const embedded_table[];
extern unsigned const embedded_count;

} // namespace wharf
