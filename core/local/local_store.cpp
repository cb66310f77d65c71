#include "local/local_store.hpp"

#include <algorithm>

namespace pinnace::local {

std::filesystem::path LocalStore::at(Part part) const {
  const auto info = std::find_if(k_parts.begin(), k_parts.end(),
                                 [&](const PartInfo& one) { return one.part == part; });
  return m_directory / info->path;
}

}  // namespace pinnace::local
