#pragma once

#include <string_view>

/// Media types of the OCI image specification 1.1 and of Docker schema 2, which is read and kept as
/// it is.
namespace pinnace::oci::media_type {

inline constexpr std::string_view k_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view k_index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view k_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view k_layer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view k_layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view k_layer_zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view k_empty = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view k_docker_manifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view k_docker_manifest_list =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view k_docker_config =
    "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view k_docker_layer_gzip =
    "application/vnd.docker.image.rootfs.diff.tar.gzip";

/// One image for one platform.
inline bool is_manifest(std::string_view type) noexcept {
  return type == k_manifest || type == k_docker_manifest;
}
/// A list of manifests.
inline bool is_index(std::string_view type) noexcept {
  return type == k_index || type == k_docker_manifest_list;
}
/// Either.
inline bool is_any_manifest(std::string_view type) noexcept {
  return is_manifest(type) || is_index(type);
}

}  // namespace pinnace::oci::media_type
