#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "yaml/document.hpp"

namespace {

using namespace pinnace;

/// Reads every value in every way; each has a place within the text.
void read_everything(const yaml::Node& node, int depth) {
  const text::Position position = node.position();
  if (position.line < 1 || position.column < 1 || depth > yaml::k_max_depth + 1) std::abort();
  switch (node.kind()) {
    case yaml::Node::Kind::map:
      for (const auto& [key, value] : node.entries()) {
        if (!node.find(key.text())) std::abort();
        read_everything(value, depth + 1);
      }
      return;
    case yaml::Node::Kind::sequence:
      for (const yaml::Node& item : node.items()) read_everything(item, depth + 1);
      return;
    case yaml::Node::Kind::scalar:
    case yaml::Node::Kind::null:
      return;
  }
}

template <class Parse>
void try_parse(std::string_view text, Parse parse) {
  try {
    read_everything(parse(text, "fuzz"), 0);
  } catch (const base::Error& error) {
    // Whatever is wrong is said with its place.
    if (!std::string_view(error.what()).starts_with("fuzz")) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_parse(text, [](auto... arguments) { return yaml::parse(arguments...); });
  try_parse(text, [](auto... arguments) { return yaml::parse_json(arguments...); });
  return 0;
}
