#include "sandbox/snapshots/snapshots.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <functional>

#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::sandbox {
namespace {

namespace fs = std::filesystem;

/// What `action` writes to standard output, which is where frames go, in a directory.
std::string said_in(const fs::path& directory, const std::function<void()>& action) {
  const fs::path here = fs::current_path();
  const fs::path file = directory.string() + ".said";
  std::fflush(stdout);
  const files::UniqueFd terminal(::dup(STDOUT_FILENO));
  const files::UniqueFd said(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ::dup2(said.get(), STDOUT_FILENO);
  fs::current_path(directory);
  try {
    action();
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what();
  }
  fs::current_path(here);
  ::dup2(terminal.get(), STDOUT_FILENO);
  return files::read_file(file, 4096);
}

TEST(Snapshots, OneThatIsGoneHasNoBytes) {
  const test_support::TemporaryDirectory directory;
  const fs::path store = directory.path() / "store";
  fs::create_directories(store / "a");
  files::write_file_atomically(store / "a/f", std::string(100'000, 'x'));
  helper::HelperRequest request;
  request.lowers = {"gone", "a"};
  const std::string said = said_in(store, [&] { measure_snapshots(request); });
  EXPECT_NE(said.find("\"bytes\":[0,1"), std::string::npos) << said;
}

}  // namespace
}  // namespace pinnace::sandbox
