#include "sandbox/network/network.hpp"

#include <gtest/gtest.h>

namespace pinnace::sandbox {
namespace {

TEST(ResolverSettings, AreOursWithTheHostsWaysOfLookingUp) {
  const std::string host =
      "# made by a daemon\nnameserver 127.0.0.53\nsearch corp.example\noptions edns0\n"
      "domain example\nsearchlight x\n";
  EXPECT_EQ(resolver_settings(container::Network::isolated, host),
            "nameserver 10.0.2.3\nsearch corp.example\noptions edns0\ndomain example\n");
  EXPECT_EQ(resolver_settings(container::Network::isolated, ""), "nameserver 10.0.2.3\n");
  EXPECT_EQ(resolver_settings(container::Network::host, host), host);
  EXPECT_EQ(resolver_settings(container::Network::none, host), "");
}

TEST(ConfinementOf, AsksForWhatTheVersionHas) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(confinement_of("Usage: slirp4netns [OPTION]... PID|PATH [TAPNAME]\n"), Texts{});
  EXPECT_EQ(confinement_of("-c, --configure\n--enable-sandbox  create a new mount namespace\n"),
            Texts{"--enable-sandbox"});
  EXPECT_EQ(confinement_of("--enable-seccomp x\n--enable-sandbox y\n"),
            (Texts{"--enable-sandbox", "--enable-seccomp"}));
}

TEST(AllGroups, EndWithTheLastThatTheNamespaceHas) {
  EXPECT_EQ(all_groups({}), "0 2147483647");
  EXPECT_EQ(all_groups({{0, 1000, 1}}), "0 0");
  EXPECT_EQ(all_groups({{0, 1000, 1}, {1, 100000, 65535}}), "0 65535");
  EXPECT_EQ(all_groups({{1, 100000, 65535}, {0, 1000, 1}}), "0 65535");
  EXPECT_EQ(all_groups({{0, 0, 4294967295}}), "0 2147483647") << "the kernel's limit";
}

}  // namespace
}  // namespace pinnace::sandbox
