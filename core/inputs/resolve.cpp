#include "inputs/resolve.hpp"

#include "base/error.hpp"
#include "image/cache.hpp"
#include "oci/config.hpp"
#include "oci/image_platform.hpp"
#include "store/child_manifest.hpp"

namespace pinnace::inputs {

using base::Error;
using base::ErrorCode;

namespace {

/// Indexes in indexes, as some tools write them, are looked into so far.
constexpr int k_max_depth = 4;
/// So many manifests are read at most to learn the platforms of one image.
constexpr int k_max_read = 200;

/// Finds the platforms of an image, and the manifest of each.
class PlatformReader {
 public:
  PlatformReader(const base::Context& context, store::BlobStore& store, places::Access& access,
                 definition::LockedImage& image, OtherManifests* others = nullptr)
      : m_context(context),
        m_store(store),
        m_cache(image::ImageCache::at(access.local())),
        m_image(image),
        m_others(others) {}

  /// By its digest: what was read once is taken from the store.
  oci::RawManifest read(const oci::Descriptor& manifest) const {
    return m_cache.manifest(m_context, m_store, manifest);
  }
  void add(const oci::RawManifest& raw) {
    if (raw.is_index()) return add_children(raw, 1);
    add(raw.descriptor(), read_config(oci::Manifest::parse(raw)).platform());
  }

 private:
  void add_children(const oci::RawManifest& index, int depth);
  void add_unnamed(const oci::Descriptor& child);
  void add(const oci::Descriptor& manifest, const oci::Platform& platform);
  oci::Config read_config(const oci::Manifest& manifest) const;
  void count_read();

  const base::Context& m_context;
  store::BlobStore& m_store;
  image::ImageCache m_cache;
  definition::LockedImage& m_image;
  OtherManifests* m_others;
  int m_read = 0;
};

oci::Config PlatformReader::read_config(const oci::Manifest& manifest) const {
  oci::refuse_artifact(manifest, m_image.name);
  return oci::Config::parse(m_cache.config(m_context, m_store, manifest.config));
}

/// Attestations stand in an index as images for "unknown/unknown".
void PlatformReader::add(const oci::Descriptor& manifest, const oci::Platform& platform) {
  if (platform.os == "unknown") return;
  const auto [known, is_new] = m_image.platforms.insert(
      {platform.normalized().str(), {manifest.digest, manifest.size, manifest.media_type}});
  if (is_new || m_others == nullptr || known->second.digest == manifest.digest) return;
  (*m_others)[known->first].insert(manifest.digest);
}

void PlatformReader::count_read() {
  if (++m_read <= k_max_read) return;
  throw Error(ErrorCode::invalid_input, m_image.digest.str() + " of " + m_store.where() +
                                            " lists more than " + std::to_string(k_max_read) +
                                            " indexes and images without a platform");
}

/// An entry that says no platform: its configuration does, as that of an image without an index. A
/// layout may lack what nobody asked for.
void PlatformReader::add_unnamed(const oci::Descriptor& child) {
  count_read();
  try {
    const auto manifest = oci::Manifest::parse(read(child));
    if (oci::is_image(manifest)) add(child, read_config(manifest).platform());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
  }
}

void PlatformReader::add_children(const oci::RawManifest& index, int depth) {
  for (const oci::Descriptor& child : oci::Index::parse(index).manifests) {
    if (oci::media_type::is_index(child.media_type) && depth < k_max_depth) {
      count_read();
      add_children(read(child), depth + 1);
    } else if (oci::media_type::is_manifest(child.media_type)) {
      if (child.platform) {
        add(child, *child.platform);
      } else {
        add_unnamed(child);
      }
    }
  }
}

}  // namespace

oci::ImageName from_here(const definition::NamedImage& image,
                         const std::filesystem::path& definition_file) {
  return oci::in_directory(image.name, definition_file.parent_path());
}

definition::LockedImage resolve_image(const base::Context& context, places::Access& access,
                                      const std::string& name, const oci::ImageName& location,
                                      OtherManifests* others) {
  const places::Located located = access.locate(location, places::Purpose::read);
  const oci::RawManifest raw =
      store::get_manifest(*located.store, context, located.tag_or_digest());
  if (located.makes_manifests) {
    context.log(name + ": an archive of docker save has no manifest; " + raw.digest.str() +
                " is of one made of its configuration and its layers as they are in the archive, "
                "and not the image's digest in a registry");
  }
  definition::LockedImage image{name, raw.digest, raw.media_type, raw.bytes.size(), {}};
  PlatformReader(context, *located.store, access, image, others).add(raw);
  if (image.platforms.empty())
    throw Error(ErrorCode::invalid_input,
                name + ": the index " + raw.digest.str() + " lists no image for any platform");
  return image;
}

void check_locked(const base::Context& context, places::Access& access,
                  const definition::LockedImage& locked, const oci::ImageName& location) {
  if (!oci::media_type::is_index(locked.media_type)) return;  // parse_lock() has compared them
  const places::Located located = access.locate(location, places::Purpose::read);
  definition::LockedImage listed{locked.name, locked.digest, locked.media_type, locked.size, {}};
  PlatformReader reader(context, *located.store, access, listed);
  try {
    reader.add(reader.read(
        {locked.media_type, locked.digest, locked.size, {}, {}, {}, nlohmann::json::object()}));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    context.warn("the index " + locked.digest.str() + " of " + locked.name +
                 " is no longer there; what the lock has for each platform is taken without it");
    return;
  }
  for (const auto& [platform, manifest] : locked.platforms) {
    const auto found = listed.platforms.find(platform);
    if (found != listed.platforms.end() && found->second == manifest) continue;
    throw Error(ErrorCode::invalid_input,
                "the lock has " + manifest.digest.str() + " for " + platform + " of " +
                    locked.name + ", whose index " + locked.digest.str() + " lists " +
                    (found == listed.platforms.end() ? "none" : found->second.digest.str()) +
                    "; run pinnace pin --update " + locked.name);
  }
}

std::vector<oci::Platform> platforms_of(const definition::LockedImage& image) {
  std::vector<oci::Platform> platforms;
  for (const auto& [text, locked] : image.platforms)
    platforms.push_back(oci::Platform::parse(text));
  return platforms;
}

std::optional<image::BaseImage> image_for(const definition::LockedImage& image,
                                          const oci::Platform& wish) {
  const std::vector<oci::Platform> offered = platforms_of(image);
  const auto found = oci::choose_platform(wish, offered);
  if (!found) return std::nullopt;
  const definition::LockedManifest& locked =
      std::next(image.platforms.begin(), static_cast<std::ptrdiff_t>(*found))->second;
  return image::BaseImage{image.name,
                          {locked.media_type,
                           locked.digest,
                           locked.size,
                           offered[*found],
                           {},
                           {},
                           nlohmann::json::object()}};
}

image::BaseImage one_image(const definition::LockedImage& image,
                           const std::optional<oci::Platform>& wish) {
  const std::vector<oci::Platform> offered = platforms_of(image);
  const bool is_only = !wish && offered.size() == 1;
  const oci::Platform wanted = is_only ? offered.front() : wish.value_or(oci::Platform::host());
  if (auto found = image_for(image, wanted)) return *std::move(found);
  std::string names;
  for (const oci::Platform& one : offered) names += (names.empty() ? "" : ", ") + one.str();
  throw Error(ErrorCode::invalid_input,
              image.name + ": there is no image for " + wanted.str() + ", but for " + names);
}

std::filesystem::path default_lock_file(const std::filesystem::path& definition_file) {
  return definition_file.parent_path() / definition::k_lock_file_name;
}

std::optional<definition::Lock> load_lock_if_present(const std::filesystem::path& file) {
  try {
    return definition::load_lock(file);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return std::nullopt;
    throw;
  }
}

}  // namespace pinnace::inputs
