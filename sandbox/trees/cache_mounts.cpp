#include "sandbox/trees/cache_mounts.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <map>

#include "base/error.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "sandbox/system/output.hpp"
#include "sandbox/system/system.hpp"
#include "sandbox/trees/copy_tree.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using helper::HelperMount;
using tree::OpenRoot;
using tree::RootedPath;

namespace {

/// Every container that has the cache reads its record.
constexpr std::size_t k_max_record = std::size_t{64} << 20;

/// Whoever has to wait says so, with `waiting` if it is not empty.
files::UniqueFd lock(const std::string& file, const std::string& waiting = {}) {
  files::UniqueFd fd(
      require(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600), "lock a cache"));
  int how = waiting.empty() ? LOCK_EX : LOCK_EX | LOCK_NB;
  while (::flock(fd.get(), how) != 0) {
    if (errno == EWOULDBLOCK) {
      send(helper::FrameType::note, std::string_view(waiting));
      how = LOCK_EX;
    } else if (errno != EINTR) {
      base::throw_errno(errno, "lock a cache");
    }
  }
  return fd;
}

/// One that is too large, as others have written them, counts as none.
SeenFiles read_record(const std::string& file) {
  const auto found = files::status(file);
  if (!found || static_cast<std::uint64_t>(found->st_size) > k_max_record) return {};
  return SeenFiles::parse(files::read_file(file, k_max_record));
}

}  // namespace

CacheMounts::CacheMounts(const Stage& stage, const helper::HelperRequest& request)
    : m_request(request), m_directory(stage.store() + "/caches") {
  make_directory(m_directory);
  lock_exclusive_ones();
  for (std::size_t number = 0; number < request.mounts.size(); ++number) {
    const HelperMount& mount = request.mounts[number];
    if (mount.kind != "cache") continue;
    const bool first = !m_caches.contains(mount.source);
    Cache& cache = m_caches[mount.source];
    cache.writable |= mount.writable;
    if (!first || OpenRoot(m_directory).is_directory(RootedPath(mount.source))) continue;
    base::with_context([&] { return "mount at " + mount.target; },
                       [&] {
                         const bool made = make(stage, mount, number);
                         cache.is_empty = made && mount.start.empty();
                       });
  }
}

/// Each once, and everybody in the same order: nobody waits for who waits.
void CacheMounts::lock_exclusive_ones() {
  std::map<std::string, std::string> targets;
  for (const HelperMount& mount : m_request.mounts) {
    if (mount.kind == "cache" && mount.exclusive) targets.emplace(mount.source, mount.target);
  }
  for (const auto& [name, target] : targets)
    m_locks.push_back(
        lock(m_directory + "/" + name + ".lock",
             "waiting for the cache at " + target + ", which another RUN has locked"));
}

/// Made aside, so that whoever finds it finds all of it. False: somebody else was faster.
bool CacheMounts::make(const Stage& stage, const HelperMount& mount, std::size_t number) const {
  const OpenRoot snapshot(m_request.snapshot);
  const RootedPath made("cache-" + std::to_string(number));
  if (mount.start.empty()) {
    snapshot.make_directory(made);
  } else {
    const std::string place = stage.place(number) + ".start";
    make_directory(place);
    mount_snapshots(stage, m_request, mount.lowers, "", place);
    const OpenRoot layers(place);
    const RootedPath source = find_in_layers(layers, mount.start);
    if (!layers.is_directory(source))
      throw Error(ErrorCode::invalid_input, mount.start + " is no directory, as a cache is");
    copy_tree(layers, source, snapshot, made, HardLinks::keep);
  }
  snapshot.set_owner(made, mount.uid, mount.gid);
  snapshot.set_mode(made, mount.mode);
  const std::string file = m_request.snapshot + made.absolute();
  const std::string target = directory(mount);
  int failed = ::renameat2(AT_FDCWD, file.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE);
  // Not every file system has the flag, without which an empty directory may be replaced.
  if (failed != 0 && errno == EINVAL) failed = ::rename(file.c_str(), target.c_str());
  if (failed != 0 && errno != EEXIST && errno != ENOTEMPTY)
    base::throw_errno(errno, "make a cache");
  return failed == 0;
}

std::string CacheMounts::directory(const HelperMount& mount) const {
  return m_directory + "/" + mount.source;
}

std::string CacheMounts::record_of(const std::string& name) const {
  return m_directory + "/" + name + ".seen";
}

Renewal CacheMounts::renew(const StepFiles& files) const {
  const files::UniqueFd locked = lock(m_directory + "/seen.lock");
  std::vector<SeenFiles> records;
  for (const auto& [name, cache] : m_caches) {
    if (!cache.is_empty) records.push_back(read_record(record_of(name)));
  }
  Renewal renewal = sandbox::renew(files, records, ::time(nullptr));
  const std::string text = renewal.seen.to_text(k_max_record);
  for (const auto& [name, cache] : m_caches) {
    if (cache.writable) files::write_cache_file(record_of(name), text);
  }
  return renewal;
}

void CacheMounts::finish(const SeenFiles& seen) const {
  if (m_caches.empty()) return;
  const files::UniqueFd locked = lock(m_directory + "/seen.lock");
  for (const auto& [name, cache] : m_caches) {
    if (!cache.writable) continue;
    SeenFiles record = read_record(record_of(name));
    record.forget_others(seen);
    record.set_end(::time(nullptr));
    files::write_cache_file(record_of(name), record.to_text(k_max_record));
  }
}

}  // namespace pinnace::sandbox
