#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "config/credentials.hpp"
#include "config/docker_config.hpp"

namespace {

using namespace pinnace;

template <class Parse>
void try_parse(Parse parse) {
  try {
    parse();
  } catch (const base::Error& error) {
    if (!std::string_view(error.what()).starts_with("fuzz")) std::abort();
  }
}

void read_docker_config(std::string_view text) {
  const config::DockerConfig config = config::DockerConfig::parse(text, "fuzz");
  for (const auto& [key, entry] : config.auths) {
    const auto* credentials = std::get_if<config::Credentials>(&entry);
    if (credentials == nullptr) continue;  // broken, which is an error for its registry only
    if (credentials->empty()) std::abort();
    if (key.find('/') == std::string::npos && !config.find(key, "a/b")) std::abort();
  }
  for (const auto& helper : config.helpers) {
    try_parse([&] {
      if (config.helper_for(helper.first).find('/') != std::string::npos) std::abort();
    });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_parse([&] { read_docker_config(text); });
  try_parse([&] {
    config::StaticCredentials::parse(text, "fuzz").find({}, "registry.test", "shop/web");
  });
  return 0;
}
