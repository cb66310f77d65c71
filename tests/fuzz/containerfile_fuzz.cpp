#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "containerfile/containerfile.hpp"
#include "containerfile/expand.hpp"
#include "containerfile/lint.hpp"

namespace {

using namespace pinnace;
using namespace pinnace::containerfile;

/// Every instruction stands at a place of the file, and in order.
void check_positions(const containerfile::Containerfile& parsed) {
  int line = 0;
  for (const containerfile::Stage& stage : parsed.stages) {
    if (stage.instruction.position.line <= line) std::abort();
    line = stage.instruction.position.line;
    for (const containerfile::Instruction& instruction : stage.instructions) {
      if (instruction.position.line <= line || instruction.position.column < 1) std::abort();
      line = instruction.position.line;
    }
  }
}

void check_expansion(std::string_view text) {
  containerfile::Expander expander(
      [](std::string_view name) { return std::optional<std::string>(name); }, '\\');
  const std::string value = expander.expand(text);
  if (value.size() > text.size() * text.size() + containerfile::Expander::k_max_value) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const containerfile::Containerfile parsed = containerfile::parse_containerfile(text, "fuzz");
    check_positions(parsed);
    (void)containerfile::lint(parsed);
    for (const containerfile::Stage& stage : parsed.stages)
      for (const containerfile::Instruction& instruction : stage.instructions)
        check_expansion(instruction.text);
  } catch (const base::Error&) {
  }
  try {
    check_expansion(text);
  } catch (const base::Error&) {
  }
  return 0;
}
