#include "cache/build_cache.hpp"

#include <algorithm>

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

bool BuildCache::is_damaged(const store::BlobStore& store, const oci::Descriptor& layer) const {
  const std::lock_guard lock(m_mutex);
  return std::any_of(m_damaged.begin(), m_damaged.end(), [&](const Held& held) {
    return held.first.get() == &store && held.second.digest == layer.digest;
  });
}

std::shared_ptr<store::BlobStore> BuildCache::find_holder(const base::Context& context,
                                                          const oci::Descriptor& layer) const {
  if (m_local.layers()->has_blob(context, layer)) return m_local.layers();
  for (const ImportedCache& other : m_imported) {
    if (!is_damaged(*other.layers(), layer) && other.layers()->has_blob(context, layer))
      return other.layers();
  }
  return nullptr;
}

std::shared_ptr<store::BlobStore> BuildCache::holder(const base::Context& context,
                                                     const CachedLayer& layer) {
  auto found = find_holder(context, layer.descriptor);
  const std::lock_guard lock(m_mutex);
  if (found) m_told.emplace_back(found, layer.descriptor);
  return found;
}

bool BuildCache::forget_damaged(const base::Context& context) {
  std::vector<Held> told;
  {
    const std::lock_guard lock(m_mutex);
    told.swap(m_told);
  }
  bool any = false;
  for (Held& held : told) {
    if (store::is_sound(*held.first, context, held.second)) continue;
    any = true;
    context.warn("the build cache's layer " + held.second.digest.str() + " in " +
                 held.first->where() + " is damaged: it is made again");
    if (held.first == m_local.layers()) m_local.remove_layer(held.second.digest);
    const std::lock_guard lock(m_mutex);
    m_damaged.push_back(std::move(held));
  }
  return any;
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
