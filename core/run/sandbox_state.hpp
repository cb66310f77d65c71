#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <span>

#include "files/file.hpp"
#include "files/random_name.hpp"
#include "helper/helper_request.hpp"
#include "helper/operation.hpp"
#include "run/sandbox.hpp"
#include "run/snapshots.hpp"

namespace pinnace::run {

/// What a Sandbox knows and does between the operations of the helper: a part of sandbox.cpp, and
/// of sandbox_host.cpp, which finds out what the host has.
struct Sandbox::State {
  class UnnamedSnapshot;

  explicit State(Options given);

  std::filesystem::path lock_file() const;
  /// Lets go of the lock; whoever is alone then sets aside what is needless. Removes what is set
  /// aside. Throws cancelled.
  void tidy(const base::Context& context);
  /// Before snapshots are used: tidies, then nobody else does as long as this lives. The context's
  /// stop also ends what is removed at the end.
  void begin(const base::Context& context);
  helper::HelperRequest new_request(const char* operation) const;
  std::string emulator_line(const std::string& architecture) const;
  bool can_emulate(const base::Context& context, const std::string& architecture);
  /// `after`: a snapshot that these layers are newer than, without standing on it.
  std::vector<std::string> take_snapshots(const base::Context& context,
                                          const std::vector<container::RootLayer>& layers,
                                          const std::string& after = {});
  std::string name_of(const std::string& parent, const std::string& layer) const {
    return snapshot_name(parent, layer, copies ? SnapshotKind::copy : SnapshotKind::changes);
  }
  void apply(const base::Context& context, const container::RootLayer& layer,
             std::vector<std::string> lowers, const std::string& snapshot,
             const std::string& after);
  void unpack(const base::Context& context, std::span<const container::RootLayer> layers,
              std::vector<std::string> lowers, const std::string& name, const std::string& after);
  /// Whether there is a snapshot of that name. One that somebody has changed is put aside.
  bool is_there(const base::Context& context, const std::string& name);
  /// Gives it a name that tidy() removes, when nobody can stand on it any more. False: it is gone.
  bool put_aside(const std::string& name);
  std::string merge(const base::Context& context, std::vector<std::string> lowers);
  void keep(UnnamedSnapshot& snapshot, const std::string& name);
  void choose_snapshots(const base::Context& context);
  std::string overlay_refusal(const base::Context& context);
  /// `secrets` gets the contents of the container's secrets.
  helper::HelperRequest container_request(const base::Context& context,
                                          const container::Container& container,
                                          std::string& secrets);
  std::string new_snapshot();
  /// The bytes of each of these directories.
  std::vector<std::uint64_t> measure(const base::Context& context,
                                     const std::vector<std::string>& names);
  /// Gives a snapshot, if it is there, a name by which nobody takes it for a whole one.
  void discard(const std::string& name) const;
  /// Removes snapshots that are discarded, unless another process is at it, and says of each that
  /// stays why. Throws cancelled, after the time of the farewell: what is left goes with a later
  /// tidy().
  std::vector<std::string> remove_discarded(const base::Context& context,
                                            helper::Farewell farewell = {});
  /// Gives a snapshot another name. False if there is one of that name, which is the same then.
  /// Throws io.
  bool rename(const std::string& from, const std::string& to) const;
  /// Chooses a runtime and the kind of snapshots; returns the runtime.
  std::string prepare(const base::Context& context, container::Network network);
  std::string choose_runtime(const base::Context& context, container::Network network);
  std::string try_runtimes(const base::Context& context, container::Network network);
  std::string probe_key(container::Network network) const;

  Options options;
  std::string path;
  spec::IdMaps maps;
  std::filesystem::path directory;  ///< of the snapshots
  std::optional<files::FileLock> lock;
  std::mutex mutex;  ///< of what follows, and held while layers are unpacked
  std::map<container::Network, std::string> runtimes;
  std::map<std::string, bool> emulated;  ///< by architecture: whether it can be
  bool snapshots_are_chosen = false;
  std::atomic<bool> copies = false;    ///< HelperRequest::copies
  std::stop_token stop;                ///< of whoever uses us, also at the end
  std::set<std::string> passing;       ///< snapshots that end with us
  std::vector<std::string> leftovers;  ///< what tidy() could not remove, and why; not told yet
  const std::string token = files::random_name();
  unsigned snapshots = 0;
};

/// Removes a snapshot at the end of its scope, unless it has got another name. Warns where that
/// fails. After a stop request it is only discarded.
class Sandbox::State::UnnamedSnapshot {
 public:
  UnnamedSnapshot(State& state, const base::Context& context, std::string name)
      : m_state(state), m_context(context), m_name(std::move(name)) {}
  UnnamedSnapshot(const UnnamedSnapshot&) = delete;
  UnnamedSnapshot& operator=(const UnnamedSnapshot&) = delete;
  ~UnnamedSnapshot();

  /// As State::rename().
  bool rename(const std::string& name);

 private:
  State& m_state;
  const base::Context& m_context;
  std::string m_name;
};

/// Whether there is such a program in the directories of `path`.
bool has_program(const std::string& name, const std::string& path);

inline constexpr std::size_t k_small_file = std::size_t{1} << 20;

}  // namespace pinnace::run
