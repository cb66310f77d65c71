#include "layer/shown_times.hpp"

#include <algorithm>
#include <sstream>

#include "base/error.hpp"

namespace pinnace::layer {

namespace {

/// Within the second of a layer: what it wrote itself is newer than what it only brought.
constexpr std::uint32_t k_written = 500'000'000;

/// The times of a layer that say nothing of when its files were written.
std::set<std::int64_t> lost_times(const std::set<std::int64_t>& times, const TimeRule& rule,
                                  std::int64_t newest_below, std::int64_t now) {
  if (rule.of == TimesOf::image) return {};
  if (rule.of == TimesOf::step) return {rule.written};
  std::set<std::int64_t> lost;
  if (times.contains(0)) lost.insert(0);
  // A clock was wrong, or somebody has chosen it: nothing could be newer.
  const auto to_come = times.upper_bound(now);
  lost.insert(to_come, times.end());
  if (to_come != times.begin() && *std::prev(to_come) <= newest_below)
    lost.insert(*std::prev(to_come));
  return lost;
}

/// What a time of these says that a program has copied and cut to seconds: it can't be told apart,
/// so it is what most of the layer has, a step's own time or the newest that was not to come.
std::int64_t cut_time(const std::set<std::int64_t>& moved, const TimeRule& rule, std::int64_t now) {
  if (rule.of == TimesOf::step && moved.contains(rule.written)) return rule.written;
  const auto to_come = rule.of == TimesOf::step ? moved.end() : moved.upper_bound(now);
  return to_come == moved.begin() ? *moved.rbegin() : *std::prev(to_come);
}

}  // namespace

std::string TimeRule::str() const {
  if (of == TimesOf::image) return {};
  return of == TimesOf::base ? " base" : " step " + std::to_string(written);
}

std::map<std::int64_t, ShownTime> ShownTimes::add_layer(const std::set<std::int64_t>& times,
                                                        const TimeRule& rule, std::int64_t now) {
  std::map<std::int64_t, ShownTime> shown;
  if (times.empty()) return shown;
  const std::set<std::int64_t> lost = lost_times(times, rule, m_newest, now);
  const bool moves_all = rule.of == TimesOf::step;
  for (const std::int64_t time : times) {
    shown[time] = {time, 0};
    if (moves_all || lost.contains(time)) continue;
    // Another layer's clock may have been here, which is no reason to give this file its time.
    m_true_times.erase(shown[time]);
    m_newest = std::max(m_newest, time);
  }
  if (!moves_all && lost.empty()) return shown;
  m_newest = newest() + 1;
  std::uint32_t written = k_written;
  std::uint32_t brought = 0;
  for (auto& [time, place] : shown) {
    if (lost.contains(time)) {
      place = {m_newest, written++};
    } else if (moves_all) {
      place = {m_newest, std::min(++brought, k_written - 1)};
    } else {
      continue;
    }
    m_true_times[place] = time;
  }
  // No layer has this second, unless a later one of a base says it.
  m_true_times[{m_newest, 0}] = cut_time(moves_all ? times : lost, rule, now);
  return shown;
}

std::optional<std::int64_t> ShownTimes::true_time(const ShownTime& shown) const {
  const auto found = m_true_times.find(shown);
  return found == m_true_times.end() ? std::nullopt : std::optional(found->second);
}

std::string ShownTimes::to_text() const {
  std::ostringstream text;
  text << "pinnace-times 1 " << m_newest << '\n';
  for (const auto& [shown, time] : m_true_times)
    text << shown.seconds << ' ' << shown.nanoseconds << ' ' << time << '\n';
  return text.str();
}

ShownTimes ShownTimes::parse(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::string magic;
  int version = 0;
  ShownTimes times;
  in >> magic >> version >> times.m_newest;
  if (!in || magic != "pinnace-times" || version != 1)
    throw base::Error(base::ErrorCode::invalid_input, "damaged file of an unpacked layer's times");
  ShownTime shown;
  for (std::int64_t time = 0; in >> shown.seconds >> shown.nanoseconds >> time;)
    times.m_true_times[shown] = time;
  return times;
}

}  // namespace pinnace::layer
