#include "spec/host_file.hpp"

#include "base/error.hpp"
#include "files/file.hpp"

namespace pinnace::spec {

std::string read_host_file(const std::string& path) {
  constexpr std::size_t k_limit = std::size_t{1} << 20;
  try {
    return files::read_file(path, k_limit);
  } catch (const base::Error& error) {
    if (error.code() == base::ErrorCode::not_found) return {};
    throw;
  }
}

}  // namespace pinnace::spec
