#include "binaries/elf.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "binaries/go_build_info.hpp"
#include "binaries/rust_audit.hpp"
#include "support/golden.hpp"
#include "support/zip_samples.hpp"

// tests/golden/packages: go-hello is the build information of a program that Go 1.26 built, cut out
// by objcopy; rust-hello that of `cargo auditable build`.

namespace pinnace::binaries {
namespace {

using packages::Found;
using packages::Package;
using packages::PackageType;
using test_support::append_number;

Package go(std::string name, std::string version, std::string revision = {}) {
  return {.type = PackageType::golang,
          .name = std::move(name),
          .version = std::move(version),
          .source_version = std::move(revision)};
}

Found read_go(const std::string& bytes) {
  const MemoryAccess file(bytes);
  return read_go_build_info(Elf(file));
}
Found read_rust(const std::string& bytes) {
  const MemoryAccess file(bytes);
  return read_rust_audit(Elf(file));
}

TEST(GoBuildInfo, AsGoVersionHasIt) {
  EXPECT_EQ(read_go(test_support::golden("packages/go-hello")),
            (Found{{go("example.test/hello", "v0.0.0-20261130180546-68202cbd95d2+dirty",
                       "68202cbd95d2f3b5d0833925a0389135f334276e+dirty"),
                    go("example.test/local", "v0.0.0"),
                    go("golang.org/x/text", "v0.0.0-20170915032832-14c0d48ead0c"),
                    go("rsc.io/quote", "v1.5.2"), go("rsc.io/sampler", "v1.99.99"),
                    go("stdlib", "1.26.8")},
                   {}}));
}

/// A program without sections, of 32 bits and big-endian: one segment, written at address 0x1000.
std::string big_endian_elf(const std::string& data) {
  std::string file =
      "\x7f"
      "ELF\1\2\1" +
      std::string(9, '\0');
  const auto put = [&](std::uint64_t value, unsigned size) {
    for (unsigned i = size; i-- > 0;) file += static_cast<char>(value >> (8 * i) & 0xff);
  };
  put(2, 2), put(8, 2), put(1, 4), put(0, 4);  // type, machine, version, entry
  put(52, 4), put(0, 4), put(0, 4);            // program headers, section headers, flags
  put(52, 2), put(32, 2), put(1, 2);           // sizes and count
  put(40, 2), put(0, 2), put(0, 2);
  put(1, 4), put(96, 4), put(0x1000, 4), put(0, 4);
  put(data.size(), 4), put(data.size(), 4), put(6, 4), put(16, 4);
  file.resize(96);
  return file + data;
}

TEST(GoBuildInfo, OldProgramsHavePointers) {
  std::string data = "\xff Go buildinf:";
  data += '\4';
  data += '\1';
  const auto put = [&](std::uint64_t value) {
    for (unsigned i = 4; i-- > 0;) data += static_cast<char>(value >> (8 * i) & 0xff);
  };
  const std::string modules =
      std::string(16, 's') + "path\tx\nmod\tx.test/x\tv1.2.3\th1:a=\n" + std::string(16, 'e');
  put(0x1000 + 32), put(0x1000 + 40);  // pointers to the texts
  data.resize(32);
  put(0x1000 + 48), put(6);  // pointer and size of each
  put(0x1000 + 54), put(modules.size());
  data += "go1.13" + modules;
  EXPECT_EQ(read_go(big_endian_elf(data)),
            (Found{{go("x.test/x", "v1.2.3"), go("stdlib", "1.13")}, {}}));
}

TEST(GoBuildInfo, OtherProgramsHaveNone) {
  EXPECT_EQ(read_go(big_endian_elf("nothing")), Found{});
  EXPECT_EQ(read_rust(big_endian_elf("nothing")), Found{});
  EXPECT_THROW(read_go("text"), base::Error);
  EXPECT_THROW(read_go(""), base::Error);
}

TEST(RustAudit, TheListOfCrates) {
  const Found found = read_rust(test_support::golden("packages/rust-hello"));
  EXPECT_EQ(found.problems, std::vector<std::string>{});
  EXPECT_EQ(
      found.packages,
      (std::vector<Package>{{.type = PackageType::cargo, .name = "hello", .version = "0.1.0"},
                            {.type = PackageType::cargo, .name = "itoa", .version = "1.0.11"}}));
}

TEST(Elf, CutOrChangedAnywhereIsAnErrorOrAValue) {
  for (const char* name : {"packages/go-hello", "packages/rust-hello"}) {
    const std::string whole = test_support::golden(name);
    ASSERT_GT(whole.size(), 500U);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0xff);
      for (const std::string& bytes : {changed, whole.substr(0, at)}) {
        try {
          (void)read_go(bytes);
          (void)read_rust(bytes);
        } catch (const base::Error&) {
        }
      }
    }
  }
}

}  // namespace
}  // namespace pinnace::binaries
