#include "verbs/gc.hpp"

#include "base/error.hpp"
#include "disk/gc.hpp"
#include "disk/oci_layout.hpp"
#include "files/look.hpp"
#include "local/collect.hpp"

namespace pinnace::verbs {

json::Table<GcRequest> GcRequest::table() {
  return job::request_table<GcRequest>(
      "GcRequest", "Removes what nothing needs from the local store or a layout.",
      {{"layout", &GcRequest::layout, "oci:DIR; null: the local store."},
       {"cacheSize",
        &GcRequest::cache_size,
        "Bytes that the local store's build cache may have; null: 10 GiB.",
        {.most = local::k_max_cache_size, .nullable = true}},
       {"olderThan",
        &GcRequest::older_than,
        "Seconds: what was not used for so long goes from the local store; null: only unpacked "
        "layers, after two weeks.",
        {.most = std::int64_t{10} * 366 * 24 * 3600, .later = true}},
       {"all",
        &GcRequest::all,
        "Whether everything goes from the local store that no job is using.",
        {.later = true}}});
}

json::Table<GcResult> GcResult::table() {
  return {"GcResult",
          "What was removed and kept, and the damage that was found.",
          {{"layout", &GcResult::layout, "Directory.", job::k_line},
           {"removedFiles", &GcResult::removed_files, "So many."},
           {"removedBytes", &GcResult::removed_bytes, "In these."},
           {"keptBlobs", &GcResult::kept_blobs, "Of images."},
           {"keptBytes", &GcResult::kept_bytes, "In all that stays."},
           {"problems", &GcResult::problems, "Damage, a line each.", job::k_line},
           {"cache", &GcResult::cache, "Of the build cache; null where a layout was named."},
           {"parts", &GcResult::parts, "Of the local store; empty where a layout was named."}}};
}

json::Table<GcResult::Cache> GcResult::Cache::table() {
  return {"GcResult.Cache",
          "What the build cache lost and kept.",
          {{"removedRecords", &Cache::removed_records, "Steps that were removed."},
           {"removedLayers", &Cache::removed_layers, "Layers that were removed."},
           {"removedBytes", &Cache::removed_bytes, "Bytes that were removed."},
           {"keptBytes", &Cache::kept_bytes, "Bytes that stay."}}};
}

json::Table<GcResult::Part> GcResult::Part::table() {
  return {"GcResult.Part",
          "What a part of the local store lost and kept.",
          {{"name", &Part::name, "For people.", job::k_line},
           {"removedBytes", &Part::removed_bytes, "Bytes that were removed."},
           {"keptBytes", &Part::kept_bytes, "Bytes that stay."}}};
}

namespace {

std::filesystem::path directory_of(const std::string& layout) {
  const oci::ImageName name = oci::parse_image_name(layout);
  const auto* named = std::get_if<oci::LayoutName>(&name);
  if (named == nullptr || named->tag || named->digest)
    throw base::Error(base::ErrorCode::invalid_input, "\"" + layout + "\": expected oci:DIR");
  return named->directory;
}

}  // namespace

void GcRequest::check() const {
  if (!layout) return;
  (void)directory_of(*layout);
  if (all || older_than) {
    throw base::Error(base::ErrorCode::invalid_input,
                      *layout +
                          ": of a layout, all that has a tag stays; --all and --older-than "
                          "are for the local store");
  }
}

namespace {

GcResult summary(const std::filesystem::path& layout, const disk::GcResult& done) {
  GcResult result;
  result.layout = layout.string();
  result.removed_files = done.blobs_removed + done.temporaries_removed;
  result.removed_bytes = done.bytes_removed + done.temporary_bytes_removed;
  result.kept_blobs = done.blobs_kept;
  result.kept_bytes = done.bytes_kept;
  for (const disk::IntegrityProblem& problem : done.problems)
    result.problems.push_back(problem.message);
  return result;
}

GcResult collect_local(const base::Context& context, const GcRequest& request) {
  const local::LocalStore store = request.places().local();
  store.check();
  const local::CollectedStore done =
      local::collect(context, store, {request.cache_size, request.older_than, request.all});
  GcResult result = summary(store.at(local::Part::images), done.images);
  result.cache = {done.cache_records_removed, done.cache_layers_removed, done.cache.removed_bytes,
                  done.cache.kept_bytes};
  files::Collected all;
  for (const local::CollectedPart& part : done.parts) {
    all += part.bytes;
    result.parts.push_back({part.name, part.bytes.removed_bytes, part.bytes.kept_bytes});
  }
  result.removed_files = all.removed_files;
  result.removed_bytes = all.removed_bytes;
  result.kept_bytes = all.kept_bytes;
  return result;
}

}  // namespace

GcResult perform(const GcRequest& request, const job::JobContext& job) {
  if (request.layout) {
    const std::filesystem::path directory = directory_of(*request.layout);
    disk::OciLayout layout(directory, disk::OciLayout::Missing::refuse);
    return summary(directory, disk::collect_garbage(job.context, layout));
  }
  if (!request.all && !files::exists(request.store)) {
    throw base::Error(base::ErrorCode::not_found,
                      "there is no local store " + request.store.string() + " yet");
  }
  return collect_local(job.context, request);
}

}  // namespace pinnace::verbs
