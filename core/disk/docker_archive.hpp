#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "disk/layout_index.hpp"
#include "disk/tar_files.hpp"
#include "oci/manifest.hpp"

namespace pinnace::disk {

/// What the manifest.json of an archive of docker save says, as a layout would say it. Such an
/// archive has no manifests of its own; one is made for each image: of the configuration and the
/// layers as they are in the archive. Layers are usually not compressed, so their digests are the
/// configuration's diff_ids, and nothing is read; of compressed ones the digest is computed.
struct DockerImages {
  LayoutIndex index;
  std::map<hash::Digest, TarFiles::Place> blobs;
  std::map<hash::Digest, oci::RawManifest> manifests;
};

/// The file that an archive of docker save has.
inline constexpr const char* k_docker_manifest_file = "manifest.json";

/// "docker.io/library/web:latest" of "web"; nullopt for what is no name.
std::optional<std::string> whole_name(std::string_view text);

/// Throws invalid_input that names file and field for what is no such archive, or for
/// more than 1,000 images.
DockerImages read_docker_images(const base::Context& context, const TarFiles& files);

/// The manifest.json for the images that `index` lists under whole names (k_ref_name) or none, and
/// whose blobs stand at blobs/ALGORITHM/HEX. `find` gives a manifest's bytes. Throws unsupported
/// for what docker can't load: several platforms, and what is no image.
std::string docker_manifest_text(const LayoutIndex& index,
                                 const std::function<oci::RawManifest(const hash::Digest&)>& find);

/// The index.json of the same archive: whole names stand where Docker and containerd look for them.
std::string docker_index_text(const LayoutIndex& index);

}  // namespace pinnace::disk
