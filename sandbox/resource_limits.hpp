#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pinnace::sandbox {

/// Limits memory and processor time of a process and of all that it starts, by a control group of
/// its own (cgroups(7), version 1 or 2). The group is removed with the object, when all its
/// processes have ended.
class ResourceLimits {
 public:
  /// `memory`: bytes, swap included; `milli_cpus`: thousandths of a processor; 0: no limit. Throws
  /// unsupported where no control group can be made.
  ResourceLimits(pid_t process, std::uint64_t memory, std::uint64_t milli_cpus);
  ~ResourceLimits();
  ResourceLimits(const ResourceLimits&) = delete;
  ResourceLimits& operator=(const ResourceLimits&) = delete;

 private:
  struct Setting {
    std::string file;
    std::string value;
    bool must;  ///< false: where the kernel doesn't count this, it is left out
  };
  bool try_unified(pid_t process, const std::vector<Setting>& settings,
                   const std::vector<std::string>& controllers);
  void use_legacy(pid_t process, const std::string& controller,
                  const std::vector<Setting>& settings);
  bool enter(const std::string& parent, pid_t process, const std::vector<Setting>& settings);

  std::vector<std::string> m_groups;
};

}  // namespace pinnace::sandbox
