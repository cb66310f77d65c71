#include "local/local_store.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"
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
                          Part::layers, Part::inventories, Part::chunks}) {
    fs::create_directories(store.at(part));
    files::write_file_atomically(store.at(part) / std::string(64, 'a'), "content");
    files::write_file_atomically(store.at(part) / "logo.png", "a person's own");
  }
  Limits limits;
  limits.cache_size = 1000;
  const CollectedStore kept = collect({}, store, limits);
  EXPECT_EQ(kept.parts.at(1).name, "what is known of bases and downloads");
  EXPECT_EQ(kept.parts.at(1).bytes.kept_bytes, 42U);

  limits.all = true;
  const CollectedStore done = collect({}, store, limits);
  EXPECT_EQ(done.parts.at(1).bytes.removed_files, 6U);
  for (const auto& entry : fs::recursive_directory_iterator(directory.path())) {
    if (entry.is_regular_file()) EXPECT_EQ(entry.path().filename(), "logo.png");
  }
}

TEST(Collect, ContainersAreKnownByWhatTheyAre) {
  const test_support::TemporaryDirectory directory;
  const LocalStore store(directory.path());
  const fs::path all = store.at(Part::containers);
  for (const char* file : {"web/main.c", "db/schema.sql", "0123456789ab/log", "0123456789ac/notes",
                           "0123456789/log", "0123456789AB/log"}) {
    fs::create_directories((all / file).parent_path());
    files::write_file_atomically(all / file, "text");
    fs::last_write_time(all / file, fs::file_time_type::clock::now() - std::chrono::hours(48));
  }
  Limits limits;
  limits.all = true;
  for (const auto& name : {"0123456789ab", "0123456789ac"})
    files::write_file_atomically(all / name / "lock", "1");
  collect({}, store, limits);
  EXPECT_FALSE(fs::exists(all / "0123456789ab"));
  for (const char* name :
       {"web/main.c", "db/schema.sql", "0123456789ac/notes", "0123456789/log", "0123456789AB/log"})
    EXPECT_TRUE(fs::exists(all / name)) << name;
}

class ClaimTest : public testing::Test {
 protected:
  void write(const std::string& name) const {
    fs::create_directories((m_store.directory() / name).parent_path());
    files::write_file_atomically(m_store.directory() / name, "text");
  }
  bool claims() const {
    try {
      m_store.claim();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::invalid_input) << error.what();
      EXPECT_FALSE(fs::exists(m_store.directory() / k_marker));
      return false;
    }
    EXPECT_TRUE(fs::exists(m_store.directory() / k_marker));
    return true;
  }

  test_support::TemporaryDirectory m_directory;
  LocalStore m_store{m_directory.path() / "a/store"};
};

TEST_F(ClaimTest, ANewDirectoryIsAStore) {
  EXPECT_TRUE(claims());
  write("main.c");
  EXPECT_TRUE(claims()) << "whatever else comes";
}

TEST_F(ClaimTest, AnEmptyOneToo) {
  fs::create_directories(m_store.directory() / "lost+found");
  write(".pinnace-tmp-of-another-process");
  EXPECT_TRUE(claims());
}

TEST_F(ClaimTest, AStoreOfAnOlderVersionIsKnown) {
  for (const char* name : {"images/oci-layout", "sandbox/0-65536.lock", "cache/build/records/x",
                           "containers/0123456789ab/log", "tmp/.pinnace-tmp-x"})
    write(name);
  EXPECT_TRUE(claims());
}

TEST_F(ClaimTest, NoNameIsNotTheCurrentDirectory) {
  EXPECT_THROW(LocalStore("").claim(), base::Error);
}

TEST_F(ClaimTest, WhatIsSomebodysOwnIsNone) {
  for (const std::string name : {"main.c", "containers/web/Dockerfile", "images/a.png", ".git/HEAD",
                                 "containers/storage/overlay-images/images.json"}) {
    fs::remove_all(m_store.directory());
    write("cache/build/records/x");
    write(name);
    EXPECT_FALSE(claims()) << name;
  }
}

}  // namespace
}  // namespace pinnace::local
