#include "build/executor.hpp"

#include "base/error.hpp"
#include "base/parallel.hpp"
#include "declared/image_config.hpp"
#include "image/contents.hpp"
#include "layer/layer_writer.hpp"
#include "oci/config.hpp"
#include "output/created.hpp"
#include "output/publish.hpp"
#include "tree/base_tree.hpp"
#include "tree/placement.hpp"

namespace pinnace::build {

using base::Context;
using oci::Descriptor;

namespace {

/// A platform's base as it was read: empty for scratch.
struct LoadedBase {
  std::vector<Descriptor> layers;
  oci::Config config;
  tree::BaseTree tree;
};

class Execution {
 public:
  Execution(const Context& context, Plan plan, std::shared_ptr<store::BlobStore> base_store,
            output::Targets& targets, const output::MakeOptions& options)
      : m_context(context),
        m_plan(std::move(plan)),
        m_base_store(std::move(base_store)),
        m_targets(targets),
        m_options(options) {}

  output::BuildResult run();

 private:
  LoadedBase load_base(const PlatformPlan& part);
  /// The tree as it stands on a platform's base; nullopt if there are no artifacts.
  std::optional<tree::FileTree> place(const PlatformPlan& part, const LoadedBase& base);
  std::optional<output::BuildResult> find_result(const PlatformPlan& part, const LoadedBase& base,
                                                 const std::optional<tree::FileTree>& tree);
  output::MadeImage build_image(const PlatformPlan& part, const LoadedBase& base,
                                std::optional<tree::FileTree> tree);
  std::optional<layer::LayerResult> make_own_layer(const LoadedBase& base,
                                                   std::optional<tree::FileTree> tree);
  std::optional<layer::LayerResult> make_layer(const Context& context,
                                               std::optional<tree::FileTree> tree);
  static std::vector<output::BuiltLayer> all_layers(const LoadedBase& base,
                                                    const std::optional<layer::LayerResult>& own);
  oci::Config make_config(const PlatformPlan& part, const LoadedBase& base,
                          const std::optional<layer::LayerResult>& own) const;

  const Context& m_context;
  Plan m_plan;
  std::shared_ptr<store::BlobStore> m_base_store;
  output::Targets& m_targets;
  const output::MakeOptions& m_options;
  /// Layers made in this build: platforms mostly share them.
  std::vector<std::pair<tree::FileTree, layer::LayerResult>> m_layers;
};

LoadedBase Execution::load_base(const PlatformPlan& part) {
  if (!part.base) return {{}, oci::Config(part.platform), {}};
  return base::with_context(
      [&] { return "reading base " + part.base->name; },
      [&]() -> LoadedBase {
        image::ImageContents contents = image::read_image(
            m_context, *m_base_store, part.base->manifest, image::ImageCache::at(m_options.local));
        tree::BaseTree tree;
        if (!m_plan.artifacts.empty()) {
          const std::string hex(part.base->manifest.digest.hex());
          tree = tree::BaseTree::read_cached(m_context, *m_base_store, contents.stored_layers(),
                                             m_options.local.at(local::Part::base_trees) / hex);
        }
        return {std::move(contents.layers), std::move(contents.config), std::move(tree)};
      });
}

std::optional<tree::FileTree> Execution::place(const PlatformPlan& part, const LoadedBase& base) {
  if (m_plan.artifacts.empty()) return std::nullopt;
  // Trees can be large: the last platform takes the plan's own.
  const bool last = &part == &m_plan.platforms.back();
  return tree::place_on_base(last ? std::move(m_plan.artifacts) : m_plan.artifacts, base.tree,
                             m_plan.epoch());
}

std::optional<layer::LayerResult> Execution::make_layer(const Context& context,
                                                        std::optional<tree::FileTree> tree) {
  if (!tree) return std::nullopt;
  for (const auto& [made, result] : m_layers) {
    if (made.same_headers(*tree)) return result;
  }
  layer::LayerResult result =
      output::put_layer(context, *tree, m_plan.compression, m_options, m_targets);
  m_layers.emplace_back(*std::move(tree), result);
  return result;
}

std::optional<layer::LayerResult> Execution::make_own_layer(const LoadedBase& base,
                                                            std::optional<tree::FileTree> tree) {
  std::optional<layer::LayerResult> own;
  const auto work = [&](const Context& context, std::size_t task) {
    if (task == 0) {
      own = make_layer(context, std::move(tree));
    } else if (m_base_store != nullptr) {
      m_targets.copy_blobs(context, m_base_store, base.layers);
    }
  };
  base::for_each_parallel(m_context, 2, 2, work);
  return own;
}

std::vector<output::BuiltLayer> Execution::all_layers(
    const LoadedBase& base, const std::optional<layer::LayerResult>& own) {
  std::vector<output::BuiltLayer> layers;
  const std::vector<hash::Digest> diff_ids = base.config.diff_ids();
  for (std::size_t i = 0; i < base.layers.size(); ++i) {
    layers.push_back(output::base_layer(base.layers[i], diff_ids[i]));
  }
  if (own) layers.push_back({own->descriptor, own->diff_id, false});
  return layers;
}

oci::Config Execution::make_config(const PlatformPlan& part, const LoadedBase& base,
                                   const std::optional<layer::LayerResult>& own) const {
  oci::Config config = base.config;
  config.set_variant(part.platform);
  output::set_created(config, m_plan.source_date);
  if (own) {
    config.add_layer(own->diff_id,
                     {{"created", config.json().at("created")}, {"created_by", "pinnace build"}});
  }
  declared::apply_config(m_plan.config, config);
  return config;
}

/// The whole result, if the files are those of an earlier build, and the targets have its image.
std::optional<output::BuildResult> Execution::find_result(
    const PlatformPlan& part, const LoadedBase& base, const std::optional<tree::FileTree>& tree) {
  std::optional<layer::LayerResult> own;
  if (tree) {
    own = output::find_layer(m_context, *tree, m_plan.compression, m_options);
    if (!own) return std::nullopt;
  }
  const oci::Descriptor config = output::Targets::describe_bytes(
      make_config(part, base, own).to_bytes(), oci::media_type::k_config);
  output::MadeImage made = output::describe_image(part.platform, config, all_layers(base, own),
                                                  part.base, m_plan.annotations);
  if (!m_targets.have_root(m_context, made.manifest)) return std::nullopt;
  m_context.log("nothing changed: " + made.manifest.digest.str() + " is there");
  return output::BuildResult{made.manifest.descriptor(), {std::move(made.image)}};
}

output::MadeImage Execution::build_image(const PlatformPlan& part, const LoadedBase& base,
                                         std::optional<tree::FileTree> tree) {
  const std::optional<layer::LayerResult> own = make_own_layer(base, std::move(tree));
  return output::make_image(m_context, part.platform, make_config(part, base, own),
                            all_layers(base, own), part.base, m_plan.annotations, m_targets);
}

output::BuildResult Execution::run() {
  std::vector<output::MadeImage> made;
  for (const PlatformPlan& part : m_plan.platforms) {
    m_context.check();
    LoadedBase base = load_base(part);
    std::optional<tree::FileTree> tree = place(part, base);
    // Of several platforms each has its own manifest below an index: they go the usual way.
    if (m_plan.platforms.size() == 1) {
      if (auto result = find_result(part, base, tree)) return *std::move(result);
    }
    made.push_back(build_image(part, base, std::move(tree)));
  }
  return output::publish(m_context, std::move(made), m_plan.annotations, m_targets);
}

}  // namespace

output::BuildResult execute(const Context& context, Plan plan,
                            std::shared_ptr<store::BlobStore> base_store, output::Targets& targets,
                            const output::MakeOptions& options) {
  return Execution(context, std::move(plan), std::move(base_store), targets, options).run();
}

}  // namespace pinnace::build
