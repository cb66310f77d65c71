#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "definition/lock.hpp"
#include "definition/lock_difference.hpp"

/// What is read can be written, and reads the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinnace;
  try {
    const definition::Lock lock =
        definition::parse_lock(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
    const std::string text = definition::lock_text(lock);
    if (definition::parse_lock(text, "again") != lock) std::abort();
    if (!definition::compare_locks(lock, lock).empty()) std::abort();
    (void)definition::compare_locks(definition::Lock{}, lock).text();
  } catch (const base::Error&) {
  }
  return 0;
}
