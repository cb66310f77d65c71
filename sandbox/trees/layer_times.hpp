#pragma once

#include <ctime>
#include <functional>
#include <map>
#include <string>

#include "layer/shown_times.hpp"

namespace pinnace::sandbox {

/// The times of what a layer has put on the disk. They are set at the end: then all of them are
/// known, and nothing changes a directory any more.
class LayerTimes {
 public:
  /// `time`: what the layer says of a path, seconds since 1970.
  void note(const std::string& path, std::int64_t time) { m_noted.insert_or_assign(path, time); }
  /// Another name of what stands at `present`.
  void note_link(const std::string& path, const std::string& present);
  /// What the layer says nothing of, and has to have this time.
  void keep(const std::string& path, const timespec& time) { m_kept.try_emplace(path, time); }
  /// Nothing is there any more, nor below it.
  void forget(const std::string& path);

  using SetTime = std::function<void(const std::string& path, const timespec& time)>;
  /// Sets the times as a container has to see them; `shown` are those of the layers below, and get
  /// this one's.
  void settle(layer::ShownTimes& shown, const layer::TimeRule& rule, const SetTime& set) const;

 private:
  std::map<std::string, std::int64_t, std::less<>> m_noted;
  std::map<std::string, timespec, std::less<>> m_kept;
};

/// What is written down beside a snapshot: the times of all layers of its chain. read_times()
/// throws not_found.
bool has_times(const std::string& snapshot);
layer::ShownTimes read_times(const std::string& snapshot);
void write_times(const std::string& snapshot, const layer::ShownTimes& times);

/// A program must not meet files from its future, as others would hold its own for older. A base
/// can be a few seconds old, and each step makes its files a second newer: waits until this second
/// has come, but not for years, and says so.
void wait_for_second(std::int64_t second);

/// What is said of a wait of so many seconds; empty: it is too short, or there is none.
std::string wait_note(std::int64_t seconds);

}  // namespace pinnace::sandbox
