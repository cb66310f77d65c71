#include "cache/build_cache.hpp"

namespace pinnace::cache {

bool BuildCache::may_find() const {
  return m_reuse == Reuse::yes && (!m_imported.empty() || !m_local.is_empty());
}

std::vector<Record> BuildCache::find(const base::Context& context, const hash::Digest& key) const {
  std::vector<Record> found;
  if (m_reuse == Reuse::no) return found;
  if (auto record = m_local.find(context, key)) found.push_back(*std::move(record));
  for (const ImportedCache& other : m_imported) {
    if (auto record = other.find(key)) found.push_back(*std::move(record));
  }
  return found;
}

std::shared_ptr<store::BlobStore> BuildCache::holder(const base::Context& context,
                                                     const CachedLayer& layer) const {
  if (m_local.layers()->has_blob(context, layer.descriptor)) return m_local.layers();
  for (const ImportedCache& other : m_imported) {
    if (other.layers()->has_blob(context, layer.descriptor)) return other.layers();
  }
  return nullptr;
}

void BuildCache::use(const hash::Digest& key, const Record& record) {
  const std::lock_guard lock(m_mutex);
  m_used.insert_or_assign(key, record);
}

void BuildCache::put(const base::Context& context, const hash::Digest& key, const Record& record) {
  m_local.put(context, key, record);
  use(key, record);
  const std::lock_guard lock(m_mutex);
  m_grown = true;
}

Records BuildCache::used() const {
  const std::lock_guard lock(m_mutex);
  return m_used;
}

bool BuildCache::has_grown() const {
  const std::lock_guard lock(m_mutex);
  return m_grown;
}

}  // namespace pinnace::cache
