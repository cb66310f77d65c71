#include "build/executor.hpp"

#include "base/error.hpp"
#include "build/image_config.hpp"
#include "build/image_contents.hpp"
#include "build/publish.hpp"
#include "layer/base_tree.hpp"
#include "layer/layer_writer.hpp"
#include "oci/config.hpp"
#include "transfer/parallel.hpp"

namespace pinnace::build {

using base::Context;
using base::Error;
using base::ErrorCode;
using oci::Descriptor;

namespace {

/// A platform's base as it was read: empty for scratch.
struct LoadedBase {
  std::vector<Descriptor> layers;
  oci::Config config;
  layer::BaseTree tree;
};

class Execution {
 public:
  Execution(const Context& context, Plan plan, store::BlobStore* base_store, Targets& targets,
            const ExecuteOptions& options)
      : m_context(context),
        m_plan(std::move(plan)),
        m_base_store(base_store),
        m_targets(targets),
        m_options(options) {}

  BuildResult run();

 private:
  MadeImage build_image(const PlatformPlan& part);
  std::optional<layer::LayerResult> make_own_layer(const PlatformPlan& part,
                                                   const LoadedBase& base);
  static std::vector<BuiltLayer> all_layers(const LoadedBase& base,
                                            const std::optional<layer::LayerResult>& own);
  LoadedBase load_base(const PlatformPlan& part);
  std::optional<layer::LayerResult> make_layer(const Context& context, const PlatformPlan& part,
                                               const layer::BaseTree& tree);

  const Context& m_context;
  Plan m_plan;
  store::BlobStore* m_base_store;
  Targets& m_targets;
  const ExecuteOptions& m_options;
  /// Layers made in this build: platforms mostly share them.
  std::vector<std::pair<layer::FileTree, layer::LayerResult>> m_layers;
};

LoadedBase Execution::load_base(const PlatformPlan& part) {
  if (!part.base) return {{}, oci::Config(part.platform), {}};
  const std::string digest = part.base->manifest.digest.str();
  return base::with_context(
      [&] { return "reading base " + part.base->name; },
      [&]() -> LoadedBase {
        ImageContents contents = read_image(m_context, *m_base_store, digest);
        layer::BaseTree tree;
        if (!m_plan.artifacts.empty()) {
          const std::string hex(part.base->manifest.digest.hex());
          tree = layer::BaseTree::read_cached(m_context, *m_base_store, contents.layers,
                                              m_options.cache / "base-trees" / (hex + ".json"));
        }
        return {std::move(contents.layers), std::move(contents.config), std::move(tree)};
      });
}

std::optional<layer::LayerResult> Execution::make_layer(const Context& context,
                                                        const PlatformPlan& part,
                                                        const layer::BaseTree& base_tree) {
  if (m_plan.artifacts.empty()) return std::nullopt;
  // Trees can be large: the last platform takes the plan's own.
  const bool last = &part == &m_plan.platforms.back();
  layer::FileTree tree = layer::place_on_base(last ? std::move(m_plan.artifacts) : m_plan.artifacts,
                                              base_tree, m_plan.epoch);
  for (const auto& [made, result] : m_layers) {
    if (made.same_headers(tree)) return result;
  }
  layer::LayerResult result = put_layer(context, tree, m_plan.compression, m_options, m_targets);
  m_layers.emplace_back(std::move(tree), result);
  return result;
}

std::optional<layer::LayerResult> Execution::make_own_layer(const PlatformPlan& part,
                                                            const LoadedBase& base) {
  std::optional<layer::LayerResult> own;
  const auto work = [&](const Context& context, std::size_t task) {
    if (task == 0) {
      own = make_layer(context, part, base.tree);
    } else if (m_base_store != nullptr) {
      m_targets.copy_blobs(context, *m_base_store, base.layers);
    }
  };
  transfer::for_each_parallel(m_context, 2, 2, work);
  return own;
}

std::vector<BuiltLayer> Execution::all_layers(const LoadedBase& base,
                                              const std::optional<layer::LayerResult>& own) {
  std::vector<BuiltLayer> layers;
  const std::vector<hash::Digest> diff_ids = base.config.diff_ids();
  for (std::size_t i = 0; i < base.layers.size(); ++i) {
    layers.push_back(base_layer(base.layers[i], diff_ids[i]));
  }
  if (own) layers.push_back({own->descriptor, own->diff_id, false});
  return layers;
}

MadeImage Execution::build_image(const PlatformPlan& part) {
  LoadedBase base = load_base(part);
  const std::optional<layer::LayerResult> own = make_own_layer(part, base);
  oci::Config& config = base.config;
  config.set_created(m_plan.epoch);
  if (own) {
    config.add_layer(own->diff_id,
                     {{"created", config.json().at("created")}, {"created_by", "pinnace build"}});
  }
  std::vector<BuiltLayer> layers = all_layers(base, own);
  apply_config(m_plan.config, config);
  return make_image(m_context, part.platform, config, std::move(layers), part.base,
                    m_plan.annotations, m_targets);
}

BuildResult Execution::run() {
  std::vector<MadeImage> made;
  for (const PlatformPlan& part : m_plan.platforms) {
    m_context.check();
    made.push_back(build_image(part));
  }
  return publish(m_context, std::move(made), m_plan.annotations, m_targets);
}

}  // namespace

BuildResult execute(const Context& context, Plan plan, store::BlobStore* base_store,
                    Targets& targets, const ExecuteOptions& options) {
  return Execution(context, std::move(plan), base_store, targets, options).run();
}

}  // namespace pinnace::build
