#include "sandbox/container.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <sstream>

#include "base/disk_usage.hpp"
#include "base/error.hpp"
#include "run/spec.hpp"
#include "sandbox/accounts.hpp"
#include "sandbox/apply.hpp"
#include "sandbox/changes.hpp"
#include "sandbox/copy_tree.hpp"
#include "sandbox/mounts.hpp"
#include "sandbox/network.hpp"
#include "sandbox/output.hpp"
#include "sandbox/root.hpp"
#include "sandbox/runtime.hpp"
#include "sandbox/system.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using nlohmann::json;
using run::HelperRequest;

namespace {

constexpr std::size_t k_max_accounts = std::size_t{16} << 20;
constexpr std::size_t k_max_mounts = std::size_t{16} << 20;
constexpr std::size_t k_max_resolver = std::size_t{1} << 20;

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

std::string read_in_root(const std::string& root, const std::string& path) {
  try {
    const std::string file = root + resolve_in_root(root, path);
    struct stat status {};
    // A FIFO would never answer.
    if (::lstat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
    return base::read_file(file, k_max_accounts);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return {};
    throw;
  }
}

/// resolv.conf, hosts and hostname, as builders and runtimes give them; never in a layer.
std::vector<run::SpecMount> network_files(const Stage& stage, Stubs& stubs,
                                          const HelperRequest& request,
                                          const std::string& host_resolver) {
  const std::string& name = request.hostname;
  const std::string hosts = "127.0.0.1\tlocalhost" + (name == "localhost" ? "" : " " + name) +
                            "\n::1\tlocalhost ip6-localhost ip6-loopback\n";
  std::vector<std::pair<const char*, std::string>> files = {
      {"resolv.conf", resolver_settings(request.network, host_resolver)}, {"hosts", hosts}};
  // A build may set the image's own.
  if (!request.report_changes) files.emplace_back("hostname", name + "\n");
  std::vector<run::SpecMount> mounts;
  for (const auto& [file, text] : files) {
    const std::string source = stage.files() + "/" + file;
    write_file(source, text);
    require(::chmod(source.c_str(), 0644), "make " + source);
    const std::string target = resolve_in_root(stage.root(), std::string("/etc/") + file);
    stubs.add(target, false);
    mounts.push_back({target, "bind", source, {"rbind", "nosuid", "nodev", "noexec", "ro"}});
  }
  return mounts;
}

void mount_root(const Stage& stage, const HelperRequest& request) {
  make_snapshot(request, request.lowers, request.snapshot);
  // The root directory itself is what the image says, not what a new directory is.
  struct stat status {};
  if (!request.lowers.empty() && ::stat((request.lowers.back() + "/fs").c_str(), &status) == 0) {
    const std::string top = request.snapshot + "/fs";
    require(::chown(top.c_str(), status.st_uid, status.st_gid), "make " + top);
    require(::chmod(top.c_str(), status.st_mode & 07777), "make " + top);
  }
  mount_snapshots(stage, request, request.lowers, request.snapshot, stage.root());
}

/// For the programs of our user namespace; it lasts as long as the mount.
void register_emulator(const Stage& stage, const HelperRequest& request) {
  if (request.emulator.empty()) return;
  const std::string place = stage.base + "/binfmt";
  make_directory(place);
  mount("binfmt_misc", place, "binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  write_file(place + "/register", request.emulator);
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

/// What the host has mounted below /sys, control groups among it: "ro" holds for /sys alone, and
/// the container's own /sys would have none of it.
std::vector<std::string> mounts_below_sys() {
  std::vector<std::string> paths;
  std::istringstream lines(base::read_file("/proc/self/mountinfo", k_max_mounts));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, path;
    fields >> id >> parent >> device >> root >> path;
    if (path.starts_with("/sys/")) paths.push_back(path);
  }
  return paths;
}

run::SpecInput spec_input(const Stage& stage, const HelperRequest& request) {
  const Account account = find_account(request.user, read_in_root(stage.root(), "/etc/passwd"),
                                       read_in_root(stage.root(), "/etc/group"));
  run::SpecInput input;
  input.root = stage.root();
  input.arguments = request.arguments;
  input.environment = request.environment;
  input.uid = account.uid;
  input.gid = account.gid;
  input.groups = account.groups;
  input.directory = request.working_directory;
  input.hostname = request.hostname;
  input.host_network = request.network == run::Network::host;
  if (input.host_network) input.hidden = mounts_below_sys();
  input.memory_is_limited = request.memory != 0;
  return input;
}

/// What the runtime would make: the working directory stays, as others leave it.
void make_working_directory(const Stage& stage, const std::string& directory) {
  std::string path;
  const std::string resolved = resolve_in_root(stage.root(), directory);
  for (const auto& part : std::filesystem::path(resolved).relative_path()) {
    path += "/" + part.string();
    make_directory(stage.root() + path);
  }
}

}  // namespace

int apply_snapshot(const HelperRequest& request) {
  mount_proc();
  const Stage stage = make_stage();
  mount_root(stage, request);
  require(::chroot(stage.root().c_str()), "enter the new root");
  require(::chdir("/"), "enter the new root");
  base::FileSource tar(base::UniqueFd(::dup(STDIN_FILENO)), "layer");
  apply_layer(tar, "layer");
  send(run::FrameType::result, json::object());
  return 0;
}

int run_container(const HelperRequest& request, const std::string& secrets) {
  mount_proc();
  if (request.network != run::Network::host) prepare_network(request);
  const std::string host_resolver = base::read_file_or_empty("/etc/resolv.conf", k_max_resolver);
  Mounts mounts(request);
  const Stage stage = make_stage();
  register_emulator(stage, request);
  mount_root(stage, request);
  mount_snapshots(stage, request, request.lowers, "", stage.below());
  ChangeSource changes{stage.store() + "/" + request.snapshot + "/fs",
                       stage.below(),
                       {},
                       ::time(nullptr),
                       request.epoch};
  if (request.copies) changes.copied = wait_for_later_timestamps(request.snapshot);
  Stubs stubs(stage.root());
  for (const char* directory : {"/proc", "/sys", "/dev"})
    stubs.add(resolve_in_root(stage.root(), directory), true);
  make_working_directory(stage, request.working_directory);
  run::SpecInput input = spec_input(stage, request);
  input.mounts = network_files(stage, stubs, request, host_resolver);
  for (run::SpecMount& mount : mounts.prepare(stage, stubs, secrets))
    input.mounts.push_back(std::move(mount));
  const Outcome outcome = run_by_runtime(stage, request.runtime, request.path,
                                         run::make_spec(input), request.wait_port);
  if (!outcome.refusal.empty())
    throw Error(ErrorCode::invalid_input, request.runtime + ": " + outcome.refusal);
  stubs.remove();
  if (outcome.exit_code == 0 && request.report_changes) {
    require(::umount2(stage.root().c_str(), MNT_DETACH), "unmount the root");
    send_changes(changes);
  }
  send(run::FrameType::result, json{{"exitCode", outcome.exit_code}});
  return 0;
}

int probe_runtime(const HelperRequest& request) {
  mount_proc();
  if (request.network != run::Network::host) prepare_network(request);
  const Stage stage = make_stage();
  mount("/", stage.root(), nullptr, MS_BIND | MS_REC);
  run::SpecInput input;
  input.root = stage.root();
  input.root_readonly = true;
  input.arguments = {"/bin/true"};
  input.host_network = request.network == run::Network::host;
  const Outcome outcome =
      run_by_runtime(stage, request.runtime, request.path, run::make_spec(input), 0);
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
    bytes.push_back(base::disk_usage(base::Directory(name)));
  }
  send(run::FrameType::result, json{{"bytes", std::move(bytes)}});
  return 0;
}

int remove_snapshots(const HelperRequest& request) {
  for (const std::string& name : request.lowers) {
    std::error_code ignored;
    std::filesystem::remove_all(name, ignored);
  }
  send(run::FrameType::result, json::object());
  return 0;
}

}  // namespace pinnace::sandbox
