#include "tree/file_tree.hpp"

#include <algorithm>
#include <iterator>

#include "base/error.hpp"

namespace pinnace::tree {

FileStamp FileStamp::of(const struct stat& status) noexcept {
  const auto nanoseconds = [](const timespec& time) {
    // Until the year 2261; what is beyond is told apart by its change time.
    const std::int64_t seconds =
        std::clamp<std::int64_t>(time.tv_sec, -9'200'000'000, 9'200'000'000);
    return seconds * 1'000'000'000 + time.tv_nsec;
  };
  return {status.st_dev, status.st_ino, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

const TreeEntry& FileTree::add(TreeEntry entry) {
  Entries one;
  one.insert(std::move(entry));
  return add(one.extract(one.begin()));
}

const TreeEntry& FileTree::add(Node node) {
  const TreeEntry& entry = node.value();
  // Entries mostly come in order.
  const bool last =
      m_entries.empty() || std::prev(m_entries.end())->header.path < entry.header.path;
  const auto place = last ? m_entries.end() : m_entries.lower_bound(entry);
  if (place == m_entries.end() || place->header.path != entry.header.path) {
    return *m_entries.insert(place, std::move(node));
  }
  const auto is_directory = [](const TreeEntry& e) {
    return e.header.type == archive::EntryType::directory;
  };
  if (is_directory(*place) != is_directory(entry)) {
    throw base::Error(base::ErrorCode::invalid_input,
                      "/" + entry.header.path + " would be both a directory and something else");
  }
  return *m_entries.insert(m_entries.erase(place), std::move(node));
}

const TreeEntry* FileTree::find(std::string_view path) const {
  const auto place = m_entries.find(path);
  return place == m_entries.end() ? nullptr : &*place;
}

bool FileTree::has_below(std::string_view path) const {
  const std::string directory = std::string(path) + "/";
  const auto below = m_entries.lower_bound(directory);
  return below != m_entries.end() && below->header.path.starts_with(directory);
}

void FileTree::remove(std::string_view path) {
  if (const auto place = m_entries.find(path); place != m_entries.end()) m_entries.erase(place);
  // '0' follows '/' in ASCII: [path + "/", path + "0") is all that stands below.
  m_entries.erase(m_entries.lower_bound(std::string(path) + "/"),
                  m_entries.lower_bound(std::string(path) + "0"));
}

FileTree::Node FileTree::take_first() {
  return m_entries.extract(m_entries.begin());
}

bool FileTree::same_headers(const FileTree& other) const {
  const auto same = [](const TreeEntry& a, const TreeEntry& b) { return a.header == b.header; };
  return std::equal(m_entries.begin(), m_entries.end(), other.m_entries.begin(),
                    other.m_entries.end(), same);
}

std::uint64_t FileTree::content_size() const {
  std::uint64_t total = 0;
  for (const TreeEntry& entry : m_entries) total += entry.header.size;
  return total;
}

OpenedUp opened_up(const FileTree& tree) {
  OpenedUp found;
  for (const TreeEntry& entry : tree.entries()) {
    if (entry.opened_up && found.count++ == 0) found.first = entry.header.path;
  }
  return found;
}

std::string_view parent_path(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view base_name(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string join_path(std::string_view directory, std::string_view path) {
  std::string joined;
  joined.reserve(directory.size() + 1 + path.size());
  if (!directory.empty()) joined.append(directory).push_back('/');
  return joined.append(path);
}

}  // namespace pinnace::tree
