#include "textdiff/unified.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/shown.hpp"
#include "base/utf8.hpp"

namespace pinnace::textdiff {

namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t k_around = 3;
constexpr int k_max_changes = 400;  ///< lines that are added or removed
constexpr std::size_t k_max_lines = 4000;

struct Line {
  char sign = ' ';
  std::string_view text;
};

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

/// Eugene W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986): the furthest points
/// of each number of changes, from which the way back is found.
class Myers {
 public:
  Myers(const Lines& from, const Lines& to) : m_from(from), m_to(to) {}

  std::optional<std::vector<Line>> script() {
    for (int changes = 0; changes <= k_max_changes; ++changes) {
      m_rounds.push_back(round(changes));
      if (m_is_done) return way_back(changes);
    }
    return std::nullopt;
  }

 private:
  /// x of each diagonal -changes-1 ... changes+1, whose y is x - diagonal.
  using Round = std::vector<int>;

  static int& at(Round& round, int diagonal) {
    return round[static_cast<std::size_t>(diagonal + static_cast<int>(round.size() / 2))];
  }
  bool goes_down(int changes, int diagonal) {
    if (diagonal == -changes) return true;
    if (diagonal == changes) return false;
    Round& before = m_rounds[static_cast<std::size_t>(changes - 1)];
    return at(before, diagonal - 1) < at(before, diagonal + 1);
  }
  int start_of(int changes, int diagonal) {
    if (changes == 0) return 0;
    Round& before = m_rounds[static_cast<std::size_t>(changes - 1)];
    return goes_down(changes, diagonal) ? at(before, diagonal + 1) : at(before, diagonal - 1) + 1;
  }
  Round round(int changes) {
    Round now(static_cast<std::size_t>(2 * changes + 3));
    const int from_size = static_cast<int>(m_from.size());
    const int to_size = static_cast<int>(m_to.size());
    for (int diagonal = -changes; diagonal <= changes && !m_is_done; diagonal += 2) {
      int x = start_of(changes, diagonal);
      while (x < from_size && x - diagonal < to_size && x - diagonal >= 0 &&
             m_from[static_cast<std::size_t>(x)] == m_to[static_cast<std::size_t>(x - diagonal)])
        ++x;
      at(now, diagonal) = x;
      m_is_done = x >= from_size && x - diagonal >= to_size;
    }
    return now;
  }
  std::vector<Line> way_back(int changes) {
    std::vector<Line> lines;
    int x = static_cast<int>(m_from.size());
    int y = static_cast<int>(m_to.size());
    for (; changes > 0; --changes) {
      const int diagonal = x - y;
      const bool down = goes_down(changes, diagonal);
      const int start = start_of(changes, diagonal);
      for (; x > start; --x, --y) lines.push_back({' ', m_from[static_cast<std::size_t>(x - 1)]});
      if (down) {
        lines.push_back({'+', m_to[static_cast<std::size_t>(--y)]});
      } else {
        lines.push_back({'-', m_from[static_cast<std::size_t>(--x)]});
      }
    }
    for (; x > 0; --x) lines.push_back({' ', m_from[static_cast<std::size_t>(x - 1)]});
    std::reverse(lines.begin(), lines.end());
    return lines;
  }

  const Lines& m_from;
  const Lines& m_to;
  std::vector<Round> m_rounds;
  bool m_is_done = false;
};

/// "3,7": the lines from the third on, seven of them; of none, the line before.
std::string range(std::size_t before, std::size_t count) {
  return std::to_string(count == 0 ? before : before + 1) +
         (count == 1 ? "" : "," + std::to_string(count));
}

std::string written(const Line& line) {
  const bool ends = line.text.ends_with('\n');
  const std::string_view text = line.text.substr(0, line.text.size() - (ends ? 1 : 0));
  return line.sign + base::printable(text) + "\n" + (ends ? "" : "\\ No newline at end of file\n");
}

/// The end of what is shown together with the change at `at`.
std::size_t end_of_hunk(const std::vector<Line>& script, std::size_t at) {
  std::size_t end = at;
  for (std::size_t i = at; i < script.size() && i <= end + 2 * k_around; ++i) {
    if (script[i].sign != ' ') end = i;
  }
  return std::min(end + 1 + k_around, script.size());
}

std::string hunks_of(const std::vector<Line>& script) {
  std::string text;
  std::size_t from = 0;
  std::size_t to = 0;
  for (std::size_t at = 0; at < script.size();) {
    const auto next = std::find_if(script.begin() + static_cast<std::ptrdiff_t>(at), script.end(),
                                   [](const Line& line) { return line.sign != ' '; });
    const auto change = static_cast<std::size_t>(next - script.begin());
    if (change == script.size()) break;
    const std::size_t begin = std::max(at, change - std::min(change, k_around));
    from += begin - at;
    to += begin - at;
    const std::size_t end = end_of_hunk(script, change);
    std::string lines;
    std::size_t removed = 0;
    std::size_t added = 0;
    for (std::size_t i = begin; i < end; ++i) {
      removed += script[i].sign != '+' ? 1 : 0;
      added += script[i].sign != '-' ? 1 : 0;
      lines += written(script[i]);
    }
    text += "@@ -" + range(from, removed) + " +" + range(to, added) + " @@\n" + lines;
    from += removed;
    to += added;
    at = end;
  }
  return text;
}

}  // namespace

bool is_plain_text(std::string_view bytes) {
  constexpr unsigned char k_space = 0x20;
  while (!bytes.empty()) {
    const auto c = static_cast<unsigned char>(bytes.front());
    if (c == 0x7F || (c < k_space && c != '\n' && c != '\t' && c != '\r')) return false;
    const std::size_t size = base::first_character(bytes).size;
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

std::optional<std::string> unified_diff(std::string_view from, std::string_view to) {
  if (from.size() > k_max_text_file || to.size() > k_max_text_file) return std::nullopt;
  if (!is_plain_text(from) || !is_plain_text(to)) return std::nullopt;
  const Lines left = lines_of(from);
  const Lines right = lines_of(to);
  if (left.size() > k_max_lines || right.size() > k_max_lines) return std::nullopt;
  const auto script = Myers(left, right).script();
  if (!script) return std::nullopt;
  return hunks_of(*script);
}

}  // namespace pinnace::textdiff
