#pragma once

#include <sys/stat.h>

#include <optional>

#include "archive/tar_entry.hpp"
#include "base/zeros.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

/// Makes holes of the blocks of a file that are all zeros, as the file has them where its layer is
/// unpacked: `du`, which package managers call, says the same of both.
class Holes {
 public:
  Holes(const tree::OpenRoot& root, const tree::RootedPath& path) : m_root(root), m_path(path) {}
  /// The next bytes of the file: whole blocks, but at its end.
  void take(base::Bytes bytes);
  /// What writing has changed is as before: the mode, which `entry` has, capabilities, times.
  void finish(const archive::TarEntry& entry) const;

 private:
  void punch(std::uint64_t offset, std::size_t size);

  const tree::OpenRoot& m_root;
  const tree::RootedPath& m_path;
  std::uint64_t m_offset = 0;
  files::UniqueFd m_file;  ///< open for writing once there is something to do
  struct stat m_status {};
  bool m_refused = false;  ///< the file system has no holes
};

}  // namespace pinnace::sandbox
