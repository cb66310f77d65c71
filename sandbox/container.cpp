#include "sandbox/container.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <optional>

#include "base/error.hpp"
#include "sandbox/mounts/mounts.hpp"
#include "sandbox/mounts/stubs.hpp"
#include "sandbox/mounts/system_places.hpp"
#include "sandbox/network/network.hpp"
#include "sandbox/runtime/accounts.hpp"
#include "sandbox/runtime/emulator.hpp"
#include "sandbox/runtime/program_limits.hpp"
#include "sandbox/runtime/runtime.hpp"
#include "sandbox/snapshots/snapshots.hpp"
#include "sandbox/system/host_tree.hpp"
#include "sandbox/system/output.hpp"
#include "sandbox/system/system.hpp"
#include "sandbox/trees/changes.hpp"
#include "sandbox/trees/copy_tree.hpp"
#include "sandbox/trees/layer_times.hpp"
#include "sandbox/trees/root.hpp"
#include "spec/config.hpp"
#include "spec/host_file.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using helper::HelperRequest;
using nlohmann::json;
using tree::OpenRoot;
using tree::RootedPath;

namespace {

constexpr std::size_t k_max_accounts = std::size_t{16} << 20;

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
    const RootedPath target = resolve_in_container(root, named);
    base::with_context([&] { return named.absolute() + " of the image"; },
                       [&] { refuse_system_place(target); });
    stubs.add(target, false);
    mounts.push_back(
        {target.absolute(), "bind", source, {"rbind", "nosuid", "nodev", "noexec", "ro"}});
  }
  return mounts;
}

/// Another network's owner can't mount a /sys of its own: the host's, read-only all the way down,
/// and without what is mounted below, control groups among it: the container's own would have none
/// of it, and Linux before 5.12 restricts the top alone.
void take_host_sys(const Stage& stage, spec::Input& input) {
  const auto tree = clone_host_tree("/sys");
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
  if (request.network == container::Network::host) take_host_sys(stage, input);
  input.rlimits = program_limits();
  input.memory_is_limited = request.memory != 0;
  input.has_socketcall = request.has_socketcall;
  return input;
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
  const RootedPath directory = resolve_in_container(root, RootedPath(request.working_directory));
  base::with_context([&] { return "the working directory " + request.working_directory; },
                     [&] { refuse_system_directory(directory); });
  root.make_directories(directory);
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

int run_container(const HelperRequest& request, const std::string& secrets,
                  const std::list<AgentProxy>& agents) {
  mount_proc();
  if (request.network != container::Network::host) prepare_network(request);
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
  send(helper::FrameType::result, result);
  return 0;
}

int probe_runtime(const HelperRequest& request) {
  mount_proc();
  if (request.network != container::Network::host) prepare_network(request);
  const Stage stage = make_stage();
  mount("/", stage.root(), nullptr, MS_BIND | MS_REC);
  spec::Input input;
  input.root = stage.root();
  input.root_readonly = true;
  input.arguments = {"/bin/true"};
  if (request.network == container::Network::host) take_host_sys(stage, input);
  const Outcome outcome = run_by_runtime(stage, request, spec::make_config(input));
  if (outcome.exit_code != 0)
    throw Error(ErrorCode::unsupported, request.runtime + ": " + outcome.refusal);
  send(helper::FrameType::result, json::object());
  return 0;
}

int probe_emulator(const HelperRequest& request) {
  register_emulator(make_stage(), request);
  send(helper::FrameType::result, json::object());
  return 0;
}

}  // namespace pinnace::sandbox
