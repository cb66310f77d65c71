#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "jobs/access.hpp"
#include "lock/lock.hpp"
#include "oci/manifest.hpp"

namespace pinnace::jobs {

/// The name of a base image as a definition writes it; oci: directories are relative to the
/// definition's.
ImageName parse_base_name(const std::string& base, const std::filesystem::path& definition_file);

/// What a name is now, as the lock records it: the index or manifest, and the manifest of each
/// platform.
lock::LockedImage resolve_image(const base::Context& context, Access& access,
                                const std::string& name, const ImageName& location);

/// The lock beside the definition.
std::filesystem::path default_lock_file(const std::filesystem::path& definition_file);

/// nullopt if there is no such file.
std::optional<lock::Lock> load_lock_if_present(const std::filesystem::path& file);

}  // namespace pinnace::jobs
