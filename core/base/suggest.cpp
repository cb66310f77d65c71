#include "base/suggest.hpp"

#include <algorithm>
#include <array>

#include "base/quote.hpp"

namespace pinnace::base {

namespace {

/// Texts longer than this are not worth a guess.
constexpr std::size_t k_max_word = 64;

std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) rows[1][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(rows[0], rows[1]);
    std::swap(rows[1], rows[2]);
    // rows[2]: two lines up, rows[0]: the line above, rows[1]: this one.
    rows[1][0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = rows[0][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      rows[1][j] = std::min({rows[0][j] + 1, rows[1][j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) rows[1][j] = std::min(rows[1][j], rows[2][j - 2] + 1);
    }
  }
  return rows[1][b.size()];
}

std::string list(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

}  // namespace

std::string_view nearest(std::string_view written,
                         const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t best_distance = k_max_word;
  if (written.empty() || written.size() > k_max_word) return best;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > k_max_word) continue;
    const std::size_t longer = std::max(written.size(), candidate.size());
    const std::size_t here = distance(written, candidate);
    const bool near = here < longer && here <= std::max<std::size_t>(1, longer / 3);
    if (near && here < best_distance) {
      best = candidate;
      best_distance = here;
    }
  }
  return best;
}

std::string suggestion(std::string_view written, const std::vector<std::string_view>& candidates) {
  const std::string_view near = nearest(written, candidates);
  if (!near.empty()) return ", did you mean " + quote(near) + "?";
  if (candidates.empty()) return "; there are none";
  return "; known are " + list(candidates);
}

}  // namespace pinnace::base
