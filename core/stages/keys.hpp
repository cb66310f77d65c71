#pragma once

#include <optional>
#include <vector>

#include "stages/files.hpp"

namespace pinnace::stages {

/// What the steps of a plan are named after in the build cache.
class StageKeys {
 public:
  StageKeys(const plan::Plan& plan, const Options& options, const StageFiles& files,
            steps::RemoteFiles& remotes, stepcache::StepCache& cache);

  /// nullopt: nobody asks for it. Its stage's mutex is held.
  std::optional<hash::Digest> key_of(const base::Context& context, const plan::Step& step,
                                     const StageState& stage);

 private:
  std::vector<hash::Digest> files_keys(const base::Context& context, const plan::Step& step);
  hash::Digest context_key(const base::Context& context, const plan::Step& step,
                           const plan::CopyStep& copy);
  hash::Digest tree_digest(const base::Context& context, const tree::FileTree& files);

  const plan::Plan& m_plan;
  const Options& m_options;
  const StageFiles& m_files;
  steps::RemoteFiles& m_remotes;
  stepcache::StepCache& m_cache;
  bool m_names_trees;
};

}  // namespace pinnace::stages
