#include "signing/keys.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "files/file.hpp"
#include "signing/key_files.hpp"
#include "signing/pem.hpp"
#include "support/signing_samples.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::signing {
namespace {

using base::Error;
using base::ErrorCode;
using base::Secret;
using test_support::signing_sample;

std::string unhex(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += 2)
    bytes += static_cast<char>(std::stoi(std::string(text.substr(at, 2)), nullptr, 16));
  return bytes;
}

/// What parsing a private key ends with; empty: it is read.
std::string refusal(const std::string& name, const std::optional<Secret>& password = {}) {
  try {
    (void)PrivateKey::parse(Secret(signing_sample(name)), password, name);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Keys, SignWhatTheirPublicKeysVerify) {
  for (const char* name : {"p256", "ed25519"}) {
    const auto key =
        PrivateKey::parse(Secret(signing_sample(name + std::string(".key"))), {}, name);
    const auto pub = PublicKey::parse(signing_sample(name + std::string(".pub")), name);
    EXPECT_EQ(key.public_key(), pub);
    EXPECT_EQ(pub.pem(), signing_sample(name + std::string(".pub")));
    for (const std::string& message :
         {std::string(), std::string("text"), std::string(5000, 'x')}) {
      const std::string signature = key.sign(message);
      EXPECT_TRUE(pub.verifies(message, signature));
      EXPECT_FALSE(pub.verifies(message + "x", signature));
    }
  }
}

TEST(Keys, NoChangedBitOfASignatureVerifies) {
  for (const char* name : {"p256", "ed25519"}) {
    const auto key =
        PrivateKey::parse(Secret(signing_sample(name + std::string(".key"))), {}, name);
    const std::string signature = key.sign("message");
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
      std::string changed = signature;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      EXPECT_FALSE(key.public_key().verifies("message", changed)) << name << " bit " << bit;
    }
    EXPECT_FALSE(key.public_key().verifies("message", signature + '\0'));
    EXPECT_FALSE(key.public_key().verifies("message", ""));
  }
}

// RFC 8032, 7.1, TEST 3.
TEST(Keys, Ed25519IsThatOfTheRfc) {
  const std::string prefix = unhex("302a300506032b6570032100");
  const std::string raw = unhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  const auto key = PublicKey::parse(pem_block(prefix + raw, "PUBLIC KEY"), "RFC 8032");
  EXPECT_TRUE(key.verifies(
      unhex("af82"), unhex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                           "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")));
}

TEST(Keys, WithPasswords) {
  const auto plain = PrivateKey::parse(Secret(signing_sample("p256.key")), {}, "plain");
  const auto encrypted = PrivateKey::parse(Secret(signing_sample("p256.encrypted.key")),
                                           Secret("correct"), "encrypted");
  EXPECT_EQ(plain.public_key(), encrypted.public_key());
  EXPECT_EQ(refusal("p256.encrypted.key", Secret("wrong-word")),
            "p256.encrypted.key: the key can't be decrypted with this password");
  EXPECT_EQ(refusal("p256.encrypted.key", Secret(std::string(4000, 'x'))),
            "p256.encrypted.key: the key can't be decrypted with this password");
  EXPECT_NE(refusal("p256.encrypted.key").find("expected a password"), std::string::npos);
}

TEST(Keys, OtherFormsAndKinds) {
  EXPECT_EQ(refusal("p256.sec1.key"), "");
  EXPECT_NE(refusal("p384.key").find("P-256"), std::string::npos);
  EXPECT_NE(refusal("cosign.key").find("cosign's own format"), std::string::npos);
  EXPECT_NE(refusal("p256.pub").find("expected a private key"), std::string::npos);
  EXPECT_THROW((void)PublicKey::parse(signing_sample("p384.pub"), "x"), Error);
  try {
    (void)PublicKey::parse(signing_sample("p256.key"), "p256.key");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("found a private one"), std::string::npos);
    EXPECT_EQ(std::string(error.what()).find("MIG"), std::string::npos);
  }
}

/// Otherwise one key would count several times.
TEST(Keys, EachKeyHasOneForm) {
  const auto key = PublicKey::parse(signing_sample("p256.pub"), "p256.pub");
  for (const char* form : {"compressed", "hybrid", "explicit"}) {
    const std::string name = "p256." + std::string(form);
    try {
      (void)PublicKey::parse(signing_sample(name + ".pub"), name);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_input);
      EXPECT_NE(std::string(error.what()).find("-ec_conv_form uncompressed"), std::string::npos);
    }
  }
  for (const char* name : {"p256.compressed.key", "p256.parameters.key"}) {
    const auto other = PrivateKey::parse(Secret(signing_sample(name)), {}, name);
    EXPECT_EQ(other.public_key(), key) << name;
    EXPECT_EQ(other.public_key().hint(), key.hint()) << name;
    EXPECT_EQ(other.public_key().pem(), key.pem()) << name;
  }
}

/// Changed, the file is no key, or another one.
TEST(Keys, EachByteOfAPublicKeyCounts) {
  for (const char* name : {"p256.pub", "ed25519.pub"}) {
    const std::string text = signing_sample(name);
    const PublicKey key = PublicKey::parse(text, name);
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      try {
        EXPECT_FALSE(PublicKey::parse(changed, name) == key) << name << " byte " << at;
      } catch (const Error&) {
      }
    }
    EXPECT_THROW((void)PublicKey::parse(text + text, name), Error);
    EXPECT_THROW((void)PublicKey::parse("x\n" + text, name), Error);
  }
}

TEST(Keys, PasswordsComeFromFilesOrVariables) {
  const test_support::TemporaryDirectory directory;
  files::write_file_atomically(directory.path() / "word", "secret\n");
  EXPECT_EQ(read_password("file:" + (directory.path() / "word").string(), {}).text(), "secret");
  EXPECT_EQ(read_password("env:WORD", {{"WORD", "other "}}).text(), "other ");
  EXPECT_THROW((void)read_password("env:NONE", {}), Error);
  EXPECT_THROW((void)read_password("secret", {}), Error);
}

class Warnings final : public base::EventSink {
 public:
  void on_event(const base::Event& event) noexcept override {
    if (event.kind == base::Event::Kind::warning) text += event.text;
  }
  std::string text;
};

TEST(Keys, AFileThatOthersMayReadIsWarnedOf) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory.path() / "a.key";
  Warnings warnings;
  base::Context context;
  context.events = &warnings;
  files::write_file_atomically(file, signing_sample("p256.key"), 0600);
  (void)read_private_key(context, file, {});
  EXPECT_EQ(warnings.text, "");
  files::write_file_atomically(file, signing_sample("p256.key"), 0640);
  (void)read_private_key(context, file, {});
  EXPECT_NE(warnings.text.find("mode 0640"), std::string::npos);
  EXPECT_EQ(warnings.text.find("MIG"), std::string::npos);
}

}  // namespace
}  // namespace pinnace::signing
