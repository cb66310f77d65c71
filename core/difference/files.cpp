#include "difference/files.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "difference/owners.hpp"
#include "difference/records.hpp"
#include "difference/rights.hpp"

namespace pinnace::difference {

namespace {

using archive::EntryType;
using inventory::Entry;
using inventory::ImageFile;
using inventory::ImageInventory;

/// Sizes of directories, and modes of links, mean nothing.
bool is_same(const Entry& a, const Entry& b) {
  if (a.type != b.type || a.uid != b.uid || a.gid != b.gid || a.xattrs != b.xattrs) return false;
  if (a.type == EntryType::symlink) return a.link_target == b.link_target;
  if (a.mode != b.mode || a.device_major != b.device_major || a.device_minor != b.device_minor)
    return false;
  return a.type != EntryType::file || (a.size == b.size && a.digest == b.digest);
}

/// Calls `take` for each path that differs, in their order.
template <class Take>
void for_each_changed(const ImageInventory& from, const ImageInventory& to, Take take) {
  auto left = from.files.begin();
  auto right = to.files.begin();
  while (left != from.files.end() || right != to.files.end()) {
    const bool no_left = left == from.files.end();
    const bool no_right = right == to.files.end();
    if (no_right || (!no_left && left->first < right->first)) {
      take(ComparedFile{&left->second, nullptr});
      ++left;
    } else if (no_left || right->first < left->first) {
      take(ComparedFile{nullptr, &right->second});
      ++right;
    } else {
      if (!is_same(left->second.entry, right->second.entry))
        take(ComparedFile{&left->second, &right->second});
      ++left;
      ++right;
    }
  }
}

const std::string& path_of(const ComparedFile& file) {
  return file.to != nullptr ? file.to->entry.path : file.from->entry.path;
}

/// A directory that comes with what is in it, or goes with it, as any other.
bool is_mere_directory(const ImageInventory& image, const ImageFile* file) {
  if (file == nullptr || file->entry.type != EntryType::directory) return false;
  const Entry& entry = file->entry;
  constexpr std::uint32_t k_usual = 0755;
  if ((entry.mode & ~k_usual & 07777U) != 0 || !entry.xattrs.empty()) return false;
  const std::size_t slash = entry.path.rfind('/');
  const auto above = image.files.find(
      std::string_view(entry.path).substr(0, slash == std::string::npos ? 0 : slash));
  const bool is_as_above = above != image.files.end() && above->second.entry.uid == entry.uid &&
                           above->second.entry.gid == entry.gid;
  if (!is_as_above && (entry.uid != 0 || entry.gid != 0)) return false;
  const std::string inside = entry.path + "/";
  const auto first = image.files.lower_bound(inside);
  return first != image.files.end() && first->first.starts_with(inside);
}

/// Sorts what differs into what is reported, and what is only counted.
class Sorter {
 public:
  explicit Sorter(const Owners& owners) : m_owners(owners) {}

  void take(ComparedFile file);
  ComparedFiles result() { return std::move(m_result); }

 private:
  void take_claimed(ComparedFile file, Ownership ownership);
  void report(ComparedFile file, std::string_view why) {
    file.note += (file.note.empty() || why.empty() ? "" : ", ") + std::string(why);
    m_result.files.push_back(std::move(file));
  }

  const Owners& m_owners;
  ComparedFiles m_result;
};

void Sorter::take(ComparedFile file) {
  file.note = given_rights(file);
  const bool gives_rights = !file.note.empty() || has_other_rights(file);
  const std::string& path = path_of(file);
  if (is_record(path, file, m_owners)) {
    if (gives_rights) return report(std::move(file), "");
    ++m_result.records;
    return;
  }
  Ownership ownership = m_owners.of(path);
  if (!ownership.is_explained || gives_rights) return report(std::move(file), "");
  take_claimed(std::move(file), std::move(ownership));
}

void Sorter::take_claimed(ComparedFile file, Ownership ownership) {
  if (file.to == nullptr && ownership.is_listed)
    return report(std::move(file), "its package still lists it");
  const bool is_file = file.to != nullptr && file.to->entry.type == EntryType::file;
  if (!is_file) return;
  const auto& digest = file.to->entry.digest;
  if (ownership.digests.empty() && ownership.lacks_digest)
    return report(std::move(file), "its package has no digest of it");
  if (ownership.digests.empty() || !digest) {
    ++m_result.unrecorded;
    return;
  }
  const bool is_it = std::find(ownership.digests.begin(), ownership.digests.end(), digest->str()) !=
                     ownership.digests.end();
  if (is_it) return;
  file.note = "its package has recorded another content";
  m_result.claimed.push_back({std::move(file), std::move(ownership.digests)});
}

}  // namespace

ComparedFiles compare_files(const ImageInventory& from, const ImageInventory& to,
                            const std::vector<ComparedPackage>& packages) {
  std::vector<ComparedFile> changed;
  Owners owners(from, to, packages);
  for_each_changed(from, to, [&](ComparedFile file) {
    const bool is_mere = (file.from == nullptr && is_mere_directory(to, file.to)) ||
                         (file.to == nullptr && is_mere_directory(from, file.from));
    if (is_mere) return;
    owners.ask_for(path_of(file));
    changed.push_back(std::move(file));
  });
  owners.find();
  Sorter sorter(owners);
  for (ComparedFile& file : changed) sorter.take(std::move(file));
  return sorter.result();
}

}  // namespace pinnace::difference
