#include "sandbox/container.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <optional>

#include "base/error.hpp"
#include "files/disk_usage.hpp"
#include "run/snapshots.hpp"
#include "sandbox/accounts.hpp"
#include "sandbox/apply.hpp"
#include "sandbox/changes.hpp"
#include "sandbox/copy_tree.hpp"
#include "sandbox/host_tree.hpp"
#include "sandbox/layer_times.hpp"
#include "sandbox/mounts.hpp"
#include "sandbox/network.hpp"
#include "sandbox/output.hpp"
#include "sandbox/program_limits.hpp"
#include "sandbox/root.hpp"
#include "sandbox/runtime.hpp"
#include "sandbox/stubs.hpp"
#include "sandbox/system.hpp"
#include "sandbox/system_places.hpp"
#include "spec/config.hpp"
#include "spec/host_file.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using nlohmann::json;
using run::HelperRequest;
using tree::OpenRoot;
using tree::RootedPath;

namespace {

constexpr std::size_t k_max_accounts = std::size_t{16} << 20;
constexpr std::size_t k_max_emulator = std::size_t{256} << 20;

/// A new /proc, of our own processes only.
void mount_proc() {
  try {
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  } catch (const Error& error) {
    throw Error(ErrorCode::unsupported,
                std::string(error.what()) +
                    ": a container can't have a /proc of its own here; if this is a container "
                    "itself, it needs an unmasked /proc (Kubernetes: procMount: Unmasked; others: "
                    "--security-opt systempaths=unconfined)");
  }
}

/// /etc/passwd or /etc/group, which the runtime reads, too: from a FIFO it would never end, and
/// what is below /proc and /dev is there only then.
std::string read_accounts(const OpenRoot& root, const char* file) {
  const RootedPath path = root.resolve(RootedPath(file));
  for (const char* other : {"/proc", "/dev", "/sys"}) {
    if (path.is_within(RootedPath(other)))
      throw Error(ErrorCode::invalid_input, std::string(file) + " of the image leads to " +
                                                path.absolute() + ", which is no regular file");
  }
  return root.read_file(path, k_max_accounts).value_or("");
}

/// resolv.conf, hosts and hostname, as builders and runtimes give them; never in a layer.
std::vector<spec::Mount> network_files(const Stage& stage, const OpenRoot& root, Stubs& stubs,
                                       const HelperRequest& request,
                                       const std::string& host_resolver) {
  const std::string& name = request.hostname;
  const std::string hosts = "127.0.0.1\tlocalhost" + (name == "localhost" ? "" : " " + name) +
                            "\n::1\tlocalhost ip6-localhost ip6-loopback\n";
  std::vector<std::pair<const char*, std::string>> files = {
      {"resolv.conf", resolver_settings(request.network, host_resolver)}, {"hosts", hosts}};
  // A build may set the image's own.
  if (!request.report_changes) files.emplace_back("hostname", name + "\n");
  std::vector<spec::Mount> mounts;
  for (const auto& [file, text] : files) {
    const std::string source = stage.files() + "/" + file;
    write_file(source, text);
    require(::chmod(source.c_str(), 0644), "make " + source);
    const RootedPath named = RootedPath("/etc") / file;
    const RootedPath target = root.resolve(named);
    base::with_context([&] { return named.absolute() + " of the image"; },
                       [&] { refuse_system_place(target); });
    stubs.add(target, false);
    mounts.push_back(
        {target.absolute(), "bind", source, {"rbind", "nosuid", "nodev", "noexec", "ro"}});
  }
  return mounts;
}

/// For the programs of our user namespace; it lasts as long as the mount. They get a copy of the
/// emulator: whoever keeps their /proc/PID/exe could write to the file when it is in use no more,
/// and the host's may be the user's own.
void register_emulator(const Stage& stage, const HelperRequest& request) {
  if (request.emulator.empty()) return;
  const std::string copy = stage.base + "/emulator";
  const std::size_t flags = request.emulator.rfind(':');
  const std::size_t program = request.emulator.rfind(':', flags - 1) + 1;
  const std::string host = request.emulator.substr(program, flags - program);
  write_file(copy, files::read_file(host, k_max_emulator), 0755);
  const std::string place = stage.base + "/binfmt";
  make_directory(place);
  mount("binfmt_misc", place, "binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  write_file(place + "/register",
             request.emulator.substr(0, program) + copy + request.emulator.substr(flags));
}

/// Makes and removes a directory that is below, which needs all that an overlay has to be able to.
void try_overlay(const Stage& stage, const HelperRequest& request) {
  const std::string below = request.snapshot + "/below";
  const std::string place = stage.root() + "/place";
  make_snapshot(request, {}, request.snapshot);
  make_snapshot(request, {}, below);
  make_directory(below + "/fs/place");
  mount_snapshots(stage, request, {below}, request.snapshot, stage.root());
  require(::rmdir(place.c_str()), "remove a directory of an overlay");
  make_directory(place);
}

/// Another network's owner can't mount a /sys of its own: the host's, read-only all the way down,
/// and without what is mounted below, control groups among it: the container's own would have none
/// of it, and Linux before 5.12 restricts the top alone.
void take_host_sys(const Stage& stage, spec::Input& input) {
  const files::UniqueFd tree = clone_host_tree("/sys");
  (void)restrict_tree(tree, Writable::no);
  input.host_sys = stage.files() + "/sys";
  attach_mount(tree, input.host_sys, "/sys");
  input.hidden = mounts_below("/sys");
}

spec::Input spec_input(const Stage& stage, const OpenRoot& root, const HelperRequest& request) {
  const Account account = find_account(request.user, read_accounts(root, "/etc/passwd"),
                                       read_accounts(root, "/etc/group"));
  spec::Input input;
  input.root = stage.root();
  input.arguments = request.arguments;
  input.environment = request.environment;
  input.uid = account.uid;
  input.gid = account.gid;
  input.groups = account.groups;
  input.directory = request.working_directory;
  input.hostname = request.hostname;
  if (request.network == run::Network::host) take_host_sys(stage, input);
  input.rlimits = program_limits();
  input.memory_is_limited = request.memory != 0;
  input.has_socketcall = request.has_socketcall;
  return input;
}

/// The times of what a snapshot stands on. Where it is a whole tree, it may have layers already.
layer::ShownTimes times_below(const Stage& stage, const HelperRequest& request) {
  const std::string own = stage.store() + "/" + request.snapshot;
  if (has_times(own)) return read_times(own);
  const std::string& below = request.lowers.empty() ? request.after : request.lowers.back();
  return below.empty() ? layer::ShownTimes() : read_times(stage.store() + "/" + below);
}

/// Before a snapshot gets its name. What it needed beside its tree does not stay: the overlay's
/// work, and what was written to mounts, in which there may be secrets.
void finish_snapshot(const Stage& stage, const std::string& name, const layer::ShownTimes& times) {
  const std::string snapshot = stage.store() + "/" + name;
  const OpenRoot place(snapshot);
  for (const std::string& beside : place.names({})) {
    if (beside != "fs") place.remove(RootedPath(beside));
  }
  write_times(snapshot, times);
  write_file(snapshot + "/" + run::k_mark_file, run::tree_mark(snapshot));
  // What has a name is whole, also after a power cut.
  const files::UniqueFd fd(
      require(::open(snapshot.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open " + snapshot));
  require(::syncfs(fd.get()), "write " + snapshot + " to the disk");
}

/// What a limit may have to do with a runtime that can't start anything.
std::string few_resources(const HelperRequest& request) {
  constexpr std::uint64_t k_few = 16;  // runc has about eight threads and processes of its own
  if (request.processes == 0 || request.processes >= k_few) return {};
  return "; it may need more processes than the limit of " + std::to_string(request.processes) +
         " leaves it (--processes)";
}

/// Runs the container in the root that is mounted, and leaves of what it needed nothing there.
Outcome run_in_root(const Stage& stage, const HelperRequest& request, Mounts& mounts,
                    const StoredFiles& stored, const std::string& host_resolver,
                    const std::string& secrets) {
  const OpenRoot root(stage.root());
  Stubs stubs(root);
  make_system_places(stubs);
  // What the runtime would make: the working directory stays, as others leave it.
  root.make_directories(root.resolve(RootedPath(request.working_directory)));
  spec::Input input = spec_input(stage, root, request);
  input.mounts = network_files(stage, root, stubs, request, host_resolver);
  for (spec::Mount& mount : mounts.prepare(stage, root, stubs, stored, secrets))
    input.mounts.push_back(std::move(mount));
  Outcome outcome = run_by_runtime(stage, request, spec::make_config(input));
  mounts.detach();
  if (!outcome.refusal.empty()) {
    const std::optional<int> code = code_of_refusal(outcome.refusal);
    outcome.refusal = request.runtime + ": " + outcome.refusal;
    if (!code) throw Error(ErrorCode::invalid_input, outcome.refusal + few_resources(request));
    outcome.exit_code = *code;
  }
  stubs.remove();
  return outcome;
}

}  // namespace

int apply_snapshot(const HelperRequest& request) {
  mount_proc();
  const Stage stage = make_stage();
  make_snapshot(request, request.lowers, request.snapshot);
  mount_snapshots(stage, request, request.lowers, request.snapshot, stage.root());
  layer::ShownTimes times = times_below(stage, request);
  files::FileSource tar(files::UniqueFd(require(::dup(STDIN_FILENO), "read the layer")), "layer");
  apply_layer(OpenRoot(stage.root()), tar, "layer", times, {request.times_of, request.epoch});
  finish_snapshot(stage, request.snapshot, times);
  send(run::FrameType::result, json::object());
  return 0;
}

int run_container(const HelperRequest& request, const std::string& secrets,
                  const std::list<AgentProxy>& agents) {
  mount_proc();
  if (request.network != run::Network::host) prepare_network(request);
  const std::string host_resolver = spec::read_host_file("/etc/resolv.conf");
  Mounts mounts(request, agents);
  const Stage stage = make_stage();
  register_emulator(stage, request);
  mount_snapshots(stage, request, request.lowers, "", stage.below());
  make_snapshot(request, request.lowers, request.snapshot);
  const CacheMounts caches(stage, request);
  const RenewedTrees trees(stage, request, caches);
  trees.mount_root(stage.root());
  if (request.report_changes) wait_for_second(trees.first_second());
  const std::int64_t start = ::time(nullptr);
  std::optional<timespec> copied;
  if (request.copies) copied = wait_for_later_timestamps(request.snapshot);
  const Outcome outcome =
      run_in_root(stage, request, mounts, {caches, trees}, host_resolver, secrets);
  caches.finish(trees.seen());
  if (outcome.exit_code == 0 && request.report_changes) {
    seal_root(stage, request);
    const OpenRoot upper(request.snapshot + "/fs");
    const OpenRoot below(stage.below());
    layer::ShownTimes times = times_below(stage, request);
    send_changes({upper, below, copied, start, request.epoch, trees}, times);
    finish_snapshot(stage, request.snapshot, times);
  }
  json result = {{"exitCode", outcome.exit_code}};
  if (!outcome.refusal.empty()) result["refusal"] = outcome.refusal;
  send(run::FrameType::result, result);
  return 0;
}

int probe_runtime(const HelperRequest& request) {
  mount_proc();
  if (request.network != run::Network::host) prepare_network(request);
  const Stage stage = make_stage();
  mount("/", stage.root(), nullptr, MS_BIND | MS_REC);
  spec::Input input;
  input.root = stage.root();
  input.root_readonly = true;
  input.arguments = {"/bin/true"};
  if (request.network == run::Network::host) take_host_sys(stage, input);
  const Outcome outcome = run_by_runtime(stage, request, spec::make_config(input));
  if (outcome.exit_code != 0)
    throw Error(ErrorCode::unsupported, request.runtime + ": " + outcome.refusal);
  send(run::FrameType::result, json::object());
  return 0;
}

int probe_emulator(const HelperRequest& request) {
  register_emulator(make_stage(), request);
  send(run::FrameType::result, json::object());
  return 0;
}

int probe_overlay(const HelperRequest& request) {
  const Stage stage = make_stage();
  std::string refusal;
  try {
    try_overlay(stage, request);
  } catch (const Error& error) {
    refusal = error.what();
  }
  send(run::FrameType::result, json{{"refusal", refusal}});
  return 0;
}

int measure_snapshots(const HelperRequest& request) {
  json bytes = json::array();
  for (const std::string& name : request.lowers) {
    bytes.push_back(files::disk_usage(files::Directory(name)));
  }
  send(run::FrameType::result, json{{"bytes", std::move(bytes)}});
  return 0;
}

int merge_snapshots(const HelperRequest& request) {
  mount_proc();
  const Stage stage = make_stage();
  mount_snapshots(stage, request, request.lowers, "", stage.below());
  make_snapshot(request, {}, request.snapshot);
  copy_tree(OpenRoot(stage.below()), {}, OpenRoot(request.snapshot + "/fs"), {}, HardLinks::keep);
  finish_snapshot(stage, request.snapshot, read_times(stage.store() + "/" + request.lowers.back()));
  send(run::FrameType::result, json::object());
  return 0;
}

int remove_snapshots(const HelperRequest& request) {
  const OpenRoot store(".");
  std::vector<std::string> failures;
  for (const std::string& name : request.lowers) {
    try {
      store.remove(RootedPath(name));
    } catch (const Error& error) {
      failures.emplace_back(error.what());
    }
  }
  send(run::FrameType::result, json{{"failures", failures}});
  return 0;
}

}  // namespace pinnace::sandbox
