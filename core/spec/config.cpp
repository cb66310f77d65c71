#include "spec/config.hpp"

#include <set>

#include "spec/seccomp.hpp"

namespace pinnace::spec {

using nlohmann::json;

namespace {

/// Docker's and BuildKit's default set (capabilities(7) says what each allows) without two. By
/// CAP_NET_RAW, with packets and frames of its own making, a container would reach the host's
/// loopback through slirp4netns, which connects to whatever they are for. By CAP_MKNOD the host's
/// root would have the host's disks: not every runtime filters devices everywhere. In a user
/// namespace it is of no use.
const std::set<std::string> k_capabilities = {
    "CAP_AUDIT_WRITE",      "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FOWNER",
    "CAP_FSETID",           "CAP_KILL",    "CAP_SETFCAP",      "CAP_SETGID",
    "CAP_NET_BIND_SERVICE", "CAP_SETPCAP", "CAP_SETUID",       "CAP_SYS_CHROOT"};

json capabilities(std::uint32_t uid) {
  const json all = k_capabilities;
  const json none = json::array();
  // A user other than root has them only behind set-user-id programs.
  const json& own = uid == 0 ? all : none;
  return {{"bounding", all},
          {"effective", own},
          {"permitted", own},
          {"inheritable", none},
          {"ambient", none}};
}

/// Where memory ends, the kernel ends the container's processes before those that watch over it.
constexpr int k_first_to_go = 500;

json process(const Input& input) {
  json process = {{"terminal", false},
                  {"user", {{"uid", input.uid}, {"gid", input.gid}, {"umask", 022}}},
                  {"args", input.arguments},
                  {"env", input.environment},
                  {"cwd", input.directory},
                  {"capabilities", capabilities(input.uid)},
                  {"noNewPrivileges", false},
                  {"rlimits", json::array()}};
  for (const Rlimit& limit : input.rlimits)
    process["rlimits"].push_back(
        {{"type", limit.type}, {"soft", limit.soft}, {"hard", limit.hard}});
  if (!input.groups.empty()) process["user"]["additionalGids"] = input.groups;
  if (input.memory_is_limited) process["oomScoreAdj"] = k_first_to_go;
  return process;
}

json mount(const Mount& mount) {
  return {{"destination", mount.destination},
          {"type", mount.type},
          {"source", mount.source},
          {"options", mount.options}};
}

json mounts(const Input& input) {
  const Mount sys =
      !input.host_sys.empty()
          ? Mount{"/sys", "bind", input.host_sys, {"rbind", "nosuid", "noexec", "nodev", "ro"}}
          : Mount{"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}};
  json list = {
      mount({"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}}),
      mount({"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}}),
      mount({"/dev/pts",
             "devpts",
             "devpts",
             {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}}),
      mount(
          {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}}),
      mount({"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}}),
      mount(sys)};
  for (const Mount& one : input.mounts) list.push_back(mount(one));
  return list;
}

json linux_part(const Input& input) {
  json hidden = {"/proc/acpi",
                 "/proc/asound",
                 "/proc/kcore",
                 "/proc/keys",
                 "/proc/latency_stats",
                 "/proc/timer_list",
                 "/proc/timer_stats",
                 "/proc/sched_debug",
                 "/proc/scsi",
                 "/sys/firmware",
                 "/sys/devices/virtual/powercap"};
  for (const std::string& path : input.hidden) hidden.push_back(path);
  return {
      {"namespaces",
       {{{"type", "pid"}},
        {{"type", "ipc"}},
        {{"type", "uts"}},
        {{"type", "mount"}},
        {{"type", "cgroup"}}}},
      {"maskedPaths", std::move(hidden)},
      {"readonlyPaths", {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}},
      {"seccomp", seccomp_profile(SeccompHost::current(), k_capabilities,
                                  input.has_socketcall ? Socketcall::given : Socketcall::refused)}};
}

}  // namespace

json make_config(const Input& input) {
  return {{"ociVersion", "1.0.2"},
          {"process", process(input)},
          {"root", {{"path", input.root}, {"readonly", input.root_readonly}}},
          {"hostname", input.hostname},
          {"mounts", mounts(input)},
          {"linux", linux_part(input)}};
}

}  // namespace pinnace::spec
