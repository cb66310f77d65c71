#include "build/containerfile_executor.hpp"

#include <set>

#include "archive/path.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "build/copy_files.hpp"
#include "build/publish.hpp"
#include "layer/base_tree.hpp"
#include "layer/spool.hpp"
#include "transfer/parallel.hpp"

namespace pinnace::build {

using base::Context;
using base::Error;
using base::ErrorCode;
using layer::BaseTree;
using nlohmann::json;

namespace {

constexpr std::size_t k_max_accounts = std::size_t{16} << 20;
constexpr std::size_t k_max_ignore_file = std::size_t{1} << 20;

/// A line of an image's history and the layer that belongs to it.
struct DoneLine {
  std::string text;
  std::optional<BuiltLayer> layer;
};

/// A stage, or an image that is copied from, as far as it has come.
struct State {
  const ImageInput* image = nullptr;  ///< what it stands on; none: scratch
  BaseTree tree;
  std::shared_ptr<layer::ImageFiles> files;
  std::vector<DoneLine> lines;
  /// What a RUN stands on, lowest first; only of stages that need it (Needs::rooted).
  std::vector<run::RootLayer> root;
};

/// Which stages have to do what, so that nothing is done for nothing.
struct Needs {
  std::set<std::size_t> written;   ///< the target and the stages that it is built on
  std::set<std::size_t> complete;  ///< files are taken from them: their whole tree is needed
  std::set<std::size_t> rooted;    ///< a RUN stands on them, or sees their files
};

Needs find_needs(const ContainerfilePlan& plan) {
  Needs needs;
  const auto parent = [&](std::size_t stage) {
    return std::get_if<FromStage>(&plan.stages[stage].base);
  };
  needs.written.insert(plan.stages.size() - 1);
  for (std::size_t stage = plan.stages.size(); stage-- > 0;) {
    for (const Step& step : plan.stages[stage].steps) {
      if (const auto* run = std::get_if<RunStep>(&step.action)) {
        needs.rooted.insert(stage);
        for (const RunMount& mount : run->mounts) {
          if (const auto* from = std::get_if<FromStage>(&mount.origin))
            needs.rooted.insert(from->stage);
        }
      }
      const auto* copy = std::get_if<CopyStep>(&step.action);
      if (copy == nullptr) continue;
      if (const auto* from = std::get_if<FromStage>(&copy->origin))
        needs.complete.insert(from->stage);
      if (has_names(copy->owner)) needs.complete.insert(stage);
    }
  }
  // A stage comes after the one that it is built on: one pass backwards reaches all of them.
  for (std::size_t stage = plan.stages.size(); stage-- > 0;) {
    const FromStage* from = parent(stage);
    if (from == nullptr) continue;
    if (needs.written.contains(stage)) needs.written.insert(from->stage);
    if (needs.complete.contains(stage)) needs.complete.insert(from->stage);
    if (needs.rooted.contains(stage)) needs.rooted.insert(from->stage);
  }
  return needs;
}

/// The build of one platform.
class PlatformBuild {
 public:
  PlatformBuild(const ContainerfilePlan& plan, const ContainerfileOptions& options,
                layer::Spool& spool, RunExecutor& runner, Targets& targets)
      : m_plan(plan),
        m_options(options),
        m_spool(spool),
        m_runner(runner),
        m_targets(targets),
        m_needs(find_needs(plan)) {}

  MadeImage run(const Context& context);

 private:
  State start(const Context& context, std::size_t number);
  State from_image(const Context& context, const ImageInput& image, bool complete);
  void run_stage(const Context& context, std::size_t number);
  void run_steps(const Context& context);
  layer::FileTree files_of(const Context& context, const CopyStep& step, State& stage);
  layer::FileTree files_of(const Context& context, const DirectoryStep& step, State& stage);
  std::unique_ptr<CopyOrigin> open_origin(const Context& context, const CopyStep& step);
  std::string read_accounts(const Context& context, State& stage, const std::string& path);
  std::optional<BuiltLayer> finish_step(const Context& context, layer::FileTree files, State& stage,
                                        std::size_t number);
  std::optional<BuiltLayer> run_step(const Context& context, const RunStep& step, State& stage,
                                     std::size_t number);
  std::optional<BuiltLayer> write_layer(const Context& context, const layer::FileTree& tree,
                                        std::size_t stage);
  std::vector<run::RootLayer> layers_of(const Context& context, const RunMount& mount);
  std::optional<BuiltLayer> do_step(const Context& context, const Step& step, State& stage,
                                    std::size_t number);
  oci::Config make_config(std::vector<BuiltLayer>& layers);

  const ContainerfilePlan& m_plan;
  const ContainerfileOptions& m_options;
  layer::Spool& m_spool;
  RunExecutor& m_runner;
  Targets& m_targets;
  Needs m_needs;
  std::vector<State> m_stages;
  std::map<std::size_t, State> m_images;  ///< that are copied from
};

State PlatformBuild::from_image(const Context& context, const ImageInput& image, bool complete) {
  State state;
  state.image = &image;
  const auto& layers = image.contents.layers;
  state.root = root_of(image);
  state.files = std::make_shared<layer::ImageFiles>(*image.store, layers, m_spool);
  if (complete) {
    state.tree = BaseTree::read(context, *image.store, layers, BaseTree::Keep::everything);
  } else {
    const std::string hex(image.image.manifest.digest.hex());
    state.tree = BaseTree::read_cached(context, *image.store, layers,
                                       m_options.execute.cache / "base-trees" / (hex + ".json"));
  }
  return state;
}

State PlatformBuild::start(const Context& context, std::size_t number) {
  const StagePlan& stage = m_plan.stages[number];
  const bool complete = m_needs.complete.contains(number);
  if (const auto* from = std::get_if<FromStage>(&stage.base)) return m_stages[from->stage];
  if (const auto* from = std::get_if<FromImage>(&stage.base)) {
    const ImageInput& image = m_plan.images[from->image];
    return base::with_context([&] { return "reading base " + image.image.name; },
                              [&] { return from_image(context, image, complete); });
  }
  State state;
  state.tree = BaseTree::empty(complete ? BaseTree::Keep::everything
                                        : BaseTree::Keep::directories_and_links);
  return state;
}

std::unique_ptr<CopyOrigin> PlatformBuild::open_origin(const Context& context,
                                                       const CopyStep& step) {
  if (const auto* from = std::get_if<FromStage>(&step.origin)) {
    State& state = m_stages[from->stage];
    if (!state.files) state.files = std::make_shared<layer::ImageFiles>(m_spool);
    return make_image_origin(state.tree, *state.files, "stage " + m_plan.stages[from->stage].name);
  }
  if (const auto* from = std::get_if<FromImage>(&step.origin)) {
    const ImageInput& image = m_plan.images[from->image];
    auto known = m_images.find(from->image);
    if (known == m_images.end())
      known = m_images.emplace(from->image, from_image(context, image, true)).first;
    return make_image_origin(known->second.tree, *known->second.files, image.image.name);
  }
  return make_context_origin(m_options.context, m_options.ignore, m_options.epoch);
}

std::string PlatformBuild::read_accounts(const Context& context, State& stage,
                                         const std::string& path) {
  const BaseTree::Node* node = stage.tree.find(stage.tree.resolve(path, true));
  if (node == nullptr || node->type != archive::EntryType::file) return {};
  if (!stage.files) stage.files = std::make_shared<layer::ImageFiles>(m_spool);
  stage.files->fetch(context, {node});
  const layer::FileContent& content = stage.files->content(*node);
  base::FileSource source(content.root->open(content.path, base::Directory::Links::follow), path);
  return base::read_all(source, k_max_accounts, "/" + path);
}

layer::FileTree PlatformBuild::files_of(const Context& context, const CopyStep& step,
                                        State& stage) {
  std::optional<Owner> owner;
  if (!step.owner.empty())
    owner = resolve_owner(
        step.owner, [&](const std::string& path) { return read_accounts(context, stage, path); });
  const auto origin = open_origin(context, step);
  return collect_copy(context, step, *origin, stage.tree, owner, m_spool, m_options.epoch);
}

layer::FileTree PlatformBuild::files_of(const Context&, const DirectoryStep& step, State& stage) {
  layer::FileTree files;
  const std::string path = stage.tree.resolve(step.path, true);
  const BaseTree::Node* node = stage.tree.find(path);
  if (path.empty() || (node != nullptr && node->is_directory())) return files;
  if (node != nullptr)
    throw Error(ErrorCode::invalid_input, "/" + archive::printable(path) + " is no directory");
  layer::TreeEntry entry;
  entry.header.type = archive::EntryType::directory;
  entry.header.path = path;
  entry.header.mode = 0755;
  entry.header.mtime = m_options.epoch;
  files.add(std::move(entry));
  return files;
}

std::optional<BuiltLayer> PlatformBuild::write_layer(const Context& context,
                                                     const layer::FileTree& tree,
                                                     std::size_t stage) {
  if (!m_needs.written.contains(stage)) return std::nullopt;
  const layer::LayerResult made =
      put_layer(context, tree, m_options.compression, m_options.execute, m_targets);
  return BuiltLayer{made.descriptor, made.diff_id, false};
}

std::optional<BuiltLayer> PlatformBuild::finish_step(const Context& context, layer::FileTree files,
                                                     State& stage, std::size_t number) {
  if (files.empty()) return std::nullopt;
  const auto placed = std::make_shared<const layer::FileTree>(
      layer::place_on_base(std::move(files), stage.tree, m_options.epoch));
  for (const layer::TreeEntry& entry : placed->entries()) {
    const BaseTree::Node* node = stage.tree.find(entry.header.path);
    if (node == nullptr || !node->is_directory() ||
        entry.header.type == archive::EntryType::directory)
      continue;
    throw Error(ErrorCode::invalid_input, "/" + archive::printable(entry.header.path) +
                                              " is a directory and can't become a " +
                                              archive::to_string(entry.header.type));
  }
  const auto layer = write_layer(context, *placed, number);
  if (m_needs.rooted.contains(number)) {
    const std::string id = layer ? layer->diff_id.str() : m_runner.passing_id();
    stage.root.push_back(run::tree_layer(placed, id));
  }
  stage.tree.apply(*placed);
  return layer;
}

std::vector<run::RootLayer> PlatformBuild::layers_of(const Context& context,
                                                     const RunMount& mount) {
  if (const auto* from = std::get_if<FromStage>(&mount.origin)) return m_stages[from->stage].root;
  if (const auto* from = std::get_if<FromImage>(&mount.origin))
    return root_of(m_plan.images[from->image]);
  CopyStep copy;
  copy.sources = {{"", mount.source}};
  copy.destination = mount.source;
  copy.to_directory = mount.source.empty();
  const auto origin = make_context_origin(m_options.context, m_options.ignore, m_options.epoch);
  const BaseTree nothing = BaseTree::empty(BaseTree::Keep::directories_and_links);
  layer::FileTree files =
      collect_copy(context, copy, *origin, nothing, std::nullopt, m_spool, m_options.epoch);
  return {run::tree_layer(std::make_shared<const layer::FileTree>(
                              layer::place_on_base(std::move(files), nothing, m_options.epoch)),
                          m_runner.passing_id())};
}

std::optional<BuiltLayer> PlatformBuild::run_step(const Context& context, const RunStep& step,
                                                  State& stage, std::size_t number) {
  const std::string label = m_plan.stages.size() > 1 ? m_plan.stages[number].name : "";
  run::Sandbox::Change change = m_runner.run(
      context, step, stage.root, [&](const RunMount& mount) { return layers_of(context, mount); },
      label, m_options.epoch, m_spool);
  std::optional<BuiltLayer> layer;
  if (!change.tree.empty()) layer = write_layer(context, change.tree, number);
  if (layer) m_runner.name_layer(change, layer->diff_id);
  stage.tree.apply(change.tree);
  if (!change.tree.empty()) stage.root.push_back(std::move(change.layer));
  return layer;
}

std::optional<BuiltLayer> PlatformBuild::do_step(const Context& context, const Step& step,
                                                 State& stage, std::size_t number) {
  if (const auto* run = std::get_if<RunStep>(&step.action))
    return run_step(context, *run, stage, number);
  if (const auto* copy = std::get_if<CopyStep>(&step.action))
    return finish_step(context, files_of(context, *copy, stage), stage, number);
  return finish_step(context, files_of(context, std::get<DirectoryStep>(step.action), stage), stage,
                     number);
}

void PlatformBuild::run_stage(const Context& context, std::size_t number) {
  const StagePlan& plan = m_plan.stages[number];
  State state = start(context, number);
  for (const HistoryLine& line : plan.history) {
    DoneLine done{line.text, {}};
    if (line.step) {
      const Step& step = plan.steps[*line.step];
      context.check();
      context.log(step.position.str() + ": " + step.text);
      done.layer = base::with_context([&] { return step.position.str(); },
                                      [&] { return do_step(context, step, state, number); });
    }
    state.lines.push_back(std::move(done));
  }
  m_stages.push_back(std::move(state));
}

void PlatformBuild::run_steps(const Context& context) {
  for (std::size_t stage = 0; stage < m_plan.stages.size(); ++stage) run_stage(context, stage);
}

oci::Config PlatformBuild::make_config(std::vector<BuiltLayer>& layers) {
  oci::Config config = m_plan.stages.back().config;
  config.set_created(m_options.epoch);
  const json created = config.json().at("created");
  json& history = config.json()["history"];
  if (!history.is_array()) history = json::array();
  for (const DoneLine& line : m_stages.back().lines) {
    json entry = {{"created", created}, {"created_by", line.text}};
    if (line.layer) {
      layers.push_back(*line.layer);
      config.add_layer(line.layer->diff_id, entry);
    } else {
      entry["empty_layer"] = true;
      config.json()["history"].push_back(std::move(entry));
    }
  }
  return config;
}

MadeImage PlatformBuild::run(const Context& context) {
  const ImageInput* base = nullptr;
  for (const std::size_t stage : m_needs.written) {
    if (const auto* from = std::get_if<FromImage>(&m_plan.stages[stage].base))
      base = &m_plan.images[from->image];
  }
  transfer::for_each_parallel(context, 2, 2, [&](const Context& inner, std::size_t task) {
    if (task == 0) {
      run_steps(inner);
    } else if (base != nullptr) {
      m_targets.copy_blobs(inner, *base->store, base->contents.layers);
    }
  });
  std::vector<BuiltLayer> layers;
  std::optional<BaseImage> image;
  if (base != nullptr) {
    image = base->image;
    const std::vector<hash::Digest> diff_ids = base->contents.config.diff_ids();
    for (std::size_t i = 0; i < diff_ids.size(); ++i)
      layers.push_back(base_layer(base->contents.layers[i], diff_ids[i]));
  }
  const oci::Config config = make_config(layers);
  return make_image(context, m_plan.platform, config, std::move(layers), image, {}, m_targets);
}

}  // namespace

BuildResult execute_containerfile(const Context& context, std::vector<ContainerfilePlan> plans,
                                  const ContainerfileOptions& options, Targets& targets) {
  layer::Spool spool(context.scratch);
  RunExecutor runner(options.run);
  runner.check(context, plans);
  std::vector<MadeImage> made;
  for (const ContainerfilePlan& plan : plans) {
    context.check();
    made.push_back(PlatformBuild(plan, options, spool, runner, targets).run(context));
  }
  return publish(context, std::move(made), {}, targets);
}

definition::Ignore load_dockerignore(const std::filesystem::path& containerfile,
                                     const base::Directory& context) {
  const std::filesystem::path beside = containerfile.string() + ".dockerignore";
  try {
    return definition::Ignore::parse(base::read_file(beside, k_max_ignore_file), beside.string());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
  }
  const std::string shown = (context.path() / ".dockerignore").string();
  try {
    base::FileSource source(context.open(".dockerignore", base::Directory::Links::follow), shown);
    return definition::Ignore::parse(base::read_all(source, k_max_ignore_file, shown), shown);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
  }
  return {};
}

}  // namespace pinnace::build
