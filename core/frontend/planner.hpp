#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "containerfile/containerfile.hpp"
#include "definition/named_image.hpp"
#include "plan/plan.hpp"

namespace pinnace::frontend {

using definition::NamedImage;

/// Finds an image for a platform.
using LoadImage =
    std::function<image::ImageInput(const NamedImage& image, const oci::Platform& platform)>;

struct ContainerfileRequest {
  std::optional<std::string> target;  ///< name or number of a stage; none: the last one
  std::map<std::string, std::string> arguments;
  std::map<std::string, std::string> labels;
  oci::Platform platform;
  oci::Platform build_platform;
};

/// Throws invalid_input and unsupported, and what `load` throws; all with file and line.
plan::Plan plan_containerfile(const containerfile::Containerfile& file,
                              const ContainerfileRequest& request, const LoadImage& load);

/// Throws invalid_input for an unknown target, before any image is asked for.
void check_target(const containerfile::Containerfile& file, const ContainerfileRequest& request);

/// All images that the file names, with the defaults of its ARGs and `arguments`; each once.
std::vector<NamedImage> images_of(const containerfile::Containerfile& file,
                                  const std::map<std::string, std::string>& arguments,
                                  const oci::Platform& platform);

/// The image that the target stands on in the end; none: scratch. It settles the platform of a
/// build that was not asked for one.
std::optional<NamedImage> base_of_target(const containerfile::Containerfile& file,
                                         const ContainerfileRequest& request);

}  // namespace pinnace::frontend
