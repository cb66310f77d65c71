#include "stages/keys.hpp"

#include "steps/contents.hpp"
#include "steps/context_selection.hpp"
#include "steps/copy_files.hpp"

namespace pinnace::stages {

using base::Context;

/// What trees became is known by the statuses of their files on this machine. To name them by their
/// contents all files have to be read, which is worth it where others ask, or later steps.
StageKeys::StageKeys(const plan::Plan& plan, const Options& options, const StageFiles& files,
                     steps::RemoteFiles& remotes, stepcache::StepCache& cache)
    : m_plan(plan),
      m_options(options),
      m_files(files),
      m_remotes(remotes),
      m_cache(cache),
      m_names_trees(cache.is_shared() || !plan::has_only_trees(plan)) {}

std::optional<hash::Digest> StageKeys::key_of(const Context& context, const plan::Step& step,
                                              const StageState& stage) {
  const auto* tree = std::get_if<plan::TreeStep>(&step.action);
  if (tree != nullptr && !m_names_trees) return std::nullopt;
  const stepcache::StepInputs inputs{
      stage.chain,
      tree != nullptr ? std::vector{tree_digest(context, *tree->files)} : files_keys(context, step),
      m_options.make.epoch()};
  if (tree != nullptr) return stepcache::tree_key(inputs);
  if (const auto* run = std::get_if<plan::RunStep>(&step.action))
    return stepcache::step_key(plan::plan_run(*run, m_options.run, m_options.make.source_date).key,
                               inputs);
  if (const auto* copy = std::get_if<plan::CopyStep>(&step.action))
    return stepcache::step_key(*copy, inputs);
  return stepcache::step_key(std::get<plan::DirectoryStep>(step.action), inputs);
}

hash::Digest StageKeys::tree_digest(const Context& context, const tree::FileTree& files) {
  const bool settled = steps::settle(context, files) != steps::Certain::no;
  const steps::Contents contents =
      steps::contents_of(context, files, settled, m_options.make.local.at(local::Part::contents));
  if (!contents.certain) m_cache.distrust();
  return contents.digest;
}

std::vector<hash::Digest> StageKeys::files_keys(const Context& context, const plan::Step& step) {
  std::vector<hash::Digest> keys;
  const auto add = [&](const auto& origin, const plan::CopyStep& selection) {
    if (const auto* stage = std::get_if<plan::FromStage>(&origin)) {
      keys.push_back(m_files.state(stage->stage).chain);
    } else if (const auto* image = std::get_if<plan::FromImage>(&origin)) {
      keys.push_back(stepcache::chain_of(m_plan.images[image->image].contents.layers));
    } else {
      keys.push_back(context_key(context, step, selection));
    }
  };
  if (const auto* copy = std::get_if<plan::CopyStep>(&step.action)) {
    if (!copy->sources.empty()) add(copy->origin, *copy);
    for (const source::RemoteSource& remote : copy->remotes)
      keys.push_back(m_remotes.key(context, remote));
  }
  if (const auto* run = std::get_if<plan::RunStep>(&step.action)) {
    for (const plan::RunMount& mount : run->mounts) {
      const bool from_context = std::holds_alternative<plan::FromContext>(mount.origin);
      if (mount.type == plan::RunMount::Type::bind || !from_context)
        add(mount.origin, steps::copy_of(mount));
    }
  }
  return keys;
}

/// The digest of what a step takes from the context. Files that a COPY opens up are said once;
/// with --chmod somebody has thought of them.
hash::Digest StageKeys::context_key(const Context& context, const plan::Step& step,
                                    const plan::CopyStep& copy) {
  auto selection = std::make_unique<steps::ContextSelection>(context, copy, *m_options.context);
  if (std::holds_alternative<plan::CopyStep>(step.action) && !copy.mode)
    selection->warn_of_opened(context, step.position.str());
  const hash::Digest digest =
      selection->digest(context, m_options.make.local.at(local::Part::contents));
  m_cache.watch(std::move(selection));
  return digest;
}

}  // namespace pinnace::stages
