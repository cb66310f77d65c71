#include "runstep/secret_text.hpp"

#include <nlohmann/json.hpp>

namespace pinnace::runstep {

namespace {

std::string quoted(const std::string& text) {
  const std::string json =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return json.substr(1, json.size() - 2);
}

std::string masked(std::string text, const std::vector<std::string>& secrets) {
  constexpr std::string_view k_mask = "****";
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    for (const std::string& form : {secret, quoted(secret)}) {
      for (std::size_t at = 0; (at = text.find(form, at)) != std::string::npos; at += k_mask.size())
        text.replace(at, form.size(), k_mask);
    }
  }
  return text;
}

}  // namespace

bool can_be_variable(std::string_view secret) {
  try {
    (void)nlohmann::json(secret).dump();
  } catch (const nlohmann::json::exception&) {
    return false;
  }
  return secret.find('\0') == std::string_view::npos;
}

base::Error without_secrets(const base::Error& error, const std::vector<std::string>& secrets) {
  base::Error clean(error.code(), masked(error.message(), secrets));
  const std::vector<std::string>& trail = error.context();
  for (auto part = trail.rbegin(); part != trail.rend(); ++part)
    clean.add_context(masked(*part, secrets));
  return clean;
}

}  // namespace pinnace::runstep
