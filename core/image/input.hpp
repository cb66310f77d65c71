#pragma once

#include <memory>
#include <string>

#include "image/contents.hpp"
#include "oci/descriptor.hpp"
#include "store/blob_store.hpp"

namespace pinnace::image {

/// An image that others are made of, for one platform.
struct BaseImage {
  std::string name;          ///< as the definition says
  oci::Descriptor manifest;  ///< of this platform
};

/// An image that a stage is built on or copies from, for one platform.
struct ImageInput {
  BaseImage image;
  ImageContents contents;
  std::shared_ptr<store::BlobStore> store;
};

}  // namespace pinnace::image
