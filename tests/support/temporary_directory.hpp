#pragma once

#include <filesystem>

namespace pinnace::test_support {

/// A fresh directory (mode 0700) under the system's temporary directory, removed with all it
/// holds when the object goes. Throws std::system_error if it cannot be made.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

 private:
  std::filesystem::path m_path;
};

}  // namespace pinnace::test_support
