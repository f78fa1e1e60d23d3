// Time, as an interface: nothing in the library asks the system for the time by itself.
#pragma once

#include <chrono>
#include <string>

namespace wharf {

/// UTC, in milliseconds since the epoch: what is stored and compared everywhere.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

/// A clock that moves only when a test tells it to.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Timestamp start) : now_(start) {}
    [[nodiscard]] Timestamp now() const override { return now_; }
    void advance(std::chrono::milliseconds by) { now_ += by; }

private:
    Timestamp now_;
};

/// "2025-06-02T14:03:07.250Z"
[[nodiscard]] std::string to_iso8601(Timestamp time);
/// The date and time parts X12 envelopes carry: "250602" or "20250602", and "1403".
[[nodiscard]] std::string x12_date6(Timestamp time);
[[nodiscard]] std::string x12_date8(Timestamp time);
[[nodiscard]] std::string x12_time4(Timestamp time);

} // namespace wharf
