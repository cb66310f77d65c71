#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "store/blob_store.hpp"
#include "support/image_samples.hpp"

/// The one suite that every BlobStore passes. Include it in one file of a test program, then
///
///   INSTANTIATE_TEST_SUITE_P(Layout, BlobStoreSuite, testing::Values(BlobStoreCase{"layout",
///   make}));
namespace pinnace::test_support {

/// `make` gives a fresh, empty store; what it lives on (a directory, a server) goes with the
/// pointer.
struct BlobStoreCase {
  std::string name;
  std::function<std::shared_ptr<store::BlobStore>()> make;
};

inline void PrintTo(const BlobStoreCase& store_case, std::ostream* out) {
  *out << store_case.name;
}

class BlobStoreSuite : public testing::TestWithParam<BlobStoreCase> {
 protected:
  oci::RawManifest put_image(const std::string& content, std::string_view tag) {
    auto manifest = put_image_blobs(*m_store, m_context, content);
    m_store->put_manifest(m_context, manifest, tag);
    return manifest;
  }
  std::string read(const oci::Descriptor& blob) {
    return store::read_blob(*m_store, m_context, blob, std::size_t{16} << 20U);
  }

  base::Context m_context;
  std::shared_ptr<store::BlobStore> m_store = GetParam().make();
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BlobStoreSuite);

/// The code of the Error that `action` throws; "none" if it throws none.
inline std::string error_code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::Error& error) {
    return std::string(base::to_string(error.code()));
  }
  return "none";
}

inline std::vector<std::size_t> sample_sizes() {
  return {0, 1, 4096, 131072, 131073, std::size_t{5} << 20U};
}

TEST_P(BlobStoreSuite, PutThenReadGivesTheSameBytes) {
  for (const std::size_t size : sample_sizes()) {
    const std::string bytes = sample_bytes(size, 1);
    const auto blob = descriptor_of(bytes, "application/octet-stream");
    EXPECT_FALSE(m_store->has_blob(m_context, blob)) << size;
    EXPECT_EQ(m_store->put_blob(m_context, blob, opener(bytes)), store::PutOutcome::uploaded)
        << size;
    EXPECT_TRUE(m_store->has_blob(m_context, blob)) << size;
    EXPECT_TRUE(read(blob) == bytes) << size;
  }
}

TEST_P(BlobStoreSuite, PutTwiceSendsNothingTheSecondTime) {
  const std::string bytes = sample_bytes(1000, 2);
  const auto blob = descriptor_of(bytes, "application/octet-stream");
  m_store->put_blob(m_context, blob, opener(bytes));
  const auto outcome = m_store->put_blob(m_context, blob, []() -> std::unique_ptr<base::Source> {
    ADD_FAILURE() << "opened a blob that is there";
    return nullptr;
  });
  EXPECT_EQ(outcome, store::PutOutcome::existed);
}

TEST_P(BlobStoreSuite, AMissingBlobIsNotFound) {
  const auto blob = descriptor_of("nowhere", "text/plain");
  EXPECT_FALSE(m_store->has_blob(m_context, blob));
  EXPECT_EQ(error_code_of([&] { read(blob); }), "not_found");
}

TEST_P(BlobStoreSuite, AMissingBlobIsNamedTogetherWithTheStore) {
  const auto blob = descriptor_of("nowhere", "text/plain");
  try {
    read(blob);
    FAIL() << "found a blob that nobody put";
  } catch (const base::Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find(blob.digest.str()), std::string::npos) << text;
  }
}

TEST_P(BlobStoreSuite, ReadingWithAnotherSizeIsAnIntegrityError) {
  const std::string bytes = sample_bytes(1000, 3);
  auto blob = descriptor_of(bytes, "application/octet-stream");
  m_store->put_blob(m_context, blob, opener(bytes));
  for (const std::uint64_t size : {std::uint64_t{999}, std::uint64_t{1001}}) {
    blob.size = size;
    EXPECT_EQ(error_code_of([&] { read(blob); }), "integrity") << size;
  }
}

TEST_P(BlobStoreSuite, PuttingOtherBytesThanPromisedLeavesNothing) {
  const auto blob = descriptor_of("promised bytes", "text/plain");
  for (const std::string sent : {"promised byteS", "promised", "promised bytes and more", ""}) {
    EXPECT_NE(error_code_of([&] { m_store->put_blob(m_context, blob, opener(sent)); }), "none")
        << sent;
    EXPECT_FALSE(m_store->has_blob(m_context, blob)) << sent;
  }
  m_store->put_blob(m_context, blob, opener("promised bytes"));
  EXPECT_EQ(read(blob), "promised bytes");
}

TEST_P(BlobStoreSuite, ASourceThatFailsLeavesNothing) {
  class Failing final : public base::Source {
   public:
    std::size_t read(std::span<std::byte> buffer) override {
      if (m_read) throw base::Error(base::ErrorCode::io, "the disk is gone");
      m_read = true;
      std::fill(buffer.begin(), buffer.end(), std::byte{1});
      return buffer.size();
    }

   private:
    bool m_read = false;
  };
  const auto blob = descriptor_of(sample_bytes(std::size_t{1} << 20U, 4), "text/plain");
  EXPECT_EQ(error_code_of([&] {
              m_store->put_blob(m_context, blob, [] { return std::make_unique<Failing>(); });
            }),
            "io");
  EXPECT_FALSE(m_store->has_blob(m_context, blob));
}

TEST_P(BlobStoreSuite, AWriterMakesABlobWhoseDigestIsKnownAtTheEnd) {
  for (const std::size_t size : sample_sizes()) {
    const std::string bytes = sample_bytes(size, 5);
    const auto blob = descriptor_of(bytes, "application/octet-stream");
    const auto writer = m_store->create_blob(m_context);
    base::MemorySource source(base::as_bytes(bytes));
    base::copy(source, *writer);
    EXPECT_FALSE(m_store->has_blob(m_context, blob)) << size;
    writer->commit(blob.digest, blob.size);
    EXPECT_TRUE(read(blob) == bytes) << size;
  }
}

TEST_P(BlobStoreSuite, AWriterThatIsDroppedLeavesNothing) {
  const std::string bytes = sample_bytes(100000, 6);
  const auto blob = descriptor_of(bytes, "application/octet-stream");
  m_store->create_blob(m_context)->write(base::as_bytes(bytes));
  EXPECT_FALSE(m_store->has_blob(m_context, blob));
}

TEST_P(BlobStoreSuite, AWriterRefusesAnotherSize) {
  const std::string bytes = sample_bytes(1000, 7);
  const auto blob = descriptor_of(bytes, "application/octet-stream");
  for (const std::uint64_t size : {std::uint64_t{999}, std::uint64_t{1001}, std::uint64_t{0}}) {
    const auto writer = m_store->create_blob(m_context);
    writer->write(base::as_bytes(bytes));
    EXPECT_EQ(error_code_of([&] { writer->commit(blob.digest, size); }), "integrity") << size;
  }
  EXPECT_FALSE(m_store->has_blob(m_context, blob));
}

TEST_P(BlobStoreSuite, BytesUnderAWrongDigestAreNeverBelieved) {
  const std::string bytes = sample_bytes(1000, 8);
  auto blob = descriptor_of(bytes, "application/octet-stream");
  blob.digest = hash::Digest::of("something else");
  const auto writer = m_store->create_blob(m_context);
  writer->write(base::as_bytes(bytes));
  // A store may refuse at once, or leave it to whoever reads.
  const bool refused = error_code_of([&] { writer->commit(blob.digest, blob.size); }) != "none";
  EXPECT_EQ(error_code_of([&] { read(blob); }), refused ? "not_found" : "integrity");
}

TEST_P(BlobStoreSuite, ManifestsComeBackByteForByte) {
  const auto image = put_image_blobs(*m_store, m_context, "layer");
  std::string odd = image.bytes;
  odd.insert(1, "\n  \"org.example.unknown\" : [1, 2 ,3],\r\n");
  odd += "\n";
  const auto manifest = oci::RawManifest::from_bytes(odd);
  m_store->put_manifest(m_context, manifest, "odd");
  for (const std::string& name : {std::string("odd"), manifest.digest.str()}) {
    const auto found = m_store->find_manifest(m_context, name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->bytes, odd);
    EXPECT_EQ(found->digest, manifest.digest);
    EXPECT_EQ(found->media_type, oci::media_type::k_manifest);
    const auto descriptor = m_store->resolve(m_context, name);
    ASSERT_TRUE(descriptor) << name;
    EXPECT_EQ(descriptor->digest, manifest.digest);
    EXPECT_EQ(descriptor->size, odd.size());
    EXPECT_EQ(descriptor->media_type, oci::media_type::k_manifest);
  }
}

TEST_P(BlobStoreSuite, DockerMediaTypesStayAsTheyAre) {
  oci::Manifest image = oci::Manifest::parse(put_image_blobs(*m_store, m_context, "layer"));
  image.media_type = oci::media_type::k_docker_manifest;
  image.config.media_type = oci::media_type::k_docker_config;
  image.layers[0].media_type = oci::media_type::k_docker_layer_gzip;
  const auto manifest = image.to_raw();
  m_store->put_manifest(m_context, manifest, "docker");
  const auto found = store::get_manifest(*m_store, m_context, "docker");
  EXPECT_EQ(found.bytes, manifest.bytes);
  EXPECT_EQ(found.media_type, oci::media_type::k_docker_manifest);
}

TEST_P(BlobStoreSuite, MissingManifestsAreAbsentNotErrors) {
  const std::string digest = hash::Digest::of("nowhere").str();
  for (int round = 0; round < 2; ++round) {
    EXPECT_FALSE(m_store->find_manifest(m_context, "latest"));
    EXPECT_FALSE(m_store->find_manifest(m_context, digest));
    EXPECT_FALSE(m_store->resolve(m_context, "latest"));
    EXPECT_FALSE(m_store->resolve(m_context, digest));
    EXPECT_EQ(error_code_of([&] { store::get_manifest(*m_store, m_context, "latest"); }),
              "not_found");
    put_image("something", "other");
  }
}

TEST_P(BlobStoreSuite, ATagMovesAndTheOldTagStays) {
  const auto first = put_image("first", "latest");
  m_store->put_manifest(m_context, first, "1.0");
  const auto second = put_image("second", "latest");
  EXPECT_EQ(m_store->resolve(m_context, "latest")->digest, second.digest);
  EXPECT_EQ(m_store->resolve(m_context, "1.0")->digest, first.digest);
  m_store->put_manifest(m_context, first, "latest");
  EXPECT_EQ(m_store->resolve(m_context, "latest")->digest, first.digest);
}

TEST_P(BlobStoreSuite, TagsAreListedOnce) {
  EXPECT_TRUE(m_store->tags(m_context).empty());
  const auto image = put_image("image", "b");
  m_store->put_manifest(m_context, image, "a");
  m_store->put_manifest(m_context, image, "b");
  put_image("untagged", "");
  auto tags = m_store->tags(m_context);
  std::sort(tags.begin(), tags.end());
  EXPECT_EQ(tags, (std::vector<std::string>{"a", "b"}));
}

TEST_P(BlobStoreSuite, AnIndexAndItsChildrenAreFoundByDigest) {
  const auto first = put_image("first", "");
  const auto second = put_image("second", "");
  const auto index = index_of({first, second});
  m_store->put_manifest(m_context, index, "multi");
  EXPECT_EQ(store::get_manifest(*m_store, m_context, "multi").bytes, index.bytes);
  EXPECT_TRUE(store::get_manifest(*m_store, m_context, "multi").is_index());
  for (const auto& child : {first, second}) {
    EXPECT_EQ(store::get_manifest(*m_store, m_context, child.digest.str()).bytes, child.bytes);
    EXPECT_EQ(m_store->resolve(m_context, child.digest.str())->size, child.bytes.size());
  }
}

TEST_P(BlobStoreSuite, ReferrersOfASubject) {
  const auto subject = put_image("subject", "latest");
  const auto other = put_image("other", "other");
  EXPECT_TRUE(m_store->referrers(m_context, subject.digest).empty());
  const auto note = put_referrer_blobs(*m_store, m_context, subject, "hello");
  m_store->put_manifest(m_context, note, "");
  const auto found = m_store->referrers(m_context, subject.digest);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].digest, note.digest);
  EXPECT_EQ(found[0].size, note.bytes.size());
  EXPECT_EQ(found[0].artifact_type, "application/vnd.example.note");
  EXPECT_EQ(found[0].annotations.at("note"), "hello");
  EXPECT_TRUE(m_store->referrers(m_context, other.digest).empty());
}

TEST_P(BlobStoreSuite, EightThreadsPutTheSameAndDifferentThings) {
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (unsigned id = 0; id < 8; ++id) {
    threads.emplace_back([&, id] {
      try {
        for (unsigned i = 0; i < 6; ++i) {
          const std::string same = sample_bytes(20000, 100 + i);
          const std::string own = sample_bytes(5000, 1000 + 10 * id + i);
          store::put_bytes(*m_store, m_context, same, "application/octet-stream");
          store::put_bytes(*m_store, m_context, own, "application/octet-stream");
        }
        const std::string name = "thread-" + std::to_string(id);
        m_store->put_manifest(m_context, put_image_blobs(*m_store, m_context, name), name);
      } catch (const base::Error&) {
        ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(m_store->tags(m_context).size(), 8U);
  for (unsigned id = 0; id < 8; ++id) {
    for (unsigned i = 0; i < 6; ++i) {
      const std::string own = sample_bytes(5000, 1000 + 10 * id + i);
      EXPECT_TRUE(read(descriptor_of(own, "application/octet-stream")) == own);
    }
  }
}

TEST_P(BlobStoreSuite, AStopRequestEndsAWrite) {
  std::stop_source stop;
  base::Context context;
  context.stop = stop.get_token();
  stop.request_stop();
  const auto blob = descriptor_of("late", "text/plain");
  EXPECT_EQ(error_code_of([&] { m_store->put_blob(context, blob, opener("late")); }), "cancelled");
  EXPECT_FALSE(m_store->has_blob(m_context, blob));
}

}  // namespace pinnace::test_support
