#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "oci/manifest.hpp"
#include "store/blob_store.hpp"

namespace pinnace::attesting {

/// An index may have so many images, with those of the indexes that it lists.
inline constexpr std::size_t k_max_images = 200;

/// An image that an index lists, itself or through another one.
struct ListedImage {
  oci::RawManifest manifest;
  std::string platform;                            ///< for people; may be empty
  std::map<std::string, std::string> annotations;  ///< of its indexes, the nearest counts
};

/// The images that an index lists, also through other indexes: not what is attached to them
/// ("unknown/unknown"). They need not be there, but the indexes must. Throws invalid_input for more
/// than k_max_images.
std::vector<oci::Descriptor> images_of(const base::Context& context, store::BlobStore& store,
                                       const oci::RawManifest& index);

/// Reads all that an index lists, also through other indexes. Only what BuildKit attaches is passed
/// over, and artifacts without a platform: who calls an image unknown hides nothing. Gives back, a
/// line each, what it can't look into. Throws invalid_input for more than k_max_images, what can't
/// be read as the store does, and cancelled.
std::vector<std::string> for_each_image(const base::Context& context, store::BlobStore& store,
                                        const oci::RawManifest& index,
                                        const std::function<void(const ListedImage&)>& visit);

}  // namespace pinnace::attesting
