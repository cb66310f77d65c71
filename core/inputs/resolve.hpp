#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/context.hpp"
#include "base/error.hpp"
#include "definition/lock.hpp"
#include "definition/named_image.hpp"
#include "image/input.hpp"
#include "oci/manifest.hpp"
#include "places/access.hpp"

namespace pinnace::inputs {

/// The same name for whoever is not in the definition's directory.
oci::ImageName from_here(const definition::NamedImage& image,
                         const std::filesystem::path& definition_file);

/// By Platform::str() what else an index lists for a platform beside the first one, which is what
/// runtimes take.
using OtherManifests = std::map<std::string, std::set<hash::Digest>>;

/// What a name is now, as the lock records it: the index or manifest, and the manifest of each
/// platform, which is the one that the index lists it for, else the one in its configuration: of
/// several the first. `others`: gets the rest of them.
definition::LockedImage resolve_image(const base::Context& context, places::Access& access,
                                      const std::string& name, const oci::ImageName& location,
                                      OtherManifests* others = nullptr);

/// The platforms that it has.
std::vector<oci::Platform> platforms_of(const definition::LockedImage& image);
/// The manifest that serves `wish`; nullopt if there is none.
std::optional<image::BaseImage> image_for(const definition::LockedImage& image,
                                          const oci::Platform& wish);

/// The manifest that serves `wish`; where nothing is wished for, the only one that there is, else
/// the machine's. Throws invalid_input, with the platforms that there are.
image::BaseImage one_image(const definition::LockedImage& image,
                           const std::optional<oci::Platform>& wish);

/// Throws invalid_input if the index that a lock names for an image does not list the manifests
/// that the lock has for its platforms: reviewers and signatures are about the index. Warns where
/// the index is gone, which can't be asked then.
void check_locked(const base::Context& context, places::Access& access,
                  const definition::LockedImage& locked, const oci::ImageName& location);

/// Runs `action` for a base of a definition; an Error gets the base and its place as context. One
/// of credentials gets the base only: they are not written in the definition, and the error says
/// where.
template <class Action>
decltype(auto) for_base(const definition::NamedImage& image, Action&& action) {
  try {
    return std::forward<Action>(action)();
  } catch (base::Error& error) {
    const bool is_login = error.code() == base::ErrorCode::unauthorized;
    error.add_context((is_login ? "" : image.position.str() + ": ") + "base " + image.text);
    throw;
  }
}

/// The lock beside the definition.
std::filesystem::path default_lock_file(const std::filesystem::path& definition_file);

/// nullopt if there is no such file.
std::optional<definition::Lock> load_lock_if_present(const std::filesystem::path& file);

}  // namespace pinnace::inputs
