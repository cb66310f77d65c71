#include "signing/signer.hpp"

#include <openssl/ecdsa.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "process/process.hpp"
#include "signing/openssl.hpp"
#include "text/base64.hpp"

namespace pinnace::signing {

using base::Error;
using base::ErrorCode;

namespace {

class KeySigner final : public Signer {
 public:
  explicit KeySigner(PrivateKey key) : m_key(std::move(key)) {}
  const PublicKey& public_key() const override { return m_key.public_key(); }
  std::string sign(const base::Context& /*context*/, std::string_view message) const override {
    return m_key.sign(message);
  }

 private:
  PrivateKey m_key;
};

/// DER of the two numbers, one behind the other (IEEE P1363), that tokens give; empty: they are
/// not.
std::string der_of_numbers(std::string_view numbers) {
  constexpr std::size_t k_number = 32;
  if (numbers.size() != 2 * k_number) return {};
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  BIGNUM* r = BN_bin2bn(as_unsigned(numbers), k_number, nullptr);
  BIGNUM* s = BN_bin2bn(as_unsigned(numbers) + k_number, k_number, nullptr);
  if (!pair || r == nullptr || s == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* bytes = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &bytes);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

class CommandSigner final : public Signer {
 public:
  CommandSigner(PublicKey key, std::vector<std::string> command, process::Environment environment)
      : m_key(std::move(key)),
        m_command(std::move(command)),
        m_environment(std::move(environment)) {}

  const PublicKey& public_key() const override { return m_key; }

  std::string sign(const base::Context& context, std::string_view message) const override {
    const std::string written = run(context, message);
    std::vector<std::string> forms = {written};
    if (auto decoded = text::base64_decode(without_line_end(written)))
      forms.push_back(*std::move(decoded));
    for (const std::string& form : forms) {
      if (m_key.verifies(message, form)) return form;
      std::string der = der_of_numbers(form);
      if (!der.empty() && m_key.verifies(message, der)) return der;
    }
    throw Error(ErrorCode::invalid_input,
                named() + ": what it wrote is no signature of the public key");
  }

 private:
  std::string named() const {
    return "the command that signs (" + base::shown(m_command.front()) + ")";
  }

  std::string run(const base::Context& context, std::string_view message) const {
    process::Command command;
    command.arguments = m_command;
    command.environment = m_environment;
    command.input =
        m_key.kind() == KeyKind::ecdsa_p256 ? raw_sha256(message) : std::string(message);
    command.output_limit = std::size_t{64} << 10;
    command.deadline = std::chrono::minutes(1);
    process::Result result =
        base::with_context([&] { return named(); }, [&] { return process::run(context, command); });
    if (!result.succeeded())
      // What it says may have a PIN in it, as shells quote what they don't understand.
      throw Error(ErrorCode::invalid_input, named() + " ended with " + result.status() +
                                                "; call it yourself to see what it says");
    return std::move(result.output);
  }

  PublicKey m_key;
  std::vector<std::string> m_command;
  process::Environment m_environment;
};

}  // namespace

std::unique_ptr<Signer> signer_of(PrivateKey key) {
  return std::make_unique<KeySigner>(std::move(key));
}

std::unique_ptr<Signer> signer_of(PublicKey key, std::vector<std::string> command,
                                  process::Environment environment) {
  if (command.empty()) throw Error(ErrorCode::invalid_input, "expected a command that signs");
  return std::make_unique<CommandSigner>(std::move(key), std::move(command),
                                         std::move(environment));
}

}  // namespace pinnace::signing
