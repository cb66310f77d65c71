#include "sandbox/trees/step_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <set>

#include "base/error.hpp"
#include "hash/hasher.hpp"
#include "sandbox/trees/copy_tree.hpp"

namespace pinnace::sandbox {

using layer::ShownTime;
using tree::OpenRoot;
using tree::RootedPath;

namespace {

timespec on_disk(const ShownTime& time) {
  return {time.seconds, static_cast<long>(time.nanoseconds)};
}

class Collection {
 public:
  Collection(const OpenRoot& tree, const layer::ShownTimes& times) : m_tree(tree), m_times(times) {}
  void add(const RootedPath& path);
  StepFiles take() { return std::move(m_files); }

 private:
  std::string content_of(const RootedPath& path, const struct stat& status) const;

  const OpenRoot& m_tree;
  const layer::ShownTimes& m_times;
  StepFiles m_files;
};

/// A directory's are its names.
std::string Collection::content_of(const RootedPath& path, const struct stat& status) const {
  hash::Hasher hasher;
  if (S_ISREG(status.st_mode)) {
    files::FileSource file(m_tree.open(path, O_RDONLY), path.absolute());
    base::copy(file, hasher);
  } else if (S_ISLNK(status.st_mode)) {
    hasher.write(base::as_bytes("link " + m_tree.link_target(path).value_or("")));
  } else {
    std::string names("directory");
    for (const std::string& name : m_tree.names(path)) names.append("/").append(name);
    hasher.write(base::as_bytes(names));
  }
  return std::string(hasher.finish().hex());
}

void Collection::add(const RootedPath& path) {
  const auto status = m_tree.status(path);
  if (!status) base::throw_errno(ENOENT, "look at " + path.absolute());
  const bool directory = S_ISDIR(status->st_mode);
  if (!directory && !S_ISREG(status->st_mode) && !S_ISLNK(status->st_mode)) return;
  const ShownTime shown{status->st_mtim.tv_sec,
                        static_cast<std::uint32_t>(status->st_mtim.tv_nsec)};
  if (!path.is_root() && m_times.true_time(shown))
    m_files.emplace(path.relative(), StepFile{content_of(path, *status), shown});
  if (!directory) return;
  for (const std::string& name : m_tree.names(path)) add(path / name);
}

}  // namespace

StepFiles step_files(const OpenRoot& tree, const RootedPath& part, const layer::ShownTimes& times) {
  Collection collection(tree, times);
  collection.add(part);
  return collection.take();
}

void set_times(const OpenRoot& tree, const TimesByPath& times) {
  for (const auto& [path, time] : times)
    tree.set_times(RootedPath(path), on_disk(time), on_disk(time));
}

void copy_with_times(const OpenRoot& tree, const OpenRoot& to, const TimesByPath& times) {
  std::set<RootedPath> directories{RootedPath()};
  for (const auto& [text, time] : times) {
    RootedPath path(text);
    if (!tree.is_directory(path)) path = path.parent();
    for (; !path.is_root(); path = path.parent()) directories.insert(path);
  }
  // A path sorts behind those above it.
  for (const RootedPath& path : directories)
    if (!path.is_root()) to.make_directory(path);
  for (const auto& [text, time] : times) {
    const RootedPath path(text);
    if (!directories.contains(path)) copy_tree(tree, path, to, path, HardLinks::split);
  }
  for (const RootedPath& path : directories) copy_looks(tree, path, to, path);
  set_times(to, times);
}

}  // namespace pinnace::sandbox
