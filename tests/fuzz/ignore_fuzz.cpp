#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "text/glob.hpp"
#include "text/ignore.hpp"

namespace {

using namespace pinnace;

/// A directory that a walk leaves out must hold nothing that the rules keep.
void check_walk(const text::Ignore& ignore, const std::string& path) {
  if (ignore.ignores(path)) return;
  for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
    if (!ignore.may_keep_below(path.substr(0, at))) std::abort();
  }
}

/// All that a glob matches is below its prefix.
void check_glob(const text::Glob& glob, const std::string& path) {
  const std::string& prefix = glob.literal_prefix();
  if (!glob.matches(path) || prefix.empty() || path == prefix) return;
  if (!path.starts_with(prefix + "/")) std::abort();
}

/// Relative and clean, as the matchers expect.
std::string clean(std::string_view text) {
  std::string path;
  for (const char c : text.substr(0, 200)) {
    const bool doubled = c == '/' && (path.empty() || path.back() == '/');
    if (c != '\0' && !doubled) path += c;
  }
  while (path.ends_with('/')) path.pop_back();
  return path.empty() ? "a" : path;
}

}  // namespace

/// The path, a NUL, then the rules.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  const std::string path = clean(input.substr(0, end));
  const std::string_view rules = end == input.npos ? input : input.substr(end + 1);
  try {
    check_walk(text::Ignore::parse(rules, "fuzz"), path);
  } catch (const base::Error&) {
  }
  try {
    check_glob(text::Glob(rules), path);
  } catch (const base::Error&) {
  }
  return 0;
}
