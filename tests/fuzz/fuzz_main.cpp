// The entry that libFuzzer calls; WHARF_FUZZ_TARGET names the function of targets.hpp.
#include "tests/fuzz/targets.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    wharf::fuzz::WHARF_FUZZ_TARGET({reinterpret_cast<char const*>(data), size});
    return 0;
}
