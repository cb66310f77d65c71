#include "policy/policy.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/signing_samples.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::policy {
namespace {

using packages::PackageType;
using test_support::signing_sample;

class PolicyTest : public testing::Test {
 protected:
  PolicyTest() {
    for (const char* name : {"p256.pub", "ed25519.pub", "p256.key"})
      files::write_file_atomically(m_directory.path() / name, signing_sample(name));
    files::write_file_atomically(m_directory.path() / "same.pub", signing_sample("p256.pub"));
  }
  Policy load(const std::string& text) {
    const auto file = m_directory.path() / "policy.yaml";
    files::write_file_atomically(file, text);
    return Policy::load(file);
  }
  /// Without the directory.
  std::string refusal(const std::string& text) {
    try {
      (void)load(text);
      return "none";
    } catch (const base::Error& error) {
      const std::string what = error.what();
      const std::string prefix = m_directory.path().string() + "/";
      EXPECT_TRUE(what.starts_with(prefix)) << what;
      return what.substr(what.starts_with(prefix) ? prefix.size() : 0);
    }
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(PolicyTest, ReadsAllOfIt) {
  const Policy policy = load(R"(version: 1
signatures: {keys: [p256.pub, ed25519.pub], need: any}
attestations:
  - type: slsaprovenance1
  - {type: "https://a.test/b", keys: [ed25519.pub]}
sources: ["https://git.test/shop/*", "https://git.test/lib.git"]
bases: [debian, "registry.test/base/*"]
packages:
  forbidden:
    - {name: "org.apache.logging.log4j:log4j-core", type: maven, version: ">=2.0 <2.17.1"}
    - name: telnetd
)");
  ASSERT_TRUE(policy.signatures);
  EXPECT_EQ(policy.signatures->keys.size(), 2U);
  EXPECT_EQ(policy.signatures->needed, 1U);
  EXPECT_EQ(policy.signatures->keys[0].name, "p256.pub");
  ASSERT_EQ(policy.attestations.size(), 2U);
  EXPECT_EQ(policy.attestations[0].type, "https://slsa.dev/provenance/v1");
  EXPECT_EQ(policy.attestations[0].keys.keys.size(), 2U);
  EXPECT_EQ(policy.attestations[1].keys.needed, 1U);
  EXPECT_EQ(policy.sources[1].text, "https://git.test/lib");
  EXPECT_EQ(policy.bases[0].text, "docker.io/library/debian");
  EXPECT_FALSE(policy.bases[1].is_whole);
  ASSERT_EQ(policy.forbidden.size(), 2U);
  EXPECT_EQ(policy.forbidden[0].bounds.size(), 2U);
  EXPECT_FALSE(policy.forbidden[1].type);
}

TEST_F(PolicyTest, SaysWhatIsWrongWhere) {
  const std::string good = "version: 1\nsignatures: {keys: [p256.pub]}\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "policy.yaml:1:1: "},
      {"version: 1\n", "policy.yaml:1:1: expected rules"},
      {"version: 2\nsources: [a]\n", "policy.yaml:1:10: "},
      {good + "signature: {}\n", "policy.yaml:3:1: "},
      {"version: 1\nsignatures: {keys: []}\n", "policy.yaml:2:20: expected one at least"},
      {"version: 1\nsignatures: {keys: [p256.pub, ed25519.pub]}\n",
       "policy.yaml:2:20: several keys: expected need"},
      {"version: 1\nsignatures: {keys: [p256.pub, same.pub], need: all}\n",
       "policy.yaml:2:31: same.pub: the same key as p256.pub"},
      {"version: 1\nsignatures: {keys: [p256.pub], need: 2}\n",
       "policy.yaml:2:38: expected all, any or a number from 1 to 1"},
      {"version: 1\nsignatures: {keys: [none.pub]}\n", "policy.yaml:2:21: "},
      {"version: 1\nsignatures: {keys: [p256.key]}\n", "policy.yaml:2:21: "},
      {"version: 1\nattestations: [{type: spdxjson}]\n", "policy.yaml:2:16: expected keys"},
      {good + "attestations: [{type: unknown}]\n", "policy.yaml:3:23: unknown predicate type"},
      {"version: 1\nsources: [\"https://git.test/*\"]\n", "policy.yaml:2:10: "},
      {good + "sources: [\"https://*/x\"]\n", "policy.yaml:3:11: expected a whole name"},
      {good + "sources: [\"*\"]\n", "policy.yaml:3:11: expected a whole name"},
      {good + "sources: [\"https://git.test*\"]\n", "policy.yaml:3:11: expected a whole name"},
      {good + "bases: [\"UPPER CASE\"]\n", "policy.yaml:3:9: "},
      {good + "packages: {forbidden: [{name: a, type: rpms}]}\n",
       "policy.yaml:3:40: unknown type of packages"},
      {good + "packages: {forbidden: [{name: a, version: 1.0}]}\n",
       "policy.yaml:3:43: expected bounds"},
      {good + "packages: {forbidden: [{version: \"<1\"}]}\n", "policy.yaml:3:24: "}};
  for (const auto& [text, expected] : cases) {
    const std::string said = refusal(text);
    EXPECT_TRUE(said.starts_with(expected)) << text << "\n" << said;
    EXPECT_EQ(said.find("MIG"), std::string::npos);
  }
}

TEST(Bounds, Hold) {
  struct Row {
    const char* bounds;
    const char* version;
    bool within;
  };
  for (const Row& row :
       {Row{"<2.17.1", "2.17.0", true}, Row{"<2.17.1", "2.17.1", false},
        Row{"<= 2.17.1", "2.17.1", true}, Row{">=2.0 <2.17.1", "1.9", false},
        Row{">=2.0 <2.17.1", "2.14.1", true}, Row{"=1.0", "1.0", true}, Row{"=1.0", "1.0.1", false},
        Row{">1", "1", false}, Row{" > 1 ", "2", true}})
    EXPECT_EQ(is_within(PackageType::maven, row.version, parse_bounds(row.bounds)), row.within)
        << row.bounds << " " << row.version;
  EXPECT_TRUE(is_within(PackageType::deb, "1:1.0~rc1-1", parse_bounds("<1:1.0")));
  EXPECT_TRUE(is_within(PackageType::deb, "anything", {}));
  for (const char* unknown : {"", " 1.0.0", "=9.0.0", "V9.0.0", "latest", "v", "\xd9\xa1.0.0"})
    EXPECT_TRUE(is_within(PackageType::npm, unknown, parse_bounds("<2.0.0"))) << unknown;
  EXPECT_FALSE(is_within(PackageType::npm, "v2.0.0", parse_bounds("<2.0.0")));
  for (const char* wrong : {"", "1.0", "<", "<>1", "^1.0", "<1,>2"})
    EXPECT_THROW((void)parse_bounds(wrong), base::Error) << wrong;
}

TEST(Comparable, SourcesAndImages) {
  EXPECT_EQ(comparable_source("git+https://git.test/a.git#main"), "https://git.test/a");
  EXPECT_EQ(comparable_source("https://git.test/a/"), "https://git.test/a");
  EXPECT_EQ(comparable_image("debian:12"), "docker.io/library/debian:12");
}

}  // namespace
}  // namespace pinnace::policy
