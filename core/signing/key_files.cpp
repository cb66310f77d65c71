#include "signing/key_files.hpp"

#include <array>
#include <cstdio>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/file.hpp"
#include "files/look.hpp"

namespace pinnace::signing {

using base::Error;
using base::ErrorCode;
using base::Secret;

namespace {

constexpr std::size_t k_max_password = 1024;

Secret without_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return Secret(std::move(text));
}

void warn_of_mode(const base::Context& context, const std::filesystem::path& file) {
  const auto status = files::status(file);
  if (!status || !S_ISREG(status->st_mode) || (status->st_mode & 077U) == 0) return;
  std::array<char, 8> mode{};
  std::snprintf(mode.data(), mode.size(), "%04o", status->st_mode & 0777U);
  context.warn(base::shown(file.string()) + ": others than its owner may use this private key " +
               "(mode " + mode.data() + "); expected 0600");
}

}  // namespace

Secret read_password(const std::string& source, const process::Environment& environment) {
  if (source.starts_with("file:"))
    return without_line_end(files::read_file(source.substr(5), k_max_password));
  if (!source.starts_with("env:"))
    throw Error(ErrorCode::invalid_input,
                "the key's password: expected file:PATH or env:NAME as its source");
  const std::string name = source.substr(4);
  const auto found = environment.find(name);
  if (found == environment.end())
    throw Error(ErrorCode::not_found,
                "the key's password: the variable " + base::shown(name) + " is not set");
  return Secret(found->second);
}

PrivateKey read_private_key(const base::Context& context, const std::filesystem::path& file,
                            const std::optional<Secret>& password) {
  const Secret pem(files::read_file(file, k_max_key_file));
  warn_of_mode(context, file);
  return PrivateKey::parse(pem, password, base::shown(file.string()));
}

PublicKey read_public_key(const std::filesystem::path& file) {
  return PublicKey::parse(files::read_file(file, k_max_key_file), base::shown(file.string()));
}

}  // namespace pinnace::signing
