#include "gateway/context.hpp"

#include <string>
#include <utility>
#include <vector>

namespace wharf::gateway {

Result<void> Record::note(std::string_view subject, std::string_view type, std::string_view text, std::string_view facts) {
    return note_rarely({}, subject, type, text, facts);
}

Result<void> Record::note_rarely(std::string_view channel, std::string_view subject, std::string_view type, std::string_view text,
                                 std::string_view facts) {
    WHARF_TRY(transaction_.add_event({context_.clock.now(), std::string(subject), std::string(type), std::string(text)}));
    lines_.push_back({std::string(type), std::string(subject), std::string(facts), std::string(channel)});
    return {};
}

Result<void> transact(Context const& context, std::function<Result<void>(store::Transaction&, Record&)> const& work) {
    std::vector<Record::Line> lines;
    auto done = context.store.transact([&](store::Transaction& transaction) {
        Record record(context, transaction, lines);
        return work(transaction, record);
    });
    if (!done)
        return done;
    for (auto const& line : lines)
        if (line.channel.empty())
            context.log.line(line.type, line.subject, line.facts);
        else
            context.log_rarely(line.type, line.channel, line.facts, line.subject);
    return {};
}

} // namespace wharf::gateway
