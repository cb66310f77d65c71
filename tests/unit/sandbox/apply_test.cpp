#include "sandbox/trees/apply.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "archive/tar_format.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::sandbox {
namespace {

namespace fs = std::filesystem;
using archive::EntryType;

class MemorySource final : public base::Source {
 public:
  explicit MemorySource(std::string text) : m_text(std::move(text)) {}
  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t size = std::min(buffer.size(), m_text.size() - m_used);
    std::copy_n(m_text.data() + m_used, size, reinterpret_cast<char*>(buffer.data()));
    m_used += size;
    return size;
  }

 private:
  std::string m_text;
  std::size_t m_used = 0;
};

class ApplyTest : public testing::Test {
 protected:
  ApplyTest() {
    fs::create_directories(m_top);
    fs::create_directories(m_host);
    files::write_file_atomically(m_host / "canary", "untouched");
  }
  /// "name/": a directory; "name -> target": a link; "name => other": a hard link; else a file.
  static std::string layer(const std::vector<std::string>& lines) {
    std::string tar;
    for (const std::string& line : lines) {
      archive::TarEntry entry;
      entry.mode = 0755;
      entry.uid = ::getuid();
      entry.gid = ::getgid();
      const std::size_t soft = line.find(" -> ");
      const std::size_t hard = line.find(" => ");
      entry.path = line.substr(0, std::min(soft, hard));
      if (soft != std::string::npos) {
        entry.type = EntryType::symlink;
        entry.link_target = line.substr(soft + 4);
      } else if (hard != std::string::npos) {
        entry.type = EntryType::hardlink;
        entry.link_target = line.substr(hard + 4);
      } else if (line.ends_with('/')) {
        entry.type = EntryType::directory;
        entry.path.pop_back();
      }
      archive::append_tar_header(entry, tar);
    }
    return tar.append(base::as_text(archive::k_tar_end));
  }
  void apply(const std::vector<std::string>& lines) {
    MemorySource tar(layer(lines));
    layer::ShownTimes times;
    apply_layer(tree::OpenRoot(m_top), tar, "layer sha256:1f", times, {});
  }
  std::string all() const {
    std::set<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(m_top))
      paths.insert(entry.path().lexically_relative(m_top).string());
    std::string text;
    for (const std::string& path : paths) text += (text.empty() ? "" : " ") + path;
    return text;
  }

  test_support::TemporaryDirectory m_directory;
  const fs::path m_top = m_directory.path() / "root";
  const fs::path m_host = m_directory.path() / "host";
};

TEST_F(ApplyTest, EntriesBelowLinksBelongWhereTheyLead) {
  apply({"usr/", "usr/lib/", "usr/lib/old", "lib -> usr/lib", "abs -> /usr/lib", "up -> ../../usr",
         "new -> made/later"});
  apply({"lib/a", "abs/b", "up/lib/c", "new/d", "lib/h => abs/b", "lib/.wh.old"});
  EXPECT_EQ(all(),
            "abs lib made made/later made/later/d new up usr usr/lib usr/lib/a usr/lib/b usr/lib/c "
            "usr/lib/h");
}

TEST_F(ApplyTest, NothingLeadsOut) {
  const std::string host = m_host.string();
  apply(
      {"abs -> " + host, "rel -> ../host", "d/", "d/up -> ../../host", "magic -> /proc/self/root"});
  apply({"abs/canary", "rel/canary", "d/up/canary", "abs/.wh.canary", "rel/.wh..wh..opq",
         "d/up/.wh.canary", "magic" + host + "/canary", "magic" + host + "/.wh.canary"});
  EXPECT_EQ(files::read_file(m_host / "canary", 100), "untouched");
  EXPECT_EQ(std::distance(fs::directory_iterator(m_host), fs::directory_iterator()), 1);
}

TEST_F(ApplyTest, WhiteoutsHideWhatIsBelowAndNeverTheirOwnLayer) {
  apply({"d/", "d/a/", "d/a/old", "d/a.b", "d/gone", "e/", "e/old", "f/", "f/old"});
  apply({"d/a/", "d/a/new", "d/a-c", "d/.wh..wh..opq", "e/new", ".wh.e", ".wh.f"});
  EXPECT_EQ(all(), "d d/a d/a-c d/a/new e e/new");
}

TEST_F(ApplyTest, AWhiteoutOfNoFileIsRefused) {
  for (const std::string name : {".wh.", ".wh..", ".wh...", "d/.wh...", "d/.wh."}) {
    apply({"d/", "d/f"});
    try {
      apply({name});
      ADD_FAILURE() << name;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
      EXPECT_NE(std::string(error.what()).find("layer sha256:1f: the entry \"" + name + "\""),
                std::string::npos)
          << error.what();
    }
    EXPECT_EQ(all(), "d d/f") << name;
  }
}

TEST_F(ApplyTest, AnEntryReplacesWhatIsOfAnotherKind) {
  apply({"a/", "a/b/", "a/b/c", "l -> /a", "f"});
  apply({"a", "l/", "l/x", "f/", "f/y"});
  EXPECT_EQ(all(), "a f f/y l l/x");
  EXPECT_TRUE(fs::is_regular_file(m_top / "a"));
  EXPECT_TRUE(fs::is_directory(fs::symlink_status(m_top / "l")));
}

TEST_F(ApplyTest, HolesStayHoles) {
  constexpr std::size_t k_size = 3'000'000;
  std::string content(k_size, '\0');
  content[2'000'000] = 'x';
  archive::TarEntry entry;
  entry.path = "sparse";
  entry.mode = 0644;
  entry.uid = ::getuid();
  entry.gid = ::getgid();
  entry.size = k_size;
  base::StringSink tar;
  archive::TarWriter writer(tar);
  writer.add(entry, base::as_bytes(content));
  writer.finish();
  MemorySource source(tar.take());
  layer::ShownTimes times;
  apply_layer(tree::OpenRoot(m_top), source, "layer", times, {});
  const std::string path = (m_top / "sparse").string();
  EXPECT_EQ(files::read_file(path, 2 * k_size), content);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_LT(status.st_blocks * 512, 500'000);
}

}  // namespace
}  // namespace pinnace::sandbox
