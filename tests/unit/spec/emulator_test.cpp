#include "spec/emulator.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::spec {
namespace {

// What qemu's own qemu-binfmt-conf.sh registers, but for the names and the flags.
TEST(Emulator, RegistersTheStartOfPrograms) {
  EXPECT_EQ(emulator_registration("arm64", "/usr/bin/qemu-aarch64-static"),
            R"(:pinnace-aarch64:M::)"
            R"(\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:)"
            R"(\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:)"
            R"(/usr/bin/qemu-aarch64-static:POCF)");
  EXPECT_EQ(emulator_registration("s390x", "/q"),
            R"(:pinnace-s390x:M::)"
            R"(\x7f\x45\x4c\x46\x02\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x16:)"
            R"(\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff:)"
            R"(/q:POCF)");
}

TEST(Emulator, IsNotOfWhatCantBeRegistered) {
  EXPECT_EQ(emulator_name("arm64"), "aarch64");
  EXPECT_EQ(emulator_name("vax"), std::nullopt);
  EXPECT_EQ(foreign_architecture(oci::Platform::host()), "");
  EXPECT_EQ(foreign_architecture(oci::Platform::parse("linux/vax")), "vax");
  EXPECT_THROW(emulator_registration("vax", "/q"), base::Error);
  EXPECT_THROW(emulator_registration("arm64", "/a:b"), base::Error);
}

}  // namespace
}  // namespace pinnace::spec
