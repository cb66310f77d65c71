#include "tree/layer_placement.hpp"

#include <deque>
#include <utility>

#include "archive/entry_path.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"
#include "text/path_parts.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::tree {

using archive::EntryType;
using archive::TarEntry;
using base::Error;
using base::ErrorCode;

namespace {

constexpr int k_max_links = 40;                                 // as Linux
constexpr std::size_t k_max_layer_text = std::size_t{8} << 20;  // of links, for all its paths
constexpr int k_max_parts = 8192;  ///< of a path and of the links on its way: several long paths

void put_in_front(std::deque<std::string>& rest, std::string_view path) {
  const std::vector<std::string_view> parts = text::path_parts(path);
  rest.insert(rest.begin(), parts.begin(), parts.end());
}

}  // namespace

std::string resolve_links(const FindLink& find, std::string_view path, bool follow_last) {
  std::deque<std::string> rest;
  put_in_front(rest, path);
  std::string done;
  for (int links = 0, parts = 0; !rest.empty();) {
    if (++parts > k_max_parts)
      throw Error(ErrorCode::invalid_input,
                  "/" + base::shown(path) + " goes through links of the image that are too long");
    const std::string part = std::move(rest.front());
    rest.pop_front();
    if (part == "..") {
      done = std::string(parent_path(done));
      continue;
    }
    std::string next = join_path(done, part);
    const bool follow = !rest.empty() || follow_last;
    const auto link = follow ? find(next) : std::nullopt;
    if (!link) {
      done = std::move(next);
      continue;
    }
    if (++links > k_max_links)
      throw Error(ErrorCode::invalid_input, "/" + base::shown(path) + " goes through more than " +
                                                std::to_string(k_max_links) +
                                                " links of the image");
    if (link->starts_with('/')) done.clear();
    put_in_front(rest, *link);
  }
  return done;
}

std::optional<std::string> LayerPlacement::place(const TarEntry& entry) {
  const std::string path = archive::entry_path(entry.path);
  if (path.empty()) return std::nullopt;
  if (const auto whiteout = read_whiteout(path)) {
    hide(*whiteout);
    return std::nullopt;
  }
  const std::string parent = parent_of(parent_path(path));
  std::string to = join_path(parent, base_name(path));
  const auto place = m_tree.look(to);
  if (entry.type == EntryType::hardlink && place && target_of(entry) == to) return std::nullopt;
  make_directories(parent);
  const bool merges =
      entry.type == EntryType::directory && place && place->type == EntryType::directory;
  if (place && !merges) remove(to);
  if (m_tree.keeps(entry.type)) {
    m_added.insert(to);
  } else if (!parent.empty()) {
    m_added.insert(parent);
  }
  return to;
}

void LayerPlacement::finish() {
  const auto first = m_added.lower_bound(k_aufs);
  if (first == m_added.end() || !first->starts_with(k_aufs)) return;
  for (const std::string& name : m_tree.names({})) {
    if (name.starts_with(k_aufs)) remove(name);
  }
}

std::string LayerPlacement::resolve(std::string_view path, bool follow_last) const {
  const auto find = [this](const std::string& at) -> std::optional<std::string> {
    auto place = m_tree.look(at);
    if (!place || place->type != EntryType::symlink) return std::nullopt;
    m_link_text += place->link_target.size();
    if (m_link_text > k_max_layer_text)
      throw Error(ErrorCode::invalid_input, "the paths of a layer go through links of more than " +
                                                std::to_string(k_max_layer_text) + " bytes in all");
    return std::move(place->link_target);
  };
  return resolve_links(find, path, follow_last);
}

std::string LayerPlacement::target_of(const TarEntry& hard_link) const {
  return resolve(archive::entry_path(hard_link.link_target), false);
}

std::string LayerPlacement::parent_of(std::string_view path) {
  if (m_parent != path) {
    m_resolved = resolve(path, true);
    m_parent = path;
  }
  return m_resolved;
}

/// A file on the way becomes a directory, as in an overlay of layers that were unpacked apart.
void LayerPlacement::make_directories(const std::string& path) {
  if (path.empty()) return;
  const auto place = m_tree.look(path);
  if (place && place->type == EntryType::directory) return;
  make_directories(std::string(parent_path(path)));
  if (place) remove(path);
  m_tree.make_parent(path);
  m_added.insert(path);
}

void LayerPlacement::hide(const Whiteout& whiteout) {
  if (whiteout.opaque) return hide(resolve(whiteout.path, true), false);
  const std::string parent = parent_of(parent_path(whiteout.path));
  hide(join_path(parent, base_name(whiteout.path)), true);
}

void LayerPlacement::hide(const std::string& path, bool itself) {
  if (itself && !is_ours(path)) {
    if (m_tree.look(path)) remove(path);
    return;
  }
  if (is_cleared(path)) return;
  const auto place = m_tree.look(path);
  if (!path.empty() && (!place || place->type != EntryType::directory)) return;
  for (const std::string& name : m_tree.names(path)) hide(join_path(path, name), true);
  m_cleared.insert(path);
}

bool LayerPlacement::is_cleared(std::string path) const {
  if (m_cleared.empty()) return false;
  while (!m_cleared.contains(path)) {
    if (path.empty()) return false;
    path = std::string(parent_path(path));
  }
  return true;
}

void LayerPlacement::remove(const std::string& path) {
  m_tree.remove(path);
  m_parent.reset();
  m_added.erase(path);
  // '0' follows '/' in ASCII: [path + "/", path + "0") is all that stands below.
  m_added.erase(m_added.lower_bound(path + "/"), m_added.lower_bound(path + "0"));
}

bool LayerPlacement::is_ours(const std::string& path) const {
  if (m_added.contains(path)) return true;
  const auto below = m_added.lower_bound(path + "/");
  return below != m_added.end() && below->starts_with(path + "/");
}

}  // namespace pinnace::tree
