// Small changes to a JSON document: members and entries go, come, and become something else.
#pragma once

#include "syntax/json/value.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::document {

class Mutator {
public:
    explicit Mutator(std::uint32_t seed) : random_(seed) {}

    json::Value mutate(json::Value document) {
        for (auto times = 1 + pick(2); times > 0; --times) {
            std::vector<json::Value*> all;
            collect(document, all, 0);
            change(*all[pick(all.size())]);
        }
        return document;
    }

private:
    std::size_t pick(std::size_t below) { return random_() % below; }

    void collect(json::Value& value, std::vector<json::Value*>& all, unsigned depth) {
        all.push_back(&value);
        if (depth > 20) return;
        for (auto& item : value.items())
            collect(item, all, depth + 1);
        for (auto& [name, member] : value.members())
            collect(member, all, depth + 1);
    }

    json::Value other() {
        switch (pick(12)) {
        case 0:
            return {};
        case 1:
            return true;
        case 2:
            return json::Value::integer(static_cast<std::int64_t>(pick(100)) - 50);
        case 3:
            return json::Value::number("1.5");
        case 4:
            return json::Value(json::Array{});
        case 5:
            return json::Value(json::Object{});
        case 6:
            return json::Value(json::Array{json::Value("x")});
        default: {
            constexpr std::string_view texts[] = {"",
                                                  "each",
                                                  "EA",
                                                  "x12:8R",
                                                  "x12:",
                                                  ":x",
                                                  "12.50",
                                                  "012",
                                                  "-0.1",
                                                  ".5",
                                                  "5.",
                                                  "1e3",
                                                  " 1",
                                                  "2025-06-02",
                                                  "2025-6-2",
                                                  "20250602",
                                                  "14:03",
                                                  "2025-06-02T14:03",
                                                  "2025-06-02T14:03Z",
                                                  "2025-06-02T14:03:07.5+01:00",
                                                  "2025-06-02T14",
                                                  "1each",
                                                  "each other",
                                                  "Each",
                                                  "acme:a b",
                                                  "accepted",
                                                  "rejected",
                                                  "credit",
                                                  "debit",
                                                  "wharf/invoice/1",
                                                  "\xC3\xA9"};
            return texts[pick(std::size(texts))];
        }
        }
    }

    void change(json::Value& value) {
        if (value.is_object() && pick(4) != 0) {
            constexpr std::string_view names[] = {"extensions", "position", "number",   "lines", "kind",
                                                  "value",      "unit",     "children", "items", "qty",
                                                  "status",     "quantity", "level",    "a/b~c"};
            auto& members = value.members();
            if (!members.empty() && pick(2) == 0)
                members.erase(members.begin() + static_cast<std::ptrdiff_t>(pick(members.size())));
            else
                value.set(std::string(names[pick(std::size(names))]), other());
        } else if (value.is_array() && pick(3) != 0) {
            if (!value.items().empty() && pick(2) == 0)
                value.items().pop_back();
            else
                value.push_back(value.items().empty() || pick(2) == 0 ? other() : value.items().front());
        } else {
            value = other();
        }
    }

    std::mt19937 random_;
};

} // namespace wharf::document
