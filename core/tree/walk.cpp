#include "tree/walk.hpp"

#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "files/temporary.hpp"

namespace pinnace::tree {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_depth = 512;

/// One walk that fills a tree.
class TreeWalk {
 public:
  TreeWalk(FileTree& tree, const base::Context& context,
           const std::shared_ptr<const files::Directory>& root, const Attributes& attributes,
           const Chooser& choose)
      : m_tree(tree),
        m_context(context),
        m_root(root),
        m_attributes(attributes),
        m_choose(choose) {}

  /// `name` stands in `directory`; `path` is the same below the root, `to` its path in the layer.
  void add(const files::Directory& directory, const std::string& name, const struct stat& status,
           std::string path, std::string to, std::size_t depth);
  void add_children(const files::Directory& directory, const std::string& path,
                    const std::string& to, std::size_t depth);
  /// `parent` stands in `directory`, too: "." or "..".
  void add_directory(const struct stat& status, const files::Directory& directory,
                     const char* parent, const std::string& to);

 private:
  archive::TarEntry header(archive::EntryType type, std::string to) const;
  void set_mode(const struct stat& status, TreeEntry& entry, std::uint32_t parent = 0) const;
  void add_file(const struct stat& status, std::string path, std::string to);
  void add_symlink(const files::Directory& directory, const std::string& name, std::string to);

  FileTree& m_tree;
  const base::Context& m_context;
  const std::shared_ptr<const files::Directory>& m_root;
  const Attributes& m_attributes;
  const Chooser& m_choose;
};

archive::TarEntry TreeWalk::header(archive::EntryType type, std::string to) const {
  archive::TarEntry entry;
  entry.type = type;
  entry.path = std::move(to);
  entry.uid = m_attributes.uid;
  entry.gid = m_attributes.gid;
  entry.mtime = m_attributes.mtime;
  return entry;
}

void TreeWalk::add(const files::Directory& directory, const std::string& name,
                   const struct stat& status, std::string path, std::string to, std::size_t depth) {
  m_context.check();
  const Choice choice = m_choose(path, S_ISDIR(status.st_mode));
  if (S_ISDIR(status.st_mode)) {
    if (choice.take) add_directory(status, directory, ".", to);
    if (choice.descend) {
      add_children(directory.open_directory(name, files::Directory::Links::refuse), path, to,
                   depth);
    }
  } else if (!choice.take) {
    return;
  } else if (S_ISREG(status.st_mode)) {
    add_file(status, std::move(path), std::move(to));
  } else if (S_ISLNK(status.st_mode)) {
    add_symlink(directory, name, std::move(to));
  } else {
    throw Error(ErrorCode::invalid_input,
                (m_root->path() / path).string() +
                    " is a socket, device or FIFO; only files, directories and links can be taken");
  }
}

void TreeWalk::add_children(const files::Directory& directory, const std::string& path,
                            const std::string& to, std::size_t depth) {
  if (depth >= k_max_depth) {
    throw Error(ErrorCode::invalid_input, directory.path().string() + " is nested deeper than " +
                                              std::to_string(k_max_depth) + " directories");
  }
  for (const std::string& name : directory.names()) {
    if (files::is_own_name(name)) continue;
    const auto status = directory.status(name);
    if (!status) continue;  // gone since the directory was read
    add(directory, name, *status, join_path(path, name), join_path(to, name), depth + 1);
  }
}

void TreeWalk::set_mode(const struct stat& status, TreeEntry& entry, std::uint32_t parent) const {
  const bool is_directory = entry.header.type == archive::EntryType::directory;
  const auto& given = is_directory ? m_attributes.directory_mode : m_attributes.file_mode;
  const auto disk = static_cast<std::uint32_t>(status.st_mode) & 07777U;
  const bool keep = m_attributes.modes == Modes::keep;
  entry.header.mode = given.value_or(keep ? disk : normal_mode(disk, is_directory, parent));
  entry.opened_up = !given && !is_directory && opens_up(disk, entry.header.mode);
}

void TreeWalk::add_directory(const struct stat& status, const files::Directory& directory,
                             const char* parent, const std::string& to) {
  if (to.empty()) return;  // the root itself is the base's
  TreeEntry entry{header(archive::EntryType::directory, to), {}};
  const bool asks = (status.st_mode & S_ISGID) != 0;
  const auto above = asks ? directory.status(parent) : std::nullopt;
  set_mode(status, entry, above ? static_cast<std::uint32_t>(above->st_mode) : 0);
  m_tree.add(std::move(entry));
}

void TreeWalk::add_file(const struct stat& status, std::string path, std::string to) {
  TreeEntry entry{header(archive::EntryType::file, std::move(to)),
                  {m_root, std::move(path), {}, FileStamp::of(status), false}};
  entry.header.size = static_cast<std::uint64_t>(status.st_size);
  set_mode(status, entry);
  if (status.st_nlink > 1) entry.content.inode.emplace(status.st_dev, status.st_ino);
  m_tree.add(std::move(entry));
}

void TreeWalk::add_symlink(const files::Directory& directory, const std::string& name,
                           std::string to) {
  archive::TarEntry entry = header(archive::EntryType::symlink, std::move(to));
  entry.link_target = directory.read_link(name);
  entry.mode = 0777;
  m_tree.add({std::move(entry), {}});
}

/// Follows a link at the end of `from`, inside of `root`: the status of what it leads to.
struct stat resolved_status(const files::Directory& root, const std::string& from) {
  const files::UniqueFd fd = root.open(from, files::Directory::Links::follow);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) base::throw_errno(errno, "stat " + from);
  return status;
}

}  // namespace

void add_path(FileTree& tree, const base::Context& context,
              const std::shared_ptr<const files::Directory>& root, const std::string& from,
              const std::string& to, const Attributes& attributes, const Chooser& choose) {
  TreeWalk walk(tree, context, root, attributes, choose);
  const struct stat status = resolved_status(*root, from);
  if (S_ISDIR(status.st_mode)) {
    const auto directory = root->open_directory(from, files::Directory::Links::follow);
    if (choose(from, true).take) walk.add_directory(status, directory, "..", to);
    walk.add_children(directory, from, to, 0);
    return;
  }
  walk.add(*root, from, status, from, to, 0);
}

}  // namespace pinnace::tree
