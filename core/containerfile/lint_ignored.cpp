#include "base/quote.hpp"
#include "containerfile/lint.hpp"
#include "text/path.hpp"

namespace pinnace::containerfile {

namespace {

bool is_of_context(const std::string& source) {
  return source.find('$') == std::string::npos && source.find("://") == std::string::npos &&
         !source.starts_with("git@");
}

}  // namespace

std::vector<Finding> lint_ignored(const Containerfile& file, const text::Ignore& ignore) {
  std::vector<Finding> findings;
  const CheckSettings settings(file);
  if (ignore.empty() || settings.skips("CopyIgnoredFile")) return findings;
  for (const Stage& stage : file.stages) {
    for (const Instruction& instruction : stage.instructions) {
      const Copy* copy = std::get_if<Copy>(&instruction.command);
      if (copy == nullptr || copy->from) continue;
      for (const std::string& source : copy->sources) {
        const std::string path = text::rooted_path(source);
        if (path.empty() || !is_of_context(source) || !ignore.ignores(path) ||
            ignore.may_keep_below(path))
          continue;
        findings.push_back({"CopyIgnoredFile",
                            base::quote(source) + " is left out by the ignore file",
                            instruction.position});
      }
    }
  }
  return findings;
}

}  // namespace pinnace::containerfile
