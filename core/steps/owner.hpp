#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace pinnace::steps {

/// Of a file, as the image says it.
struct Owner {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;

  bool operator==(const Owner&) const = default;
};

/// The text of a file of the stage: "etc/passwd", "etc/group"; empty if there is none.
using ReadAccounts = std::function<std::string(const std::string& path)>;

/// Whether "user[:group]" has a name in it, for which the stage's files are needed.
bool has_names(std::string_view owner);

/// "user[:group]" as numbers: names are those of the stage, a user without a group gets its own
/// from passwd, a number without a group is the group's, too (Dockerfile reference, COPY --chown).
/// Throws invalid_input for a name that the stage does not have; `option`, "--chown=", stands
/// before the owner in it.
Owner resolve_owner(const char* option, const std::string& owner, const ReadAccounts& read);

}  // namespace pinnace::steps
