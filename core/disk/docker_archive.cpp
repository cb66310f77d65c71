#include "disk/docker_archive.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "archive/entry_path.hpp"
#include "base/checked_source.hpp"
#include "base/error.hpp"
#include "hash/hasher.hpp"
#include "json/json.hpp"
#include "oci/config.hpp"
#include "oci/foreign_layer.hpp"
#include "oci/image_platform.hpp"
#include "oci/reference.hpp"

namespace pinnace::disk {

using base::Error;
using base::ErrorCode;
using Json = nlohmann::json;

namespace {

constexpr std::size_t k_max_images = 1'000;
constexpr std::size_t k_max_layers = 20'000;  // of all images together
constexpr std::uint64_t k_max_configs = std::uint64_t{256} << 20;
constexpr std::string_view k_gzip = "\x1f\x8b";
constexpr std::string_view k_zstd = "\x28\xb5\x2f\xfd";

oci::Descriptor descriptor(std::string_view type, const hash::Digest& digest, std::uint64_t size) {
  return {std::string(type), digest, size, {}, {}, {}, Json::object()};
}

/// What an image needs of a configuration, which other images may have, too.
struct KnownConfig {
  oci::Descriptor blob;
  std::vector<hash::Digest> diff_ids;
};

/// Reads the images of a manifest.json.
class Reader {
 public:
  Reader(const base::Context& context, const TarFiles& files)
      : m_context(context), m_files(files) {}

  DockerImages read() {
    const std::string what = m_files.path().string() + ": " + k_docker_manifest_file;
    const Json document =
        json::parse(m_files.read(k_docker_manifest_file, oci::k_max_manifest), what);
    for (const json::Node& image : json::Node(document, what).items(k_max_images)) {
      add_image(image);
    }
    return std::move(m_images);
  }

 private:
  void add_image(const json::Node& image);
  const KnownConfig& config_of(const json::Node& name);
  std::vector<oci::Descriptor> layers_of(const json::Node& image,
                                         const std::vector<hash::Digest>& diff_ids);
  oci::Descriptor layer(const TarFiles::Place& place, const hash::Digest& diff_id);
  const TarFiles::Place& place_of(const json::Node& node) const;

  const base::Context& m_context;
  const TarFiles& m_files;
  DockerImages m_images;
  std::map<std::uint64_t, hash::Digest> m_hashed;  ///< of compressed layers, by where they stand
  std::map<std::uint64_t, KnownConfig> m_known;    ///< by where they stand, too
  std::size_t m_layers = 0;
  std::uint64_t m_configs = 0;
};

const TarFiles::Place& Reader::place_of(const json::Node& node) const {
  const std::string name = base::with_context([&] { return node.where(); },
                                              [&] { return archive::entry_path(node.text()); });
  const TarFiles::Place* place = m_files.find(name);
  if (place == nullptr) node.fail("the name of a file in the archive");
  return *place;
}

/// A layer as it stands in the archive.
oci::Descriptor Reader::layer(const TarFiles::Place& place, const hash::Digest& diff_id) {
  const std::string beginning =
      m_files.read({place.offset, std::min<std::uint64_t>(place.size, 4)}, 4, "layer");
  const bool gzip = beginning.starts_with(k_gzip);
  if (!gzip && !beginning.starts_with(k_zstd)) {
    return descriptor(oci::media_type::k_layer, diff_id, place.size);
  }
  auto known = m_hashed.find(place.offset);
  if (known == m_hashed.end()) {
    base::CheckedSource source(m_context, m_files.open(place));
    hash::Hasher hasher;
    base::copy(source, hasher);
    known = m_hashed.emplace(place.offset, hasher.finish()).first;
  }
  return descriptor(gzip ? oci::media_type::k_layer_gzip : oci::media_type::k_layer_zstd,
                    known->second, place.size);
}

std::vector<oci::Descriptor> Reader::layers_of(const json::Node& image,
                                               const std::vector<hash::Digest>& diff_ids) {
  const json::Node list = image.field("Layers");
  const std::vector<json::Node> names = list.items(k_max_layers);
  if (names.size() != diff_ids.size()) {
    list.fail("as many layers as the configuration has, " + std::to_string(diff_ids.size()));
  }
  m_layers += names.size();
  if (m_layers > k_max_layers) list.fail("at most 20,000 layers in all images");
  std::vector<oci::Descriptor> layers;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const TarFiles::Place& place = place_of(names[i]);
    layers.push_back(layer(place, diff_ids[i]));
    m_images.blobs[layers.back().digest] = place;
  }
  return layers;
}

const KnownConfig& Reader::config_of(const json::Node& name) {
  const TarFiles::Place& place = place_of(name);
  if (const auto known = m_known.find(place.offset); known != m_known.end()) return known->second;
  m_configs += place.size;
  if (m_configs > k_max_configs) name.fail("configurations of at most 256 MiB together");
  const std::string bytes = m_files.read(place, oci::k_max_config, name.where());
  const oci::Config config =
      base::with_context([&] { return name.where(); }, [&] { return oci::Config::parse(bytes); });
  KnownConfig known{descriptor(oci::media_type::k_config, hash::Digest::of(bytes), bytes.size()),
                    config.diff_ids()};
  m_images.blobs[known.blob.digest] = place;
  return m_known.emplace(place.offset, std::move(known)).first->second;
}

void Reader::add_image(const json::Node& image) {
  m_context.check();
  const KnownConfig& config = config_of(image.object().field("Config"));
  const oci::RawManifest manifest = oci::Manifest{
      std::string(oci::media_type::k_manifest),
      config.blob,
      layers_of(image, config.diff_ids),
      {},
      {},
      {}}.to_raw();
  m_images.manifests.emplace(manifest.digest, manifest);
  bool is_named = false;
  if (const auto tags = image.optional_field("RepoTags")) {
    for (const std::string& tag : tags->texts(k_max_images)) {
      const auto name_of_tag = whole_name(tag);
      if (name_of_tag) m_images.index.move_tag(manifest, *name_of_tag);
      is_named = is_named || name_of_tag;
    }
  }
  if (!is_named) m_images.index.list({manifest});
}

void check_is_image(const oci::Manifest& manifest, const hash::Digest& digest) {
  if (oci::is_image(manifest)) return;
  throw Error(ErrorCode::unsupported, "docker-archive: holds images, and " + digest.str() +
                                          " is none (" + manifest.config.media_type + ")");
}

/// The manifest of the only image of an index; those of attestations are none.
oci::RawManifest only_image(const oci::RawManifest& root,
                            const std::function<oci::RawManifest(const hash::Digest&)>& find) {
  if (!root.is_index()) return root;
  std::vector<hash::Digest> images;
  std::string list;
  for (const oci::Descriptor& child : oci::Index::parse(root).manifests) {
    if (!oci::media_type::is_manifest(child.media_type)) continue;
    if (child.platform && child.platform->os == "unknown") continue;
    images.push_back(child.digest);
    list += (list.empty() ? "" : ", ") + child.digest.str() +
            (child.platform ? " (" + child.platform->str() + ")" : "");
  }
  if (images.size() == 1) return find(images.front());
  throw Error(ErrorCode::unsupported,
              "docker-archive: holds an image for one platform, expected the digest "
              "(REPOSITORY@sha256:...) of one of: " +
                  list);
}

void check_is_here(const oci::Descriptor& layer, const hash::Digest& image) {
  if (!oci::is_foreign_layer(layer)) return;
  throw Error(ErrorCode::invalid_input,
              "the layer " + layer.digest.str() + " of " + image.str() +
                  " may only be had at its URL, and docker load wants every layer in the archive; "
                  "oci-archive: can do without");
}

}  // namespace

std::optional<std::string> whole_name(std::string_view text) {
  try {
    const oci::Reference reference = oci::Reference::parse(text);
    return reference.name() + ":" + reference.tag().value_or("latest");
  } catch (const Error&) {
    return std::nullopt;  // "<none>:<none>"
  }
}

DockerImages read_docker_images(const base::Context& context, const TarFiles& files) {
  if (files.find(k_docker_manifest_file) == nullptr) {
    throw Error(ErrorCode::invalid_input, files.path().string() +
                                              " is no archive of docker save, expected the file "
                                              "manifest.json in it");
  }
  return Reader(context, files).read();
}

std::string docker_manifest_text(const LayoutIndex& index,
                                 const std::function<oci::RawManifest(const hash::Digest&)>& find) {
  std::map<hash::Digest, Json> images;
  for (const oci::Descriptor& entry : index.entries()) {
    const auto name = entry.annotations.find(k_ref_name);
    if (name == entry.annotations.end()) continue;
    const oci::RawManifest raw = only_image(find(entry.digest), find);
    Json& image = images[raw.digest];
    if (image.is_null()) {
      const oci::Manifest manifest = oci::Manifest::parse(raw);
      check_is_image(manifest, entry.digest);
      Json layers = Json::array();
      for (const oci::Descriptor& layer : manifest.layers) {
        check_is_here(layer, entry.digest);
        layers.push_back(layout_path(layer.digest));
      }
      image = {{"Config", layout_path(manifest.config.digest)},
               {"RepoTags", nullptr},
               {"Layers", std::move(layers)}};
    }
    if (whole_name(name->second) == name->second) image["RepoTags"].push_back(name->second);
  }
  Json all = Json::array();
  for (auto& [digest, image] : images) {
    if (image["RepoTags"].is_array()) std::sort(image["RepoTags"].begin(), image["RepoTags"].end());
    all.push_back(std::move(image));
  }
  return all.dump();
}

std::string docker_index_text(const LayoutIndex& index) {
  Json list = Json::array();
  for (oci::Descriptor entry : index.entries()) {
    const std::string name = entry.annotations[k_ref_name];
    entry.annotations.erase(k_ref_name);
    if (whole_name(name) == name) {
      entry.annotations[k_image_name] = name;
      entry.annotations[k_ref_name] = name.substr(name.rfind(':') + 1);
    }
    list.push_back(entry.to_json());
  }
  std::sort(list.begin(), list.end());
  return Json{
      {"schemaVersion", 2}, {"mediaType", oci::media_type::k_index}, {"manifests", std::move(list)}}
      .dump();
}

}  // namespace pinnace::disk
