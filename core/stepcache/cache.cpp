#include "stepcache/cache.hpp"

#include <algorithm>

namespace pinnace::stepcache {

StepCache::StepCache(cache::BuildCache* cache, std::shared_ptr<store::BlobStore> exported)
    : m_cache(cache) {
  if (exported) m_exported.push_back(std::move(exported));
}

bool StepCache::is_shared() const {
  return !m_exported.empty() || (m_cache != nullptr && m_cache->imports());
}

std::optional<StepCache::Found> StepCache::take_over(const base::Context& context,
                                                     const hash::Digest& key,
                                                     output::Targets& targets, Holder holder) {
  if (m_cache == nullptr) return std::nullopt;
  for (const cache::Record& record : m_cache->find(context, key)) {
    if (!record.layer) {
      m_cache->use(key, record);
      return Found{};
    }
    const cache::CachedLayer& layer = *record.layer;
    output::Targets all = targets.with(m_exported);
    const bool there = all.have_blob(context, layer.descriptor);
    Found found{output::BuiltLayer{layer.descriptor, layer.diff_id, false}, {}};
    if (!there || holder == Holder::needed) {
      found.holder = m_cache->holder(context, layer);
      if (!found.holder) continue;
    }
    if (!there) all.copy_blobs(context, found.holder, {layer.descriptor});
    m_cache->use(key, record);
    return found;
  }
  return std::nullopt;
}

output::Targets StepCache::places(const output::Targets& targets, bool kept) const {
  std::vector<std::shared_ptr<store::BlobStore>> more = m_exported;
  if (kept && m_cache != nullptr) more.push_back(m_cache->local().layers());
  return targets.with(more);
}

std::shared_ptr<store::BlobStore> StepCache::keeper() const {
  return m_cache == nullptr ? nullptr : m_cache->local().layers();
}

void StepCache::note(const hash::Digest& key, const std::optional<output::BuiltLayer>& layer) {
  cache::Record record;
  if (layer) record.layer = cache::CachedLayer{layer->descriptor, layer->diff_id};
  const std::lock_guard lock(m_mutex);
  m_made.insert_or_assign(key, std::move(record));
}

void StepCache::watch(std::unique_ptr<steps::ContextSelection> selection) {
  const std::lock_guard lock(m_mutex);
  m_selections.push_back(std::move(selection));
}

void StepCache::distrust() {
  const std::lock_guard lock(m_mutex);
  m_certain = false;
}

void StepCache::remember(const base::Context& context) {
  const std::lock_guard lock(m_mutex);
  if (m_cache == nullptr || m_made.empty()) return;
  const bool unchanged = m_certain && std::all_of(m_selections.begin(), m_selections.end(),
                                                  [&](const auto& selection) {
                                                    return selection->is_unchanged(context);
                                                  });
  if (!unchanged) {
    context.log(
        "the context changed while the image was built, or may have changed unseen: nothing of it "
        "is remembered");
    return;
  }
  for (const auto& [key, record] : m_made) m_cache->put(context, key, record);
  m_made.clear();
}

}  // namespace pinnace::stepcache
