#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/context.hpp"
#include "base/io.hpp"
#include "registry/client.hpp"

namespace pinnace::registry {

/// Reads a blob of a registry. A connection that breaks is opened again, and the blob goes on by
/// Range where it stopped (a registry that ignores Range sends it all, and what was read already is
/// dropped). The bytes are not verified here.
class BlobDownload final : public base::Source {
 public:
  /// Sends the request. Throws not_found and what else make_error() says. `context` is copied, its
  /// event sink is borrowed.
  BlobDownload(std::shared_ptr<Client> client, const base::Context& context, std::string url,
               Scopes scopes);
  std::size_t read(std::span<std::byte> buffer) override;

 private:
  std::size_t read_once(std::span<std::byte> buffer);
  void open();
  void skip(std::uint64_t count);

  std::shared_ptr<Client> m_client;
  base::Context m_context;
  std::string m_url;
  Scopes m_scopes;
  http::Retry m_retry;
  std::unique_ptr<base::Source> m_body;
  std::uint64_t m_offset = 0;
  std::uint64_t m_failed_at = 0;
  bool m_ended = false;
};

}  // namespace pinnace::registry
