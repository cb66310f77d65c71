#include "run/container_request.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace pinnace::run {
namespace {

using Texts = std::vector<std::string>;

/// A container's part of a request, with what was asked of the snapshots.
struct Described {
  helper::HelperRequest request;
  std::string secrets;
  Texts taken;  ///< "ids after snapshot"
};

Described describe(const container::Container& container, Texts root = {"base", "top"}) {
  Described described;
  described.request.lowers = std::move(root);
  const auto take = [&](const std::vector<container::RootLayer>& layers, const std::string& after) {
    std::string ids;
    Texts names;
    for (const container::RootLayer& layer : layers) {
      ids += layer.id + " ";
      names.push_back("snapshot-" + layer.id);
    }
    described.taken.push_back(ids + "after " + after);
    return names;
  };
  describe_container(container, take, described.request, described.secrets);
  return described;
}

container::RootLayer layer(const std::string& id) {
  container::RootLayer made;
  made.id = id;
  return made;
}

Texts targets(const helper::HelperRequest& request) {
  Texts found;
  for (const helper::HelperMount& mount : request.mounts) found.push_back(mount.target);
  return found;
}

TEST(ContainerRequest, SaysWhatTheContainerSays) {
  container::Container container;
  container.arguments = {"/app", "-x"};
  container.environment = {"A=1"};
  container.user = "app:web";
  container.directory = "/srv";
  container.hostname = "h";
  container.ports = {{"127.0.0.1", 8080, 80, true}};
  container.wait_port = 80;
  container.limits = {7, 1 << 20, 1500};
  const helper::HelperRequest request = describe(container).request;
  EXPECT_EQ(request.arguments, container.arguments);
  EXPECT_EQ(request.environment, container.environment);
  EXPECT_EQ(request.user, "app:web");
  EXPECT_EQ(request.working_directory, "/srv");
  EXPECT_EQ(request.hostname, "h");
  ASSERT_EQ(request.ports.size(), 1U);
  EXPECT_EQ(request.ports[0].host_port, 8080);
  EXPECT_EQ(request.wait_port, 80);
  EXPECT_EQ(request.processes, 7U);
  EXPECT_EQ(request.memory, 1U << 20);
  EXPECT_EQ(request.milli_cpus, 1500U);
  EXPECT_EQ(describe({}).request.memory, 0U) << "no limit";
}

TEST(ContainerRequest, WhatIsMountedBelowAnotherMountComesAfterIt) {
  container::Container container;
  container.directory = "/srv/app";
  for (const char* target : {"cache", "/srv/app/cache/x/../deep", "/srv", "/a", "../", "/srv/b"})
    container.mounts.push_back({target, container::TemporaryMount{}});
  EXPECT_EQ(targets(describe(container).request),
            (Texts{"/srv", "/a", "../", "/srv/b", "cache", "/srv/app/cache/x/../deep"}));
}

TEST(ContainerRequest, SecretsFollowInTheOrderOfTheMounts) {
  container::Container container;
  container.mounts = {{"/run/secrets/deep/one", container::SecretMount{"first", 0400, 1, 2}},
                      {"/two", container::SecretMount{"second", 0440, 3, 4}}};
  const Described described = describe(container);
  EXPECT_EQ(targets(described.request), (Texts{"/two", "/run/secrets/deep/one"}));
  EXPECT_EQ(described.secrets, "secondfirst");
  const helper::HelperMount& one = described.request.mounts.at(1);
  EXPECT_EQ(one.kind, "secret");
  EXPECT_EQ(one.size, 5U);
  EXPECT_EQ(one.mode, 0400U);
  EXPECT_EQ(one.uid, 1U);
  EXPECT_EQ(one.gid, 2U);
  EXPECT_EQ(helper::to_json(described.request).dump().find("first"), std::string::npos)
      << "what stands in the request may be seen in an error";
}

TEST(ContainerRequest, FilesOfTheContextAreNewerThanTheRoot) {
  container::Container container;
  container.mounts = {{"/a", container::BindMount{{layer("x"), layer("y")}, "src", true, true}},
                      {"/b", container::BindMount{{layer("z")}, "", false, false}}};
  const Described described = describe(container);
  EXPECT_EQ(described.taken, (Texts{"x y after top", "z after "}));
  const helper::HelperMount& mount = described.request.mounts.at(0);
  EXPECT_EQ(mount.kind, "layers");
  EXPECT_EQ(mount.lowers, (Texts{"snapshot-x", "snapshot-y"}));
  EXPECT_EQ(mount.source, "src");
  EXPECT_TRUE(mount.writable);
  EXPECT_FALSE(described.request.mounts.at(1).writable);
  EXPECT_EQ(describe(container, {}).taken.at(0), "x y after ") << "a root of nothing";
}

TEST(ContainerRequest, ACacheOfAnotherOwnerOrModeIsAnother) {
  const auto name = [](const container::CacheMount& cache) {
    container::Container container;
    container.mounts = {{"/c", cache}};
    return describe(container).request.mounts.at(0).source;
  };
  using Sharing = container::CacheMount::Sharing;
  const std::string shared = name({"id", Sharing::shared, 0755, 1, 2});
  EXPECT_EQ(shared, name({"id", Sharing::locked, 0755, 1, 2, false}));
  EXPECT_NE(shared, name({"other", Sharing::shared, 0755, 1, 2}));
  EXPECT_NE(shared, name({"id", Sharing::shared, 0700, 1, 2}));
  EXPECT_NE(shared, name({"id", Sharing::shared, 0755, 2, 2}));
  EXPECT_NE(shared, name({"id", Sharing::shared, 0755, 1, 3}));
  EXPECT_NE(name({"id", Sharing::shared, 0755, 1, 12}), name({"id", Sharing::shared, 0755, 11, 2}));
}

TEST(ContainerRequest, ACacheMayStartWithADirectoryOfOtherLayers) {
  container::Container container;
  container::CacheMount cache;
  cache.sharing = container::CacheMount::Sharing::locked;
  cache.start = container::CacheMount::Start{{layer("x")}, "var/cache"};
  container.mounts = {{"/c", cache}};
  const Described described = describe(container);
  EXPECT_EQ(described.taken, Texts{"x after "});
  EXPECT_EQ(described.request.mounts.at(0).start, "/var/cache");
  EXPECT_TRUE(described.request.mounts.at(0).exclusive);
  EXPECT_TRUE(described.request.mounts.at(0).writable);
}

TEST(ContainerRequest, FilesOfTheHostAreNamedFromItsRoot) {
  container::Container container;
  container.mounts = {{"/h", container::HostMount{"x", true}},
                      {"/t", container::TemporaryMount{64}}};
  const helper::HelperRequest request = describe(container).request;
  EXPECT_EQ(request.mounts.at(0).source, std::filesystem::absolute("x"));
  EXPECT_TRUE(request.mounts.at(0).writable);
  EXPECT_EQ(request.mounts.at(1).kind, "tmpfs");
  EXPECT_EQ(request.mounts.at(1).size, 64U);
}

}  // namespace
}  // namespace pinnace::run
