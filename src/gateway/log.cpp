#include "gateway/log.hpp"

#include "base/json_text.hpp"

#include <mutex>

#include <unistd.h>

namespace wharf::gateway {

void Log::line(std::string_view event, std::string_view subject, std::string_view facts) const {
    auto text = to_iso8601(clock_.now());
    text += ' ';
    text += event;
    for (auto const part : {subject, facts})
        if (!part.empty()) {
            text += ' ';
            text += part;
        }
    sink_(text);
}

LineSink standard_error() {
    return [](std::string_view text) {
        static std::mutex mutex;
        std::string line(text);
        line += '\n';
        std::lock_guard const guard(mutex);
        for (std::string_view rest = line; !rest.empty();) {
            auto const written = ::write(STDERR_FILENO, rest.data(), rest.size());
            if (written <= 0)
                return; // nobody listens any more; the events are in the store
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
    };
}

std::string for_log(std::string_view text) {
    std::string out;
    append_json_string(out, text.substr(0, 1000));
    return out;
}

} // namespace wharf::gateway
