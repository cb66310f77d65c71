#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/error.hpp"
#include "binaries/go_build_info.hpp"
#include "binaries/rust_audit.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinnace;
  const binaries::MemoryAccess file(
      std::string(base::as_text(std::as_bytes(std::span(data, size)))));
  try {
    const binaries::Elf elf(file);
    try {
      (void)binaries::read_go_build_info(elf);
    } catch (const base::Error&) {
    }
    (void)binaries::read_rust_audit(elf);
  } catch (const base::Error&) {
  }
  return 0;
}
