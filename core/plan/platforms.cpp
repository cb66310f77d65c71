#include "plan/platforms.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace pinnace::plan {

using oci::Platform;

namespace {

std::string list(const std::vector<Platform>& platforms) {
  std::string text;
  for (const Platform& platform : platforms) text += (text.empty() ? "" : ", ") + platform.str();
  return text;
}

}  // namespace

std::vector<Platform> choose_platforms(const std::vector<Platform>& asked,
                                       const std::vector<Platform>& defined,
                                       const std::vector<Platform>& offered,
                                       const std::string& base) {
  std::vector<Platform> chosen = asked.empty() ? defined : asked;
  if (chosen.empty()) {
    chosen = offered.size() == 1 ? offered : std::vector<Platform>{Platform::parse("linux/amd64")};
  }
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  for (const Platform& wish : chosen) {
    if (offered.empty() || oci::choose_platform(wish, offered)) continue;
    throw base::Error(base::ErrorCode::invalid_input,
                      base + " has no image for " + wish.str() + ", only for " + list(offered));
  }
  return chosen;
}

}  // namespace pinnace::plan
