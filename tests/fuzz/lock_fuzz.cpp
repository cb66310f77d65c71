#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "lock/difference.hpp"
#include "lock/lock.hpp"

/// What is read can be written, and reads the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinnace;
  try {
    const lock::Lock lock =
        lock::parse(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
    const std::string text = lock::to_json(lock);
    if (lock::parse(text, "again") != lock) std::abort();
    if (!lock::compare(lock, lock).empty()) std::abort();
    (void)lock::compare(lock::Lock{}, lock).text();
  } catch (const base::Error&) {
  }
  return 0;
}
