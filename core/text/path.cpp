#include "text/path.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "text/path_parts.hpp"

namespace pinnace::text {

namespace {

[[noreturn]] void refuse(std::string_view path, std::string_view what, std::string_view expected) {
  throw base::Error(base::ErrorCode::invalid_input, std::string(what) + " " + base::quote(path) +
                                                        ": expected " + std::string(expected));
}

bool has_nul(std::string_view path) {
  return path.find('\0') != std::string_view::npos;
}

bool leads_up(const std::vector<std::string_view>& parts) {
  return std::find(parts.begin(), parts.end(), "..") != parts.end();
}

std::string join(const std::vector<std::string_view>& parts) {
  std::string path;
  for (const std::string_view part : parts) {
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

void check_parts(std::string_view path, std::string_view what, std::string_view expected) {
  static constexpr std::size_t k_max_path = 4096;  // PATH_MAX
  if (leads_up(text::path_parts(path)) || has_nul(path) || path.size() >= k_max_path)
    refuse(path, what, expected);
}

}  // namespace

std::string clean_path(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> kept;
  for (const std::string_view part : text::path_parts(path)) {
    if (part != "..") {
      kept.push_back(part);
    } else if (!kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (!absolute) {
      kept.push_back(part);
    }
  }
  if (absolute) return "/" + join(kept);
  return kept.empty() ? "." : join(kept);
}

std::string rooted_path(std::string_view path) {
  if (has_nul(path)) throw base::Error(base::ErrorCode::invalid_input, "a path has a NUL byte");
  return clean_path("/" + std::string(path)).substr(1);
}

std::string relative_path(std::string_view path, std::string_view what) {
  static constexpr std::string_view k_expected = "a relative path within the context, without ..";
  if (path.empty() || path.front() == '/') refuse(path, what, k_expected);
  check_parts(path, what, k_expected);
  return clean_path(path);
}

std::string absolute_path(std::string_view path, std::string_view what) {
  static constexpr std::string_view k_expected = "an absolute path, without ..";
  if (!path.starts_with('/')) refuse(path, what, k_expected);
  check_parts(path, what, k_expected);
  return clean_path(path);
}

}  // namespace pinnace::text
