#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "oci/reference.hpp"

namespace pinnace::jobs {

/// "oci:DIR[:tag]" or "oci:DIR@digest": an image in a local OCI layout.
struct LayoutName {
  std::filesystem::path directory;
  std::optional<std::string> tag;
  std::optional<hash::Digest> digest;
};

/// "oci-archive:FILE[:tag]" or "oci-archive:FILE@digest": an image in a layout in a tar archive.
struct ArchiveName {
  std::filesystem::path file;
  std::optional<std::string> tag;
  std::optional<hash::Digest> digest;
};

/// "env:NAME/image[:tag][@digest]": what an environment holds.
struct EnvironmentName {
  std::string environment;
  std::string image;
  std::optional<std::string> tag;
  std::optional<hash::Digest> digest;
};

/// The name of an image as a person writes it on the command line (DESIGN: REF).
using ImageName = std::variant<oci::Reference, LayoutName, ArchiveName, EnvironmentName>;

/// Throws invalid_input that quotes `text` and says what was expected.
ImageName parse_image_name(std::string_view text);

/// Whether it names its image by digest.
bool has_digest(const ImageName& name);

/// As it would be written again.
std::string to_string(const ImageName& name);

}  // namespace pinnace::jobs
