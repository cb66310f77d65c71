#pragma once

#include "containerfile/containerfile.hpp"
#include "containerfile/words.hpp"

namespace pinnace::containerfile {

/// One instruction while it is read: its flags are taken one by one, and what nobody took is
/// refused. Throws invalid_input at the place of what is wrong.
class InstructionReader {
 public:
  /// `line` starts with the keyword; `files` are the here-documents that belong to it.
  InstructionReader(const LogicalLine& line, std::vector<Heredoc> files, char escape);

  const std::string& keyword() const noexcept { return m_keyword; }  ///< in upper case
  const std::string& written_keyword() const noexcept { return m_written; }
  Position position() const { return m_line.at(m_start); }
  char escape() const noexcept { return m_escape; }
  std::vector<Heredoc>& files() noexcept { return m_files; }

  std::optional<std::string> text_flag(std::string_view name);
  std::vector<Flag> text_flags(std::string_view name);
  std::optional<bool> boolean_flag(std::string_view name);
  /// Refuses flags that were not taken; `known` is for the suggestion.
  void end_flags(const std::vector<std::string_view>& known) const;

  /// What follows the flags, without spaces around it. Refuses an empty one.
  std::string arguments() const;
  /// As arguments(), but may be empty.
  std::string arguments_or_empty() const;
  Position arguments_position() const { return m_line.at(m_arguments); }
  /// The exec form, or words split at spaces.
  std::vector<std::string> exec_form_or_words() const;
  std::vector<Word> quoted_words() const;
  CommandLine command_line() const;

  Position at(std::size_t offset) const { return m_line.at(offset); }
  [[noreturn]] void fail(const std::string& message) const;
  /// What follows the keyword as a line of its own, for ONBUILD.
  LogicalLine rest() const { return m_line.from(m_arguments); }

 private:
  const LogicalLine& m_line;
  std::vector<Heredoc> m_files;
  char m_escape;
  std::string m_written;
  std::string m_keyword;
  std::size_t m_start = 0;
  std::size_t m_arguments = 0;
  std::vector<Flag> m_flags;
};

/// The instruction that `reader` is at. Throws as parse_containerfile().
Instruction read_instruction(InstructionReader& reader, const LogicalLine& line);

Copy read_copy(InstructionReader& reader);
Run read_run(InstructionReader& reader);
Healthcheck read_healthcheck(InstructionReader& reader);

}  // namespace pinnace::containerfile
