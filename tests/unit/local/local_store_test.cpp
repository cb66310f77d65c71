#include "local/local_store.hpp"

#include <gtest/gtest.h>

#include <string>

#include "files/file.hpp"
#include "local/collect.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::local {
namespace {

namespace fs = std::filesystem;

std::string row(const PartInfo& info) {
  return "| `" + std::string(info.path) + "` | " + std::string(info.holds) + " | " +
         std::string(info.collected) + " |\n";
}

TEST(LocalStore, TheDocumentHasItsParts) {
  std::string table;
  for (const PartInfo& info : k_parts) table += row(info);
  const std::string text =
      files::read_file(fs::path(PINNACE_SOURCE_DIR) / "docs/formats/local-store.md", 1 << 20);
  EXPECT_NE(text.find("|---|---|---|\n" + table + "\n"), std::string::npos) << "expected:\n"
                                                                            << table;
}

TEST(LocalStore, NoPartIsWithinAnother) {
  for (const PartInfo& a : k_parts) {
    for (const PartInfo& b : k_parts) {
      if (a.part == b.part) continue;
      EXPECT_FALSE((std::string(a.path) + "/").starts_with(std::string(b.path) + "/"))
          << a.path << " in " << b.path;
    }
    EXPECT_EQ(LocalStore("/s").at(a.part), fs::path("/s") / a.path);
  }
}

TEST(Collect, WhatIsRememberedGoesWithAll) {
  const test_support::TemporaryDirectory directory;
  const LocalStore store(directory.path());
  for (const Part part : {Part::base_trees, Part::contents, Part::downloads, Part::manifests,
                          Part::layers, Part::chunks}) {
    fs::create_directories(store.at(part));
    files::write_file_atomically(store.at(part) / "file", "content");
  }
  Limits limits;
  limits.cache_size = 1000;
  const CollectedStore kept = collect({}, store, limits);
  EXPECT_EQ(kept.parts.at(1).name, "what is known of bases and downloads");
  EXPECT_EQ(kept.parts.at(1).bytes.kept_bytes, 35U);

  limits.all = true;
  const CollectedStore done = collect({}, store, limits);
  EXPECT_EQ(done.parts.at(1).bytes.removed_files, 5U);
  for (const auto& entry : fs::recursive_directory_iterator(directory.path()))
    EXPECT_FALSE(entry.is_regular_file()) << entry.path();
}

}  // namespace
}  // namespace pinnace::local
