#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "signing/envelope.hpp"
#include "signing/pem.hpp"

namespace {

using namespace pinnace;

template <class Parse>
void try_parse(Parse parse) {
  try {
    parse();
  } catch (const base::Error&) {
  }
}

/// What is read has the one form in which it would be written.
void check(const signing::Signed& read) {
  const std::string begin = "DSSEv1 28 application/vnd.in-toto+json ";
  if (read.form == signing::Signed::Form::statement && !read.message.starts_with(begin))
    std::abort();
  if (!read.message.ends_with(read.payload)) std::abort();
  try_parse([&] { (void)signing::statement_in(read, "fuzz"); });
}

void check_key(std::string_view text) {
  const signing::PublicKey key = signing::PublicKey::parse(text, "fuzz");
  if (!(signing::PublicKey::parse(key.pem(), "fuzz") == key)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_parse([&] { check(signing::parse_bundle(text, "fuzz")); });
  try_parse([&] { check(signing::parse_envelope(text, "fuzz")); });
  try_parse([&] { check(signing::parse_simple(std::string(text), "AAAA", "fuzz")); });
  try_parse([&] { (void)signing::parse_statement(text, "fuzz"); });
  try_parse([&] { check_key(text); });
  if (const auto bytes = signing::pem_bytes(text, "PUBLIC KEY"))
    if (signing::pem_bytes(signing::pem_block(*bytes, "PUBLIC KEY"), "PUBLIC KEY") != bytes)
      std::abort();
  return 0;
}
