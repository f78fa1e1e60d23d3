#include "gateway/context.hpp"

#include <string>
#include <vector>

namespace wharf::gateway {

Result<void> Record::note(std::string_view subject, std::string_view type, std::string_view text, std::string_view facts) {
    WHARF_TRY(transaction_.add_event({context_.clock.now(), std::string(subject), std::string(type), std::string(text)}));
    std::string line(type);
    line += '\0';
    line += subject;
    line += '\0';
    line += facts;
    lines_.push_back(std::move(line));
    return {};
}

Result<void> transact(Context const& context, std::function<Result<void>(store::Transaction&, Record&)> const& work) {
    std::vector<std::string> lines;
    auto done = context.store.transact([&](store::Transaction& transaction) {
        Record record(context, transaction, lines);
        return work(transaction, record);
    });
    if (!done)
        return done;
    for (std::string_view line : lines) {
        auto const first = line.find('\0');
        auto const second = line.find('\0', first + 1);
        context.log.line(line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1));
    }
    return {};
}

} // namespace wharf::gateway
