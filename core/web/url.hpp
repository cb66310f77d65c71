#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace pinnace::web {

/// Who answers a URL: credentials for one origin are never sent to another one (RFC 6454, section
/// 4).
struct Origin {
  std::string scheme;  ///< lower case
  std::string host;    ///< lower case, IPv6 in brackets
  std::string port;    ///< always there, the scheme's own one if the URL names none

  auto operator<=>(const Origin&) const = default;
};

/// Throws invalid_input for what is no absolute http or https URL, or has user info in it.
Origin origin_of(std::string_view url);

/// `location` as seen from `base` (RFC 3986, section 5): absolute, or relative in any form. Throws
/// invalid_input for other schemes than http and https, user info and malformed texts.
std::string resolve_url(std::string_view base, std::string_view location);

/// The last part of the path, decoded, as the name of a file; empty if it can't be one. Throws
/// invalid_input as origin_of().
std::string file_name_of(std::string_view url);

/// Everything but letters, digits and "-._~" as %XX.
std::string percent_encode(std::string_view text);
/// Undoes it; what is no %XX stays as it is.
std::string percent_decode(std::string_view text);

/// `url` with "name=value" (value encoded) behind what it has as query already.
std::string with_query(std::string url, std::string_view name, std::string_view value);

}  // namespace pinnace::web
