#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <span>

#include "base/file.hpp"
#include "run/helper_request.hpp"
#include "run/sandbox.hpp"
#include "run/snapshots.hpp"

namespace pinnace::run {

/// What a Sandbox knows and does between the operations of the helper: a part of sandbox.cpp, and
/// of sandbox_host.cpp, which finds out what the host has.
struct Sandbox::State {
  class UnnamedSnapshot;

  static std::string new_token();
  explicit State(Options given);

  std::filesystem::path lock_file() const;
  /// Lets go of the lock; whoever is alone then removes what is needless.
  void tidy();
  HelperRequest new_request(const char* operation) const;
  std::string emulator_line(const std::string& architecture) const;
  bool can_emulate(const base::Context& context, const std::string& architecture);
  std::vector<std::string> take_snapshots(const base::Context& context,
                                          const std::vector<RootLayer>& layers);
  std::string name_of(const std::string& parent, const std::string& layer) const {
    return snapshot_name(parent, layer, copies ? SnapshotKind::copy : SnapshotKind::changes);
  }
  void apply(const base::Context& context, const RootLayer& layer, std::vector<std::string> lowers,
             const std::string& snapshot);
  void unpack(const base::Context& context, std::span<const RootLayer> layers,
              std::vector<std::string> lowers, const std::string& name);
  void choose_snapshots(const base::Context& context);
  std::string overlay_refusal(const base::Context& context);
  /// `secrets` gets the contents of the container's secrets.
  HelperRequest container_request(const base::Context& context, const Container& container,
                                  std::string& secrets);
  HelperMount helper_mount(const base::Context& context, const Mount& mount, std::string& secrets);
  std::string new_snapshot();
  /// The bytes of each of these directories.
  std::vector<std::uint64_t> measure(const base::Context& context,
                                     const std::vector<std::string>& names);
  void remove(std::vector<std::string> names) noexcept;
  /// Chooses a runtime and the kind of snapshots; returns the runtime.
  std::string prepare(const base::Context& context, Network network);
  std::string choose_runtime(const base::Context& context, Network network);
  std::string try_runtimes(const base::Context& context, Network network);
  std::string probe_key(Network network) const;

  Options options;
  std::string path;
  IdMaps maps;
  std::filesystem::path directory;  ///< of the snapshots
  std::optional<base::FileLock> lock;
  std::mutex mutex;  ///< of what follows, and held while layers are unpacked
  std::map<Network, std::string> runtimes;
  std::map<std::string, bool> emulated;  ///< by architecture: whether it can be
  bool snapshots_are_chosen = false;
  std::atomic<bool> copies = false;  ///< HelperRequest::copies
  std::set<std::string> passing;     ///< snapshots that end with us
  const std::string token = new_token();
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

/// Whether there is such a program in the directories of `path`.
bool has_program(const std::string& name, const std::string& path);

inline constexpr std::size_t k_small_file = std::size_t{1} << 20;

}  // namespace pinnace::run
