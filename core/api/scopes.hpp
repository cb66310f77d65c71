#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pinnace::api {

/// What a token is to allow: actions on resources (distribution token specification, "scope":
/// "repository:shop/web:pull,push"). A value, merged and compared.
class Scopes {
 public:
  static Scopes pull(std::string_view repository);
  static Scopes pull_push(std::string_view repository);
  static Scopes remove(std::string_view repository);
  /// Space-separated scopes as in a challenge; malformed ones are left out.
  static Scopes parse(std::string_view text);

  Scopes& merge(const Scopes& other);
  /// Whether everything that `other` allows is allowed here.
  bool covers(const Scopes& other) const;
  bool empty() const noexcept { return m_actions.empty(); }
  /// One "type:name:actions" a resource, sorted.
  std::vector<std::string> list() const;
  /// The repository that is to be changed, else the first one named; empty if none is.
  std::string repository() const;

  auto operator<=>(const Scopes&) const = default;

 private:
  std::map<std::string, std::set<std::string>> m_actions;  ///< "type:name" -> actions
};

}  // namespace pinnace::api
