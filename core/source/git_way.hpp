#pragma once

#include <string>

#include "base/context.hpp"
#include "http/client.hpp"

namespace pinnace::source {

/// Who answers for a repository.
struct GitWay {
  std::string url;      ///< after redirects
  std::string address;  ///< of the server; empty: not known, or behind a proxy
};

/// Asks for the repository at an http or https URL as git does (gitprotocol-http(5), "Discovering
/// References"), and follows redirects as `client` allows, which git itself does without looking.
/// Throws http::TransportError, denied for what may not be followed or asked.
GitWay find_way(const base::Context& context, http::Client& client, const std::string& repository);

}  // namespace pinnace::source
