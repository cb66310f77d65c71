#include "store/gc.hpp"

#include "base/error.hpp"
#include "jobs/access.hpp"
#include "jobs/makers.hpp"
#include "store/oci_layout.hpp"

namespace pinnace::jobs {

namespace {

/// gc: {layout} -> {layout, removedFiles, removedBytes, keptBlobs, keptBytes, problems}.
class GcJob final : public Job {
 public:
  explicit GcJob(RequestReader& request);
  std::string run(const base::Context& context) override;

 private:
  std::filesystem::path m_directory;
};

GcJob::GcJob(RequestReader& request) {
  m_directory = std::filesystem::path(request.text("store")) / "images";
  request.optional_text("registries");
  const auto layout = request.optional_text("layout");
  if (!layout) return;
  const ImageName name = parse_image_name(*layout);
  const auto* named = std::get_if<LayoutName>(&name);
  if (named == nullptr || named->tag || named->digest) {
    throw base::Error(base::ErrorCode::invalid_input, "\"" + *layout + "\": expected oci:DIR");
  }
  m_directory = named->directory;
}

std::string GcJob::run(const base::Context& context) {
  store::OciLayout layout(m_directory, store::OciLayout::Missing::refuse);
  const store::GcResult result = store::collect_garbage(context, layout);
  nlohmann::json problems = nlohmann::json::array();
  for (const store::IntegrityProblem& problem : result.problems)
    problems.push_back(problem.message);
  return nlohmann::json{{"layout", m_directory.string()},
                        {"removedFiles", result.blobs_removed + result.temporaries_removed},
                        {"removedBytes", result.bytes_removed + result.temporary_bytes_removed},
                        {"keptBlobs", result.blobs_kept},
                        {"keptBytes", result.bytes_kept},
                        {"problems", std::move(problems)}}
      .dump();
}

}  // namespace

std::unique_ptr<Job> make_gc(RequestReader& request,
                             std::shared_ptr<const config::CredentialStore>) {
  return std::make_unique<GcJob>(request);
}

}  // namespace pinnace::jobs
