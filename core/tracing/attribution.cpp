#include "tracing/attribution.hpp"

#include "base/error.hpp"
#include "history/lock_history.hpp"

namespace pinnace::tracing {

namespace {

using history::Clone;
using history::LockHistory;
using origin::Build;
using origin::Input;

constexpr const char* k_lock = "pinnace.lock.json";
/// So many inputs are looked for; a definition has fewer images.
constexpr std::size_t k_most = 200;

std::optional<origin::Commit> described(const std::optional<history::Commit>& commit) {
  if (!commit) return std::nullopt;
  return origin::Commit{commit->id, origin::shown(commit->date), origin::shown(commit->author),
                        origin::shown(commit->subject)};
}

class Attribution {
 public:
  Attribution(const base::Context& context, const std::filesystem::path& directory)
      : m_context(context), m_clone(directory) {}

  /// The base is known by what the image says, where no provenance does.
  void add(Build& build, origin::Base& base) {
    try {
      build.note = why_not(build);
      if (build.note) return;
      add_files(build);
      const std::string path = in_repository(build, build.lock.value_or(k_lock));
      LockHistory lock(m_context, m_clone, *build.revision, path);
      build.note = why_not(build, lock, path);
      if (build.note) return;
      std::size_t count = 0;
      for (Input& one : build.inputs) {
        if (++count <= k_most && !one.uri.empty()) add(lock, one.digest, one);
      }
      if (base.digest && !base.entry) add(lock, *base.digest, base);
    } catch (const base::Error& error) {
      if (error.code() == base::ErrorCode::cancelled) throw;
      build.note = origin::shown(error.message());
    }
  }

 private:
  static std::string in_repository(const Build& build, const std::string& file) {
    const std::string directory = build.directory.value_or("");
    return directory.empty() ? file : directory + "/" + file;
  }

  std::optional<std::string> why_not(const Build& build) const {
    if (!build.revision) return "no revision is said, which a clone could have";
    return m_clone.why_not(m_context, {*build.revision});
  }

  /// Who built may have had another lock than the revision.
  std::optional<std::string> why_not(const Build& build, const LockHistory& lock,
                                     const std::string& path) const {
    if (!lock.text()) return "the revision has no " + path;
    for (const Input& one : build.inputs) {
      if (one.name == build.lock && one.uri.empty() &&
          one.digest != hash::Digest::of(*lock.text()).str())
        return "the build had another " + path + " than the revision";
    }
    if (m_clone.is_shallow(m_context))
      return "the clone lacks older commits (\"git fetch --unshallow\" brings them)";
    return std::nullopt;
  }

  /// A file that the build had as the revision has it.
  void add_files(Build& build) {
    if (m_clone.is_shallow(m_context)) return;
    for (Input& one : build.inputs) {
      if (!one.uri.empty() || (one.name != build.definition && one.name != build.lock)) continue;
      const std::string path = in_repository(build, one.name);
      const auto text = m_clone.file(m_context, *build.revision, path, std::size_t{64} << 20);
      if (!text || hash::Digest::of(*text).str() != one.digest) continue;
      const auto changes = m_clone.changes(m_context, *build.revision, path, 1);
      if (!changes.empty()) one.since = described(changes.front().commit);
    }
  }

  template <class Locked>
  static void add(LockHistory& lock, const std::string& digest, Locked& locked) {
    const std::optional<std::string> entry = lock.entry_of(digest);
    if (!entry) return;
    locked.entry = origin::shown(*entry);
    locked.since = described(lock.since(*entry, digest));
  }

  const base::Context& m_context;
  Clone m_clone;
};

}  // namespace

void add_commits(const base::Context& context, const std::filesystem::path& clone,
                 TraceResult& result) {
  Attribution attribution(context, clone);
  for (Build& one : result.builds) attribution.add(one, result.base);
  if (result.builds.empty()) {
    Build claimed;
    claimed.revision = result.revision;
    attribution.add(claimed, result.base);
    if (claimed.note) result.unknown.push_back("since which commit: " + *claimed.note);
  }
  for (origin::Answer& one : result.answers) {
    if (one.owner != origin::Owner::base) continue;
    one.entry = result.base.entry;
    one.since = result.base.since;
  }
}

}  // namespace pinnace::tracing
