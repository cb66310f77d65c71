#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pinnace::sandbox {

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
  ResourceLimits(const ResourceLimits&) = delete;
  ResourceLimits& operator=(const ResourceLimits&) = delete;

 private:
  struct Setting {
    std::string file;
    std::string value;
    bool must;  ///< false: where the kernel doesn't count this, it is left out
  };
  /// One controller of the kernel and what it is told, by both versions.
  struct Limit {
    std::string controller;
    std::string what;  ///< for people
    std::vector<Setting> unified;
    std::vector<Setting> legacy;
  };
  static std::vector<Limit> limits_of(const Wanted& wanted);
  bool try_unified(pid_t process, const std::vector<Limit>& limits);
  void use_legacy(pid_t process, const Limit& limit);
  bool enter(const std::string& parent, pid_t process, const std::vector<Setting>& settings);

  std::vector<std::string> m_groups;
};

}  // namespace pinnace::sandbox
