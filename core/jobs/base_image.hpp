#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/context.hpp"
#include "base/error.hpp"
#include "jobs/access.hpp"
#include "lock/lock.hpp"
#include "oci/manifest.hpp"
#include "text/position.hpp"

namespace pinnace::jobs {

/// The name of a base image as a definition writes it; oci: directories are relative to the
/// definition's.
ImageName parse_base_name(const std::string& base, const std::filesystem::path& definition_file);

/// What a name is now, as the lock records it: the index or manifest, and the manifest of each
/// platform, which is the one that the index lists it for, else the one in its configuration.
lock::LockedImage resolve_image(const base::Context& context, Access& access,
                                const std::string& name, const ImageName& location);

/// Runs `action` for a base of a definition; an Error gets the base and its place as context. One
/// of credentials gets the base only: they are not written in the definition, and the error says
/// where.
template <class Action>
decltype(auto) for_base(const text::Position& position, const std::string& name, Action&& action) {
  try {
    return std::forward<Action>(action)();
  } catch (base::Error& error) {
    const bool is_login = error.code() == base::ErrorCode::unauthorized;
    error.add_context((is_login ? "" : position.str() + ": ") + "base " + name);
    throw;
  }
}

/// The lock beside the definition.
std::filesystem::path default_lock_file(const std::filesystem::path& definition_file);

/// nullopt if there is no such file.
std::optional<lock::Lock> load_lock_if_present(const std::filesystem::path& file);

}  // namespace pinnace::jobs
