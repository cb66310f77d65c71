#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/http_server.hpp"

namespace pinnace::test_support {

/// What a MemoryRegistry does differently from a registry that can everything.
struct RegistryBehaviour {
  enum class Auth { none, basic, bearer };
  Auth auth = Auth::none;
  std::string username = "ada";
  std::string password = "secret word";
  std::string identity_token;  ///< accepted as refresh_token; empty: none
  int token_lifetime = 300;    ///< seconds, as "expires_in"
  bool referrers_api = true;
  bool mounts = true;  ///< false: 202 for every ?mount=
  bool keeps_partial_uploads = true;
  bool tells_digests = true;  ///< Docker-Content-Digest
  bool relative_locations = false;
  std::size_t page = 1000;  ///< tags a page at most
};

/// Something that goes wrong with the next `times` requests that match.
struct Fault {
  std::string method;         ///< empty: any
  std::string path_contains;  ///< in the target
  int times = 1;
  std::optional<HttpResponse> response;  ///< sent instead
  std::optional<BodyFault> body;         ///< while the body is read
  /// Changes the true answer (to the body, to a header).
  std::function<void(const HttpRequest&, HttpResponse&)> change;
};

/// A correct OCI registry in memory (OCI distribution specification 1.1), with its own token
/// endpoint at /token, that misbehaves where a test says so and records all that it was sent.
class MemoryRegistry {
 public:
  explicit MemoryRegistry(RegistryBehaviour behaviour = {}, const Certificate* tls = nullptr);

  std::string host() const { return m_server->host(); }
  std::string url(std::string_view path = "") const { return m_server->url(path); }
  unsigned connections() const { return m_server->connections(); }

  void inject(Fault fault);
  /// All requests so far, with bodies of at most 1 KiB.
  std::vector<HttpRequest> requests() const;
  /// "POST /v2/a/b/blobs/uploads/", without query, one a request.
  std::vector<std::string> request_lines() const;
  void forget_requests();
  std::size_t open_uploads() const;
  std::optional<std::string> blob(const std::string& repository, const std::string& digest) const;
  /// Overwrites a blob's bytes under its old name.
  void corrupt_blob(const std::string& digest, std::string bytes);
  /// No token that was given out is good any more.
  void revoke_tokens();
  void remove_manifest(const std::string& repository, const std::string& reference);

 private:
  struct Manifest {
    std::string type;
    std::string bytes;
  };
  struct Repository {
    std::map<std::string, bool> blobs;
    std::map<std::string, Manifest> manifests;  ///< by digest
    std::map<std::string, std::string> tags;    ///< to digests
  };
  struct Upload {
    std::string repository;
    std::string bytes;
  };

  HttpResponse handle(const HttpRequest& request);
  HttpResponse route(const HttpRequest& request);
  std::optional<BodyFault> before_body(const HttpRequest& request);
  void partial(const HttpRequest& request);
  Fault* find_fault(const HttpRequest& request, bool body);
  void record(const HttpRequest& request);

  std::optional<HttpResponse> refuse(const HttpRequest& request, const std::string& repository);
  HttpResponse challenge(const std::string& scope) const;
  HttpResponse token(const HttpRequest& request);

  HttpResponse start_upload(const HttpRequest& request, const std::string& name);
  HttpResponse continue_upload(const HttpRequest& request, const std::string& name,
                               const std::string& id);
  /// How the state of an upload is named in its URL: distribution, which mounts, has "_state".
  std::string state_name() const { return m_behaviour.mounts ? "_state" : "session"; }
  HttpResponse upload_state(int status, const std::string& name, const std::string& id) const;
  HttpResponse blob(const HttpRequest& request, Repository& repository, const std::string& digest);
  HttpResponse put_manifest(const HttpRequest& request, Repository& repository,
                            const std::string& reference);
  HttpResponse get_manifest(const HttpRequest& request, Repository& repository,
                            const std::string& reference);
  HttpResponse list_tags(const HttpRequest& request, Repository& repository,
                         const std::string& name);
  HttpResponse list_referrers(Repository& repository, const std::string& digest);

  RegistryBehaviour m_behaviour;
  mutable std::mutex m_mutex;
  std::map<std::string, std::string> m_blobs;
  std::map<std::string, Repository> m_repositories;
  std::map<std::string, Upload> m_uploads;
  std::map<std::string, std::string> m_tokens;  ///< to their scopes
  std::vector<Fault> m_faults;
  std::vector<HttpRequest> m_requests;
  unsigned m_counter = 0;
  std::unique_ptr<HttpServer> m_server;
};

}  // namespace pinnace::test_support
