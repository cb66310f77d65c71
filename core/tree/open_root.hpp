#pragma once

#include <sys/stat.h>

#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/file.hpp"
#include "tree/rooted_path.hpp"

namespace pinnace::tree {

/// A directory that somebody else fills, as a container its root, held open: every look below it,
/// and every change, starts at its descriptor. resolve() follows links as a process with that root
/// would; all else takes paths without links: below a link, or a file, there is nothing. So no path
/// leads out, even when somebody changes links meanwhile.
///
/// What is absent is a value; what can't be found out throws io. For one thread.
class OpenRoot {
 public:
  /// Throws not_found and io.
  explicit OpenRoot(const std::filesystem::path& host_directory);

  /// The path with all its links followed, at the end too. What is missing is taken literally.
  /// Throws invalid_input for more than 40 links.
  RootedPath resolve(const RootedPath& path) const { return resolve(path, {}); }
  /// The same where something will be mounted at these directories: links below them are nobody's.
  RootedPath resolve(const RootedPath& path, std::span<const RootedPath> covered) const;

  /// Of the path itself; nullopt: there is nothing.
  std::optional<struct stat> status(const RootedPath& path) const;
  bool is_directory(const RootedPath& path) const;
  /// Opens with these flags of open(2), never waiting for a FIFO, creating nothing. Throws
  /// not_found.
  files::UniqueFd open(const RootedPath& path, int flags) const;
  /// The content of a regular file of at most `limit` bytes; nullopt: there is nothing. Throws
  /// invalid_input for what is no regular file, or longer.
  std::optional<std::string> read_file(const RootedPath& path, std::size_t limit) const;
  /// The target of a symbolic link; nullopt: there is none.
  std::optional<std::string> link_target(const RootedPath& path) const;
  /// Names in a directory, sorted by their bytes. Throws not_found.
  std::vector<std::string> names(const RootedPath& directory) const;
  /// The value of an extended attribute of a file or directory; nullopt: it has none of that name.
  std::optional<std::string> attribute(const RootedPath& path, const std::string& name) const;

  // What is made must not be there, but directories, and belongs in a directory that is there.

  /// Whether it was made: false if there is one. Throws invalid_input if something else is there.
  bool make_directory(const RootedPath& path, mode_t mode = 0755) const;
  /// A directory, and those above it.
  void make_directories(const RootedPath& path) const;
  /// A new file of mode 0600, open for writing.
  files::UniqueFd make_file(const RootedPath& path) const;
  void make_link(const RootedPath& path, const std::string& target) const;
  void make_hard_link(const RootedPath& path, const RootedPath& present) const;
  /// As mknod(2).
  void make_node(const RootedPath& path, mode_t mode, dev_t device) const;

  // Of the path itself, never of what a link leads to.

  /// Throws invalid_input for ids that this user namespace does not have.
  void set_owner(const RootedPath& path, uid_t uid, gid_t gid) const;
  /// Not for links, which have no mode.
  void set_mode(const RootedPath& path, mode_t mode) const;
  void set_times(const RootedPath& path, const timespec& accessed, const timespec& modified) const;
  /// Of a file or directory. False where the file system has no such attributes.
  bool set_attribute(const RootedPath& path, const std::string& name, std::string_view value) const;

  /// With all that is in it, however deep (remove_tree.hpp). Nothing there is fine.
  void remove(const RootedPath& path) const;

  /// The directory itself (O_PATH), for system calls about what is called by one name in it; null
  /// with errno, where is_absent(errno) if there is none.
  std::shared_ptr<const files::UniqueFd> find_directory(const RootedPath& path) const;
  /// Whether an errno means that there is nothing at a path.
  static bool is_absent(int error) noexcept;

 private:
  /// Where a path is: a name in an open directory.
  struct Place {
    std::shared_ptr<const files::UniqueFd> directory;  ///< null: none, with errno
    std::string name;
  };
  Place place_of(const RootedPath& path) const;
  /// Throws if there is none.
  Place present_place(const RootedPath& path, const char* action) const;

  std::shared_ptr<const files::UniqueFd> m_root;
  // Most looks are into the directory of the last one. Any removal may make it another one.
  mutable RootedPath m_last_path;
  mutable std::shared_ptr<const files::UniqueFd> m_last;
};

}  // namespace pinnace::tree
