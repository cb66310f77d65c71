#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/client.hpp"
#include "base/context.hpp"
#include "base/io.hpp"
#include "hash/digest.hpp"

namespace pinnace::registry {

/// A repository that has a blob, or should have it.
struct BlobPlace {
  std::shared_ptr<api::Client> client;
  std::string repository;
};

/// Reads a blob of a registry. A connection that breaks is opened again, and the blob goes on by
/// Range where it stopped (a registry that ignores Range sends it all, and what was read already is
/// dropped). Where a place fails for good the next one goes on at the same byte. The bytes are not
/// verified here.
class BlobDownload final : public base::Source {
 public:
  /// Sends the request; `places` are asked in this order, and at least one. Throws not_found and
  /// what else make_error() says. `context` is copied, its event sink is borrowed.
  BlobDownload(std::vector<BlobPlace> places, const base::Context& context,
               const hash::Digest& blob);
  std::size_t read(std::span<std::byte> buffer) override;
  /// What the registry says of the blob's size, if it does.
  std::optional<std::uint64_t> told_size() const noexcept { return m_told_size; }

 private:
  std::size_t read_once(std::span<std::byte> buffer);
  void go_to_place();
  void leave_place(const base::Error& reason);
  void open();
  void skip(std::uint64_t count);

  std::vector<BlobPlace> m_places;  ///< the first one is read from
  base::Context m_context;
  std::string m_path;  ///< "/blobs/sha256:..."
  std::string m_url;
  std::optional<http::Retry> m_retry;
  std::unique_ptr<base::Source> m_body;
  std::optional<std::uint64_t> m_told_size;
  std::uint64_t m_offset = 0;
  std::uint64_t m_failed_at = 0;
  bool m_ended = false;
};

}  // namespace pinnace::registry
