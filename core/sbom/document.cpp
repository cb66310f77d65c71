#include "sbom/document.hpp"

#include "base/error.hpp"
#include "json/json.hpp"
#include "sbom/cyclonedx.hpp"
#include "sbom/spdx.hpp"

namespace pinnace::sbom {

std::string document(Format format, const Subject& subject,
                     const inventory::ImageInventory& image) {
  const nlohmann::json made =
      format == Format::spdx ? spdx_document(subject, image) : cyclonedx_document(subject, image);
  std::string text = pinnace::json::dump_ascii(made) + "\n";
  if (text.size() > k_max_document)
    throw base::Error(base::ErrorCode::unsupported,
                      "the image has so many packages that a document about them would have more "
                      "than 256 MiB");
  return text;
}

}  // namespace pinnace::sbom
