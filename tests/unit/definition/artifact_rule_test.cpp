#include "definition/artifact_rule.hpp"

#include <gtest/gtest.h>

namespace pinnace::definition {
namespace {

TEST(Destination, FollowsTheRule) {
  const struct {
    const char* from;
    const char* to;
    bool to_directory;
    const char* source;
    bool is_directory;
    const char* destination;
  } cases[] = {
      {"target/shop.jar", "/opt/app.jar", false, "target/shop.jar", false, "/opt/app.jar"},
      {"target/shop.jar", "/opt", true, "target/shop.jar", false, "/opt/shop.jar"},
      {"shop.jar", "/", true, "shop.jar", false, "/shop.jar"},
      {"site", "/srv/www", false, "site", true, "/srv/www"},
      {"site", "/srv/www", true, "site", true, "/srv/www"},
      {"lib/*.jar", "/opt/lib", false, "lib/a.jar", false, "/opt/lib/a.jar"},
      {"lib/**/*.jar", "/opt/lib", true, "lib/x/y/a.jar", false, "/opt/lib/x/y/a.jar"},
      {"*.jar", "/", true, "a.jar", false, "/a.jar"},
      {"conf/*", "/etc/shop", true, "conf/d", true, "/etc/shop/d"},
  };
  for (const auto& c : cases) {
    ArtifactRule rule;
    rule.from = c.from;
    rule.to = c.to;
    rule.to_directory = c.to_directory;
    EXPECT_EQ(destination(rule, c.source, c.is_directory), c.destination)
        << c.from << " -> " << c.to << " for " << c.source;
  }
}

}  // namespace
}  // namespace pinnace::definition
