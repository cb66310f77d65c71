#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "oci/descriptor.hpp"

namespace pinnace::oci {

/// Manifests larger than this are refused, as registries do (OCI distribution specification).
inline constexpr std::size_t k_max_manifest = 4 * 1024 * 1024;
/// Configs larger than this are refused.
inline constexpr std::size_t k_max_config = 16 * 1024 * 1024;

/// The bytes of a manifest or index as they came, and what they are. The bytes are its identity:
/// they are copied and pushed as they are, never serialised again.
struct RawManifest {
  std::string media_type;
  std::string bytes;
  hash::Digest digest;

  /// Finds the media type: its own "mediaType" field, else `content_type`, else by shape (has
  /// "manifests" or "layers"). Throws invalid_input for what is no JSON object, for both shapes at
  /// once, for Docker schema 1, for a `content_type` that contradicts, and for more than
  /// k_max_manifest bytes.
  static RawManifest from_bytes(std::string bytes, std::string_view content_type = {});
  Descriptor descriptor() const {
    return {media_type, digest, bytes.size(), {}, {}, {}, nlohmann::json::object()};
  }
  bool is_index() const { return media_type::is_index(media_type); }
};

/// An image manifest (OCI image specification, manifest.md; Docker schema 2 alike).
struct Manifest {
  std::string media_type;
  Descriptor config;
  std::vector<Descriptor> layers;  ///< lowest first
  std::optional<Descriptor> subject;
  std::optional<std::string> artifact_type;
  std::map<std::string, std::string> annotations;

  static Manifest parse(const RawManifest& raw);
  /// Canonical: compact JSON, keys sorted.
  RawManifest to_raw() const;
};

/// An image index, or a Docker manifest list (OCI image specification, image-index.md).
struct Index {
  std::string media_type;
  std::vector<Descriptor> manifests;
  std::optional<Descriptor> subject;
  std::optional<std::string> artifact_type;
  std::map<std::string, std::string> annotations;

  static Index parse(const RawManifest& raw);
  RawManifest to_raw() const;
  /// The manifest for `platform`: an exact match before one that serves it; attestation entries
  /// ("unknown/unknown") never match. nullptr if there is none.
  const Descriptor* find(const Platform& platform) const;
};

}  // namespace pinnace::oci
