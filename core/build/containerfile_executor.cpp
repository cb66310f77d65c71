#include "build/containerfile_executor.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "build/publish.hpp"
#include "build/stage_builder.hpp"
#include "layer/spool.hpp"
#include "transfer/parallel.hpp"

namespace pinnace::build {

using base::Context;
using base::Error;
using base::ErrorCode;
using nlohmann::json;

namespace {

constexpr std::size_t k_max_ignore_file = std::size_t{1} << 20;

/// The build of one platform.
class PlatformBuild {
 public:
  PlatformBuild(const ContainerfilePlan& plan, const ContainerfileOptions& options,
                layer::Spool& spool, RemoteFiles& remotes, RunExecutor& runner, Targets& targets)
      : m_plan(plan),
        m_options(options),
        m_targets(targets),
        m_cache(options.cache, options.exported),
        m_builder(plan, options, spool, remotes, runner, targets, m_cache) {}

  MadeImage run(const Context& context);

 private:
  const ImageInput* find_base() const;
  void make_steps(const Context& context);
  std::vector<HistoryLine> whole_history() const;
  oci::Config make_config(std::vector<BuiltLayer>& layers) const;

  const ContainerfilePlan& m_plan;
  const ContainerfileOptions& m_options;
  Targets& m_targets;
  StepCache m_cache;
  StageBuilder m_builder;
};

/// The image that the target stands on in the end.
const ImageInput* PlatformBuild::find_base() const {
  for (const std::size_t stage : m_builder.needs().written) {
    if (const auto* from = std::get_if<FromImage>(&m_plan.stages[stage].base))
      return &m_plan.images[from->image];
  }
  return nullptr;
}

void PlatformBuild::make_steps(const Context& context) {
  const StepGraph graph = make_step_graph(m_plan);
  transfer::for_each_in_graph(context, graph.dependencies, m_options.execute.threads,
                              [&](const Context& inner, std::size_t number) {
                                const StepGraph::Node& node = graph.nodes[number];
                                if (node.step) {
                                  m_builder.make_step(inner, node.stage, *node.step);
                                } else {
                                  m_builder.start(inner, node.stage);
                                }
                              });
}

/// The history of the target and of the stages that it is built on.
std::vector<HistoryLine> PlatformBuild::whole_history() const {
  std::vector<HistoryLine> lines;
  for (std::size_t stage = m_plan.stages.size() - 1;;) {
    const StagePlan& plan = m_plan.stages[stage];
    lines.insert(lines.begin(), plan.history.begin(), plan.history.end());
    const auto* from = std::get_if<FromStage>(&plan.base);
    if (from == nullptr) return lines;
    stage = from->stage;
  }
}

oci::Config PlatformBuild::make_config(std::vector<BuiltLayer>& layers) const {
  oci::Config config = m_plan.stages.back().config;
  config.set_created(m_options.epoch);
  const json created = config.json().at("created");
  json& history = config.json()["history"];
  if (!history.is_array()) history = json::array();
  auto step = m_builder.steps_of(m_plan.stages.size() - 1).begin();
  for (const HistoryLine& line : whole_history()) {
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

MadeImage PlatformBuild::run(const Context& context) {
  const ImageInput* base = find_base();
  try {
    transfer::for_each_parallel(context, 2, 2, [&](const Context& inner, std::size_t task) {
      if (task == 0) {
        make_steps(inner);
      } else if (base != nullptr) {
        m_targets.copy_blobs(inner, *base->store, base->contents.layers);
      }
    });
  } catch (...) {
    // The next attempt goes on where this one failed.
    Context rest = context;
    rest.stop = {};
    m_cache.remember(rest);
    throw;
  }
  m_cache.remember(context);
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

RemoteFiles::Options remote_options(const ContainerfileOptions& options) {
  RemoteFiles::Options remote;
  remote.downloads.memory = options.execute.cache / "downloads";
  remote.downloads.remember = options.execute.reuse;
  remote.downloads.http = options.remote_http;
  remote.environment = options.run.sandbox.environment;
  const auto agent = options.run.sockets.find("default");
  if (agent != options.run.sockets.end()) remote.ssh_agent = agent->second;
  return remote;
}

}  // namespace

BuildResult execute_containerfile(const Context& context, std::vector<ContainerfilePlan> plans,
                                  const ContainerfileOptions& options, Targets& targets) {
  layer::Spool spool(context.scratch);
  RemoteFiles remotes(remote_options(options), spool, context.scratch);
  RunExecutor runner(options.run);
  const bool may_find = options.cache != nullptr && options.cache->may_find();
  runner.check(context, plans,
               may_find ? RunExecutor::Missing::warn : RunExecutor::Missing::refuse);
  std::vector<MadeImage> made;
  for (const ContainerfilePlan& plan : plans) {
    context.check();
    made.push_back(PlatformBuild(plan, options, spool, remotes, runner, targets).run(context));
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
