#include "sandbox/trees/seen_files.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

namespace pinnace::sandbox {

using layer::ShownTime;

namespace {

constexpr std::string_view k_magic = "pinnace-seen 1";

/// Takes what stands before the next zero byte.
std::optional<std::string_view> take_field(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view field = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return field;
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// "": its layer's.
std::optional<std::optional<ShownTime>> read_time(std::string_view text) {
  if (text.empty()) return std::optional<ShownTime>();
  const std::size_t dot = text.find('.');
  ShownTime time;
  if (dot == std::string_view::npos || !read_number(text.substr(0, dot), time.seconds) ||
      !read_number(text.substr(dot + 1), time.nanoseconds))
    return std::nullopt;
  return time;
}

/// When a file that all of these caches know was shown last; an empty one: with its layer's time.
/// Nullopt: it is new to one of them.
std::optional<std::optional<ShownTime>> known_time(const std::string& path, const StepFile& file,
                                                   const std::vector<SeenFiles>& caches) {
  std::optional<ShownTime> latest;
  for (const SeenFiles& cache : caches) {
    const SeenFiles::Entry* entry = cache.find(path);
    if (entry == nullptr || entry->content != file.content) return std::nullopt;
    latest = std::max(latest, entry->anew);
  }
  return latest;
}

/// The times of what is new, by those of the layers. Programs that know seconds only must tell them
/// from the last that a container has written, from each other where steps differ, and from the
/// first that the next one writes.
std::map<ShownTime, ShownTime> new_times(const std::set<ShownTime>& shown,
                                         const std::vector<SeenFiles>& caches, std::int64_t now) {
  std::set<std::int64_t> steps;
  for (const ShownTime& time : shown) steps.insert(time.seconds);
  std::int64_t second = now - 1 - static_cast<std::int64_t>(steps.size());
  for (const SeenFiles& cache : caches)
    second = std::max(second, std::min(cache.end().value_or(now), now));
  std::map<ShownTime, ShownTime> anew;
  std::uint32_t nanoseconds = 0;
  for (const ShownTime& time : shown) {
    if (steps.erase(time.seconds) != 0) ++second;
    anew[time] = {second, ++nanoseconds};
  }
  return anew;
}

}  // namespace

const SeenFiles::Entry* SeenFiles::find(std::string_view path) const {
  const auto found = m_entries.find(path);
  return found == m_entries.end() ? nullptr : &found->second;
}

void SeenFiles::forget_others(const SeenFiles& ours) {
  std::erase_if(m_entries, [&](const auto& entry) {
    const Entry* own = ours.find(entry.first);
    return own == nullptr || *own != entry.second;
  });
}

std::string SeenFiles::to_text(std::size_t limit) const {
  std::string text(k_magic);
  const auto add = [&](std::string_view field) { text.append(field).push_back('\0'); };
  add("");
  add(m_end ? std::to_string(*m_end) : "");
  for (const auto& [path, entry] : m_entries) {
    add(path);
    add(entry.content);
    add(entry.anew
            ? std::to_string(entry.anew->seconds) + "." + std::to_string(entry.anew->nanoseconds)
            : "");
    if (text.size() <= limit) continue;
    SeenFiles nothing;
    nothing.m_end = m_end;
    return nothing.to_text(std::string::npos);
  }
  return text;
}

SeenFiles SeenFiles::parse(std::string_view text) {
  SeenFiles seen;
  if (take_field(text) != k_magic) return {};
  const auto end = take_field(text);
  if (!end) return {};
  if (!end->empty() && !read_number(*end, seen.m_end.emplace())) return {};
  while (!text.empty()) {
    const auto path = take_field(text);
    const auto content = take_field(text);
    const auto time = take_field(text);
    const auto anew = time ? read_time(*time) : std::nullopt;
    if (!anew) return {};
    seen.set(std::string(*path), {std::string(*content), *anew});
  }
  return seen;
}

Renewal renew(const StepFiles& files, const std::vector<SeenFiles>& caches, std::int64_t now) {
  Renewal renewal;
  std::int64_t first_new = std::numeric_limits<std::int64_t>::max();
  std::map<std::string, std::optional<ShownTime>> known;
  for (const auto& [path, file] : files) {
    if (const auto time = known_time(path, file, caches)) {
      known.emplace(path, *time);
    } else {
      first_new = std::min(first_new, file.shown.seconds);
    }
  }
  // The clock of steps goes on by a second with each.
  const auto is_new = [&](const std::string& path, const StepFile& file) {
    return !known.contains(path) || file.shown.seconds > first_new;
  };
  std::set<ShownTime> shown;
  for (const auto& [path, file] : files)
    if (is_new(path, file)) shown.insert(file.shown);
  const std::map<ShownTime, ShownTime> anew_by_shown = new_times(shown, caches, now);
  for (const auto& [path, file] : files) {
    std::optional<ShownTime> anew;
    anew = is_new(path, file) ? anew_by_shown.at(file.shown) : known.at(path);
    if (anew) renewal.anew.emplace(path, *anew);
    renewal.seen.set(path, {file.content, anew});
  }
  return renewal;
}

}  // namespace pinnace::sandbox
