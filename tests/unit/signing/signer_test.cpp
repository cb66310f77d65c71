#include "signing/signer.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/signing_samples.hpp"

namespace pinnace::signing {
namespace {

using test_support::signing_file;
using test_support::signing_sample;

const process::Environment k_environment = {{"PATH", "/usr/bin:/bin"}};

std::unique_ptr<Signer> command(const std::string& key, const std::string& line) {
  return signer_of(PublicKey::parse(signing_sample(key + ".pub"), key), {"/bin/sh", "-c", line},
                   k_environment);
}

std::string refusal(const Signer& signer) {
  try {
    (void)signer.sign({}, "message");
    return {};
  } catch (const base::Error& error) {
    return error.what();
  }
}

/// openssl pkeyutl signs a digest, as tokens do.
TEST(Signer, ACommandGetsTheDigestForEcdsa) {
  const std::string sign = "openssl pkeyutl -sign -inkey " + signing_file("p256.key");
  for (const std::string& line : {sign, sign + " | base64", sign + " | base64 -w0"}) {
    const auto signer = command("p256", line);
    EXPECT_TRUE(signer->public_key().verifies("message", signer->sign({}, "message"))) << line;
  }
}

TEST(Signer, ACommandMayWriteTheTwoNumbers) {
  // r and s of the DER that OpenSSL writes, 32 bytes each, as PKCS#11 has it (CKM_ECDSA).
  const std::string numbers =
      "import re,subprocess,sys;"
      "text=subprocess.run(['openssl','asn1parse','-inform','DER'],stdin=sys.stdin,capture_output="
      "True).stdout;"
      "[sys.stdout.buffer.write(bytes.fromhex(n.decode()).rjust(32,bytes(1))) "
      "for n in re.findall(rb'INTEGER *:(\\w+)',text)]";
  const auto signer = command("p256", "openssl pkeyutl -sign -inkey " + signing_file("p256.key") +
                                          " | python3 -c \"" + numbers + "\"");
  EXPECT_TRUE(signer->public_key().verifies("message", signer->sign({}, "message")));
}

TEST(Signer, ACommandGetsTheMessageForEd25519) {
  const auto signer =
      command("ed25519", "t=$(mktemp); cat > $t; openssl pkeyutl -sign -rawin -inkey " +
                             signing_file("ed25519.key") + " -in $t; rm $t");
  EXPECT_TRUE(signer->public_key().verifies("message", signer->sign({}, "message")));
}

TEST(Signer, WhatACommandGetsWrongIsSaid) {
  const std::string failed = refusal(*command("p256", "echo PIN 1234 >&2; exit 3"));
  EXPECT_NE(failed.find("exit code 3"), std::string::npos);
  EXPECT_EQ(failed.find("1234"), std::string::npos);
  EXPECT_NE(refusal(*command("p256", "echo AAAA")).find("no signature of the public key"),
            std::string::npos);
  EXPECT_NE(refusal(*command("ed25519", "openssl pkeyutl -sign -inkey " + signing_file("p256.key")))
                .find("no signature of the public key"),
            std::string::npos);
  EXPECT_THROW(
      (void)signer_of(PublicKey::parse(signing_sample("p256.pub"), "x"), {}, k_environment),
      base::Error);
}

}  // namespace
}  // namespace pinnace::signing
