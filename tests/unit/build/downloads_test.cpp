#include "containerfile_fixture.hpp"
#include "support/http_server.hpp"

namespace pinnace::build {
namespace {

using test_support::HttpRequest;
using test_support::HttpResponse;
using test_support::HttpServer;

/// A server of one file, and what it was asked.
class DownloadsTest : public ContainerfileFixture {
 protected:
  static HttpResponse answer_of(int status, const std::string& body) {
    HttpResponse response;
    response.status = status;
    response.body = body;
    return response;
  }
  HttpResponse answer(const HttpRequest& request) {
    ++m_requests;
    m_last = request;
    if (request.headers.get("If-None-Match") == m_tag && !m_tag.empty()) return answer_of(304, {});
    if (!request.headers.get("If-Modified-Since").empty()) return answer_of(304, {});
    HttpResponse response = answer_of(m_status, m_body);
    response.headers = m_headers;
    if (!m_tag.empty()) response.headers.add("ETag", m_tag);
    return response;
  }
  std::string add(const std::string& flags, const std::string& destination) {
    return "FROM scratch\nADD " + flags + " " + m_server.url("/d/f.txt") + " " + destination + "\n";
  }

  cache::BuildCache open_cache() {
    return {
        cache::LocalCache(m_directory.path() / "build-cache"), {}, cache::BuildCache::Reuse::yes};
  }

  std::atomic<int> m_requests = 0;
  HttpRequest m_last;
  int m_status = 200;
  std::string m_body = "B";
  std::string m_tag;
  web::Headers m_headers;
  HttpServer m_server{[this](const HttpRequest& request) { return answer(request); }};
};

TEST_F(DownloadsTest, BecomeFilesThatOnlyTheOwnerMayRead) {
  m_headers.add("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT");
  write("c", "C");
  EXPECT_EQ(build_and_list(add("", "/x")), Listing{"600 0:0 x = B"});
  EXPECT_EQ(build_and_list(add("--chown=3 --chmod=644 c", "/x/")),
            (Listing{"755 3:3 x/", "644 3:3 x/c = C", "644 3:3 x/f.txt = B"}));
  EXPECT_TRUE(m_last.headers.get("Authorization").empty());
  const output::BuildResult result = build(add("", "/x"));
  const auto tar = m_target->open_blob({}, result.images[0].layers[0].descriptor);
  archive::TarReader reader(*tar, "layer");
  EXPECT_EQ(reader.next()->mtime, 1445412480);
}

TEST_F(DownloadsTest, AChecksumIsVerifiedAndNobodyIsAskedAgain) {
  const std::string right = "--checksum=" + hash::Digest::of("B").str();
  EXPECT_EQ(build_and_list(add(right, "/x")), Listing{"600 0:0 x = B"});
  m_body = "other";
  const std::string wrong = "--checksum=" + hash::Digest::of("A").str();
  EXPECT_EQ(error_of(add(wrong, "/x")), "f:2:1: " + m_server.url("/d/f.txt") +
                                            " has the checksum " + hash::Digest::of("other").str() +
                                            ", expected " + hash::Digest::of("A").str());
  EXPECT_EQ(error_of(add(right, "/x")), "f:2:1: " + m_server.url("/d/f.txt") +
                                            " has the checksum " + hash::Digest::of("other").str() +
                                            ", and was " + hash::Digest::of("B").str() + " before");
}

TEST_F(DownloadsTest, ASettledFileOfACachedStepIsNotFetched) {
  cache::BuildCache cache = open_cache();
  const std::string text = add("--checksum=" + hash::Digest::of("B").str(), "/x");
  const hash::Digest first = build(text, &cache).root.digest;
  EXPECT_EQ(m_requests, 1);
  EXPECT_EQ(build(text, &cache).root.digest, first);
  EXPECT_EQ(m_requests, 1) << "what is pinned and cached needs no server";
}

TEST_F(DownloadsTest, WithoutAChecksumTheServerIsAskedWhetherItChanged) {
  m_tag = "\"1\"";
  cache::BuildCache cache = open_cache();
  const std::string text = add("", "/x");
  const hash::Digest first = build(text, &cache).root.digest;
  EXPECT_EQ(build(text, &cache).root.digest, first);
  EXPECT_EQ(m_last.headers.get("If-None-Match"), m_tag);
  EXPECT_EQ(m_requests, 2);
  m_tag = "\"2\"";
  m_body = "C";
  EXPECT_EQ(list(build(text, &cache)), Listing{"600 0:0 x = C"});
}

TEST_F(DownloadsTest, NeitherADateNorAWeakTagTellsThatAFileIsTheSame) {
  cache::BuildCache cache = open_cache();
  const std::string text = add("", "/x");
  for (const std::string tag : {"", "W/\"1\""}) {
    m_tag = tag;
    m_body = "B";
    m_headers = {};
    m_headers.add("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT");
    build(text, &cache);
    // An older file was put back: by its date it has not changed since.
    m_body = "A";
    m_headers = {};
    m_headers.add("Last-Modified", "Tue, 20 Oct 2015 07:28:00 GMT");
    EXPECT_EQ(list(build(text, &cache)), Listing{"600 0:0 x = A"}) << tag;
  }
}

TEST_F(DownloadsTest, AStageThatIsOnlyCopiedFrom) {
  EXPECT_EQ(build_and_list(add("", "/x/") + "FROM scratch\nCOPY --from=0 /x/f.txt /y\n"),
            Listing{"600 0:0 y = B"});
}

TEST_F(DownloadsTest, ArchivesStayArchivesUnlessAskedFor) {
  base::StringSink tar;
  archive::TarWriter writer(tar);
  auto [file, content] = entry(EntryType::file, "in", "I");
  file.size = content.size();
  writer.add(file, base::as_bytes(content));
  writer.finish();
  m_body = tar.text();
  EXPECT_EQ(build_and_list(add("", "/x")).size(), 1U);
  EXPECT_EQ(build_and_list(add("--unpack", "/x/")), (Listing{"755 0:0 x/", "640 7:8 x/in = I"}));
}

TEST_F(DownloadsTest, AnAnswerThatIsNoneNamesUrlAndStatus) {
  m_status = 404;
  EXPECT_EQ(error_of(add("", "/x")), "f:2:1: GET " + m_server.url("/d/f.txt") + ": status 404");
  m_status = 403;
  EXPECT_EQ(error_of(add("", "/x")), "f:2:1: GET " + m_server.url("/d/f.txt") + ": status 403");
}

TEST_F(DownloadsTest, LimitsAndCutConnections) {
  layer::Spool spool(m_directory.path());
  source::Downloads::Options options;
  options.memory = m_directory.path() / "memory";
  options.max_bytes = 3;
  options.reach.retry.sleep = [](const base::Context&, http::Milliseconds) {};
  m_body = "four";
  source::Downloads small(options, spool);
  EXPECT_THROW(small.find({}, {m_server.url("/a"), "a", {}}), base::Error);
  int calls = 0;
  HttpServer flaky([&](const HttpRequest&) {
    HttpResponse response = answer_of(200, "abc");
    if (++calls == 1) {
      response.send = 1;
      response.ending = test_support::Ending::cut;
    }
    if (calls == 2) response.status = 503;
    return response;
  });
  source::Downloads patient(options, spool);
  EXPECT_EQ(patient.find({}, {flaky.url("/a"), "a", {}}).digest, hash::Digest::of("abc"));
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace pinnace::build
