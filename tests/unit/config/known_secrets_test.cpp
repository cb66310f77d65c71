#include "config/known_secrets.hpp"

#include <gtest/gtest.h>

namespace pinnace::config {
namespace {

std::string masked(const std::string& secret, const std::string& text) {
  KnownSecrets secrets;
  secrets.add(secret);
  return secrets.mask(text);
}

TEST(KnownSecrets, AreMaskedInEveryForm) {
  EXPECT_EQ(masked("sesame", "bad password sesame!"), "bad password REDACTED!");
  EXPECT_EQ(masked("sesame", "GET http://h/?x=sesame: xsesamex"),
            "GET http://h/?x=REDACTED: xREDACTEDx");
  EXPECT_EQ(masked("p@ss/wrd", "?x=p%40ss%2Fwrd&y=p%40ss%2fwrd"), "?x=REDACTED&y=REDACTED");
  EXPECT_EQ(masked("quo\"te\\d", R"({"password":"quo\"te\\d"})"), R"({"password":"REDACTED"})");
  EXPECT_EQ(masked("line\nend", "line\\nend line\nend"), "REDACTED REDACTED");
  EXPECT_EQ(masked("geheim\xff", "geheim\\xff"), "REDACTED");
  EXPECT_EQ(masked("zwei W\xc3\xb6rter", "a=zwei+W%C3%B6rter zwei W\\u00f6rter"),
            "a=REDACTED REDACTED");
  EXPECT_EQ(masked("a<\"b'&c", "a&lt;&quot;b&#39;&amp;c a&lt;&#34;b'&amp;c"), "REDACTED REDACTED");
}

TEST(KnownSecrets, ShortOnesAreWholeWords) {
  EXPECT_EQ(masked("pw", "u:pw@h spawn pw"), "u:REDACTED@h spawn REDACTED");
  EXPECT_EQ(masked("", "text"), "text");
}

TEST(KnownSecrets, WhatACutLeavesIsMasked) {
  EXPECT_EQ(masked("sesame", "wrong: sesa..."), "wrong: REDACTED...");
  EXPECT_EQ(masked("sesame", "wrong: s..."), "wrong: s...");
}

TEST(KnownSecrets, TheLongestGoesFirst) {
  KnownSecrets secrets;
  secrets.add("sesame");
  secrets.add("sesame-open");
  EXPECT_EQ(secrets.mask("sesame-open sesame"), "REDACTED REDACTED");
}

std::string streamed(const KnownSecrets& secrets, const std::vector<std::string>& parts) {
  MaskedStream stream(secrets);
  std::string shown;
  for (const std::string& part : parts) shown += stream.add(part);
  return shown + stream.finish();
}

TEST(KnownSecrets, AreMaskedWhereverAStreamIsCut) {
  KnownSecrets secrets;
  secrets.add("sesame");
  secrets.add("sesame-open");
  secrets.add("pw");
  const std::string text = "a sesame-open, sesame-ope, sesam\xff\0 pw spawn pw\r\nsesame";
  const std::string masked =
      "a REDACTED, REDACTED-ope, sesam\xff\0 REDACTED spawn REDACTED\r\nREDACTED";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    for (std::size_t next = cut; next <= text.size(); ++next)
      ASSERT_EQ(
          streamed(secrets, {text.substr(0, cut), text.substr(cut, next - cut), text.substr(next)}),
          masked)
          << cut << " " << next;
  }
}

TEST(KnownSecrets, OfAStreamOnlyWhatMayBeASecretIsHeld) {
  KnownSecrets secrets;
  secrets.add("sesame");
  MaskedStream stream(secrets);
  EXPECT_EQ(stream.add("open? ses"), "open? ");
  EXPECT_EQ(stream.add("sesa"), "ses");
  EXPECT_EQ(stream.add("!"), "sesa!");
  EXPECT_EQ(stream.add("sesam"), "");
  EXPECT_EQ(stream.finish(), "sesam");
}

TEST(KnownSecrets, WithoutAnyAStreamIsPassedOn) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const KnownSecrets none;
  MaskedStream stream(none);
  EXPECT_EQ(stream.add(all), all);
}

TEST(KnownSecrets, CredentialsAreRememberedWhenTheyAreFound) {
  auto inner = std::make_shared<StaticCredentials>();
  Credentials credentials("ada", "sesame");
  credentials.identity_token = "identity-token";
  inner->add("h.x", credentials);
  auto secrets = std::make_shared<KnownSecrets>();
  const RememberingCredentials store(inner, secrets);
  EXPECT_EQ(secrets->mask("ada sesame"), "ada sesame");
  store.find({}, "h.x", "a");
  store.note("token-of-the-registry");
  EXPECT_EQ(secrets->mask("ada sesame identity-token token-of-the-registry"),
            "ada REDACTED REDACTED REDACTED");
}

/// A registry or token service may echo the Authorization header that it got.
TEST(KnownSecrets, CredentialsAreMaskedAsTheyAreSent) {
  KnownSecrets secrets;
  secrets.add(Credentials("ada", "s\xff\xfe\xfdsame?~1"));
  for (const char* text : {
           "YWRhOnP//v1zYW1lP34x",  // ada:...
           "YWRhOnP__v1zYW1lP34x",  // for URLs
           "YWRhOnP%2F%2Fv1zYW1lP34x",
           "c//+/XNhbWU/fjE=",  // the password
           "c//+/XNhbWU/fjE",
           "c__-_XNhbWU_fjE=",
       })
    EXPECT_EQ(secrets.mask(std::string("you sent ") + text), "you sent REDACTED") << text;
  KnownSecrets padded;
  padded.add(Credentials("ada", "sesame"));
  EXPECT_EQ(padded.mask("YWRhOnNlc2FtZQ== YWRhOnNlc2FtZQ, YWRhOnNlc2..."),
            "REDACTED REDACTED, REDACTED...");
  EXPECT_EQ(padded.mask("YWRhOg== ada"), "YWRhOg== ada") << "the name is no secret";
}

}  // namespace
}  // namespace pinnace::config
