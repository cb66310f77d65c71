#include "sandbox/root.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <deque>

#include "base/error.hpp"
#include "sandbox/copy_tree.hpp"
#include "sandbox/system.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;

namespace {

constexpr int k_max_links = 40;

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

Stage make_stage() {
  mount("none", "/", nullptr, MS_REC | MS_PRIVATE);
  for (const char* place : {"/media", "/srv", "/mnt", "/opt", "/tmp"}) {
    if (!is_directory(place)) continue;
    const Stage stage{place};
    mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, "mode=711");
    for (const std::string& directory : {stage.store(), stage.root(), stage.below(), stage.state(),
                                         stage.bundle(), stage.files(), stage.base + "/empty"})
      make_directory(directory);
    // By its name it can't be had where root of the container may not pass.
    mount(".", stage.store(), nullptr, MS_BIND);
    require(::chdir(stage.store().c_str()), "enter " + stage.store());
    return stage;
  }
  throw Error(ErrorCode::unsupported, "the host has none of /media, /srv, /mnt, /opt and /tmp");
}

namespace {

void mount_overlay(const Stage& stage, const std::vector<std::string>& lowers,
                   const std::string& top, const std::string& target) {
  // Relative to the snapshots, as all options together have at most 4,095 bytes.
  std::string options = "userxattr,lowerdir=";
  for (std::size_t i = lowers.size(); i-- > 0;) options += lowers[i] + "/fs:";
  options += "../empty";
  if (!top.empty()) options += ",upperdir=" + top + "/fs,workdir=" + top + "/work";
  require(::chdir(stage.store().c_str()), "enter " + stage.store());
  if (options.size() > 4095)
    throw Error(ErrorCode::unsupported, "more layers than one overlay can have");
  try {
    mount("overlay", target, "overlay", top.empty() ? MS_RDONLY : 0, options);
  } catch (const Error& error) {
    throw Error(
        ErrorCode::unsupported,
        std::string(error.what()) +
            ": overlayfs is refused here; it needs a kernel from 5.11 on, and a store (--store) on "
            "a file system such as ext4, xfs or tmpfs, not on an overlay");
  }
}

}  // namespace

void mount_snapshots(const Stage& stage, const run::HelperRequest& request,
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
}

void make_snapshot(const run::HelperRequest& request, const std::vector<std::string>& lowers,
                   const std::string& top) {
  const std::string tree = top + "/fs";
  if (is_directory(tree)) return;
  make_directory(top);
  if (request.copies && !lowers.empty()) return copy_tree(lowers.back() + "/fs", tree);
  make_directory(tree);
  make_directory(top + "/work");
}

std::string resolve_in_root(const std::string& root, const std::string& path) {
  std::deque<std::string> rest;
  const auto put_in_front = [&](std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
      const std::size_t slash = text.find('/');
      if (slash != 0) parts.emplace_back(text.substr(0, slash));
      if (slash == std::string_view::npos) break;
      text.remove_prefix(slash + 1);
    }
    rest.insert(rest.begin(), parts.begin(), parts.end());
  };
  put_in_front(path);
  std::string done;
  for (int links = 0; !rest.empty();) {
    const std::string part = std::move(rest.front());
    rest.pop_front();
    if (part == ".") continue;
    if (part == "..") {
      done.erase(done.find_last_of('/') == std::string::npos ? 0 : done.find_last_of('/'));
      continue;
    }
    const std::string next = done + "/" + part;
    std::array<char, 4097> target{};
    const ssize_t size = ::readlink((root + next).c_str(), target.data(), target.size() - 1);
    if (size < 0) {
      done = next;
      continue;
    }
    if (++links > k_max_links)
      throw Error(ErrorCode::invalid_input, path + " goes through more than 40 links of the image");
    const std::string_view link(target.data(), static_cast<std::size_t>(size));
    if (link.starts_with('/')) done.clear();
    put_in_front(link);
  }
  return done.empty() ? "/" : done;
}

void Stubs::add(const std::string& path, bool directory) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const bool last = slash == std::string::npos;
    const std::string place = m_root + path.substr(0, slash);
    struct stat status {};
    if (::lstat(place.c_str(), &status) != 0) {
      if (last && !directory) {
        write_file(place, "");
      } else {
        make_directory(place);
      }
      m_made.emplace_back(place, !last || directory);
    } else if (last && S_ISDIR(status.st_mode) != directory) {
      throw Error(ErrorCode::invalid_input, "a mount at " + path + " needs a " +
                                                (directory ? "directory" : "file") +
                                                ", and the image has something else there");
    }
    if (last) return;
  }
}

void Stubs::remove() {
  for (; !m_made.empty(); m_made.pop_back()) {
    const auto& [place, directory] = m_made.back();
    struct stat status {};
    if (directory) {
      ::rmdir(place.c_str());
    } else if (::lstat(place.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
               status.st_size == 0) {
      ::unlink(place.c_str());
    }
  }
}

}  // namespace pinnace::sandbox
