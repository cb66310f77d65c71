#include "frontend/ignore.hpp"

#include "base/error.hpp"
#include "files/file.hpp"
#include "files/look.hpp"

namespace pinnace::frontend {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_ignore_file = std::size_t{1} << 20;

}  // namespace

text::Ignore load_dockerignore(const std::filesystem::path& containerfile,
                               const files::Directory& context) {
  const std::filesystem::path beside = containerfile.string() + ".dockerignore";
  if (const auto text = files::read_file_if_any(beside, k_max_ignore_file))
    return text::Ignore::parse(*text, beside.string());
  const std::string shown = (context.path() / ".dockerignore").string();
  try {
    return text::Ignore::parse(
        files::read_file(context.open(".dockerignore", files::Directory::Links::follow), shown,
                         k_max_ignore_file),
        shown);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
  }
  return {};
}

}  // namespace pinnace::frontend
