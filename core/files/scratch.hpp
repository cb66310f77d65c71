#pragma once

#include <filesystem>
#include <mutex>

#include "files/file.hpp"

namespace pinnace::files {

/// A new directory for this user only, that is removed with all that is in it when the object ends.
/// What killed processes left in the same parent goes when the next one is made. Several threads
/// may use it.
class ScratchDirectory {
 public:
  /// Touches nothing yet.
  explicit ScratchDirectory(std::filesystem::path parent) : m_parent(std::move(parent)) {}
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  /// Makes the directory at the first call, and its parent where that is missing. Throws io.
  const std::filesystem::path& path() const;

 private:
  std::filesystem::path m_parent;
  mutable std::mutex m_mutex;
  mutable std::filesystem::path m_path;  ///< empty: not made yet
  mutable UniqueFd m_in_use;
};

}  // namespace pinnace::files
