#include "spec/seccomp.hpp"

#include <sys/socket.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <tuple>
#include <utility>

#include "json/json.hpp"
#include "spec/seccomp_data.hpp"

namespace pinnace::spec {

using nlohmann::json;

namespace {

constexpr int k_permission = 1;     // EPERM
constexpr int k_no_such_call = 38;  // ENOSYS

/// The machine's name by uname(2), Go's and libseccomp's.
struct Architecture {
  const char* machine;
  const char* name;
  const char* seccomp;
};
constexpr std::array<Architecture, 5> k_architectures = {
    {{"x86_64", "amd64", "SCMP_ARCH_X86_64"},
     {"aarch64", "arm64", "SCMP_ARCH_AARCH64"},
     {"riscv64", "riscv64", "SCMP_ARCH_RISCV64"},
     {"s390x", "s390x", "SCMP_ARCH_S390X"},
     {"ppc64le", "ppc64le", "SCMP_ARCH_PPC64LE"}}};

const json& part(const json& object, const char* name) {
  static const json k_none;
  const auto found = object.find(name);
  return found == object.end() ? k_none : *found;
}

bool is_at_least(const SeccompHost& host, const std::string& version) {
  int major = 0;
  int minor = 0;
  std::sscanf(version.c_str(), "%d.%d", &major, &minor);
  return std::tie(host.kernel, host.kernel_minor) >= std::tie(major, minor);
}

/// "includes": all of them hold.
bool all_hold(const json& condition, const SeccompHost& host,
              const std::set<std::string>& capabilities) {
  for (const json& name : part(condition, "caps")) {
    if (!capabilities.contains(name)) return false;
  }
  const json& architectures = part(condition, "arches");
  const bool here = architectures.empty() || std::find(architectures.begin(), architectures.end(),
                                                       host.architecture) != architectures.end();
  const json& kernel = part(condition, "minKernel");
  return here && (kernel.is_null() || is_at_least(host, kernel.get<std::string>()));
}

/// "excludes": one is enough.
bool one_holds(const json& condition, const SeccompHost& host,
               const std::set<std::string>& capabilities) {
  for (const json& name : part(condition, "caps")) {
    if (capabilities.contains(name)) return true;
  }
  for (const json& name : part(condition, "arches")) {
    if (name == host.architecture) return true;
  }
  const json& kernel = part(condition, "minKernel");
  return !kernel.is_null() && is_at_least(host, kernel.get<std::string>());
}

bool holds(const json& rule, const SeccompHost& host, const std::set<std::string>& capabilities) {
  return all_hold(part(rule, "includes"), host, capabilities) &&
         !one_holds(part(rule, "excludes"), host, capabilities);
}

/// The rule as the runtime specification has it.
json without_conditions(json rule) {
  for (const char* name : {"includes", "excludes", "comment"}) rule.erase(name);
  return rule;
}

json refuse(json names) {
  return {{"names", std::move(names)}, {"action", "SCMP_ACT_ERRNO"}, {"errnoRet", k_permission}};
}

/// The profile, and socketcall() refused. That rule is the first: libseccomp makes one more of each
/// rule that gives socket(), which gives it by socketcall() whatever the family is.
json without_socketcall(const json& profile) {
  const json name = "socketcall";
  json result = profile;
  for (json& rule : result.at("syscalls")) {
    json& names = rule.at("names");
    names.erase(std::remove(names.begin(), names.end(), name), names.end());
  }
  json& rules = result.at("syscalls");
  rules.insert(rules.begin(), refuse({"socketcall"}));
  return result;
}

json argument(int index, std::uint64_t value) {
  return {{"index", index}, {"value", value}, {"op", "SCMP_CMP_EQ"}};
}

/// clone() with a flag for new namespaces: the bits that the profile's rule wants to be none.
void refuse_namespaces(json& rules) {
  json refused = json::array();
  for (const json& rule : rules) {
    if (rule.at("names") != json{"clone"} || part(rule, "args").size() != 1) continue;
    const json& flags = rule.at("args").front();
    const auto mask = flags.at("value").get<std::uint64_t>();
    for (std::uint64_t flag = 1; flag != 0 && flags.at("op") == "SCMP_CMP_MASKED_EQ"; flag <<= 1) {
      if ((mask & flag) == 0) continue;
      json one = refuse({"clone"});
      one["args"] = json::array({{{"index", flags.at("index")},
                                  {"value", flag},
                                  {"valueTwo", flag},
                                  {"op", "SCMP_CMP_MASKED_EQ"}}});
      refused.push_back(std::move(one));
    }
  }
  for (json& rule : refused) rules.push_back(std::move(rule));
}

/// Sockets that lead around network namespaces, to the kernel's cryptography and to frames of one's
/// own making.
void refuse_sockets(json& rules) {
  for (const int family : {AF_PACKET, AF_ALG, AF_VSOCK}) {
    json rule = refuse({"socket"});
    rule["args"] = json::array({argument(0, static_cast<std::uint64_t>(family))});
    rules.push_back(std::move(rule));
  }
}

/// A container makes no frames: what slirp4netns gets of it would be connected
/// (sandbox/network/network.hpp).
bool makes_frames(const json& rule) {
  return rule.at("names") == json{"socket"} &&
         part(rule, "args") == json::array({argument(0, AF_PACKET)});
}

/// The machine's own, and those whose programs it runs, too.
json architectures(const json& profile, const std::string& name) {
  for (const Architecture& one : k_architectures) {
    if (name != one.name) continue;
    for (const json& entry : part(profile, "archMap")) {
      if (entry.at("architecture") != one.seccomp) continue;
      json list = {one.seccomp};
      for (const json& other : part(entry, "subArchitectures")) list.push_back(other);
      return list;
    }
  }
  return json::array();
}

}  // namespace

SeccompHost SeccompHost::current() {
  utsname name{};
  ::uname(&name);
  SeccompHost host;
  host.architecture = name.machine;
  for (const Architecture& one : k_architectures) {
    if (host.architecture == one.machine) host.architecture = one.name;
  }
  std::sscanf(name.release, "%d.%d", &host.kernel, &host.kernel_minor);
  return host;
}

bool needs_socketcall(const oci::Platform& asked_for) {
  return asked_for.architecture == "386";
}

json seccomp_profile(const json& profile, const SeccompHost& host,
                     const std::set<std::string>& capabilities, Socketcall socketcall) {
  // Go makes its sockets so on s390x.
  if (socketcall == Socketcall::refused && host.architecture != "s390x")
    return seccomp_profile(without_socketcall(profile), host, capabilities, Socketcall::given);
  json rules = json::array();
  std::map<std::string, bool> given;  // by name, whether any rule is about it
  for (const json& rule : profile.at("syscalls")) {
    const bool taken = holds(rule, host, capabilities) && !makes_frames(rule);
    for (const json& name : rule.at("names")) given[name] |= taken;
    if (taken) rules.push_back(without_conditions(rule));
  }
  json refused = json::array();
  for (const auto& [name, is_given] : given) {
    if (!is_given) refused.push_back(name);
  }
  if (!refused.empty()) rules.push_back(refuse(std::move(refused)));
  // Calls with other arguments than the rules ask for would be said not to be there.
  refuse_namespaces(rules);
  refuse_sockets(rules);
  json result = {{"defaultAction", "SCMP_ACT_ERRNO"},
                 {"defaultErrnoRet", k_no_such_call},
                 {"syscalls", std::move(rules)}};
  if (json own = architectures(profile, host.architecture); !own.empty())
    result["architectures"] = std::move(own);
  return result;
}

json seccomp_profile(const SeccompHost& host, const std::set<std::string>& capabilities,
                     Socketcall socketcall) {
  return seccomp_profile(pinnace::json::parse(k_docker_profile, "seccomp profile"), host,
                         capabilities, socketcall);
}

}  // namespace pinnace::spec
