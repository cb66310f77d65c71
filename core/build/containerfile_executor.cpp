#include "build/containerfile_executor.hpp"

#include "base/error.hpp"
#include "base/parallel.hpp"
#include "build/stage_builder.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "layer/spool.hpp"
#include "output/created.hpp"
#include "output/publish.hpp"

namespace pinnace::build {

using base::Context;
using base::Error;
using base::ErrorCode;
using nlohmann::json;

namespace {

constexpr std::size_t k_max_ignore_file = std::size_t{1} << 20;

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
  PlatformBuild(const Context& context, const plan::ContainerfilePlan& plan,
                const ContainerfileOptions& options, layer::Spool& spool,
                steps::RemoteFiles& remotes, runstep::RunExecutor& runner, output::Targets& targets,
                bool named)
      : m_plan(plan),
        m_options(options),
        m_targets(targets),
        m_graph(make_step_graph(plan)),
        m_cache(options.cache, options.exported),
        m_builder(plan, options, spool, remotes, runner, targets, m_cache) {
    if (named) m_events.emplace(plan.platform, *context.events);
  }

  const StepGraph& graph() const noexcept { return m_graph; }
  /// Does what a node of the graph says.
  void make(const Context& context, std::size_t node);
  void copy_base(const Context& context);
  /// When nothing is made any more, also after a failure.
  void remember(const Context& context) { m_cache.remember(named(context)); }
  output::MadeImage finish(const Context& context);

 private:
  Context named(Context context);
  const image::ImageInput* find_base() const;
  std::vector<plan::HistoryLine> whole_history() const;
  oci::Config make_config(std::vector<output::BuiltLayer>& layers) const;

  const plan::ContainerfilePlan& m_plan;
  const ContainerfileOptions& m_options;
  output::Targets& m_targets;
  StepGraph m_graph;
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
  const StepGraph::Node& node = m_graph.nodes[number];
  if (!node.step) return m_builder.start(context, node.stage);
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

oci::Config PlatformBuild::make_config(std::vector<output::BuiltLayer>& layers) const {
  oci::Config config = m_plan.stages.back().config;
  config.set_variant(m_plan.platform);
  output::set_created(config, m_options.source_date);
  const json created = config.json().at("created");
  json& history = config.json()["history"];
  if (!history.is_array()) history = json::array();
  auto step = m_builder.steps_of(m_plan.stages.size() - 1).begin();
  for (const plan::HistoryLine& line : whole_history()) {
    json entry = {{"created", created}, {"created_by", line.text}};
    const auto layer = line.step ? (step++)->layer : std::nullopt;
    if (layer) {
      layers.push_back(*layer);
      config.add_layer(layer->diff_id, entry);
    } else {
      entry["empty_layer"] = true;
      config.json()["history"].push_back(std::move(entry));
    }
  }
  return config;
}

output::MadeImage PlatformBuild::finish(const Context& context) {
  const image::ImageInput* base = find_base();
  std::vector<output::BuiltLayer> layers;
  std::optional<image::BaseImage> image;
  if (base != nullptr) {
    image = base->image;
    const std::vector<hash::Digest> diff_ids = base->contents.config.diff_ids();
    for (std::size_t i = 0; i < diff_ids.size(); ++i)
      layers.push_back(output::base_layer(base->contents.layers[i], diff_ids[i]));
  }
  const oci::Config config = make_config(layers);
  return output::make_image(context, m_plan.platform, config, std::move(layers), image, {},
                            m_targets);
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

steps::RemoteFiles::Options remote_options(const ContainerfileOptions& options) {
  steps::RemoteFiles::Options remote;
  remote.downloads.memory = options.execute.local.at(local::Part::downloads);
  remote.downloads.remember = options.execute.reuse;
  remote.downloads.http = options.remote_http;
  if (options.remote_http) remote.silence = options.remote_http({}).stall;
  remote.environment = options.run.sandbox.environment;
  const auto agent = options.run.sockets.find("default");
  if (agent != options.run.sockets.end()) remote.ssh_agent = agent->second;
  return remote;
}

}  // namespace

output::BuildResult execute_containerfile(const Context& context,
                                          std::vector<plan::ContainerfilePlan> plans,
                                          const ContainerfileOptions& options,
                                          output::Targets& targets) {
  layer::Spool spool(context.scratch);
  steps::RemoteFiles remotes(remote_options(options), spool, context.scratch);
  runstep::RunExecutor runner(options.run);
  const bool may_find = options.cache != nullptr && options.cache->may_find();
  runner.check(
      context, plans,
      may_find ? runstep::RunExecutor::Missing::warn : runstep::RunExecutor::Missing::refuse);
  ContainerfileOptions shared = options;
  shared.execute.making = std::make_shared<output::KeyedLocks>();
  std::vector<std::unique_ptr<PlatformBuild>> builds;
  for (const plan::ContainerfilePlan& plan : plans)
    builds.push_back(std::make_unique<PlatformBuild>(context, plan, shared, spool, remotes, runner,
                                                     targets, plans.size() > 1));
  try {
    make_blobs(context, builds, options.execute.threads);
  } catch (...) {
    // The next attempt goes on where this one failed.
    Context rest = context;
    rest.stop = {};
    for (const auto& build : builds) build->remember(rest);
    throw;
  }
  for (const auto& build : builds) build->remember(context);
  std::vector<output::MadeImage> made;
  for (const auto& build : builds) made.push_back(build->finish(context));
  return output::publish(context, std::move(made), {}, targets);
}

text::Ignore load_dockerignore(const std::filesystem::path& containerfile,
                               const files::Directory& context) {
  const std::filesystem::path beside = containerfile.string() + ".dockerignore";
  if (const auto text = files::read_file_if_any(beside, k_max_ignore_file))
    return text::Ignore::parse(*text, beside.string());
  const std::string shown = (context.path() / ".dockerignore").string();
  try {
    return text::Ignore::parse(
        files::read_file(context.open(".dockerignore", files::Directory::Links::follow), shown,
                         k_max_ignore_file),
        shown);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
  }
  return {};
}

}  // namespace pinnace::build
