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
}

void Owners::add(const std::string& path, bool changed) {
  if (!m_asked.contains(path)) return;
  bool& known = m_owned[path];
  known = known || changed;
}

void Owners::find_in(const ImageInventory& image) {
  FollowedPaths paths(image);
  for (const InstalledPackage& one : image.packages) {
    const bool changed = m_changed.contains(&one);
    for (const packages::FilePath& file : one.package.files) {
      add(file.bytes, changed);
      add(paths.follow(file.bytes), changed);
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
  find_in(m_from);
  find_in(m_to);
}

bool Owners::explain(const std::string& path) const {
  if (const auto owned = m_owned.find(path); owned != m_owned.end()) return owned->second;
  std::string_view above = path;
  for (unsigned depth = 0; !m_directories.empty() && depth < k_max_depth; ++depth) {
    const std::size_t slash = above.rfind('/');
    if (slash == std::string_view::npos) break;
    above = above.substr(0, slash);
    if (const auto one = m_directories.find(above); one != m_directories.end()) return one->second;
  }
  return false;
}

}  // namespace pinnace::difference
