#pragma once

#include <string>

#include "oci/image_name.hpp"
#include "text/position.hpp"

namespace pinnace::definition {

using text::Position;

/// An image that a definition names, and where.
struct NamedImage {
  std::string text;  ///< as it is written: what locks, plans and messages call it
  oci::ImageName name;
  Position position;

  /// Throws as oci::parse_base_name(), with the position.
  static NamedImage parse(std::string text, Position position);
};

}  // namespace pinnace::definition
