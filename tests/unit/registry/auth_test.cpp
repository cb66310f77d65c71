#include <set>

#include "support/registry_fixture.hpp"

namespace pinnace::test_support {
namespace {

using Auth = RegistryBehaviour::Auth;
using base::ErrorCode;

class AuthTest : public RegistryTest {
 protected:
  void serve_with(Auth auth) {
    RegistryBehaviour behaviour;
    behaviour.auth = auth;
    behaviour.identity_token = "identity";
    behaviour.token_lifetime = 300;
    serve(behaviour);
  }
  std::string put(registry::Repository& store, const std::string& text) {
    return store::put_bytes(store, m_context, text, "text/plain").digest.str();
  }
};

TEST_F(AuthTest, BasicIsAskedForOnce) {
  serve_with(Auth::basic);
  connect(ada());
  registry::Repository store = repository();
  put(store, "a");
  put(store, "b");
  std::size_t refused = 0;
  for (const HttpRequest& request : m_server->requests())
    refused += !request.headers.find("Authorization");
  EXPECT_EQ(refused, 1U);
  EXPECT_EQ(m_lookups, 1);
}

TEST_F(AuthTest, ATokenServesAllThatItAllows) {
  serve_with(Auth::bearer);
  connect(ada());
  registry::Repository store = repository();
  put(store, "a");
  put(store, "b");
  EXPECT_FALSE(store.find_manifest(m_context, "latest"));
  EXPECT_EQ(count("GET", "/token"), 1U);
  const HttpRequest token = m_server->requests()[1];
  EXPECT_EQ(token.query.at("service"), "memory");
  EXPECT_EQ(token.query.at("scope"), "repository:shop/web:pull,push");
  EXPECT_TRUE(token.headers.get("Authorization").starts_with("Basic "));
}

TEST_F(AuthTest, AMountAsksForBothRepositories) {
  serve_with(Auth::bearer);
  connect(ada());
  registry::Repository from = repository("test/web");
  registry::Repository to = repository("prod/web");
  const std::string digest = put(from, "layer");
  const auto blob = descriptor_of("layer", "text/plain");
  EXPECT_EQ(to.put_blob(m_context, blob, opener("layer"), &from), store::PutOutcome::mounted);
  EXPECT_TRUE(m_server->blob("prod/web", digest));
  const auto requests = m_server->requests();
  const auto last =
      std::find_if(requests.rbegin(), requests.rend(),
                   [](const HttpRequest& request) { return request.path == "/token"; });
  EXPECT_EQ(last->query.at("scope"), "repository:prod/web:pull,push repository:test/web:pull");
}

TEST_F(AuthTest, EachRepositoryGetsItsOwnCredentials) {
  for (const Auth auth : {Auth::basic, Auth::bearer}) {
    serve_with(auth);
    std::vector<std::string> asked;
    connect([&](const base::Context&, std::string_view name) {
      asked.emplace_back(name);
      return std::optional(config::Credentials("ada", "secret word"));
    });
    registry::Repository from = repository("a/web");
    registry::Repository to = repository("b/web");
    put(from, "layer");
    const auto blob = descriptor_of("layer", "text/plain");
    EXPECT_EQ(to.put_blob(m_context, blob, opener("layer"), &from), store::PutOutcome::mounted);
    put(to, "other");
    EXPECT_TRUE(from.has_blob(m_context, blob));
    EXPECT_EQ(std::set<std::string>(asked.begin(), asked.end()),
              (std::set<std::string>{"a/web", "b/web"}));
    // What changes b goes with b's credentials, though a stands first in its scopes.
    EXPECT_EQ(asked[0], "a/web");
    EXPECT_EQ(asked[1], "b/web");
  }
}

TEST_F(AuthTest, AnIdentityTokenGoesByPost) {
  serve_with(Auth::bearer);
  connect([](const base::Context&, std::string_view) {
    config::Credentials credentials;
    credentials.identity_token = "identity";
    return std::optional(credentials);
  });
  registry::Repository store = repository();
  put(store, "a");
  ASSERT_EQ(count("POST", "/token"), 1U);
  const auto fields = parse_query(m_server->requests()[1].body);
  EXPECT_EQ(fields.at("grant_type"), "refresh_token");
  EXPECT_EQ(fields.at("client_id"), "pinnace");
  EXPECT_EQ(fields.at("scope"), "repository:shop/web:pull,push");
}

TEST_F(AuthTest, WrongCredentialsAreRefusedOnceAndNotTriedAgain) {
  for (const Auth auth : {Auth::basic, Auth::bearer}) {
    serve_with(auth);
    connect([](const base::Context&, std::string_view) {
      return std::optional(config::Credentials("ada", "wrong"));
    });
    registry::Repository store = repository();
    const base::Error error = error_of([&] { put(store, "a"); });
    EXPECT_EQ(error.code(), ErrorCode::unauthorized) << error.what();
    EXPECT_EQ(std::string(error.what()).find("wrong\""), std::string::npos);
    EXPECT_LE(m_server->requests().size(), 3U);
    EXPECT_TRUE(m_pauses.milliseconds().empty());
  }
}

TEST_F(AuthTest, ARegistryThatRefusesEveryTokenIsNotAskedForEver) {
  serve_with(Auth::bearer);
  connect(ada());
  m_server->inject(
      {"POST",
       "/blobs/",
       1000,
       HttpResponse{
           401, {{"WWW-Authenticate", "Bearer realm=\"" + m_server->url("/token") + "\""}}, "", {}},
       {},
       {}});
  registry::Repository store = repository();
  EXPECT_EQ(error_of([&] { put(store, "a"); }).code(), ErrorCode::unauthorized);
  EXPECT_LE(m_server->requests().size(), 4U);
}

TEST_F(AuthTest, AMountWhoseTokenIsRefusedIsNoEnd) {
  for (const int status : {400, 401, 403, 404}) {
    serve_with(Auth::bearer);
    connect(ada());
    registry::Repository from = repository("test/web");
    registry::Repository to = repository("prod/web");
    put(from, "one");
    put(from, "two");
    // A token for both is refused; each by itself is not.
    m_server->inject({"GET", "push&scope=", 1000, HttpResponse{status, {}, "refused", {}}, {}, {}});
    for (const char* text : {"one", "two"}) {
      const auto blob = descriptor_of(text, "text/plain");
      EXPECT_EQ(to.put_blob(m_context, blob, opener(text), &from), store::PutOutcome::uploaded);
      EXPECT_TRUE(m_server->blob("prod/web", blob.digest.str())) << status;
    }
    EXPECT_EQ(count("GET", "push&scope="), 1U) << "asked for once";
  }
}

TEST_F(AuthTest, AMountThatTheRegistryRefusesIsAskedForOnce) {
  for (const int status : {401, 403}) {
    serve_with(Auth::bearer);
    connect(ada());
    registry::Repository from = repository("test/web");
    registry::Repository to = repository("prod/web");
    put(from, "one");
    put(from, "two");
    const std::string realm = "Bearer realm=\"" + m_server->url("/token") + "\"";
    m_server->inject({"POST",
                      "from=test",
                      1000,
                      HttpResponse{status, {{"WWW-Authenticate", realm}}, "", {}},
                      {},
                      {}});
    m_server->forget_requests();
    for (const char* text : {"one", "two"}) {
      const auto blob = descriptor_of(text, "text/plain");
      EXPECT_EQ(to.put_blob(m_context, blob, opener(text), &from), store::PutOutcome::uploaded);
    }
    EXPECT_LE(count("POST", "from=test"), 2U) << status;
  }
}

TEST_F(AuthTest, WhoseCredentialsWereRefusedIsSaid) {
  for (const Auth auth : {Auth::basic, Auth::bearer}) {
    serve_with(auth);
    connect([](const base::Context&, std::string_view) {
      config::Credentials credentials("ada", "wrong");
      credentials.origin = "the credentials of /home/ada/config.json, entry \"r\"";
      return std::optional(credentials);
    });
    registry::Repository store = repository();
    const base::Error error = error_of([&] { store.find_manifest(m_context, "t"); });
    EXPECT_EQ(error.code(), ErrorCode::unauthorized);
    EXPECT_TRUE(
        error.message().ends_with(" (with the credentials of /home/ada/config.json, entry \"r\")"))
        << error.message();
  }
}

TEST_F(AuthTest, APublicImageNeedsNoHelperThatWorks) {
  serve_with(Auth::bearer);
  connect([](const base::Context&, std::string_view) -> std::optional<config::Credentials> {
    throw config::HelperError(ErrorCode::invalid_input, "docker-credential-x is not installed");
  });
  m_server->inject(
      {"GET", "/token", 1, HttpResponse{200, {}, R"({"token": "public"})", {}}, {}, {}});
  m_server->inject({"GET", "/manifests/", 1, {}, {}, {}});
  registry::Repository store = repository();
  // The token is none of this registry's: it was asked for without credentials, and that is all.
  error_of([&] { store.find_manifest(m_context, "t"); });
  for (const HttpRequest& request : m_server->requests()) {
    if (request.path == "/token") {
      EXPECT_FALSE(request.headers.find("Authorization"));
    }
  }
  EXPECT_GE(count("GET", "/token"), 1U);
  EXPECT_NE(m_events.all().find("docker-credential-x is not installed; going on without"),
            std::string::npos)
      << m_events.all();
}

TEST_F(AuthTest, NoRealmElsewhereIsAskedInPlainText) {
  serve_with(Auth::bearer);
  connect();  // without credentials, too
  m_server->inject(
      {"GET",
       "/manifests/",
       1,
       HttpResponse{
           401, {{"WWW-Authenticate", "Bearer realm=\"http://elsewhere.invalid/t\""}}, "", {}},
       {},
       {}});
  registry::Repository store = repository();
  EXPECT_EQ(error_of([&] { store.find_manifest(m_context, "t"); }).code(), ErrorCode::denied);
}

TEST_F(AuthTest, NoCredentialsIsSaidSo) {
  serve_with(Auth::basic);
  connect();
  registry::Repository store = repository();
  const base::Error error = error_of([&] { put(store, "a"); });
  EXPECT_EQ(error.code(), ErrorCode::unauthorized);
  EXPECT_NE(error.message().find("none is configured"), std::string::npos) << error.what();
}

TEST_F(AuthTest, ATokenIsRenewedBeforeItExpires) {
  serve_with(Auth::bearer);
  auto now =
      std::make_shared<std::chrono::system_clock::time_point>(std::chrono::system_clock::now());
  m_context.now = [now] { return *now; };
  connect(ada());
  registry::Repository store = repository();
  put(store, "a");
  *now += std::chrono::seconds(269);
  put(store, "b");
  EXPECT_EQ(count("GET", "/token"), 1U);
  *now += std::chrono::seconds(2);
  put(store, "c");
  EXPECT_EQ(count("GET", "/token"), 2U);
}

TEST_F(AuthTest, ATokenThatIsRevokedInTheMiddleIsRenewedOnce) {
  serve_with(Auth::bearer);
  connect(ada());
  registry::Repository store = repository();
  put(store, "a");
  m_server->revoke_tokens();
  put(store, "b");
  EXPECT_EQ(count("GET", "/token"), 2U);
}

TEST_F(AuthTest, CredentialsGoToNoRealmInPlainText) {
  serve_with(Auth::bearer);
  connect(ada());
  m_server->inject(
      {"POST",
       "/blobs/",
       1000,
       HttpResponse{401,
                    {{"WWW-Authenticate", "Bearer realm=\"http://evil.example/t?password=x\""}},
                    "",
                    {}},
       {},
       {}});
  registry::Repository store = repository();
  const base::Error error = error_of([&] { put(store, "a"); });
  EXPECT_EQ(error.code(), ErrorCode::denied) << error.what();
  EXPECT_EQ(error.message().find("password=x"), std::string::npos);
}

TEST_F(AuthTest, ATokenServerThatFailsIsAskedAgain) {
  serve_with(Auth::bearer);
  connect(ada());
  m_server->inject({"GET", "/token", 2, HttpResponse{503, {}, "", {}}, {}, {}});
  registry::Repository store = repository();
  put(store, "a");
  EXPECT_EQ(count("GET", "/token"), 3U);
}

TEST_F(AuthTest, AnUploadAtAnotherHostGetsNoToken) {
  serve_with(Auth::bearer);
  connect(ada());
  std::vector<HttpRequest> seen;
  std::mutex mutex;
  HttpServer other([&](const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    seen.push_back(request);
    return HttpResponse{201, {}, "", {}};
  });
  m_server->inject(
      {"POST", "/blobs/uploads/", 2, {}, {}, [&](const HttpRequest&, HttpResponse& response) {
         if (response.status == 202) response.headers.set("Location", other.url("/up?sig=1"));
       }});
  registry::Repository store = repository();
  put(store, "a");
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].method, "PUT");
  EXPECT_EQ(seen[0].headers.find("Authorization"), nullptr);
  EXPECT_EQ(seen[0].query.at("sig"), "1");
}

TEST_F(AuthTest, ASlowTokenHoldsUpNobodyElse) {
  serve_with(Auth::bearer);
  connect(ada());
  m_server->inject({"GET", "slow%2Fweb", 1, {}, {}, [](const HttpRequest&, HttpResponse& answer) {
                      answer.silent = true;
                      answer.ending = Ending::stall;
                    }});
  std::stop_source stop;
  std::vector<ErrorCode> ends(2, ErrorCode::internal);
  {
    std::vector<std::jthread> waiting;
    for (ErrorCode& end : ends) {
      waiting.emplace_back([&] {
        base::Context context;
        context.stop = stop.get_token();
        try {
          repository("slow/web").resolve(context, "latest");
        } catch (const base::Error& error) {
          end = error.code();
        }
      });
    }
    while (count("GET", "slow%2Fweb") == 0) std::this_thread::yield();
    EXPECT_FALSE(repository("other/web").resolve(m_context, "latest"));
    stop.request_stop();
  }
  EXPECT_EQ(ends, std::vector<ErrorCode>(2, ErrorCode::cancelled));
  EXPECT_EQ(count("GET", "slow%2Fweb"), 1U) << "one fetches for both";
}

/// A session is deleted after a failure, and that must not take as long as a token server likes.
TEST_F(AuthTest, AnEndThatNeedsASlowTokenIsGivenUp) {
  serve_with(Auth::bearer);
  connect(ada());
  registry::Repository store = repository();
  const auto open = [&]() -> std::unique_ptr<base::Source> {
    m_server->revoke_tokens();
    m_server->inject({"GET", "/token", 1, {}, {}, [](const HttpRequest&, HttpResponse& answer) {
                        answer.silent = true;
                        answer.ending = Ending::stall;
                      }});
    throw base::Error(ErrorCode::io, "the disk is gone");
  };
  const auto blob = descriptor_of(sample_bytes(3'000'000, 1), "application/octet-stream");
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of([&] { store.put_blob(m_context, blob, open); }).code(), ErrorCode::io);
  EXPECT_EQ(count("GET", "/token"), 2U);
  EXPECT_LT(std::chrono::steady_clock::now() - started, m_stall / 2);
}

TEST_F(AuthTest, ADownloadFromAnotherHostGetsNoToken) {
  serve_with(Auth::bearer);
  connect(ada());
  registry::Repository store = repository();
  put(store, "layer");
  std::vector<HttpRequest> seen;
  std::mutex mutex;
  HttpServer other([&](const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    seen.push_back(request);
    return HttpResponse{200, {}, "layer", {}};
  });
  m_server->inject({"GET", "/blobs/", 1, {}, {}, [&](const HttpRequest&, HttpResponse& response) {
                      response = HttpResponse{307, {{"Location", other.url("/blob")}}, "", {}};
                    }});
  EXPECT_EQ(read(store, descriptor_of("layer", "text/plain")), "layer");
  ASSERT_EQ(seen.size(), 1U);
  for (const auto& [name, value] : seen[0].headers) {
    EXPECT_EQ(value.find("token-"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace pinnace::test_support
