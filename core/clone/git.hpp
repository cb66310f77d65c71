#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "process/process.hpp"

namespace pinnace::clone {

/// The git program in a clone on this machine. What runs in containers may have written the clone's
/// settings, and a stranger its files: no hook and no monitor of the clone runs, git asks nobody
/// and writes nothing, and takes nothing else for a repository than the clone.
class Git {
 public:
  enum class Settings {
    none,     ///< neither the user's nor the system's
    of_user,  ///< whom he trusts as the owner of a repository is one
  };

  /// `root` is files::work_tree_of(). `environment` has PATH, and for the user's settings HOME.
  Git(std::filesystem::path root, const process::Environment& environment, Settings settings);

  /// Runs git to its end. Throws as process::run().
  process::Result run(const base::Context& context, const std::vector<std::string>& arguments,
                      std::size_t output_limit = std::size_t{1} << 20) const;

 private:
  std::filesystem::path m_root;
  process::Environment m_environment;
};

}  // namespace pinnace::clone
