#pragma once

#include <filesystem>

namespace pinnace::base {

/// A new directory for this user only, that is removed with all that is in it when the object ends.
class ScratchDirectory {
 public:
  /// Throws io.
  explicit ScratchDirectory(const std::filesystem::path& parent);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const noexcept { return m_path; }

 private:
  std::filesystem::path m_path;
};

}  // namespace pinnace::base
