#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace pinnace::sandbox {

/// A file of a control group.
struct GroupSetting {
  std::string file;
  std::string value;
  bool must;  ///< false: where the kernel doesn't count this, it is left out
};

/// Writes them into a group; false: one can't be written. `left_out` gets the files that the kernel
/// doesn't have. Throws io if it can't be told whether it has one.
bool write_settings(const std::string& group, const std::vector<GroupSetting>& settings,
                    std::set<std::string>& left_out);

/// What is said where a limit of memory leaves swap alone, by what write_settings() left out and
/// /proc/swaps; empty: nothing, as there is no swap.
std::string note_of_swap(const std::set<std::string>& left_out, const std::string& swaps);

/// Limits memory, processor time and the number of processes of one process and of all that it
/// starts, whoever they run as, by a control group of its own (cgroups(7), version 1 or 2). Where
/// there is version 2 alone, one is made without limits, too, if it can be: what a runtime changes
/// of the group that it finds itself in is not our caller's. The group is removed with the object,
/// when all its processes have ended.
class ResourceLimits {
 public:
  struct Wanted {
    std::uint64_t memory = 0;      ///< bytes, swap included; here and below 0: no limit
    std::uint64_t milli_cpus = 0;  ///< thousandths of a processor
    std::uint64_t processes = 0;   ///< tasks at once: threads count
  };
  /// Throws unsupported where no control group can be made.
  ResourceLimits(pid_t process, const Wanted& wanted);
  ~ResourceLimits();
  /// What people should know of them; empty: they are what was wanted.
  std::string note() const;
  ResourceLimits(const ResourceLimits&) = delete;
  ResourceLimits& operator=(const ResourceLimits&) = delete;

 private:
  /// One controller of the kernel and what it is told, by both versions.
  struct Limit {
    std::string controller;
    std::string what;  ///< for people
    std::vector<GroupSetting> unified;
    std::vector<GroupSetting> legacy;
  };
  static std::vector<Limit> limits_of(const Wanted& wanted);
  bool try_unified(pid_t process, const std::vector<Limit>& limits);
  void use_legacy(pid_t process, const Limit& limit);
  bool enter(const std::string& parent, pid_t process, const std::vector<GroupSetting>& settings);

  std::vector<std::string> m_groups;
  std::set<std::string> m_left_out;
};

}  // namespace pinnace::sandbox
