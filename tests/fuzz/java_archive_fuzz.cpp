#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "binaries/java_archive.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinnace;
  const binaries::MemoryAccess file(
      std::string(base::as_text(std::as_bytes(std::span(data, size)))));
  const packages::Found found = binaries::read_java_archive({}, file, "lib/a-1.0.jar");
  for (const packages::Package& package : found.packages) {
    if (package.name.empty()) std::abort();
    (void)packages::purl(package, {});
  }
  return 0;
}
