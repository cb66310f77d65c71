#include "build/executor.hpp"

#include "base/error.hpp"
#include "build/image_config.hpp"
#include "layer/base_tree.hpp"
#include "layer/layer_cache.hpp"
#include "layer/layer_writer.hpp"
#include "oci/config.hpp"
#include "transfer/parallel.hpp"

namespace pinnace::build {

using base::Context;
using base::Error;
using base::ErrorCode;
using oci::Descriptor;

namespace {

/// How often a layer is made at most, where the registry loses its upload.
constexpr unsigned k_makings = 4;

/// Docker's name of a gzip layer becomes OCI's in our manifests: the bytes are the same kind.
std::string oci_layer_type(const std::string& media_type) {
  if (media_type == oci::media_type::k_docker_layer_gzip) {
    return std::string(oci::media_type::k_layer_gzip);
  }
  return media_type;
}

Descriptor described(std::string media_type, const Descriptor& blob) {
  return {std::move(media_type), blob.digest, blob.size, {}, {}, {}, nlohmann::json::object()};
}

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
  struct Made {
    BuiltImage image;
    oci::RawManifest manifest;
  };
  Made build_image(const PlatformPlan& part);
  std::optional<layer::LayerResult> make_own_layer(const PlatformPlan& part,
                                                   const LoadedBase& base);
  static std::vector<BuiltLayer> all_layers(const LoadedBase& base,
                                            const std::optional<layer::LayerResult>& own);
  LoadedBase load_base(const PlatformPlan& part);
  std::optional<layer::LayerResult> make_layer(const Context& context, const PlatformPlan& part,
                                               const layer::BaseTree& tree);
  layer::LayerResult remembered_or_written(const Context& context, const layer::FileTree& tree);
  layer::LayerResult write_layer(const Context& context, const layer::FileTree& tree);
  layer::LayerResult write_layer_until_kept(const Context& context, const layer::FileTree& tree);
  oci::RawManifest make_manifest(const PlatformPlan& part, const Descriptor& config,
                                 const std::vector<BuiltLayer>& layers) const;
  oci::RawManifest make_index(const std::vector<Made>& images) const;

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
        const auto manifest =
            oci::Manifest::parse(store::get_manifest(*m_base_store, m_context, digest));
        oci::Config config = oci::Config::parse(
            store::read_blob(*m_base_store, m_context, manifest.config, oci::k_max_config));
        if (config.diff_ids().size() != manifest.layers.size()) {
          throw Error(ErrorCode::invalid_input,
                      digest + " has " + std::to_string(manifest.layers.size()) + " layers, but " +
                          std::to_string(config.diff_ids().size()) +
                          " diff_ids in its configuration");
        }
        layer::BaseTree tree;
        if (!m_plan.artifacts.empty()) {
          const std::string hex(part.base->manifest.digest.hex());
          tree = layer::BaseTree::read_cached(m_context, *m_base_store, manifest.layers,
                                              m_options.cache / "base-trees" / (hex + ".json"));
        }
        return {manifest.layers, std::move(config), std::move(tree)};
      });
}

layer::LayerResult Execution::write_layer(const Context& context, const layer::FileTree& tree) {
  const auto writer = m_targets.create_blob(context);
  layer::LayerResult result =
      layer::write_layer(context, tree, {m_plan.compression, m_options.threads}, *writer);
  writer->commit(result.descriptor.digest, result.descriptor.size);
  return result;
}

/// Not every registry goes on with an upload whose connection broke.
layer::LayerResult Execution::write_layer_until_kept(const Context& context,
                                                     const layer::FileTree& tree) {
  for (unsigned made = 1;; ++made) {
    try {
      return write_layer(context, tree);
    } catch (const store::LostUpload& lost) {
      if (made == k_makings) throw;
      context.warn(std::string(lost.what()) + ": making the layer again");
    }
  }
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
  layer::LayerResult result = remembered_or_written(context, tree);
  m_layers.emplace_back(std::move(tree), result);
  return result;
}

layer::LayerResult Execution::remembered_or_written(const Context& context,
                                                    const layer::FileTree& tree) {
  const layer::LayerCache cache(m_options.cache / "layers");
  const auto key = layer::layer_key(tree, m_plan.compression, context.now());
  if (key) {
    const auto known = cache.find(*key);
    if (known && m_targets.have_blob(context, known->descriptor)) {
      context.log("no file changed: layer " + known->descriptor.digest.str() + " is there");
      return *known;
    }
  }
  layer::LayerResult result = write_layer_until_kept(context, tree);
  if (key) cache.put(context, *key, result);
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
    const Descriptor& layer = base.layers[i];
    layers.push_back({described(oci_layer_type(layer.media_type), layer), diff_ids[i], true});
  }
  if (own) layers.push_back({own->descriptor, own->diff_id, false});
  return layers;
}

Execution::Made Execution::build_image(const PlatformPlan& part) {
  LoadedBase base = load_base(part);
  const std::optional<layer::LayerResult> own = make_own_layer(part, base);
  const std::vector<BuiltLayer> layers = all_layers(base, own);
  oci::Config& config = base.config;
  config.set_created(m_plan.epoch);
  if (own) {
    config.add_layer(own->diff_id,
                     {{"created", config.json().at("created")}, {"created_by", "pinnace build"}});
  }
  apply_config(m_plan.config, config);
  const Descriptor config_blob =
      m_targets.put_bytes(m_context, config.to_bytes(), oci::media_type::k_config);
  oci::RawManifest manifest = make_manifest(part, config_blob, layers);
  Descriptor descriptor = manifest.descriptor();
  descriptor.platform = part.platform;
  return {{part.platform, std::move(descriptor), config_blob, layers, part.base},
          std::move(manifest)};
}

oci::RawManifest Execution::make_manifest(const PlatformPlan& part, const Descriptor& config,
                                          const std::vector<BuiltLayer>& layers) const {
  oci::Manifest manifest{
      std::string(oci::media_type::k_manifest), config, {}, {}, {}, m_plan.annotations};
  for (const BuiltLayer& layer : layers) manifest.layers.push_back(layer.descriptor);
  if (part.base) {
    manifest.annotations["org.opencontainers.image.base.digest"] = part.base->manifest.digest.str();
    manifest.annotations["org.opencontainers.image.base.name"] = part.base->name;
  }
  return manifest.to_raw();
}

oci::RawManifest Execution::make_index(const std::vector<Made>& images) const {
  oci::Index index{std::string(oci::media_type::k_index), {}, {}, {}, m_plan.annotations};
  for (const Made& made : images) index.manifests.push_back(made.image.manifest);
  return index.to_raw();
}

BuildResult Execution::run() {
  std::vector<Made> made;
  for (const PlatformPlan& part : m_plan.platforms) {
    m_context.check();
    made.push_back(build_image(part));
  }
  const bool alone = made.size() == 1;
  if (!alone) {
    for (const Made& one : made) m_targets.put_manifest(m_context, one.manifest);
  }
  const oci::RawManifest root = alone ? made.front().manifest : make_index(made);
  m_targets.put_root(m_context, root);
  BuildResult result{root.descriptor(), {}};
  for (Made& one : made) result.images.push_back(std::move(one.image));
  return result;
}

}  // namespace

BuildResult execute(const Context& context, Plan plan, store::BlobStore* base_store,
                    Targets& targets, const ExecuteOptions& options) {
  return Execution(context, std::move(plan), base_store, targets, options).run();
}

}  // namespace pinnace::build
