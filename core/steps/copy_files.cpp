#include "steps/copy_files.hpp"

#include "base/error.hpp"
#include "base/quote.hpp"
#include "compress/compression.hpp"
#include "text/glob.hpp"
#include "tree/whiteout.hpp"

namespace pinnace::steps {

using archive::EntryType;
using base::Error;
using base::ErrorCode;
using tree::base_name;
using tree::FileTree;

namespace {

/// An empty `path` is the directory itself.
std::string join(const std::string& directory, const std::string& path) {
  return path.empty() ? directory : tree::join_path(directory, path);
}

/// One COPY at work.
class Collection {
 public:
  Collection(const base::Context& context, const plan::CopyStep& step, CopyOrigin& origin,
             const tree::BaseTree& stage, const std::optional<Owner>& owner, layer::Spool* spool,
             std::int64_t epoch);
  FileTree run();
  FileTree select(std::vector<std::string>& matches);

 private:
  struct Source {
    std::string path;
    std::string below;  ///< what of it does not reach the image (--parents)
  };
  std::vector<Source> find_sources() const;
  void add_source(const Source& source);
  void add_directory(const Source& source);
  void add_file(const Source& source);
  bool add_archive(const Source& source);
  void add_inline(const plan::InlineFile& file);
  /// Where a file of that name goes.
  std::string file_target(const std::string& name) const;
  std::string parents_target(const Source& source) const;
  bool excluded(const std::string& path) const { return m_excludes.ignores(path); }
  bool stage_has_directory(const std::string& path) const;
  FileTree finish();
  tree::TreeEntry new_directory(std::string path) const;
  void add_parents(FileTree& tree) const;

  const base::Context& m_context;
  const plan::CopyStep& m_step;
  CopyOrigin& m_origin;
  const tree::BaseTree& m_stage;
  const std::optional<Owner>& m_owner;
  layer::Spool* m_spool;  ///< null: nothing is unpacked or added
  std::int64_t m_epoch;
  text::Ignore m_excludes;
  bool m_into_directory;
  FileTree m_tree;
  FileTree m_unpacked;
};

Collection::Collection(const base::Context& context, const plan::CopyStep& step, CopyOrigin& origin,
                       const tree::BaseTree& stage, const std::optional<Owner>& owner,
                       layer::Spool* spool, std::int64_t epoch)
    : m_context(context),
      m_step(step),
      m_origin(origin),
      m_stage(stage),
      m_owner(owner),
      m_spool(spool),
      m_epoch(epoch),
      m_into_directory(step.to_directory || (!step.link && stage_has_directory(step.destination))) {
  std::string rules;
  for (const std::string& pattern : step.excludes) rules += pattern + "\n";
  m_excludes = text::Ignore::parse(rules, "--exclude");
}

bool Collection::stage_has_directory(const std::string& path) const {
  const std::string resolved = m_step.link ? path : m_stage.resolve(path, true);
  const tree::BaseTree::Node* node = m_stage.find(resolved);
  return resolved.empty() || (node != nullptr && node->is_directory());
}

std::vector<Collection::Source> Collection::find_sources() const {
  std::vector<Source> sources;
  for (const plan::CopyPattern& pattern : m_step.sources) {
    const std::vector<std::string> matches =
        find_matches(m_context, m_origin, pattern.below, pattern.path);
    if (matches.empty()) {
      const bool is_pattern = text::Glob::is_pattern(pattern.path);
      const std::string path = is_pattern ? pattern.path : text::Glob::unescape(pattern.path);
      throw Error(ErrorCode::not_found, base::quote(join(pattern.below, path)) + " is not in " +
                                            m_origin.where() + ", or an ignore file excludes it");
    }
    for (const std::string& path : matches) sources.push_back({path, pattern.below});
  }
  return sources;
}

std::string Collection::file_target(const std::string& name) const {
  return m_into_directory ? join(m_step.destination, name) : m_step.destination;
}

/// With --parents a source keeps its directories below the destination.
std::string Collection::parents_target(const Source& source) const {
  const std::size_t skip = source.below.empty() ? 0 : source.below.size() + 1;
  return join(m_step.destination, source.path.substr(std::min(skip, source.path.size())));
}

void Collection::add_directory(const Source& source) {
  const std::string to = m_step.parents ? parents_target(source) : m_step.destination;
  const std::size_t skip = source.path.empty() ? 0 : source.path.size() + 1;
  m_origin.add(m_context, m_tree, source.path, to, [&](std::string_view path, bool) {
    const std::string inside(path.substr(std::min(skip, path.size())));
    const bool out = !inside.empty() && excluded(inside);
    return tree::Choice{!out, !out || m_excludes.may_keep_below(inside)};
  });
}

bool Collection::add_archive(const Source& source) {
  const std::string what = base::quote(source.path);
  const layer::OpenFile open = [&] { return m_origin.open(source.path); };
  if (!m_step.unpack || !layer::is_archive(m_context, open, what)) return false;
  const auto plain = compress::make_decompressor(m_context, open(), what);
  // Where a layer is linked in, no base is known.
  const auto nothing = tree::BaseTree::empty(tree::BaseTree::Keep::directories_and_links);
  layer::unpack(m_unpacked, m_context, *plain, what, m_step.link ? nothing : m_stage,
                m_step.destination, *m_spool);
  return true;
}

void Collection::add_file(const Source& source) {
  const std::string name(base_name(source.path));
  if (excluded(name) || excluded(source.path) || add_archive(source)) return;
  const std::string to = m_step.parents ? parents_target(source) : file_target(name);
  if (to.empty()) throw Error(ErrorCode::invalid_input, "a file can't become /");
  m_origin.add(m_context, m_tree, source.path, to,
               [](std::string_view, bool) { return tree::Choice{}; });
}

void Collection::add_source(const Source& source) {
  m_context.check();
  if (m_origin.kind(source.path) == CopyOrigin::Kind::directory) {
    add_directory(source);
  } else {
    add_file(source);
  }
}

void Collection::add_inline(const plan::InlineFile& file) {
  tree::TreeEntry entry;
  entry.header.path = file_target(file.name);
  entry.header.size = file.content.size();
  entry.header.mtime = m_epoch;
  entry.content = m_spool->add(m_context, file.content);
  m_tree.add(std::move(entry));
}

/// A directory that nobody copied: it belongs to whom the copy belongs to.
tree::TreeEntry Collection::new_directory(std::string path) const {
  tree::TreeEntry entry;
  entry.header.type = EntryType::directory;
  entry.header.path = std::move(path);
  entry.header.mode = 0755;
  entry.header.mtime = m_epoch;
  if (m_owner) {
    entry.header.uid = m_owner->uid;
    entry.header.gid = m_owner->gid;
  }
  return entry;
}

void Collection::add_parents(FileTree& tree) const {
  std::set<std::string> missing;
  for (const tree::TreeEntry& entry : tree.entries()) {
    for (std::string_view parent = tree::parent_path(entry.header.path);
         !parent.empty() && tree.find(parent) == nullptr &&
         !stage_has_directory(std::string(parent)) && missing.emplace(parent).second;
         parent = tree::parent_path(parent)) {
    }
  }
  for (const std::string& path : missing) tree.add(new_directory(path));
}

FileTree Collection::finish() {
  FileTree result;
  const auto take = [&](FileTree& from, bool change_mode) {
    while (!from.empty()) {
      FileTree::Node node = from.take_first();
      archive::TarEntry& header = node.value().header;
      if (base_name(header.path).starts_with(tree::k_whiteout))
        throw Error(
            ErrorCode::invalid_input,
            base::shown(header.path) + ": names that start with .wh. mean deleted files in images");
      const bool is_directory = header.type == EntryType::directory;
      // The contents of a directory are copied, not itself: the destination stays as it is, or is
      // new.
      if (is_directory && header.path == m_step.destination) {
        if (!stage_has_directory(header.path)) result.add(new_directory(header.path));
        continue;
      }
      if (m_owner) {
        header.uid = m_owner->uid;
        header.gid = m_owner->gid;
      }
      if (change_mode && m_step.mode && header.type != EntryType::symlink)
        header.mode = m_step.mode->apply(header.mode, is_directory);
      result.add(std::move(node));
    }
  };
  take(m_tree, true);
  take(m_unpacked, false);
  add_parents(result);
  return result;
}

FileTree Collection::run() {
  const std::vector<Source> sources = find_sources();
  if (sources.size() + m_step.files.size() > 1 && !m_into_directory) {
    for (const Source& source : sources) {
      if (m_origin.kind(source.path) == CopyOrigin::Kind::file)
        throw Error(ErrorCode::invalid_input,
                    "/" + m_step.destination +
                        " would be several files; a destination that ends "
                        "with \"/\" is a directory");
    }
  }
  for (const Source& source : sources) add_source(source);
  for (const plan::InlineFile& file : m_step.files) add_inline(file);
  return finish();
}

/// Each source under a number and its own path.
FileTree Collection::select(std::vector<std::string>& matches) {
  FileTree selected;
  for (const Source& source : find_sources()) {
    const bool directory = m_origin.kind(source.path) == CopyOrigin::Kind::directory;
    add_source({source.path, {}});
    while (!m_tree.empty()) {
      FileTree::Node node = m_tree.take_first();
      std::string& path = node.value().header.path;
      path = std::to_string(matches.size()) + "/" + path;
      selected.add(std::move(node));
    }
    matches.push_back(source.below + (directory ? "\n/" : "\n") + source.path);
  }
  return selected;
}

}  // namespace

FileTree select_copy(const base::Context& context, const plan::CopyStep& step, CopyOrigin& origin,
                     std::vector<std::string>& matches) {
  plan::CopyStep selection = step;
  selection.parents = true;  // which keeps the paths
  selection.destination.clear();
  selection.to_directory = true;
  selection.unpack = false;
  const auto nothing = tree::BaseTree::empty(tree::BaseTree::Keep::directories_and_links);
  return Collection(context, selection, origin, nothing, {}, nullptr, 0).select(matches);
}

FileTree collect_copy(const base::Context& context, const plan::CopyStep& step, CopyOrigin& origin,
                      const tree::BaseTree& stage, const std::optional<Owner>& owner,
                      layer::Spool& spool, std::int64_t epoch) {
  return Collection(context, step, origin, stage, owner, &spool, epoch).run();
}

plan::CopyStep copy_of(const plan::RunMount& mount) {
  plan::CopyStep copy;
  copy.sources = {{"", text::Glob::escape(mount.source)}};
  copy.destination = mount.source;
  copy.to_directory = mount.source.empty();
  return copy;
}

}  // namespace pinnace::steps
