#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "container/container.hpp"
#include "oci/execution.hpp"

namespace pinnace::container {

/// What somebody wants of a container's program instead of what its image says.
struct ProgramWishes {
  std::vector<std::string> command;  ///< empty: the image's
  std::map<std::string, std::string> environment;
  std::optional<std::string> user;
  std::optional<std::string> directory;
};

/// Sets the program of a container of an image: arguments, environment, user, directory and stop
/// signal. `image` is for the error: throws invalid_input if there is no program.
void set_program(container::Container& container, const oci::Execution& execution,
                 const ProgramWishes& wishes, const std::string& image);

}  // namespace pinnace::container
