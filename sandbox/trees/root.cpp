#include "sandbox/trees/root.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "base/error.hpp"
#include "files/look.hpp"
#include "sandbox/system/host_tree.hpp"
#include "sandbox/system/system.hpp"
#include "sandbox/trees/copy_tree.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;

namespace {

constexpr int k_seal_attempts = 250;
constexpr std::chrono::milliseconds k_seal_pause{20};

/// The file system that is mounted there, for everybody.
void make_readonly(const std::string& root) {
  const auto remount = [&root] {
    return ::mount("none", root.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  };
  // What the container's processes had open is closed soon after their end, not always before it.
  for (int attempt = 0; !remount(); ++attempt) {
    if (errno != EBUSY) base::throw_errno(errno, "make " + root + " read-only");
    if (attempt == k_seal_attempts)
      throw Error(ErrorCode::invalid_input,
                  "a program outside of the container still has a file of its root open for "
                  "writing: RUN may not pass open files to other containers");
    std::this_thread::sleep_for(k_seal_pause);
  }
}

/// One that can't be looked at is as good as none: another one is taken.
bool is_directory(const std::string& path) {
  try {
    const auto status = files::link_status(path);
    return status && S_ISDIR(status->st_mode);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

Stage make_stage() {
  for (const char* place : {"/media", "/srv", "/mnt", "/opt", "/tmp"}) {
    if (!is_directory(place)) continue;
    const Stage stage{place};
    mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, "mode=711");
    for (const std::string& directory :
         {stage.links(), stage.store(), stage.root(), stage.below(), stage.state(), stage.bundle(),
          stage.files(), stage.base + "/empty"})
      make_directory(directory);
    // By its name it can't be had where root of the container may not pass.
    mount(".", stage.store(), nullptr, MS_BIND);
    require(::chdir(stage.store().c_str()), "enter " + stage.store());
    return stage;
  }
  throw Error(ErrorCode::unsupported, "the host has none of /media, /srv, /mnt, /opt and /tmp");
}

namespace {

/// A name of few bytes for a snapshot's tree, as all options of a mount together have 4,095 bytes
/// at most. Relative to the directory of such names.
std::string short_name(const Stage& stage, const std::string& snapshot, std::size_t number) {
  const std::string name = std::to_string(number);
  const std::string target = stage.store() + "/" + snapshot + "/fs";
  const std::string link = stage.links() + "/" + name;
  if (::unlink(link.c_str()) != 0 && errno != ENOENT) base::throw_errno(errno, "remove " + link);
  require(::symlink(target.c_str(), link.c_str()), "create the link " + link);
  return name;
}

void mount_overlay(const Stage& stage, const std::vector<std::string>& lowers,
                   const std::string& top, const std::string& target) {
  std::string options = "userxattr,lowerdir=";
  for (std::size_t i = lowers.size(); i-- > 0;) options += short_name(stage, lowers[i], i) + ":";
  options += "../empty";
  if (!top.empty())
    options += ",upperdir=../store/" + top + "/fs,workdir=../store/" + top + "/work";
  require(::chdir(stage.links().c_str()), "enter " + stage.links());
  try {
    mount("overlay", target, "overlay", top.empty() ? MS_RDONLY : 0, options);
  } catch (const Error& error) {
    throw Error(
        ErrorCode::unsupported,
        std::string(error.what()) +
            ": overlayfs is refused here; it needs a kernel from 5.11 on, and a store (--store) on "
            "a file system such as ext4, xfs or tmpfs, not on an overlay");
  }
  require(::chdir(stage.store().c_str()), "enter " + stage.store());
}

}  // namespace

void mount_snapshots(const Stage& stage, const helper::HelperRequest& request,
                     const std::vector<std::string>& lowers, const std::string& top,
                     const std::string& target) {
  // An overlay has two directories at least; a RUN on scratch stands on none.
  const bool nothing = lowers.empty() && top.empty();
  if (!request.copies && !nothing) return mount_overlay(stage, lowers, top, target);
  require(::chdir(stage.store().c_str()), "enter " + stage.store());
  std::string tree = stage.base + "/empty";
  if (!lowers.empty()) tree = lowers.back() + "/fs";
  if (!top.empty()) tree = top + "/fs";
  mount(tree, target, nullptr, MS_BIND);
  if (top.empty()) restrict_mount(target, MS_RDONLY);
}

void seal_root(const Stage& stage, const helper::HelperRequest& request) {
  // Copies have no file system of their own: nothing stands on one that a container has left.
  if (!request.copies) make_readonly(stage.root());
  require(::umount2(stage.root().c_str(), MNT_DETACH), "unmount the root");
}

tree::RootedPath find_in_layers(const tree::OpenRoot& layers, const std::string& path) {
  tree::RootedPath found = layers.resolve(tree::RootedPath(path));
  if (!layers.status(found)) throw Error(ErrorCode::not_found, "there is no " + path + " to mount");
  return found;
}

void make_snapshot(const helper::HelperRequest& request, const std::vector<std::string>& lowers,
                   const std::string& top) {
  const tree::OpenRoot store(".");
  const tree::RootedPath snapshot(top);
  const tree::RootedPath tree = snapshot / "fs";
  if (store.is_directory(tree)) return;
  store.make_directory(snapshot);
  store.make_directory(snapshot / "work");
  store.make_directory(tree);
  // The root directory itself is what the image says, not what a new directory is.
  const tree::OpenRoot made(top + "/fs");
  if (lowers.empty()) return made.set_times({}, {}, {});
  const tree::OpenRoot below(lowers.back() + "/fs");
  if (request.copies) return copy_tree(below, {}, made, {}, HardLinks::split);
  copy_looks(below, {}, made, {});
}

}  // namespace pinnace::sandbox
