#include "stages/files.hpp"

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/file.hpp"
#include "stages/at_step.hpp"
#include "steps/copy_files.hpp"
#include "steps/owner.hpp"
#include "tree/placement.hpp"

namespace pinnace::stages {

using base::Context;
using base::Error;
using base::ErrorCode;
using tree::BaseTree;

namespace {

constexpr std::size_t k_max_accounts = std::size_t{16} << 20;

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

/// Of the name under which a base's tree is remembered.
const char* suffix_of(BaseTree::Keep keep) {
  switch (keep) {
    case BaseTree::Keep::directories_and_links:
      return "";
    case BaseTree::Keep::files:
      return "-files";
    case BaseTree::Keep::everything:
      break;
  }
  return "-complete";
}

}  // namespace

StageFiles::StageFiles(const plan::Plan& plan, const Needs& needs, const Options& options,
                       layer::Spool& spool, steps::RemoteFiles& remotes,
                       std::function<std::string()> passing_id)
    : m_plan(plan),
      m_options(options),
      m_spool(spool),
      m_remotes(remotes),
      m_passing_id(std::move(passing_id)) {
  for (std::size_t stage = 0; stage < plan.stages.size(); ++stage) {
    m_stages.push_back(std::make_unique<StageState>());
    m_stages.back()->keep = needs.complete.contains(stage) ? BaseTree::Keep::everything
                            : needs.looked_at.contains(stage)
                                ? BaseTree::Keep::files
                                : BaseTree::Keep::directories_and_links;
    m_stages.back()->rooted = needs.rooted.contains(stage);
  }
}

void StageFiles::start(std::size_t number) {
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
  stage.placed = parent.placed;
  if (parent.files) stage.files = std::make_shared<layer::ImageFiles>(*parent.files);
}

void StageFiles::bring_up(const Context& context, StageState& stage) {
  if (!stage.tree) read_base(context, stage);
  for (; stage.applied < stage.done.size(); ++stage.applied) {
    DoneStep& done = stage.done[stage.applied];
    at_step(*done.step, [&] { apply_step(context, stage, done); });
  }
}

void StageFiles::read_base(const Context& context, StageState& stage) {
  stage.files = std::make_shared<layer::ImageFiles>(m_spool);
  if (stage.image == nullptr) {
    stage.tree = BaseTree::empty(stage.keep);
    return;
  }
  const image::ImageInput& image = *stage.image;
  const std::vector<tree::StoredLayer> layers = image.contents.stored_layers();
  for (const tree::StoredLayer& layer : layers) stage.files->add_layer(image.store, layer);
  base::with_context([&] { return "reading base " + image.image.name; },
                     [&] {
                       std::string name(image.image.manifest.digest.hex());
                       name += suffix_of(stage.keep);
                       // Stages that start at the same time read the same base once.
                       const auto lock = m_base_locks.lock(name);
                       stage.tree = BaseTree::read_cached(
                           context, *image.store, layers,
                           m_options.make.local.at(local::Part::base_trees) / name, stage.keep);
                     });
}

void StageFiles::apply_step(const Context& context, StageState& stage, DoneStep& done) {
  if (done.holder && done.layer) {
    const tree::StoredLayer layer{done.layer->descriptor, done.layer->diff_id};
    const std::size_t number = stage.files->add_layer(done.holder, layer);
    stage.tree->add_layer(context, *done.holder, layer, number);
    if (stage.rooted) done.root = container::stored_layer(done.holder, layer, times_of_steps());
    return;
  }
  // A RUN whose layer nobody holds has changed nothing.
  if (std::holds_alternative<plan::RunStep>(done.step->action)) return;
  const auto files = placed_files(context, *done.step, stage);
  if (files->empty()) return;
  if (stage.rooted) done.root = root_layer(files, done);
  stage.tree->apply(*files);
}

std::shared_ptr<const tree::FileTree> StageFiles::placed_files(const Context& context,
                                                               const plan::Step& step,
                                                               StageState& stage) {
  if (std::holds_alternative<plan::TreeStep>(step.action)) return place_tree(step, stage);
  const auto* copy = std::get_if<plan::CopyStep>(&step.action);
  tree::FileTree files = copy != nullptr
                             ? files_of(context, *copy, stage)
                             : files_of(context, std::get<plan::DirectoryStep>(step.action), stage);
  if (files.empty()) return std::make_shared<const tree::FileTree>();
  const bool replaces = copy != nullptr && copy->link;
  auto placed = std::make_shared<const tree::FileTree>(
      tree::place_on_base(std::move(files), *stage.tree, m_options.make.epoch(),
                          replaces ? tree::BaseLinks::replace : tree::BaseLinks::follow));
  if (!replaces) check_types(*placed, *stage.tree);
  return placed;
}

/// Trees can be large: whoever is the last to have one gives it away, and what became of it is
/// kept.
std::shared_ptr<const tree::FileTree> StageFiles::place_tree(const plan::Step& step,
                                                             StageState& stage) const {
  std::shared_ptr<const tree::FileTree>& placed = stage.placed[&step];
  if (placed) return placed;
  const std::shared_ptr<tree::FileTree>& files = std::get<plan::TreeStep>(step.action).files;
  tree::FileTree own = files.use_count() == 1 ? std::move(*files) : *files;
  placed = std::make_shared<const tree::FileTree>(
      tree::place_on_base(std::move(own), *stage.tree, m_options.make.epoch()));
  return placed;
}

tree::FileTree StageFiles::files_of(const Context& context, const plan::CopyStep& step,
                                    StageState& stage) {
  const std::optional<steps::Owner> owner = owner_of(context, "--chown=", step.owner, stage);
  const auto collect = [&](steps::CopyOrigin& origin) {
    return steps::collect_copy(context, step, origin, *stage.tree, owner, m_spool,
                               m_options.make.epoch());
  };
  std::string name;
  StageState* from = origin_of(step, name);
  if (from == nullptr) {
    tree::FileTree files = collect(*m_options.context);
    for (const source::RemoteSource& remote : step.remotes)
      add_remote(context, step, remote, stage, owner, files);
    return files;
  }
  const std::lock_guard lock(from->mutex);
  bring_up(context, *from);
  return collect(*steps::make_image_origin(*from->tree, *from->files, std::move(name)));
}

/// A remote source is copied as if it were the only one.
void StageFiles::add_remote(const Context& context, const plan::CopyStep& step,
                            const source::RemoteSource& source, const StageState& stage,
                            const std::optional<steps::Owner>& owner, tree::FileTree& files) {
  const steps::RemoteFiles::Place place = m_remotes.place(context, source, m_options.make.epoch());
  plan::CopyStep part = step;
  part.remotes.clear();
  part.files.clear();
  part.sources = {{"", place.path}};
  part.unpack = step.unpack_remotes && std::holds_alternative<source::UrlSource>(source);
  tree::FileTree found = steps::collect_copy(context, part, *place.origin, *stage.tree, owner,
                                             m_spool, m_options.make.epoch());
  while (!found.empty()) files.add(found.take_first());
}

/// Those of the directories on the way that are missing are the owner's, too.
tree::FileTree StageFiles::files_of(const Context& context, const plan::DirectoryStep& step,
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
    entry.header.mtime = m_options.make.epoch();
    files.add(std::move(entry));
  }
  return files;
}

/// The stage or image that a step copies from; null: the context.
StageState* StageFiles::origin_of(const plan::CopyStep& step, std::string& name) {
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

StageState& StageFiles::image_state(std::size_t image) {
  const std::lock_guard lock(m_images_mutex);
  std::unique_ptr<StageState>& state = m_images[image];
  if (!state) {
    state = std::make_unique<StageState>();
    state->image = &m_plan.images[image];
  }
  return *state;
}

/// Nothing if nobody says an owner.
std::optional<steps::Owner> StageFiles::owner_of(const Context& context, const char* option,
                                                 const std::string& owner, StageState& stage) {
  if (owner.empty()) return std::nullopt;
  return steps::resolve_owner(
      option, owner, [&](const std::string& path) { return read_accounts(context, stage, path); });
}

std::string StageFiles::read_accounts(const Context& context, StageState& stage,
                                      const std::string& path) {
  const BaseTree::Node* node = stage.tree->find(stage.tree->resolve(path, true));
  if (node == nullptr || node->type != archive::EntryType::file) return {};
  stage.files->fetch(context, {node});
  const tree::FileContent& content = stage.files->content(*node);
  files::FileSource source(content.root->open(content.path, files::Directory::Links::follow), path);
  return base::read_all(source, k_max_accounts, "/" + path);
}

std::vector<container::RootLayer> StageFiles::root_layers(const image::ImageInput& image) {
  return container::stored_layers(image.store, image.contents.stored_layers(),
                                  {layer::TimesOf::base});
}

std::vector<container::RootLayer> StageFiles::root_layers(const StageState& stage) const {
  std::vector<container::RootLayer> layers;
  if (stage.image != nullptr) layers = root_layers(*stage.image);
  for (const DoneStep& done : stage.done) {
    if (done.root) layers.push_back(*done.root);
  }
  return layers;
}

container::RootLayer StageFiles::mounted_context(const Context& context,
                                                 const plan::RunMount& mount) {
  const BaseTree nothing = BaseTree::empty(BaseTree::Keep::directories_and_links);
  tree::FileTree files =
      steps::collect_copy(context, steps::copy_of(mount), *m_options.context, nothing, std::nullopt,
                          m_spool, m_options.make.epoch());
  return container::tree_layer(std::make_shared<const tree::FileTree>(tree::place_on_base(
                                   std::move(files), nothing, m_options.make.epoch())),
                               m_passing_id(), times_of_steps());
}

container::RootLayer StageFiles::root_layer(std::shared_ptr<const tree::FileTree> files,
                                            const DoneStep& done) const {
  return container::tree_layer(
      std::move(files), done.layer ? done.layer->diff_id.str() : m_passing_id(), times_of_steps());
}

layer::TimeRule StageFiles::times_of_steps() const {
  return {layer::TimesOf::step, m_options.make.epoch()};
}

}  // namespace pinnace::stages
