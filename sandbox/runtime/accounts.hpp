#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pinnace::sandbox {

/// Who a container's process is.
struct Account {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;  ///< gid among them

  bool operator==(const Account&) const = default;
};

/// "user[:group]" (empty: 0) by the texts of the image's passwd(5) and group(5). A named user
/// without a group gets its own and those that list it; a number need not be in any file. Throws
/// invalid_input for a name that is in none.
Account find_account(const std::string& user, const std::string& passwd, const std::string& group);

}  // namespace pinnace::sandbox
