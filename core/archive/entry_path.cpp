#include "archive/entry_path.hpp"

#include "base/error.hpp"
#include "base/quote.hpp"
#include "text/path_parts.hpp"

namespace pinnace::archive {

namespace {

[[noreturn]] void refuse(std::string_view path, const char* fault) {
  throw base::Error(base::ErrorCode::invalid_input, "path \"" + base::shown(path) + "\" " + fault);
}

}  // namespace

std::string entry_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) refuse(path, "holds a NUL byte");
  std::string clean;
  for (const std::string_view part : text::path_parts(path)) {
    if (part == "..") refuse(path, "leads upwards by \"..\"");
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  return clean;
}

}  // namespace pinnace::archive
