#include <cstdint>
#include <cstdlib>

#include "api/challenge.hpp"
#include "api/paging.hpp"
#include "api/scopes.hpp"
#include "base/error.hpp"

/// What a registry says in WWW-Authenticate and Link: always bounded.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto challenges = pinnace::api::parse_challenges(text);
  if (challenges.size() > 16) std::abort();
  for (const auto& challenge : challenges) {
    if (challenge.parameters.size() > 32) std::abort();
    for (const auto& [name, value] : challenge.parameters) {
      const auto scopes = pinnace::api::Scopes::parse(value);
      if (!scopes.covers(scopes)) std::abort();
    }
  }
  try {
    pinnace::api::next_link({text});
  } catch (const pinnace::base::Error&) {  // two pages, or what is no list of links
  }
  return 0;
}
