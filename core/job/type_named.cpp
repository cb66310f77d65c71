#include "job/type_named.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace pinnace::job {

const JobType& type_named(std::string_view name, const std::vector<JobType>& types) {
  const auto found = std::find_if(types.begin(), types.end(),
                                  [&](const JobType& type) { return type.name == name; });
  if (found != types.end()) return *found;
  std::string known;
  for (const JobType& type : types) known += (known.empty() ? "" : ", ") + std::string(type.name);
  throw base::Error(
      base::ErrorCode::invalid_input,
      "unknown job \"" + std::string(name.substr(0, 80)) + "\", expected one of " + known);
}

}  // namespace pinnace::job
