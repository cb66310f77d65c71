#include "support/memory_registry.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "hash/digest.hpp"
#include "text/base64.hpp"

namespace pinnace::test_support {

namespace {

using nlohmann::json;
using Auth = RegistryBehaviour::Auth;

HttpResponse error(int status, const std::string& code, const std::string& message) {
  const json body = {{"errors", {{{"code", code}, {"message", message}, {"detail", nullptr}}}}};
  return {status, {{"Content-Type", "application/json"}}, body.dump(), {}};
}

std::string digest_of(const std::string& bytes) {
  return hash::Digest::of(bytes).str();
}

bool is_write(const std::string& method) {
  return method != "GET" && method != "HEAD";
}

/// Splits "/v2/a/b/blobs/uploads/id" at its last part that is an API word.
struct Route {
  std::string name;
  std::string kind;
  std::string rest;
};

Route parse_route(const std::string& path) {
  for (const std::string kind :
       {"/blobs/uploads/", "/blobs/", "/manifests/", "/tags/", "/referrers/"}) {
    const std::size_t at = path.rfind(kind);
    if (path.starts_with("/v2/") && at != std::string::npos && at > 3) {
      return {path.substr(4, at - 4), kind, path.substr(at + kind.size())};
    }
  }
  return {};
}

}  // namespace

MemoryRegistry::MemoryRegistry(RegistryBehaviour behaviour, const Certificate* tls)
    : m_behaviour(std::move(behaviour)),
      m_server(std::make_unique<HttpServer>(
          HttpServer::Hooks{[this](const HttpRequest& request) { return handle(request); },
                            [this](const HttpRequest& request) { return before_body(request); },
                            [this](const HttpRequest& request) { partial(request); }},
          tls)) {}

void MemoryRegistry::inject(Fault fault) {
  const std::lock_guard lock(m_mutex);
  m_faults.push_back(std::move(fault));
}

std::vector<HttpRequest> MemoryRegistry::requests() const {
  const std::lock_guard lock(m_mutex);
  return m_requests;
}

std::vector<std::string> MemoryRegistry::request_lines() const {
  std::vector<std::string> result;
  for (const HttpRequest& request : requests())
    result.push_back(request.method + " " + request.path);
  return result;
}

void MemoryRegistry::forget_requests() {
  const std::lock_guard lock(m_mutex);
  m_requests.clear();
}

std::size_t MemoryRegistry::open_uploads() const {
  const std::lock_guard lock(m_mutex);
  return m_uploads.size();
}

std::optional<std::string> MemoryRegistry::blob(const std::string& repository,
                                                const std::string& digest) const {
  const std::lock_guard lock(m_mutex);
  const auto found = m_repositories.find(repository);
  if (found == m_repositories.end() || !found->second.blobs.contains(digest)) return std::nullopt;
  return m_blobs.at(digest);
}

void MemoryRegistry::corrupt_blob(const std::string& digest, std::string bytes) {
  const std::lock_guard lock(m_mutex);
  m_blobs[digest] = std::move(bytes);
}

void MemoryRegistry::revoke_tokens() {
  const std::lock_guard lock(m_mutex);
  m_tokens.clear();
}

void MemoryRegistry::remove_manifest(const std::string& repository, const std::string& reference) {
  const std::lock_guard lock(m_mutex);
  m_repositories[repository].tags.erase(reference);
  m_repositories[repository].manifests.erase(reference);
}

Fault* MemoryRegistry::find_fault(const HttpRequest& request, bool body) {
  const auto found = std::find_if(m_faults.begin(), m_faults.end(), [&](const Fault& fault) {
    return fault.times > 0 && fault.body.has_value() == body &&
           (fault.method.empty() || fault.method == request.method) &&
           request.target.find(fault.path_contains) != std::string::npos;
  });
  if (found == m_faults.end()) return nullptr;
  --found->times;
  return &*found;
}

void MemoryRegistry::record(const HttpRequest& request) {
  m_requests.push_back(request);
  if (request.body.size() > 1024) m_requests.back().body.resize(1024);
}

std::optional<BodyFault> MemoryRegistry::before_body(const HttpRequest& request) {
  const std::lock_guard lock(m_mutex);
  const Fault* fault = find_fault(request, true);
  if (!fault) return std::nullopt;
  return fault->body;
}

void MemoryRegistry::partial(const HttpRequest& request) {
  const std::lock_guard lock(m_mutex);
  record(request);
  const Route route = parse_route(request.path);
  const auto upload = m_uploads.find(route.rest);
  if (upload == m_uploads.end()) return;
  if (m_behaviour.keeps_partial_uploads) {
    upload->second.bytes += request.body;
  } else {
    m_uploads.erase(upload);
  }
}

HttpResponse MemoryRegistry::handle(const HttpRequest& request) {
  const std::lock_guard lock(m_mutex);
  record(request);
  Fault* fault = find_fault(request, false);
  if (fault && fault->response) return *fault->response;
  HttpResponse response = route(request);
  if (fault && fault->change) fault->change(request, response);
  return response;
}

HttpResponse MemoryRegistry::route(const HttpRequest& request) {
  if (request.path == "/token") return token(request);
  const Route route = parse_route(request.path);
  if (auto refusal = refuse(request, route.name)) return *refusal;
  if (request.path == "/v2/") return {};
  if (route.kind == "/blobs/uploads/") {
    return route.rest.empty() ? start_upload(request, route.name)
                              : continue_upload(request, route.name, route.rest);
  }
  Repository& repository = m_repositories[route.name];
  if (route.kind == "/blobs/") return blob(request, repository, route.rest);
  if (route.kind == "/tags/") return list_tags(request, repository, route.name);
  if (route.kind == "/referrers/" && m_behaviour.referrers_api) {
    return list_referrers(repository, route.rest);
  }
  if (route.kind == "/manifests/") {
    return request.method == "PUT" ? put_manifest(request, repository, route.rest)
                                   : get_manifest(request, repository, route.rest);
  }
  return {404, {{"Content-Type", "text/plain"}}, "404 page not found\n", {}};
}

HttpResponse MemoryRegistry::challenge(const std::string& scope) const {
  HttpResponse response = error(401, "UNAUTHORIZED", "authentication required");
  if (m_behaviour.auth == Auth::basic) {
    response.headers.set("WWW-Authenticate", "Basic realm=\"memory\"");
  } else {
    response.headers.set("WWW-Authenticate", "Bearer realm=\"" + m_server->url("/token") +
                                                 "\",service=\"memory\",scope=\"" + scope + "\"");
  }
  return response;
}

std::optional<HttpResponse> MemoryRegistry::refuse(const HttpRequest& request,
                                                   const std::string& repository) {
  if (m_behaviour.auth == Auth::none) return std::nullopt;
  const std::string header(request.headers.get("Authorization"));
  if (m_behaviour.auth == Auth::basic) {
    const bool good =
        header.starts_with("Basic ") &&
        text::base64_decode(header.substr(6)) == m_behaviour.username + ":" + m_behaviour.password;
    if (good) return std::nullopt;
    return challenge("");
  }
  const std::string action = is_write(request.method) ? "push" : "pull";
  const std::string scope =
      "repository:" + repository + ":pull" + (action == "push" ? ",push" : "");
  const auto found =
      header.starts_with("Bearer ") ? m_tokens.find(header.substr(7)) : m_tokens.end();
  if (found == m_tokens.end()) return challenge(scope);
  const std::string& granted = found->second;
  const std::size_t at = granted.find("repository:" + repository + ":");
  const std::string actions =
      at == std::string::npos ? "" : granted.substr(at, granted.find(' ', at) - at);
  if (actions.find(action, actions.rfind(':') + 1) == std::string::npos) return challenge(scope);
  return std::nullopt;
}

HttpResponse MemoryRegistry::token(const HttpRequest& request) {
  std::map<std::string, std::string> fields = request.query;
  if (request.method == "POST") {
    fields = parse_query(request.body);
    if (m_behaviour.identity_token.empty() ||
        fields["refresh_token"] != m_behaviour.identity_token) {
      return error(401, "UNAUTHORIZED", "refresh token refused");
    }
  } else {
    const std::string header(request.headers.get("Authorization"));
    if (!header.starts_with("Basic ") || text::base64_decode(header.substr(6)) !=
                                             m_behaviour.username + ":" + m_behaviour.password) {
      return error(401, "UNAUTHORIZED", "wrong user name or password");
    }
  }
  const std::string value = "token-" + std::to_string(++m_counter);
  m_tokens[value] = fields["scope"];
  const char* name = request.method == "POST" ? "access_token" : "token";
  const json body = {{name, value}, {"expires_in", m_behaviour.token_lifetime}};
  return {200, {{"Content-Type", "application/json"}}, body.dump(), {}};
}

HttpResponse MemoryRegistry::upload_state(int status, const std::string& name,
                                          const std::string& id) const {
  const std::string path =
      "/v2/" + name + "/blobs/uploads/" + id + "?" + state_name() + "=secret%2Bstate";
  const std::size_t size = m_uploads.at(id).bytes.size();
  return {status,
          {{"Location", m_behaviour.relative_locations ? path : m_server->url(path)},
           {"Range", "0-" + std::to_string(size == 0 ? 0 : size - 1)},
           {"Docker-Upload-UUID", id}},
          "",
          {}};
}

HttpResponse MemoryRegistry::start_upload(const HttpRequest& request, const std::string& name) {
  const auto mount = request.query.find("mount");
  const auto from = request.query.find("from");
  if (m_behaviour.mounts && mount != request.query.end() && from != request.query.end() &&
      m_repositories[from->second].blobs.contains(mount->second)) {
    m_repositories[name].blobs[mount->second] = true;
    return {201, {{"Docker-Content-Digest", mount->second}}, "", {}};
  }
  const std::string id = "upload-" + std::to_string(++m_counter);
  m_uploads[id] = {name, ""};
  return upload_state(202, name, id);
}

HttpResponse MemoryRegistry::continue_upload(const HttpRequest& request, const std::string& name,
                                             const std::string& id) {
  const auto upload = m_uploads.find(id);
  if (upload == m_uploads.end() || !request.query.contains(state_name())) {
    return error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  }
  if (request.method == "DELETE") {
    m_uploads.erase(upload);
    return {204, {}, "", {}};
  }
  if (request.method == "GET") return upload_state(204, name, id);
  std::string& bytes = upload->second.bytes;
  const std::string range(request.headers.get("Content-Range"));
  if (!range.empty() && !range.starts_with(std::to_string(bytes.size()) + "-")) {
    return error(416, "RANGE_INVALID", "out of order");
  }
  bytes += request.body;
  if (request.method == "PATCH") return upload_state(202, name, id);
  const std::string digest = request.query.contains("digest") ? request.query.at("digest") : "";
  std::string whole = std::move(bytes);
  m_uploads.erase(upload);
  if (digest_of(whole) != digest) {
    return error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  }
  m_blobs[digest] = std::move(whole);
  m_repositories[name].blobs[digest] = true;
  return {201, {{"Docker-Content-Digest", digest}}, "", {}};
}

HttpResponse MemoryRegistry::blob(const HttpRequest& request, Repository& repository,
                                  const std::string& digest) {
  if (!repository.blobs.contains(digest))
    return error(404, "BLOB_UNKNOWN", "blob unknown to registry");
  HttpResponse response{200, {{"Docker-Content-Digest", digest}}, m_blobs.at(digest), {}};
  const std::string range(request.headers.get("Range"));
  if (range.starts_with("bytes=")) {
    const std::size_t first = std::stoul(range.substr(6));
    const std::size_t size = response.body.size();
    if (first >= size) return error(416, "RANGE_INVALID", "behind the end");
    response.status = 206;
    response.body.erase(0, first);
    response.headers.set("Content-Range", "bytes " + std::to_string(first) + "-" +
                                              std::to_string(size - 1) + "/" +
                                              std::to_string(size));
  }
  return response;
}

HttpResponse MemoryRegistry::put_manifest(const HttpRequest& request, Repository& repository,
                                          const std::string& reference) {
  const json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) return error(400, "MANIFEST_INVALID", "manifest invalid");
  const std::string digest = digest_of(request.body);
  if (reference.find(':') == std::string::npos) {
    repository.tags[reference] = digest;
  } else if (reference != digest) {
    return error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  }
  for (const auto& layer : body.value("layers", json::array())) {
    if (!repository.blobs.contains(layer.value("digest", ""))) {
      return error(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry");
    }
  }
  repository.manifests[digest] = {std::string(request.headers.get("Content-Type")), request.body};
  HttpResponse response{201, {}, "", {}};
  if (m_behaviour.tells_digests) response.headers.add("Docker-Content-Digest", digest);
  if (m_behaviour.referrers_api && body.contains("subject")) {
    response.headers.add("OCI-Subject", body["subject"].value("digest", ""));
  }
  return response;
}

HttpResponse MemoryRegistry::get_manifest(const HttpRequest&, Repository& repository,
                                          const std::string& reference) {
  const auto tag = repository.tags.find(reference);
  const std::string digest = tag == repository.tags.end() ? reference : tag->second;
  const auto found = repository.manifests.find(digest);
  if (found == repository.manifests.end()) {
    return error(404, "MANIFEST_UNKNOWN", "manifest unknown to registry");
  }
  HttpResponse response{200, {{"Content-Type", found->second.type}}, found->second.bytes, {}};
  if (m_behaviour.tells_digests) response.headers.add("Docker-Content-Digest", digest);
  return response;
}

HttpResponse MemoryRegistry::list_tags(const HttpRequest& request, Repository& repository,
                                       const std::string& name) {
  if (repository.tags.empty()) return error(404, "NAME_UNKNOWN", "repository name not known");
  std::size_t limit = m_behaviour.page;
  if (request.query.contains("n")) limit = std::min(limit, std::stoul(request.query.at("n")) + 0UL);
  const std::string last = request.query.contains("last") ? request.query.at("last") : "";
  json tags = json::array();
  auto next = repository.tags.upper_bound(last);
  for (; next != repository.tags.end() && tags.size() < limit; ++next) tags.push_back(next->first);
  HttpResponse response{
      200, {{"Content-Type", "application/json"}}, json{{"name", name}, {"tags", tags}}.dump(), {}};
  if (next != repository.tags.end()) {
    response.headers.add("Link", "</v2/" + name + "/tags/list?n=" + std::to_string(limit) +
                                     "&last=" + tags.back().get<std::string>() + ">; rel=\"next\"");
  }
  return response;
}

HttpResponse MemoryRegistry::list_referrers(Repository& repository, const std::string& digest) {
  json list = json::array();
  for (const auto& [name, manifest] : repository.manifests) {
    const json body = json::parse(manifest.bytes);
    if (!body.contains("subject") || body["subject"].value("digest", "") != digest) continue;
    json entry = {{"mediaType", manifest.type}, {"digest", name}, {"size", manifest.bytes.size()}};
    entry["artifactType"] = body.contains("artifactType")
                                ? body["artifactType"]
                                : body.value("config", json::object())["mediaType"];
    if (body.contains("annotations")) entry["annotations"] = body["annotations"];
    list.push_back(entry);
  }
  const json index = {{"schemaVersion", 2},
                      {"mediaType", "application/vnd.oci.image.index.v1+json"},
                      {"manifests", list}};
  return {200, {{"Content-Type", "application/vnd.oci.image.index.v1+json"}}, index.dump(), {}};
}

}  // namespace pinnace::test_support
