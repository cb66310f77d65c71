#pragma once

#include <chrono>
#include <cstdint>
#include <map>

#include "files/file.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::layer {

/// Finds out whether what somebody changes from now on in files shows in their stamps, so that a
/// layer of the files as they are may be remembered by these (files/seen_changes.hpp).
class ChangeWatch {
 public:
  explicit ChangeWatch(std::chrono::system_clock::time_point now) : m_now(now) {}

  /// Each file, open, before its content is read.
  void look(const tree::FileStamp& stamp, const files::UniqueFd& fd);
  /// Of all files so far. No: also where one could not be asked.
  bool changes_show() const noexcept { return m_show; }

 private:
  bool will_show(const tree::FileStamp& stamp, const files::UniqueFd& fd);

  std::chrono::system_clock::time_point m_now;
  std::map<std::uint64_t, bool> m_in_memory;  ///< by device
  bool m_show = true;
};

}  // namespace pinnace::layer
