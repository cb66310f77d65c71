#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "container/change.hpp"
#include "layer/spool.hpp"
#include "plan/plan.hpp"
#include "plan/run_plan.hpp"
#include "run/run_failed.hpp"
#include "run/sandbox.hpp"

namespace pinnace::runstep {

/// What a mount of a stage, an image or the context shows.
struct MountedLayers {
  std::vector<container::RootLayer> layers;
  std::string content;  ///< names what is in them; empty: the context's
};
using FindMountLayers = std::function<MountedLayers(const plan::RunMount& mount)>;

/// Does RUN steps. Several threads may use it.
class RunExecutor {
 public:
  explicit RunExecutor(plan::RunSettings settings);
  ~RunExecutor();

  /// What becomes of a build whose RUNs can't run here: it ends at once, or with the first of them
  /// that no cache knows.
  enum class Missing { refuse, warn };
  /// Before anything starts: throws unsupported for what the host lacks for the RUNs of these
  /// plans, and how to get it (or warns of it); invalid_input for a secret that is required and was
  /// not given, or can't be a variable. No RUN, nothing is looked at.
  void check(const base::Context& context, const std::vector<plan::Plan>& plans, Missing missing);

  /// Runs one step on `root`. `label` stands before each line of output. Throws run::RunFailed if
  /// the program fails.
  container::Change run(const base::Context& context, const plan::RunStep& step,
                        const std::vector<container::RootLayer>& root, const FindMountLayers& find,
                        const std::string& label, std::optional<std::int64_t> source_date,
                        layer::Spool& spool);
  /// An id for a layer that nobody needs after this build.
  std::string passing_id();
  /// The change is this layer from now on, or not: see run::Sandbox::name_layer().
  bool name_layer(container::Change& change, const hash::Digest& diff_id);

 private:
  void check_host(const base::Context& context, const plan::Step& step, const plan::RunStep& run);
  run::Sandbox& sandbox();
  void check_mount(const plan::RunMount& mount) const;
  void add_mount(container::Container& container, const plan::RunMount& mount,
                 const FindMountLayers& find);
  std::optional<std::string> secret(const std::string& id) const;
  std::optional<std::string> variable(const plan::RunMount& mount) const;

  plan::RunSettings m_settings;
  std::mutex m_mutex;
  std::unique_ptr<run::Sandbox> m_sandbox;
  std::optional<base::Error> m_missing;  ///< what a RUN that has to run ends with
};

}  // namespace pinnace::runstep
