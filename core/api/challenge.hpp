#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pinnace::api {

/// One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1).
struct Challenge {
  std::string scheme;  ///< lower case: "bearer", "basic"
  std::map<std::string, std::string>
      parameters;  ///< names in lower case; the first of a name counts

  bool operator==(const Challenge&) const = default;
};

/// All challenges of one header value. Hostile input gives fewer or odd challenges, never an error:
/// what can't be understood is left out. At most 16 challenges of 32 parameters and 16 KiB are
/// read.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace pinnace::api
