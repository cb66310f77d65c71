#include <sys/socket.h>
#include <sys/utsname.h>

#include "run/spec.hpp"

namespace pinnace::run {

using nlohmann::json;

namespace {

constexpr int k_permission = 1;     // EPERM
constexpr int k_no_such_call = 38;  // ENOSYS

/// New namespaces and mounts, modules, the clock, other processes' memory, devices, keys that are
/// not per namespace, and calls that gave kernels trouble: what Docker's documentation names as
/// blocked by its profile, and what later kernels have of the kind.
const json k_refused = {"acct",
                        "add_key",
                        "bpf",
                        "clock_adjtime",
                        "clock_adjtime64",
                        "clock_settime",
                        "clock_settime64",
                        "create_module",
                        "delete_module",
                        "fanotify_init",
                        "finit_module",
                        "fsconfig",
                        "fsmount",
                        "fsopen",
                        "fspick",
                        "get_kernel_syms",
                        "get_mempolicy",
                        "init_module",
                        "io_uring_enter",
                        "io_uring_register",
                        "io_uring_setup",
                        "ioperm",
                        "iopl",
                        "kcmp",
                        "kexec_file_load",
                        "kexec_load",
                        "keyctl",
                        "lookup_dcookie",
                        "mbind",
                        "mount",
                        "mount_setattr",
                        "move_mount",
                        "move_pages",
                        "nfsservctl",
                        "open_by_handle_at",
                        "open_tree",
                        "perf_event_open",
                        "pidfd_getfd",
                        "pivot_root",
                        "process_madvise",
                        "process_vm_readv",
                        "process_vm_writev",
                        "query_module",
                        "quotactl",
                        "quotactl_fd",
                        "reboot",
                        "request_key",
                        "set_mempolicy",
                        "set_mempolicy_home_node",
                        "setns",
                        "settimeofday",
                        "stime",
                        "swapoff",
                        "swapon",
                        "_sysctl",
                        "sysfs",
                        "syslog",
                        "umount",
                        "umount2",
                        "unshare",
                        "uselib",
                        "userfaultfd",
                        "ustat",
                        "vhangup",
                        "vm86",
                        "vm86old"};

json refuse(const json& names, int error) {
  return {{"names", names}, {"action", "SCMP_ACT_ERRNO"}, {"errnoRet", error}};
}

json masked(int index, std::uint64_t mask, std::uint64_t value) {
  return {{"index", index}, {"value", mask}, {"valueTwo", value}, {"op", "SCMP_CMP_MASKED_EQ"}};
}

/// clone() with flags for new namespaces (CLONE_NEWNS to CLONE_NEWNET). Its flags can't be seen in
/// clone3(), which C libraries do without when it is not there.
json refuse_namespaces() {
  json rules = json::array();
  for (const std::uint64_t flag : {0x00020000ULL, 0x02000000ULL, 0x04000000ULL, 0x08000000ULL,
                                   0x10000000ULL, 0x20000000ULL, 0x40000000ULL}) {
    json rule = refuse({"clone"}, k_permission);
    rule["args"] = json::array({masked(0, flag, flag)});
    rules.push_back(std::move(rule));
  }
  return rules;
}

/// Sockets that lead around network namespaces, to the host of a virtual machine and to the
/// kernel's cryptography. socketcall(), the only way that 32-bit x86 C libraries know, has the
/// family behind a pointer: it stays, as in Docker's profile. libseccomp extends rules of socket()
/// to it without a look at the family, hence the second argument: flags of a type, never a pointer.
json refuse_sockets() {
  json rules = json::array();
  for (const int family : {AF_ALG, AF_VSOCK}) {
    json rule = refuse({"socket"}, k_permission);
    // The kernel takes an int: what is above that does not matter.
    rule["args"] = json::array(
        {masked(0, 0xffffffff, static_cast<std::uint64_t>(family)), masked(1, 0xfff00000, 0)});
    rules.push_back(std::move(rule));
  }
  return rules;
}

/// The machine's own, and those whose programs it runs, too.
json architectures() {
  utsname name{};
  ::uname(&name);
  const std::string machine = name.machine;
  if (machine == "x86_64") return {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
  if (machine == "aarch64") return {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"};
  return json::array();
}

}  // namespace

json seccomp_profile() {
  json rules = refuse_namespaces();
  for (json& rule : refuse_sockets()) rules.push_back(std::move(rule));
  rules.push_back(refuse(k_refused, k_permission));
  rules.push_back(refuse({"clone3"}, k_no_such_call));
  json profile = {{"defaultAction", "SCMP_ACT_ALLOW"}, {"syscalls", std::move(rules)}};
  if (json own = architectures(); !own.empty()) profile["architectures"] = std::move(own);
  return profile;
}

}  // namespace pinnace::run
