#include "build/executor.hpp"

#include "base/error.hpp"
#include "base/parallel.hpp"
#include "build/stage_builder.hpp"
#include "output/created.hpp"
#include "output/publish.hpp"

namespace pinnace::build {

using base::Context;
using nlohmann::json;
using stages::DoneStep;

namespace {

/// Says of which platform it speaks.
class PlatformEvents final : public base::EventSink {
 public:
  PlatformEvents(const oci::Platform& platform, base::EventSink& events)
      : m_prefix(platform.str() + " "), m_events(events) {}
  void on_event(const base::Event& event) noexcept override {
    if (event.kind == base::Event::Kind::progress) return m_events.on_event(event);
    try {
      m_events.on_event({event.kind, m_prefix + event.text});
    } catch (...) {  // out of memory; the job itself will tell
      m_events.on_event(event);
    }
  }

 private:
  std::string m_prefix;
  base::EventSink& m_events;
};

/// The build of one platform.
class PlatformBuild {
 public:
  /// `named`: what it logs says the platform.
  PlatformBuild(const Context& context, const plan::Plan& plan, const Shared& shared,
                output::Targets& targets, bool named)
      : m_plan(plan),
        m_source_date(shared.options.make.source_date),
        m_targets(targets),
        m_graph(stages::make_step_graph(plan)),
        m_cache(shared.options.cache, shared.options.exported),
        m_builder(plan, shared, targets, m_cache) {
    if (named) m_events.emplace(plan.platform, *context.events);
  }

  const stages::StepGraph& graph() const noexcept { return m_graph; }
  /// Does what a node of the graph says.
  void make(const Context& context, std::size_t node);
  void copy_base(const Context& context);
  /// When nothing is made any more, also after a failure.
  void remember(const Context& context) { m_cache.remember(named(context)); }
  output::MadeImage finish(const Context& context);
  /// The whole result, if its layers are known and the targets have its image.
  std::optional<output::BuildResult> find_result(const Context& context);

 private:
  /// What an image is described by.
  struct Contents {
    std::optional<image::BaseImage> base;
    std::vector<output::BuiltLayer> layers;
    oci::Config config;
  };
  Context named(Context context);
  const image::ImageInput* find_base() const;
  std::vector<plan::HistoryLine> whole_history() const;
  Contents contents_of(const std::vector<DoneStep>& steps) const;
  void add_steps(const std::vector<DoneStep>& steps, Contents& contents) const;

  const plan::Plan& m_plan;
  std::optional<std::int64_t> m_source_date;
  output::Targets& m_targets;
  stages::StepGraph m_graph;
  stepcache::StepCache m_cache;
  StageBuilder m_builder;
  std::optional<PlatformEvents> m_events;
};

Context PlatformBuild::named(Context context) {
  if (m_events) context.events = &*m_events;
  return context;
}

/// The image that the target stands on in the end.
const image::ImageInput* PlatformBuild::find_base() const {
  for (const std::size_t stage : m_builder.needs().written) {
    if (const auto* from = std::get_if<plan::FromImage>(&m_plan.stages[stage].base))
      return &m_plan.images[from->image];
  }
  return nullptr;
}

void PlatformBuild::make(const Context& context, std::size_t number) {
  const stages::StepGraph::Node& node = m_graph.nodes[number];
  if (!node.step) return m_builder.start(node.stage);
  const auto make_step = [&] { m_builder.make_step(named(context), node.stage, *node.step); };
  if (!m_events) return make_step();
  base::with_context([&] { return m_plan.platform.str(); }, make_step);
}

void PlatformBuild::copy_base(const Context& context) {
  const image::ImageInput* base = find_base();
  if (base != nullptr) m_targets.copy_blobs(context, base->store, base->contents.layers);
}

/// The history of the target and of the stages that it is built on.
std::vector<plan::HistoryLine> PlatformBuild::whole_history() const {
  std::vector<plan::HistoryLine> lines;
  for (std::size_t stage = m_plan.stages.size() - 1;;) {
    const plan::StagePlan& plan = m_plan.stages[stage];
    lines.insert(lines.begin(), plan.history.begin(), plan.history.end());
    const auto* from = std::get_if<plan::FromStage>(&plan.base);
    if (from == nullptr) return lines;
    stage = from->stage;
  }
}

/// Each line of the history that a step stands behind has a layer, if that step made one.
void PlatformBuild::add_steps(const std::vector<DoneStep>& steps, Contents& contents) const {
  const std::vector<plan::HistoryLine> lines = whole_history();
  if (lines.empty()) return;
  const json created = contents.config.json().at("created");
  json& history = contents.config.json()["history"];
  if (!history.is_array()) history = json::array();
  auto step = steps.begin();
  for (const plan::HistoryLine& line : lines) {
    json entry = {{"created", created}, {"created_by", line.text}};
    const auto layer = line.step ? (step++)->layer : std::nullopt;
    if (layer) {
      contents.layers.push_back(*layer);
      contents.config.add_layer(layer->diff_id, entry);
    } else {
      entry["empty_layer"] = true;
      contents.config.json()["history"].push_back(std::move(entry));
    }
  }
}

PlatformBuild::Contents PlatformBuild::contents_of(const std::vector<DoneStep>& steps) const {
  Contents contents{{}, {}, m_plan.stages.back().config};
  if (const image::ImageInput* base = find_base()) {
    contents.base = base->image;
    const std::vector<hash::Digest> diff_ids = base->contents.config.diff_ids();
    for (std::size_t i = 0; i < diff_ids.size(); ++i)
      contents.layers.push_back(output::base_layer(base->contents.layers[i], diff_ids[i]));
  }
  contents.config.set_variant(m_plan.platform);
  output::set_created(contents.config, m_source_date);
  add_steps(steps, contents);
  return contents;
}

output::MadeImage PlatformBuild::finish(const Context& context) {
  Contents contents = contents_of(m_builder.steps_of(m_plan.stages.size() - 1));
  return output::make_image(context, m_plan.platform, contents.config, std::move(contents.layers),
                            contents.base, m_plan.annotations, m_targets);
}

std::optional<output::BuildResult> PlatformBuild::find_result(const Context& context) {
  const auto steps = m_builder.find_steps(context);
  if (!steps) return std::nullopt;
  Contents contents = contents_of(*steps);
  const oci::Descriptor config =
      output::Targets::describe_bytes(contents.config.to_bytes(), oci::media_type::k_config);
  output::MadeImage made = output::describe_image(
      m_plan.platform, config, std::move(contents.layers), contents.base, m_plan.annotations);
  if (!m_targets.have_root(context, made.manifest)) return std::nullopt;
  context.log("nothing changed: " + made.manifest.digest.str() + " is there");
  return output::BuildResult{made.manifest.descriptor(), {std::move(made.image)}};
}

/// The steps of all platforms in one graph, so that there are as many at a time as threads.
void make_steps(const Context& context, const std::vector<std::unique_ptr<PlatformBuild>>& builds,
                unsigned threads) {
  std::vector<std::pair<PlatformBuild*, std::size_t>> nodes;
  std::vector<std::vector<std::size_t>> dependencies;
  for (const auto& build : builds) {
    const std::size_t first = nodes.size();
    for (std::vector<std::size_t> after : build->graph().dependencies) {
      for (std::size_t& node : after) node += first;
      dependencies.push_back(std::move(after));
      nodes.emplace_back(build.get(), nodes.size() - first);
    }
  }
  base::for_each_in_graph(context, dependencies, threads,
                          [&](const Context& inner, std::size_t number) {
                            nodes[number].first->make(inner, nodes[number].second);
                          });
}

/// Bases are copied while steps are made.
void make_blobs(const Context& context, const std::vector<std::unique_ptr<PlatformBuild>>& builds,
                unsigned threads) {
  const std::size_t tasks = builds.size() + 1;
  base::for_each_parallel(context, tasks, static_cast<unsigned>(tasks),
                          [&](const Context& inner, std::size_t task) {
                            if (task == 0) return make_steps(inner, builds, threads);
                            builds[task - 1]->copy_base(inner);
                          });
}

steps::RemoteFiles::Options remote_options(const stages::Options& options) {
  steps::RemoteFiles::Options remote;
  remote.downloads.memory = options.make.local.at(local::Part::downloads);
  remote.downloads.remember = options.make.reuse;
  remote.downloads.reach = options.remote;
  remote.git.reach = options.remote;
  remote.git.environment = options.run.sandbox.environment;
  const auto agent = options.run.sockets.find("default");
  if (agent != options.run.sockets.end()) remote.git.agent = agent->second;
  return remote;
}

std::vector<output::BuiltImage> images_of(const std::vector<output::MadeImage>& made) {
  std::vector<output::BuiltImage> images;
  for (const output::MadeImage& one : made) images.push_back(one.image);
  return images;
}

/// All blobs, but for configurations.
void make_all(const Context& context, const std::vector<std::unique_ptr<PlatformBuild>>& builds,
              unsigned threads) {
  try {
    make_blobs(context, builds, threads);
  } catch (...) {
    // The next attempt goes on where this one failed.
    Context rest = context;
    rest.stop = {};
    for (const auto& build : builds) build->remember(rest);
    throw;
  }
  for (const auto& build : builds) build->remember(context);
}

}  // namespace

output::BuildResult execute(const Context& context, std::vector<plan::Plan> plans,
                            const stages::Options& options, output::Targets& targets) {
  layer::Spool spool(context.scratch);
  steps::RemoteFiles remotes(remote_options(options), spool, context.scratch);
  runstep::RunExecutor runner(options.run);
  const bool may_find = options.cache != nullptr && options.cache->may_find();
  runner.check(
      context, plans,
      may_find ? runstep::RunExecutor::Missing::warn : runstep::RunExecutor::Missing::refuse);
  stages::Options own = options;
  own.make.making = std::make_shared<output::KeyedLocks>();
  SharedLayers layers;
  const Shared shared{own, spool, remotes, runner, layers};
  std::vector<std::unique_ptr<PlatformBuild>> builds;
  for (const plan::Plan& plan : plans)
    builds.push_back(
        std::make_unique<PlatformBuild>(context, plan, shared, targets, plans.size() > 1));
  // Of several platforms each has its own manifest below an index: they go the usual way.
  if (builds.size() == 1) {
    if (auto result = builds.front()->find_result(context)) {
      if (own.on_images) own.on_images(context, result->images);
      return *std::move(result);
    }
  }
  make_all(context, builds, own.make.threads);
  std::vector<output::MadeImage> made;
  for (const auto& build : builds) made.push_back(build->finish(context));
  if (own.on_images) own.on_images(context, images_of(made));
  return output::publish(context, std::move(made), plans.front().annotations, targets);
}

}  // namespace pinnace::build
