#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pinnace::source {

/// Who answers for a git repository, as its name says it.
struct GitServer {
  std::string scheme;  ///< https, http, git or ssh
  std::string host;    ///< web::reached_host()
  std::string port;    ///< the scheme's own one if the name has none
  std::string user;    ///< with a password, if there is one; empty: none
};

/// Of "https://host/x.git", "ssh://user@host:22/x.git", or "user@host:x.git" as ssh has it; nullopt
/// for other schemes, for paths, and where git, curl or ssh may take another host or port from it:
/// hosts are letters, digits, ".", "-" and "_", or IPv6 addresses in brackets.
std::optional<GitServer> git_server_of(std::string_view repository);

/// Why a repository may not lead us to one of its submodules, as the end of a sentence; empty if it
/// may. As http::why_not_led(): from what is encrypted to what is encrypted, in plain text on the
/// same host alone, and never from another machine to this one; by ssh, where keys of the user may
/// open what is nobody else's, from the same user at the same server alone.
std::string why_no_submodule(std::string_view repository, std::string_view submodule);

}  // namespace pinnace::source
