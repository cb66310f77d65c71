#include "build/plan.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace pinnace::build {

using oci::Platform;

namespace {

std::string list(const std::vector<Platform>& platforms) {
  std::string text;
  for (const Platform& platform : platforms) text += (text.empty() ? "" : ", ") + platform.str();
  return text;
}

std::string octal(std::uint32_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3)
    digits += static_cast<char>('0' + ((mode >> shift) & 7U));
  return digits;
}

std::string line_of(const tree::TreeEntry& entry) {
  const archive::TarEntry& header = entry.header;
  std::string line = "  " + octal(header.mode) + " " + std::to_string(header.uid) + ":" +
                     std::to_string(header.gid) + " /" + header.path;
  if (header.type == archive::EntryType::directory) line += "/";
  if (!header.link_target.empty()) line += " -> " + header.link_target;
  if (header.type == archive::EntryType::file)
    line += " (" + std::to_string(header.size) + " bytes)";
  return line + "\n";
}

}  // namespace

std::string Plan::print() const {
  std::string text;
  for (const PlatformPlan& part : platforms) {
    text += "platform " + part.platform.str() + "\n";
    text += part.base ? "  from " + part.base->name + " " + part.base->manifest.digest.str() + "\n"
                      : std::string("  from scratch\n");
  }
  text += "layer, " + compression.encoder() + ", times " + std::to_string(epoch()) + "\n";
  for (const tree::TreeEntry& entry : artifacts.entries()) text += line_of(entry);
  return text;
}

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

}  // namespace pinnace::build
