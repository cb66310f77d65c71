#include "files/cache_files.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"
#include "files/look.hpp"
#include "files/temporary.hpp"

namespace pinnace::files {

namespace {

std::chrono::system_clock::time_point time_of(const timespec& time) {
  const auto since = std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(since));
}

}  // namespace

bool is_digest_name(std::string_view name) {
  constexpr std::size_t k_digits = 64;
  const std::size_t digits = std::min(name.find_first_not_of("0123456789abcdef"), name.size());
  return digits == k_digits &&
         (name.size() == k_digits || name[k_digits] == '.' || name[k_digits] == '-');
}

std::vector<CacheFile> cache_files(const Directory& directory) {
  std::vector<CacheFile> files;
  for (const std::string& name : directory.names()) {
    if (!is_digest_name(name)) continue;
    const auto status = directory.status(name);
    if (!status || !S_ISREG(status->st_mode)) continue;
    files.push_back({name, static_cast<std::uint64_t>(status->st_size), time_of(status->st_mtim)});
  }
  std::stable_sort(files.begin(), files.end(),
                   [](const CacheFile& a, const CacheFile& b) { return a.used > b.used; });
  return files;
}

bool remove_cache_file(const Directory& directory, const std::string& name) {
  if (::unlinkat(directory.fd(), name.c_str(), 0) == 0) return true;
  if (errno == ENOENT) return false;
  base::throw_errno(errno, "remove " + (directory.path() / name).string());
}

Collected& Collected::operator+=(const Collected& other) {
  removed_files += other.removed_files;
  removed_bytes += other.removed_bytes;
  kept_bytes += other.kept_bytes;
  return *this;
}

Collected collect_cache_files(const std::filesystem::path& directory, const Keep& keep) {
  if (!files::exists(directory)) return {};
  const Directory files(directory);
  const Abandoned abandoned = remove_abandoned(files);
  Collected result{abandoned.count, abandoned.bytes, 0};
  for (const CacheFile& file : cache_files(files)) {
    if (file.used >= keep.used_since && result.kept_bytes + file.size <= keep.bytes) {
      result.kept_bytes += file.size;
    } else if (remove_cache_file(files, file.name)) {
      ++result.removed_files;
      result.removed_bytes += file.size;
    }
  }
  return result;
}

}  // namespace pinnace::files
