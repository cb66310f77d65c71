#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/io.hpp"
#include "container/change.hpp"
#include "container/container.hpp"
#include "files/cache_files.hpp"
#include "layer/spool.hpp"
#include "process/environment.hpp"

namespace pinnace::run {

/// Takes what a container writes, as it comes. Called from the thread that runs the container.
class OutputSink {
 public:
  virtual ~OutputSink() = default;
  /// `stream`: Event::Kind::output or error_output.
  virtual void on_output(base::Event::Kind stream, std::string_view bytes) = 0;
};

/// Runs containers in namespaces of their own. All that touches foreign user ids happens in a
/// helper process (`pinnace sandbox`, docs/decisions/0005-sandbox-process.md), one for each
/// operation, which ends with everything it started when this process does. Several threads may use
/// one Sandbox.
class Sandbox {
 public:
  struct Options {
    /// The pinnace executable. Empty: this process's own file, if that is pinnace.
    std::filesystem::path executable;
    /// Where unpacked layers and caches live; made if it is missing.
    std::filesystem::path directory;
    /// An OCI runtime, by name or path. Empty: the first of crun and runc that starts a container.
    std::string runtime;
    /// Run as the host's root, without a user namespace, if this process is root.
    bool host_root = false;
    process::Environment environment;  ///< whose PATH has the tools
  };
  explicit Sandbox(Options options);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  /// Tries all that a container needs: user ids, namespaces, a runtime, and, for
  /// Network::isolated, a network. Throws unsupported with all that is missing and how to get it.
  /// Remembers that it went well.
  void check(const base::Context& context, container::Network network);
  /// Throws unsupported, with the remedy, if containers can't run programs of this platform. Those
  /// of another architecture than the host's need its binfmt_misc, or qemu's static emulator
  /// (`qemu-aarch64-static` for arm64), which is registered in the container's user namespace alone
  /// (Linux 6.7).
  void check_platform(const base::Context& context, const oci::Platform& platform);

  struct BuildResult {
    int exit_code = 0;
    std::optional<container::Change> change;  ///< if the exit code is 0
  };
  /// Runs a container to its end and takes what it changed. Timestamps from `start_of_run` on
  /// become `epoch`, in the change and in what later containers see. Contents go to `spool`. A stop
  /// request ends all that it started.
  BuildResult run_step(const base::Context& context, const container::Container& container,
                       std::int64_t epoch, layer::Spool& spool, OutputSink& output);
  /// An id for a layer that ends with this Sandbox.
  std::string passing_id();
  /// The change of run_step() is the layer `diff_id` from now on, for later builds, too. False
  /// where snapshots are copies: somebody may still write to the one that the RUN left, so that
  /// what stands on it needs the layer unpacked anew, and its own layer of the same bytes.
  bool name_layer(container::Change& change, const hash::Digest& diff_id);

  /// Gets what happens to a container that runs; must not take long.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    /// Its program was started, and its ports are published as told here.
    virtual void on_start(const std::vector<base::PublishedPort>& ports) = 0;
    /// After that: something listens at its wait_port.
    virtual void on_listen() = 0;
  };
  /// Runs a container to its end; what it changes is dropped. Returns its exit code: 127 or 126,
  /// and a warning with the reason, if its program is not there or can't be executed. After a stop
  /// request it returns, if the container ends within its time for that, and throws cancelled
  /// otherwise.
  int run(const base::Context& context, const container::Container& container, OutputSink& output,
          Watcher& watcher);

  enum class MountCaches { keep, remove };
  struct Collected {
    files::Collected layers;
    files::Collected mount_caches;
  };
  /// Removes unpacked layers that nothing has run on since `used_since`, and caches of mounts if
  /// asked; nothing while other processes use any. Not to be called beside the others.
  /// Throws io if one stays, after all others.
  Collected collect(const base::Context& context, std::chrono::system_clock::time_point used_since,
                    MountCaches mount_caches);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace pinnace::run
