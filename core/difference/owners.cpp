#include "difference/owners.hpp"

#include <algorithm>

namespace pinnace::difference {

namespace {

using inventory::ImageInventory;
using inventory::InstalledPackage;
using packages::PackageType;

constexpr unsigned k_max_depth = 200;  ///< of directories, with the links on the way

std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

/// `target` of a link in `directory`, from the root on; the root above itself is the root.
std::string joined(const std::string& directory, std::string_view target) {
  std::string path = target.starts_with('/') ? "" : directory;
  while (!target.empty()) {
    const std::string_view part = target.substr(0, target.find('/'));
    target.remove_prefix(std::min(part.size() + 1, target.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      path = directory_of(path);
    } else {
      path.append(path.empty() ? "" : "/").append(part);
    }
  }
  return path;
}

/// Of a package that lists no files: where they are. Empty: it has no such place.
std::string directory_of(const InstalledPackage& one) {
  if (one.package.type == PackageType::npm) return directory_of(one.path);
  if (one.package.type != PackageType::gem) return {};
  const std::string specifications = directory_of(one.path);
  const std::string stem =
      one.path.substr(specifications.size() + 1, one.path.rfind('.') - specifications.size() - 1);
  return directory_of(specifications) + "/gems/" + stem;
}

/// Programs and archives are their own: they are artifacts.
bool is_artifact(const InstalledPackage& one) {
  return one.package.type == PackageType::maven || one.package.type == PackageType::golang ||
         one.package.type == PackageType::cargo;
}

/// Whether a package's records have a digest of each file that it brings: those of systems all do.
bool has_digests(const packages::Package& package) {
  if (package.type == PackageType::deb || package.type == PackageType::rpm ||
      package.type == PackageType::apk)
    return true;
  return std::any_of(package.files.begin(), package.files.end(),
                     [](const packages::FilePath& file) { return !file.digest.empty(); });
}

/// What Python's records never have one of: what is compiled later, and themselves.
bool is_without_digest(std::string_view path) {
  return path.ends_with(".pyc") || path.ends_with(".dist-info/RECORD");
}

}  // namespace

const std::string& FollowedPaths::directory(const std::string& path, unsigned depth) {
  const auto known = m_known.find(path);
  if (known != m_known.end()) return known->second;
  std::string followed;
  if (!path.empty() && depth != 0) {
    const std::string above = directory(directory_of(path), depth - 1);
    const std::string here = joined(above, path.substr(path.rfind('/') + 1));
    const auto found = m_image.files.find(here);
    const bool is_link =
        found != m_image.files.end() && found->second.entry.type == archive::EntryType::symlink;
    followed =
        is_link ? directory(joined(above, found->second.entry.link_target), depth - 1) : here;
  }
  return m_known[path] = followed;
}

std::string FollowedPaths::follow(std::string_view path) {
  const std::string& above = directory(directory_of(path), k_max_depth);
  return joined(above, path.substr(path.rfind('/') + 1));
}

Owners::Owners(const ImageInventory& from, const ImageInventory& to,
               const std::vector<ComparedPackage>& packages)
    : m_from(from), m_to(to) {
  for (const ComparedPackage& one : packages) {
    m_changed.insert(one.from);
    m_changed.insert(one.to);
  }
  for (const InstalledPackage& one : to.packages) {
    if (one.package.type == PackageType::deb && !m_changed.contains(&one))
      m_unchanged.insert(one.package.name);
  }
}

/// A file that several packages have is explained if all of them changed: whoever says that it
/// belongs to what changed can't take it from the others.
void Owners::add(const std::string& path, const packages::FilePath& file, const Owner& owner) {
  if (!m_asked.contains(path)) return;
  Claims& claims = m_owned[path];
  claims.changed = claims.changed || owner.changed;
  claims.unchanged = claims.unchanged || !owner.changed;
  if (!owner.changed || !owner.is_second) return;
  Ownership& ownership = claims.ownership;
  ownership.is_listed = true;
  if (!file.digest.empty()) {
    ownership.digests.push_back(file.digest);
  } else if (owner.has_digests && !is_without_digest(file.bytes)) {
    ownership.lacks_digest = true;
  }
}

void Owners::find_in(const ImageInventory& image, bool is_second) {
  FollowedPaths paths(image);
  for (const InstalledPackage& one : image.packages) {
    const bool changed = m_changed.contains(&one);
    const Owner owner{changed, is_second, changed && is_second && has_digests(one.package)};
    for (const packages::FilePath& file : one.package.files) {
      const std::string followed = paths.follow(file.bytes);
      add(file.bytes, file, owner);
      if (followed != file.bytes) add(followed, file, owner);
    }
    if (is_artifact(one)) continue;
    const std::string directory = directory_of(one);
    if (directory.empty()) continue;
    bool& known = m_directories[directory];
    known = known || changed;
  }
}

void Owners::find() {
  if (m_asked.empty()) return;
  find_in(m_from, false);
  find_in(m_to, true);
}

Ownership Owners::of(const std::string& path) const {
  if (const auto owned = m_owned.find(path); owned != m_owned.end()) {
    Ownership ownership = owned->second.ownership;
    ownership.is_explained = owned->second.changed && !owned->second.unchanged;
    return ownership;
  }
  Ownership ownership;
  std::string_view above = path;
  for (unsigned depth = 0; !m_directories.empty() && depth < k_max_depth; ++depth) {
    const std::size_t slash = above.rfind('/');
    if (slash == std::string_view::npos) break;
    above = above.substr(0, slash);
    const auto one = m_directories.find(above);
    if (one == m_directories.end()) continue;
    ownership.is_explained = one->second;
    break;
  }
  return ownership;
}

bool Owners::has_unchanged(std::string_view debian_package) const {
  return m_unchanged.contains(debian_package.substr(0, debian_package.find(':')));
}

}  // namespace pinnace::difference
