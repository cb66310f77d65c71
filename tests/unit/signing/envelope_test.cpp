#include "signing/envelope.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "support/signing_samples.hpp"
#include "text/base64.hpp"

namespace pinnace::signing {
namespace {

using base::Error;
using base::Secret;
using test_support::signing_sample;

const hash::Digest k_subject = hash::Digest::of("image");

std::unique_ptr<Signer> signer(const std::string& name = "p256") {
  return signer_of(PrivateKey::parse(Secret(signing_sample(name + ".key")), {}, name));
}

// github.com/secure-systems-lab/dsse, protocol.md, "Test Vectors".
TEST(Envelope, EncodesAsTheProtocolHasIt) {
  EXPECT_EQ(pre_authentication_encoding("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(pre_authentication_encoding("", ""), "DSSEv1 0  0 ");
}

TEST(Envelope, WhatIsSignedCanBeReadAgain) {
  for (const char* name : {"p256", "ed25519"}) {
    const auto key = signer(name);
    const std::string text = statement_of(k_subject, "https://slsa.dev/provenance/v1", {{"a", 1}});
    for (const Signed& read : {parse_bundle(signed_bundle({}, text, *key), "bundle"),
                               parse_envelope(signed_envelope({}, text, *key), "envelope")}) {
      EXPECT_TRUE(is_signed_by(read, key->public_key()));
      const Statement statement = statement_in(read, "statement");
      EXPECT_TRUE(statement.is_about(k_subject));
      EXPECT_FALSE(statement.is_about(hash::Digest::of("other")));
      EXPECT_EQ(statement.predicate_type, "https://slsa.dev/provenance/v1");
      EXPECT_EQ(statement.predicate, nlohmann::json({{"a", 1}}));
    }
    EXPECT_FALSE(
        is_signed_by(parse_bundle(signed_bundle({}, text, *key), "bundle"),
                     signer(name == std::string("p256") ? "ed25519" : "p256")->public_key()));
  }
}

/// Whether a changed text still says the same with a signature of the key.
bool is_still_signed(const std::string& bundle, const PublicKey& key, const std::string& payload) {
  try {
    const Signed read = parse_bundle(bundle, "bundle");
    return is_signed_by(read, key) && read.payload != payload;
  } catch (const Error&) {
    return false;
  }
}

TEST(Envelope, NoChangedByteLetsItSayAnythingElse) {
  const auto key = signer();
  const std::string text =
      statement_of(k_subject, std::string(k_sign_type), nlohmann::json::object());
  const std::string bundle = signed_bundle({}, text, *key);
  for (std::size_t at = 0; at < bundle.size(); ++at) {
    std::string changed = bundle;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(is_still_signed(changed, key->public_key(), text)) << "byte " << at;
  }
  // The parts that count, one by one.
  const nlohmann::json json = nlohmann::json::parse(bundle);
  for (const char* pointer :
       {"/dsseEnvelope/payload", "/dsseEnvelope/signatures/0/sig", "/dsseEnvelope/payloadType"}) {
    const std::string value = json.at(nlohmann::json::json_pointer(pointer));
    for (std::size_t at = 0; at < value.size(); ++at) {
      nlohmann::json changed = json;
      std::string other = value;
      other[at] = other[at] == 'A' ? 'B' : 'A';
      changed[nlohmann::json::json_pointer(pointer)] = other;
      bool refused = false;
      try {
        refused = !is_signed_by(parse_bundle(changed.dump(), "bundle"), key->public_key());
      } catch (const Error&) {
        refused = true;
      }
      EXPECT_TRUE(refused) << pointer << " byte " << at;
    }
  }
}

TEST(Envelope, RefusesWhatItDoesNotKnow) {
  const auto key = signer();
  const nlohmann::json good = nlohmann::json::parse(
      signed_bundle({}, statement_of(k_subject, "x", nlohmann::json::object()), *key));
  const auto refuses = [](const nlohmann::json& json) {
    EXPECT_THROW((void)parse_bundle(json.dump(), "bundle"), Error) << json.dump();
  };
  nlohmann::json changed = good;
  changed["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.4+json";
  refuses(changed);
  changed = good;
  changed.erase("dsseEnvelope");
  changed["messageSignature"] = {{"signature", "AAAA"}};
  refuses(changed);
  changed = good;
  changed["dsseEnvelope"]["signatures"].push_back(good["dsseEnvelope"]["signatures"][0]);
  refuses(changed);
  changed = good;
  changed["dsseEnvelope"]["signatures"] = nlohmann::json::array();
  refuses(changed);
  changed = good;
  changed["dsseEnvelope"]["payloadType"] = "text/plain";
  refuses(changed);
  changed = good;
  changed["dsseEnvelope"]["payload"] = "AA=";
  refuses(changed);
}

TEST(Envelope, StatementsOfOthers) {
  const std::string digest(k_subject.hex());
  const Statement old = parse_statement(
      R"({"_type":"https://in-toto.io/Statement/v0.1","predicateType":"t","subject":[)"
      R"({"name":"a","digest":{"gitCommit":"00"}},{"digest":{"sha256":")" +
          digest + R"("}}],"predicate":"text"})",
      "x");
  EXPECT_TRUE(old.is_about(k_subject));
  EXPECT_THROW((void)parse_statement(R"({"_type":"other","predicateType":"t","subject":[]})", "x"),
               Error);
  EXPECT_THROW((void)parse_statement(
                   R"({"_type":"https://in-toto.io/Statement/v1","predicateType":"t","subject":[)"
                   R"({"digest":{"sha256":"short"}}]})",
                   "x"),
               Error);
}

TEST(Envelope, CosignsFirstFormat) {
  const auto key = signer();
  const std::string payload = simple_payload("registry.test/web", k_subject);
  const Signed read = parse_simple(payload, signature_text({}, payload, *key), "x");
  EXPECT_TRUE(is_signed_by(read, key->public_key()));
  EXPECT_TRUE(statement_in(read, "x").is_about(k_subject));
  EXPECT_EQ(statement_in(read, "x").predicate_type, k_sign_type);
  EXPECT_THROW((void)parse_simple(payload, "no base64!", "x"), Error);
  EXPECT_THROW((void)parse_simple_payload(R"({"critical":{"type":"other"}})", "x"), Error);
}

TEST(Envelope, TypesHaveCosignsNames) {
  EXPECT_EQ(predicate_type_of("spdxjson"), "https://spdx.dev/Document");
  EXPECT_EQ(predicate_type_of("slsaprovenance1"), "https://slsa.dev/provenance/v1");
  EXPECT_EQ(predicate_type_of("https://example.test/a"), "https://example.test/a");
  EXPECT_THROW((void)predicate_type_of("spdxx"), Error);
  EXPECT_THROW((void)predicate_type_of("https://a b"), Error);
}

/// Each is tried with each key.
TEST(Envelope, TheSameSignatureIsTriedOnce) {
  const auto key = signer();
  nlohmann::json envelope = nlohmann::json::parse(signed_envelope({}, "{}", *key));
  for (int copy = 0; copy < 7; ++copy) envelope["signatures"].push_back(envelope["signatures"][0]);
  const Signed what = parse_envelope(envelope.dump(), "envelope");
  EXPECT_EQ(what.signatures.size(), 1U);
  EXPECT_TRUE(is_signed_by(what, key->public_key()));
}

}  // namespace
}  // namespace pinnace::signing
