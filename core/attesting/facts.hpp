#pragma once

#include "attesting/images.hpp"
#include "job/job_type.hpp"
#include "oci/image_name.hpp"
#include "policy/judge.hpp"
#include "showing/packages.hpp"
#include "store/blob_store.hpp"

namespace pinnace::attesting {

/// The name that leads to a manifest of the same place.
oci::ImageName at_digest(const oci::ImageName& name, const hash::Digest& digest);

/// What a policy wants to know of an image, and no more; packages are found by the job that lists
/// them, as `packages` has asked it.
policy::Facts gather_facts(const job::JobContext& job, store::BlobStore& store,
                           const oci::RawManifest& manifest, const policy::Policy& policy,
                           const showing::PackagesRequest& packages);

}  // namespace pinnace::attesting
