#include "definition/lock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/error.hpp"
#include "files/file.hpp"
#include "lock_sample.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::definition {
namespace {

using base::ErrorCode;

/// The format itself: a change here is a change of docs/formats/lock.md and of k_lock_version.
constexpr const char* k_text = R"({
  "created": null,
  "encoder": "pinnace-deflate/1:fast",
  "images": [
    {
      "digest": "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
      "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
      "name": "registry.test/nginx:1",
      "platforms": {
        "linux/amd64": {
          "digest": "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
          "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
          "size": 700
        }
      },
      "size": 700
    }
  ],
  "version": 1
}
)";

Lock small() {
  return {"pinnace-deflate/1:fast", std::nullopt, {single_of("registry.test/nginx:1", 'b')}};
}

/// k_text with its one `from` replaced.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = k_text;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Lock, HasOneText) {
  EXPECT_EQ(lock_text(small()), k_text);
  EXPECT_EQ(parse_lock(k_text, "l"), small());
}

TEST(Lock, IsReadAsItWasWritten) {
  for (const Lock& lock : {sample(), small(), Lock{"none", 0, {}}}) {
    EXPECT_EQ(parse_lock(lock_text(lock), "l"), lock);
  }
}

TEST(Lock, NamesDefinitionsWhereThereAreSome) {
  Lock lock = small();
  lock.definitions = {"Two", "web.Containerfile"};
  const std::string text =
      changed("  \"encoder\"",
              "  \"definitions\": [\n    \"Two\",\n    \"web.Containerfile\"\n  ],\n"
              "  \"encoder\"");
  EXPECT_EQ(lock_text(lock), text);
  EXPECT_EQ(parse_lock(text, "l"), lock);
  for (const char* bad :
       {R"(["b", "a"])", R"(["a", "a"])", R"(["../a"])", R"([".."])", R"([""])", R"("a")", "null"})
    EXPECT_THROW(parse_lock(changed("  \"encoder\"",
                                    "  \"definitions\": " + std::string(bad) + ", \"encoder\""),
                            "l"),
                 base::Error)
        << bad;
}

TEST(Lock, IsWrittenInOrder) {
  Lock shuffled = sample();
  std::reverse(shuffled.images.begin(), shuffled.images.end());
  EXPECT_EQ(lock_text(shuffled), lock_text(sample()));
}

TEST(Lock, FindsImagesByName) {
  const Lock lock = sample();
  ASSERT_NE(lock.find("debian:bookworm-slim"), nullptr);
  EXPECT_EQ(lock.find("debian:bookworm-slim")->digest, digest_of('a'));
  EXPECT_EQ(lock.find("debian"), nullptr);
  EXPECT_EQ(Lock().find(""), nullptr);
}

TEST(Lock, LoadsAFile) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory.path() / k_lock_file_name;
  try {
    load_lock(file);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
  }
  files::write_file_atomically(file, lock_text(sample()));
  EXPECT_EQ(load_lock(file), sample());
}

TEST(Lock, RefusesBadInput) {
  const std::string digest = digest_of('b').str();
  const std::string again = lock_text(small());
  const std::string image =
      again.substr(again.find("    {"), again.rfind("\n  ]") - again.find("    {"));
  const std::string named_a = std::string(image).replace(image.find("registry"), 8, "a");
  const struct {
    std::string text;
    const char* where;  ///< "line:column"
    const char* message;
    ErrorCode code = ErrorCode::invalid_input;
  } cases[] = {
      {"", "1:1", ""},
      {"[]", "1:1", "object"},
      {"null", "1:1", "object"},
      {"{}", "1:1", "\"version\" is missing"},
      {"{\"version\": 1,}", "1:15", ""},
      {std::string(k_text) + "x", "21:1", ""},
      {changed("\"version\": 1", "\"version\": 2"), "19:14", "known is 1", ErrorCode::unsupported},
      {changed("\"version\": 1", "\"version\": \"1\""), "19:14", "expected a number"},
      {changed("\"version\": 1", "\"version\": 1.0"), "19:14", "expected a number"},
      {changed("\"version\": 1", "\"version\": 1, \"version\": 1"), "19:17", "twice"},
      {changed("\"version\": 1", "\"version\": 1, \"more\": 1"), "19:17", "unknown key \"more\""},
      {changed("  \"encoder\": \"pinnace-deflate/1:fast\",\n", ""), "1:1",
       "\"encoder\" is missing"},
      {changed("\"pinnace-deflate/1:fast\"", "\"\""), "3:14", "empty"},
      {changed("\"pinnace-deflate/1:fast\"", "7"), "3:14", "expected a text"},
      {changed("  \"created\": null,\n", ""), "1:1", "\"created\" is missing"},
      {changed("\"created\": null", "\"created\": -1"), "2:14", "expected a number"},
      {changed("\"created\": null", "\"created\": 99999999999999"), "2:14", "expected a number"},
      {changed("\"created\": null", "\"created\": \"2026\""), "2:14", "expected a number"},
      {"{\"version\": 1, \"encoder\": \"e\", \"created\": null, \"images\": {}}", "1:59",
       "expected a list"},
      {"{\"version\": 1, \"encoder\": \"e\", \"created\": null, \"images\": [1]}", "1:60",
       "expected a map"},
      {changed("      \"name\": \"registry.test/nginx:1\",\n", ""), "5:5", "\"name\" is missing"},
      {changed("registry.test/nginx:1", ""), "8:15", "empty"},
      {changed("registry.test/nginx:1", "a\\nb"), "8:15", "control character"},
      {changed("\"name\":", "\"nam\":"), "8:7", "did you mean \"name\"?"},
      {changed(digest, "sha256:bb"), "6:17", "sha256"},
      {changed(digest, "md5:" + std::string(32, 'b')), "6:17", ""},
      {changed("\"" + digest + "\"", "1"), "6:17", "expected a text"},
      {changed("linux/amd64", "linux"), "10:9", "os/architecture"},
      {changed("linux/amd64", "linux/x86_64"), "10:9", "linux/amd64"},
      {changed("},\n      \"size\": 700", "},\n      \"size\": -1"), "16:15", "expected a number"},
      {changed("},\n      \"size\": 700", "},\n      \"size\": 1e3"), "16:15", "expected a number"},
      {changed("},\n      \"size\": 700", "},\n      \"size\": 9223372036854775808"), "16:15",
       "expected a number"},
      {changed("\"size\": 700\n        }", "\"size\": 700, \"os\": 1\n        }"), "13:24",
       "unknown key \"os\""},
      {changed(image, image + ",\n" + image), "18:5", "once"},
      {changed(image, image + ",\n" + named_a), "18:5", "sorted by name"},
      {changed("},\n      \"size\": 700", "},\n      \"size\": 701"), "9:20",
       "expected one platform"},
      {changed(digest, "sha256:" + std::string(64, 'c')), "9:20", "which is no index"},
      {changed("mediaType\": \"application/vnd.docker", "mediaType\": \"application/vnd.oci"),
       "9:20", "expected one platform"},
      {changed("  \"encoder\"", "<<<<<<< HEAD\n  \"encoder\""), "3:1", "merge conflict"},
      {changed("  \"version\"", ">>>>>>> main\n  \"version\""), "19:1", "pinnace pin"},
      {changed("registry.test", "\xff"), "8:16", "broken JSON"},
      {std::string(100'000, '['), "1:33", "deep"},
  };
  for (const auto& c : cases) {
    try {
      parse_lock(c.text, "pinnace.lock.json");
      ADD_FAILURE() << "accepted:\n" << c.text.substr(0, 900);
    } catch (const base::Error& error) {
      const std::string place = std::string("pinnace.lock.json:") + c.where + ": ";
      EXPECT_EQ(error.message().find(place), 0U) << c.where << " " << c.message << "\n"
                                                 << error.what();
      EXPECT_NE(error.message().find(c.message), std::string::npos) << c.message << "\n"
                                                                    << error.what();
      EXPECT_EQ(error.code(), c.code) << error.what();
    }
  }
}

TEST(Lock, RefusesPlatformlessImages) {
  const std::string text =
      "{\"version\": 1, \"encoder\": \"e\", \"created\": null, \"images\": [{\"name\": \"a\", "
      "\"digest\": \"" +
      digest_of('a').str() + "\", \"mediaType\": \"m\", \"size\": 1, \"platforms\": {}}]}";
  EXPECT_THROW(parse_lock(text, "l"), base::Error);
}

}  // namespace
}  // namespace pinnace::definition
