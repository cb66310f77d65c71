#include "hash/hasher.hpp"
#include "store/memory_store.hpp"
#include "store/missing_blobs.hpp"
#include "support/registry_fixture.hpp"

namespace pinnace::test_support {
namespace {

using base::ErrorCode;
using store::PutOutcome;

class TransferTest : public RegistryTest {
 protected:
  TransferTest() { serve(); }
  std::string m_bytes = sample_bytes(3'000'000, 1);
  oci::Descriptor m_blob = descriptor_of(m_bytes, "application/octet-stream");

  Fault status(const std::string& method, const std::string& part, int code, int times = 1) {
    return {method, part, times, HttpResponse{code, {}, "", {}}, {}, {}};
  }
  Fault cut_body(const std::string& method, std::size_t after, Ending ending = Ending::cut) {
    return {method, "/blobs/uploads/", 1, {}, BodyFault{after, ending}, {}};
  }
  Fault cut_answer(const std::string& method, const std::string& part, std::size_t after,
                   Ending ending = Ending::cut) {
    return {method, part, 1, {}, {}, [=](const HttpRequest&, HttpResponse& response) {
              response.send = after;
              response.ending = ending;
            }};
  }
  void expect_blob(const std::string& repository = "shop/web") {
    const auto found = m_server->blob(repository, m_blob.digest.str());
    ASSERT_TRUE(found);
    EXPECT_TRUE(*found == m_bytes);
    EXPECT_EQ(m_server->open_uploads(), 0U);
  }
};

TEST_F(TransferTest, AColdPushNeedsFewRequests) {
  registry::Repository store = repository();
  const auto image = put_image_blobs(store, m_context, "layer one");
  store::put_bytes(store, m_context, "layer two", "text/plain");
  store.put_manifest(m_context, image, "latest");
  EXPECT_EQ(m_server->request_lines().size(), 7U);
  EXPECT_EQ(m_server->connections(), 1U);
}

TEST_F(TransferTest, ARegistryWhoseSessionsShowThatItMountsIsNotAskedByHeadToo) {
  registry::Repository store = repository();
  EXPECT_EQ(store.put_blob(m_context, m_blob, opener(m_bytes)), PutOutcome::uploaded);
  EXPECT_EQ(m_server->requests().size(), 3U);
  EXPECT_EQ(count("HEAD"), 0U);
}

TEST_F(TransferTest, WhatIsThereIsFoundByOneRequest) {
  registry::Repository store = repository();
  store.put_blob(m_context, m_blob, opener(m_bytes));
  m_server->forget_requests();
  EXPECT_EQ(store.put_blob(m_context, m_blob, nullptr), PutOutcome::existed);
  EXPECT_EQ(m_server->request_lines(),
            (std::vector<std::string>{"POST /v2/shop/web/blobs/uploads/"}));
}

/// distribution leaves a blob so after a power cut, or on a disk that was full.
TEST_F(TransferTest, ABlobOfAnotherSizeIsNotThere) {
  RegistryBehaviour behaviour;
  behaviour.mounts = false;
  serve(behaviour);
  registry::Repository store = repository();
  store.put_blob(m_context, m_blob, opener(m_bytes));
  for (const std::size_t size : {0U, 100U}) {
    m_server->corrupt_blob(m_blob.digest.str(), m_bytes.substr(0, size));
    EXPECT_FALSE(store.has_blob(m_context, m_blob)) << size;
    EXPECT_EQ(store.put_blob(m_context, m_blob, opener(m_bytes)), PutOutcome::uploaded) << size;
    expect_blob();
    EXPECT_TRUE(store.has_blob(m_context, m_blob));
  }
}

/// Some proxies say 0 to every HEAD.
TEST_F(TransferTest, WhatHeadSaysOfTheSizeIsAskedAgainByGet) {
  registry::Repository store = repository();
  store.put_blob(m_context, m_blob, opener(m_bytes));
  m_server->inject({"HEAD", "/blobs/", 1, HttpResponse{200, {}, "", {}}, {}, {}});
  EXPECT_TRUE(store.has_blob(m_context, m_blob));
  EXPECT_EQ(count("HEAD", "/blobs/"), 1U);
}

TEST_F(TransferTest, RepairReadsABlobAndReplacesIt) {
  for (const bool mounts : {true, false}) {
    RegistryBehaviour behaviour;
    behaviour.mounts = mounts;
    serve(behaviour);
    registry::Repository store = repository();
    EXPECT_EQ(store.repair_blob(m_context, m_blob, opener(m_bytes)), PutOutcome::uploaded);
    EXPECT_EQ(store.repair_blob(m_context, m_blob, nullptr), PutOutcome::existed);
    std::string flipped = m_bytes;
    flipped[1'000'000] ^= 1;
    for (const std::string& damaged : {flipped, m_bytes.substr(0, 100), std::string()}) {
      m_server->corrupt_blob(m_blob.digest.str(), damaged);
      EXPECT_EQ(store.repair_blob(m_context, m_blob, opener(m_bytes)), PutOutcome::uploaded);
      expect_blob();
    }
  }
}

/// distribution does not write over the file of a blob that it has.
TEST_F(TransferTest, ABlobThatARegistryKeepsDamagedIsNoSuccess) {
  registry::Repository store = repository();
  store.put_blob(m_context, m_blob, opener(m_bytes));
  m_server->inject({"GET", "/blobs/", 2, HttpResponse{200, {}, "other bytes", {}}, {}, {}});
  const base::Error error =
      error_of([&] { store.repair_blob(m_context, m_blob, opener(m_bytes)); });
  EXPECT_EQ(error.code(), ErrorCode::integrity);
  EXPECT_NE(std::string(error.what()).find("keeps a damaged blob " + m_blob.digest.str()),
            std::string::npos)
      << error.what();
}

TEST_F(TransferTest, OtherRepositoriesOfTheRegistryAreMountedFrom) {
  registry::Repository from = repository("test/web");
  registry::Repository to = repository("prod/web");
  from.put_blob(m_context, m_blob, opener(m_bytes));
  m_server->forget_requests();
  EXPECT_EQ(to.put_blob(m_context, m_blob, nullptr, &from), PutOutcome::mounted);
  EXPECT_EQ(m_server->requests().size(), 1U);
  expect_blob("prod/web");
}

TEST_F(TransferTest, ASmallLayerThatTheRegistryOnlySaysItHasIsSent) {
  m_server->inject(status("POST", "mount=", 201, 1000));
  registry::Repository store = repository();
  const std::string bytes = "a layer";
  const auto writer = store.create_blob(m_context);
  writer->write(base::as_bytes(bytes));
  writer->commit(hash::Digest::of(bytes), bytes.size());
  EXPECT_EQ(m_server->blob("shop/web", hash::Digest::of(bytes).str()), bytes);
}

/// As one does that "mounted" what it has nowhere.
TEST_F(TransferTest, AManifestWithoutItsBlobsIsToldApart) {
  registry::Repository store = repository();
  store::MemoryStore memory;
  const auto image = put_image_blobs(memory, m_context, "layer");
  try {
    store.put_manifest(m_context, image, "1");
    FAIL() << "it was taken";
  } catch (const store::MissingBlobs& missing) {
    EXPECT_NE(missing.message().find("MANIFEST_BLOB_UNKNOWN"), std::string::npos);
  }
}

TEST_F(TransferTest, ARegistryThatRefusesMountsIsAskedPlainly) {
  m_server->inject(status("POST", "mount=", 405, 1000));
  registry::Repository store = repository();
  EXPECT_EQ(store.put_blob(m_context, m_blob, opener(m_bytes)), PutOutcome::uploaded);
  expect_blob();
  EXPECT_EQ(store.put_blob(m_context, m_blob, nullptr), PutOutcome::existed);
}

/// 202 without the place to go on at, and 201 for another blob.
TEST_F(TransferTest, AnAnswerToAMountThatMakesNoSenseEndsInSending) {
  web::Headers other;
  other.set("Docker-Content-Digest", hash::Digest::of("other").str());
  const std::string few = "a few bytes";
  for (const char* asked : {"from=test", "mount="}) {
    for (const HttpResponse& answer :
         {HttpResponse{202, {}, "", {}}, HttpResponse{201, other, "", {}}}) {
      serve();
      registry::Repository from = repository("test/web");
      registry::Repository to = repository("prod/web");
      from.put_blob(m_context, m_blob, opener(m_bytes));
      m_server->inject({"POST", asked, 1000, answer, {}, {}});
      EXPECT_EQ(to.put_blob(m_context, m_blob, opener(m_bytes), &from), PutOutcome::uploaded);
      EXPECT_EQ(to.put_blob(m_context, descriptor_of(few, "text/plain"), opener(few)),
                PutOutcome::uploaded);
      expect_blob("prod/web");
    }
  }
}

TEST_F(TransferTest, AMountThatFailsEndsInSending) {
  for (const char* asked : {"from=test", "mount="}) {
    for (const int code : {400, 404, 405, 409, 429, 500, 501, 502, 503, 504}) {
      serve();
      registry::Repository from = repository("test/web");
      registry::Repository to = repository("prod/web");
      from.put_blob(m_context, m_blob, opener(m_bytes));
      m_server->inject(status("POST", asked, code, 1000));
      EXPECT_EQ(to.put_blob(m_context, m_blob, opener(m_bytes), &from), PutOutcome::uploaded)
          << code;
      expect_blob("prod/web");
      EXPECT_TRUE(m_pauses.milliseconds().empty()) << code;
    }
  }
}

TEST_F(TransferTest, ARegistryThatIgnoresMountsIsNotSentTheSameTwice) {
  RegistryBehaviour behaviour;
  behaviour.mounts = false;
  serve(behaviour);
  registry::Repository from = repository("test/web");
  registry::Repository to = repository("prod/web");
  from.put_blob(m_context, m_blob, opener(m_bytes));
  EXPECT_EQ(from.put_blob(m_context, m_blob, nullptr), PutOutcome::existed);
  EXPECT_EQ(to.put_blob(m_context, m_blob, opener(m_bytes), &from), PutOutcome::uploaded);
  EXPECT_EQ(to.put_blob(m_context, m_blob, nullptr, &from), PutOutcome::existed);
  expect_blob("prod/web");
}

TEST_F(TransferTest, RetriesWhatMayPass) {
  for (const int code : {408, 429, 500, 502, 503, 504}) {
    serve();
    m_server->inject(status("POST", "", code, 2));
    m_server->inject(status("PATCH", "", code, 2));
    m_server->inject(status("PUT", "", code, 2));
    registry::Repository store = repository();
    EXPECT_EQ(store.put_blob(m_context, m_blob, opener(m_bytes)), PutOutcome::uploaded) << code;
    expect_blob();
  }
}

TEST_F(TransferTest, DoesNotRetryAVerdict) {
  struct Case {
    int status;
    ErrorCode code;
  };
  for (const Case& c : {Case{400, ErrorCode::invalid_input},
                        {403, ErrorCode::denied},
                        {404, ErrorCode::not_found},
                        {409, ErrorCode::conflict},
                        {413, ErrorCode::invalid_input}}) {
    serve();
    m_server->inject(status("PUT", "", c.status, 1000));
    registry::Repository store = repository();
    EXPECT_EQ(error_of([&] { store.put_blob(m_context, m_blob, opener(m_bytes)); }).code(), c.code)
        << c.status;
    EXPECT_EQ(count("PUT"), 1U) << c.status;
    EXPECT_EQ(m_server->open_uploads(), 0U) << "the session is deleted";
  }
  EXPECT_TRUE(m_pauses.milliseconds().empty());
}

TEST_F(TransferTest, WaitsWhatItIsTold) {
  m_server->inject(
      {"GET", "/manifests/", 2, HttpResponse{429, {{"Retry-After", "7"}}, "", {}}, {}, {}});
  registry::Repository store = repository();
  EXPECT_FALSE(store.find_manifest(m_context, "latest"));
  EXPECT_EQ(m_pauses.milliseconds(), (std::vector<std::int64_t>{7000, 7000}));
  EXPECT_NE(
      m_events.all().find("/v2/shop/web/manifests/latest: 429, trying again in 7.0 s (2 of 6)"),
      std::string::npos)
      << m_events.all();
}

TEST_F(TransferTest, GivesUpAfterTheLastAttempt) {
  m_server->inject(status("GET", "/manifests/", 503, 1000));
  registry::Repository store = repository();
  EXPECT_EQ(error_of([&] { store.find_manifest(m_context, "latest"); }).code(),
            ErrorCode::unavailable);
  EXPECT_EQ(m_server->requests().size(), 6U);
}

TEST_F(TransferTest, ABrokenUploadGoesOnWhereItStopped) {
  for (const Ending ending : {Ending::cut, Ending::reset}) {
    serve();
    m_server->inject(cut_body("PATCH", 2'000'000, ending));
    m_server->inject(cut_body("PATCH", 300'000, ending));
    registry::Repository store = repository();
    EXPECT_EQ(store.put_blob(m_context, m_blob, opener(m_bytes)), PutOutcome::uploaded);
    expect_blob();
    EXPECT_EQ(count("POST"), 1U) << "no new session";
    EXPECT_EQ(count("PATCH"), 3U);
    EXPECT_NE(m_events.all().find("goes on at byte 2000000 of 3000000"), std::string::npos);
    EXPECT_NE(m_events.all().find("goes on at byte 2300000 of 3000000"), std::string::npos);
  }
}

TEST_F(TransferTest, AnUploadThatTheRegistryLostStartsOver) {
  RegistryBehaviour behaviour;
  behaviour.keeps_partial_uploads = false;
  serve(behaviour);
  m_server->inject(cut_body("PATCH", 2'000'000));
  registry::Repository store = repository();
  EXPECT_EQ(store.put_blob(m_context, m_blob, opener(m_bytes)), PutOutcome::uploaded);
  expect_blob();
}

TEST_F(TransferTest, ASessionThatCanNotBeEndedIsReplaced) {
  m_server->inject(status("PUT", "", 500, 3));
  registry::Repository store = repository();
  EXPECT_EQ(store.put_blob(m_context, m_blob, opener(m_bytes)), PutOutcome::uploaded);
  expect_blob();
  EXPECT_EQ(count("POST"), 2U);
  EXPECT_EQ(count("DELETE"), 1U);
}

TEST_F(TransferTest, ASourceThatFailsHalfwayEndsThePatchProperly) {
  registry::Repository store = repository();
  const oci::Descriptor promised = m_blob;
  const std::string other = sample_bytes(3'000'000, 9);
  const auto open = [&]() -> std::unique_ptr<base::Source> {
    return std::make_unique<hash::VerifyingSource>(opener(other)(), promised.digest, promised.size,
                                                   "the source");
  };
  EXPECT_EQ(error_of([&] { store.put_blob(m_context, m_blob, open); }).code(),
            ErrorCode::integrity);
  EXPECT_EQ(count("PATCH"), 1U);
  EXPECT_EQ(count("PUT"), 0U);
  EXPECT_EQ(count("DELETE"), 1U);
  EXPECT_EQ(m_server->open_uploads(), 0U);
}

TEST_F(TransferTest, AnUploadWhoseAnswerIsLostIsFoundToBeThere) {
  Fault fault = cut_answer("PUT", "/blobs/uploads/", 0);
  fault.change = [](const HttpRequest&, HttpResponse& response) {
    response.silent = true;
    response.ending = Ending::cut;
  };
  m_server->inject(fault);
  registry::Repository store = repository();
  store.put_blob(m_context, m_blob, opener(m_bytes));
  expect_blob();
  EXPECT_EQ(count("PATCH"), 1U) << "the bytes are not sent again";
}

TEST_F(TransferTest, ABrokenDownloadGoesOnWhereItStopped) {
  registry::Repository store = repository();
  store.put_blob(m_context, m_blob, opener(m_bytes));
  m_server->inject(cut_answer("GET", "/blobs/", 1'000'000));
  m_server->inject(cut_answer("GET", "/blobs/", 500'000, Ending::cut));
  m_server->forget_requests();
  EXPECT_TRUE(read(store, m_blob) == m_bytes);
  const auto requests = m_server->requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[1].headers.get("Range"), "bytes=1000000-");
  EXPECT_EQ(requests[2].headers.get("Range"), "bytes=1500000-");
}

TEST_F(TransferTest, ASilentDownloadIsGivenUpAndGoesOn) {
  m_stall = http::Milliseconds(200);
  serve();
  registry::Repository store = repository();
  store.put_blob(m_context, m_blob, opener(m_bytes));
  m_server->inject(cut_answer("GET", "/blobs/", 1'000'000, Ending::stall));
  EXPECT_TRUE(read(store, m_blob) == m_bytes);
  EXPECT_EQ(count("GET", "/blobs/"), 2U);
}

TEST_F(TransferTest, ARegistryThatIgnoresRangeSendsItAllAgain) {
  registry::Repository store = repository();
  store.put_blob(m_context, m_blob, opener(m_bytes));
  m_server->inject(cut_answer("GET", "/blobs/", 1'000'000));
  m_server->inject({"GET", "/blobs/", 1, HttpResponse{200, {}, m_bytes, {}}, {}, {}});
  EXPECT_TRUE(read(store, m_blob) == m_bytes);
}

TEST_F(TransferTest, AWrongRangeIsNoticed) {
  registry::Repository store = repository();
  store.put_blob(m_context, m_blob, opener(m_bytes));
  m_server->inject(cut_answer("GET", "/blobs/", 1'000'000));
  m_server->inject({"GET",
                    "/blobs/",
                    1,
                    HttpResponse{206, {{"Content-Range", "bytes 5-9/10"}}, "abcde", {}},
                    {},
                    {}});
  EXPECT_EQ(error_of([&] { read(store, m_blob); }).code(), ErrorCode::integrity);
}

TEST_F(TransferTest, ACorruptBlobIsNamedWithItsRegistry) {
  registry::Repository store = repository();
  store.put_blob(m_context, m_blob, opener(m_bytes));
  m_server->corrupt_blob(m_blob.digest.str(), sample_bytes(3'000'000, 2));
  const base::Error error = error_of([&] { read(store, m_blob); });
  EXPECT_EQ(error.code(), ErrorCode::integrity);
  const std::string text = error.what();
  EXPECT_NE(text.find(m_blob.digest.str()), std::string::npos) << text;
  EXPECT_NE(text.find(m_server->host() + "/shop/web"), std::string::npos) << text;
}

TEST_F(TransferTest, BadLocationsAreRefused) {
  for (const char* location : {"ftp://x/y", "http://u:p@x/", "http://a b/"}) {
    serve();
    m_server->inject({"POST", "", 1, {}, {}, [&](const HttpRequest&, HttpResponse& response) {
                        response.headers.set("Location", location);
                      }});
    registry::Repository store = repository();
    const base::Error error = error_of([&] { store.put_blob(m_context, m_blob, opener(m_bytes)); });
    EXPECT_EQ(error.code(), ErrorCode::unavailable) << error.what();
    EXPECT_EQ(m_server->requests().size(), 1U);
  }
}

TEST_F(TransferTest, NoUploadGoesOnInPlainTextElsewhere) {
  m_server->inject({"POST", "", 1, {}, {}, [&](const HttpRequest&, HttpResponse& response) {
                      response.headers.set("Location", "http://elsewhere.invalid/u");
                    }});
  registry::Repository store = repository();
  EXPECT_EQ(error_of([&] { store.put_blob(m_context, m_blob, opener(m_bytes)); }).code(),
            ErrorCode::denied);
}

TEST_F(TransferTest, ABlobThatCanNotBeAskedForIsSent) {
  RegistryBehaviour behaviour;
  behaviour.mounts = false;
  serve(behaviour);
  m_server->inject(status("HEAD", "/blobs/", 403, 1000));
  registry::Repository store = repository();
  EXPECT_EQ(store.put_blob(m_context, m_blob, opener(m_bytes)), PutOutcome::uploaded);
  expect_blob();
}

TEST_F(TransferTest, ASourceThatFailsDeletesTheSession) {
  registry::Repository store = repository();
  const auto open = []() -> std::unique_ptr<base::Source> {
    throw base::Error(ErrorCode::io, "the disk is gone");
  };
  EXPECT_EQ(error_of([&] { store.put_blob(m_context, m_blob, open); }).code(), ErrorCode::io);
  EXPECT_EQ(count("DELETE"), 1U);
  EXPECT_TRUE(m_pauses.milliseconds().empty()) << "a failure of ours is not retried";
}

class StreamTest : public TransferTest {
 protected:
  StreamTest() {
    m_bytes = sample_bytes(10'000'000, 3);
    m_blob = descriptor_of(m_bytes, "application/octet-stream");
  }
  void write_all(store::BlobWriter& writer, std::size_t size) {
    base::MemorySource source(base::as_bytes(std::string_view(m_bytes).substr(0, size)));
    base::copy(source, writer);
  }
  void stream(registry::Repository& store) {
    const auto writer = store.create_blob(m_context);
    write_all(*writer, m_bytes.size());
    writer->commit(m_blob.digest, m_blob.size);
  }
};

TEST_F(StreamTest, NeedsThreeRequests) {
  registry::Repository store = repository();
  stream(store);
  expect_blob();
  ASSERT_EQ(m_server->requests().size(), 3U);
  EXPECT_EQ(m_server->requests()[1].headers.get("Transfer-Encoding"), "chunked");
}

TEST_F(StreamTest, ABrokenConnectionIsResumedFromMemory) {
  m_server->inject(cut_body("PATCH", 7'000'000, Ending::reset));
  m_server->inject(cut_body("PATCH", 2'000'000));
  registry::Repository store = repository();
  stream(store);
  expect_blob();
  EXPECT_EQ(count("POST"), 1U);
}

TEST_F(StreamTest, WhatTheRegistryLostIsSentAgainIfItIsStillHere) {
  RegistryBehaviour behaviour;
  behaviour.keeps_partial_uploads = false;
  serve(behaviour);
  m_server->inject(cut_body("PATCH", 7'000'000));
  registry::Repository store = repository();
  stream(store);
  expect_blob();
}

TEST_F(StreamTest, WhatIsGoneForGoodIsSaidSo) {
  RegistryBehaviour behaviour;
  behaviour.keeps_partial_uploads = false;
  serve(behaviour);
  m_bytes = sample_bytes(40'000'000, 4);
  m_blob = descriptor_of(m_bytes, "application/octet-stream");
  m_server->inject(cut_body("PATCH", 30'000'000));
  registry::Repository store = repository();
  const base::Error error = error_of([&] { stream(store); });
  EXPECT_EQ(error.code(), ErrorCode::unavailable) << error.what();
  EXPECT_NE(error.message().find("start again"), std::string::npos) << error.what();
}

TEST_F(StreamTest, ADroppedWriterLeavesNoSession) {
  registry::Repository store = repository();
  auto writer = store.create_blob(m_context);
  write_all(*writer, 8'000'000);
  writer.reset();
  EXPECT_EQ(m_server->open_uploads(), 0U);
  EXPECT_EQ(count("DELETE"), 1U);
}

TEST_F(StreamTest, AStopRequestEndsAWriterThatNobodyReads) {
  m_server->inject(cut_body("PATCH", 0, Ending::stall));
  std::stop_source stop;
  m_context.stop = stop.get_token();
  registry::Repository store = repository();
  auto writer = store.create_blob(m_context);
  std::thread stopper([&] { stop.request_stop(); });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of([&] {
              write_all(*writer, m_bytes.size());
              writer->commit(m_blob.digest, m_blob.size);
            }).code(),
            ErrorCode::cancelled);
  writer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  stopper.join();
}

TEST_F(StreamTest, AWrongDigestIsTheRegistrysVerdict) {
  registry::Repository store = repository();
  const auto writer = store.create_blob(m_context);
  write_all(*writer, m_bytes.size());
  EXPECT_EQ(error_of([&] { writer->commit(hash::Digest::of("other"), m_blob.size); }).code(),
            ErrorCode::integrity);
}

TEST_F(StreamTest, AnEndWhoseAnswerIsLostIsFoundToBeThere) {
  m_server->inject(
      {"PUT", "/blobs/uploads/", 1, {}, {}, [](const HttpRequest&, HttpResponse& response) {
         response.silent = true;
         response.ending = Ending::cut;
       }});
  registry::Repository store = repository();
  stream(store);
  expect_blob();
}

TEST(DockerRegistryFaults, AKilledRegistryIsWaitedFor) {
  if (!DockerRegistry::available()) GTEST_SKIP() << "docker-registry is not installed";
  DockerRegistry server;
  api::ClientOptions options;
  bool restarted = false;
  options.retry.sleep = [&](const base::Context&, http::Milliseconds) {
    if (!restarted) server.start();
    restarted = true;
  };
  registry::Repository store(client_for(server.host(), options), "shop/web");
  const base::Context context;
  store::put_bytes(store, context, "before", "text/plain");
  server.kill();
  store::put_bytes(store, context, "after", "text/plain");
  EXPECT_TRUE(restarted);
  EXPECT_TRUE(store.has_blob(context, descriptor_of("before", "text/plain")));
}

}  // namespace
}  // namespace pinnace::test_support
