#include "binaries/rust_audit.hpp"

#include "base/error.hpp"
#include "binaries/inflate.hpp"
#include "json/json.hpp"

namespace pinnace::binaries {

namespace {

using packages::Found;
using packages::PackageType;
using packages::text_of;

constexpr std::size_t k_max_list = 8 << 20;
constexpr std::size_t k_max_crates = 100'000;

}  // namespace

Found read_rust_audit(const Elf& elf) {
  Found found;
  const Elf::Section* section = elf.find(".dep-v0");
  if (section == nullptr) return found;
  const std::string list =
      inflate(MemoryAccess(elf.read(*section, k_max_list)), Wrapping::zlib, k_max_list);
  const nlohmann::json document = json::parse(list, "the list of crates");
  const json::Node root(document, "the list of crates");
  for (const json::Node& crate : root.field("packages").items(k_max_crates)) {
    const auto kind = crate.optional_field("kind");
    if (kind && kind->text() == "build") continue;
    found.packages.push_back({.type = PackageType::cargo,
                              .name = text_of(crate.field("name").text()),
                              .version = text_of(crate.field("version").text())});
  }
  return found;
}

}  // namespace pinnace::binaries
