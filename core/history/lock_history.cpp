#include "history/lock_history.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace pinnace::history {

namespace {

using definition::Lock;
using definition::LockedImage;

constexpr std::size_t k_max_changes = 1000;
constexpr std::size_t k_max_file = std::size_t{4} << 20;

bool has(const LockedImage& image, const std::string& digest) {
  return image.digest.str() == digest ||
         std::any_of(image.platforms.begin(), image.platforms.end(),
                     [&](const auto& one) { return one.second.digest.str() == digest; });
}

bool has(const Lock* lock, const std::string& entry, const std::string& digest) {
  const LockedImage* image = lock == nullptr ? nullptr : lock->find(entry);
  return image != nullptr && has(*image, digest);
}

/// The digest for a platform; empty: there is none.
std::string locked(const Lock* lock, const std::string& entry, const std::string& platform) {
  const LockedImage* image = lock == nullptr ? nullptr : lock->find(entry);
  if (image == nullptr) return {};
  const auto found = image->platforms.find(platform);
  return found == image->platforms.end() ? std::string() : found->second.digest.str();
}

}  // namespace

LockHistory::LockHistory(const base::Context& context, const Clone& clone,
                         const std::string& revision, const std::string& path)
    : m_context(context), m_clone(clone), m_path(path), m_revision(revision) {
  m_text = clone.file(context, revision, path, k_max_file);
  if (!m_text) return;
  m_changes = clone.changes(context, revision, path, k_max_changes);
  for (std::size_t i = 0; i < m_changes.size(); ++i) m_numbers.emplace(m_changes[i].commit.id, i);
}

/// nullptr: there is none, or none that can be read.
const Lock* LockHistory::lock_at(const std::string& revision) {
  const auto known = m_locks.find(revision);
  std::optional<Lock>& lock = known == m_locks.end() ? m_locks[revision] : known->second;
  if (known != m_locks.end()) return lock ? &*lock : nullptr;
  const auto text = m_clone.file(m_context, revision, m_path, std::min(k_max_file, m_left));
  if (!text) return nullptr;
  m_left -= text->size();
  try {
    lock = definition::parse_lock(*text, m_path);
  } catch (const base::Error&) {
    return nullptr;  // what an old one can't say is not said by it
  }
  return &*lock;
}

std::optional<std::string> LockHistory::entry_of(const std::string& digest) {
  const Lock* lock = m_text ? lock_at(m_revision) : nullptr;
  if (lock == nullptr) return std::nullopt;
  for (const LockedImage& image : lock->images) {
    if (has(image, digest)) return image.name;
  }
  return std::nullopt;
}

std::optional<Commit> LockHistory::since(const std::string& entry, const std::string& digest) {
  if (m_changes.empty() || !has(lock_at(m_changes.front().commit.id), entry, digest))
    return std::nullopt;
  std::size_t at = 0;
  for (;;) {
    const Change& change = m_changes[at];
    const auto same = std::find_if(
        change.parents.begin(), change.parents.end(),
        [&](const std::string& parent) { return has(lock_at(parent), entry, digest); });
    if (same == change.parents.end()) return change.commit;
    const auto next = m_numbers.find(*same);
    if (next == m_numbers.end() || next->second <= at) return std::nullopt;
    at = next->second;
  }
}

std::vector<Commit> LockHistory::changed(const std::string& entry, const std::string& platform,
                                         const std::vector<Commit>& among) {
  std::vector<Commit> all;
  for (const Commit& one : among) {
    const auto found = m_numbers.find(one.id);
    if (found == m_numbers.end()) continue;
    const std::string now = locked(lock_at(one.id), entry, platform);
    const std::vector<std::string>& parents = m_changes[found->second].parents;
    const bool is_same = std::any_of(parents.begin(), parents.end(), [&](const auto& parent) {
      return locked(lock_at(parent), entry, platform) == now;
    });
    if (!is_same) all.push_back(one);
  }
  return all;
}

}  // namespace pinnace::history
