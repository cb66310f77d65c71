#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layer/shown_times.hpp"

namespace pinnace::sandbox {

/// A file, link or directory that a step of the build has written, as a container is to see it.
struct StepFile {
  std::string content;     ///< names what is in it
  layer::ShownTime shown;  ///< the time that it has by its layer
};
using StepFiles = std::map<std::string, StepFile, std::less<>>;  ///< by path

/// What the container that used a cache mount last has seen of the files of steps. The cache's own
/// files have times of the clock, when that container made them, which are later than all that
/// layers show. So what has changed since must be shown anew, as later than those; what is as it
/// was keeps its time, and is not compiled again.
class SeenFiles {
 public:
  struct Entry {
    std::string content;
    std::optional<layer::ShownTime> anew;  ///< the time it was shown with, if not its layer's
    bool operator==(const Entry&) const = default;
  };

  /// The second in which that container ended; nothing: nobody knows.
  const std::optional<std::int64_t>& end() const noexcept { return m_end; }
  void set_end(std::int64_t second) { m_end = second; }

  const Entry* find(std::string_view path) const;
  void set(const std::string& path, Entry entry) { m_entries[path] = std::move(entry); }
  /// Of a cache that somebody else has used meanwhile, with other files: these are as good as not
  /// seen.
  void forget_others(const SeenFiles& ours);

  /// Where that has more bytes than `limit`, the text says that nothing was seen, which is never
  /// wrong.
  std::string to_text(std::size_t limit) const;
  /// Damaged text says that nothing was seen, which is never wrong.
  static SeenFiles parse(std::string_view text);
  bool operator==(const SeenFiles&) const = default;

 private:
  std::map<std::string, Entry, std::less<>> m_entries;
  std::optional<std::int64_t> m_end;
};

/// The times that a container sees in place of those of the layers, and what it has seen then.
struct Renewal {
  std::map<std::string, layer::ShownTime> anew;  ///< by path
  SeenFiles seen;
};

/// `caches`: of each cache mount that has something; `now`: the second of the clock. A file that is
/// new to one of them gets a second that is later than all that is in them. So do all files of
/// later steps, each step another one: they stay newer than those of earlier ones.
Renewal renew(const StepFiles& files, const std::vector<SeenFiles>& caches, std::int64_t now);

}  // namespace pinnace::sandbox
