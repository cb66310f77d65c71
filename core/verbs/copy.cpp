#include "verbs/copy.hpp"

#include "base/error.hpp"
#include "transfer/copy.hpp"

namespace pinnace::verbs {

json::Table<CopyRequest> CopyRequest::table() {
  return job::request_table<CopyRequest>(
      "CopyRequest", "Copies an image byte for byte between registries, layouts and archives.",
      {{"source", &CopyRequest::source, "Image."},
       {"target", &CopyRequest::target, "Where to; without a tag it is stored by digest only."},
       {"referrers", &CopyRequest::referrers, "Whether what refers to it is copied, too."},
       {"repair",
        &CopyRequest::repair,
        "Whether all that the target has is read, and sent again where it is missing or damaged.",
        {.later = true}},
       {"parallel",
        &CopyRequest::parallel,
        "So many blobs at once; null: 4.",
        {.least = 1, .most = 64, .nullable = true}},
       {"environments", &CopyRequest::environments, "File for env: names; null: none."}});
}

json::Table<CopyResult> CopyResult::table() {
  return {"CopyResult",
          "What a copy did.",
          {{"digest", &CopyResult::digest, "Of the index or manifest.", json::k_digest},
           {"mediaType", &CopyResult::media_type, "Of the same.", job::k_name},
           {"size", &CopyResult::size, "Bytes of the same.", job::k_size},
           {"replaced", &CopyResult::replaced,
            "Digest that the tag led to before; null if it led nowhere, or to this image.",
            json::k_digest},
           {"blobsExisted", &CopyResult::blobs_existed, "Blobs that were there."},
           {"blobsMounted", &CopyResult::blobs_mounted,
            "Blobs that the registry took from another repository of its own."},
           {"blobsSent", &CopyResult::blobs_sent, "Blobs that were sent."},
           {"bytesSent", &CopyResult::bytes_sent, "Bytes of these."},
           {"manifestsSent", &CopyResult::manifests_sent, "Manifests that were sent."}}};
}

void CopyRequest::check() const {
  (void)oci::parse_image_name(source);
  const oci::ImageName name = oci::parse_image_name(target);
  if (!has_digest(name)) return;
  throw base::Error(
      base::ErrorCode::invalid_input,
      "the target \"" + to_string(name) + "\" has a digest, expected a tag or nothing");
}

CopyResult perform(const CopyRequest& request, const job::JobContext& job) {
  places::Access access = job.access(request.places(request.environments));
  const places::Located source =
      access.locate(oci::parse_image_name(request.source), places::Purpose::read);
  const places::Located target =
      access.locate(oci::parse_image_name(request.target), places::Purpose::write);
  transfer::CopyOptions options;
  options.referrers = request.referrers ? transfer::Referrers::copy : transfer::Referrers::leave;
  options.repair = request.repair ? transfer::Repair::yes : transfer::Repair::no;
  options.parallel = request.parallel;
  const transfer::CopyResult done =
      transfer::copy_image(job.context, *source.store, source.tag_or_digest(), *target.store,
                           target.tag.value_or(""), options);
  CopyResult result;
  result.digest = done.root.digest.str();
  result.media_type = done.root.media_type;
  result.size = done.root.size;
  if (done.replaced) result.replaced = done.replaced->str();
  result.blobs_existed = done.blobs.existed;
  result.blobs_mounted = done.blobs.mounted;
  result.blobs_sent = done.blobs.uploaded;
  result.bytes_sent = done.blobs.bytes_uploaded;
  result.manifests_sent = done.manifests_put;
  return result;
}

}  // namespace pinnace::verbs
