#include "cli/output/text.hpp"

#include <array>
#include <cstdio>
#include <iostream>
#include <sstream>

#include "base/shown.hpp"
#include "json/json.hpp"

namespace pinnace::cli {

void print_lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) std::cout << base::printable(line) << '\n';
}

void print_json(const nlohmann::json& json) {
  std::cout << json::dump_replacing(json) << '\n';
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string human_size(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> k_units = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < k_units.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, k_units[unit]);
  return text.data();
}

}  // namespace pinnace::cli
