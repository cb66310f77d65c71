#include "registry/mirrored_repository.hpp"

#include "base/error.hpp"

namespace pinnace::registry {

using base::Context;
using base::Error;
using base::ErrorCode;

MirroredRepository::MirroredRepository(std::shared_ptr<api::Client> client, std::string name,
                                       std::shared_ptr<Mirror> mirror)
    : Repository(std::move(client), name),
      m_mirror(std::move(mirror)),
      m_copy(m_mirror->client, m_mirror->prefix + name) {}

/// What the mirror says; nothing if it has nothing or fails.
template <class Ask>
auto MirroredRepository::ask_mirror(const Context& context, Ask ask) -> decltype(ask()) {
  if (m_mirror->abandoned) return {};
  try {
    return ask();
  } catch (const Error& error) {
    context.check();
    const bool gone = error.code() == ErrorCode::unavailable;
    if (gone && m_mirror->abandoned.exchange(true)) return {};
    context.warn(std::string(error.what()) + "; asking " + where() + " instead of its mirror" +
                 (gone ? ", from now on" : ""));
    return {};
  }
}

std::unique_ptr<base::Source> MirroredRepository::open_blob(const Context& context,
                                                            const oci::Descriptor& blob) {
  if (m_mirror->abandoned) return Repository::open_blob(context, blob);
  return open_blob_at(context, blob, {{m_mirror->client, m_copy.name()}, {client(), name()}});
}

std::optional<oci::RawManifest> MirroredRepository::find_manifest(const Context& context,
                                                                  std::string_view tag_or_digest) {
  auto found = ask_mirror(context, [&] { return m_copy.find_manifest(context, tag_or_digest); });
  return found ? found : Repository::find_manifest(context, tag_or_digest);
}

std::optional<oci::Descriptor> MirroredRepository::resolve(const Context& context,
                                                           std::string_view tag_or_digest) {
  auto found = ask_mirror(context, [&] { return m_copy.resolve(context, tag_or_digest); });
  return found ? found : Repository::resolve(context, tag_or_digest);
}

}  // namespace pinnace::registry
