#include "store/gc.hpp"

#include "base/error.hpp"
#include "base/look.hpp"
#include "jobs/build_request.hpp"
#include "jobs/makers.hpp"
#include "jobs/store_parts.hpp"
#include "store/oci_layout.hpp"

namespace pinnace::jobs {

namespace {

using nlohmann::json;

constexpr std::int64_t k_max_age = std::int64_t{10} * 366 * 24 * 3600;

/// gc: {layout, cacheSize, olderThan, all} -> {layout, removedFiles, removedBytes, keptBlobs,
/// keptBytes, problems, cache: null or {...}, parts: [{name, removedBytes, keptBytes}]}.
class GcJob final : public Job {
 public:
  explicit GcJob(RequestReader& request);
  std::string run(const base::Context& context) override;

 private:
  json collect_local(const base::Context& context) const;

  Access::Options m_store;
  std::optional<std::filesystem::path> m_layout;  ///< none: the local store
  StoreLimits m_limits;
};

GcJob::GcJob(RequestReader& request)
    : m_store{request.text("store"), request.optional_text("registries"), std::nullopt} {
  m_limits.cache_size = read_cache_size(request);
  if (const auto age = request.optional_integer("olderThan", 0, k_max_age))
    m_limits.older_than = std::chrono::seconds(*age);
  m_limits.all = request.flag("all");
  const auto layout = request.optional_text("layout");
  if (!layout) return;
  const ImageName name = oci::parse_image_name(*layout);
  const auto* named = std::get_if<LayoutName>(&name);
  if (named == nullptr || named->tag || named->digest) {
    throw base::Error(base::ErrorCode::invalid_input, "\"" + *layout + "\": expected oci:DIR");
  }
  if (m_limits.all || m_limits.older_than) {
    throw base::Error(base::ErrorCode::invalid_input,
                      *layout +
                          ": of a layout, all that has a tag stays; --all and --older-than "
                          "are for the local store");
  }
  m_layout = named->directory;
}

json summary(const store::GcResult& result) {
  json problems = json::array();
  for (const store::IntegrityProblem& problem : result.problems)
    problems.push_back(problem.message);
  return {{"removedFiles", result.blobs_removed + result.temporaries_removed},
          {"removedBytes", result.bytes_removed + result.temporary_bytes_removed},
          {"keptBlobs", result.blobs_kept},
          {"keptBytes", result.bytes_kept},
          {"problems", std::move(problems)},
          {"cache", nullptr},
          {"parts", json::array()}};
}

json GcJob::collect_local(const base::Context& context) const {
  const CollectedStore done = collect_store(context, m_store, m_limits);
  json result = summary(done.images);
  result["cache"] = {{"removedRecords", done.cache_records_removed},
                     {"removedLayers", done.cache_layers_removed},
                     {"removedBytes", done.cache.removed_bytes},
                     {"keptBytes", done.cache.kept_bytes}};
  base::Collected all;
  for (const StorePart& part : done.parts) {
    all += part.bytes;
    result["parts"].push_back({{"name", part.name},
                               {"removedBytes", part.bytes.removed_bytes},
                               {"keptBytes", part.bytes.kept_bytes}});
  }
  result["removedFiles"] = all.removed_files;
  result["removedBytes"] = all.removed_bytes;
  result["keptBytes"] = all.kept_bytes;
  return result;
}

std::string GcJob::run(const base::Context& context) {
  json result;
  if (m_layout) {
    store::OciLayout layout(*m_layout, store::OciLayout::Missing::refuse);
    result = summary(store::collect_garbage(context, layout));
  } else {
    if (!m_limits.all && !base::exists(m_store.store)) {
      throw base::Error(base::ErrorCode::not_found,
                        "there is no local store " + m_store.store.string() + " yet");
    }
    result = collect_local(context);
  }
  result["layout"] = (m_layout ? *m_layout : m_store.images()).string();
  return result.dump();
}

}  // namespace

std::unique_ptr<Job> make_gc(RequestReader& request,
                             std::shared_ptr<const config::CredentialStore>) {
  return std::make_unique<GcJob>(request);
}

}  // namespace pinnace::jobs
