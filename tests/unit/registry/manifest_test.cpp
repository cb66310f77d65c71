#include "support/registry_fixture.hpp"

namespace pinnace::test_support {
namespace {

using base::ErrorCode;

class ManifestTest : public RegistryTest {
 protected:
  ManifestTest() { serve(); }
  oci::RawManifest push(registry::Repository& store, const std::string& tag) {
    const auto image = put_image_blobs(store, m_context, "layer");
    store.put_manifest(m_context, image, tag);
    return image;
  }
  Fault change(const std::string& method, std::function<void(HttpResponse&)> action) {
    return {method, "/manifests/",
            1,      {},
            {},     [action](const HttpRequest&, HttpResponse& response) { action(response); }};
  }
};

TEST_F(ManifestTest, TheRegistrysOwnErrorIsInTheMessage) {
  registry::Repository store = repository();
  oci::RawManifest image = push(store, "t");
  image.bytes = "[]";
  const base::Error error = error_of([&] { store.put_manifest(m_context, image, "t"); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_input);
  EXPECT_EQ(error.message(), "PUT " + m_server->url("/v2/shop/web/manifests/t") +
                                 ": 400: MANIFEST_INVALID: manifest invalid");
}

TEST_F(ManifestTest, HostileErrorsStayOneShortLine) {
  registry::Repository store = repository();
  for (const std::string& body : std::vector<std::string>{
           std::string(100'000, 'x'), std::string("\x1b[2J\r\n<html>"),
           std::string("{\"errors\":[1,[],{}]}"),
           std::string("{\"errors\":[{\"code\":\"") + std::string(50'000, 'A') + "\"}]}",
           std::string(60'000, '[')}) {
    m_server->inject({"GET", "/manifests/", 1, HttpResponse{400, {}, body, {}}, {}, {}});
    const std::string text = error_of([&] { store.find_manifest(m_context, "t"); }).what();
    EXPECT_LT(text.size(), 700U);
    EXPECT_EQ(text.find_first_of("\x1b\r\n"), std::string::npos);
  }
}

TEST_F(ManifestTest, OtherBytesThanAskedForAreRefused) {
  registry::Repository store = repository();
  const auto image = push(store, "t");
  m_server->inject(change("GET", [](HttpResponse& response) { response.body += " "; }));
  EXPECT_EQ(error_of([&] { store.find_manifest(m_context, image.digest.str()); }).code(),
            ErrorCode::integrity);
  m_server->inject(change("GET", [](HttpResponse& response) { response.body += " "; }));
  EXPECT_EQ(error_of([&] { store.find_manifest(m_context, "t"); }).code(), ErrorCode::integrity)
      << "by the registry's own header";
}

/// As a front end does, whose registry is being repaired.
TEST_F(ManifestTest, AnAnswerThatIsNotTheRegistrysIsNotBelieved) {
  registry::Repository store = repository();
  const auto image = put_image_blobs(store, m_context, "layer");
  for (const HttpResponse& answer :
       {HttpResponse{200, {}, "", {}}, HttpResponse{201, {}, "", {}},
        HttpResponse{202, {{"Location", "/v2/"}}, "", {}},
        HttpResponse{200, {{"Content-Type", "text/html"}}, "<p>", {}}}) {
    m_server->inject({"PUT", "/manifests/", 1, answer, {}, {}});
    const base::Error error = error_of([&] { store.put_manifest(m_context, image, "t"); });
    EXPECT_EQ(error.code(), ErrorCode::unavailable) << answer.status;
    EXPECT_NE(error.message().find("is not there"), std::string::npos) << error.message();
  }
  m_server->inject(
      {"PUT", "/manifests/", 1, {}, {}, [](const HttpRequest&, HttpResponse& response) {
         response.status = 202;
         response.headers.remove("Docker-Content-Digest");
       }});
  EXPECT_NO_THROW(store.put_manifest(m_context, image, "t")) << "it is there";
}

TEST_F(ManifestTest, AWrongDigestHeaderIsNoticed) {
  registry::Repository store = repository();
  const auto image = push(store, "t");
  const auto lie = [](HttpResponse& response) {
    response.headers.set("Docker-Content-Digest", hash::Digest::of("lie").str());
  };
  m_server->inject(change("PUT", lie));
  EXPECT_EQ(error_of([&] { store.put_manifest(m_context, image, "t"); }).code(),
            ErrorCode::integrity);
  m_server->inject(change("GET", lie));
  EXPECT_EQ(error_of([&] { store.find_manifest(m_context, "t"); }).code(), ErrorCode::integrity);
  // The bytes themselves tell more than any header.
  m_server->inject(change("HEAD", lie));
  m_server->inject(change("GET", lie));
  const auto found = store.resolve(m_context, image.digest.str());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->digest, image.digest);
}

TEST_F(ManifestTest, AHeadThatIsRefusedIsNoVerdict) {
  registry::Repository store = repository();
  const auto image = push(store, "t");
  HttpServer storage([&](const HttpRequest& request) {
    if (request.method == "HEAD")
      return HttpResponse{request.path == "/gone" ? 404 : 403, {}, "", {}};
    return HttpResponse{200, {{"Content-Type", "application/octet-stream"}}, image.bytes, {}};
  });
  for (const char* place : {"/signed-for-get", "/gone"}) {
    const HttpResponse away{307, {{"Location", storage.url(place)}}, "", {}};
    m_server->inject({"", "/manifests/t", 2, away, {}, {}});
    const auto found = store.resolve(m_context, "t");
    ASSERT_TRUE(found) << place;
    EXPECT_EQ(found->digest, image.digest);
  }
  for (const int status : {400, 403, 405, 500, 503}) {
    m_server->inject({"HEAD", "", 1, HttpResponse{status, {}, "", {}}, {}, {}});
    EXPECT_TRUE(store.resolve(m_context, "t")) << status;
    m_server->inject({"HEAD", "", 1, HttpResponse{status, {}, "", {}}, {}, {}});
    const oci::Manifest manifest = oci::Manifest::parse(image);
    EXPECT_TRUE(store.has_blob(m_context, manifest.config)) << status;
    m_server->inject({"HEAD", "", 1, HttpResponse{status, {}, "", {}}, {}, {}});
    EXPECT_FALSE(store.has_blob(m_context, descriptor_of("none", "text/plain"))) << status;
  }
  EXPECT_TRUE(m_pauses.milliseconds().empty());
}

TEST_F(ManifestTest, AHeadThatAsksForMoreThanGetIsNoVerdict) {
  const auto answers = [](const std::string& host) {
    const std::string dead = "Bearer realm=\"http://" + host + "/nowhere\"";
    return std::vector<HttpResponse>{
        {401, {}, "", {}},
        {401, {{"WWW-Authenticate", "Basic realm=\"x\""}}, "", {}},
        {401, {{"WWW-Authenticate", dead}}, "", {}},
        {401, {{"WWW-Authenticate", "Bearer realm=\"ftp://x\""}}, "", {}},
        {302, {{"Location", "ftp://x/y"}}, "", {}},
        {302, {{"Location", "http://registry.example.invalid/x"}}, "", {}},
        {302, {{"Location", "/v2/shop/web/manifests/t"}}, "", {}},
        {200,
         {{"A", std::string(90'000, 'a')},
          {"B", std::string(90'000, 'b')},
          {"C", std::string(90'000, 'c')}},
         "",
         {}}};
  };
  for (std::size_t i = 0; i < answers("").size(); ++i) {
    serve();
    registry::Repository store = repository();
    const auto image = push(store, "t");
    m_server->inject({"HEAD", "", 1000, answers(m_server->host())[i], {}, {}});
    const auto found = store.resolve(m_context, "t");
    ASSERT_TRUE(found) << i;
    EXPECT_EQ(found->digest, image.digest) << i;
    EXPECT_TRUE(store.has_blob(m_context, oci::Manifest::parse(image).config)) << i;
    EXPECT_FALSE(store.has_blob(m_context, descriptor_of("none", "text/plain"))) << i;
  }
}

TEST_F(ManifestTest, ResolveFallsBackToGet) {
  RegistryBehaviour behaviour;
  behaviour.tells_digests = false;
  serve(behaviour);
  registry::Repository store = repository();
  const auto image = push(store, "t");
  const std::size_t before = count("GET", "/manifests/");  // a PUT without an answer is looked at
  const auto found = store.resolve(m_context, "t");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->digest, image.digest);
  EXPECT_EQ(found->size, image.bytes.size());
  EXPECT_EQ(count("GET", "/manifests/"), before + 1);
}

TEST_F(ManifestTest, AllKindsAreAccepted) {
  registry::Repository store = repository();
  store.find_manifest(m_context, "t");
  const std::string accept(m_server->requests()[0].headers.get("Accept"));
  for (const auto type :
       {oci::media_type::k_index, oci::media_type::k_manifest, oci::media_type::k_docker_manifest,
        oci::media_type::k_docker_manifest_list}) {
    EXPECT_NE(accept.find(type), std::string::npos) << accept;
  }
}

TEST_F(ManifestTest, TagsComeFromAllPages) {
  RegistryBehaviour behaviour;
  behaviour.page = 7;
  serve(behaviour);
  registry::Repository store = repository();
  const auto image = push(store, "first");
  for (int i = 0; i < 30; ++i) store.put_manifest(m_context, image, "tag-" + std::to_string(i));
  EXPECT_EQ(store.tags(m_context).size(), 31U);
  EXPECT_EQ(count("GET", "/tags/list"), 5U);
}

TEST_F(ManifestTest, AListIsBounded) {
  registry::Repository store = repository();
  push(store, "t");
  int page = 0;
  m_server->inject(
      {"GET", "/tags/list", 1000, {}, {}, [&](const HttpRequest&, HttpResponse& response) {
         response.body =
             R"({"tags": ["t)" + std::to_string(++page) + R"("]})" + std::string(8'000'000, ' ');
         response.headers.set(
             "Link", "</v2/shop/web/tags/list?last=" + std::to_string(page) + ">; rel=next");
       }});
  EXPECT_EQ(error_of([&] { store.tags(m_context); }).code(), ErrorCode::unavailable);
  EXPECT_LT(page, 10);
}

/// A list that leads on and on, and says nothing: of tags and of referrers.
TEST_F(ManifestTest, PagesThatBringNothingNewEnd) {
  for (const std::string path : {"/tags/list", "/referrers/"}) {
    for (const bool some_are_idle : {false, true}) {
      serve();
      registry::Repository store = repository();
      const oci::RawManifest image = push(store, "t");
      int page = 0;
      m_server->inject({"GET", path, 1000, {}, {}, [&](const HttpRequest&, HttpResponse& response) {
                          ++page;
                          if (some_are_idle && page == 5) return;  // the last one
                          response.headers.set("Link", "</v2/shop/web" + path + image.digest.str() +
                                                           "?last=" + std::to_string(page) +
                                                           ">; rel=next");
                        }});
      const auto list = [&] {
        path == "/tags/list" ? (void)store.tags(m_context)
                             : (void)store.referrers(m_context, image.digest);
      };
      if (some_are_idle) {
        EXPECT_NO_THROW(list()) << "registries exist that filter pages";
        continue;
      }
      const base::Error error = error_of(list);
      EXPECT_EQ(error.code(), ErrorCode::unavailable);
      EXPECT_NE(error.message().find("nothing new"), std::string::npos) << error.message();
      EXPECT_LT(page, 20) << path;
    }
  }
}

/// As front ends add to what a registry says.
TEST_F(ManifestTest, OtherLinksHideNoPage) {
  registry::Repository store = repository();
  const oci::RawManifest image = push(store, "a");
  store.put_manifest(m_context, image, "b");
  m_server->inject(
      {"GET", "/tags/list?n=1000", 1, {}, {}, [&](const HttpRequest&, HttpResponse& response) {
         response.headers.add("Link", "</style.css>; rel=\"preload\"");
         response.headers.add("Link", "</v2/shop/web/tags/list?last=a>; rel = \"next last\"");
         response.body = R"({"tags": ["a"]})";
       }});
  EXPECT_EQ(store.tags(m_context), (std::vector<std::string>{"a", "b"}));
}

TEST_F(ManifestTest, PagesThatLeadNowhereGoodAreRefused) {
  HttpServer other([](const HttpRequest&) { return HttpResponse{}; });
  for (const std::string& link : std::vector<std::string>{
           std::string("</v2/shop/web/tags/list?n=1000>; rel=\"next\""),
           "<" + other.url("/v2/") + ">; rel=\"next\"", std::string("<ftp://x>; rel=next")}) {
    serve();
    registry::Repository store = repository();
    push(store, "t");
    m_server->inject(
        {"GET", "/tags/list", 1000, {}, {}, [&](const HttpRequest&, HttpResponse& response) {
           response.headers.set("Link", link);
         }});
    EXPECT_EQ(error_of([&] { store.tags(m_context); }).code(), ErrorCode::unavailable) << link;
    EXPECT_EQ(count("GET", "/tags/list"), 1U);
  }
  EXPECT_EQ(other.connections(), 0U);
}

class ReferrersTest : public ManifestTest {
 protected:
  void serve_without_api() {
    RegistryBehaviour behaviour;
    behaviour.referrers_api = false;
    serve(behaviour);
  }
  oci::RawManifest attach(registry::Repository& store, const oci::RawManifest& subject,
                          const std::string& text) {
    const auto note = put_referrer_blobs(store, m_context, subject, text);
    store.put_manifest(m_context, note, "");
    return note;
  }
};

TEST_F(ReferrersTest, TheApiMakesNoTag) {
  registry::Repository store = repository();
  const auto image = push(store, "t");
  attach(store, image, "note");
  EXPECT_EQ(store.referrers(m_context, image.digest).size(), 1U);
  EXPECT_EQ(store.tags(m_context), (std::vector<std::string>{"t"}));
}

TEST_F(ReferrersTest, WithoutTheApiTheTagSchemeServes) {
  serve_without_api();
  registry::Repository store = repository();
  const auto image = push(store, "t");
  const auto first = attach(store, image, "first");
  const auto second = attach(store, image, "second");
  attach(store, image, "first");
  const auto found = store.referrers(m_context, image.digest);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].digest, first.digest);
  EXPECT_EQ(found[1].digest, second.digest);
  EXPECT_EQ(found[1].artifact_type, "application/vnd.example.note");
  EXPECT_EQ(found[1].annotations.at("note"), "second");
  const std::string tag = "sha256-" + std::string(image.digest.hex());
  EXPECT_EQ(store.tags(m_context), (std::vector<std::string>{tag, "t"}));
}

TEST_F(ReferrersTest, AnEntryThatAnotherWriterDroppedIsAddedAgain) {
  const auto list_of_one = [&] {
    serve_without_api();
    registry::Repository store = repository();
    const auto image = push(store, "t");
    attach(store, image, "note");
    return store.resolve(m_context, "sha256-" + std::string(image.digest.hex()))->digest;
  }();
  serve_without_api();
  registry::Repository store = repository();
  const auto image = push(store, "t");
  const std::string tag = "sha256-" + std::string(image.digest.hex());
  // Somebody else writes the list between our write and our check.
  const HttpResponse taken{201, {{"Docker-Content-Digest", list_of_one.str()}}, "", {}};
  m_server->inject({"PUT", tag, 1, taken, {}, {}});
  const auto note = attach(store, image, "note");
  ASSERT_EQ(store.referrers(m_context, image.digest).size(), 1U);
  EXPECT_EQ(count("PUT", tag), 2U);
}

TEST(Tags, AHundredThousandComeInPages) {
  constexpr int k_tags = 100'000;
  std::atomic<int> pages = 0;
  HttpServer server([&](const HttpRequest& request) {
    const int size = std::stoi(request.query.at("n"));
    const int first = request.query.contains("last") ? std::stoi(request.query.at("last")) + 1 : 0;
    const int end = std::min(first + size, k_tags);
    ++pages;
    auto list = nlohmann::json::array();
    for (int i = first; i < end; ++i) list.push_back(std::to_string(i));
    HttpResponse response{200, {}, nlohmann::json{{"name", "a/b"}, {"tags", list}}.dump(), {}};
    if (end < k_tags) {
      response.headers.set("Link", "</v2/a/b/tags/list?n=" + std::to_string(size) +
                                       "&last=" + std::to_string(end - 1) + ">; rel=\"next\"");
    }
    return response;
  });
  registry::Repository store(client_for(server.host()), "a/b");
  EXPECT_EQ(store.tags({}).size(), static_cast<std::size_t>(k_tags));
  EXPECT_EQ(pages, 100);
}

/// Each list of referrers says that it refers to something of its own: putting one must not lead to
/// the next one for ever.
TEST_F(ManifestTest, AListOfReferrersIsNobodysReferrer) {
  RegistryBehaviour behaviour;
  behaviour.referrers_api = false;
  serve(behaviour);
  int lists = 0;
  m_server->inject(
      {"GET", "/manifests/sha256-", 1000, {}, {}, [&](const HttpRequest&, HttpResponse& response) {
         const std::string digest = hash::Digest::of(std::to_string(lists++)).str();
         response = HttpResponse{
             200,
             {{"Content-Type", "application/vnd.oci.image.index.v1+json"}},
             R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
             R"("manifests":[],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
             R"("size":2,"digest":")" +
                 digest + "\"}}",
             {}};
       }});
  registry::Repository store = repository();
  const auto image = put_image_blobs(store, m_context, "layer");
  oci::Manifest manifest = oci::Manifest::parse(image);
  manifest.subject = descriptor_of("subject", oci::media_type::k_manifest);
  EXPECT_EQ(error_of([&] { store.put_manifest(m_context, manifest.to_raw(), ""); }).code(),
            ErrorCode::conflict);
  EXPECT_LT(lists, 100);
}

}  // namespace
}  // namespace pinnace::test_support
