#include "http/curl_memory.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "base/secret.hpp"

namespace pinnace::http {

namespace {

/// Stands before each piece of memory.
struct alignas(std::max_align_t) Header {
  std::size_t size;
};

Header* header_of(void* memory) noexcept {
  return static_cast<Header*>(memory) - 1;
}

void* allocate(std::size_t size) noexcept {
  if (size > SIZE_MAX - sizeof(Header)) return nullptr;
  auto* header = static_cast<Header*>(std::malloc(sizeof(Header) + size));
  if (header == nullptr) return nullptr;
  header->size = size;
  return header + 1;
}

void give_back(void* memory) noexcept {
  if (memory == nullptr) return;
  base::wipe(memory, header_of(memory)->size);
  std::free(header_of(memory));
}

void* reallocate(void* memory, std::size_t size) noexcept {
  if (memory == nullptr) return allocate(size);
  const std::size_t old = header_of(memory)->size;
  if (size <= old) return memory;
  void* larger = allocate(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, memory, old);
  give_back(memory);
  return larger;
}

char* duplicate(const char* text) noexcept {
  const std::size_t size = std::strlen(text) + 1;
  void* copy = allocate(size);
  if (copy != nullptr) std::memcpy(copy, text, size);
  return static_cast<char*>(copy);
}

void* allocate_zeros(std::size_t count, std::size_t size) noexcept {
  if (size != 0 && count > SIZE_MAX / size) return nullptr;
  void* memory = allocate(count * size);
  if (memory != nullptr) std::memset(memory, 0, count * size);
  return memory;
}

}  // namespace

CURLcode start_curl() noexcept {
  return curl_global_init_mem(CURL_GLOBAL_DEFAULT, allocate, give_back, reallocate, duplicate,
                              allocate_zeros);
}

}  // namespace pinnace::http
