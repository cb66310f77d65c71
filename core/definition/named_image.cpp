#include "definition/named_image.hpp"

#include "base/error.hpp"

namespace pinnace::definition {

NamedImage NamedImage::parse(std::string text, Position position) {
  try {
    oci::ImageName name = oci::parse_base_name(text);
    return {std::move(text), std::move(name), std::move(position)};
  } catch (const base::Error& error) {
    text::fail_at(position, error.message(), error.code());
  }
}

}  // namespace pinnace::definition
