#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "oci/reference.hpp"

namespace pinnace::oci {

/// "oci:DIR[:tag]" or "oci:DIR@digest": an image in a local OCI layout.
struct LayoutName {
  std::filesystem::path directory;
  std::optional<std::string> tag;
  std::optional<hash::Digest> digest;
};

/// How images stand in a tar archive: in an OCI image layout, or as docker load wants them.
enum class ArchiveFormat { oci, docker };
/// "oci-archive:", "docker-archive:".
std::string prefix_of(ArchiveFormat format);

/// "oci-archive:FILE[:tag]" or "oci-archive:FILE@digest": an image in a layout in a tar archive;
/// "docker-archive:FILE[:name[:tag]]" or "docker-archive:FILE@digest": one in a tar archive as
/// docker save writes it.
struct ArchiveName {
  std::filesystem::path file;
  std::optional<std::string> tag;  ///< in docker's a registry's reference, "shop/web:1"
  std::optional<hash::Digest> digest;
  ArchiveFormat format = ArchiveFormat::oci;
};

/// "env:NAME/image[:tag][@digest]": what an environment holds.
struct EnvironmentName {
  std::string environment;
  std::string image;
  std::optional<std::string> tag;
  std::optional<hash::Digest> digest;
};

/// "sha256:1f2e...": an image of the local store, by its digest or the beginning of it.
struct StoredName {
  std::string digest;  ///< with at least 12 digits
};

/// The name of an image as a person writes it (DESIGN: REF). "docker://" before a registry's
/// reference says no more than the reference.
using ImageName = std::variant<Reference, LayoutName, ArchiveName, EnvironmentName, StoredName>;

/// Throws invalid_input that quotes `text` and says what was expected.
ImageName parse_image_name(std::string_view text);

/// As parse_image_name(), of an image that a definition names: others must be able to build it, so
/// names that only this machine can tell are refused.
ImageName parse_base_name(std::string_view text);

/// The name that leads from here to what `name` leads to from `directory`.
ImageName in_directory(ImageName name, const std::filesystem::path& directory);

/// Whether it names its image by digest.
bool has_digest(const ImageName& name);

/// Whether it names its image by tag.
bool has_tag(const ImageName& name);

/// As it would be written again.
std::string to_string(const ImageName& name);

}  // namespace pinnace::oci
