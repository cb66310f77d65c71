#pragma once

#include <cstdint>

#include "base/io.hpp"
#include "oci/descriptor.hpp"
#include "registry/upload_session.hpp"

namespace pinnace::registry {

/// Sends one blob whose digest and size are known: POST and PUT where nothing goes wrong. After a
/// failure the registry is asked how far it got, and the rest is sent with PATCH; if it doesn't
/// know, the blob is sent from its beginning in a new session. A session that is given up is
/// deleted.
class BlobUpload {
 public:
  /// `session` has been started, unless the registry refused ?mount=. All references are borrowed.
  BlobUpload(Client& client, const std::string& repository, const oci::Descriptor& blob,
             const base::OpenSource& open, UploadSession session);

  /// True if bytes were sent, false if the registry turned out to have the blob.
  bool run(const base::Context& context);

 private:
  bool step(const base::Context& context, http::Retry& retry);
  void locate(const base::Context& context, http::Retry& retry);
  http::StreamBody body() const;

  const oci::Descriptor& m_blob;
  const base::OpenSource& m_open;
  std::string m_what;
  const http::RetrySettings& m_settings;
  UploadSession m_session;
  bool m_may_mount;            ///< the registry did not mind ?mount=
  std::uint64_t m_offset = 0;  ///< bytes that the registry has
  bool m_broken = false;       ///< an attempt failed; what the registry has is not known
};

}  // namespace pinnace::registry
