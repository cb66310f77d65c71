#include "files/disk_usage.hpp"

#include <fcntl.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "files/descent.hpp"
#include "files/names_in.hpp"

namespace pinnace::files {

namespace {

constexpr std::uint64_t k_block = 512;  // of st_blocks (stat(3type))

class Usage {
 public:
  explicit Usage(const Directory& directory)
      : m_place(directory.fd()), m_shown(directory.path().string()) {}
  std::uint64_t measure();

 private:
  void look();
  void take(const std::string& name);

  Descent m_place;
  std::string m_shown;
  std::vector<std::vector<std::string>> m_left;  ///< names of each level that are still to be seen
  std::set<std::pair<dev_t, ino_t>> m_linked;
  std::uint64_t m_bytes = 0;
};

/// What is in the directory where we are.
void Usage::look() {
  m_left.emplace_back();
  try {
    m_left.back() = names_in(m_place.current(), m_shown);
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): left out, as the header says
  }
}

void Usage::take(const std::string& name) {
  struct stat status {};
  if (::fstatat(m_place.current(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;
  const bool is_directory = S_ISDIR(status.st_mode);
  const bool again = !is_directory && status.st_nlink > 1 &&
                     !m_linked.emplace(status.st_dev, status.st_ino).second;
  if (!again) m_bytes += static_cast<std::uint64_t>(status.st_blocks) * k_block;
  if (is_directory && m_place.enter(name)) look();
}

std::uint64_t Usage::measure() {
  look();
  while (!m_left.empty()) {
    if (!m_left.back().empty()) {
      const std::string name = std::move(m_left.back().back());
      m_left.back().pop_back();
      take(name);
      continue;
    }
    m_left.pop_back();
    if (!m_left.empty() && !m_place.leave()) break;
  }
  return m_bytes;
}

}  // namespace

std::uint64_t disk_usage(const Directory& directory) {
  return Usage(directory).measure();
}

}  // namespace pinnace::files
