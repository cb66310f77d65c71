#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "definition/definition.hpp"
#include "text/glob.hpp"

namespace {

/// What DESIGN promises of every rule that was accepted: it can't lead out of context or image.
bool is_contained(std::string_view path) {
  const std::string framed = "/" + std::string(path) + "/";
  return framed.find("/../") == std::string::npos && path.find('\0') == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinnace;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    for (const auto& rule : definition::parse_definition(text, "fuzz").artifacts) {
      const std::string from = text::Glob::unescape(rule.from);
      if (!is_contained(from) || from.starts_with('/')) std::abort();
      if (!is_contained(rule.to) || !rule.to.starts_with('/')) std::abort();
    }
  } catch (const base::Error&) {
  }
  return 0;
}
