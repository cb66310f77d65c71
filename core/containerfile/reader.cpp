#include "containerfile/reader.hpp"

#include <algorithm>

#include "base/quote.hpp"
#include "base/suggest.hpp"
#include "containerfile/text.hpp"

namespace pinnace::containerfile {

InstructionReader::InstructionReader(const LogicalLine& line, std::vector<Heredoc> files,
                                     char escape)
    : m_line(line), m_files(std::move(files)), m_escape(escape) {
  const std::string_view text = line.text();
  m_start = std::min(text.find_first_not_of(k_spaces), text.size());
  m_arguments = std::min(text.find_first_of(k_spaces, m_start), text.size());
  m_written = std::string(text.substr(m_start, m_arguments - m_start));
  m_keyword = upper(m_written);
  m_flags = take_flags(text, m_arguments, escape);
}

void InstructionReader::fail(const std::string& message) const {
  text::fail_at(position(), m_keyword + ": " + message);
}

std::vector<Flag> InstructionReader::text_flags(std::string_view name) {
  std::vector<Flag> found;
  for (const Flag& flag : m_flags) {
    if (flag.name != name) continue;
    if (!flag.value)
      text::fail_at(at(flag.offset), "--" + flag.name + " needs a value: --" + flag.name + "=...");
    found.push_back(flag);
  }
  std::erase_if(m_flags, [&](const Flag& flag) { return flag.name == name; });
  return found;
}

std::optional<std::string> InstructionReader::text_flag(std::string_view name) {
  const std::vector<Flag> found = text_flags(name);
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) text::fail_at(at(found[1].offset), "--" + found[1].name + " is here twice");
  return found.front().value;
}

std::optional<bool> InstructionReader::boolean_flag(std::string_view name) {
  for (Flag& flag : m_flags) {
    if (flag.name == name && !flag.value) flag.value = "true";
  }
  const std::vector<Flag> found = text_flags(name);
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) text::fail_at(at(found[1].offset), "--" + found[1].name + " is here twice");
  const std::string value = lower(*found.front().value);
  if (value == "true") return true;
  if (value == "false") return false;
  text::fail_at(at(found.front().offset),
                "--" + found.front().name + "=" + value + ": expected true or false");
}

void InstructionReader::end_flags(const std::vector<std::string_view>& known) const {
  if (m_flags.empty()) return;
  const Flag& flag = m_flags.front();
  const std::string hint = known.empty() ? "" : base::suggestion(flag.name, known);
  text::fail_at(at(flag.offset),
                m_keyword + " has no flag " + base::quote("--" + flag.name) + hint);
}

std::string InstructionReader::arguments_or_empty() const {
  return std::string(trim(std::string_view(m_line.text()).substr(m_arguments)));
}

std::string InstructionReader::arguments() const {
  std::string text = arguments_or_empty();
  if (text.empty()) fail("expected an argument");
  return text;
}

std::vector<std::string> InstructionReader::exec_form_or_words() const {
  if (auto words = parse_exec_form(arguments_or_empty(), arguments_position()))
    return *std::move(words);
  std::vector<std::string> words;
  for (Word& word : split_at_spaces(m_line.text(), m_arguments))
    words.push_back(std::move(word.text));
  return words;
}

std::vector<Word> InstructionReader::quoted_words() const {
  return split_quoted(m_line.text(), m_arguments, m_escape);
}

CommandLine InstructionReader::command_line() const {
  std::string text = arguments_or_empty();
  if (auto words = parse_exec_form(text, arguments_position())) return {true, *std::move(words)};
  return {false, text.empty() ? std::vector<std::string>{} : std::vector{std::move(text)}};
}

}  // namespace pinnace::containerfile
