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

/// "env:NAME/image[:tag][@digest]": what an environment holds.
struct EnvironmentName {
  std::string environment;
  std::string image;
  std::optional<std::string> tag;
  std::optional<hash::Digest> digest;
};

/// The name of an image as a person writes it on the command line (DESIGN: REF).
using ImageName = std::variant<oci::Reference, LayoutName, EnvironmentName>;

/// Throws invalid_input that quotes `text` and says what was expected; unsupported for
/// "oci-archive:".
ImageName parse_image_name(std::string_view text);

/// As it would be written again.
std::string to_string(const ImageName& name);

}  // namespace pinnace::jobs
