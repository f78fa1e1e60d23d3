#include "common.hpp"

#include "diagnostic/render.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace wharf::tools {

int complain(std::string_view text) {
    fmt::print(stderr, "wharf-gateway: {}\n", text);
    return could_not_run;
}

int complain(Diagnostics const& diagnostics) {
    fmt::print(stderr, "{}", render_text(diagnostics));
    return could_not_run;
}

int complain(Error const& error) {
    (void)complain(error.message);
    return error.kind == ErrorKind::invalid ? findings : could_not_run;
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int with_store(Common const& common, StoreWork const& work) {
    auto configuration = partner::load_configuration(common.configuration, partner::SecretCheck::form, partner::Sources::drop);
    if (!configuration)
        return complain(configuration.error());
    auto store = store::open_sqlite(configuration->gateway.store_file, store::OpenMode::existing);
    if (!store)
        return complain(store.error());
    return work(**store, *configuration);
}

} // namespace wharf::tools
