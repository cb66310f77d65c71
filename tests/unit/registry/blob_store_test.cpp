#include "support/blob_store_suite.hpp"

#include "support/registry_fixture.hpp"

namespace pinnace::test_support {

namespace {

/// The store together with what it lives on.
template <class Server>
std::shared_ptr<store::BlobStore> store_on(std::shared_ptr<Server> server) {
  struct Both {
    std::shared_ptr<Server> server;
    registry::Repository repository;
  };
  auto client = client_for(server->host());
  auto both = std::shared_ptr<Both>(
      new Both{server, registry::Repository(std::move(client), "suite/store")});
  return {both, &both->repository};
}

std::shared_ptr<store::BlobStore> memory_store(RegistryBehaviour behaviour) {
  return store_on(std::make_shared<MemoryRegistry>(std::move(behaviour)));
}

std::vector<BlobStoreCase> cases() {
  RegistryBehaviour plain;
  plain.referrers_api = false;
  plain.tells_digests = false;
  plain.relative_locations = true;
  std::vector<BlobStoreCase> result{
      {"Memory", [] { return memory_store({}); }},
      {"MemoryWithoutExtras", [plain] { return memory_store(plain); }}};
  if (DockerRegistry::available()) {
    result.push_back(
        {"DockerRegistry", [] { return store_on(std::make_shared<DockerRegistry>()); }});
  }
  return result;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Registry, BlobStoreSuite, testing::ValuesIn(cases()),
                         [](const auto& store) { return store.param.name; });

TEST(DockerRegistrySuite, IsThere) {
  if (!DockerRegistry::available()) {
    GTEST_SKIP() << "/usr/bin/docker-registry is not installed: the suite ran against the memory "
                    "registry only";
  }
}

}  // namespace pinnace::test_support
