#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/client.hpp"
#include "base/error.hpp"
#include "json/json.hpp"
#include "web/redact.hpp"

namespace pinnace::api {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_shown = 3;

ErrorCode code_of_status(int status) noexcept {
  switch (status) {
    case 401:
    case 407:  // a proxy's
      return ErrorCode::unauthorized;
    case 403:
      return ErrorCode::denied;
    case 404:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 408:
    case 429:
      return ErrorCode::unavailable;
    default:
      return status >= 400 && status < 500 ? ErrorCode::invalid_input : ErrorCode::unavailable;
  }
}

/// The registry's own code says more than a 400 does; it does not overrule other statuses.
ErrorCode refine(ErrorCode code, std::string_view registry_code) noexcept {
  if (code != ErrorCode::invalid_input) return code;
  if (registry_code == "DIGEST_INVALID" || registry_code == "SIZE_INVALID")
    return ErrorCode::integrity;
  if (registry_code == "UNSUPPORTED") return ErrorCode::unsupported;
  if (registry_code == "DENIED") return ErrorCode::denied;
  if (registry_code == "UNAUTHORIZED") return ErrorCode::unauthorized;
  return code;
}

std::string text_field(const nlohmann::json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  return json.is_object() && found != json.end() && found->is_string() ? found->get<std::string>()
                                                                       : std::string();
}

struct RegistryErrors {
  std::string first_code;
  std::string text;  ///< "CODE: message; CODE: message"
};

/// The body of an error by the OCI distribution specification ("Error Codes"), as far as it is one.
RegistryErrors read_errors(const std::string& body) {
  RegistryErrors result;
  const auto json = json::parse_or_null(body);
  if (!json.is_object() || !json.contains("errors") || !json["errors"].is_array()) return result;
  const auto& errors = json["errors"];
  for (std::size_t i = 0; i < std::min(errors.size(), k_max_shown); ++i) {
    const std::string code = text_field(errors[i], "code");
    const std::string message = text_field(errors[i], "message");
    if (i == 0) result.first_code = code;
    result.text +=
        (i == 0 ? "" : "; ") + code + (code.empty() || message.empty() ? "" : ": ") + message;
  }
  return result;
}

}  // namespace

Error make_error(std::string_view method, const http::Response& response) {
  const RegistryErrors errors = read_errors(response.body);
  std::string message = std::string(method) + " " + web::redact_url(response.url) + ": " +
                        std::to_string(response.status);
  if (!errors.text.empty()) {
    message += ": " + web::quote_text(errors.text);
  } else if (!response.body.empty()) {
    message += ": " + web::quote_text(response.body);
  }
  if ((response.status == 401 || response.status == 403) && !response.login.empty()) {
    message += " (with " + response.login + ")";
  }
  return {refine(code_of_status(response.status), errors.first_code), message};
}

}  // namespace pinnace::api
