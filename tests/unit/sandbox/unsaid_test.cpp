#include "sandbox/trees/unsaid.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sandbox/system/system.hpp"
#include "sandbox/trees/copy_tree.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::sandbox {
namespace {

class Unsaid : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return (m_directory.path() / name).string(); }
  void set(const std::string& name) const {
    ASSERT_EQ(::setxattr(at("f").c_str(), name.c_str(), "y", 1, 0), 0) << name;
  }
  bool has(const std::string& name) const {
    return ::getxattr(at("f").c_str(), name.c_str(), nullptr, 0) >= 0;
  }

  test_support::TemporaryDirectory m_directory;
  const tree::OpenRoot m_root{m_directory.path()};
  const tree::RootedPath m_file{"f"};
};

TEST_F(Unsaid, AttributesGoButThoseOfTheLayerAndOfOverlayfs) {
  write_file(at("f"), "");
  for (const char* name : {"user.a", "user.xdg.a", "user.overlay.opaque", "user.overlay.overlay.a"})
    set(name);
  const auto said = attributes_of(m_root, m_file);
  EXPECT_EQ(said, (std::map<std::string, std::string>{{"user.a", "y"}}));
  remove_attributes(m_root, m_file, said, Marks::overlay);
  EXPECT_TRUE(has("user.a"));
  EXPECT_TRUE(has("user.overlay.opaque"));
  EXPECT_FALSE(has("user.xdg.a"));
  EXPECT_FALSE(has("user.overlay.overlay.a")) << "a container set it";
  remove_attributes(m_root, m_file, said, Marks::none);
  EXPECT_TRUE(has("user.a"));
  EXPECT_FALSE(has("user.overlay.opaque"));
}

TEST_F(Unsaid, OfALinkNothingIsFollowed) {
  write_file(at("f"), "");
  set("user.a");
  ASSERT_EQ(::symlink("f", at("l").c_str()), 0);
  remove_attributes(m_root, tree::RootedPath("l"), {}, Marks::none);
  EXPECT_TRUE(has("user.a"));
}

TEST_F(Unsaid, ALinkOrFifoOfSeveralNamesBecomesSeveral) {
  ASSERT_EQ(::symlink("nowhere", at("l").c_str()), 0);
  ASSERT_EQ(::mkfifo(at("p").c_str(), 0640), 0);
  for (const std::string name : {"l", "p"}) {
    ASSERT_EQ(::linkat(AT_FDCWD, at(name).c_str(), AT_FDCWD, at(name + "2").c_str(), 0), 0);
    split_hard_link(m_root, tree::RootedPath(name));
    const auto status = m_root.status(tree::RootedPath(name));
    EXPECT_EQ(status->st_nlink, 1U);
    EXPECT_EQ(status->st_mode, m_root.status(tree::RootedPath(name + "2"))->st_mode);
  }
  EXPECT_EQ(m_root.link_target(tree::RootedPath("l")), "nowhere");
}

}  // namespace
}  // namespace pinnace::sandbox
