#include "run/sandbox.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <random>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "run/change_archive.hpp"
#include "run/line_splitter.hpp"
#include "run/operation.hpp"

namespace pinnace::run {

using base::Context;
using base::Error;
using base::ErrorCode;
using nlohmann::json;

namespace {

constexpr std::size_t k_small_file = std::size_t{1} << 20;
/// crun is the faster one.
constexpr std::array<const char*, 2> k_runtimes = {"crun", "runc"};

std::string user_name(uid_t uid) {
  std::array<char, 16384> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return {};
  return found->pw_name;
}

bool has_program(const std::string& name, const std::string& path) {
  try {
    (void)process::find_program(name, {{"PATH", path}});
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::filesystem::path own_executable() {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  // Java's bundle has "pinnace-" and a hash of the content.
  const std::string name = self.filename().string();
  if (name == "pinnace" || name.starts_with("pinnace-")) return self;
  throw Error(ErrorCode::invalid_input,
              "containers need the pinnace executable, and the request does not say where it is");
}

/// Where runtimes and tools are: what PATH says, and where Debian puts those of administrators.
std::string tool_path(const process::Environment& environment) {
  return process::variable(environment, "PATH").value_or("/usr/local/bin:/usr/bin:/bin") +
         ":/usr/local/sbin:/usr/sbin:/sbin";
}

constexpr const char* k_temporary = "tmp-";
constexpr const char* k_caches = "caches";  // of mounts (sandbox/mounts.cpp)

/// The name of a snapshot: of a layer and all that it stands on.
std::string chain(const std::string& parent, const std::string& id) {
  const std::string name(hash::Digest::of(parent + " " + id).hex().substr(0, 24));
  return id.starts_with(RootLayer::k_passing) ? k_temporary + name : name;
}

/// A name that no other process has or had.
std::string random_token() {
  std::random_device random;
  return std::to_string(random()) + "-" + std::to_string(random());
}

}  // namespace

struct Sandbox::State {
  class UnnamedSnapshot;

  explicit State(Options given);

  HelperRequest new_request(const char* operation) const;
  std::vector<std::string> take_snapshots(const Context& context,
                                          const std::vector<RootLayer>& layers);
  void apply(const Context& context, const RootLayer& layer, std::vector<std::string> lowers,
             const std::string& name);
  /// `secrets` gets the contents of the container's secrets.
  HelperRequest container_request(const Context& context, const Container& container,
                                  std::string& secrets);
  HelperMount helper_mount(const Context& context, const Mount& mount, std::string& secrets);
  std::string new_snapshot();
  void remove(std::vector<std::string> names) noexcept;
  std::string choose_runtime(const Context& context, Network network);
  std::string try_runtimes(const Context& context, Network network);
  std::string probe_key(Network network) const;

  Options options;
  std::string path;
  IdMaps maps;
  std::filesystem::path directory;  ///< of the snapshots
  std::optional<base::FileLock> lock;
  std::mutex mutex;  ///< of what follows, and held while layers are unpacked
  std::map<Network, std::string> runtimes;
  std::set<std::string> passing;  ///< snapshots that end with us
  const std::string token = random_token();
  unsigned snapshots = 0;
};

/// Removes a snapshot at the end of its scope, unless it has got another name.
class Sandbox::State::UnnamedSnapshot {
 public:
  UnnamedSnapshot(State& state, std::string name) : m_state(state), m_name(std::move(name)) {}
  UnnamedSnapshot(const UnnamedSnapshot&) = delete;
  UnnamedSnapshot& operator=(const UnnamedSnapshot&) = delete;
  ~UnnamedSnapshot() {
    if (!m_name.empty()) m_state.remove({std::move(m_name)});
  }

  std::error_code rename(const std::string& name) {
    std::error_code error;
    std::filesystem::rename(m_state.directory / m_name, m_state.directory / name, error);
    if (!error) m_name.clear();
    return error;
  }

 private:
  State& m_state;
  std::string m_name;
};

Sandbox::State::State(Options given) : options(std::move(given)) {
  if (options.executable.empty()) options.executable = own_executable();
  path = tool_path(options.environment);
  std::string owner = "host";
  if (!options.host_root) {
    maps = choose_id_maps({::geteuid(), ::getegid(), user_name(::geteuid()),
                           base::read_file_or_empty("/etc/subuid", k_small_file),
                           base::read_file_or_empty("/etc/subgid", k_small_file),
                           base::read_file_or_empty("/proc/self/uid_map", k_small_file),
                           base::read_file_or_empty("/proc/self/gid_map", k_small_file),
                           has_program("newuidmap", path) && has_program("newgidmap", path)});
    owner = std::to_string(::geteuid()) + "-" + std::to_string(maps.users.back().outside);
  } else if (::geteuid() != 0) {
    throw Error(ErrorCode::invalid_input, "only root can run containers as the host's root");
  }
  directory = options.directory / owner;
  std::filesystem::create_directories(directory);
  const std::filesystem::path lock_file = options.directory / (owner + ".lock");
  // Whoever is alone removes what killed ones have left.
  if (base::FileLock::try_lock(lock_file, base::FileLock::Mode::exclusive)) {
    std::vector<std::string> left;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(k_temporary)) left.push_back(name);
    }
    remove(std::move(left));
  }
  lock.emplace(lock_file, base::FileLock::Mode::shared);
}

HelperRequest Sandbox::State::new_request(const char* operation) const {
  HelperRequest request;
  request.operation = operation;
  request.directory = directory.string();
  request.users = maps.users;
  request.groups = maps.groups;
  request.by_helpers = maps.by_helpers;
  request.host_root = options.host_root;
  request.path = path;
  request.network = Network::none;
  return request;
}

void Sandbox::State::remove(std::vector<std::string> names) noexcept {
  if (names.empty()) return;
  try {
    const Context context;
    HelperRequest request = new_request("remove");
    request.lowers = std::move(names);
    Operation(context, options.executable, request).finish();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next one removes them
  }
}

std::string Sandbox::State::new_snapshot() {
  return k_temporary + token + "-" + std::to_string(++snapshots);
}

void Sandbox::State::apply(const Context& context, const RootLayer& layer,
                           std::vector<std::string> lowers, const std::string& name) {
  HelperRequest request = new_request("apply");
  request.lowers = std::move(lowers);
  request.snapshot = new_snapshot();
  UnnamedSnapshot snapshot(*this, request.snapshot);
  {
    Operation operation(context, options.executable, request);
    OperationSink sink(operation);
    layer.write(context, sink);
    operation.close_input();
    operation.finish();
  }
  snapshot.rename(name);  // where that fails, somebody else was faster
  if (layer.id.starts_with(RootLayer::k_passing)) passing.insert(name);
}

std::vector<std::string> Sandbox::State::take_snapshots(const Context& context,
                                                        const std::vector<RootLayer>& layers) {
  const std::lock_guard guard(mutex);
  std::vector<std::string> names;
  std::string parent;
  for (const RootLayer& layer : layers) {
    const std::string name = chain(parent, layer.id);
    if (!std::filesystem::exists(directory / name)) apply(context, layer, names, name);
    std::error_code gone;  // when it was used last, for collect()
    std::filesystem::last_write_time(directory / name,
                                     std::filesystem::file_time_type::clock::now(), gone);
    names.push_back(name);
    parent = name;
  }
  return names;
}

HelperMount Sandbox::State::helper_mount(const Context& context, const Mount& mount,
                                         std::string& texts) {
  HelperMount helper;
  helper.target = mount.target;
  if (const auto* bind = std::get_if<BindMount>(&mount.source)) {
    helper.kind = "layers";
    helper.lowers = take_snapshots(context, bind->layers);
    helper.source = bind->source;
    helper.writable = bind->writable;
  } else if (const auto* cache = std::get_if<CacheMount>(&mount.source)) {
    helper.kind = "cache";
    helper.source = chain("cache", cache->id);
    helper.writable = cache->writable;
    helper.exclusive = cache->sharing == CacheMount::Sharing::locked;
    helper.mode = cache->mode;
    helper.uid = cache->uid;
    helper.gid = cache->gid;
  } else if (const auto* temporary = std::get_if<TemporaryMount>(&mount.source)) {
    helper.kind = "tmpfs";
    helper.size = temporary->size;
  } else if (const auto* secret = std::get_if<SecretMount>(&mount.source)) {
    helper.kind = "secret";
    helper.mode = secret->mode;
    helper.uid = secret->uid;
    helper.gid = secret->gid;
    helper.size = secret->content.size();
    texts += secret->content;
  } else {
    const auto& host = std::get<HostMount>(mount.source);
    helper.kind = "host";
    helper.source = std::filesystem::absolute(host.path).string();
    helper.writable = host.writable;
  }
  return helper;
}

HelperRequest Sandbox::State::container_request(const Context& context, const Container& container,
                                                std::string& secrets) {
  HelperRequest request = new_request("run");
  request.network = container.network;
  request.runtime = choose_runtime(context, container.network);
  request.lowers = take_snapshots(context, container.layers);
  {
    const std::lock_guard guard(mutex);
    request.snapshot = new_snapshot();
  }
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
  for (const Mount& mount : container.mounts)
    request.mounts.push_back(helper_mount(context, mount, secrets));
  return request;
}

std::string Sandbox::State::probe_key(Network network) const {
  utsname name{};
  ::uname(&name);
  json key = {name.release, to_text(maps.users), static_cast<int>(network), options.runtime};
  const std::vector<std::string> programs = {"crun", "runc", "slirp4netns"};
  for (const std::string& program : programs) {
    if (!has_program(program, path)) continue;
    const std::string file = process::find_program(program, {{"PATH", path}});
    struct stat status {};
    if (::stat(file.c_str(), &status) == 0)
      key.push_back({file, status.st_size, status.st_mtim.tv_sec});
  }
  return key.dump();
}

std::string Sandbox::State::try_runtimes(const Context& context, Network network) {
  std::string refusals;
  std::vector<std::string> candidates(k_runtimes.begin(), k_runtimes.end());
  if (!options.runtime.empty()) candidates = {options.runtime};
  for (const std::string& candidate : candidates) {
    if (!has_program(candidate, path)) continue;
    HelperRequest request = new_request("probe");
    request.network = network;
    request.runtime = candidate;
    try {
      Operation(context, options.executable, request).finish();
      return candidate;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      const std::string message = error.what();
      if (refusals.find(message) == std::string::npos)
        refusals += (refusals.empty() ? "" : "; ") + message;
    }
  }
  if (!refusals.empty()) throw Error(ErrorCode::unsupported, refusals);
  throw Error(ErrorCode::unsupported,
              (options.runtime.empty() ? "there is no OCI runtime (crun, runc)"
                                       : "the runtime " + options.runtime + " is not there") +
                  ", which RUN needs; as root: apt-get install runc");
}

std::string Sandbox::State::choose_runtime(const Context& context, Network network) {
  const std::lock_guard guard(mutex);
  if (const auto known = runtimes.find(network); known != runtimes.end()) return known->second;
  const std::string key = probe_key(network);
  const std::filesystem::path file =
      directory.string() + ".runtime-" + std::to_string(static_cast<int>(network));
  const json remembered = json::parse(base::read_file_or_empty(file, k_small_file), nullptr, false);
  if (remembered.is_object() && remembered.value("key", "") == key)
    return runtimes[network] = remembered.value("runtime", "");
  const std::string chosen = try_runtimes(context, network);
  base::write_file_atomically(file, json{{"key", key}, {"runtime", chosen}}.dump());
  return runtimes[network] = chosen;
}

Sandbox::Sandbox(Options options) : m_state(std::make_unique<State>(std::move(options))) {}

Sandbox::~Sandbox() {
  m_state->remove({m_state->passing.begin(), m_state->passing.end()});
}

void Sandbox::check(const Context& context, Network network) {
  m_state->choose_runtime(context, network);
}

Sandbox::BuildResult Sandbox::run_step(const Context& context, const Container& container,
                                       std::int64_t epoch, layer::Spool& spool,
                                       OutputSink& output) {
  std::string secrets;
  HelperRequest request = m_state->container_request(context, container, secrets);
  request.report_changes = true;
  request.epoch = epoch;
  const std::string parent = request.lowers.empty() ? "" : request.lowers.back();
  State::UnnamedSnapshot snapshot(*m_state, request.snapshot);
  Operation operation(context, m_state->options.executable, request, secrets);
  LineSplitter lines(output);
  Frame frame;
  do {
    frame = operation.next();
    lines.take(frame);
  } while (frame.type != FrameType::result && frame.type != FrameType::change);
  lines.finish();
  if (frame.type == FrameType::result)
    return {json::parse(frame.payload).at("exitCode"), std::nullopt};
  ChangeArchive archive(operation, std::move(frame.payload));
  Change change{read_changes(context, archive, spool), {}, parent};
  change.layer.id = RootLayer::k_passing + request.snapshot;
  change.layer.write = [](const Context&, base::Sink&) {
    throw Error(ErrorCode::internal, "the snapshot of a RUN is gone");
  };
  const std::string name = chain(parent, change.layer.id);
  const std::lock_guard guard(m_state->mutex);
  if (const auto error = snapshot.rename(name)) base::throw_errno(error.value(), "name a snapshot");
  m_state->passing.insert(name);
  return {archive.result().at("exitCode"), std::move(change)};
}

std::string Sandbox::passing_id() {
  const std::lock_guard guard(m_state->mutex);
  return RootLayer::k_passing + m_state->new_snapshot();
}

void Sandbox::name_layer(Change& change, const hash::Digest& diff_id) {
  const std::lock_guard guard(m_state->mutex);
  const std::string passing = chain(change.parent, change.layer.id);
  const std::string name = chain(change.parent, diff_id.str());
  std::error_code error;
  std::filesystem::rename(m_state->directory / passing, m_state->directory / name, error);
  // The same layer is there already: the passing one is removed at the end.
  if (!error) m_state->passing.erase(passing);
  change.layer.id = diff_id.str();
}

std::size_t Sandbox::collect(std::chrono::hours unused) {
  const std::filesystem::path lock_file = m_state->directory.string() + ".lock";
  m_state->lock.reset();
  const auto alone = base::FileLock::try_lock(lock_file, base::FileLock::Mode::exclusive);
  std::vector<std::string> old;
  if (alone) {
    const auto limit = std::filesystem::file_time_type::clock::now() - unused;
    for (const auto& entry : std::filesystem::directory_iterator(m_state->directory)) {
      const std::string name = entry.path().filename().string();
      if (name != k_caches && entry.is_directory() && entry.last_write_time() < limit)
        old.push_back(name);
    }
    m_state->remove(old);
  }
  return old.size();
}

int Sandbox::run(const Context& context, const Container& container, OutputSink& output,
                 const std::function<void(const std::vector<PublishedPort>&)>& started) {
  std::string secrets;
  const HelperRequest request = m_state->container_request(context, container, secrets);
  const State::UnnamedSnapshot snapshot(*m_state, request.snapshot);
  Operation operation(context, m_state->options.executable, request, secrets);
  LineSplitter lines(output);
  std::vector<PublishedPort> ports;
  for (;;) {
    const Frame frame = operation.next();
    lines.take(frame);
    if (frame.type == FrameType::started) {
      const json said = json::parse(frame.payload);
      if (!said.contains("ports")) started(ports);
      for (const json& port : said.value("ports", json::array()))
        ports.push_back({port.at("address"), port.at("hostPort"), port.at("containerPort")});
    }
    if (frame.type != FrameType::result) continue;
    lines.finish();
    return json::parse(frame.payload).at("exitCode");
  }
}

}  // namespace pinnace::run
