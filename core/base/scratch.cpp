#include "base/scratch.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>

#include "base/error.hpp"

namespace pinnace::base {

ScratchDirectory::ScratchDirectory(const std::filesystem::path& parent) {
  std::string pattern = (parent / "pinnace-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw_errno(errno, "create a directory in " + parent.string());
  m_path = pattern;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(m_path, ignored);
}

}  // namespace pinnace::base
