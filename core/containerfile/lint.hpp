#pragma once

#include <string>
#include <vector>

#include "containerfile/containerfile.hpp"
#include "text/ignore.hpp"

namespace pinnace::containerfile {

/// Something that is allowed and probably not meant.
struct Finding {
  std::string rule;  ///< by the name that the Dockerfile reference gives it: "StageNameCasing"
  std::string message;
  Position position;

  /// "Containerfile:3:1: message (StageNameCasing)".
  std::string str() const { return position.str() + ": " + message + " (" + rule + ")"; }
};

/// The checks that need nothing but the text (Dockerfile reference, "Build checks"), in the order
/// of the file.
std::vector<Finding> lint(const Containerfile& file);
/// CopyIgnoredFile: sources of the context that its ignore file leaves out. Sources with variables
/// are not looked at.
std::vector<Finding> lint_ignored(const Containerfile& file, const text::Ignore& ignore);

/// "# check=skip=RULE,RULE;error=true;experimental=RULE": which findings count, and whether one is
/// a failure. Experimental rules count only if they are named, or "all" is.
class CheckSettings {
 public:
  /// Throws invalid_input at the directive.
  explicit CheckSettings(const Containerfile& file);
  bool skips(const std::string& rule) const;
  bool is_error() const noexcept { return m_error; }

 private:
  std::vector<std::string> m_skipped;
  std::vector<std::string> m_experimental;
  bool m_error = false;
};

}  // namespace pinnace::containerfile
