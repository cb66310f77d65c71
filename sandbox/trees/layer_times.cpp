#include "sandbox/trees/layer_times.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <set>

#include "base/error.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "sandbox/system/output.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

namespace {

constexpr std::size_t k_max_times = std::size_t{256} << 20;
constexpr std::int64_t k_longest_wait = 120;  ///< seconds
constexpr long k_second = 1'000'000'000;      ///< nanoseconds

template <class Map>
void erase_with_below(Map& map, const std::string& path) {
  map.erase(path);
  // '0' follows '/' in ASCII: [path + "/", path + "0") is all that stands below.
  map.erase(map.lower_bound(path + "/"), map.lower_bound(path + "0"));
}

std::string file_of(const std::string& snapshot) {
  return snapshot + "/times";
}

}  // namespace

void LayerTimes::note_link(const std::string& path, const std::string& present) {
  // A file of a lower layer keeps its time.
  if (const auto found = m_noted.find(present); found != m_noted.end()) note(path, found->second);
}

void LayerTimes::forget(const std::string& path) {
  erase_with_below(m_noted, path);
  erase_with_below(m_kept, path);
}

void LayerTimes::settle(layer::ShownTimes& shown, const layer::TimeRule& rule,
                        const SetTime& set) const {
  std::set<std::int64_t> times;
  for (const auto& [path, time] : m_noted) times.insert(time);
  const auto places = shown.add_layer(times, rule, ::time(nullptr));
  for (const auto& [path, time] : m_noted) {
    const layer::ShownTime& place = places.at(time);
    set(path, {place.seconds, static_cast<long>(place.nanoseconds)});
  }
  for (const auto& [path, time] : m_kept) {
    if (!m_noted.contains(path)) set(path, time);
  }
}

bool has_times(const std::string& snapshot) {
  return files::link_status(file_of(snapshot)).has_value();
}

layer::ShownTimes read_times(const std::string& snapshot) {
  return layer::ShownTimes::parse(files::read_file(file_of(snapshot), k_max_times));
}

void write_times(const std::string& snapshot, const layer::ShownTimes& times) {
  write_file(file_of(snapshot), times.to_text());
}

std::string wait_note(std::int64_t seconds) {
  if (seconds <= 2 || seconds > k_longest_wait) return {};
  return "waiting " + std::to_string(seconds) +
         " s: the base was made only seconds ago, and the files of each step have to be a second "
         "newer";
}

void wait_for_second(std::int64_t second) {
  const std::string note = wait_note(second - ::time(nullptr));
  if (!note.empty()) send(helper::FrameType::note, std::string_view(note));
  timespec now{};  // by the clock of files' times
  while (::clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0 && now.tv_sec < second &&
         second - now.tv_sec <= k_longest_wait) {
    const timespec pause{second - now.tv_sec - 1, k_second - 1 - now.tv_nsec};
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace pinnace::sandbox
