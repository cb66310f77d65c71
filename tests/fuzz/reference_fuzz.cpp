#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/error.hpp"
#include "oci/platform.hpp"
#include "oci/reference.hpp"

// What parses prints as something that parses to the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const auto reference = pinnace::oci::Reference::parse(text);
    if (pinnace::oci::Reference::parse(reference.str()) != reference) std::abort();
  } catch (const pinnace::base::Error&) {
  }
  try {
    const auto platform = pinnace::oci::Platform::parse(text);
    if (pinnace::oci::Platform::parse(platform.str()) != platform) std::abort();
  } catch (const pinnace::base::Error&) {
  }
  return 0;
}
