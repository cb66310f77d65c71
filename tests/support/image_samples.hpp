#pragma once

#include <string>
#include <string_view>

#include "base/context.hpp"
#include "oci/manifest.hpp"
#include "store/blob_store.hpp"

namespace pinnace::test_support {

/// Bytes that differ with `seed` and don't repeat, so that a wrong order shows.
inline std::string sample_bytes(std::size_t size, unsigned seed) {
  std::string bytes(size, '\0');
  std::uint32_t state = seed * 2654435761U + 1;
  for (char& c : bytes) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24U);
  }
  return bytes;
}

inline oci::Descriptor descriptor_of(std::string_view bytes, std::string_view media_type) {
  return {std::string(media_type), hash::Digest::of(bytes), bytes.size(), {}, {}, {},
          nlohmann::json::object()};
}

inline base::OpenSource opener(std::string bytes) {
  return [bytes = std::move(bytes)] { return std::make_unique<base::StringSource>(bytes); };
}

/// Puts a config and one layer made of `content`; returns their manifest, which is not put.
inline oci::RawManifest put_image_blobs(store::BlobStore& store, const base::Context& context,
                                        const std::string& content) {
  const std::string config =
      R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[")" +
      hash::Digest::of(content).str() + R"("]},"author":")" + std::to_string(content.size()) +
      "\"}";
  oci::Manifest manifest{std::string(oci::media_type::k_manifest),
                         store::put_bytes(store, context, config, oci::media_type::k_config),
                         {store::put_bytes(store, context, content, oci::media_type::k_layer)},
                         {},
                         {},
                         {}};
  return manifest.to_raw();
}

/// Puts the blobs of an artifact that refers to `subject`; returns its manifest, which is not put.
inline oci::RawManifest put_referrer_blobs(store::BlobStore& store, const base::Context& context,
                                           const oci::RawManifest& subject,
                                           const std::string& content) {
  oci::Manifest manifest{std::string(oci::media_type::k_manifest),
                         store::put_bytes(store, context, "{}", oci::media_type::k_empty),
                         {store::put_bytes(store, context, content, "text/plain")},
                         subject.descriptor(),
                         "application/vnd.example.note",
                         {{"note", content}}};
  return manifest.to_raw();
}

/// An index over `manifests`.
inline oci::RawManifest index_of(const std::vector<oci::RawManifest>& manifests) {
  oci::Index index{std::string(oci::media_type::k_index), {}, {}, {}, {}};
  for (const auto& manifest : manifests) index.manifests.push_back(manifest.descriptor());
  return index.to_raw();
}

}  // namespace pinnace::test_support
