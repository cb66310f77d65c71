#include "inventory/layer_scan.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "inventory/layer_memory.hpp"
#include "support/golden.hpp"
#include "support/temporary_directory.hpp"
#include "unit/inventory/layers.hpp"

namespace pinnace::inventory {
namespace {

constexpr const char* k_status = "Package: a\nVersion: 1\nStatus: install ok installed\n";

class LayerScanTest : public testing::Test {
 protected:
  LayerInventory scan(const std::string& archive) {
    return scan_layer(m_context, m_store, m_store.add(archive));
  }
  LayerInventory scan(const std::vector<Sample>& samples) { return scan(archive_of(samples)); }

  test_support::TemporaryDirectory m_directory;
  base::Context m_context{.scratch = m_directory.path()};
  CountingStore m_store;
};

TEST_F(LayerScanTest, EntriesAndDocuments) {
  const LayerInventory found = scan({{"./var/"},
                                     {"/var/lib/dpkg/status", k_status},
                                     {"bin -> usr/bin"},
                                     {"etc/.wh.gone"},
                                     {"x = var/lib/dpkg/status"},
                                     {"opt/hello", test_support::golden("packages/go-hello")},
                                     {"opt/app.jar", test_support::golden("packages/app.jar")},
                                     {"opt/text", "no program"}});
  ASSERT_EQ(found.entries.size(), 8U);
  EXPECT_EQ(found.entries[0].path, "var");
  EXPECT_EQ(found.entries[1].path, "var/lib/dpkg/status");
  EXPECT_EQ(found.entries[1].digest, hash::Digest::of(k_status));
  EXPECT_EQ(found.entries[2].link_target, "usr/bin");
  EXPECT_EQ(found.entries[3].digest, hash::Digest::of(""));
  ASSERT_EQ(found.documents.size(), 3U);
  EXPECT_EQ(found.documents[0].entry, 1U);
  EXPECT_EQ(found.documents[0].packages.at(0).name, "a");
  EXPECT_EQ(found.documents[1].entry, 5U);
  EXPECT_EQ(found.documents[1].packages.size(), 6U);
  EXPECT_EQ(found.documents[2].packages.size(), 3U);
  EXPECT_EQ(found.findings, std::vector<Finding>{});
  EXPECT_EQ(parse_layer_inventory(to_text(found)), found);
}

TEST_F(LayerScanTest, BrokenFilesAreFindings) {
  const LayerInventory found = scan({{"a.jar", "no archive"},
                                     {"node_modules/x/package.json", "{\"name\":\x1b[31m"},
                                     {"var/lib/rpm/rpmdb.sqlite", "no database"},
                                     {"var/lib/rpm/Packages", "old"},
                                     {"program",
                                      "\x7f"
                                      "ELF"},
                                     {"etc/os-release", std::string(2 << 20, 'x')}});
  ASSERT_EQ(found.findings.size(), 6U);
  for (std::size_t i = 0; i < found.findings.size(); ++i) {
    EXPECT_EQ(found.findings[i].path.bytes, found.entries[i].path);
    EXPECT_TRUE(found.findings[i].problem.starts_with("could not be read: "));
    EXPECT_EQ(found.findings[i].problem.find('\x1b'), std::string::npos);
  }
  EXPECT_EQ(found.documents, std::vector<Document>{});
}

TEST_F(LayerScanTest, PathsThatLeadOutAndWhiteoutsOfNothingAreLeftOut) {
  const LayerInventory found = scan({{"../etc/passwd", "x"}, {"a/.wh."}, {"b"}});
  ASSERT_EQ(found.entries.size(), 1U);
  EXPECT_EQ(found.entries[0].path, "b");
  EXPECT_EQ(found.findings.size(), 2U);
}

TEST_F(LayerScanTest, AnArchiveThatEndsEarlyIsReadAsFarAsItGoes) {
  const std::string whole = archive_of({{"a", "1"}, {"b", std::string(5000, 'x')}});
  const LayerInventory found = scan(whole.substr(0, 2500));
  ASSERT_EQ(found.entries.size(), 1U);
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_NE(found.findings[0].problem.find("the rest of the layer"), std::string::npos);
}

TEST_F(LayerScanTest, ALayerThatIsAnotherOneIsAnError) {
  tree::StoredLayer layer = m_store.add({{"a", "1"}});
  layer.diff_id = hash::Digest::of("other");
  EXPECT_THROW(scan_layer(m_context, m_store, layer), base::Error);
}

/// GNU tar's old format: one part of one byte at the end, so that all before is zeros.
std::string sparse_file(const std::string& path, std::uint64_t size) {
  const auto octal = [](std::uint64_t value, std::size_t width) {
    std::string digits(width - 1, '0');
    for (std::size_t i = digits.size(); i-- > 0; value /= 8)
      digits[i] = static_cast<char>('0' + value % 8);
    return digits + '\0';
  };
  std::string block(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    block.replace(at, text.size(), text);
  };
  put(0, path);
  put(100, octal(0644, 8)), put(108, octal(0, 8)), put(116, octal(0, 8));
  put(124, octal(1, 12)), put(136, octal(0, 12));
  put(156, "S"), put(257, "ustar  "), put(148, "        ");
  put(386, octal(size - 1, 12)), put(398, octal(1, 12)), put(483, octal(size, 12));
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 7) + ' ');
  return block + "x" + std::string(511, '\0');
}

TEST_F(LayerScanTest, SparseFilesAreReadWhileTheyAreNotTooLarge) {
  const std::uint64_t large = (std::uint64_t{1} << 32U) + 5;
  const LayerInventory found =
      scan(sparse_file("small.jar", 100'000) + sparse_file("huge.jar", large) +
           sparse_file("huge", large) + archive_of({{"after", "x"}}));
  ASSERT_EQ(found.entries.size(), 4U);
  EXPECT_EQ(found.entries[0].digest, hash::Digest::of(std::string(99'999, '\0') + "x"));
  EXPECT_EQ(found.entries[1].size, large);
  EXPECT_EQ(found.entries[2].digest, std::nullopt);
  EXPECT_EQ(found.entries[3].path, "after");
  ASSERT_EQ(found.findings.size(), 3U);
  EXPECT_NE(found.findings[0].problem.find("no zip archive"), std::string::npos);
  EXPECT_NE(found.findings[1].problem.find("larger than"), std::string::npos);
  EXPECT_NE(found.findings[2].problem.find("sparse"), std::string::npos);
}

TEST_F(LayerScanTest, LargeFilesGoToTheScratch) {
  const std::string inner = test_support::golden("packages/app.jar");
  const std::string large = std::string(SpooledFile::k_in_memory + 4096, '\0') + inner;
  const LayerInventory found = scan({{"large.jar", large}, {"app.jar", inner}});
  EXPECT_EQ(found.entries[0].digest, hash::Digest::of(large));
  ASSERT_EQ(found.documents.size(), 2U);
  EXPECT_EQ(found.documents[0].packages.size(), 3U);
  EXPECT_TRUE(std::filesystem::is_empty(m_directory.path()));
}

TEST_F(LayerScanTest, WhiteoutsAreNoDocuments) {
  const LayerInventory found = scan({{"app/.wh.x-1.jar"},
                                     {"lib/.wh.x-1.egg-info", "Name: x\n"},
                                     {"bin/.wh.hello", test_support::golden("packages/go-hello")}});
  EXPECT_EQ(found.entries.size(), 3U);
  EXPECT_EQ(found.documents, std::vector<Document>{});
  EXPECT_EQ(found.findings, std::vector<Finding>{});
}

TEST_F(LayerScanTest, DocumentsThatSayTooMuchTogetherAreLeftOut) {
  std::string lines;
  for (int i = 0; i < 900'000; ++i) lines += "a\n";
  std::vector<Sample> samples;
  for (const char* name : {"a", "b", "c", "d"})
    samples.push_back({std::string("var/lib/dpkg/info/") + name + ".list", lines});
  samples.push_back({"etc/os-release", "ID=x\n"});
  const LayerInventory found = scan(samples);
  EXPECT_EQ(found.entries.size(), 5U);
  EXPECT_EQ(found.documents.size(), 3U);
  EXPECT_EQ(found.findings.size(), 2U);
}

TEST_F(LayerScanTest, WhatIsWishedForIsReadAlone) {
  const tree::StoredLayer layer =
      m_store.add({{"x.jar", "broken"},
                   {"opt/status", k_status},
                   {"../out", "1"},
                   {"opt/x", test_support::golden("packages/app.jar")}});
  const LayerInventory found = scan_layer(m_context, m_store, layer,
                                          {{2, DocumentKind::java_archive, "a.jar"},
                                           {1, DocumentKind::dpkg_status, "var/lib/dpkg/status"},
                                           {2, DocumentKind::dpkg_status, "status"}});
  ASSERT_EQ(found.entries.size(), 3U);
  EXPECT_EQ(found.entries[0].path, "var/lib/dpkg/status");
  ASSERT_EQ(found.documents.size(), 2U);
  EXPECT_EQ(found.documents[0].entry, 0U);
  EXPECT_EQ(found.documents[0].packages.at(0).name, "a");
  EXPECT_EQ(found.documents[1].packages.size(), 3U);
  EXPECT_EQ(found.entries[found.documents[1].entry].path, "a.jar");
  EXPECT_EQ(found.entries[found.documents[1].entry].link_target, "opt/x");
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].path.bytes, "status");
  EXPECT_EQ(parse_layer_inventory(to_text(found)), found);
}

TEST_F(LayerScanTest, WhatAnotherImageSaysOfALayerIsNothingToThisOne) {
  const LayerMemory memory(m_directory.path() / "memory");
  const std::string archive = archive_of({{"var/lib/dpkg/status", k_status}});
  const tree::StoredLayer layer = m_store.add(archive);
  tree::StoredLayer other = layer;
  other.diff_id = hash::Digest::of(base::as_bytes(archive), hash::Algorithm::sha512);
  EXPECT_EQ(memory.read(m_context, m_store, other).documents.size(), 1U);
  other.diff_id = hash::Digest::of("other");
  EXPECT_THROW(memory.read(m_context, m_store, other), base::Error);
  EXPECT_EQ(memory.read(m_context, m_store, layer).diff_id, layer.diff_id.str());
}

TEST_F(LayerScanTest, IsRememberedByTheBlob) {
  const LayerMemory memory(m_directory.path() / "memory");
  tree::StoredLayer layer = m_store.add({{"var/lib/dpkg/status", k_status}});
  const LayerInventory first = memory.read(m_context, m_store, layer);
  EXPECT_EQ(memory.read(m_context, m_store, layer), first);
  EXPECT_EQ(m_store.opened, 1);
  for (const auto& file : std::filesystem::directory_iterator(m_directory.path() / "memory"))
    std::filesystem::resize_file(file.path(), 100);
  EXPECT_EQ(memory.read(m_context, m_store, layer), first);
  EXPECT_EQ(m_store.opened, 2);
  layer.diff_id = hash::Digest::of("other");
  EXPECT_THROW(memory.read(m_context, m_store, layer), base::Error);
}

}  // namespace
}  // namespace pinnace::inventory
