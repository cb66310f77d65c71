#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "base/error.hpp"
#include "packages/rpm_database.hpp"
#include "packages/rpm_header.hpp"

namespace {

void check(const pinnace::packages::Found& found) {
  for (const auto& package : found.packages) {
    if (package.name.empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinnace;
  const base::Bytes bytes = std::as_bytes(std::span(data, size));
  check(packages::read_rpm_ndb(bytes, {}));
  check(packages::read_rpm_sqlite(std::string(base::as_text(bytes)), {}));
  try {
    packages::PathBudget budget;
    (void)packages::read_rpm_header(bytes, budget);
  } catch (const base::Error&) {
  }
  return 0;
}
