#include "transfer/copy.hpp"

#include "base/error.hpp"
#include "jobs/access.hpp"
#include "jobs/makers.hpp"

namespace pinnace::jobs {

namespace {

using nlohmann::json;

/// copy: {source, target, referrers, repair, parallel, environments} -> {digest, mediaType, size,
/// replaced, blobs..., bytesSent}.
class CopyJob final : public Job {
 public:
  CopyJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials);
  std::string run(const base::Context& context) override;

 private:
  ImageName m_source;
  ImageName m_target;
  transfer::CopyOptions m_options;
  Access::Options m_access;
  std::shared_ptr<const config::CredentialStore> m_credentials;
};

CopyJob::CopyJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials)
    : m_source(oci::parse_image_name(request.text("source"))),
      m_target(oci::parse_image_name(request.text("target"))),
      m_access{request.text("store"), request.optional_text("registries"),
               request.optional_text("environments")},
      m_credentials(std::move(credentials)) {
  if (has_digest(m_target)) {
    throw base::Error(
        base::ErrorCode::invalid_input,
        "the target \"" + to_string(m_target) + "\" has a digest, expected a tag or nothing");
  }
  m_options.referrers =
      request.flag("referrers") ? transfer::Referrers::copy : transfer::Referrers::leave;
  m_options.repair = request.flag("repair") ? transfer::Repair::yes : transfer::Repair::no;
  m_options.parallel =
      static_cast<unsigned>(request.optional_integer("parallel", 1, 64).value_or(4));
}

std::string CopyJob::run(const base::Context& context) {
  Access access(context, m_access, m_credentials);
  const Located source = access.locate(m_source, Purpose::read);
  const Located target = access.locate(m_target, Purpose::write);
  const transfer::CopyResult result =
      transfer::copy_image(context, *source.store, source.tag_or_digest(), *target.store,
                           target.tag.value_or(""), m_options);
  return json{{"digest", result.root.digest.str()},
              {"mediaType", result.root.media_type},
              {"size", result.root.size},
              {"replaced", result.replaced ? json(result.replaced->str()) : json(nullptr)},
              {"blobsExisted", result.blobs.existed},
              {"blobsMounted", result.blobs.mounted},
              {"blobsSent", result.blobs.uploaded},
              {"bytesSent", result.blobs.bytes_uploaded},
              {"manifestsSent", result.manifests_put}}
      .dump();
}

}  // namespace

std::unique_ptr<Job> make_copy(RequestReader& request,
                               std::shared_ptr<const config::CredentialStore> credentials) {
  return std::make_unique<CopyJob>(request, std::move(credentials));
}

}  // namespace pinnace::jobs
