#include "run/container_request.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>
#include <variant>

#include "run/snapshots.hpp"

namespace pinnace::run {

namespace {

/// A mount hides what was mounted below it before.
std::vector<container::Mount> parents_first(std::vector<container::Mount> mounts,
                                            const std::string& directory) {
  const auto depth = [&](const container::Mount& mount) {
    const auto path = (std::filesystem::path(directory) / mount.target).lexically_normal();
    return std::distance(path.begin(), path.end());
  };
  std::stable_sort(
      mounts.begin(), mounts.end(),
      [&](const container::Mount& a, const container::Mount& b) { return depth(a) < depth(b); });
  return mounts;
}

/// For another owner or mode it is another directory: who has been here keeps what it had. So it is
/// for another network, as otherwise one build's container without a network could have it by a
/// socket of another's, and one of an ordinary build the host's loopback.
std::string cache_name(const container::CacheMount& cache) {
  std::string kind = "cache";
  if (cache.network == container::Network::none) kind += "-without-network";
  if (cache.network == container::Network::host) kind += "-with-host-network";
  return chain_name(kind, cache.id + " " + std::to_string(cache.mode) + " " +
                              std::to_string(cache.uid) + ":" + std::to_string(cache.gid));
}

/// Makes a mount of the container one of the helper.
class MountWriter {
 public:
  /// `root`: the top of the container's snapshots.
  MountWriter(std::string root, const TakeSnapshots& take, std::string& secrets)
      : m_root(std::move(root)), m_take(take), m_secrets(secrets) {}

  helper::HelperMount write(const container::Mount& mount) {
    helper::HelperMount helper;
    helper.target = mount.target;
    std::visit([&](const auto& source) { fill(source, helper); }, mount.source);
    return helper;
  }

 private:
  void fill(const container::BindMount& bind, helper::HelperMount& helper) const {
    helper.kind = "layers";
    helper.lowers = m_take(bind.layers, bind.is_new ? m_root : "");
    helper.source = bind.source;
    helper.writable = bind.writable;
  }
  void fill(const container::CacheMount& cache, helper::HelperMount& helper) const {
    helper.kind = "cache";
    helper.source = cache_name(cache);
    if (cache.start) {
      helper.lowers = m_take(cache.start->layers, "");
      helper.start = "/" + cache.start->source;
    }
    helper.writable = cache.writable;
    helper.exclusive = cache.sharing == container::CacheMount::Sharing::locked;
    helper.mode = cache.mode;
    helper.uid = cache.uid;
    helper.gid = cache.gid;
  }
  static void fill(const container::TemporaryMount& temporary, helper::HelperMount& helper) {
    helper.kind = "tmpfs";
    helper.size = temporary.size;
  }
  void fill(const container::SecretMount& secret, helper::HelperMount& helper) const {
    helper.kind = "secret";
    helper.mode = secret.mode;
    helper.uid = secret.uid;
    helper.gid = secret.gid;
    helper.size = secret.content.size();
    m_secrets += secret.content;
  }
  static void fill(const container::AgentMount& agent, helper::HelperMount& helper) {
    helper.kind = "agent";
    helper.source = std::filesystem::absolute(agent.path).string();
    helper.mode = agent.mode;
    helper.uid = agent.uid;
    helper.gid = agent.gid;
  }
  static void fill(const container::HostMount& host, helper::HelperMount& helper) {
    helper.kind = "host";
    helper.source = std::filesystem::absolute(host.path).string();
    helper.writable = host.writable;
  }

  std::string m_root;
  const TakeSnapshots& m_take;
  std::string& m_secrets;
};

}  // namespace

void describe_container(const container::Container& container, const TakeSnapshots& take,
                        helper::HelperRequest& request, std::string& secrets) {
  request.arguments = container.arguments;
  request.environment = container.environment;
  request.user = container.user;
  request.working_directory = container.directory;
  request.hostname = container.hostname;
  request.ports = container.ports;
  request.wait_port = container.wait_port;
  request.processes = container.limits.processes.value_or(0);
  request.memory = container.limits.memory.value_or(0);
  request.milli_cpus = container.limits.milli_cpus.value_or(0);
  request.has_socketcall = container.has_socketcall;
  MountWriter writer(request.lowers.empty() ? "" : request.lowers.back(), take, secrets);
  for (const container::Mount& mount : parents_first(container.mounts, container.directory))
    request.mounts.push_back(writer.write(mount));
}

}  // namespace pinnace::run
