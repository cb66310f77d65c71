#pragma once

#include <array>
#include <string>
#include <utility>

#include "inventory/image_inventory.hpp"
#include "json/kinds.hpp"
#include "sbom/subject.hpp"

namespace pinnace::sbom {

/// The formats of documents that say what an image is made of.
enum class Format { spdx, cyclonedx };

/// Larger documents are not made.
inline constexpr std::size_t k_max_document = std::size_t{256} << 20;

/// A document as canonical JSON, a newline behind it. Throws unsupported for one of more than
/// k_max_document bytes.
std::string document(Format format, const Subject& subject, const inventory::ImageInventory& image);

}  // namespace pinnace::sbom

template <>
struct pinnace::json::NamesOf<pinnace::sbom::Format> {
  using Format = sbom::Format;
  static constexpr std::array<std::pair<Format, const char*>, 2> k_names = {
      {{Format::spdx, "spdx"}, {Format::cyclonedx, "cyclonedx"}}};
};
