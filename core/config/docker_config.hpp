#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "config/credentials.hpp"
#include "yaml/document.hpp"

namespace pinnace::config {

/// What a Docker config.json or a containers auth.json says about credentials; its other keys are
/// not ours.
struct DockerConfig {
  /// An entry that is broken is the affair of its registry only.
  using Entry = std::variant<Credentials, base::Error>;

  /// By normalize_key(); entries that hold nothing are left out.
  std::map<std::string, Entry, std::less<>> auths;
  /// Host to the name of a helper, not yet checked.
  std::map<std::string, yaml::Node, std::less<>> helpers;
  std::optional<yaml::Node> default_helper;  ///< "credsStore"

  /// Throws invalid_input with line and column; a message never holds a value.
  static DockerConfig parse(std::string_view text, const std::string& file);
  /// The credentials in the file itself; the longest key that fits. Throws what is wrong with that
  /// entry.
  std::optional<Credentials> find(std::string_view domain, std::string_view repository) const;
  /// The helper that "credHelpers" has for the host; empty: none. Throws invalid_input for what can
  /// be no name of one.
  std::string helper_for(std::string_view domain) const;
  /// The helper of "credsStore", likewise.
  std::string helper_for_all() const;
};

}  // namespace pinnace::config
