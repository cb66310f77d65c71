#include "containerfile/lines.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "base/utf8.hpp"
#include "containerfile/text.hpp"

namespace pinnace::containerfile {

namespace {

bool is_comment(std::string_view line) {
  return trim_left(line).starts_with('#');
}

std::string_view without_newline(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// UTF-8 characters in `text`: every byte that does not continue one.
int characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(),
                                        [](char c) { return !base::continues_character(c); }));
}

std::string without_tabs(std::string_view content) {
  std::string result;
  bool at_start = true;
  for (const char c : content) {
    if (at_start && c == '\t') continue;
    result += c;
    at_start = c == '\n';
  }
  return result;
}

}  // namespace

Position LogicalLine::at(std::size_t offset) const {
  if (m_pieces.empty()) return {m_file, 0, 0};
  offset = std::min(offset, m_text.size());
  const auto after = std::upper_bound(
      m_pieces.begin(), m_pieces.end(), offset,
      [](std::size_t wanted, const Piece& piece) { return wanted < piece.offset; });
  const Piece& piece = after == m_pieces.begin() ? m_pieces.front() : *(after - 1);
  const std::string_view before =
      std::string_view(m_text).substr(piece.offset, offset - piece.offset);
  return {m_file, piece.line, piece.column + characters(before)};
}

LogicalLine LogicalLine::from(std::size_t offset) const {
  LogicalLine rest(m_file);
  rest.m_text = m_text.substr(std::min(offset, m_text.size()));
  const Position start = at(offset);
  rest.m_pieces.push_back({0, start.line, start.column});
  for (const Piece& piece : m_pieces) {
    if (piece.offset > offset)
      rest.m_pieces.push_back({piece.offset - offset, piece.line, piece.column});
  }
  return rest;
}

void LogicalLine::append(std::string_view text, int line, int column) {
  m_pieces.push_back({m_text.size(), line, column});
  m_text += text;
}

LineReader::LineReader(std::string_view text, std::string file)
    : m_rest(text), m_file(std::move(file)) {
  if (text.size() > k_max_text) {
    throw base::Error(base::ErrorCode::invalid_input, m_file + ": larger than 4 MiB");
  }
  if (m_rest.starts_with("\xEF\xBB\xBF")) m_rest.remove_prefix(3);
}

std::string_view LineReader::take_line() {
  const std::size_t end = m_rest.find('\n');
  const std::string_view line = m_rest.substr(0, end == std::string_view::npos ? end : end + 1);
  m_rest.remove_prefix(line.size());
  ++m_line;
  return line;
}

bool LineReader::read_directive(std::string_view line) {
  if (!line.starts_with('#')) return false;
  line = trim(line.substr(1));
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return false;
  Directive directive{lower(trim(line.substr(0, equals))),
                      std::string(trim(line.substr(equals + 1))),
                      {m_file, m_line, 1}};
  static constexpr std::array<std::string_view, 3> k_known = {"syntax", "escape", "check"};
  const bool known = std::find(k_known.begin(), k_known.end(), directive.name) != k_known.end();
  if (!known || directive.value.empty()) return false;
  for (const Directive& earlier : m_directives) {
    if (earlier.name == directive.name)
      text::fail_at(directive.position, "the directive " + directive.name + " is here twice");
  }
  if (directive.name == "escape") {
    if (directive.value != "\\" && directive.value != "`") {
      text::fail_at(directive.position,
                    "escape " + base::quote(directive.value) + ": expected \\ or `");
    }
    m_escape = directive.value.front();
  }
  m_directives.push_back(std::move(directive));
  return true;
}

/// An escape character at the end continues the line, unless another one stands before it.
bool LineReader::cut_continuation(std::string_view& line) const {
  const std::size_t last = line.find_last_not_of(" \t");
  if (last == std::string_view::npos || line[last] != m_escape) return false;
  if (last > 0 && line[last - 1] == m_escape) return false;
  line = line.substr(0, last);
  return true;
}

bool LineReader::next(LogicalLine& line) {
  m_comment.clear();
  while (!m_rest.empty()) {
    const std::string_view raw = without_newline(take_line());
    std::string_view text = trim_left(raw);
    m_in_directives = m_in_directives && read_directive(text);
    if (m_in_directives) continue;
    if (text.empty() || is_comment(text)) {
      m_comment = text.empty() ? "" : trim(text.substr(1));
      continue;
    }
    line = LogicalLine(m_file);
    m_blank_continuation = false;
    bool continues = cut_continuation(text);
    line.append(text, m_line, characters(raw.substr(0, raw.size() - trim_left(raw).size())) + 1);
    while (continues && !m_rest.empty()) {
      text = without_newline(take_line());
      if (is_comment(text)) continue;
      if (trim_left(text).empty()) {
        m_blank_continuation = true;
        continue;
      }
      continues = cut_continuation(text);
      line.append(text, m_line, 1);
    }
    if (!trim(line.text()).empty()) return true;
  }
  return false;
}

void LineReader::read_body(Heredoc& heredoc, const Position& position) {
  std::string content;
  while (!m_rest.empty()) {
    const std::string_view raw = take_line();
    std::string_view end = without_newline(raw);
    if (heredoc.strip_tabs) end.remove_prefix(std::min(end.find_first_not_of('\t'), end.size()));
    if (end == heredoc.name) {
      heredoc.content = heredoc.strip_tabs ? without_tabs(content) : std::move(content);
      return;
    }
    content += raw;
  }
  text::fail_at(position, "the here-document " + base::quote(heredoc.name) +
                              " has no end: expected a line that is only its name");
}

}  // namespace pinnace::containerfile
