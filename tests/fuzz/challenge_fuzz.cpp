#include <cstdint>
#include <cstdlib>

#include "registry/challenge.hpp"
#include "registry/paging.hpp"
#include "registry/scopes.hpp"

/// What a registry says in WWW-Authenticate and Link: never an error, always bounded.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto challenges = pinnace::registry::parse_challenges(text);
  if (challenges.size() > 16) std::abort();
  for (const auto& challenge : challenges) {
    if (challenge.parameters.size() > 32) std::abort();
    for (const auto& [name, value] : challenge.parameters) {
      const auto scopes = pinnace::registry::Scopes::parse(value);
      if (!scopes.covers(scopes)) std::abort();
    }
  }
  pinnace::registry::next_link(text);
  return 0;
}
