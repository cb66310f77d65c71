#pragma once

#include <nlohmann/json.hpp>

#include "inventory/image_inventory.hpp"
#include "sbom/subject.hpp"

namespace pinnace::sbom {

inline constexpr const char* k_spdx_media_type = "application/spdx+json";
/// Of an in-toto statement about it.
inline constexpr const char* k_spdx_predicate = "https://spdx.dev/Document";

/// An SPDX 2.3 document (spdx.github.io/spdx-spec/v2.3), as JSON: the image, its distribution, and
/// its packages, without files.
nlohmann::json spdx_document(const Subject& subject, const inventory::ImageInventory& image);

}  // namespace pinnace::sbom
