#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "registry/repository.hpp"

namespace pinnace::registry {

/// A registry that has copies of another one's images, mostly one that fetches them when it is
/// asked (registries.yaml, "mirror"). Shared by all repositories that it has copies of.
struct Mirror {
  std::shared_ptr<api::Client> client;
  std::string prefix;                  ///< "hub/", or empty
  std::atomic<bool> abandoned{false};  ///< it failed, and is not asked again
};

/// A repository of which manifests and blobs are asked for at a mirror first. What the mirror does
/// not have or refuses comes from the repository itself, and so do manifests that it garbles; a
/// blob that it garbles is an error, as it is found out when most of it has been handed on. A
/// mirror that can't be reached is left alone from then on. Everything that has a digest is
/// verified against it, wherever it comes from; what a tag means is believed of the mirror as of
/// the registry. Lists and whatever is written concern the repository itself only.
class MirroredRepository final : public Repository {
 public:
  MirroredRepository(std::shared_ptr<api::Client> client, std::string name,
                     std::shared_ptr<Mirror> mirror);

  std::unique_ptr<base::Source> open_blob(const base::Context& context,
                                          const oci::Descriptor& blob) override;
  std::optional<oci::RawManifest> find_manifest(const base::Context& context,
                                                std::string_view tag_or_digest) override;
  std::optional<oci::Descriptor> resolve(const base::Context& context,
                                         std::string_view tag_or_digest) override;

 private:
  template <class Ask>
  auto ask_mirror(const base::Context& context, Ask ask) -> decltype(ask());

  std::shared_ptr<Mirror> m_mirror;
  Repository m_copy;
};

}  // namespace pinnace::registry
