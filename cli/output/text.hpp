#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace pinnace::cli {

/// Prints to stdout what is for people. It may come from anybody, as the configuration of an image
/// does: each stays one line, and steers no terminal (base::printable()).
void print_lines(const std::vector<std::string>& lines);
/// Prints to stdout what is for programs, on one line.
void print_json(const nlohmann::json& json);

/// The lines of a text, without their ends.
std::vector<std::string> lines_of(const std::string& text);

/// "12.3 MB".
std::string human_size(std::uint64_t bytes);

}  // namespace pinnace::cli
