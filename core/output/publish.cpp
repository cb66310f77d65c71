#include "output/publish.hpp"

#include "compress/chunk_cache.hpp"
#include "layer/layer_cache.hpp"

namespace pinnace::output {

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

/// Chunks of smaller layers are not kept: they are compressed in no time.
constexpr std::uint64_t k_big_layer = std::uint64_t{64} << 20;
/// What is always left of the disk for other things than chunks.
constexpr std::uint64_t k_spare_disk = std::uint64_t{1} << 30;

/// The compressed chunks of earlier builds, for a layer of which a few files changed. Null where
/// they are of no use or there is no room.
std::unique_ptr<compress::ChunkCache> open_chunks(const base::Context& context,
                                                  const tree::FileTree& tree,
                                                  const MakeOptions& options) {
  using compress::ChunkCache;
  const std::uint64_t size = tree.content_size();
  if (options.compression.format != compress::Format::gzip || options.chunk_bytes == 0 ||
      size < k_big_layer) {
    return nullptr;
  }
  try {
    auto chunks = std::make_unique<ChunkCache>(
        options.local.at(local::Part::chunks),
        options.reuse ? ChunkCache::Reuse::yes : ChunkCache::Reuse::no);
    const auto disk = std::filesystem::space(options.local.at(local::Part::chunks));
    return disk.available < size + k_spare_disk ? nullptr : std::move(chunks);
  } catch (const std::exception& error) {
    context.warn("no compressed chunks are kept: " + std::string(error.what()));
    return nullptr;
  }
}

void close_chunks(const base::Context& context, const compress::ChunkCache& chunks,
                  const MakeOptions& options) {
  if (const auto problem = chunks.problem())
    context.warn("not all compressed chunks are kept: " + *problem);
  if (chunks.reused() != 0) {
    context.log("compressed " + std::to_string(chunks.kept()) + " chunks, took " +
                std::to_string(chunks.reused()) + " from earlier builds");
  }
  if (chunks.kept() == 0) return;
  try {
    compress::ChunkCache::collect(options.local.at(local::Part::chunks), {options.chunk_bytes, {}});
  } catch (const base::Error& error) {  // what was built is as good without
    context.warn("can't tidy the compressed chunks: " + std::string(error.what()));
  }
}

layer::LayerResult write_once(const base::Context& context, const tree::FileTree& tree,
                              const layer::LayerOptions& options, Targets& targets) {
  const auto writer = targets.create_blob(context);
  layer::LayerResult result = layer::write_layer(context, tree, options, *writer);
  writer->commit(result.descriptor.digest, result.descriptor.size);
  return result;
}

/// Not every registry goes on with an upload whose connection broke.
layer::LayerResult write_until_kept(const base::Context& context, const tree::FileTree& tree,
                                    const layer::LayerOptions& options, Targets& targets) {
  for (unsigned made = 1;; ++made) {
    try {
      return write_once(context, tree, options, targets);
    } catch (const store::LostUpload& lost) {
      if (made == k_makings) throw;
      context.warn(std::string(lost.what()) + ": making the layer again");
    }
  }
}

oci::RawManifest make_index(const std::vector<MadeImage>& images,
                            const std::map<std::string, std::string>& annotations) {
  oci::Index index{std::string(oci::media_type::k_index), {}, {}, {}, annotations};
  for (const MadeImage& made : images) index.manifests.push_back(made.image.manifest);
  return index.to_raw();
}

}  // namespace

BuiltLayer base_layer(const oci::Descriptor& layer, const hash::Digest& diff_id) {
  return {{oci_layer_type(layer.media_type),
           layer.digest,
           layer.size,
           {},
           {},
           {},
           nlohmann::json::object()},
          diff_id,
          true};
}

std::optional<layer::LayerResult> find_layer(const base::Context& context,
                                             const tree::FileTree& tree,
                                             const MakeOptions& options) {
  const auto key =
      options.reuse ? layer::layer_key(tree, options.compression, context.now()) : std::nullopt;
  if (!key) return std::nullopt;
  return layer::LayerCache(options.local.at(local::Part::layers)).find(*key);
}

layer::LayerResult put_layer(const base::Context& context, const tree::FileTree& tree,
                             const MakeOptions& options, Targets& targets) {
  const layer::LayerCache cache(options.local.at(local::Part::layers));
  const auto key = layer::layer_key(tree, options.compression, context.now());
  // Platforms often have the same files: the second takes over what the first makes.
  std::unique_lock<std::mutex> making;
  if (key && options.making) making = options.making->lock(key->str());
  if (key && options.reuse) {
    const auto known = cache.find(*key);
    if (known && targets.have_blob(context, known->descriptor)) {
      context.log("no file changed: layer " + known->descriptor.digest.str() + " is there");
      return *known;
    }
  }
  layer::ChangeWatch watch(context.now());
  const auto chunks = open_chunks(context, tree, options);
  layer::LayerResult result = write_until_kept(
      context, tree, {options.compression, options.threads, chunks.get(), key ? &watch : nullptr},
      targets);
  if (chunks) close_chunks(context, *chunks, options);
  if (key && watch.changes_show()) cache.put(context, *key, result);
  return result;
}

MadeImage describe_image(const oci::Platform& platform, const oci::Descriptor& config,
                         std::vector<BuiltLayer> layers,
                         const std::optional<image::BaseImage>& base,
                         const std::map<std::string, std::string>& annotations) {
  oci::Manifest manifest{std::string(oci::media_type::k_manifest), config, {}, {}, {}, annotations};
  for (const BuiltLayer& layer : layers) manifest.layers.push_back(layer.descriptor);
  if (base) {
    manifest.annotations["org.opencontainers.image.base.digest"] = base->manifest.digest.str();
    manifest.annotations["org.opencontainers.image.base.name"] = base->name;
  }
  oci::RawManifest raw = manifest.to_raw();
  oci::Descriptor descriptor = raw.descriptor();
  descriptor.platform = platform;
  return {{platform, std::move(descriptor), config, std::move(layers), base}, std::move(raw)};
}

MadeImage make_image(const base::Context& context, const oci::Platform& platform,
                     const oci::Config& config, std::vector<BuiltLayer> layers,
                     const std::optional<image::BaseImage>& base,
                     const std::map<std::string, std::string>& annotations, Targets& targets) {
  const oci::Descriptor blob =
      targets.put_bytes(context, config.to_bytes(), oci::media_type::k_config);
  return describe_image(platform, blob, std::move(layers), base, annotations);
}

BuildResult publish(const base::Context& context, std::vector<MadeImage> images,
                    const std::map<std::string, std::string>& annotations, Targets& targets) {
  const bool alone = images.size() == 1;
  if (!alone) {
    for (const MadeImage& one : images) targets.put_child(context, one.manifest);
  }
  const oci::RawManifest root = alone ? images.front().manifest : make_index(images, annotations);
  targets.put_root(context, root);
  BuildResult result{root.descriptor(), {}};
  for (MadeImage& one : images) result.images.push_back(std::move(one.image));
  return result;
}

}  // namespace pinnace::output
