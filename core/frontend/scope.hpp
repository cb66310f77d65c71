#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "containerfile/containerfile.hpp"
#include "containerfile/expand.hpp"
#include "oci/platform.hpp"

namespace pinnace::frontend {

using Arguments = std::map<std::string, std::string, std::less<>>;

/// The variables above the first FROM: its ARGs, and those of the platforms.
class GlobalScope {
 public:
  /// Throws invalid_input with the place of an ARG that can't be expanded.
  GlobalScope(const containerfile::Containerfile& file,
              const std::map<std::string, std::string>& given, const oci::Platform& build,
              const oci::Platform& target);

  /// The platform that the build was asked for.
  const oci::Platform& target() const noexcept { return m_target; }
  /// The value that an ARG without one has in a stage.
  std::optional<std::string> find(std::string_view name) const;
  /// What was given for an ARG of that name, which has then been used.
  std::optional<std::string> take_given(const std::string& name);
  /// NAME=VALUE of what was given for proxies (HTTP_PROXY and its like).
  std::vector<std::string> proxies() const;
  /// A text of FROM.
  std::string expand(const std::string& text, const containerfile::Position& position);
  std::vector<std::string> unused() const;
  /// Counts what the plan holds beside the file's text. Throws invalid_input beyond 256 MiB: a few
  /// lines that double a variable and use it everywhere would fill the memory.
  void hold(std::size_t bytes);

 private:
  const std::map<std::string, std::string>& m_given;
  oci::Platform m_target;
  char m_escape;
  Arguments m_values;
  std::set<std::string> m_used;
  std::size_t m_held = 0;
};

}  // namespace pinnace::frontend
