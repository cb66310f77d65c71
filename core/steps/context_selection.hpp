#pragma once

#include <filesystem>
#include <optional>

#include "base/context.hpp"
#include "hash/digest.hpp"
#include "steps/copy_files.hpp"

namespace pinnace::steps {

/// What a COPY takes from the context, wherever it goes: as statuses first, as a digest of
/// contents, modes and attributes when that is asked for.
class ContextSelection {
 public:
  /// Looks, and waits for some milliseconds where a file is so new that a change of it could keep
  /// its status. `origin` must outlive the selection. Throws as collect_copy().
  ContextSelection(const base::Context& context, plan::CopyStep step, CopyOrigin& origin);

  /// A warning, if others may read in the image what they can't on disk.
  void warn_of_opened(const base::Context& context, const std::string& position) const;
  /// Digest of everything that was selected. `memory` is a directory where digests are remembered
  /// by the files' statuses, so that what did not change is not read again.
  hash::Digest digest(const base::Context& context, const std::filesystem::path& memory);
  /// Looks again: whether everything still is what it was when the selection was made.
  bool is_unchanged(const base::Context& context) const;

 private:
  plan::CopyStep m_step;
  CopyOrigin& m_origin;
  tree::FileTree m_tree;
  std::vector<std::string> m_matches;  ///< what each source led to
  bool m_certain = true;               ///< a change of a file would show in its status
};

}  // namespace pinnace::steps
