#include "buildplace/caches.hpp"

#include "base/error.hpp"

namespace pinnace::buildplace {

using base::Error;
using base::ErrorCode;

namespace {

std::vector<cache::ImportedCache> import_caches(const base::Context& context,
                                                places::Access& access, const CacheWishes& wishes) {
  std::vector<cache::ImportedCache> found;
  if (!wishes.reuse) return found;
  for (const oci::ImageName& name : wishes.from) {
    try {
      const places::Located located = access.locate(name, places::Purpose::read);
      auto cache = cache::ImportedCache::read(context, located.store, located.tag_or_digest());
      if (cache) {
        found.push_back(*std::move(cache));
      } else {
        context.log("there is no build cache yet at " + to_string(name));
      }
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      context.warn("building without the cache " + to_string(name) + ": " + error.what());
    }
  }
  return found;
}

}  // namespace

BuildCaches::BuildCaches(const base::Context& context, places::Access& access,
                         const CacheWishes& wishes)
    : m_cache(cache::LocalCache(access.local().at(local::Part::build_cache)),
              import_caches(context, access, wishes),
              wishes.reuse ? cache::BuildCache::Reuse::yes : cache::BuildCache::Reuse::no) {
  if (!wishes.to) return;
  m_to = access.locate(*wishes.to, places::Purpose::write);
  if (m_to->digest)
    throw Error(ErrorCode::invalid_input, "the cache " + to_string(*wishes.to) +
                                              " can't be written under a digest, only under a tag");
  check_tag(context);
}

/// So that a build whose cache can't be written doesn't begin; finish() decides.
void BuildCaches::check_tag(const base::Context& context) const {
  try {
    cache::check_cache_tag(context, *m_to->store, tag());
  } catch (const Error& error) {
    if (error.code() == ErrorCode::conflict || error.code() == ErrorCode::cancelled) throw;
  }
}

void BuildCaches::check_apart(const output::Targets& targets) const {
  if (!m_to || !targets.contain(*m_to->store, tag())) return;
  throw Error(ErrorCode::invalid_input, "the build cache can't have the tag of the image, " +
                                            m_to->store->where() + ":" + tag() +
                                            "; expected another one for --cache-to");
}

void BuildCaches::finish(const base::Context& context, std::uint64_t size) {
  if (m_to) {
    cache::export_cache(context, *m_to->store, tag(), m_cache.used());
    context.log("wrote the build cache to " + m_to->store->where());
  }
  if (!m_cache.has_grown()) return;
  try {
    m_cache.local().collect(context, {size, {}}, std::chrono::milliseconds(0));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    // Other builds are using it: one of them will do it.
    if (error.code() == ErrorCode::unavailable) return;
    context.warn("can't tidy the build cache: " + std::string(error.what()));
  }
}

}  // namespace pinnace::buildplace
