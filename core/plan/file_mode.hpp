#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pinnace::plan {

/// What --chmod asks for: "755", or symbols as chmod(1) takes them, "u=rwX,go+r", "g=u". Where no
/// users are named, all are meant: there is no umask.
class FileMode {
 public:
  /// Throws invalid_input.
  static FileMode parse(std::string_view text);

  /// The mode of a file or directory that had `mode`; 0 to 07777.
  std::uint32_t apply(std::uint32_t mode, bool is_directory) const;
  /// As it was written.
  const std::string& str() const noexcept { return m_text; }

 private:
  struct Change {
    std::uint32_t who;                    ///< of 07777: the bits of the users that are meant
    char operation;                       ///< '+', '-', '='
    std::uint32_t bits;                   ///< as if for all users
    bool conditional_execute;             ///< X
    std::optional<unsigned> copied = {};  ///< u, g or o: how far to the left their bits stand
  };
  static bool parse_clause(std::string_view clause, std::vector<Change>& changes);
  static bool parse_permissions(std::string_view letters, Change& change);

  std::string m_text;
  std::vector<Change> m_changes;
};

}  // namespace pinnace::plan
