#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/position.hpp"

namespace pinnace::containerfile {

using text::Position;

/// One instruction as it is written, its continuation lines joined, and where each part of it
/// stands in the file.
class LogicalLine {
 public:
  explicit LogicalLine(std::string file) : m_file(std::move(file)) {}

  const std::string& text() const noexcept { return m_text; }
  /// The place in the file of a byte of text(); an offset beyond it gives the last place.
  Position at(std::size_t offset) const;
  /// A part of this line that still knows where it stands.
  LogicalLine from(std::size_t offset) const;
  /// Adds what stands at `line` and `column`, both counted from 1.
  void append(std::string_view text, int line, int column);

 private:
  struct Piece {
    std::size_t offset;
    int line;
    int column;
  };
  std::string m_file;
  std::string m_text;
  std::vector<Piece> m_pieces;
};

/// "# escape=`", "# syntax=...", "# check=...": the only comments that mean something, at the very
/// top of the file.
struct Directive {
  std::string name;  ///< in lower case
  std::string value;
  Position position;
};

/// A here-document of RUN, COPY or ADD.
struct Heredoc {
  std::string name;
  unsigned descriptor = 0;
  bool expand = true;       ///< its word was not quoted: variables in it are replaced
  bool strip_tabs = false;  ///< written <<-
  std::string content;      ///< as in the file, but for stripped tabs

  bool operator==(const Heredoc&) const = default;
};

/// Splits a Containerfile into logical lines. Throws invalid_input "file:line:column: ...".
class LineReader {
 public:
  static constexpr std::size_t k_max_text = std::size_t{4} << 20;

  LineReader(std::string_view text, std::string file);

  /// Reads the next logical line; false at the end. Comments and blank lines are passed over.
  bool next(LogicalLine& line);
  /// Reads the body of a here-document, which starts behind the line that next() gave last.
  void read_body(Heredoc& heredoc, const Position& position);

  const std::vector<Directive>& directives() const noexcept { return m_directives; }
  char escape() const noexcept { return m_escape; }
  /// Whether the line that next() gave last has blank lines within it, which other tools will
  /// refuse one day.
  bool had_blank_continuation() const noexcept { return m_blank_continuation; }
  /// The comment just above the line that next() gave last, without "#": its last line; may be
  /// empty.
  const std::string& comment() const noexcept { return m_comment; }

 private:
  std::string_view take_line();
  bool read_directive(std::string_view line);
  bool cut_continuation(std::string_view& line) const;

  std::string_view m_rest;
  std::string m_file;
  int m_line = 0;  ///< of what take_line() gave last
  char m_escape = '\\';
  bool m_in_directives = true;
  bool m_blank_continuation = false;
  std::string m_comment;
  std::vector<Directive> m_directives;
};

}  // namespace pinnace::containerfile
