#include "build/plan.hpp"

namespace pinnace::build {

namespace {

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

}  // namespace pinnace::build
