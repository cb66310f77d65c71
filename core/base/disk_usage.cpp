#include "base/disk_usage.hpp"

#include <set>
#include <utility>

#include "base/error.hpp"

namespace pinnace::base {

namespace {

/// Each level keeps a descriptor open.
constexpr unsigned k_max_depth = 256;

class Usage {
 public:
  void add(const Directory& directory, unsigned depth) {
    try {
      for (const std::string& name : directory.names()) add(directory, name, depth);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): left out, as the header says
    }
  }
  std::uint64_t bytes() const noexcept { return m_bytes; }

 private:
  void add(const Directory& directory, const std::string& name, unsigned depth) {
    const auto status = directory.status(name);
    if (!status) return;
    if (S_ISDIR(status->st_mode) && depth < k_max_depth) {
      try {
        add(directory.open_directory(name, Directory::Links::refuse), depth + 1);
      } catch (const Error&) {  // NOLINT(bugprone-empty-catch): left out, as the header says
      }
    }
    if (!S_ISREG(status->st_mode)) return;
    const bool again =
        status->st_nlink > 1 && !m_linked.emplace(status->st_dev, status->st_ino).second;
    if (!again) m_bytes += static_cast<std::uint64_t>(status->st_size);
  }

  std::set<std::pair<dev_t, ino_t>> m_linked;
  std::uint64_t m_bytes = 0;
};

}  // namespace

std::uint64_t disk_usage(const Directory& directory) {
  Usage usage;
  usage.add(directory, 0);
  return usage.bytes();
}

}  // namespace pinnace::base
