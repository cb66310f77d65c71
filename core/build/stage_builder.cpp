#include "build/stage_builder.hpp"

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/file.hpp"
#include "output/publish.hpp"
#include "stepcache/key.hpp"
#include "steps/copy_files.hpp"
#include "text/glob.hpp"
#include "tree/placement.hpp"

namespace pinnace::build {

using base::Context;
using base::Error;
using base::ErrorCode;
using tree::BaseTree;

namespace {

constexpr std::size_t k_max_accounts = std::size_t{16} << 20;

/// Whether a step takes files from outside of the machine.
bool has_remotes(const plan::Step& step) {
  const auto* copy = std::get_if<plan::CopyStep>(&step.action);
  return copy != nullptr && !copy->remotes.empty();
}

/// An error of a step gets its place; one of where the image goes to is not the step's.
template <class Action>
void at_step(const plan::Step& step, Action&& action) {
  try {
    std::forward<Action>(action)();
  } catch (const output::TargetFailed&) {
    throw;
  } catch (const store::LostUpload&) {
    throw;
  } catch (Error& error) {
    error.add_context(step.position.str());
    throw;
  }
}

/// Whether a step can be done again from the context alone, at little cost.
bool is_from_context(const plan::Step& step) {
  if (std::holds_alternative<plan::RunStep>(step.action) || has_remotes(step)) return false;
  const auto* copy = std::get_if<plan::CopyStep>(&step.action);
  return copy == nullptr || std::holds_alternative<plan::FromContext>(copy->origin);
}

/// A directory of the stage can't become a file, nor a file a directory.
void check_types(const tree::FileTree& placed, const BaseTree& stage) {
  for (const tree::TreeEntry& entry : placed.entries()) {
    const BaseTree::Node* node = stage.find(entry.header.path);
    const bool directory = entry.header.type == archive::EntryType::directory;
    if (node == nullptr || node->is_directory() == directory) continue;
    throw Error(ErrorCode::invalid_input,
                "/" + base::shown(entry.header.path) + " is a " + archive::to_string(node->type) +
                    " and can't become a " + archive::to_string(entry.header.type));
  }
}

/// Its layers, as a container's root has them.
std::vector<run::RootLayer> root_of(const image::ImageInput& image) {
  return run::stored_layers(image.store, image.contents.stored_layers(), {layer::TimesOf::base});
}

/// A bind mount of the context as a copy to the same path, which is no pattern.
plan::CopyStep copy_of(const plan::RunMount& mount) {
  plan::CopyStep copy;
  copy.sources = {{"", text::Glob::escape(mount.source)}};
  copy.destination = mount.source;
  copy.to_directory = mount.source.empty();
  return copy;
}

}  // namespace

StageBuilder::StageBuilder(const plan::ContainerfilePlan& plan, const ContainerfileOptions& options,
                           layer::Spool& spool, steps::RemoteFiles& remotes,
                           runstep::RunExecutor& runner, output::Targets& targets,
                           stepcache::StepCache& cache)
    : m_plan(plan),
      m_options(options),
      m_spool(spool),
      m_remotes(remotes),
      m_runner(runner),
      m_targets(targets),
      m_cache(cache),
      m_needs(find_needs(plan)),
      m_context_origin(steps::make_context_origin(options.context, options.ignore, options.epoch(),
                                                  options.modes)) {
  for (std::size_t stage = 0; stage < plan.stages.size(); ++stage) {
    m_stages.push_back(std::make_unique<StageState>());
    m_stages.back()->complete = m_needs.complete.contains(stage);
    m_stages.back()->rooted = m_needs.rooted.contains(stage);
  }
}

void StageBuilder::start(const Context&, std::size_t number) {
  StageState& stage = *m_stages[number];
  const plan::StagePlan& plan = m_plan.stages[number];
  if (const auto* from = std::get_if<plan::FromImage>(&plan.base)) {
    stage.image = &m_plan.images[from->image];
    stage.chain = stepcache::chain_of(stage.image->contents.layers);
  }
  const auto* from = std::get_if<plan::FromStage>(&plan.base);
  if (from == nullptr) return;
  StageState& parent = *m_stages[from->stage];
  const std::lock_guard lock(parent.mutex);
  stage.image = parent.image;
  stage.chain = parent.chain;
  stage.done = parent.done;
  stage.tree = parent.tree;
  stage.applied = parent.applied;
  if (parent.files) stage.files = std::make_shared<layer::ImageFiles>(*parent.files);
}

void StageBuilder::make_step(const Context& context, std::size_t number, std::size_t step_number) {
  const plan::Step& step = m_plan.stages[number].steps[step_number];
  StageState& stage = *m_stages[number];
  const std::lock_guard lock(stage.mutex);
  at_step(step, [&] {
    const hash::Digest key = key_of(context, step, stage);
    stage.done.push_back(take_or_make(context, step, number, key));
    const DoneStep& done = stage.done.back();
    const bool run = std::holds_alternative<plan::RunStep>(step.action);
    const auto layer = done.layer ? std::optional(done.layer->diff_id) : std::nullopt;
    stage.chain = run ? stepcache::chain_after_run(key, layer) : key;
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
  const hash::Digest record = stepcache::layer_record_key(key, m_options.compression);
  const auto holder = is_from_context(step) ? stepcache::StepCache::Holder::of_no_use
                                            : stepcache::StepCache::Holder::needed;
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
  StageState& stage = *m_stages[number];
  bring_up(context, stage);
  DoneStep done{&step};
  const bool kept = !is_from_context(step);
  output::Targets places = m_cache.places(targets, kept);
  if (const auto* run = std::get_if<plan::RunStep>(&step.action)) {
    run_step(context, *run, number, places, done);
  } else if (const auto files = placed_files(context, step, stage); !files->empty()) {
    const layer::LayerResult made =
        output::put_layer(context, *files, m_options.compression, m_options.execute, places);
    done.layer = output::BuiltLayer{made.descriptor, made.diff_id, false};
    if (stage.rooted) done.root = root_layer(files, done);
    stage.tree->apply(*files);
  }
  if (kept && done.layer) done.holder = m_cache.keeper();
  stage.applied = stage.done.size() + 1;
  return done;
}

void StageBuilder::run_step(const Context& context, const plan::RunStep& step, std::size_t number,
                            output::Targets& targets, DoneStep& done) {
  StageState& stage = *m_stages[number];
  const std::string label = m_plan.stages.size() > 1 ? m_plan.stages[number].name : "";
  run::Sandbox::Change change = m_runner.run(
      context, step, root_layers(stage),
      [&](const plan::RunMount& mount) { return mounted_layers(context, mount); }, label,
      m_options.source_date, m_spool);
  if (change.tree.empty()) return;
  const layer::LayerResult made =
      output::put_layer(context, change.tree, m_options.compression, m_options.execute, targets);
  done.layer = output::BuiltLayer{made.descriptor, made.diff_id, false};
  const bool named = m_runner.name_layer(change, made.diff_id);
  stage.tree->apply(change.tree);
  done.root =
      named ? std::move(change.layer)
            : root_layer(std::make_shared<const tree::FileTree>(std::move(change.tree)), done);
}

/// What a container on a stage that was brought up stands on.
std::vector<run::RootLayer> StageBuilder::root_layers(const StageState& stage) const {
  std::vector<run::RootLayer> layers;
  if (stage.image != nullptr) layers = root_of(*stage.image);
  for (const DoneStep& done : stage.done) {
    if (done.root) layers.push_back(*done.root);
  }
  return layers;
}

runstep::MountedLayers StageBuilder::mounted_layers(const Context& context,
                                                    const plan::RunMount& mount) {
  if (const auto* from = std::get_if<plan::FromStage>(&mount.origin)) {
    StageState& stage = *m_stages[from->stage];
    const std::lock_guard lock(stage.mutex);
    bring_up(context, stage);
    return {root_layers(stage), stage.chain.str()};
  }
  if (const auto* from = std::get_if<plan::FromImage>(&mount.origin)) {
    const image::ImageInput& image = m_plan.images[from->image];
    return {root_of(image), stepcache::chain_of(image.contents.layers).str()};
  }
  const BaseTree nothing = BaseTree::empty(BaseTree::Keep::directories_and_links);
  tree::FileTree files = steps::collect_copy(context, copy_of(mount), *m_context_origin, nothing,
                                             std::nullopt, m_spool, m_options.epoch());
  return {{run::tree_layer(std::make_shared<const tree::FileTree>(
                               tree::place_on_base(std::move(files), nothing, m_options.epoch())),
                           m_runner.passing_id(), times_of_steps())},
          {}};
}

run::RootLayer StageBuilder::root_layer(std::shared_ptr<const tree::FileTree> files,
                                        const DoneStep& done) {
  return run::tree_layer(std::move(files),
                         done.layer ? done.layer->diff_id.str() : m_runner.passing_id(),
                         times_of_steps());
}

layer::TimeRule StageBuilder::times_of_steps() const {
  return {layer::TimesOf::step, m_options.epoch()};
}

hash::Digest StageBuilder::key_of(const Context& context, const plan::Step& step,
                                  const StageState& stage) {
  const stepcache::StepInputs inputs{stage.chain, files_keys(context, step), m_options.epoch()};
  if (const auto* run = std::get_if<plan::RunStep>(&step.action))
    return stepcache::step_key(plan::plan_run(*run, m_options.run, m_options.source_date).key,
                               inputs);
  if (const auto* copy = std::get_if<plan::CopyStep>(&step.action))
    return stepcache::step_key(*copy, inputs);
  return stepcache::step_key(std::get<plan::DirectoryStep>(step.action), inputs);
}

std::vector<hash::Digest> StageBuilder::files_keys(const Context& context, const plan::Step& step) {
  std::vector<hash::Digest> keys;
  const auto add = [&](const auto& origin, const plan::CopyStep& selection) {
    if (const auto* stage = std::get_if<plan::FromStage>(&origin)) {
      keys.push_back(m_stages[stage->stage]->chain);
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
        add(mount.origin, copy_of(mount));
    }
  }
  return keys;
}

/// The digest of what a step takes from the context. Files that a COPY opens up are said once;
/// with --chmod somebody has thought of them.
hash::Digest StageBuilder::context_key(const Context& context, const plan::Step& step,
                                       const plan::CopyStep& copy) {
  auto selection = std::make_unique<steps::ContextSelection>(context, copy, *m_context_origin);
  if (std::holds_alternative<plan::CopyStep>(step.action) && !copy.mode)
    selection->warn_of_opened(context, step.position.str());
  const hash::Digest digest =
      selection->digest(context, m_options.execute.local.at(local::Part::contents));
  m_cache.watch(std::move(selection));
  return digest;
}

/// Reads what is not known yet of the stage's tree.
void StageBuilder::bring_up(const Context& context, StageState& stage) {
  if (!stage.tree) read_base(context, stage);
  for (; stage.applied < stage.done.size(); ++stage.applied) {
    DoneStep& done = stage.done[stage.applied];
    at_step(*done.step, [&] { apply_step(context, stage, done); });
  }
}

void StageBuilder::read_base(const Context& context, StageState& stage) {
  const auto keep = stage.complete ? BaseTree::Keep::everything : BaseTree::Keep::files;
  stage.files = std::make_shared<layer::ImageFiles>(m_spool);
  if (stage.image == nullptr) {
    stage.tree = BaseTree::empty(keep);
    return;
  }
  const image::ImageInput& image = *stage.image;
  const std::vector<tree::StoredLayer> layers = image.contents.stored_layers();
  for (const tree::StoredLayer& layer : layers) stage.files->add_layer(image.store, layer);
  base::with_context([&] { return "reading base " + image.image.name; },
                     [&] {
                       std::string name(image.image.manifest.digest.hex());
                       name += stage.complete ? "-complete" : "-files";
                       // Stages that start at the same time read the same base once.
                       const auto lock = m_base_locks.lock(name);
                       stage.tree = BaseTree::read_cached(
                           context, *image.store, layers,
                           m_options.execute.local.at(local::Part::base_trees) / name, keep);
                     });
}

void StageBuilder::apply_step(const Context& context, StageState& stage, DoneStep& done) {
  if (done.holder && done.layer) {
    const tree::StoredLayer layer{done.layer->descriptor, done.layer->diff_id};
    const std::size_t number = stage.files->add_layer(done.holder, layer);
    stage.tree->add_layer(context, *done.holder, layer, number);
    if (stage.rooted) done.root = run::stored_layer(done.holder, layer, times_of_steps());
    return;
  }
  // A RUN whose layer nobody holds has changed nothing.
  if (std::holds_alternative<plan::RunStep>(done.step->action)) return;
  const auto files = placed_files(context, *done.step, stage);
  if (files->empty()) return;
  if (stage.rooted) done.root = root_layer(files, done);
  stage.tree->apply(*files);
}

std::shared_ptr<const tree::FileTree> StageBuilder::placed_files(const Context& context,
                                                                 const plan::Step& step,
                                                                 StageState& stage) {
  tree::FileTree files =
      std::visit([&](const auto& action) { return files_of(context, action, stage); }, step.action);
  if (files.empty()) return std::make_shared<const tree::FileTree>();
  const auto* copy = std::get_if<plan::CopyStep>(&step.action);
  const bool replaces = copy != nullptr && copy->link;
  auto placed = std::make_shared<const tree::FileTree>(
      tree::place_on_base(std::move(files), *stage.tree, m_options.epoch(),
                          replaces ? tree::BaseLinks::replace : tree::BaseLinks::follow));
  if (!replaces) check_types(*placed, *stage.tree);
  return placed;
}

tree::FileTree StageBuilder::files_of(const Context& context, const plan::CopyStep& step,
                                      StageState& stage) {
  const std::optional<steps::Owner> owner = owner_of(context, "--chown=", step.owner, stage);
  const auto collect = [&](steps::CopyOrigin& origin) {
    return steps::collect_copy(context, step, origin, *stage.tree, owner, m_spool,
                               m_options.epoch());
  };
  std::string name;
  StageState* from = origin_of(step, name);
  if (from == nullptr) {
    tree::FileTree files = collect(*m_context_origin);
    for (const source::RemoteSource& remote : step.remotes)
      add_remote(context, step, remote, stage, owner, files);
    return files;
  }
  const std::lock_guard lock(from->mutex);
  bring_up(context, *from);
  return collect(*steps::make_image_origin(*from->tree, *from->files, std::move(name)));
}

/// A remote source is copied as if it were the only one.
void StageBuilder::add_remote(const Context& context, const plan::CopyStep& step,
                              const source::RemoteSource& source, const StageState& stage,
                              const std::optional<steps::Owner>& owner, tree::FileTree& files) {
  const steps::RemoteFiles::Place place = m_remotes.place(context, source, m_options.epoch());
  plan::CopyStep part = step;
  part.remotes.clear();
  part.files.clear();
  part.sources = {{"", place.path}};
  part.unpack = step.unpack_remotes && std::holds_alternative<source::UrlSource>(source);
  tree::FileTree found = steps::collect_copy(context, part, *place.origin, *stage.tree, owner,
                                             m_spool, m_options.epoch());
  while (!found.empty()) files.add(found.take_first());
}

/// Those of the directories on the way that are missing are the owner's, too.
tree::FileTree StageBuilder::files_of(const Context& context, const plan::DirectoryStep& step,
                                      StageState& stage) {
  tree::FileTree files;
  const std::string path = stage.tree->resolve(step.path, true);
  std::optional<steps::Owner> owner;
  for (std::size_t end = 0; !path.empty() && end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    const BaseTree::Node* node = stage.tree->find(part);
    if (node != nullptr && node->is_directory()) continue;
    if (node != nullptr)
      throw Error(ErrorCode::invalid_input, "/" + base::shown(part) + " is no directory");
    if (!owner) owner = owner_of(context, "USER ", step.owner, stage).value_or(steps::Owner{});
    tree::TreeEntry entry;
    entry.header.type = archive::EntryType::directory;
    entry.header.path = part;
    entry.header.mode = 0755;
    entry.header.uid = owner->uid;
    entry.header.gid = owner->gid;
    entry.header.mtime = m_options.epoch();
    files.add(std::move(entry));
  }
  return files;
}

tree::FileTree StageBuilder::files_of(const Context&, const plan::RunStep&, StageState&) {
  throw Error(ErrorCode::internal, "what a RUN changes is known only when it ran");
}

/// The stage or image that a step copies from; null: the context.
StageState* StageBuilder::origin_of(const plan::CopyStep& step, std::string& name) {
  if (const auto* from = std::get_if<plan::FromStage>(&step.origin)) {
    name = "stage " + m_plan.stages[from->stage].name;
    return m_stages[from->stage].get();
  }
  if (const auto* from = std::get_if<plan::FromImage>(&step.origin)) {
    name = m_plan.images[from->image].image.name;
    return &image_state(from->image);
  }
  return nullptr;
}

StageState& StageBuilder::image_state(std::size_t image) {
  const std::lock_guard lock(m_images_mutex);
  std::unique_ptr<StageState>& state = m_images[image];
  if (!state) {
    state = std::make_unique<StageState>();
    state->image = &m_plan.images[image];
    state->complete = true;
  }
  return *state;
}

/// Nothing if nobody says an owner.
std::optional<steps::Owner> StageBuilder::owner_of(const Context& context, const char* option,
                                                   const std::string& owner, StageState& stage) {
  if (owner.empty()) return std::nullopt;
  return steps::resolve_owner(
      option, owner, [&](const std::string& path) { return read_accounts(context, stage, path); });
}

std::string StageBuilder::read_accounts(const Context& context, StageState& stage,
                                        const std::string& path) {
  const BaseTree::Node* node = stage.tree->find(stage.tree->resolve(path, true));
  if (node == nullptr || node->type != archive::EntryType::file) return {};
  stage.files->fetch(context, {node});
  const tree::FileContent& content = stage.files->content(*node);
  files::FileSource source(content.root->open(content.path, files::Directory::Links::follow), path);
  return base::read_all(source, k_max_accounts, "/" + path);
}

}  // namespace pinnace::build
