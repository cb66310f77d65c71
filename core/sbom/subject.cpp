#include "sbom/subject.hpp"

#include <chrono>
#include <utility>

#include "text/rfc3339.hpp"

namespace pinnace::sbom {

namespace {

/// Of a purl's version and qualifiers.
std::string encoded(std::string_view text) {
  constexpr std::string_view k_digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool stays = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '.' || c == '-' || c == '_' || c == '~';
    if (stays) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += k_digits[byte >> 4U];
      out += k_digits[byte & 15U];
    }
  }
  return out;
}

}  // namespace

Subject subject_of(std::string name, const oci::Descriptor& manifest, const oci::Config& config,
                   const std::vector<oci::Descriptor>& layers) {
  const auto created = config.json().find("created");
  const bool is_said = created != config.json().end() && created->is_string();
  return {std::move(name), manifest, config.platform(),
          is_said ? created->get<std::string>() : std::string(), layers};
}

std::string image_purl(const std::string& name, const hash::Digest& digest,
                       const std::string& architecture) {
  const std::string last = name.substr(name.rfind('/') + 1);
  std::string purl =
      "pkg:oci/" + (last.empty() ? "image" : encoded(last)) + "@" + encoded(digest.str());
  char before = '?';
  const auto add = [&](const char* key, const std::string& value) {
    if (value.empty()) return;
    purl += before + std::string(key) + "=" + encoded(value);
    before = '&';
  };
  add("arch", architecture);
  add("repository_url", name);
  return purl;
}

std::string created_of(const Subject& subject) {
  const auto time = text::parse_rfc3339(subject.created);
  return text::to_rfc3339(time ? std::chrono::system_clock::to_time_t(*time) : 0);
}

std::string uuid_of(std::string_view text) {
  std::string hex(hash::Digest::of(text).hex().substr(0, 32));
  hex[12] = '8';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) & 3U];
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

}  // namespace pinnace::sbom
