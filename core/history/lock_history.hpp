#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "definition/lock.hpp"
#include "history/clone.hpp"

namespace pinnace::history {

/// What the commits up to a revision did to a lock: which one made an entry what it is. They are
/// followed as git blame follows them, along the parents that have it so, too.
class LockHistory {
 public:
  /// `path`: of the lock, from the root of the repository on. Throws cancelled, and unavailable
  /// with what git says.
  LockHistory(const base::Context& context, const Clone& clone, const std::string& revision,
              const std::string& path);

  /// The lock as the revision has it; nullopt: it has none.
  const std::optional<std::string>& text() const noexcept { return m_text; }
  /// The name of the entry with an image of this digest, for all platforms or one; nullopt: none.
  std::optional<std::string> entry_of(const std::string& digest);
  /// The commit that made this entry have this digest; nullopt: it is not among those that are
  /// looked at. Throws as the constructor.
  std::optional<Commit> since(const std::string& entry, const std::string& digest);
  /// Those of `among` that changed what an entry has for a platform. Throws as the constructor.
  std::vector<Commit> changed(const std::string& entry, const std::string& platform,
                              const std::vector<Commit>& among);

 private:
  const definition::Lock* lock_at(const std::string& revision);

  const base::Context& m_context;
  const Clone& m_clone;
  std::string m_path;
  std::string m_revision;
  std::optional<std::string> m_text;
  std::vector<Change> m_changes;  ///< newest first
  std::map<std::string, std::size_t> m_numbers;
  std::map<std::string, std::optional<definition::Lock>> m_locks;
  std::size_t m_left = std::size_t{64} << 20;  ///< bytes that are read still
};

}  // namespace pinnace::history
