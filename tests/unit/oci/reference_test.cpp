#include "oci/reference.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::oci {
namespace {

const std::string k_hex(64, 'a');
const std::string k_digest = "sha256:" + k_hex;

struct Good {
  std::string text;
  std::string domain;
  std::string repository;
  std::string tag;
  bool digest = false;
};

std::vector<Good> good_references() {
  const std::string long_path = "x.io/" + std::string(250, 'a');
  return {
      {"nginx", "docker.io", "library/nginx", ""},
      {"nginx:1.22", "docker.io", "library/nginx", "1.22"},
      {"nginx@" + k_digest, "docker.io", "library/nginx", "", true},
      {"nginx:1.22@" + k_digest, "docker.io", "library/nginx", "1.22", true},
      {"docker.io/nginx", "docker.io", "library/nginx", ""},
      {"docker.io/library/nginx", "docker.io", "library/nginx", ""},
      {"index.docker.io/nginx", "docker.io", "library/nginx", ""},
      {"index.docker.io/library/nginx:a", "docker.io", "library/nginx", "a"},
      {"bitnami/nginx", "docker.io", "bitnami/nginx", ""},
      {"a/b/c", "docker.io", "a/b/c", ""},
      {"docker.io/bitnami/nginx", "docker.io", "bitnami/nginx", ""},
      {"localhost/nginx", "localhost", "nginx", ""},
      {"localhost:5000/nginx", "localhost:5000", "nginx", ""},
      {"localhost:5000", "docker.io", "library/localhost", "5000"},
      {"localhost", "docker.io", "library/localhost", ""},
      {"host:5000/a/b:c", "host:5000", "a/b", "c"},
      {"host.example/a", "host.example", "a", ""},
      {"host/a", "docker.io", "host/a", ""},
      {"HOST/a", "HOST", "a", ""},
      {"Registry.Example:443/a/b", "Registry.Example:443", "a/b", ""},
      {"a.b-c.d/x", "a.b-c.d", "x", ""},
      {"a--b.c/x", "a--b.c", "x", ""},
      {"1.2.3.4/x", "1.2.3.4", "x", ""},
      {"127.0.0.1:5000/shop/web:1", "127.0.0.1:5000", "shop/web", "1"},
      {"[::1]/x", "[::1]", "x", ""},
      {"[::1]:5000/x:y", "[::1]:5000", "x", "y"},
      {"[2001:db8::ABCD]:5000/x@" + k_digest, "[2001:db8::ABCD]:5000", "x", "", true},
      {"[::ffff]/a/b/c:1@" + k_digest, "[::ffff]", "a/b/c", "1", true},
      {"x.io/a.b", "x.io", "a.b", ""},
      {"x.io/a_b", "x.io", "a_b", ""},
      {"x.io/a__b", "x.io", "a__b", ""},
      {"x.io/a-b", "x.io", "a-b", ""},
      {"x.io/a-----b", "x.io", "a-----b", ""},
      {"x.io/a.b_c__d-e--f/0/1a", "x.io", "a.b_c__d-e--f/0/1a", ""},
      {"x.io/a:_tag", "x.io", "a", "_tag"},
      {"x.io/a:T.a-g_9", "x.io", "a", "T.a-g_9"},
      {"x.io/a:" + std::string(128, 't'), "x.io", "a", std::string(128, 't')},
      {"x.io:65535/a", "x.io:65535", "a", ""},
      {long_path, "x.io", std::string(250, 'a'), ""},
      {k_hex.substr(1), "docker.io", "library/" + k_hex.substr(1), ""},
      {k_hex + ":latest", "docker.io", "library/" + k_hex, "latest"},
      {k_hex + "@" + k_digest, "docker.io", "library/" + k_hex, "", true},
      {"deadbeef", "docker.io", "library/deadbeef", ""},
  };
}

TEST(Reference, GoodOnes) {
  for (const Good& good : good_references()) {
    SCOPED_TRACE(good.text);
    const Reference reference = Reference::parse(good.text);
    EXPECT_EQ(reference.domain(), good.domain);
    EXPECT_EQ(reference.repository(), good.repository);
    EXPECT_EQ(reference.tag().value_or(""), good.tag);
    EXPECT_EQ(reference.digest().has_value(), good.digest);
    EXPECT_EQ(reference.name(), good.domain + "/" + good.repository);
    EXPECT_EQ(Reference::parse(reference.str()), reference) << "printed as " << reference.str();
  }
}

struct Bad {
  std::string text;
  std::string expected;  ///< part of the message
};

std::vector<Bad> bad_references() {
  return {
      {"", "it is empty"},
      {std::string(2000, 'a'), "longer than 1024"},
      {"https://x.io/a", "without a scheme"},
      {"docker://nginx", "without a scheme"},
      {k_hex, "64 hex digits alone"},
      {"Nginx", "the repository \"Nginx\" has upper-case letters"},
      {"x.io/Shop/web", "the repository \"Shop/web\" has upper-case letters"},
      {"x.io/shop/weB:1", "upper-case letters"},
      {"FOO/Bar", "upper-case letters"},
      {"x.io/", "the repository is missing"},
      {":tag", "the repository is missing"},
      {"@" + k_digest, "the repository is missing"},
      {"x.io//a", "an empty part between slashes"},
      {"a//b", "an empty part between slashes"},
      {"x.io/a/", "an empty part between slashes"},
      {"/a", "an empty part between slashes"},
      {"x.io/-a", "the part \"-a\" of the repository is invalid"},
      {"x.io/a-", "the part \"a-\""},
      {"x.io/.a", "the part \".a\""},
      {"x.io/a.", "the part \"a.\""},
      {"x.io/_a", "the part \"_a\""},
      {"x.io/a___b", "the part \"a___b\""},
      {"x.io/a..b", "the part \"a..b\""},
      {"x.io/a._b", "the part \"a._b\""},
      {"x.io/a_.b", "the part \"a_.b\""},
      {"x.io/a.-b", "the part \"a.-b\""},
      {"x.io/a-.b", "the part \"a-.b\""},
      {"x.io/a_-b", "the part \"a_-b\""},
      {"x.io/a-_b", "the part \"a-_b\""},
      {"x.io/a b", "the part \"a b\""},
      {"x.io/../b", "the part \"..\""},
      {"x.io/a%2fb", "the part \"a%2fb\""},
      {"x.io/\xc3\xa4", "of the repository is invalid"},
      {"a b", "the part \"a b\""},
      {" nginx", "the part \" nginx\""},
      {"nginx\n", "the part \"nginx\\n\""},
      {"x.io/a:", "the tag after \":\" is empty"},
      {"x.io/a:-b", "the tag \"-b\" is invalid"},
      {"x.io/a:.b", "the tag \".b\" is invalid"},
      {"x.io/a:b c", "the tag \"b c\" is invalid"},
      {"x.io/a:b:c", "the tag \"b:c\" is invalid"},
      {"x.io/a:" + std::string(129, 't'), "the tag is longer than 128"},
      {"x.io/a@", "invalid digest \"\""},
      {"x.io/a@sha256", "invalid digest \"sha256\""},
      {"x.io/a@sha256:abc", "64 lower-case hex digits"},
      {"x.io/a@sha256:" + std::string(64, 'A'), "64 lower-case hex digits"},
      {"x.io/a@sha256:" + std::string(65, 'a'), "64 lower-case hex digits"},
      {"x.io/a@md5:" + std::string(32, 'a'), "expected sha256:"},
      {"x.io/a@" + k_digest + "@" + k_digest, "64 lower-case hex digits"},
      {"x.io/a@" + k_digest + ":tag", "64 lower-case hex digits"},
      {"-x.io/a", "the registry \"-x.io\" is not a host name"},
      {"x-.io/a", "is not a host name"},
      {"x..io/a", "is not a host name"},
      {".x/a", "is not a host name"},
      {"x_y.io/a", "is not a host name"},
      {"nginx@md5:" + std::string(32, 'a'), "expected sha256:"},
      {"x.io:/a", "the port \"\""},
      {"x.io:abc/a", "the port \"abc\""},
      {"x.io:65536/a", "the port \"65536\""},
      {"x.io:0443/a", "the port \"0443\""},
      {"x.io:0/a", "the port \"0\""},
      {"x.io:123456/a", "the port \"123456\""},
      {"x.io:1:2/a", "the port \"1:2\""},
      {"oci:5000/a", "can't be a registry"},
      {"env:80/a", "can't be a registry"},
      {"oci-archive:443/a/b:c", "can't be a registry"},
      {"[::1/a", "is not an IPv6 address"},
      {"[]/a", "is not an IPv6 address"},
      {"[:::1]/a", "is not an IPv6 address"},
      {"[::g]/a", "is not an IPv6 address"},
      {"[fe80::1%eth0]/a", "is not an IPv6 address"},
      {"[::1]5000/a", "expected \":port\" or \"/\" after \"[::1]\""},
      {"[::1]:x/a", "the port \"x\""},
      {"[::1]", "the part \"[::1]\""},
      {"x.io/" + std::string(251, 'a'), "longer than 255"},
      {std::string(250, 'a'), "longer than 255"},
  };
}

TEST(Reference, UserInfoIsRefusedAndNotQuoted) {
  for (const char* text :
       {"user:word@x.io/a", "user:w@rd@x.io/a:1", "word@x.io/a", "user:word@x"}) {
    try {
      Reference::parse(text);
      ADD_FAILURE() << text << " was read";
    } catch (const base::Error& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find("without user info"), std::string::npos) << message;
      EXPECT_EQ(message.find("word@"), std::string::npos) << message;
      EXPECT_EQ(message.find("user:"), std::string::npos) << message;
    }
  }
}

TEST(Reference, BadOnesSayWhatIsWrong) {
  for (const Bad& bad : bad_references()) {
    try {
      const auto reference = Reference::parse(bad.text);
      ADD_FAILURE() << "\"" << bad.text << "\" was read as " << reference.str();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::invalid_input) << bad.text;
      const std::string message = error.what();
      EXPECT_NE(message.find(bad.expected), std::string::npos) << message;
      EXPECT_NE(message.find("invalid reference \"" + bad.text.substr(0, 5)), std::string::npos)
          << message;
      EXPECT_LT(message.size(), 700U);
    }
  }
}

TEST(Reference, ANulIsNoPartOfAName) {
  EXPECT_THROW(Reference::parse(std::string_view("x.io/a\0b", 8)), base::Error);
  EXPECT_THROW(Reference::parse(std::string_view("x.io/a:b\0", 9)), base::Error);
}

TEST(Reference, WhatIsAskedOfARegistry) {
  EXPECT_EQ(Reference::parse("nginx").tag_or_digest(), "latest");
  EXPECT_EQ(Reference::parse("nginx:1").tag_or_digest(), "1");
  EXPECT_EQ(Reference::parse("nginx:1@" + k_digest).tag_or_digest(), k_digest);
}

TEST(Reference, ChangedCopies) {
  const auto reference = Reference::parse("x.io/a:1");
  const auto digest = hash::Digest::parse(k_digest);
  EXPECT_EQ(reference.with_digest(digest).str(), "x.io/a:1@" + k_digest);
  EXPECT_EQ(reference.with_tag("2").str(), "x.io/a:2");
  EXPECT_EQ(reference.with_digest(digest).with_tag("2").str(), "x.io/a:2@" + k_digest);
  EXPECT_EQ(reference.with_digest(digest).bare().str(), "x.io/a");
  EXPECT_EQ(reference.str(), "x.io/a:1");
  EXPECT_THROW(reference.with_tag(""), base::Error);
  EXPECT_THROW(reference.with_tag("a/b"), base::Error);
}

}  // namespace
}  // namespace pinnace::oci
