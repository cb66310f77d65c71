#include <algorithm>
#include <string_view>

#include "report/writers.hpp"

namespace pinnace::report {

namespace {

/// The most backticks in a row.
std::size_t longest_run(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

/// As code, which has no markup in it (CommonMark, 6.1).
std::string code(const std::string& text) {
  if (text.empty()) return text;
  const std::string fence(longest_run(text) + 1, '`');
  const bool needs_space =
      text.front() == '`' || text.back() == '`' || (text.front() == ' ' && text.back() == ' ');
  const std::string space = needs_space ? " " : "";
  return fence + space + text + space + fence;
}

std::string fenced(const std::string& block) {
  constexpr std::size_t k_least = 3;
  const std::string fence(std::max(k_least, longest_run(block) + 1), '`');
  std::string text = "\n  " + fence + "diff\n";
  std::string_view rest = block;
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.find('\n'), rest.size() - 1) + 1;
    text += "  ";
    text += rest.substr(0, size);
    rest.remove_prefix(size);
  }
  return text + "  " + fence + "\n\n";
}

void add(std::string& text, const Item& item) {
  text += "-";
  if (!item.label.empty()) text += " " + item.label;
  if (!item.name.empty()) text += " " + code(item.name);
  if (!item.said.empty()) text += " " + code(item.said);
  text += "\n";
  for (const std::string& detail : item.details) text += "  - " + code(detail) + "\n";
  if (!item.block.empty()) text += fenced(item.block);
}

}  // namespace

std::string as_markdown(const Outline& outline) {
  std::string text = "## " + outline.title + "\n\n";
  for (const Item& image : outline.images) add(text, image);
  for (const Platform& platform : outline.platforms) {
    text += "\n### " + code(platform.title) + "\n";
    for (const Section& section : platform.sections) {
      text += "\n**" + section.title + "**" +
              (section.summary.empty() ? "" : ": " + section.summary) + "\n\n";
      for (const Item& item : section.items) add(text, item);
    }
  }
  return text;
}

}  // namespace pinnace::report
