#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/environments.hpp"
#include "config/registries.hpp"
#include "oci/image_name.hpp"

namespace pinnace::places {

using oci::EnvironmentName;
using oci::ImageName;

/// How an image is called in an environment.
struct GivenName {
  std::string image;
  /// False where it is a part of a longer path alone: what is elsewhere may be called so, too.
  bool is_whole = true;
};

/// Where the environments of a file have their images, and which image is in which of them, however
/// it is written. Places are compared as they are reached: directories behind their links and by
/// what they are, as a volume may be mounted twice, registries by the host and port that a
/// connection goes to. A value.
class EnvironmentPlaces {
 public:
  EnvironmentPlaces(config::Environments environments,
                    std::shared_ptr<const config::Registries> registries)
      : m_environments(std::move(environments)), m_registries(std::move(registries)) {}

  const config::Environments& environments() const noexcept { return m_environments; }

  /// The layout or the repository that a name "env:..." leads to, without tag and digest. Throws
  /// not_found for an unknown environment, invalid_input for an image that would not be below it.
  ImageName target_of(const EnvironmentName& name) const;

  /// What an image is called as one of an environment: "registry.test/shop/web" is "env:test/web"
  /// where test has the repository "registry.test/shop". Of several environments the one with the
  /// longest repository, of those in one place one with rules; nullopt for an image that is below
  /// none's. A name "env:..." is asked as well: it may lead into another environment.
  std::optional<EnvironmentName> held_name(const ImageName& name) const;

  /// The name by which an image goes into an environment: that in the environment which it comes
  /// from, else its whole path in its registry, so that images of two teams stay two. "library/",
  /// which Docker Hub's names without a path get, is none. A layout and an archive have their
  /// relative path, of an archive without the ending, or the name that docker save writes; of an
  /// absolute path, and of one with "..", it is the last part.
  GivenName image_name(const ImageName& name) const;

  /// Throws conflict if what is written there is in an environment with rules, which only a
  /// promotion keeps.
  void check_unruled(const ImageName& name) const;
  /// The same of any file: what is in a layout is a part of it, and so are the rules themselves.
  void check_unruled_file(const std::filesystem::path& file) const;
  /// Throws conflict if `name` leads out of its environment, or into the rules of another one.
  void check_inside(const EnvironmentName& name) const;

 private:
  std::optional<std::string> place_of(const ImageName& name) const;
  ImageName repository_of(const config::Environment& environment) const;
  void check_unruled(const ImageName& name, const std::string& shown) const;
  std::vector<EnvironmentName> holders(const ImageName& name) const;

  config::Environments m_environments;
  std::shared_ptr<const config::Registries> m_registries;
};

}  // namespace pinnace::places
