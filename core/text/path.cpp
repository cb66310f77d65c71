#include "text/path.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "base/path_parts.hpp"
#include "text/suggest.hpp"

namespace pinnace::text {

namespace {

[[noreturn]] void refuse(std::string_view path, std::string_view what, std::string_view expected) {
  throw base::Error(base::ErrorCode::invalid_input,
                    std::string(what) + " " + quote(path) + ": expected " + std::string(expected));
}

void check_segments(std::string_view path, std::string_view what, std::string_view expected) {
  static constexpr std::size_t k_max_path = 4096;  // PATH_MAX
  const std::vector<std::string_view> segments = base::path_parts(path);
  const bool leaves = std::find(segments.begin(), segments.end(), "..") != segments.end();
  if (leaves || path.find('\0') != std::string_view::npos || path.size() >= k_max_path) {
    refuse(path, what, expected);
  }
}

}  // namespace

std::string clean_path(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> kept;
  for (const std::string_view segment : base::path_parts(path)) {
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (!absolute) {
      kept.push_back(segment);
    }
  }
  std::string clean;
  for (const std::string_view segment : kept) {
    if (absolute || !clean.empty()) clean += '/';
    clean += segment;
  }
  if (clean.empty()) clean = absolute ? "/" : ".";
  return clean;
}

std::string relative_path(std::string_view path, std::string_view what) {
  static constexpr std::string_view k_expected = "a relative path within the context, without ..";
  if (path.empty() || path.front() == '/') refuse(path, what, k_expected);
  check_segments(path, what, k_expected);
  return clean_path(path);
}

std::string absolute_path(std::string_view path, std::string_view what) {
  static constexpr std::string_view k_expected = "an absolute path, without ..";
  if (!path.starts_with('/')) refuse(path, what, k_expected);
  check_segments(path, what, k_expected);
  return clean_path(path);
}

}  // namespace pinnace::text
