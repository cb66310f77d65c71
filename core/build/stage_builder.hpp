#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "build/containerfile_executor.hpp"
#include "build/step_graph.hpp"
#include "layer/spool.hpp"
#include "output/keyed_locks.hpp"
#include "stepcache/cache.hpp"
#include "stepcache/key.hpp"
#include "steps/owner.hpp"
#include "tree/base_tree.hpp"

namespace pinnace::build {

/// A step that is done, or taken over from the cache.
struct DoneStep {
  const plan::Step* step;
  std::optional<output::BuiltLayer> layer = {};  ///< none: it made none, or nobody needs it
  /// Who has the layer. Null: where its files are needed the step is done again.
  std::shared_ptr<store::BlobStore> holder = {};
  /// What containers see of it, if it changed something and bring_up() was here; only of stages
  /// that need it (Needs::rooted).
  std::optional<run::RootLayer> root = {};
};

/// A stage, or an image that is copied from, as far as it has come. What is where in it is only
/// read when somebody asks.
struct StageState {
  std::mutex mutex;  ///< of all below; those of later stages are taken before those of earlier ones
  const image::ImageInput* image = nullptr;  ///< what it stands on; none: scratch
  bool complete = false;                     ///< the tree has everything
  bool rooted = false;                       ///< a RUN stands on it, or sees its files
  hash::Digest chain = stepcache::chain_of({});
  std::vector<DoneStep> done;
  std::optional<tree::BaseTree> tree;
  std::size_t applied = 0;  ///< so many of the steps are in the tree
  std::shared_ptr<layer::ImageFiles> files;
};

/// Makes the stages of a plan, a step at a time. Steps that don't depend on each other may be made
/// at the same time.
class StageBuilder {
 public:
  StageBuilder(const plan::ContainerfilePlan& plan, const ContainerfileOptions& options,
               layer::Spool& spool, steps::RemoteFiles& remotes, runstep::RunExecutor& runner,
               output::Targets& targets, stepcache::StepCache& cache);

  void start(const base::Context& context, std::size_t stage);
  void make_step(const base::Context& context, std::size_t stage, std::size_t step);
  /// When all its steps are made: what they led to, in their order, those of the stages that it is
  /// built on before its own.
  const std::vector<DoneStep>& steps_of(std::size_t stage) const { return m_stages[stage]->done; }
  const Needs& needs() const noexcept { return m_needs; }

 private:
  hash::Digest key_of(const base::Context& context, const plan::Step& step,
                      const StageState& stage);
  std::vector<hash::Digest> files_keys(const base::Context& context, const plan::Step& step);
  hash::Digest context_key(const base::Context& context, const plan::Step& step,
                           const plan::CopyStep& copy);
  void bring_up(const base::Context& context, StageState& stage);
  void read_base(const base::Context& context, StageState& stage);
  void apply_step(const base::Context& context, StageState& stage, DoneStep& done);
  std::shared_ptr<const tree::FileTree> placed_files(const base::Context& context,
                                                     const plan::Step& step, StageState& stage);
  tree::FileTree files_of(const base::Context& context, const plan::CopyStep& step,
                          StageState& stage);
  void add_remote(const base::Context& context, const plan::CopyStep& step,
                  const source::RemoteSource& source, const StageState& stage,
                  const std::optional<steps::Owner>& owner, tree::FileTree& files);
  tree::FileTree files_of(const base::Context& context, const plan::DirectoryStep& step,
                          StageState& stage);
  tree::FileTree files_of(const base::Context& context, const plan::RunStep& step,
                          StageState& stage);
  StageState* origin_of(const plan::CopyStep& step, std::string& name);
  StageState& image_state(std::size_t image);
  std::optional<steps::Owner> owner_of(const base::Context& context, const char* option,
                                       const std::string& owner, StageState& stage);
  std::string read_accounts(const base::Context& context, StageState& stage,
                            const std::string& path);
  DoneStep take_or_make(const base::Context& context, const plan::Step& step, std::size_t number,
                        const hash::Digest& key);
  DoneStep do_step(const base::Context& context, const plan::Step& step, std::size_t number,
                   output::Targets& targets);
  void run_step(const base::Context& context, const plan::RunStep& step, std::size_t number,
                output::Targets& targets, DoneStep& done);
  std::vector<run::RootLayer> root_layers(const StageState& stage) const;
  runstep::MountedLayers mounted_layers(const base::Context& context, const plan::RunMount& mount);
  layer::TimeRule times_of_steps() const;
  run::RootLayer root_layer(std::shared_ptr<const tree::FileTree> files, const DoneStep& done);

  const plan::ContainerfilePlan& m_plan;
  const ContainerfileOptions& m_options;
  layer::Spool& m_spool;
  steps::RemoteFiles& m_remotes;
  runstep::RunExecutor& m_runner;
  output::Targets& m_targets;
  stepcache::StepCache& m_cache;
  Needs m_needs;
  std::unique_ptr<steps::CopyOrigin> m_context_origin;
  std::vector<std::unique_ptr<StageState>> m_stages;
  output::KeyedLocks m_base_locks;
  std::mutex m_images_mutex;
  std::map<std::size_t, std::unique_ptr<StageState>> m_images;  ///< that are copied from
};

}  // namespace pinnace::build
