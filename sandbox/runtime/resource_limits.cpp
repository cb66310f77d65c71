#include "sandbox/runtime/resource_limits.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <sstream>
#include <thread>

#include "base/error.hpp"
#include "files/look.hpp"
#include "sandbox/runtime/control_group.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

namespace {

constexpr const char* k_prefix = "pinnace-";
constexpr std::size_t k_max_file = std::size_t{1} << 20;
constexpr std::uint64_t k_period = 100'000;  ///< microseconds, the kernel's own default

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream input(text);
  std::vector<std::string> words;
  for (std::string word; input >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::istringstream input(text);
  std::vector<std::string> parts;
  for (std::string part; std::getline(input, part, separator);) parts.push_back(part);
  return parts;
}

bool contains(const std::vector<std::string>& list, const std::string& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

/// Where a hierarchy is mounted: version 2 without, version 1 with the name of a controller; empty:
/// nowhere.
std::string mount_point(const std::string& controller) {
  std::istringstream mounts(files::read_file("/proc/self/mounts", k_max_file));
  for (std::string line; std::getline(mounts, line);) {
    const std::vector<std::string> fields = words_of(line);
    if (fields.size() < 4) continue;
    if (controller.empty() && fields[2] == "cgroup2") return fields[1];
    if (fields[2] == "cgroup" && contains(split(fields[3], ','), controller)) return fields[1];
  }
  return {};
}

/// Our own group in it: "/user.slice/...".
std::string own_group(const std::string& controller) {
  std::istringstream groups(files::read_file("/proc/self/cgroup", k_max_file));
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controllers == controller || contains(split(controllers, ','), controller))
      return line.substr(second + 1);
  }
  return {};
}

/// Removes a group, and first those that the runtime has made in it. False, with errno, if it
/// stays.
bool remove_group(const fs::path& group) {
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(group, gone)) {
    if (entry.is_directory(gone)) remove_group(entry.path());
  }
  return ::rmdir(group.c_str()) == 0;
}

/// Groups of helpers that were killed; one in use, or about to be, stays.
void remove_left(const std::string& parent) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(k_prefix)) continue;
    if (!files::link_status("/proc/" + name.substr(std::string(k_prefix).size())))
      remove_group(entry.path());
  }
}

bool write_setting(const std::string& file, const std::string& value) {
  try {
    write_file(file, value);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

bool write_settings(const std::string& group, const std::vector<GroupSetting>& settings,
                    std::set<std::string>& left_out) {
  return std::all_of(settings.begin(), settings.end(), [&](const GroupSetting& setting) {
    const std::string file = group + "/" + setting.file;
    if (setting.must || files::exists(file)) return write_setting(file, setting.value);
    left_out.insert(setting.file);
    return true;
  });
}

std::string note_of_swap(const std::set<std::string>& left_out, const std::string& swaps) {
  // proc(5): a line of headings, and one for each.
  const bool has_swap = std::count(swaps.begin(), swaps.end(), '\n') > 1;
  if (left_out.empty() || !has_swap) return {};
  return "the kernel has no " + *left_out.begin() +
         ": the limit of memory holds for RAM, and not for swap (of Linux, CONFIG_MEMCG_SWAP, or "
         "swapaccount=1 at its start, has it)";
}

/// Makes a group below `parent`, sets the limits, and puts the process into it.
bool ResourceLimits::enter(const std::string& parent, pid_t process,
                           const std::vector<GroupSetting>& settings) {
  remove_left(parent);
  const std::string group = parent + "/" + k_prefix + std::to_string(::getpid());
  if (::mkdir(group.c_str(), 0755) != 0) return false;
  const bool done = write_settings(group, settings, m_left_out) &&
                    write_setting(group + "/cgroup.procs", std::to_string(process));
  if (done) {
    m_groups.push_back(group);
  } else {
    remove_group(group);
  }
  return done;
}

std::vector<ResourceLimits::Limit> ResourceLimits::limits_of(const Wanted& wanted) {
  std::vector<Limit> limits;
  if (wanted.memory != 0) {
    const std::string bytes = std::to_string(wanted.memory);
    limits.push_back(
        {"memory",
         "memory",
         {{"memory.max", bytes, true}, {"memory.swap.max", "0", false}},
         {{"memory.limit_in_bytes", bytes, true}, {"memory.memsw.limit_in_bytes", bytes, false}}});
  }
  if (wanted.milli_cpus != 0) {
    const std::string quota = std::to_string(wanted.milli_cpus * k_period / 1000);
    const std::string period = std::to_string(k_period);
    limits.push_back({"cpu",
                      "cpu",
                      {{"cpu.max", quota + " " + period, true}},
                      {{"cpu.cfs_period_us", period, true}, {"cpu.cfs_quota_us", quota, true}}});
  }
  if (wanted.processes != 0) {
    const std::string most = std::to_string(wanted.processes);
    limits.push_back({"pids", "processes", {{"pids.max", most, true}}, {{"pids.max", most, true}}});
  }
  return limits;
}

/// The nearest group at or above ours that gives its children all controllers.
bool ResourceLimits::try_unified(pid_t process, const std::vector<Limit>& limits) {
  const std::string root = mount_point("");
  if (root.empty()) return false;
  std::vector<GroupSetting> settings;
  for (const Limit& limit : limits)
    settings.insert(settings.end(), limit.unified.begin(), limit.unified.end());
  fs::path group = own_group("");
  for (;;) {
    const std::string directory = root + (group == "/" ? "" : group.string());
    const std::vector<std::string> given = words_of(
        files::read_file_if_any(directory + "/cgroup.subtree_control", k_max_file).value_or(""));
    const bool all = std::all_of(limits.begin(), limits.end(), [&](const Limit& limit) {
      return contains(given, limit.controller);
    });
    if (all && enter(directory, process, settings)) return true;
    if (limits.empty() || !group.has_relative_path()) return false;
    group = group.parent_path();
  }
}

void ResourceLimits::use_legacy(pid_t process, const Limit& limit) {
  const std::string root = mount_point(limit.controller);
  const std::string group = own_group(limit.controller);
  // In a namespace of control groups, ours is the root of what is mounted.
  for (const std::string& parent : {root + group, root}) {
    if (!root.empty() && files::exists(parent) && enter(parent, process, limit.legacy)) return;
  }
  throw Error(ErrorCode::unsupported,
              "a limit of " + limit.what +
                  " needs a control group, and none can be made here; as root it can, and with "
                  "systemd: systemd-run --user --scope -p Delegate=yes COMMAND");
}

ResourceLimits::ResourceLimits(pid_t process, const Wanted& wanted) {
  const std::vector<Limit> limits = limits_of(wanted);
  const bool wants_unified = !limits.empty() || has_unified_groups();
  if (wants_unified && try_unified(process, limits)) return;
  m_left_out.clear();
  for (const Limit& limit : limits) use_legacy(process, limit);
}

std::string ResourceLimits::note() const {
  return note_of_swap(m_left_out, files::read_file_if_any("/proc/swaps", k_max_file).value_or(""));
}

ResourceLimits::~ResourceLimits() {
  for (const std::string& group : m_groups) {
    // The kernel may still be ending the last of its processes; what stays is removed by the next.
    for (int tries = 0; !remove_group(group) && errno == EBUSY && tries < 100; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace pinnace::sandbox
