#pragma once

#include <chrono>
#include <filesystem>

#include "files/file.hpp"

namespace pinnace::base {
struct Context;
}

namespace pinnace::userfile {

/// A lock among our own processes that write in a directory which is somebody's: a file of ours
/// beside theirs, that is there only while somebody has the lock. What others lock, the directory
/// too, is theirs and no matter. In a directory where users can't touch each other's files (/tmp)
/// each user has one of his own.
class PassingLock {
 public:
  /// Waits for whoever has it; after a second a line of the log says so. Throws unavailable after
  /// `patience`, cancelled. Where none can be made or locked everybody has it.
  PassingLock(const base::Context& context, const std::filesystem::path& directory,
              std::chrono::milliseconds patience = std::chrono::minutes(5));
  PassingLock(PassingLock&& other) noexcept;
  PassingLock& operator=(PassingLock&&) = delete;
  ~PassingLock();

 private:
  std::filesystem::path m_path;  ///< empty: there is no file
  files::UniqueFd m_fd;
};

}  // namespace pinnace::userfile
