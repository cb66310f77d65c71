#pragma once

#include <string>
#include <string_view>

namespace pinnace::tree {

/// A path below a root that somebody else fills: a container's /etc/passwd. The host must never
/// resolve it, as links below that root lead to the host's own files; so it is no path of the host
/// and converts to none. OpenRoot takes it.
class RootedPath {
 public:
  RootedPath() = default;  ///< the root itself
  /// Any path as containers write it. Outer and doubled slashes and "." say nothing; ".." stays.
  explicit RootedPath(std::string_view text);

  RootedPath operator/(std::string_view name) const;
  /// Of the root: the root.
  RootedPath parent() const;
  /// The last component; of the root: empty.
  std::string_view name() const;
  bool is_root() const noexcept { return m_text.empty(); }
  /// Whether this is `directory` or lies below it, by their names.
  bool is_within(const RootedPath& directory) const;

  /// As archives have it: "etc/passwd".
  const std::string& relative() const noexcept { return m_text; }
  /// As containers have it: "/etc/passwd".
  std::string absolute() const { return "/" + m_text; }

  auto operator<=>(const RootedPath&) const = default;

 private:
  std::string m_text;
};

}  // namespace pinnace::tree
