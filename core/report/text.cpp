#include <algorithm>

#include "report/writers.hpp"

namespace pinnace::report {

namespace {

void add_block(std::string& text, std::string_view block, const std::string& indent) {
  while (!block.empty()) {
    const std::size_t size = std::min(block.find('\n'), block.size() - 1) + 1;
    text += indent;
    text += block.substr(0, size);
    block.remove_prefix(size);
  }
}

void add(std::string& text, const Item& item, const std::string& indent) {
  constexpr std::size_t k_label = 9;
  std::string label = item.label;
  if (!label.empty()) label.resize(std::max(label.size() + 1, k_label), ' ');
  text += indent + label + item.name + (item.name.empty() || item.said.empty() ? "" : "  ") +
          item.said + "\n";
  for (const std::string& detail : item.details) text += indent + "  " + detail + "\n";
  add_block(text, item.block, indent + "  | ");
}

}  // namespace

std::string as_text(const Outline& outline) {
  std::string text = outline.title + "\n";
  for (const Item& image : outline.images) add(text, image, "  ");
  for (const Platform& platform : outline.platforms) {
    text += "\n" + platform.title + "\n";
    for (const Section& section : platform.sections) {
      text += "  " + section.title + (section.summary.empty() ? "" : ": " + section.summary) + "\n";
      for (const Item& item : section.items) add(text, item, "    ");
    }
  }
  return text;
}

}  // namespace pinnace::report
