#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "output/keyed_locks.hpp"
#include "stages/graph.hpp"
#include "stages/options.hpp"
#include "stages/state.hpp"
#include "steps/owner.hpp"

namespace pinnace::stages {

/// What files the stages of a plan have, and the steps that are done in them. What is called with a
/// stage needs its mutex.
class StageFiles {
 public:
  /// `passing_id` names a layer that nobody needs after this build.
  StageFiles(const plan::Plan& plan, const Needs& needs, const Options& options,
             layer::Spool& spool, steps::RemoteFiles& remotes,
             std::function<std::string()> passing_id);

  StageState& state(std::size_t stage) { return *m_stages[stage]; }
  const StageState& state(std::size_t stage) const { return *m_stages[stage]; }
  /// A stage begins with the image or the stage that it is built on.
  void start(std::size_t stage);

  /// Reads what is not known yet of the stage's tree.
  void bring_up(const base::Context& context, StageState& stage);
  /// The files of a step as they stand in a stage that was brought up to it.
  std::shared_ptr<const tree::FileTree> placed_files(const base::Context& context,
                                                     const plan::Step& step, StageState& stage);

  /// What a container on a stage that was brought up stands on.
  std::vector<container::RootLayer> root_layers(const StageState& stage) const;
  /// Those of an image.
  static std::vector<container::RootLayer> root_layers(const image::ImageInput& image);
  /// What containers see of a step's files.
  container::RootLayer root_layer(std::shared_ptr<const tree::FileTree> files,
                                  const DoneStep& done) const;
  /// What a container sees of a part of the context.
  container::RootLayer mounted_context(const base::Context& context, const plan::RunMount& mount);

 private:
  void read_base(const base::Context& context, StageState& stage);
  void apply_step(const base::Context& context, StageState& stage, DoneStep& done);
  std::shared_ptr<const tree::FileTree> place_tree(const plan::Step& step, StageState& stage) const;
  tree::FileTree files_of(const base::Context& context, const plan::CopyStep& step,
                          StageState& stage);
  void add_remote(const base::Context& context, const plan::CopyStep& step,
                  const source::RemoteSource& source, const StageState& stage,
                  const std::optional<steps::Owner>& owner, tree::FileTree& files);
  tree::FileTree files_of(const base::Context& context, const plan::DirectoryStep& step,
                          StageState& stage);
  StageState* origin_of(const plan::CopyStep& step, std::string& name);
  StageState& image_state(std::size_t image);
  std::optional<steps::Owner> owner_of(const base::Context& context, const char* option,
                                       const std::string& owner, StageState& stage);
  std::string read_accounts(const base::Context& context, StageState& stage,
                            const std::string& path);
  layer::TimeRule times_of_steps() const;

  const plan::Plan& m_plan;
  const Options& m_options;
  layer::Spool& m_spool;
  steps::RemoteFiles& m_remotes;
  std::function<std::string()> m_passing_id;
  std::vector<std::unique_ptr<StageState>> m_stages;
  output::KeyedLocks m_base_locks;
  std::mutex m_images_mutex;
  std::map<std::size_t, std::unique_ptr<StageState>> m_images;  ///< that are copied from
};

}  // namespace pinnace::stages
