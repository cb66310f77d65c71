#include "spec/seccomp.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>

namespace pinnace::spec {
namespace {

using nlohmann::json;

const SeccompHost k_host{"amd64", 6, 1};
const std::set<std::string> k_usual = {"CAP_CHOWN", "CAP_SETUID", "CAP_SYS_CHROOT"};
constexpr std::int64_t k_allowed = 0;

/// What a kernel answers to a call by a profile: k_allowed or an error's number.
std::int64_t answer(const json& profile, const std::string& call,
                    const std::vector<std::uint64_t>& arguments = {}) {
  for (const json& rule : profile.at("syscalls")) {
    const json& names = rule.at("names");
    if (std::find(names.begin(), names.end(), call) == names.end()) continue;
    bool fits = true;
    for (const json& wanted : rule.value("args", json::array())) {
      const std::uint64_t value = arguments.at(wanted.at("index"));
      const std::string op = wanted.at("op");
      const std::uint64_t number = wanted.at("value");
      if (op == "SCMP_CMP_EQ") fits = fits && value == number;
      if (op == "SCMP_CMP_LT") fits = fits && value < number;
      if (op == "SCMP_CMP_MASKED_EQ")
        fits = fits && (value & number) == wanted.value("valueTwo", std::uint64_t{0});
    }
    if (!fits) continue;
    return rule.at("action") == "SCMP_ACT_ALLOW" ? k_allowed
                                                 : rule.at("errnoRet").get<std::int64_t>();
  }
  return profile.at("defaultErrnoRet");
}

TEST(Seccomp, CallsThatLeadOutAreRefused) {
  const json profile = seccomp_profile(k_host, k_usual, Socketcall::refused);
  for (const char* call : {"mount", "umount2", "unshare", "setns", "bpf", "open_by_handle_at",
                           "init_module", "finit_module", "reboot", "settimeofday", "syslog",
                           "perf_event_open", "fsopen", "pidfd_getfd", "iopl"})
    EXPECT_EQ(answer(profile, call), EPERM) << call;
  for (const char* call : {"keyctl", "add_key", "kexec_load", "io_uring_setup", "userfaultfd",
                           "a_call_of_the_next_kernel", "clone3"})
    EXPECT_EQ(answer(profile, call), ENOSYS) << call;
  for (const char* call : {"read", "execve", "chown", "setgroups", "chroot", "mknod", "statx",
                           "arch_prctl", "ptrace", "fchmodat2"})
    EXPECT_EQ(answer(profile, call), k_allowed) << call;
}

TEST(Seccomp, NewNamespacesAreRefused) {
  const json profile = seccomp_profile(k_host, k_usual, Socketcall::refused);
  constexpr std::uint64_t k_thread = 0x003d0f00;
  EXPECT_EQ(answer(profile, "clone", {SIGCHLD}), k_allowed);
  EXPECT_EQ(answer(profile, "clone", {k_thread}), k_allowed);
  for (const std::uint64_t flag : {0x00020000ULL, 0x02000000ULL, 0x04000000ULL, 0x08000000ULL,
                                   0x10000000ULL, 0x20000000ULL, 0x40000000ULL})
    EXPECT_EQ(answer(profile, "clone", {k_thread | flag}), EPERM) << flag;
}

TEST(Seccomp, SocketsThatLeadAroundNamespacesAreRefused) {
  const json profile = seccomp_profile(k_host, k_usual, Socketcall::refused);
  for (const std::uint64_t family : {1U * AF_UNIX, 1U * AF_INET, 1U * AF_INET6, 1U * AF_NETLINK})
    EXPECT_EQ(answer(profile, "socket", {family}), k_allowed) << family;
  for (const std::uint64_t family : {1U * AF_PACKET, 1U * AF_ALG, 1U * AF_VSOCK}) {
    EXPECT_EQ(answer(profile, "socket", {family}), EPERM) << family;
    // The kernel takes an int: what is above that must not help.
    EXPECT_NE(answer(profile, "socket", {family | (1ULL << 32)}), k_allowed) << family;
  }
}

TEST(Seccomp, SocketsWhoseFamilyNobodySeesAreRefused) {
  const json profile = seccomp_profile(k_host, k_usual, Socketcall::refused);
  EXPECT_EQ(answer(profile, "socketcall"), EPERM);
  EXPECT_EQ(profile.at("syscalls").front().at("names"), json{"socketcall"})
      << "libseccomp gives it with each rule that gives socket()";
  EXPECT_EQ(answer(seccomp_profile(k_host, k_usual, Socketcall::given), "socketcall"), k_allowed);
  EXPECT_EQ(answer(seccomp_profile({"s390x", 6, 1}, k_usual, Socketcall::refused), "socketcall"),
            k_allowed);
  EXPECT_TRUE(needs_socketcall(oci::Platform::parse("linux/386")));
  EXPECT_FALSE(needs_socketcall(oci::Platform::parse("linux/amd64")));
}

TEST(Seccomp, RulesHoldForTheirCapabilitiesArchitecturesAndKernels) {
  const json profile = json::parse(R"({
    "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
    "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
                {"architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null}],
    "syscalls": [
      {"names": ["both"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_A", "CAP_B"]}},
      {"names": ["without"], "action": "SCMP_ACT_ALLOW", "excludes": {"caps": ["CAP_A", "CAP_C"]}},
      {"names": ["here"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd64", "x32"]}},
      {"names": ["elsewhere"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["amd64"]}},
      {"names": ["new"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "5.10"}},
      {"names": ["old"], "action": "SCMP_ACT_ALLOW", "excludes": {"minKernel": "5.10"}, "comment": "x"}]})");
  const auto given = [&](const char* call, const SeccompHost& host,
                         const std::set<std::string>& capabilities) {
    return answer(seccomp_profile(profile, host, capabilities, Socketcall::given), call) ==
           k_allowed;
  };
  EXPECT_TRUE(given("both", k_host, {"CAP_A", "CAP_B"}));
  EXPECT_FALSE(given("both", k_host, {"CAP_A"}));
  EXPECT_TRUE(given("without", k_host, {"CAP_B"}));
  EXPECT_FALSE(given("without", k_host, {"CAP_C"}));
  EXPECT_TRUE(given("here", k_host, {}));
  EXPECT_FALSE(given("here", {"arm64", 6, 1}, {}));
  EXPECT_FALSE(given("elsewhere", k_host, {}));
  EXPECT_TRUE(given("elsewhere", {"arm64", 6, 1}, {}));
  for (const auto& [major, minor, is_new] :
       {std::tuple(5, 9, false), {5, 10, true}, {5, 100, true}, {4, 20, false}, {6, 0, true}}) {
    EXPECT_EQ(given("new", {"amd64", major, minor}, {}), is_new) << major << "." << minor;
    EXPECT_EQ(given("old", {"amd64", major, minor}, {}), !is_new) << major << "." << minor;
  }
  const json here = seccomp_profile(profile, k_host, {}, Socketcall::given);
  for (const json& rule : here.at("syscalls"))
    EXPECT_FALSE(rule.contains("includes") || rule.contains("excludes") ||
                 rule.contains("comment"));
  EXPECT_EQ(here.at("architectures"), (json{"SCMP_ARCH_X86_64", "SCMP_ARCH_X86"}));
  EXPECT_EQ(seccomp_profile(profile, {"riscv64", 6, 1}, {}, Socketcall::given).at("architectures"),
            json{"SCMP_ARCH_RISCV64"});
}

TEST(Seccomp, OnTheseTheFlagsOfNewProcessesAreAnotherArgument) {
  const json profile = seccomp_profile({"s390x", 6, 1}, k_usual, Socketcall::refused);
  EXPECT_EQ(answer(profile, "clone", {0x10000000, SIGCHLD}), k_allowed);
  EXPECT_EQ(answer(profile, "clone", {0, 0x10000000}), EPERM);
}

}  // namespace
}  // namespace pinnace::spec
