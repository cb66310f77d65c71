#include "source/submodules.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::source {
namespace {

using namespace std::string_literals;

const std::string k_commit(40, 'a');

GitLink link(const std::string& path) {
  return {path, k_commit};
}

std::string setting(const std::string& name, const std::string& key, const std::string& value) {
  return "submodule." + name + "." + key + "\n" + value + "\0"s;
}

std::string failure_of(const GitLink& link, const std::string& settings) {
  try {
    (void)submodules_of({link}, settings, "https://host/team/x.git");
  } catch (const base::Error& error) {
    return error.what();
  }
  return "none";
}

TEST(Submodules, AreWhereTheTreeHasThem) {
  const std::string settings = setting("a.b", "path", "lib/a.b") + setting("a.b", "url", "../b") +
                               setting("gone", "path", "gone") + setting("gone", "url", "u") +
                               setting("z", "url", "https://other/z") + setting("z", "path", "z") +
                               setting("z", "branch", "x") + "submodule.z.shallow\0"s;
  const auto all = submodules_of({link("lib/a.b"), link("z")}, settings, "https://host/team/x.git");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "a.b");
  EXPECT_EQ(all[0].path, "lib/a.b");
  EXPECT_EQ(all[0].url, "https://host/team/b");
  EXPECT_EQ(all[0].commit, k_commit);
  EXPECT_EQ(all[1].url, "https://other/z");
}

TEST(Submodules, NoTextSaysWhereTheyAre) {
  const std::string a = setting("A", "path", "sub") + setting("A", "url", "u");
  EXPECT_EQ(failure_of(link("sub"), a), "none");
  // Git passes by the second path, as it begins with "-".
  EXPECT_EQ(failure_of(link("sub"), a + setting("A", "path", "-l/../sub")),
            ".gitmodules has two values for \"submodule.A.path\", expected one");
  EXPECT_EQ(failure_of(link("sub"), a + setting("A", "url", "v")),
            ".gitmodules has two values for \"submodule.A.url\", expected one");
  EXPECT_EQ(failure_of(link("sub"), a + setting("B", "path", "sub")),
            ".gitmodules has two names for the submodule at \"sub\"");
  EXPECT_EQ(failure_of(link("other"), a), ".gitmodules has no URL for the submodule at \"other\"");
  for (const char* path : {"..", "a/../b", "/etc", "./a", "a//b", ".git", "a/.GIT/b", ""})
    EXPECT_NE(failure_of(link(path), setting("A", "path", path) + setting("A", "url", "u")), "none")
        << path;
}

TEST(Submodules, SomeAreNotWanted) {
  const std::string settings =
      setting("A", "path", "a") + setting("A", "url", "u") + setting("A", "update", "none");
  EXPECT_TRUE(submodules_of({link("a")}, settings, "https://host/x").empty());
}

/// As git 2.39 has it.
TEST(Submodules, RelativeUrlsAreBesideTheRepository) {
  const struct {
    const char* repository;
    const char* url;
    const char* meant;
  } cases[] = {{"https://host/a/b.git", "../c.git", "https://host/a/c.git"},
               {"https://host/a/b.git/", "../c.git/", "https://host/a/c.git"},
               {"https://host/a/b", "./c", "https://host/a/b/c"},
               {"https://host/a/b", "./../../c", "https://host/c"},
               {"git@host:a/b", "../c", "git@host:a/c"},
               {"git@host:b", "../c", "git@host:c"},
               {"https://host/a", "https://other/c", "https://other/c"},
               {"https://host/a", "c", "c"}};
  for (const auto& c : cases)
    EXPECT_EQ(submodule_url(c.repository, c.url), c.meant) << c.repository << " " << c.url;
  EXPECT_THROW(submodule_url("host", "../c"), base::Error);
}

}  // namespace
}  // namespace pinnace::source
