#pragma once

#include <vector>

#include "job/job_type.hpp"
#include "oci/image_name.hpp"
#include "policy/judge.hpp"
#include "showing/packages.hpp"
#include "store/blob_store.hpp"

namespace pinnace::attesting {

/// An index may have so many images.
inline constexpr std::size_t k_max_images = 200;

/// The images of an index: not what is attached to them ("unknown/unknown"). Throws invalid_input
/// for more than k_max_images.
std::vector<oci::Descriptor> images_of(const oci::RawManifest& index);

/// The name that leads to a manifest of the same place.
oci::ImageName at_digest(const oci::ImageName& name, const hash::Digest& digest);

/// What a policy wants to know of an image, and no more; packages are found by the job that lists
/// them, as `packages` has asked it.
policy::Facts gather_facts(const job::JobContext& job, store::BlobStore& store,
                           const oci::RawManifest& manifest, const policy::Policy& policy,
                           const showing::PackagesRequest& packages);

}  // namespace pinnace::attesting
