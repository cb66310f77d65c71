#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pinnace::textdiff {

/// Larger files have no unified diff.
inline constexpr std::size_t k_max_text_file = 64 * 1024;

/// Whether bytes are a text that people read: UTF-8 without control characters but those that part
/// lines and columns.
bool is_plain_text(std::string_view bytes);

/// What turns one text into another as lines of "diff -u" without its first two, with three lines
/// around each change; each line is base::printable(). nullopt: one of them is no plain text, is
/// too large, or too much differs to be worth reading.
std::optional<std::string> unified_diff(std::string_view from, std::string_view to);

}  // namespace pinnace::textdiff
