#pragma once

#include <string>
#include <string_view>

#include "json/fields.hpp"

namespace pinnace::packages {

/// Which distribution an image is made of (os-release(5)); empty texts: it does not say.
struct OsRelease {
  std::string id;           ///< "debian"
  std::string version_id;   ///< "12"
  std::string pretty_name;  ///< "Debian GNU/Linux 12 (bookworm)"

  static json::Table<OsRelease> table();
  bool operator==(const OsRelease&) const = default;
};

/// Reads etc/os-release. Lines that are none are passed over, as shells and systemd do.
OsRelease read_os_release(std::string_view text);

}  // namespace pinnace::packages
