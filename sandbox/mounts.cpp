#include "sandbox/mounts.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "sandbox/host_tree.hpp"
#include "sandbox/system.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using base::OpenRoot;
using base::RootedPath;
using base::UniqueFd;
using run::HelperMount;
using run::SpecMount;

namespace {

bool is_directory(const std::string& path) {
  struct stat status {};
  require(::stat(path.c_str(), &status), "look at " + path);
  return S_ISDIR(status.st_mode);
}

std::string absolute(const std::string& target, const std::string& directory) {
  return target.starts_with('/') ? target : directory + "/" + target;
}

/// A detached mount of what is open (O_PATH).
UniqueFd clone_mount(const UniqueFd& fd, const std::string& shown) {
  return UniqueFd(static_cast<int>(require(
      ::syscall(SYS_open_tree, fd.get(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH),
      "mount of " + shown)));
}

/// A runtime follows the links of what is mounted before, and would make what is missing where they
/// lead: in the image.
void refuse_links(const std::vector<SpecMount>& mounted, const RootedPath& target) {
  for (const SpecMount& mount : mounted) {
    const RootedPath place(mount.destination);
    if (mount.type != "bind" || !target.is_within(place) || !is_directory(mount.source)) continue;
    const OpenRoot source(mount.source);
    RootedPath path(target.relative().substr(place.relative().size()));
    for (; !path.is_root(); path = path.parent()) {
      if (source.link_target(path))
        throw Error(ErrorCode::invalid_input,
                    "it goes through the link " + place.absolute() + path.absolute() +
                        ", which is in another mount; name the path where it leads");
    }
  }
}

UniqueFd open_host(const HelperMount& mount) {
  UniqueFd tree = clone_host_tree(mount.source);
  if (restrict_tree(tree, mount.writable ? Writable::yes : Writable::no)) return tree;
  const int error = errno;
  if (!mounts_below(mount.source).empty())
    throw Error(ErrorCode::unsupported,
                "mount of " + mount.source +
                    ": the host has mounts below it, which can't be restricted here (" +
                    ::strerror(error) +
                    "), as Linux 5.12 can (mount_setattr); name a directory without mounts");
  return tree;
}

}  // namespace

Mounts::Mounts(const run::HelperRequest& request) : m_request(request) {
  for (const HelperMount& mount : request.mounts) {
    if (mount.kind == "host") m_host.push_back(open_host(mount));
  }
}

std::string Mounts::prepare_source(const Stage& stage, const StoredFiles& stored,
                                   const HelperMount& mount, std::size_t number,
                                   std::string_view secret) {
  const std::string place = stage.place(number);
  if (mount.kind == "cache") return stored.caches.directory(mount);
  if (mount.kind == "secret") {
    write_file(place, secret, 0600);
    require(::chown(place.c_str(), mount.uid, mount.gid), "make a secret");
    require(::chmod(place.c_str(), mount.mode), "make a secret");
    return place;
  }
  if (mount.kind == "host") {
    attach_mount(m_host.front(), place, mount.source);
    m_host.erase(m_host.begin());
    return place;
  }
  const std::string whole = place + ".layers";
  make_directory(whole);
  stored.trees.mount_layers(number, whole);
  const OpenRoot layers(whole);
  const RootedPath source = find_in_layers(layers, "/" + mount.source);
  attach_mount(clone_mount(layers.open(source, O_PATH), mount.source), place, mount.source);
  return place;
}

SpecMount Mounts::prepare_one(const Stage& stage, const OpenRoot& root, const StoredFiles& stored,
                              const HelperMount& mount, std::size_t number,
                              std::string_view secret) {
  const RootedPath wanted(absolute(mount.target, m_request.working_directory));
  const RootedPath resolved = root.resolve(wanted);
  if (resolved.is_root())
    throw Error(ErrorCode::invalid_input,
                "the image has a link to its root directory there, where nothing can be mounted");
  const std::string target = resolved.absolute();
  if (mount.kind == "tmpfs") {
    SpecMount spec{target, "tmpfs", "tmpfs", {"nosuid", "nodev", "mode=1777"}};
    if (mount.size != 0) spec.options.push_back("size=" + std::to_string(mount.size));
    return spec;
  }
  SpecMount spec{target,
                 "bind",
                 prepare_source(stage, stored, mount, number, secret),
                 {"rbind", "nosuid", "nodev"}};
  // Layers may have set-user-id programs that a later step uses.
  if (mount.kind == "layers") spec.options = {"rbind"};
  if (!mount.writable) spec.options.push_back("ro");
  return spec;
}

std::vector<SpecMount> Mounts::prepare(const Stage& stage, const OpenRoot& root, Stubs& stubs,
                                       const StoredFiles& stored, const std::string& secrets) {
  std::vector<SpecMount> specs;
  std::string_view rest = secrets;
  for (std::size_t number = 0; number < m_request.mounts.size(); ++number) {
    const HelperMount& mount = m_request.mounts[number];
    const std::size_t size = mount.kind == "secret" ? static_cast<std::size_t>(mount.size) : 0;
    base::with_context(
        [&] { return "mount at " + mount.target; },
        [&] {
          SpecMount spec = prepare_one(stage, root, stored, mount, number, rest.substr(0, size));
          refuse_links(specs, RootedPath(spec.destination));
          specs.push_back(std::move(spec));
          const bool directory = mount.kind == "tmpfs" || is_directory(specs.back().source);
          stubs.add(RootedPath(specs.back().destination), directory);
        });
    rest.remove_prefix(size);
  }
  return specs;
}

}  // namespace pinnace::sandbox
