#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pinnace::web {

/// A link of a Link header (RFC 8288, section 3).
struct Link {
  std::string target;                  ///< as it stands there
  std::vector<std::string> relations;  ///< in lower case

  bool operator==(const Link&) const = default;
};

/// The links of one header value, which is a list; a message may have several. nullopt for what is
/// no such list.
std::optional<std::vector<Link>> parse_links(std::string_view header);

}  // namespace pinnace::web
