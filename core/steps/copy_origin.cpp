#include "steps/copy_origin.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "files/file.hpp"
#include "files/temporary.hpp"
#include "layer/devices.hpp"
#include "text/glob.hpp"

namespace pinnace::steps {

using archive::EntryType;
using base::Error;
using base::ErrorCode;
using tree::join_path;

namespace {

constexpr int k_max_depth = 512;
constexpr int k_max_links = 40;  // as Linux
constexpr std::size_t k_max_matches = 100'000;

class ContextOrigin final : public CopyOrigin {
 public:
  ContextOrigin(std::shared_ptr<const files::Directory> root, text::Ignore ignore,
                std::int64_t mtime, tree::Modes modes)
      : m_root(std::move(root)), m_ignore(std::move(ignore)) {
    m_attributes.mtime = mtime;
    m_attributes.modes = modes;
  }

  std::string where() const override { return "the context " + m_root->path().string(); }

  Kind kind(const std::string& path) const override {
    try {
      const auto real = real_path(path);
      if (!real) return Kind::missing;
      const bool ignored = is_ignored(*real);
      if (ignored && !m_ignore.may_keep_below(*real)) return Kind::missing;
      const files::UniqueFd fd = m_root->open(path, files::Directory::Links::follow);
      struct stat status {};
      if (::fstat(fd.get(), &status) != 0) base::throw_errno(errno, "stat " + path);
      if (S_ISDIR(status.st_mode)) return Kind::directory;
      return ignored ? Kind::missing : Kind::file;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::not_found) return Kind::missing;
      throw;
    }
  }

  bool is_real_directory(const std::string& path) const override {
    if (path.empty()) return true;
    if (kind(path) != Kind::directory) return false;
    const auto status = m_root->status(path);
    return status && S_ISDIR(status->st_mode);
  }

  std::vector<std::string> names(const std::string& directory) const override {
    auto names = m_root->open_directory(directory, files::Directory::Links::follow).names();
    std::erase_if(names, files::is_own_name);
    return names;
  }

  void add(const base::Context& context, tree::FileTree& tree, const std::string& from,
           const std::string& to, const tree::Chooser& choose) override {
    const std::string real_from = real_path(from).value_or(from);
    const std::size_t skip = from.empty() ? 0 : from.size() + 1;
    tree::add_path(tree, context, m_root, from, to, m_attributes,
                   [&](std::string_view path, bool is_directory) {
                     tree::Choice choice = choose(path, is_directory);
                     const std::string_view inside = path.substr(std::min(skip, path.size()));
                     const std::string real =
                         inside.empty() ? real_from : join_path(real_from, inside);
                     const bool ignored = is_ignored(real);
                     choice.take = choice.take && !ignored;
                     choice.descend = choice.descend && (!ignored || m_ignore.may_keep_below(real));
                     return choice;
                   });
  }

  std::unique_ptr<base::Source> open(const std::string& path) const override {
    return std::make_unique<files::FileSource>(m_root->open(path, files::Directory::Links::follow),
                                               (m_root->path() / path).string());
  }

 private:
  bool is_ignored(const std::string& path) const { return !path.empty() && m_ignore.ignores(path); }
  std::optional<std::string> real_path(const std::string& path) const;

  std::shared_ptr<const files::Directory> m_root;
  text::Ignore m_ignore;
  tree::Attributes m_attributes;
};

/// Where `path` leads when links are followed; nullopt if a link on the way is ignored, as then it
/// is not there. What leads outside, or to nothing, is left to who opens it.
std::optional<std::string> ContextOrigin::real_path(const std::string& path) const {
  if (m_ignore.empty()) return path;
  std::string rest = path;
  std::string real;
  for (int links = 0; !rest.empty();) {
    const std::string name = rest.substr(0, rest.find('/'));
    rest.erase(0, name.size() + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      real = std::string(tree::parent_path(real));
      continue;
    }
    std::string next = join_path(real, name);
    const auto status = m_root->status(next);
    if (!status || !S_ISLNK(status->st_mode)) {
      real = std::move(next);
      continue;
    }
    if (is_ignored(next)) return std::nullopt;
    const std::string target = m_root->read_link(next);
    if (++links > k_max_links || target.starts_with('/')) return path;
    rest = target + "/" + rest;
  }
  return real;
}

class ImageOrigin final : public CopyOrigin {
 public:
  ImageOrigin(const tree::BaseTree& tree, layer::ImageFiles& files, std::string name)
      : m_tree(tree), m_files(files), m_name(std::move(name)) {}

  std::string where() const override { return m_name; }

  Kind kind(const std::string& path) const override {
    const std::string resolved = m_tree.resolve(path, true);
    if (resolved.empty()) return Kind::directory;
    const tree::BaseTree::Node* node = m_tree.find(resolved);
    if (node == nullptr) return Kind::missing;
    return node->is_directory() ? Kind::directory : Kind::file;
  }

  bool is_real_directory(const std::string& path) const override {
    const std::string resolved = m_tree.resolve(path, false);
    const tree::BaseTree::Node* node = m_tree.find(resolved);
    return resolved.empty() || (node != nullptr && node->is_directory());
  }

  std::vector<std::string> names(const std::string& directory) const override {
    return m_tree.names(m_tree.resolve(directory, true));
  }

  void add(const base::Context& context, tree::FileTree& tree, const std::string& from,
           const std::string& to, const tree::Chooser& choose) override;

  std::unique_ptr<base::Source> open(const std::string&) const override {
    throw Error(ErrorCode::internal, "archives are taken from the context only");
  }

 private:
  struct Found {
    std::string to;
    const tree::BaseTree::Node* node;
  };
  void collect(const std::string& at, const std::string& shown, const std::string& to,
               const tree::Chooser& choose, int depth, std::vector<Found>& found) const;

  const tree::BaseTree& m_tree;
  layer::ImageFiles& m_files;
  std::string m_name;
};

void ImageOrigin::collect(const std::string& at, const std::string& shown, const std::string& to,
                          const tree::Chooser& choose, int depth, std::vector<Found>& found) const {
  if (depth > k_max_depth)
    throw Error(ErrorCode::invalid_input,
                "/" + at.substr(0, 80) + "... is nested deeper than 512 directories");
  const tree::BaseTree::Node* node = m_tree.find(at);
  const bool is_directory = at.empty() || (node != nullptr && node->is_directory());
  const tree::Choice choice = choose(shown, is_directory);
  if (choice.take && node != nullptr) found.push_back({to, node});
  if (!is_directory || !choice.descend) return;
  for (const std::string& name : m_tree.names(at))
    collect(join_path(at, name), join_path(shown, name), join_path(to, name), choose, depth + 1,
            found);
}

void ImageOrigin::add(const base::Context& context, tree::FileTree& tree, const std::string& from,
                      const std::string& to, const tree::Chooser& choose) {
  std::vector<Found> found;
  collect(m_tree.resolve(from, true), from, to, choose, 0, found);
  std::vector<const tree::BaseTree::Node*> nodes;
  for (const Found& one : found) nodes.push_back(one.node);
  m_files.fetch(context, nodes);
  std::set<std::string> devices;
  for (const Found& one : found) {
    const tree::BaseTree::Node& node = *one.node;
    if (one.to.empty()) continue;
    tree::TreeEntry entry;
    entry.header = {node.type, one.to,     node.link_target, node.mode, node.uid, node.gid,
                    node.size, node.mtime, node.xattrs,      0,         0};
    if (node.type == EntryType::file) {
      entry.content = m_files.content(node);
    } else if (layer::is_device(node.type)) {
      devices.insert(one.to);
      continue;
    }
    tree.add(std::move(entry));
  }
  layer::warn_of_devices(context, where(), devices);
}

/// The search for one pattern, segment by segment. A directory that several ways of "**" lead to is
/// searched once.
class Search {
 public:
  Search(const base::Context& context, const CopyOrigin& origin, const std::string& pattern)
      : m_context(context), m_origin(origin) {
    std::string_view rest = pattern;
    while (!rest.empty()) {
      const std::string_view segment = rest.substr(0, rest.find('/'));
      const bool same = segment == "**" && !m_segments.empty() && m_segments.back() == "**";
      if (!same) m_segments.emplace_back(segment);
      rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
    }
  }

  void run(const std::string& at, std::size_t segment, int depth);
  std::vector<std::string> take();

 private:
  void step(const std::string& path, std::size_t segment, int depth);

  const base::Context& m_context;
  const CopyOrigin& m_origin;
  std::vector<std::string> m_segments;
  std::set<std::pair<std::size_t, std::string>> m_searched;
  std::vector<std::string> m_found;
};

void Search::step(const std::string& path, std::size_t segment, int depth) {
  const CopyOrigin::Kind kind = m_origin.kind(path);
  if (kind == CopyOrigin::Kind::missing) return;
  if (segment + 1 == m_segments.size()) {
    if (m_found.size() >= k_max_matches)
      throw Error(ErrorCode::invalid_input, "the pattern matches more than 100,000 paths");
    m_found.push_back(path);
  } else if (kind == CopyOrigin::Kind::directory) {
    run(path, segment + 1, depth + 1);
  }
}

void Search::run(const std::string& at, std::size_t segment, int depth) {
  if (segment == m_segments.size()) {
    m_found.push_back(at);
    return;
  }
  if (depth > k_max_depth)
    throw Error(ErrorCode::invalid_input, "nested deeper than 512 directories");
  m_context.check();
  if (!m_searched.emplace(segment, at).second) return;
  const std::string& text = m_segments[segment];
  if (!text::Glob::is_pattern(text))
    return step(join_path(at, text::Glob::unescape(text)), segment, depth);
  if (text == "**") {
    if (segment + 1 < m_segments.size()) run(at, segment + 1, depth + 1);
    for (const std::string& name : m_origin.names(at)) {
      const std::string path = join_path(at, name);
      if (segment + 1 == m_segments.size()) {
        step(path, segment, depth);
      } else if (m_origin.is_real_directory(path)) {
        run(path, segment, depth + 1);
      }
    }
    return;
  }
  const text::Glob glob(text);
  for (const std::string& name : m_origin.names(at)) {
    if (glob.matches(name)) step(join_path(at, name), segment, depth);
  }
}

std::vector<std::string> Search::take() {
  std::sort(m_found.begin(), m_found.end());
  m_found.erase(std::unique(m_found.begin(), m_found.end()), m_found.end());
  return std::move(m_found);
}

}  // namespace

std::unique_ptr<CopyOrigin> make_context_origin(std::shared_ptr<const files::Directory> root,
                                                text::Ignore ignore, std::int64_t mtime,
                                                tree::Modes modes) {
  return std::make_unique<ContextOrigin>(std::move(root), std::move(ignore), mtime, modes);
}

std::unique_ptr<CopyOrigin> make_image_origin(const tree::BaseTree& tree, layer::ImageFiles& files,
                                              std::string name) {
  return std::make_unique<ImageOrigin>(tree, files, std::move(name));
}

std::vector<std::string> find_matches(const base::Context& context, const CopyOrigin& origin,
                                      const std::string& below, const std::string& pattern) {
  if (origin.kind(below) != CopyOrigin::Kind::directory) return {};
  Search search(context, origin, pattern);
  search.run(below, 0, 0);
  return search.take();
}

}  // namespace pinnace::steps
