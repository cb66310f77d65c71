#include "sandbox/mounts/system_places.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::sandbox {
namespace {

namespace fs = std::filesystem;
using tree::RootedPath;

std::string refusal(const auto& action) {
  try {
    action();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
    return error.what();
  }
  return {};
}

TEST(SystemPlaces, AreDirectoriesOfTheRoot) {
  const test_support::TemporaryDirectory directory;
  const fs::path host = directory.path() / "host";
  fs::create_directories(host);
  for (const char* name : {"proc", "sys", "dev"}) {
    const fs::path top = directory.path() / "root";
    fs::create_directories(top);
    const tree::OpenRoot root(top);
    for (const fs::path& target : {host, fs::path("../host"), fs::path("/none")}) {
      fs::create_directory_symlink(target, top / name);
      Stubs stubs(root);
      EXPECT_EQ(refusal([&] { make_system_places(stubs); }),
                std::string("a mount at /") + name +
                    " needs a directory, and the image has a link there");
      stubs.remove();
      fs::remove(top / name);
    }
    files::write_file_atomically(top / name, "");
    Stubs refused(root);
    EXPECT_EQ(refusal([&] { make_system_places(refused); }),
              std::string("a mount at /") + name +
                  " needs a directory, and the image has something else there");
    refused.remove();
    fs::remove(top / name);
    fs::create_directory(top / name);
    Stubs stubs(root);
    make_system_places(stubs);
    EXPECT_TRUE(fs::is_directory(top / "proc") && fs::is_directory(top / "sys") &&
                fs::is_directory(top / "dev"));
    stubs.remove();
    EXPECT_EQ(std::distance(fs::directory_iterator(top), {}), 1);
    fs::remove_all(top);
  }
  EXPECT_TRUE(fs::is_empty(host));
}

TEST(SystemPlaces, HideWhatTheImageHasThere) {
  const test_support::TemporaryDirectory directory;
  const fs::path top = directory.path();
  fs::create_directory(top / "dev");
  fs::create_symlink("/etc/passwd", top / "dev/log");
  fs::create_symlink("/etc", top / "dev/below");
  fs::create_symlink("/dev", top / "led");
  fs::create_symlink("/srv", top / "data");
  const tree::OpenRoot root(top);
  const auto place = [&](const char* path) {
    return resolve_in_container(root, RootedPath(path)).absolute();
  };
  EXPECT_EQ(place("/dev/log"), "/dev/log");
  EXPECT_EQ(place("/led/log"), "/dev/log");
  EXPECT_EQ(place("/dev/below/passwd"), "/dev/below/passwd");
  EXPECT_EQ(place("/data/x"), "/srv/x");
}

TEST(SystemPlaces, AreNoPlacesOfMounts) {
  for (const char* path :
       {"/proc", "/proc/1/root", "/dev", "/dev/null", "/dev/ptmx", "/dev/pts", "/dev/pts/0",
        "/dev/fd/3", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/core", "/dev/console",
        "/dev/tty", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}) {
    EXPECT_NE(refusal([&] { refuse_system_place(RootedPath(path)); }), "") << path;
  }
  EXPECT_EQ(refusal([] { refuse_system_place(RootedPath("/dev/pts/0")); }),
            "it is at /dev/pts/0, where the system's own /dev/pts will be");
  for (const char* path : {"/dev/shm", "/dev/log", "/dev/mqueue", "/dev/nullx", "/proc2", "/device",
                           "/a/dev/null", "/sys/fs/cgroup"}) {
    EXPECT_EQ(refusal([&] { refuse_system_place(RootedPath(path)); }), "") << path;
  }
}

TEST(SystemPlaces, AreNoPlacesToStartIn) {
  for (const char* path : {"/proc", "/proc/self/fd/7", "/proc/1/root", "/sys", "/sys/fs/cgroup",
                           "/dev", "/dev/fd/7", "/dev/log"})
    EXPECT_NE(refusal([&] { refuse_system_directory(RootedPath(path)); }), "") << path;
  EXPECT_EQ(refusal([] { refuse_system_directory(RootedPath("/proc/self/fd/7")); }),
            "it is /proc/self/fd/7, in the system's own /proc, where no container starts");
  for (const char* path : {"/", "/dev/shm", "/dev/shm/x", "/process", "/a/proc", "/device"})
    EXPECT_EQ(refusal([&] { refuse_system_directory(RootedPath(path)); }), "") << path;
}

}  // namespace
}  // namespace pinnace::sandbox
