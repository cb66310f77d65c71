#include "sandbox/mounts/mounts.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "files/look.hpp"
#include "sandbox/mounts/system_places.hpp"
#include "sandbox/system/host_tree.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using files::UniqueFd;
using helper::HelperMount;
using SpecMount = spec::Mount;
using tree::OpenRoot;
using tree::RootedPath;

namespace {

bool is_directory(const std::string& path) {
  const auto status = files::status(path);
  if (!status) throw Error(ErrorCode::not_found, path + " is gone");
  return S_ISDIR(status->st_mode);
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

/// Links of a mount lead somewhere else in the container.
void refuse_links(const OpenRoot& mounted, const RootedPath& place, RootedPath path) {
  for (; !path.is_root(); path = path.parent()) {
    if (mounted.link_target(path))
      throw Error(ErrorCode::invalid_input,
                  "it goes through the link " + place.absolute() + path.absolute() +
                      ", which is in another mount; name the path where it leads");
  }
}

/// The flags of the options of a mount; a file system has others.
unsigned long flags_of(const std::vector<std::string>& options) {
  unsigned long flags = 0;
  for (const std::string& option : options) {
    if (option == "ro") flags |= MS_RDONLY;
    if (option == "nosuid") flags |= MS_NOSUID;
    if (option == "nodev") flags |= MS_NODEV;
  }
  return flags;
}

/// Mounts at `place` what the runtime would mount, with the options that it would give it, unless
/// it is mounted there already: what is mounted below that stays.
void make_mount(const std::string& place, SpecMount& spec) {
  if (spec.source == place) return restrict_mount(place, flags_of(spec.options));
  if (spec.type == "bind") {
    const UniqueFd source(
        require(::open(spec.source.c_str(), O_PATH | O_CLOEXEC), "open " + spec.source));
    attach_mount(clone_mount(source, spec.source), place, spec.source);
  } else {
    std::string data;
    for (const std::string& option : spec.options) {
      if (option.find('=') != std::string::npos) data += (data.empty() ? "" : ",") + option;
    }
    make_directory(place);
    mount(spec.source, place, spec.type.c_str(), 0, data);
  }
  restrict_mount(place, flags_of(spec.options));
  spec.source = place;
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

Mounts::Mounts(const helper::HelperRequest& request, const std::list<AgentProxy>& agents)
    : m_request(request), m_agent(agents.begin()) {
  for (const HelperMount& mount : request.mounts) {
    if (mount.kind == "host") m_host.push_back(open_host(mount));
  }
}

std::string Mounts::prepare_source(const Stage& stage, const StoredFiles& stored,
                                   const HelperMount& mount, std::size_t number,
                                   std::string_view secret) {
  const std::string place = stage.place(number);
  if (mount.kind == "cache") return stored.caches.directory(mount);
  // Files are not mounts yet.
  const std::string file = place + ".file";
  if (mount.kind == "secret") {
    write_file(file, secret, 0600);
    require(::chown(file.c_str(), mount.uid, mount.gid), "make a secret");
    require(::chmod(file.c_str(), mount.mode), "make a secret");
    return file;
  }
  if (mount.kind == "host") {
    attach_mount(m_host.front(), place, mount.source);
    m_host.erase(m_host.begin());
    return place;
  }
  if (mount.kind == "agent") {
    (m_agent++)->serve_at(file, {mount.uid, mount.gid, mount.mode});
    return file;
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
  const RootedPath resolved = resolve_in_container(root, wanted);
  if (resolved.is_root())
    throw Error(ErrorCode::invalid_input,
                "the image has a link to its root directory there, where nothing can be mounted");
  refuse_system_place(resolved);
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

bool Mounts::attach_inside(const Stage& stage, std::vector<Outer>& outers, const Outer& inner) {
  const RootedPath target(inner.spec.destination);
  const auto outer = std::find_if(outers.rbegin(), outers.rend(), [&](const Outer& one) {
    return target.is_within(RootedPath(one.spec.destination));
  });
  // A new tmpfs is the container's own, and empty.
  if (outer == outers.rend() || outer->spec.type != "bind") return false;
  const RootedPath place(outer->spec.destination);
  const RootedPath path(target.relative().substr(place.relative().size()));
  if (path.is_root() || !is_directory(outer->spec.source)) return false;
  make_mount(stage.place(outer->number), outer->spec);
  SpecMount mounted = inner.spec;
  make_mount(stage.place(inner.number), mounted);
  const OpenRoot around(outer->spec.source);
  refuse_links(around, place, path);
  Stubs(around).add(path, is_directory(mounted.source));  // stays, as directories of a cache do
  move_mount(mounted.source, around.open(path, O_PATH | O_NOFOLLOW));
  m_joined.insert(outer->spec.source);
  return true;
}

void Mounts::detach() {
  for (const std::string& place : m_joined)
    require(::umount2(place.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW), "unmount " + place);
}

std::vector<SpecMount> Mounts::prepare(const Stage& stage, const OpenRoot& root, Stubs& stubs,
                                       const StoredFiles& stored, const std::string& secrets) {
  std::vector<Outer> outers;
  std::string_view rest = secrets;
  for (std::size_t number = 0; number < m_request.mounts.size(); ++number) {
    const HelperMount& mount = m_request.mounts[number];
    const std::size_t size = mount.kind == "secret" ? static_cast<std::size_t>(mount.size) : 0;
    base::with_context(
        [&] { return "mount at " + mount.target; },
        [&] {
          Outer one{prepare_one(stage, root, stored, mount, number, rest.substr(0, size)), number};
          if (attach_inside(stage, outers, one)) return;
          const bool directory = mount.kind == "tmpfs" || is_directory(one.spec.source);
          stubs.add(RootedPath(one.spec.destination), directory);
          outers.push_back(std::move(one));
        });
    rest.remove_prefix(size);
  }
  std::vector<SpecMount> specs;
  for (Outer& one : outers) specs.push_back(std::move(one.spec));
  return specs;
}

}  // namespace pinnace::sandbox
