#include "gateway/crash_point.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <charconv>
#include <cstdlib>
#include <string>

#include <signal.h>
#include <unistd.h>

namespace wharf::gateway {

namespace {

struct Order {
    std::string name; // empty: no crash wanted
    unsigned count = 1;
};

Order read_order() {
    char const* const text = std::getenv("WHARF_TEST_CRASH_AT");
    if (text == nullptr || *text == '\0')
        return {};
    std::string_view const whole = text;
    auto const colon = whole.find(':');
    Order order{std::string(whole.substr(0, colon)), 1};
    if (colon != std::string_view::npos)
        std::from_chars(whole.data() + colon + 1, whole.data() + whole.size(), order.count);
    return order;
}

} // namespace

void crash_point(std::string_view name) {
    assert(std::ranges::find(crash_points, name) != crash_points.end());
    static Order const order = read_order();
    if (order.name.empty() || (order.name != "*" && order.name != name))
        return;
    static std::atomic<unsigned> passed{0};
    if (passed.fetch_add(1) + 1 == order.count)
        ::kill(::getpid(), SIGKILL);
}

} // namespace wharf::gateway
