#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/credentials.hpp"

namespace pinnace::config {

/// What a Docker config.json or a containers auth.json says about credentials; its other keys are
/// not ours.
struct DockerConfig {
  /// By normalize_key(); entries that hold nothing are left out.
  std::map<std::string, Credentials, std::less<>> auths;
  /// Host to helper.
  std::map<std::string, std::string, std::less<>> helpers;
  std::string default_helper;  ///< "credsStore"; empty: none

  /// Throws invalid_input with line and column; a message never holds a value.
  static DockerConfig parse(std::string_view text, const std::string& file);
  /// The credentials in the file itself; the longest key that fits.
  std::optional<Credentials> find(std::string_view domain, std::string_view repository) const;
  /// The helper that "credHelpers" has for the host; empty: none.
  std::string helper_for(std::string_view domain) const;
};

}  // namespace pinnace::config
