#include "build/stage_builder.hpp"

#include "stages/at_step.hpp"

namespace pinnace::build {

using base::Context;
using stages::DoneStep;
using stages::StageState;
using stepcache::StepCache;

namespace {

/// Whether a step takes files from outside of the machine.
bool has_remotes(const plan::Step& step) {
  const auto* copy = std::get_if<plan::CopyStep>(&step.action);
  return copy != nullptr && !copy->remotes.empty();
}

/// Whether a step can be done again from the context alone, at little cost.
bool is_from_context(const plan::Step& step) {
  if (std::holds_alternative<plan::RunStep>(step.action) || has_remotes(step)) return false;
  const auto* copy = std::get_if<plan::CopyStep>(&step.action);
  return copy == nullptr || std::holds_alternative<plan::FromContext>(copy->origin);
}

output::BuiltLayer built(const layer::LayerResult& layer) {
  return {layer.descriptor, layer.diff_id, false};
}

}  // namespace

StageBuilder::StageBuilder(const plan::Plan& plan, const Shared& shared, output::Targets& targets,
                           StepCache& cache)
    : m_plan(plan),
      m_shared(shared),
      m_targets(targets),
      m_cache(cache),
      m_needs(stages::find_needs(plan)),
      m_files(plan, m_needs, shared.options, shared.spool, shared.remotes,
              [&runner = shared.runner] { return runner.passing_id(); }),
      m_keys(plan, shared.options, m_files, shared.remotes, cache) {}

void StageBuilder::make_step(const Context& context, std::size_t number, std::size_t step_number) {
  const plan::Step& step = m_plan.stages[number].steps[step_number];
  StageState& stage = m_files.state(number);
  const std::lock_guard lock(stage.mutex);
  stages::at_step(step, [&] {
    const auto key = m_keys.key_of(context, step, stage);
    if (!key) {
      output::Targets targets = m_targets;
      stage.done.push_back(do_step(context, step, number, targets));
      return;
    }
    stage.done.push_back(take_or_make(context, step, number, *key));
    const DoneStep& done = stage.done.back();
    const bool run = std::holds_alternative<plan::RunStep>(step.action);
    const auto layer = done.layer ? std::optional(done.layer->diff_id) : std::nullopt;
    stage.chain = run ? stepcache::chain_after_run(*key, layer) : *key;
  });
}

DoneStep StageBuilder::take_or_make(const Context& context, const plan::Step& step,
                                    std::size_t number, const hash::Digest& key) {
  const std::string shown = step.position.str() + ": " + step.text;
  const bool written = m_needs.written.contains(number);
  const bool costly = std::holds_alternative<plan::RunStep>(step.action) || has_remotes(step);
  if (!written && !costly) {
    // Nobody needs it as a layer: it is done when its files are asked for.
    context.log(shown);
    return {&step};
  }
  output::Targets targets = written ? m_targets : output::Targets(std::vector<output::Target>{});
  const hash::Digest record = stepcache::layer_record_key(key, m_shared.options.make.compression);
  const auto holder =
      is_from_context(step) ? StepCache::Holder::of_no_use : StepCache::Holder::needed;
  if (auto found = m_cache.take_over(context, record, targets, holder)) {
    context.log(shown + ": unchanged");
    return {&step, found->layer, found->holder};
  }
  context.log(shown);
  DoneStep done = do_step(context, step, number, targets);
  m_cache.note(record, done.layer);
  return done;
}

DoneStep StageBuilder::do_step(const Context& context, const plan::Step& step, std::size_t number,
                               output::Targets& targets) {
  m_files.bring_up(context, m_files.state(number));
  DoneStep done{&step};
  const bool kept = !is_from_context(step);
  output::Targets places = m_cache.places(targets, kept);
  if (const auto* run = std::get_if<plan::RunStep>(&step.action)) {
    run_step(context, *run, number, places, done);
  } else {
    copy_step(context, step, number, places, done);
  }
  if (kept && done.layer) done.holder = m_cache.keeper();
  return done;
}

/// What a tree became is known, and goes into the stage's tree when somebody looks at that.
void StageBuilder::copy_step(const Context& context, const plan::Step& step, std::size_t number,
                             output::Targets& targets, DoneStep& done) {
  StageState& stage = m_files.state(number);
  const auto files = m_files.placed_files(context, step, stage);
  const auto put = [&] {
    return output::put_layer(context, *files, m_shared.options.make, targets);
  };
  const auto* tree = std::get_if<plan::TreeStep>(&step.action);
  if (!files->empty())
    done.layer = built(tree != nullptr ? m_shared.layers.get(tree->files, files, put) : put());
  if (tree != nullptr) return;
  if (!files->empty()) {
    if (stage.rooted) done.root = m_files.root_layer(files, done);
    stage.tree->apply(*files);
  }
  stage.applied = stage.done.size() + 1;
}

void StageBuilder::run_step(const Context& context, const plan::RunStep& step, std::size_t number,
                            output::Targets& targets, DoneStep& done) {
  StageState& stage = m_files.state(number);
  const std::string label = m_plan.stages.size() > 1 ? m_plan.stages[number].name : "";
  container::Change change = m_shared.runner.run(
      context, step, m_files.root_layers(stage),
      [&](const plan::RunMount& mount) { return mounted_layers(context, mount); }, label,
      m_shared.options.make.source_date, m_shared.spool);
  stage.applied = stage.done.size() + 1;
  if (change.tree.empty()) return;
  const layer::LayerResult made =
      output::put_layer(context, change.tree, m_shared.options.make, targets);
  done.layer = built(made);
  const bool named = m_shared.runner.name_layer(change, made.diff_id);
  stage.tree->apply(change.tree);
  done.root = named ? std::move(change.layer)
                    : m_files.root_layer(
                          std::make_shared<const tree::FileTree>(std::move(change.tree)), done);
}

runstep::MountedLayers StageBuilder::mounted_layers(const Context& context,
                                                    const plan::RunMount& mount) {
  if (const auto* from = std::get_if<plan::FromStage>(&mount.origin)) {
    StageState& stage = m_files.state(from->stage);
    const std::lock_guard lock(stage.mutex);
    m_files.bring_up(context, stage);
    return {m_files.root_layers(stage), stage.chain.str()};
  }
  if (const auto* from = std::get_if<plan::FromImage>(&mount.origin)) {
    const image::ImageInput& image = m_plan.images[from->image];
    return {stages::StageFiles::root_layers(image),
            stepcache::chain_of(image.contents.layers).str()};
  }
  return {{m_files.mounted_context(context, mount)}, {}};
}

/// Only trees are known by the statuses of their files alone. Where others have part in the cache,
/// it has to see each step.
std::optional<std::vector<DoneStep>> StageBuilder::find_steps(const Context& context) {
  if (!plan::has_only_trees(m_plan) || m_plan.stages.size() != 1 || m_cache.is_shared())
    return std::nullopt;
  m_files.start(0);
  StageState& stage = m_files.state(0);
  const std::lock_guard lock(stage.mutex);
  for (const plan::Step& step : m_plan.stages[0].steps) {
    m_files.bring_up(context, stage);
    const auto files = m_files.placed_files(context, step, stage);
    DoneStep done{&step};
    if (!files->empty()) {
      const auto layer = output::find_layer(context, *files, m_shared.options.make);
      if (!layer) break;
      done.layer = built(*layer);
    }
    stage.done.push_back(std::move(done));
  }
  std::vector<DoneStep> found = std::exchange(stage.done, {});
  if (stage.applied != 0) {  // the stage begins anew
    stage.tree.reset();
    stage.applied = 0;
  }
  if (found.size() != m_plan.stages[0].steps.size()) return std::nullopt;
  return found;
}

}  // namespace pinnace::build
