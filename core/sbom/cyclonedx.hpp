#pragma once

#include <nlohmann/json.hpp>

#include "inventory/image_inventory.hpp"
#include "sbom/subject.hpp"

namespace pinnace::sbom {

inline constexpr const char* k_cyclonedx_media_type = "application/vnd.cyclonedx+json";
/// Of an in-toto statement about it.
inline constexpr const char* k_cyclonedx_predicate = "https://cyclonedx.org/bom";

/// A CycloneDX 1.6 document (ECMA-424), as JSON: the image, its distribution, and its packages,
/// without files.
nlohmann::json cyclonedx_document(const Subject& subject, const inventory::ImageInventory& image);

}  // namespace pinnace::sbom
