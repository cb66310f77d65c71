#include "declared/artifacts.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::declared {
namespace {

namespace fs = std::filesystem;

class ArtifactsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& path : std::vector<std::string>{
             "target/shop.jar", "target/lib/a.jar", "target/lib/b.jar", "target/lib/c.txt",
             "site/index.html", "site/css/main.css", ".hidden"}) {
      fs::create_directories((m_directory.path() / path).parent_path());
      files::write_file_atomically(m_directory.path() / path, path);
    }
  }
  tree::FileTree collect(const std::string& artifacts) {
    const auto definition = definition::parse_definition(
        "version: 1\nbase: scratch\nartifacts:\n" + artifacts, "pinnace.yaml");
    return collect_artifacts({}, definition,
                             std::make_shared<const files::Directory>(m_directory.path()), 5);
  }
  std::string list(const std::string& artifacts) {
    std::string text;
    const tree::FileTree tree = collect(artifacts);
    for (const tree::TreeEntry& entry : tree.entries()) text += entry.header.path + " ";
    return text;
  }
  std::string error_of(const std::string& artifacts) {
    try {
      return "took " + list(artifacts);
    } catch (const base::Error& error) {
      return error.what();
    }
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(ArtifactsTest, AFileAndADirectoryAndAGlob) {
  EXPECT_EQ(list("  - {from: target/shop.jar, to: /opt/app.jar}\n"), "opt/app.jar ");
  EXPECT_EQ(list("  - {from: target/shop.jar, to: /opt/}\n"), "opt/shop.jar ");
  EXPECT_EQ(list("  - {from: target/shop.jar, to: /}\n"), "shop.jar ");
  EXPECT_EQ(list("  - {from: site, to: /srv}\n"), "srv srv/css srv/css/main.css srv/index.html ");
  EXPECT_EQ(list("  - {from: 'target/lib/*.jar', to: /opt/lib}\n"), "opt/lib/a.jar opt/lib/b.jar ");
  EXPECT_EQ(list("  - {from: '**/*.jar', to: /j}\n"),
            "j/target/lib/a.jar j/target/lib/b.jar j/target/shop.jar ");
}

TEST_F(ArtifactsTest, AMatchedDirectoryGoesWithItsContents) {
  EXPECT_EQ(list("  - {from: 's*', to: /x}\n"),
            "x/site x/site/css x/site/css/main.css x/site/index.html ");
}

TEST_F(ArtifactsTest, TheIgnoreFileLeavesOut) {
  files::write_file_atomically(m_directory.path() / ".pinnaceignore",
                               "**/*.css\ntarget/lib\n!target/lib/a.jar\n");
  EXPECT_EQ(list("  - {from: site, to: /srv}\n"), "srv srv/css srv/index.html ");
  EXPECT_EQ(list("  - {from: target, to: /t}\n"), "t t/lib/a.jar t/shop.jar ");
}

TEST_F(ArtifactsTest, AttributesComeFromTheRule) {
  const tree::FileTree tree =
      collect("  - {from: target/shop.jar, to: /a, mode: '0640', owner: '1000:1001'}\n");
  const archive::TarEntry& header = tree.find("a")->header;
  EXPECT_EQ(header.mode, 0640U);
  EXPECT_EQ(header.uid, 1000U);
  EXPECT_EQ(header.gid, 1001U);
  EXPECT_EQ(header.mtime, 5);
}

TEST_F(ArtifactsTest, ModesAreThoseOfTheDiskWithoutTheUmask) {
  const auto jar = (m_directory.path() / "target/shop.jar").string();
  ASSERT_EQ(::chmod(jar.c_str(), 0600), 0);
  EXPECT_EQ(collect("  - {from: target/shop.jar, to: /a}\n").find("a")->header.mode, 0644U);
  ASSERT_EQ(::chmod(jar.c_str(), 02711), 0);
  EXPECT_EQ(collect("  - {from: target/shop.jar, to: /a}\n").find("a")->header.mode, 02711U);
}

TEST_F(ArtifactsTest, ErrorsNameTheRule) {
  EXPECT_EQ(error_of("  - {from: missing, to: /a}\n").find("pinnace.yaml:4:"), 0U)
      << error_of("  - {from: missing, to: /a}\n");
  EXPECT_NE(error_of("  - {from: '*.war', to: /a}\n").find("matches nothing"), std::string::npos);
  fs::create_symlink("/etc/passwd", m_directory.path() / "out");
  EXPECT_NE(error_of("  - {from: out, to: /a}\n").find("leads outside"), std::string::npos);
}

TEST_F(ArtifactsTest, AnIgnoreFileThatIsNamedMustBeThere) {
  const auto definition = definition::parse_definition(
      "version: 1\nbase: scratch\nignore: none\nartifacts:\n  - {from: site, to: /s}\n",
      "pinnace.yaml");
  EXPECT_THROW(collect_artifacts({}, definition,
                                 std::make_shared<const files::Directory>(m_directory.path()), 0),
               base::Error);
}

}  // namespace
}  // namespace pinnace::declared
