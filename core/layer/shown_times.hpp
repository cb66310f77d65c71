#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace pinnace::layer {

/// Whose layer it is whose times a container sees.
enum class TimesOf {
  image,  ///< of an image that is run: as the layer says
  base,   ///< of an image that a build stands on
  step,   ///< of a step of the build
};

/// What decides about the times of a layer's files on the disk of a container.
struct TimeRule {
  TimesOf of = TimesOf::image;
  /// Of a step: the time that its layer says of what it wrote, as no build reads the clock.
  std::int64_t written = 0;

  /// For names of what depends on it; empty for images.
  std::string str() const;
};

/// A time on a disk.
struct ShownTime {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;
  auto operator<=>(const ShownTime&) const = default;
};

/// The times that the files of a chain of layers have on the disk of a container. A build writes
/// one time into its layers, whenever it does. A program that compares times, as make does, would
/// see nothing as newer than anything. So the disk has a clock that goes on by a second with each
/// layer: what a step wrote is newer than all that lies below it, in the order of the layer's own
/// times, and what it wrote itself is the newest of it. A base has real times mostly. There only
/// what has none is moved (0, or a time to come), and the newest files of a layer that has nothing
/// newer than what is below it, as who made it has cut its times. A function of the layers alone,
/// which keep theirs.
class ShownTimes {
 public:
  /// A layer on top: `times` are those that it says. Returns what the disk has for each. `now`, in
  /// seconds: what a base says to be later was not written then.
  std::map<std::int64_t, ShownTime> add_layer(const std::set<std::int64_t>& times,
                                              const TimeRule& rule, std::int64_t now);
  /// What the layer says of a file that has this time, where the clock has given it, also where a
  /// program has copied the time and cut it to seconds.
  std::optional<std::int64_t> true_time(const ShownTime& shown) const;
  /// All of these times.
  const std::map<ShownTime, std::int64_t>& true_times() const noexcept { return m_true_times; }
  /// The newest second of all files, and not before the clock starts.
  std::int64_t newest() const noexcept { return std::max(m_newest, k_start); }

  std::string to_text() const;
  /// Throws invalid_input.
  static ShownTimes parse(std::string_view text);

 private:
  std::int64_t m_newest = std::numeric_limits<std::int64_t>::min();  ///< of any layer
  std::map<ShownTime, std::int64_t> m_true_times;

  /// 2000-01-01: archives of ZIP and others have no time before 1980.
  static constexpr std::int64_t k_start = 946'684'800;
};

}  // namespace pinnace::layer
