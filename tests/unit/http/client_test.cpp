#include "http/client.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/error.hpp"
#include "support/http_server.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::http {
namespace {

using test_support::Ending;
using test_support::HttpRequest;
using test_support::HttpResponse;
using test_support::HttpServer;

base::ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return base::ErrorCode::internal;
}

std::string pattern(std::size_t size) {
  std::string result(size, ' ');
  for (std::size_t i = 0; i < size; ++i) result[i] = static_cast<char>('a' + i * i % 26);
  return result;
}

Request get(std::string url) {
  Request request;
  request.url = std::move(url);
  return request;
}

Body stream(std::string bytes, bool sized) {
  const auto size = sized ? std::optional<std::uint64_t>(bytes.size()) : std::nullopt;
  return StreamBody{[bytes] { return std::make_unique<base::StringSource>(bytes); }, size};
}

TEST(Client, GetsHeadersAndBody) {
  HttpServer server([](const HttpRequest& request) {
    return HttpResponse{200, {{"X-Path", request.path}}, pattern(100'000), {}};
  });
  Client client;
  const Response response = client.send({}, get(server.url("/a%20b?c=d")));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("x-path"), "/a b");
  EXPECT_EQ(response.body, pattern(100'000));
  base::StringSink sink;
  EXPECT_EQ(client.send({}, get(server.url("/")), &sink).body, "");
  EXPECT_EQ(sink.text(), pattern(100'000));
}

TEST(Client, SendsBodiesOfEveryKind) {
  HttpServer server([](const HttpRequest& request) {
    std::string said(request.headers.get("Content-Length"));
    said += request.headers.get("Transfer-Encoding");
    return HttpResponse{200, {{"X-Said", said + " " + request.method}}, request.body, {}};
  });
  Client client;
  const std::string large = pattern(3'000'000);
  struct Case {
    const char* method;
    Body body;
    std::string said;
    std::string expected;
  };
  for (const Case& c : std::vector<Case>{{"GET", {}, "GET", ""},
                                         {"DELETE", {}, "DELETE", ""},
                                         {"POST", {}, "0 POST", ""},
                                         {"PUT", std::string("text"), "4 PUT", "text"},
                                         {"PUT", stream(large, true), "3000000 PUT", large},
                                         {"PATCH", stream(large, false), "chunked PATCH", large},
                                         {"PATCH", stream("", false), "chunked PATCH", ""},
                                         {"PUT", stream("", true), "0 PUT", ""}}) {
    const Response response = client.send({}, {c.method, server.url("/"), {}, c.body, {}});
    EXPECT_EQ(response.headers.get("X-Said"), c.said);
    EXPECT_TRUE(response.body == c.expected) << c.said;
  }
  EXPECT_EQ(server.connections(), 1U) << "the connection is used again";
}

TEST(Client, PullsABodyAndMayLeaveEarly) {
  HttpServer server([](const HttpRequest&) {
    return HttpResponse{200, {}, pattern(20'000'000), {}};
  });
  Client client;
  OpenResponse opened = client.open({}, get(server.url("/")));
  EXPECT_EQ(base::read_all(*opened.body, 30'000'000, "body"), pattern(20'000'000));
  opened = client.open({}, get(server.url("/")));
  std::byte few[10];
  EXPECT_GT(opened.body->read(few), 0U);
  opened.body.reset();
  base::StringSink sink;
  EXPECT_EQ(client.send({}, get(server.url("/")), &sink).status, 200) << "of use after it";
  EXPECT_EQ(sink.text().size(), 20'000'000U);
}

TEST(Client, AnyStatusIsAValue) {
  HttpServer server([](const HttpRequest&) { return HttpResponse{503, {}, "busy", {}}; });
  Client client;
  base::StringSink sink;
  const Response response = client.send({}, get(server.url("/")), &sink);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "busy");
  EXPECT_EQ(sink.text(), "");
  const OpenResponse opened = client.open({}, get(server.url("/")));
  EXPECT_EQ(opened.body, nullptr);
  EXPECT_EQ(opened.response.body, "busy");
}

TEST(Client, LimitsWhatItCollects) {
  HttpServer server([](const HttpRequest& request) {
    return HttpResponse{request.path == "/error" ? 500 : 200, {}, pattern(200'000), {}};
  });
  Options options;
  options.max_body = 100'000;
  Client client(options);
  EXPECT_EQ(code_of([&] { client.send({}, get(server.url("/"))); }),
            base::ErrorCode::invalid_input);
  EXPECT_EQ(client.send({}, get(server.url("/error"))).body.size(), 64U * 1024);
}

/// What a peer can make long, and never ends.
HttpResponse endless(std::string raw, std::string more) {
  HttpResponse response;
  response.raw = std::move(raw);
  response.endless = std::move(more);
  return response;
}

TEST(Client, WhatIsTooLongIsRefused) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
  const std::string kilobytes(4000, 'y');
  struct Case {
    const char* what;
    HttpResponse response;
  };
  for (const Case& c :
       {Case{"status line", endless("HTTP/1.1 200 ", kilobytes)},
        Case{"header", endless(ok + "X: ", kilobytes)},
        Case{"headers", endless(ok, "X: " + kilobytes + "\r\n")},
        Case{"interim responses",
             endless("HTTP/1.1 102 Wait\r\n\r\n", "HTTP/1.1 102 Wait\r\n\r\n")},
        Case{"trailer", endless(chunked + "0\r\nX: ", kilobytes)},
        Case{"trailers", endless(chunked + "0\r\n", "X: " + kilobytes.substr(0, 900) + "\r\n")},
        Case{"body", endless(ok + "\r\n", kilobytes)}}) {
    HttpServer server([&](const HttpRequest&) { return c.response; });
    try {
      Client().send({}, get(server.url("/")));
      ADD_FAILURE() << c.what << ": nothing was thrown";
    } catch (const base::Error& error) {
      EXPECT_NE(error.code(), base::ErrorCode::internal) << c.what << ": " << error.what();
    }
  }
}

TEST(Client, OnlyPayloadIsASignOfLife) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  Options options;
  options.stall = Milliseconds(200);
  for (const std::string& extension : {"5;", "5\r\nhello\r\n5;"}) {
    HttpServer server([&](const HttpRequest&) {
      return endless(chunked + extension, std::string(64 * 1024, 'y'));
    });
    EXPECT_THROW(Client(options).send({}, get(server.url("/"))), TransportError);
  }
}

TEST(Client, EndlessHeadersAreRefused) {
  HttpServer server([](const HttpRequest&) {
    HttpResponse response;
    for (int i = 0; i < 300; ++i) response.headers.add("X", std::string(1000, 'x'));
    return response;
  });
  Client client;
  EXPECT_THROW(client.send({}, get(server.url("/"))), base::Error);
}

TEST(Client, BrokenConnectionsAreTransportErrors) {
  struct Case {
    const char* name;
    HttpResponse response;
  };
  HttpResponse cut{200, {}, pattern(1000), {}};
  cut.send = 500;
  cut.ending = Ending::cut;
  HttpResponse reset = cut;
  reset.ending = Ending::reset;
  HttpResponse silent = cut;
  silent.silent = true;
  HttpResponse longer{200, {}, "short", 1000};
  longer.ending = Ending::cut;
  for (const Case& c :
       {Case{"cut", cut}, {"reset", reset}, {"silent", silent}, {"longer", longer}}) {
    HttpServer server([&](const HttpRequest&) { return c.response; });
    Client client;
    EXPECT_THROW(client.send({}, get(server.url("/"))), TransportError) << c.name;
  }
  std::string gone;
  {
    gone = HttpServer([](const HttpRequest&) { return HttpResponse{}; }).url("/");
  }
  try {
    Client().send({}, get(gone + "?token=secret"));
    FAIL();
  } catch (const TransportError& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("GET " + gone + "?token=REDACTED: "))
        << error.what();
  }
}

TEST(Client, ANameThatCannotBeResolvedSaysSoEachTime) {
  Client client;
  // The label is too long for any name server to be asked.
  const std::string url = "http://" + std::string(64, 'a') + ".invalid/";
  for (int i = 0; i < 2; ++i) {
    try {
      client.send({}, get(url));
      FAIL() << "nothing was thrown";
    } catch (const TransportError& error) {
      EXPECT_NE(std::string(error.what()).find("resolve"), std::string::npos) << error.what();
    }
  }
}

TEST(Client, GivesUpASilentPeer) {
  HttpResponse stall{200, {}, pattern(1000), {}};
  stall.send = 10;
  stall.ending = Ending::stall;
  HttpServer server([&](const HttpRequest&) { return stall; });
  Options options;
  options.stall = Milliseconds(100);
  Client client(options);
  EXPECT_THROW(client.send({}, get(server.url("/"))), TransportError);
  Options limited;
  limited.total = Milliseconds(100);
  EXPECT_THROW(Client(limited).send({}, get(server.url("/"))), TransportError);
}

TEST(Client, AStopRequestEndsASilentTransferAtOnce) {
  HttpResponse stall;
  stall.silent = true;
  stall.ending = Ending::stall;
  std::stop_source stop;
  HttpServer server([&](const HttpRequest&) {
    stop.request_stop();
    return stall;
  });
  base::Context context;
  context.stop = stop.get_token();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of([&] { Client().send(context, get(server.url("/"))); }),
            base::ErrorCode::cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(Client, ErrorsOfTheSourceComeThrough) {
  class Failing final : public base::Source {
   public:
    std::size_t read(std::span<std::byte>) override {
      throw base::Error(base::ErrorCode::io, "the disk is gone");
    }
  };
  HttpServer server([](const HttpRequest&) { return HttpResponse{}; });
  Client client;
  for (const auto size : {std::optional<std::uint64_t>(10), std::optional<std::uint64_t>()}) {
    const StreamBody body{[] { return std::make_unique<Failing>(); }, size};
    EXPECT_EQ(code_of([&] {
                client.send({}, {"PUT", server.url("/"), {}, body, {}});
              }),
              base::ErrorCode::io);
  }
  for (const std::uint64_t size : {4U, 6U}) {
    const StreamBody body{[] { return std::make_unique<base::StringSource>("12345"); }, size};
    EXPECT_EQ(code_of([&] {
                client.send({}, {"PUT", server.url("/"), {}, body, {}});
              }),
              base::ErrorCode::integrity);
  }
}

TEST(Redirects, CredentialsStayWithTheirOrigin) {
  std::mutex mutex;
  std::vector<HttpRequest> seen;
  HttpServer other([&](const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    seen.push_back(request);
    return HttpResponse{200, {}, "blob", {}};
  });
  HttpServer server([&](const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    seen.push_back(request);
    const std::string to = request.path == "/near" ? "/far" : other.url("/blob");
    return HttpResponse{307, {{"Location", to}}, "elsewhere", {}};
  });
  Client client;
  Request request = get(server.url("/near"));
  request.headers = {
      {"Authorization", "Bearer secret"}, {"Cookie", "secret"}, {"Range", "bytes=1-"}};
  const Response response = client.send({}, request);
  EXPECT_EQ(response.body, "blob");
  EXPECT_EQ(response.url, other.url("/blob"));
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[1].headers.get("Authorization"), "Bearer secret");
  EXPECT_EQ(seen[2].headers.get("Range"), "bytes=1-");
  for (const auto& [name, value] : seen[2].headers) {
    EXPECT_EQ(value.find("secret"), std::string::npos) << name;
  }
}

TEST(Redirects, ABodyWithCredentialsStaysWithItsOrigin) {
  std::atomic<int> reached = 0;
  HttpServer other([&](const HttpRequest&) {
    ++reached;
    return HttpResponse{200, {}, "", {}};
  });
  HttpServer server([&](const HttpRequest& request) {
    const std::string to = request.path == "/near" ? "/there" : other.url("/token");
    if (request.path == "/there") return HttpResponse{200, {}, request.body, {}};
    return HttpResponse{307, {{"Location", to}}, "", {}};
  });
  Client client;
  Request request{"POST", server.url("/near"), {}, base::Secret("refresh_token=x"), {}};
  EXPECT_EQ(client.send({}, request).body, "refresh_token=x");
  request.url = server.url("/far");
  EXPECT_EQ(code_of([&] { client.send({}, request); }), base::ErrorCode::denied);
  EXPECT_EQ(reached, 0);
}

TEST(Redirects, LeadToPlainHttpOnlyWhereThatIsSafe) {
  const auto refused = [](const char* from, const char* to, const MayBePlain& configured = {}) {
    return !why_not_led(web::origin_of(from), web::origin_of(to), configured).empty();
  };
  EXPECT_FALSE(refused("https://r.example/", "https://s3.example/"));
  EXPECT_FALSE(refused("http://r.example/", "https://s3.example/"));
  EXPECT_FALSE(refused("http://r.example/", "http://r.example:8080/"));
  EXPECT_FALSE(refused("http://127.0.0.1:5000/", "http://localhost:9000/"));
  EXPECT_TRUE(refused("https://r.example/", "http://r.example/"));
  EXPECT_TRUE(refused("https://127.0.0.1/", "http://127.0.0.1/"));
  EXPECT_TRUE(refused("http://127.0.0.1:5000/", "http://s3.example/"));
  EXPECT_TRUE(refused("http://localhost:5000/", "http://169.254.169.254/"));
  EXPECT_TRUE(refused("http://r.example/", "http://s3.example/"));
  EXPECT_TRUE(refused("http://r.example/", "http://127.0.0.1:2375/"));
  EXPECT_TRUE(refused("https://r.example/", "https://localhost/"));
  const MayBePlain minio = [](const web::Origin& to) {
    return to.host == "minio" && to.port == "9000";
  };
  EXPECT_FALSE(refused("http://127.0.0.1:5000/", "http://minio:9000/x", minio));
  EXPECT_TRUE(refused("http://127.0.0.1:5000/", "http://minio/x", minio));
  EXPECT_TRUE(refused("https://r.example/", "http://minio:9000/x", minio));
}

TEST(Redirects, FromLoopbackToPlainHttpElsewhereIsNotFollowed) {
  HttpServer server([&](const HttpRequest&) {
    // Nobody has that name, and nobody is asked for it.
    return HttpResponse{307, {{"Location", "http://elsewhere.invalid/x"}}, "", {}};
  });
  EXPECT_EQ(code_of([&] { Client().send({}, get(server.url("/"))); }), base::ErrorCode::denied);
}

TEST(Redirects, FromWhoMayNotSendUsAnywhereStayWithHim) {
  std::atomic<int> reached = 0;
  HttpServer other([&](const HttpRequest&) {
    ++reached;
    return HttpResponse{200, {}, "", {}};
  });
  HttpServer server([&](const HttpRequest& request) {
    if (request.path == "/login") return HttpResponse{200, {}, "login", {}};
    const std::string to = request.path == "/near" ? "/login" : other.url("/x");
    return HttpResponse{302, {{"Location", to}}, "", {}};
  });
  Options options;
  options.redirects = Redirects::same_origin;
  Client client(options);
  EXPECT_EQ(client.send({}, get(server.url("/near"))).body, "login");
  EXPECT_EQ(code_of([&] { client.send({}, get(server.url("/far"))); }), base::ErrorCode::denied);
  EXPECT_EQ(reached, 0);
}

TEST(Redirects, AreBoundedAndKeepTheirBody) {
  int hops = 0;
  HttpServer server([&](const HttpRequest& request) {
    ++hops;
    if (request.path == "/once") return HttpResponse{308, {{"Location", "/there"}}, "", {}};
    if (request.path == "/there") return HttpResponse{201, {}, request.method + request.body, {}};
    if (request.path == "/bad")
      return HttpResponse{302, {{"Location", "file:///etc/passwd"}}, "", {}};
    return HttpResponse{302, {{"Location", "/round"}}, "", {}};
  });
  Client client;
  EXPECT_EQ(code_of([&] { client.send({}, get(server.url("/round"))); }),
            base::ErrorCode::unavailable);
  EXPECT_EQ(hops, 11);
  for (const bool sized : {true, false}) {
    const Response response =
        client.send({}, {"PUT", server.url("/once"), {}, stream("body", sized), {}});
    EXPECT_EQ(response.body, "PUTbody");
  }
  EXPECT_EQ(client.send({}, {"POST", server.url("/round"), {}, {}, {}}).status, 302)
      << "not followed";
  EXPECT_THROW(client.send({}, get(server.url("/bad"))), base::Error);
}

TEST(Client, AsksNobodyOnThisMachineWhoMayNotBe) {
  HttpServer closed([](const HttpRequest&) {
    return HttpResponse{200, {}, "of this machine", {}};
  });
  HttpServer open([&](const HttpRequest&) {
    return HttpResponse{302, {{"Location", closed.url("/")}}, "", {}};
  });
  Options options;
  options.why_no_loopback = [&](const web::Origin& origin) {
    return origin.port == std::to_string(open.port()) ? "" : "port " + origin.port + " is closed";
  };
  Client client(options);
  for (const std::string& url : {closed.url("/"), open.url("/")}) {
    try {
      client.send({}, get(url));
      FAIL() << url;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::denied);
      EXPECT_TRUE(error.message().ends_with("leads to this machine's loopback; port " +
                                            std::to_string(closed.port()) + " is closed"))
          << error.message();
    }
  }
  EXPECT_EQ(closed.connections(), 0U);
  EXPECT_EQ(open.connections(), 1U);
}

TEST(Client, SaysWhoAnswered) {
  HttpServer server([](const HttpRequest&) { return HttpResponse{}; });
  EXPECT_EQ(Client().send({}, get(server.url("/"))).address, "127.0.0.1");
}

class TlsTest : public testing::Test {
 protected:
  TlsTest() { files::write_file_atomically(m_ca, m_certificate.certificate_pem); }
  test_support::TemporaryDirectory m_directory;
  test_support::Certificate m_certificate = test_support::make_certificate();
  std::filesystem::path m_ca = m_directory.path() / "ca.pem";
};

TEST_F(TlsTest, NeedsAnAuthorityThatItTrusts) {
  HttpServer server({[](const HttpRequest&) {
                       return HttpResponse{200, {}, "safe", {}};
                     },
                     {},
                     {}},
                    &m_certificate);
  EXPECT_EQ(code_of([&] { Client().send({}, get(server.url("/"))); }), base::ErrorCode::denied);
  Options options;
  options.ca_file = m_ca;
  Client client(options);
  EXPECT_EQ(client.send({}, get(server.url("/"))).body, "safe");
  options.ca_file = m_directory.path() / "missing.pem";
  EXPECT_EQ(code_of([&] { Client(options).send({}, get(server.url("/"))); }),
            base::ErrorCode::invalid_input);
}

TEST_F(TlsTest, AHostThatItIsLedToHasAnAuthorityOfItsOwn) {
  HttpServer last({[](const HttpRequest&) {
                     return HttpResponse{200, {}, "safe", {}};
                   },
                   {},
                   {}},
                  &m_certificate);
  HttpServer first([&](const HttpRequest&) {
    return HttpResponse{302, {{"Location", last.url("/")}}, "", {}};
  });
  Options options;
  options.ca_of = [&](const web::Origin& origin) {
    return origin.port == std::to_string(last.port()) ? m_ca : std::filesystem::path();
  };
  EXPECT_EQ(Client(options).send({}, get(first.url("/"))).body, "safe");
  options.ca_of = [&](const web::Origin& origin) {
    return origin.port == std::to_string(first.port()) ? m_ca : std::filesystem::path();
  };
  EXPECT_EQ(code_of([&] { Client(options).send({}, get(first.url("/"))); }),
            base::ErrorCode::denied);
}

TEST_F(TlsTest, APeerThatSpeaksPlainHttpIsCalledSo) {
  HttpServer plain([](const HttpRequest&) { return HttpResponse{200, {}, "plain", {}}; });
  Options options;
  options.plain_hint = "; set plainHttp";
  try {
    Client(options).send({}, get("https" + plain.url("/").substr(4)));
    FAIL() << "nothing was thrown";
  } catch (const TransportError& error) {
    FAIL() << "would be tried again: " << error.what();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::unavailable);
    EXPECT_TRUE(std::string(error.what()).ends_with("perhaps plain http; set plainHttp"))
        << error.what();
  }
}

TEST_F(TlsTest, NeverGoesOnInPlainText) {
  HttpServer plain([](const HttpRequest&) { return HttpResponse{200, {}, "read by all", {}}; });
  HttpServer server({[&](const HttpRequest&) {
                       return HttpResponse{302, {{"Location", plain.url("/")}}, "", {}};
                     },
                     {},
                     {}},
                    &m_certificate);
  Options options;
  options.ca_file = m_ca;
  Client client(options);
  EXPECT_EQ(code_of([&] { client.send({}, get(server.url("/"))); }), base::ErrorCode::denied);
  EXPECT_EQ(plain.connections(), 0U);
}

TEST(Client, RefusesHeadersWithLineEnds) {
  Request request = get("http://127.0.0.1:1/");
  request.headers.add("X", "a\r\nAuthorization: b");
  EXPECT_EQ(code_of([&] { Client().send({}, request); }), base::ErrorCode::invalid_input);
}

TEST(Client, ManyThreadsShareIt) {
  HttpServer server([](const HttpRequest& request) {
    return HttpResponse{200, {}, request.path, {}};
  });
  Client client;
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int id = 0; id < 8; ++id) {
    threads.emplace_back([&, id] {
      for (int i = 0; i < 25; ++i) {
        const std::string path = "/" + std::to_string(id) + "/" + std::to_string(i);
        good += client.send({}, get(server.url(path))).body == path;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
  EXPECT_LE(server.connections(), 8U);
}

}  // namespace
}  // namespace pinnace::http
