#include "attesting/key_request.hpp"

#include "base/error.hpp"
#include "signing/key_files.hpp"

namespace pinnace::attesting {

using base::Error;
using base::ErrorCode;

void KeyRequest::check() const {
  const oci::ImageName name = oci::parse_image_name(image);
  if (key_password && !key_command.empty())
    throw Error(ErrorCode::invalid_input,
                "keyPassword is for a key in a file, and keyCommand for one elsewhere: expected "
                "one of them");
  if (format == Format::tag && std::holds_alternative<oci::ArchiveName>(name))
    throw Error(ErrorCode::unsupported,
                image +
                    ": cosign's tags are not written into archives; expected the format "
                    "bundle, or another place");
}

std::unique_ptr<signing::Signer> signer_of(const KeyRequest& request,
                                           const base::Context& context) {
  const process::Environment environment = process::current_environment();
  if (!request.key_command.empty())
    return signing::signer_of(signing::read_public_key(request.key), request.key_command,
                              environment);
  std::optional<base::Secret> password;
  if (request.key_password) password = signing::read_password(*request.key_password, environment);
  return signing::signer_of(signing::read_private_key(context, request.key, password));
}

namespace {

/// What is signed there must stay until its signature is beside it.
places::Located held(const base::Context& context, places::Located target) {
  target.store->hold(context);
  return target;
}

}  // namespace

Target::Target(const KeyRequest& request, const job::JobContext& job)
    : m_job(job),
      m_format(request.format),
      m_access(job.access(request.places(request.environments))),
      m_name(oci::parse_image_name(request.image)),
      m_present(m_access.locate(m_name, places::Purpose::prove)),
      m_target(held(job.context, m_access.locate(m_name, places::Purpose::write))),
      m_manifest(store::get_manifest(*m_present.store, job.context, m_present.tag_or_digest())) {}

evidence::Placed Target::sign(const oci::Descriptor& subject, const signing::Signer& signer,
                              std::string predicate_type, nlohmann::json predicate) const {
  const evidence::Wish wish{
      std::move(predicate_type), std::move(predicate),
      m_format == Format::tag ? evidence::Place::tag : evidence::Place::referrer,
      m_present.store->where()};
  return evidence::sign(m_job.context, *m_present.store, *m_target.store, subject, wish, signer);
}

}  // namespace pinnace::attesting
