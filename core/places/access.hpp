#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/credentials.hpp"
#include "disk/oci_layout.hpp"
#include "local/local_store.hpp"
#include "oci/image_name.hpp"
#include "places/environment_places.hpp"
#include "places/loopback.hpp"
#include "registry/connections.hpp"
#include "store/blob_store.hpp"

namespace pinnace::places {

using oci::ArchiveName;
using oci::EnvironmentName;
using oci::ImageName;
using oci::LayoutName;
using oci::StoredName;

/// An image name and the store that it leads to.
struct Located {
  std::shared_ptr<store::BlobStore> store;
  std::optional<std::string> tag;
  std::optional<hash::Digest> digest;
  /// Says what is meant where no tag is said, if that is not "latest"; empty for registries.
  std::function<std::optional<hash::Digest>()> only_image = {};
  /// Whether its manifests are made for an archive that has none (disk::ArchiveReader).
  bool makes_manifests = false;

  /// What is asked of the store: the digest, else the tag, else the only image, else "latest".
  std::string tag_or_digest() const;
};

/// What a store is opened for. Who reads bytes by digest, or trusts the mirrors that are
/// configured, reads; who decides by what is there proves, at the registry itself, as who writes
/// does. An oci: layout that is to be written is created where it is missing. An image that is read
/// from a layout or archive without a tag is "latest", else the only one that there is. Only who
/// keeps an environment's rules promotes; others can't write into an environment that has any.
enum class Purpose { read, prove, write, promote };

/// What all jobs need to reach images: registries, layouts, environments, and the local store.
class Access {
 public:
  struct Options {
    std::filesystem::path store;  ///< local store and cache
    std::optional<std::filesystem::path>
        registries;  ///< settings; none: the user's, if there are any
    std::optional<std::filesystem::path> environments;  ///< for "env:" names

    local::LocalStore local() const { return local::LocalStore(store); }
  };
  Access(base::Context context, Options options,
         std::shared_ptr<const config::CredentialStore> credentials);

  /// Throws as oci::parse_image_name(), not_found for an unknown environment, invalid_input for an
  /// image that would not be below it, and conflict for one that only a promotion may write. A
  /// short name with a digest ("web@sha256:...") is looked for in the local store first.
  Located locate(const ImageName& name, Purpose purpose);
  /// As locate(), of an image that rules are asked for: throws conflict if it leads out of its
  /// environment, or into the rules of another one. A directory that nothing was promoted into yet
  /// has nothing to read, as a repository of a registry.
  Located locate_inside(const EnvironmentName& name, Purpose purpose);
  /// Of a registry, by its host.
  std::shared_ptr<api::Client> client(const std::string& domain) {
    return m_connections.client(domain);
  }
  /// For what is no image, named by who need not be trusted: without client certificates, and never
  /// with a metadata service.
  http::Reach remote_reach(Loopback loopback) const;
  /// The layout for images that have no other place, for writing.
  std::shared_ptr<store::BlobStore> local_images();
  /// For what a job keeps there; throws as local::LocalStore::claim().
  local::LocalStore local() const;
  const std::filesystem::path& store_directory() const noexcept { return m_options.store; }
  /// Those that "env:" names mean: of the file that was given, else of the first one that is
  /// obeyed. Read once; throws invalid_input if there is none.
  const EnvironmentPlaces& environments();
  /// Throws conflict if a file that a job writes beside its images is one of an environment with
  /// rules.
  void check_written_file(const std::filesystem::path& file);
  /// The rules of this file bind what is written from now on, too.
  void obey(const std::filesystem::path& environments);

 private:
  void check_write(const ImageName& name);
  Located locate_layout(const LayoutName& name, Purpose purpose);
  Located locate_reference(const oci::Reference& name, Purpose purpose);
  Located locate_archive(const ArchiveName& name, Purpose purpose);
  Located locate_stored(const StoredName& name, Purpose purpose);
  std::shared_ptr<disk::OciLayout> stored_images() const;
  Located locate_held(const EnvironmentName& name, Purpose purpose);

  base::Context m_context;
  Options m_options;
  /// Archives that are written: several tags go into one.
  std::map<std::pair<std::filesystem::path, oci::ArchiveFormat>, std::shared_ptr<store::BlobStore>>
      m_archives;
  std::shared_ptr<const config::Registries> m_registries;
  registry::Connections m_connections;
  std::optional<EnvironmentPlaces> m_environments;
  std::vector<EnvironmentPlaces> m_obeyed;  ///< besides
};

}  // namespace pinnace::places
