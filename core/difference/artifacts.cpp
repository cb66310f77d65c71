#include "difference/artifacts.hpp"

#include <map>
#include <string>
#include <string_view>

#include "difference/rights.hpp"
#include "difference/texts.hpp"

namespace pinnace::difference {

namespace {

using inventory::ImageFile;
using inventory::ImageInventory;
using inventory::InstalledPackage;
using packages::PackageType;

/// By path: the package that an archive or program is itself; null: nobody says which.
using Artifacts = std::map<std::string_view, const InstalledPackage*>;

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

/// Of an archive the package that is not inside of it; of a program the one with a revision, as Go
/// has it, or with its name.
bool is_itself(const InstalledPackage& one) {
  const packages::Package& package = one.package;
  if (package.type == PackageType::maven) return package.inside.empty();
  return !package.source_version.empty() || package.version == "(devel)" ||
         name_of(package.name) == name_of(one.path);
}

Artifacts artifacts_of(const ImageInventory& image) {
  Artifacts artifacts;
  for (const InstalledPackage& one : image.packages) {
    const PackageType type = one.package.type;
    if (type != PackageType::maven && type != PackageType::golang && type != PackageType::cargo)
      continue;
    const InstalledPackage*& known = artifacts[one.path];
    if (known == nullptr && is_itself(one)) known = &one;
  }
  return artifacts;
}

std::optional<std::string> digest_of(const ImageFile* file) {
  if (file == nullptr || !file->entry.digest) return std::nullopt;
  return file->entry.digest->str();
}

std::optional<std::string> purl_of(const Artifacts& artifacts, const ImageFile* file,
                                   const ImageInventory& image) {
  const auto found = file == nullptr ? artifacts.end() : artifacts.find(file->entry.path);
  if (found == artifacts.end() || found->second == nullptr) return std::nullopt;
  return packages::purl(found->second->package, image.os);
}

}  // namespace

std::vector<Artifact> take_artifacts(std::vector<ComparedFile>& files, const ImageInventory& from,
                                     const ImageInventory& to) {
  const Artifacts left = artifacts_of(from);
  const Artifacts right = artifacts_of(to);
  std::vector<Artifact> artifacts;
  std::erase_if(files, [&](const ComparedFile& file) {
    const bool is_one = (file.from != nullptr && left.contains(file.from->entry.path)) ||
                        (file.to != nullptr && right.contains(file.to->entry.path));
    const bool same_content = file.from != nullptr && file.to != nullptr &&
                              file.from->entry.digest == file.to->entry.digest;
    constexpr std::size_t k_most = 10'000;
    if (!is_one || same_content || artifacts.size() == k_most) return false;
    const ImageFile& named = file.to != nullptr ? *file.to : *file.from;
    artifacts.push_back({shown_path(named.entry.path), digest_of(file.from), digest_of(file.to),
                         purl_of(left, file.from, from), purl_of(right, file.to, to)});
    return file.note.empty() && !has_other_rights(file);
  });
  return artifacts;
}

}  // namespace pinnace::difference
