#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/pattern.hpp"

namespace pinnace::text {

/// The rules of an ignore file, those of .dockerignore (Dockerfile reference; moby/patternmatcher):
/// a pattern a line relative to the context's root, "#" comments, "!" takes back, the last rule
/// that matches wins, and a rule that matches a directory matches all that is in it.
class Ignore {
 public:
  /// No rules: nothing is ignored.
  Ignore() = default;
  /// Throws invalid_input "file:line: ..."; at most 1 MiB and 10,000 rules.
  static Ignore parse(std::string_view text, const std::string& file);

  /// `path` is relative to the root and clean.
  bool ignores(std::string_view path) const;
  /// Whether something below the directory `path` may be kept: false lets a walk leave it out as a
  /// whole.
  bool may_keep_below(std::string_view path) const;
  bool empty() const noexcept { return m_rules.empty() && m_left_out.empty(); }
  /// `path`, and all below, is ignored from now on, whatever the rules say.
  void leave_out(std::string path) { m_left_out.push_back(std::move(path)); }

 private:
  struct Rule {
    Pattern pattern;
    bool keeps;                  ///< written with "!"
    std::string literal_prefix;  ///< the segments before the first special character
  };
  bool is_left_out(std::string_view path) const;

  std::vector<Rule> m_rules;
  std::vector<std::string> m_left_out;
};

}  // namespace pinnace::text
