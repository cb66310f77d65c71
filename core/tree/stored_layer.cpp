#include "tree/stored_layer.hpp"

#include <optional>
#include <utility>

#include "base/error.hpp"
#include "compress/compression.hpp"
#include "hash/hasher.hpp"

namespace pinnace::tree {

namespace {

/// An archive whose size nobody has said.
class ArchiveCheck final : public base::Source {
 public:
  ArchiveCheck(std::unique_ptr<base::Source> inner, hash::Digest diff_id, std::string what)
      : m_inner(std::move(inner)), m_diff_id(std::move(diff_id)), m_what(std::move(what)) {}

  std::size_t read(std::span<std::byte> buffer) override {
    if (!m_hasher || buffer.empty()) return 0;
    const std::size_t size = m_inner->read(buffer);
    m_hasher->write(base::Bytes(buffer).first(size));
    if (size == 0) check();
    return size;
  }

 private:
  void check() {
    const hash::Digest actual = m_hasher->finish();
    m_hasher.reset();
    if (actual == m_diff_id) return;
    throw base::Error(base::ErrorCode::integrity,
                      m_what + " is not what the image's configuration says: its diffID is " +
                          actual.str() + ", expected " + m_diff_id.str() +
                          "; build the image again, or take another one");
  }

  std::unique_ptr<base::Source> m_inner;
  hash::Digest m_diff_id;
  std::string m_what;
  std::optional<hash::Hasher> m_hasher{hash::Hasher(m_diff_id.algorithm())};
};

}  // namespace

std::string name_of(const StoredLayer& layer, const store::BlobStore& store) {
  return "layer " + layer.blob.digest.str() + " of " + store.where();
}

std::unique_ptr<base::Source> open_layer(const base::Context& context, store::BlobStore& store,
                                         const StoredLayer& layer) {
  const std::string what = name_of(layer, store);
  auto archive = compress::make_decompressor(context, store.open_blob(context, layer.blob), what);
  return std::make_unique<ArchiveCheck>(std::move(archive), layer.diff_id, what);
}

}  // namespace pinnace::tree
