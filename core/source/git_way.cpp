#include "source/git_way.hpp"

#include "web/redact.hpp"

namespace pinnace::source {

GitWay find_way(const base::Context& context, http::Client& client, const std::string& repository) {
  const std::string end =
      std::string(repository.ends_with('/') ? "" : "/") + "info/refs?service=git-upload-pack";
  http::Request request;
  request.url = repository + end;
  const http::Response response = client.open(context, request).response;
  if (http::is_retryable(response.status))
    throw http::TransportError(
        "GET " + web::redact_url(request.url) + ": status " + std::to_string(response.status),
        response.headers);
  // What else it says, git is told, too, and knows how to put it.
  if (!response.url.ends_with(end)) return {repository, response.address};
  return {response.url.substr(0, response.url.size() - end.size()), response.address};
}

}  // namespace pinnace::source
