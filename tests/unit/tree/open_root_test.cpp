#include "tree/open_root.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::tree {
namespace {

namespace fs = std::filesystem;

TEST(RootedPath, SaysOneThingInOneWay) {
  EXPECT_EQ(RootedPath("/a//b/./c/").relative(), "a/b/c");
  EXPECT_EQ(RootedPath("a/b").absolute(), "/a/b");
  EXPECT_EQ(RootedPath("a/../b").relative(), "a/../b");
  EXPECT_TRUE(RootedPath("/").is_root());
  EXPECT_EQ(RootedPath("a/b").parent(), RootedPath("a"));
  EXPECT_EQ(RootedPath("a").parent(), RootedPath());
  EXPECT_EQ(RootedPath("a/b").name(), "b");
  EXPECT_EQ(RootedPath("a").name(), "a");
  EXPECT_EQ(RootedPath() / "a", RootedPath("a"));
  EXPECT_TRUE(RootedPath("a/b").is_within(RootedPath("a")));
  EXPECT_TRUE(RootedPath("a").is_within(RootedPath("a")));
  EXPECT_FALSE(RootedPath("ab").is_within(RootedPath("a")));
  EXPECT_FALSE((std::is_convertible_v<RootedPath, std::string>));
  EXPECT_FALSE((std::is_convertible_v<RootedPath, fs::path>));
}

class OpenRootTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(m_host / "d");
    fs::create_directories(m_host / "empty");
    files::write_file_atomically(m_host / "f", "of the host");
    fs::create_directories(m_top / "d/e");
    files::write_file_atomically(m_top / "d/f", "of the container");
    fs::create_symlink(m_host, m_top / "absolute");
    fs::create_symlink("../host", m_top / "relative");
    fs::create_symlink("../../host", m_top / "d/deeper");
    fs::create_symlink("/d/e", m_top / "inside");
    fs::create_symlink("../../../../../d", m_top / "up");
    fs::create_symlink("inside", m_top / "chain");
    fs::create_symlink("loop", m_top / "loop");
    fs::create_symlink("/proc/self/root", m_top / "magic");
    fs::create_symlink("/nowhere/at/all", m_top / "dangling");
  }
  template <class Action>
  static base::ErrorCode code_of(Action&& action) {
    try {
      action();
    } catch (const base::Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "nothing was thrown";
    return base::ErrorCode::internal;
  }
  std::string all_of_host() const {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(m_host))
      all += entry.path().filename().string() + " ";
    return all;
  }

  test_support::TemporaryDirectory m_directory;
  const fs::path m_host = m_directory.path() / "host";
  const fs::path m_top = m_directory.path() / "root";
};

TEST_F(OpenRootTest, FollowsLinksAsAProcessWithThatRootWould) {
  const OpenRoot root(m_top);
  const std::string host = m_host.string();
  const std::pair<std::string, std::string> cases[] = {{"/", "/"},
                                                       {"d/f", "/d/f"},
                                                       {"d/./e/..", "/d"},
                                                       {"../../d", "/d"},
                                                       {"inside/x", "/d/e/x"},
                                                       {"chain", "/d/e"},
                                                       {"up/f", "/d/f"},
                                                       {"absolute/f", host + "/f"},
                                                       {"relative/f", "/host/f"},
                                                       {"d/deeper", "/host"},
                                                       {"inside/../f", "/d/f"},
                                                       {"magic/etc", "/proc/self/root/etc"},
                                                       {"dangling", "/nowhere/at/all"},
                                                       {"missing/../d", "/d"},
                                                       {"d/f/x", "/d/f/x"}};
  for (const auto& [path, expected] : cases)
    EXPECT_EQ(root.resolve(RootedPath(path)).absolute(), expected) << path;
  EXPECT_EQ(code_of([&] { root.resolve(RootedPath("loop/x")); }), base::ErrorCode::invalid_input);
}

TEST_F(OpenRootTest, FindsNothingBelowLinks) {
  const OpenRoot root(m_top);
  for (const char* path : {"absolute/f", "relative/f", "d/deeper/f", "inside/x", "up/f",
                           "magic/etc", "loop/x", "d/f/x"}) {
    const RootedPath below(path);
    EXPECT_FALSE(root.status(below)) << path;
    EXPECT_FALSE(root.is_directory(below)) << path;
    EXPECT_FALSE(root.link_target(below)) << path;
    EXPECT_FALSE(root.read_file(below, 100)) << path;
    EXPECT_EQ(code_of([&] { root.open(below, O_RDONLY); }), base::ErrorCode::not_found) << path;
  }
  EXPECT_EQ(code_of([&] { root.names(RootedPath("absolute")); }), base::ErrorCode::not_found);
  EXPECT_EQ(root.link_target(RootedPath("inside")), "/d/e");
  EXPECT_EQ(root.link_target(RootedPath("d")), std::nullopt);
  EXPECT_EQ(root.read_file(RootedPath("d/f"), 100), "of the container");
}

TEST_F(OpenRootTest, ChangesNothingThroughLinks) {
  const OpenRoot root(m_top);
  const std::string before = all_of_host();
  for (const char* link : {"absolute", "relative", "magic", "up"}) {
    const RootedPath in = RootedPath(link) / "new";
    EXPECT_EQ(code_of([&] { root.make_directory(in); }), base::ErrorCode::not_found);
    EXPECT_EQ(code_of([&] { root.make_file(in); }), base::ErrorCode::not_found);
    EXPECT_EQ(code_of([&] { root.make_link(in, "x"); }), base::ErrorCode::not_found);
    EXPECT_EQ(code_of([&] { root.make_hard_link(in, RootedPath("d/f")); }),
              base::ErrorCode::not_found);
    EXPECT_EQ(code_of([&] { root.make_hard_link(RootedPath("h"), RootedPath(link) / "f"); }),
              base::ErrorCode::not_found);
    EXPECT_EQ(code_of([&] { root.set_mode(RootedPath(link) / "f", 0); }),
              base::ErrorCode::not_found);
    root.remove(RootedPath(link) / "f");
    root.remove(RootedPath(link) / "empty");
    // Neither is what stands there a directory to be used.
    EXPECT_EQ(code_of([&] { root.make_directory(RootedPath(link)); }),
              base::ErrorCode::invalid_input);
    root.remove(RootedPath(link));
    EXPECT_FALSE(root.status(RootedPath(link)));
  }
  EXPECT_EQ(all_of_host(), before);
}

TEST_F(OpenRootTest, AReplacedDirectoryLeadsNowhere) {
  const OpenRoot root(m_top);
  ASSERT_TRUE(root.status(RootedPath("d/f")));  // so that it is remembered
  fs::rename(m_top / "d", m_top / "moved");
  fs::create_symlink(m_host, m_top / "d");
  root.remove(RootedPath("d/f"));
  EXPECT_TRUE(fs::exists(m_host / "f"));
  EXPECT_FALSE(root.status(RootedPath("d/f")));
  EXPECT_FALSE(OpenRoot(m_top).status(RootedPath("d/f")));
}

TEST_F(OpenRootTest, TellsFailedFromAbsent) {
  const OpenRoot root(m_top);
  const RootedPath too_long(std::string(300, 'x'));
  EXPECT_EQ(root.status(RootedPath("missing")), std::nullopt);
  EXPECT_EQ(code_of([&] { root.status(too_long); }), base::ErrorCode::io);
  EXPECT_EQ(code_of([&] { root.status(too_long / "y"); }), base::ErrorCode::io);
  EXPECT_EQ(code_of([&] { root.link_target(too_long); }), base::ErrorCode::io);
  EXPECT_EQ(code_of([&] { root.remove(too_long); }), base::ErrorCode::io);
  EXPECT_EQ(code_of([&] { root.resolve(too_long); }), base::ErrorCode::io);
  EXPECT_EQ(code_of([&] { root.status(RootedPath("..")); }), base::ErrorCode::io);
  EXPECT_EQ(code_of([&] { root.status(RootedPath("d/../../host/f")); }), base::ErrorCode::io);
}

TEST_F(OpenRootTest, ReadsRegularFilesOnly) {
  ASSERT_EQ(::mkfifo((m_top / "pipe").c_str(), 0600), 0);
  ASSERT_EQ(::truncate((m_top / "d/f").c_str(), off_t{1} << 40), 0);
  const OpenRoot root(m_top);
  for (const char* path : {"pipe", "d", "inside", "d/f"}) {
    EXPECT_EQ(code_of([&] { root.read_file(RootedPath(path), 1000); }),
              base::ErrorCode::invalid_input)
        << path;
  }
}

/// Fewer descriptors than directories, and a path longer than any system call takes.
class FewDescriptors {
 public:
  FewDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &m_before);
    rlimit few = m_before;
    few.rlim_cur = 40;
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &m_before); }

 private:
  rlimit m_before{};
};

void make_deep(const fs::path& top, int depth) {
  fs::create_directory(top);
  files::UniqueFd fd(::open(top.c_str(), O_PATH | O_CLOEXEC));
  for (int i = 0; i < depth; ++i) {
    ASSERT_EQ(::mkdirat(fd.get(), "d", 0755), 0);
    ASSERT_EQ(::mkdirat(fd.get(), "empty", 0755), 0);
    ASSERT_EQ(::symlinkat("/", fd.get(), "link"), 0);
    fd.reset(::openat(fd.get(), "d", O_PATH | O_CLOEXEC));
  }
}

TEST_F(OpenRootTest, RemovesTreesHoweverDeep) {
  make_deep(m_top / "deep", 5000);
  const FewDescriptors limit;
  const OpenRoot root(m_top);
  root.remove(RootedPath("deep"));
  root.remove(RootedPath("deep"));
  EXPECT_FALSE(root.status(RootedPath("deep")));
  EXPECT_TRUE(root.status(RootedPath("d/f")));
}

TEST_F(OpenRootTest, MakesAndDescribesWhatLayersHave) {
  const OpenRoot root(m_top);
  root.make_directories(RootedPath("x/y/z"));
  EXPECT_TRUE(root.make_directory(RootedPath("x/new"), 0700));
  EXPECT_FALSE(root.make_directory(RootedPath("x/new")));
  const files::UniqueFd file = root.make_file(RootedPath("x/f"));
  EXPECT_EQ(code_of([&] { root.make_file(RootedPath("x/f")); }), base::ErrorCode::io);
  root.set_mode(RootedPath("x/f"), 04711);
  root.set_times(RootedPath("x/f"), {5, 6}, {7, 8});
  root.make_hard_link(RootedPath("x/y/h"), RootedPath("x/f"));
  root.make_node(RootedPath("x/pipe"), S_IFIFO | 0600, 0);
  const auto status = root.status(RootedPath("x/y/h")).value();
  EXPECT_EQ(status.st_mode, S_IFREG | 04711U);
  EXPECT_EQ(status.st_nlink, 2U);
  EXPECT_EQ(status.st_mtim.tv_sec, 7);
  EXPECT_EQ(root.names(RootedPath("x")), (std::vector<std::string>{"f", "new", "pipe", "y"}));
  if (root.set_attribute(RootedPath("x/f"), "user.note", "x")) {
    EXPECT_EQ(root.attribute(RootedPath("x/f"), "user.note"), "x");
  }
  EXPECT_EQ(root.attribute(RootedPath("x"), "user.note"), std::nullopt);
}

}  // namespace
}  // namespace pinnace::tree
