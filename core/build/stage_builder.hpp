#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "output/publish.hpp"
#include "runstep/executor.hpp"
#include "stages/files.hpp"
#include "stages/keys.hpp"

namespace pinnace::build {

/// Layers of trees that the plans of several platforms share: the second takes over what the first
/// makes.
class SharedLayers {
 public:
  template <class Make>
  layer::LayerResult get(const std::shared_ptr<tree::FileTree>& files,
                         const std::shared_ptr<const tree::FileTree>& placed, Make&& make) {
    const std::lock_guard lock(m_mutex);
    for (const Made& made : m_made) {
      if (made.files == files.get() && made.placed->same_headers(*placed)) return made.layer;
    }
    m_made.push_back({files.get(), placed, std::forward<Make>(make)()});
    return m_made.back().layer;
  }

 private:
  struct Made {
    const tree::FileTree* files;
    std::shared_ptr<const tree::FileTree> placed;
    layer::LayerResult layer;
  };
  std::mutex m_mutex;
  std::vector<Made> m_made;
};

/// What the builders of all platforms have together.
struct Shared {
  const stages::Options& options;
  layer::Spool& spool;
  steps::RemoteFiles& remotes;
  runstep::RunExecutor& runner;
  SharedLayers& layers;
};

/// Makes the stages of a plan, a step at a time. Steps that don't depend on each other may be made
/// at the same time.
class StageBuilder {
 public:
  StageBuilder(const plan::Plan& plan, const Shared& shared, output::Targets& targets,
               stepcache::StepCache& cache);

  void start(std::size_t stage) { m_files.start(stage); }
  void make_step(const base::Context& context, std::size_t stage, std::size_t step);
  /// What the target's steps would lead to, without making anything; nullopt: that is not known.
  std::optional<std::vector<stages::DoneStep>> find_steps(const base::Context& context);
  /// When all its steps are made: what they led to, in their order, those of the stages that it is
  /// built on before its own.
  const std::vector<stages::DoneStep>& steps_of(std::size_t stage) const {
    return m_files.state(stage).done;
  }
  const stages::Needs& needs() const noexcept { return m_needs; }

 private:
  stages::DoneStep take_or_make(const base::Context& context, const plan::Step& step,
                                std::size_t number, const hash::Digest& key);
  stages::DoneStep do_step(const base::Context& context, const plan::Step& step, std::size_t number,
                           output::Targets& targets);
  void run_step(const base::Context& context, const plan::RunStep& step, std::size_t number,
                output::Targets& targets, stages::DoneStep& done);
  void copy_step(const base::Context& context, const plan::Step& step, std::size_t number,
                 output::Targets& targets, stages::DoneStep& done);
  runstep::MountedLayers mounted_layers(const base::Context& context, const plan::RunMount& mount);

  const plan::Plan& m_plan;
  Shared m_shared;
  output::Targets& m_targets;
  stepcache::StepCache& m_cache;
  stages::Needs m_needs;
  stages::StageFiles m_files;
  stages::StageKeys m_keys;
};

}  // namespace pinnace::build
