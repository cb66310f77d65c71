#include "run/sandbox.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "base/error.hpp"
#include "files/directory.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "helper/change_archive.hpp"
#include "helper/operation.hpp"
#include "json/json.hpp"
#include "run/container_request.hpp"
#include "run/sandbox_state.hpp"
#include "spec/emulator.hpp"
#include "spec/host_file.hpp"

namespace pinnace::run {

using base::Context;
using base::Error;
using base::ErrorCode;
using nlohmann::json;

namespace {

std::string user_name(uid_t uid) {
  std::array<char, 16384> buffer;
  passwd entry{};
  passwd* found = nullptr;
  const int error = ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
  // What getpwuid_r(3) says of a user that is not there differs.
  const bool absent =
      error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
  if (!absent) base::throw_errno(error, "look up the user " + std::to_string(uid));
  return found == nullptr ? "" : found->pw_name;
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

void pass_on(const helper::Frame& frame, OutputSink& output) {
  if (frame.type == helper::FrameType::output)
    output.on_output(base::Event::Kind::output, frame.payload);
  if (frame.type == helper::FrameType::error)
    output.on_output(base::Event::Kind::error_output, frame.payload);
}

/// What is removed so quickly goes after a stop request, too.
constexpr std::chrono::milliseconds k_last_removal{300};

constexpr const char* k_caches = "caches";  // of mounts (sandbox/mounts/mounts.cpp)

/// Images have set-user-id programs, which here are of whoever runs containers, and secrets of
/// others: nobody else may come in. Containers need no way through it, as the helper stands inside.
void keep_to_ourselves(const std::filesystem::path& directory, uid_t container_root) {
  const auto status = files::link_status(directory);
  if (!status) throw Error(ErrorCode::not_found, directory.string() + " is gone");
  const bool ours = status->st_uid == ::geteuid() || status->st_uid == container_root;
  if (!ours)
    throw Error(ErrorCode::invalid_input,
                directory.string() + " belongs to the user " + std::to_string(status->st_uid) +
                    ", who could change what containers run; choose another store (--store)");
  if ((status->st_mode & 07777) != 0700 && ::chmod(directory.c_str(), 0700) != 0)
    base::throw_errno(errno, "close " + directory.string() + " to other users");
  // Lists of the store would be handed on to what containers make, and say its mode.
  for (const char* list : {"system.posix_acl_default", "system.posix_acl_access"}) {
    if (::removexattr(directory.c_str(), list) != 0 && errno != ENODATA && errno != ENOTSUP)
      base::throw_errno(errno, "remove the access control list of " + directory.string());
  }
}

}  // namespace

Sandbox::State::State(Options given) : options(std::move(given)) {
  if (options.executable.empty()) options.executable = own_executable();
  path = tool_path(options.environment);
  std::string owner = "host";
  if (!options.host_root) {
    maps = spec::choose_id_maps(
        {::geteuid(), ::getegid(), user_name(::geteuid()), spec::read_host_file("/etc/subuid"),
         spec::read_host_file("/etc/subgid"), spec::read_host_file("/proc/self/uid_map"),
         spec::read_host_file("/proc/self/gid_map"),
         has_program("newuidmap", path) && has_program("newgidmap", path)});
    owner = std::to_string(::geteuid()) + "-" + std::to_string(maps.users.back().outside);
  } else if (::geteuid() != 0) {
    throw Error(ErrorCode::invalid_input, "only root can run containers as the host's root");
  }
  directory = options.directory / owner;
  files::make_directories(directory);
  keep_to_ourselves(directory, options.host_root ? ::geteuid() : maps.users.front().outside);
}

helper::HelperRequest Sandbox::State::new_request(const char* operation) const {
  helper::HelperRequest request;
  request.operation = operation;
  request.directory = directory.string();
  request.users = maps.users;
  request.groups = maps.groups;
  request.by_helpers = maps.by_helpers;
  request.host_root = options.host_root;
  request.path = path;
  request.copies = copies;
  request.network = container::Network::none;
  return request;
}

helper::HelperRequest Sandbox::State::container_request(const Context& context,
                                                        const container::Container& container,
                                                        std::string& secrets) {
  // First, as it settles what all requests say.
  const std::string runtime = prepare(context, container.network);
  helper::HelperRequest request = new_request("run");
  request.network = container.network;
  request.runtime = runtime;
  request.lowers = take_snapshots(context, container.layers);
  {
    const std::lock_guard guard(mutex);
    request.snapshot = new_snapshot();
  }
  if (!options.host_root)
    request.emulator = emulator_line(spec::foreign_architecture(container.platform));
  const TakeSnapshots take = [&](const std::vector<container::RootLayer>& layers,
                                 const std::string& after) {
    return take_snapshots(context, layers, after);
  };
  describe_container(container, take, request, secrets);
  return request;
}

Sandbox::Sandbox(Options options) : m_state(std::make_unique<State>(std::move(options))) {}

Sandbox::~Sandbox() {
  if (!m_state->lock) return;  // it has run nothing
  Context context;
  context.stop = m_state->stop;
  // What stays is a temporary snapshot: the next one tries again, and tells.
  try {
    for (const std::string& name : m_state->passing) m_state->discard(name);
    m_state->remove_discarded(context, {0, k_last_removal});
    if (m_state->copies) m_state->tidy(context);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next one does it
  }
}

void Sandbox::check(const Context& context, container::Network network) {
  m_state->prepare(context, network);
}

Sandbox::BuildResult Sandbox::run_step(const Context& context,
                                       const container::Container& container, std::int64_t epoch,
                                       layer::Spool& spool, OutputSink& output) {
  std::string secrets;
  helper::HelperRequest request = m_state->container_request(context, container, secrets);
  request.report_changes = true;
  request.epoch = epoch;
  const std::string parent = request.lowers.empty() ? "" : request.lowers.back();
  State::UnnamedSnapshot snapshot(*m_state, context, request.snapshot);
  helper::Operation operation(context, m_state->options.executable, request, secrets);
  helper::Frame frame;
  do {
    frame = operation.next();
    pass_on(frame, output);
    if (frame.type == helper::FrameType::note) context.log(frame.payload);
  } while (frame.type != helper::FrameType::result && frame.type != helper::FrameType::change);
  if (frame.type == helper::FrameType::result) {
    const json result = pinnace::json::parse(frame.payload, "answer of the sandbox");
    if (result.contains("refusal")) throw Error(ErrorCode::invalid_input, result.at("refusal"));
    return {result.at("exitCode"), std::nullopt};
  }
  helper::ChangeArchive archive(operation, std::move(frame.payload));
  container::Change change{helper::read_changes(context, archive, spool), {}, parent};
  change.layer.id = container::RootLayer::k_passing + request.snapshot;
  change.layer.times = {layer::TimesOf::step, epoch};
  change.layer.write = [](const Context&, base::Sink&) {
    throw Error(ErrorCode::internal, "the snapshot of a RUN is gone");
  };
  const std::string name = m_state->name_of(parent, change.layer.name());
  const std::lock_guard guard(m_state->mutex);
  if (!snapshot.rename(name))
    throw Error(ErrorCode::internal, "the snapshot " + name + " is there already");
  m_state->passing.insert(name);
  return {archive.result().at("exitCode"), std::move(change)};
}

std::string Sandbox::passing_id() {
  const std::lock_guard guard(m_state->mutex);
  return container::RootLayer::k_passing + m_state->new_snapshot();
}

bool Sandbox::name_layer(container::Change& change, const hash::Digest& diff_id) {
  const std::lock_guard guard(m_state->mutex);
  if (m_state->copies) return false;
  const std::string passing = m_state->name_of(change.parent, change.layer.name());
  change.layer.id = diff_id.str();
  const std::string name = m_state->name_of(change.parent, change.layer.name());
  if (!is_as_made(m_state->directory / name)) m_state->put_aside(name);
  // The same layer may be there already: the passing one is removed at the end.
  if (m_state->rename(passing, name)) {
    m_state->passing.erase(passing);
    if (name.starts_with(k_temporary_snapshot)) m_state->passing.insert(name);
  }
  return true;
}

std::vector<std::uint64_t> Sandbox::State::measure(const Context& context,
                                                   const std::vector<std::string>& names) {
  if (names.empty()) return {};
  helper::HelperRequest request = new_request("measure");
  request.lowers = names;
  return helper::Operation(context, options.executable, request).finish().at("bytes");
}

Sandbox::Collected Sandbox::collect(const Context& context,
                                    std::chrono::system_clock::time_point used_since,
                                    MountCaches mount_caches) {
  m_state->tidy(context);
  const files::Directory directory(m_state->directory);
  std::vector<std::string> names;
  for (const std::string& name : directory.names()) {
    if (name != k_caches && !is_snapshot_name(name)) continue;
    const auto status = directory.status(name);
    if (status && S_ISDIR(status->st_mode)) names.push_back(name);
  }
  const std::vector<std::uint64_t> bytes = m_state->measure(context, names);
  std::set<std::string> unneeded;
  if (const auto alone =
          files::FileLock::try_lock(m_state->lock_file(), files::FileLock::Mode::exclusive)) {
    for (const std::string& name : names) {
      const auto status = directory.status(name);
      const bool unused =
          name == k_caches
              ? mount_caches == MountCaches::remove
              : status && std::chrono::system_clock::from_time_t(status->st_mtime) < used_since;
      if (!unused) continue;
      m_state->discard(name);
      unneeded.insert(name);
    }
  }
  std::vector<std::string> stay = m_state->remove_discarded(context);
  stay.insert(stay.end(), m_state->leftovers.begin(), m_state->leftovers.end());
  m_state->leftovers.clear();
  if (!stay.empty()) throw Error(ErrorCode::io, stay.front());
  Collected result;
  for (std::size_t i = 0; i < names.size(); ++i) {
    files::Collected& part = names[i] == k_caches ? result.mount_caches : result.layers;
    if (unneeded.contains(names[i])) {
      part.removed_bytes += bytes.at(i);
      ++part.removed_files;
    } else if (directory.status(names[i])) {  // else its owner has removed it
      part.kept_bytes += bytes.at(i);
    }
  }
  return result;
}

int Sandbox::run(const Context& context, const container::Container& container, OutputSink& output,
                 Watcher& watcher) {
  std::string secrets;
  const helper::HelperRequest request = m_state->container_request(context, container, secrets);
  const State::UnnamedSnapshot snapshot(*m_state, context, request.snapshot);
  helper::Operation operation(context, m_state->options.executable, request, secrets,
                              {container.stop_signal, container.stop_time});
  std::vector<base::PublishedPort> ports;
  for (;;) {
    const helper::Frame frame = operation.next();
    pass_on(frame, output);
    if (frame.type == helper::FrameType::started) {
      const json said = pinnace::json::parse(frame.payload, "answer of the sandbox");
      if (said.empty()) watcher.on_start(ports);
      if (said.contains("listens")) watcher.on_listen();
      for (const json& port : said.value("ports", json::array()))
        ports.push_back(
            {port.at("address"), port.at("hostPort"), port.at("containerPort"), port.at("udp")});
    }
    if (frame.type != helper::FrameType::result) continue;
    const json result = pinnace::json::parse(frame.payload, "answer of the sandbox");
    if (result.contains("refusal")) context.warn(result.at("refusal"));
    return result.at("exitCode");
  }
}

}  // namespace pinnace::run
