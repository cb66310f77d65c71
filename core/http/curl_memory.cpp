#include "http/curl_memory.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/secret.hpp"

namespace pinnace::http {

namespace {

// All memory is malloc()'s: URLs are read before curl is started, in other threads too, and what
// was allocated then is given back here.

void give_back(void* memory) noexcept {
  if (memory == nullptr) return;
  base::wipe(memory, ::malloc_usable_size(memory));
  std::free(memory);
}

/// Never moves what it does not wipe.
void* reallocate(void* memory, std::size_t size) noexcept {
  if (memory == nullptr) return std::malloc(size);
  const std::size_t old = ::malloc_usable_size(memory);
  void* moved = std::malloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, memory, std::min(old, size));
  give_back(memory);
  return moved;
}

}  // namespace

CURLcode start_curl() noexcept {
  return curl_global_init_mem(CURL_GLOBAL_DEFAULT, std::malloc, give_back, reallocate, ::strdup,
                              std::calloc);
}

}  // namespace pinnace::http
