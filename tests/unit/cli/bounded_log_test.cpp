#include "cli/containers/bounded_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::cli {
namespace {

constexpr std::uint64_t k_most = 1000;

class BoundedLogFile : public testing::Test {
 protected:
  files::UniqueFd open_log() const {
    return files::UniqueFd(
        ::open(m_path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, mode_t{0600}));
  }
  std::string text() const { return files::read_file(m_path, std::size_t{1} << 20); }

  test_support::TemporaryDirectory m_directory;
  std::filesystem::path m_path = m_directory.path() / "log";
  files::UniqueFd m_output = open_log();
  files::UniqueFd m_errors = open_log();
  BoundedLog m_log{m_path, {m_output.get(), m_errors.get()}, k_most};
};

TEST_F(BoundedLogFile, KeepsTheNewestLinesWholeAndSaysThatOlderOnesWent) {
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    m_log.write(line);
    all += line;
    const std::string kept = text();
    ASSERT_LE(kept.size(), k_most);
    if (all.size() <= k_most) {
      ASSERT_EQ(kept, all);
      continue;
    }
    const std::string first = std::string(BoundedLog::k_dropped) + "\n";
    ASSERT_TRUE(kept.starts_with(first + "line ")) << kept;
    ASSERT_TRUE(all.ends_with("\n" + kept.substr(first.size()))) << kept;
    ASSERT_GT(kept.size(), k_most / 3);
  }
}

TEST_F(BoundedLogFile, AllDescriptorsLeadToTheFileThatThereIsThen) {
  for (int i = 0; i < 200; ++i) m_log.write("some line\n");
  ASSERT_EQ(::write(m_errors.get(), "error\n", 6), 6);
  m_log.write("last\n");
  EXPECT_TRUE(text().ends_with("\nerror\nlast\n"));
  struct stat status {};
  ASSERT_EQ(::stat(m_path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(BoundedLogFile, ALineLongerThanAllIsWhole) {
  const std::string line(3 * k_most, 'x');
  m_log.write(line + "\n");
  m_log.write("next\n");
  EXPECT_TRUE(text().ends_with("next\n"));
  EXPECT_LE(text().size(), k_most);
}

}  // namespace
}  // namespace pinnace::cli
