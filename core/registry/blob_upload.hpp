#pragma once

#include <cstdint>

#include "base/io.hpp"
#include "oci/descriptor.hpp"
#include "registry/upload_session.hpp"

namespace pinnace::registry {

/// Sends one blob whose digest and size are known. Up to 1 MiB it is read whole and sent with PUT;
/// a larger one goes out through PATCH in chunked transfer encoding, and PUT ends it. After a
/// failure the registry is asked how far it got, and the rest is sent; if it doesn't know, or fails
/// at the same byte again and again, the blob is sent from its beginning in a new session.
///
/// A session that is given up is deleted. As some registries delete none whose request was broken
/// off, a PATCH whose source fails, or that nobody wants any more, is brought to a proper end
/// first.
class BlobUpload {
 public:
  /// `session` has been started, unless the registry refused ?mount=. All references are borrowed.
  BlobUpload(api::Client& client, const std::string& repository, const oci::Descriptor& blob,
             const base::OpenSource& open, UploadSession session);

  /// True if bytes were sent, false if the registry turned out to have the blob.
  bool run(const base::Context& context);

 private:
  bool step(const base::Context& context, http::Retry& retry);
  void locate(const base::Context& context, http::Retry& retry);
  void send_whole(const base::Context& context);
  void send_rest(const base::Context& context);

  const oci::Descriptor& m_blob;
  const base::OpenSource& m_open;
  std::string m_what;
  const http::RetrySettings& m_settings;
  UploadSession m_session;
  bool m_may_mount;              ///< the registry did not mind ?mount=
  std::uint64_t m_offset = 0;    ///< bytes that the registry has
  std::uint64_t m_furthest = 0;  ///< that it had in any session
  unsigned m_in_vain = 0;        ///< how often it went on at the same byte and failed there again
  bool m_broken = false;         ///< an attempt failed; what the registry has is not known
};

}  // namespace pinnace::registry
