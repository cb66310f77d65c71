#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "files/directory.hpp"
#include "layer/spool.hpp"
#include "layer/unpack.hpp"
#include "text/ignore.hpp"
#include "tree/base_tree.hpp"
#include "tree/file_tree.hpp"
#include "tree/walk.hpp"

namespace pinnace::steps {

/// What COPY takes files from: the context, an image or an earlier stage. Paths are clean and
/// relative to the root, which is "". Nothing outside of the root can be reached.
class CopyOrigin {
 public:
  enum class Kind { missing, directory, file };

  virtual ~CopyOrigin() = default;

  /// For messages: "the context /work/shop".
  virtual std::string where() const = 0;
  /// What is at `path`, links followed. What the ignore file excludes is missing, also where a
  /// link leads to it.
  virtual Kind kind(const std::string& path) const = 0;
  /// Whether `path` itself is a directory and not a link to one.
  virtual bool is_real_directory(const std::string& path) const = 0;
  /// Names in a directory.
  virtual std::vector<std::string> names(const std::string& directory) const = 0;
  /// Adds `from`, directories with all that is in them, to `tree` as `to`. A link at `from` itself
  /// is followed; `choose` decides about each path below.
  virtual void add(const base::Context& context, tree::FileTree& tree, const std::string& from,
                   const std::string& to, const tree::Chooser& choose) = 0;
  /// A file's bytes.
  virtual std::unique_ptr<base::Source> open(const std::string& path) const = 0;
};

/// The build's context. Owners become 0:0, times `mtime`, modes what `modes` says: what the disk
/// says of them differs from machine to machine.
std::unique_ptr<CopyOrigin> make_context_origin(std::shared_ptr<const files::Directory> root,
                                                text::Ignore ignore, std::int64_t mtime,
                                                tree::Modes modes = tree::Modes::normalize);

/// An image or a stage; owners, modes, times and attributes are kept. Devices are left out with a
/// warning. `tree` must have everything, and outlive the origin as must `files`.
std::unique_ptr<CopyOrigin> make_image_origin(const tree::BaseTree& tree, layer::ImageFiles& files,
                                              std::string name);

/// Paths of `origin` that match a pattern below the directory `below`, sorted; "**" stands for any
/// number of directories. A path that is no pattern gives itself if it is there.
std::vector<std::string> find_matches(const base::Context& context, const CopyOrigin& origin,
                                      const std::string& below, const std::string& pattern);

}  // namespace pinnace::steps
