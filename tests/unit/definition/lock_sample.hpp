#pragma once

#include <string>
#include <string_view>

#include "definition/lock.hpp"
#include "oci/media_type.hpp"

namespace pinnace::definition {

/// "sha256:" and 64 times `digit`.
inline hash::Digest digest_of(char digit) {
  return hash::Digest::parse("sha256:" + std::string(64, digit));
}

inline definition::LockedManifest manifest_of(char digit, std::uint64_t size = 528) {
  return {digest_of(digit), size, std::string(oci::media_type::k_manifest)};
}

/// An image with an index `digit` for amd64 (manifest '1') and arm64 (manifest '2').
inline definition::LockedImage index_of(const std::string& name, char digit) {
  return {name,
          digest_of(digit),
          std::string(oci::media_type::k_index),
          1200,
          {{"linux/amd64", manifest_of('1')}, {"linux/arm64", manifest_of('2')}}};
}

/// An image that is one manifest for amd64.
inline definition::LockedImage single_of(const std::string& name, char digit) {
  return {
      name,
      digest_of(digit),
      std::string(oci::media_type::k_docker_manifest),
      700,
      {{"linux/amd64", {digest_of(digit), 700, std::string(oci::media_type::k_docker_manifest)}}}};
}

inline definition::Lock sample() {
  return {"pinnace-deflate/1:fast",
          1793404800,
          {index_of("debian:bookworm-slim", 'a'), single_of("registry.test/nginx:1", 'b')}};
}

}  // namespace pinnace::definition
