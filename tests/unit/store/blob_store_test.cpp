#include "support/blob_store_suite.hpp"

#include "disk/archive_writer.hpp"
#include "disk/oci_layout.hpp"
#include "store/memory_store.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::test_support {
namespace {

struct LayoutInDirectory {
  TemporaryDirectory directory;
  disk::OciLayout layout{directory.path() / "layout", disk::OciLayout::Missing::create};
};

std::shared_ptr<store::BlobStore> make_layout() {
  auto both = std::make_shared<LayoutInDirectory>();
  return {both, &both->layout};
}

struct ArchiveInDirectory {
  TemporaryDirectory directory;
  disk::ArchiveWriter archive{directory.path() / "image.tar"};
};

std::shared_ptr<store::BlobStore> make_archive() {
  auto both = std::make_shared<ArchiveInDirectory>();
  return {both, &both->archive};
}

std::shared_ptr<store::BlobStore> make_memory() {
  return std::make_shared<store::MemoryStore>();
}

INSTANTIATE_TEST_SUITE_P(Local, BlobStoreSuite,
                         testing::Values(BlobStoreCase{"layout", make_layout},
                                         BlobStoreCase{"archive", make_archive},
                                         BlobStoreCase{"memory", make_memory}),
                         [](const auto& store) { return store.param.name; });

}  // namespace
}  // namespace pinnace::test_support
