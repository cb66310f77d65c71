#include "jobs/base_image.hpp"

#include "base/error.hpp"
#include "build/image_cache.hpp"
#include "oci/config.hpp"

namespace pinnace::jobs {

using base::Error;
using base::ErrorCode;

namespace {

/// The platform of a single manifest stands in its configuration only.
oci::Platform platform_of(const base::Context& context, store::BlobStore& store,
                          const build::ImageCache& cache, const oci::RawManifest& raw) {
  const oci::Manifest manifest = oci::Manifest::parse(raw);
  auto config = cache.find(manifest.config.digest, oci::k_max_config);
  if (!config) config = store::read_blob(store, context, manifest.config, oci::k_max_config);
  return oci::Config::parse(*config).platform();
}

/// Indexes in indexes, as some tools write them, are looked into so far.
constexpr int k_max_depth = 4;

void add_platforms(const base::Context& context, store::BlobStore& store,
                   const oci::RawManifest& index, int depth, lock::LockedImage& image) {
  for (const oci::Descriptor& child : oci::Index::parse(index).manifests) {
    if (oci::media_type::is_index(child.media_type) && depth < k_max_depth) {
      const auto inner = store::get_manifest(store, context, child.digest.str());
      add_platforms(context, store, inner, depth + 1, image);
    }
    // Attestations stand in the index as images for "unknown/unknown".
    if (!child.platform || child.platform->os == "unknown" ||
        !oci::media_type::is_manifest(child.media_type)) {
      continue;
    }
    image.platforms.insert(
        {child.platform->normalized().str(), {child.digest, child.size, child.media_type}});
  }
}

}  // namespace

ImageName parse_base_name(const std::string& base, const std::filesystem::path& definition_file) {
  ImageName name = oci::parse_base_name(base);
  if (auto* layout = std::get_if<LayoutName>(&name)) {
    layout->directory = definition_file.parent_path() / layout->directory;
  } else if (auto* archive = std::get_if<ArchiveName>(&name)) {
    archive->file = definition_file.parent_path() / archive->file;
  }
  return name;
}

lock::LockedImage resolve_image(const base::Context& context, Access& access,
                                const std::string& name, const ImageName& location) {
  const Located located = access.locate(location, Purpose::read);
  const oci::RawManifest raw =
      store::get_manifest(*located.store, context, located.tag_or_digest());
  if (located.makes_manifests) {
    context.log(name + ": an archive of docker save has no manifest; " + raw.digest.str() +
                " is of one made of its configuration and its layers as they are in the archive, "
                "and not the image's digest in a registry");
  }
  const auto cache = build::ImageCache::at(access.cache());
  lock::LockedImage image{name, raw.digest, raw.media_type, raw.bytes.size(), {}};
  if (!raw.is_index()) {
    const oci::Platform platform = platform_of(context, *located.store, cache, raw).normalized();
    image.platforms.insert({platform.str(), {raw.digest, raw.bytes.size(), raw.media_type}});
    return image;
  }
  add_platforms(context, *located.store, raw, 1, image);
  return image;
}

std::filesystem::path default_lock_file(const std::filesystem::path& definition_file) {
  return definition_file.parent_path() / lock::k_file_name;
}

std::optional<lock::Lock> load_lock_if_present(const std::filesystem::path& file) {
  try {
    return lock::load(file);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return std::nullopt;
    throw;
  }
}

}  // namespace pinnace::jobs
