#include "registry/connections.hpp"
#include "support/registry_fixture.hpp"

namespace pinnace::test_support {
namespace {

using base::ErrorCode;

/// A registry and its mirror, both in memory.
class MirrorTest : public RegistryTest {
 protected:
  MirrorTest() {
    serve();
    m_mirror = std::make_unique<MemoryRegistry>();
    connect_through("/hub");
    fill(*m_server, "shop/web");
  }

  void connect_through(const std::string& path) {
    config::Registries registries;
    registries.set_authority_folders({});
    config::RegistrySettings settings;
    settings.mirror = m_mirror->host() + path;
    registries.set(m_server->host(), settings);
    api::ClientOptions options;
    options.retry = m_pauses.settings();
    m_connections = std::make_unique<registry::Connections>(
        std::make_shared<const config::Registries>(std::move(registries)), nullptr, options);
    m_store = m_connections->readable(oci::Reference::parse(m_server->host() + "/shop/web:latest"));
  }
  /// One image, tagged latest.
  void fill(MemoryRegistry& server, const std::string& name) {
    api::ClientOptions options;
    options.retry = m_pauses.settings();
    registry::Repository store(client_for(server.host(), options), name);
    m_image = put_image_blobs(store, m_context, m_bytes);
    store.put_manifest(m_context, m_image, "latest");
    server.forget_requests();
  }
  void fill_mirror() { fill(*m_mirror, "hub/shop/web"); }
  oci::Descriptor layer() const { return oci::Manifest::parse(m_image).layers.front(); }

  std::string m_bytes = sample_bytes(3'000'000, 1);
  oci::RawManifest m_image{"", "", hash::Digest::of("")};
  std::unique_ptr<MemoryRegistry> m_mirror;
  std::unique_ptr<registry::Connections> m_connections;
  std::unique_ptr<registry::Repository> m_store;
};

TEST_F(MirrorTest, IsAskedForWhatIsRead) {
  fill_mirror();
  EXPECT_EQ(m_store->resolve(m_context, "latest")->digest, m_image.digest);
  EXPECT_EQ(m_store->find_manifest(m_context, m_image.digest.str())->bytes, m_image.bytes);
  EXPECT_EQ(store::read_blob(*m_store, m_context, layer(), 4'000'000), m_bytes);
  EXPECT_TRUE(m_server->requests().empty());
  EXPECT_EQ(m_mirror->requests().size(), 3U);
}

TEST_F(MirrorTest, IsNotAskedForListsAndWrites) {
  fill_mirror();
  store::put_bytes(*m_store, m_context, "new", "text/plain");
  EXPECT_EQ(m_store->tags(m_context), std::vector<std::string>{"latest"});
  EXPECT_TRUE(m_mirror->requests().empty());
}

TEST_F(MirrorTest, WhatItDoesNotHaveComesFromTheRegistry) {
  EXPECT_EQ(m_store->resolve(m_context, "latest")->digest, m_image.digest);
  EXPECT_EQ(m_store->find_manifest(m_context, "latest")->digest, m_image.digest);
  EXPECT_EQ(store::read_blob(*m_store, m_context, layer(), 4'000'000), m_bytes);
  EXPECT_EQ(m_mirror->requests().size(), 3U);
  EXPECT_EQ(m_events.all().find("warning"), std::string::npos);
}

TEST_F(MirrorTest, OneThatRefusesIsNotTheEnd) {
  fill_mirror();
  m_mirror->inject({"", "", 99, HttpResponse{403, {}, "", {}}, {}, {}});
  EXPECT_EQ(m_store->find_manifest(m_context, "latest")->digest, m_image.digest);
  EXPECT_EQ(store::read_blob(*m_store, m_context, layer(), 4'000'000), m_bytes);
  EXPECT_NE(m_events.all().find("403"), std::string::npos) << m_events.all();
}

TEST_F(MirrorTest, OneThatIsDownIsLeftAloneFromThenOn) {
  m_mirror->inject({"", "", 99, HttpResponse{503, {}, "", {}}, {}, {}});
  EXPECT_EQ(m_store->find_manifest(m_context, "latest")->digest, m_image.digest);
  EXPECT_EQ(m_mirror->requests().size(), 2U) << "attempts";
  const auto other = m_connections->readable(oci::Reference::parse(m_server->host() + "/a/b"));
  EXPECT_FALSE(other->find_manifest(m_context, "latest"));
  EXPECT_EQ(store::read_blob(*m_store, m_context, layer(), 4'000'000), m_bytes);
  EXPECT_EQ(m_mirror->requests().size(), 2U);
}

TEST_F(MirrorTest, OneThatLiesAboutAManifestIsFoundOut) {
  fill_mirror();
  m_mirror->inject({"GET", "/manifests/", 1, {}, {}, [](const HttpRequest&, HttpResponse& answer) {
                      answer.body.back() = ' ';
                      answer.headers.remove("Docker-Content-Digest");
                    }});
  EXPECT_EQ(m_store->find_manifest(m_context, m_image.digest.str())->bytes, m_image.bytes);
  EXPECT_NE(m_events.all().find("is corrupt"), std::string::npos) << m_events.all();
}

TEST_F(MirrorTest, OneThatLiesAboutABlobIsFoundOut) {
  fill_mirror();
  m_mirror->corrupt_blob(layer().digest.str(), sample_bytes(3'000'000, 2));
  EXPECT_EQ(error_of([&] { store::read_blob(*m_store, m_context, layer(), 4'000'000); }).code(),
            ErrorCode::integrity);
}

TEST_F(MirrorTest, OneThatDiesInABlobIsRelieved) {
  fill_mirror();
  m_mirror->inject({"GET", "/blobs/", 1, {}, {}, [](const HttpRequest&, HttpResponse& answer) {
                      answer.send = 1'000'000;
                      answer.ending = Ending::cut;
                    }});
  m_mirror->inject({"GET", "/blobs/", 99, HttpResponse{503, {}, "", {}}, {}, {}});
  EXPECT_EQ(store::read_blob(*m_store, m_context, layer(), 4'000'000), m_bytes);
  ASSERT_EQ(m_server->requests().size(), 1U);
  EXPECT_EQ(m_server->requests()[0].headers.get("Range"), "bytes=1000000-");
}

TEST_F(MirrorTest, BlobsAreStillMountedWithinTheRegistry) {
  const auto target =
      m_connections->repository(oci::Reference::parse(m_server->host() + "/prod/web"));
  EXPECT_EQ(target->put_blob(m_context, layer(), nullptr, m_store.get()),
            store::PutOutcome::mounted);
}

}  // namespace
}  // namespace pinnace::test_support
