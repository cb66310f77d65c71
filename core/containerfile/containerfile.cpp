#include "containerfile/containerfile.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "containerfile/reader.hpp"
#include "containerfile/text.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "text/utf8.hpp"

namespace pinnace::containerfile {

namespace {

/// More are refused: no person writes so many, and each costs.
constexpr std::size_t k_max_instructions = 50'000;
constexpr std::size_t k_max_stages = 1000;

/// RUN, COPY and ADD may have here-documents, also as triggers of ONBUILD.
bool takes_heredocs(std::string_view text) {
  const auto take_keyword = [&] {
    text = trim_left(text);
    const std::string_view keyword = text.substr(0, text.find_first_of(k_spaces));
    text.remove_prefix(keyword.size());
    return upper(keyword);
  };
  std::string keyword = take_keyword();
  if (keyword == "ONBUILD") keyword = take_keyword();
  return keyword == "RUN" || keyword == "COPY" || keyword == "ADD";
}

/// Reads one instruction after the other.
class Parser {
 public:
  Parser(std::string_view text, const std::string& file) : m_lines(text, file), m_line(file) {}

  std::optional<Instruction> next();
  const LineReader& lines() const noexcept { return m_lines; }

 private:
  LineReader m_lines;
  LogicalLine m_line;
};

std::optional<Instruction> Parser::next() {
  if (!m_lines.next(m_line)) return std::nullopt;
  const bool blank = m_lines.had_blank_continuation();
  std::string comment = m_lines.comment();
  std::vector<Heredoc> files;
  if (takes_heredocs(m_line.text())) files = find_heredocs(m_line.text());
  for (Heredoc& file : files) m_lines.read_body(file, m_line.at(0));
  InstructionReader reader(m_line, std::move(files), m_lines.escape());
  Instruction instruction = read_instruction(reader, m_line);
  instruction.blank_continuation = blank;
  instruction.comment = std::move(comment);
  return instruction;
}

void add(Containerfile& parsed, Instruction instruction) {
  if (const From* from = std::get_if<From>(&instruction.command)) {
    if (parsed.stages.size() == k_max_stages)
      text::fail_at(instruction.position, "more than 1,000 stages");
    Stage stage{*from, std::move(instruction), {}};
    parsed.stages.push_back(std::move(stage));
  } else if (!parsed.stages.empty()) {
    parsed.stages.back().instructions.push_back(std::move(instruction));
  } else if (std::holds_alternative<Arg>(instruction.command)) {
    parsed.arguments.push_back(std::move(instruction));
  } else {
    text::fail_at(instruction.position, "expected FROM before " + upper(instruction.keyword) +
                                            "; only ARG may stand above it");
  }
}

/// No frontend is loaded, so only that of the language that is read here can be meant, or a copy of
/// it: "docker/dockerfile:1", "mirror.example/docker/dockerfile-upstream:master-labs".
void check_syntax(const Directive& directive) {
  const std::string_view value = directive.value;
  const std::string_view name = value.substr(value.rfind('/') + 1);
  if (name.substr(0, name.find_first_of(":@")).find("dockerfile") == std::string_view::npos)
    text::fail_at(directive.position,
                  "syntax=" + directive.value +
                      " is another language, expected docker/dockerfile or a copy of it",
                  base::ErrorCode::unsupported);
}

}  // namespace

std::optional<std::size_t> Containerfile::find_stage(std::string_view name,
                                                     std::size_t before) const {
  const std::string wanted = lower(name);
  for (std::size_t i = std::min(before, stages.size()); i > 0; --i) {
    if (!wanted.empty() && stages[i - 1].from.name == wanted) return i - 1;
  }
  std::size_t number = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  if (name.empty() || error != std::errc() || stop != end || number >= before) return std::nullopt;
  return number;
}

Containerfile parse_containerfile(std::string_view text, const std::string& file) {
  Containerfile parsed;
  parsed.file = file;
  Parser parser(text, file);
  text::check_utf8(text, file);
  for (std::size_t count = 0; auto instruction = parser.next(); ++count) {
    if (count == k_max_instructions)
      text::fail_at(instruction->position, "more than 50,000 instructions");
    add(parsed, *std::move(instruction));
  }
  if (parsed.stages.empty())
    throw base::Error(base::ErrorCode::invalid_input,
                      file + ": expected FROM, found no instruction");
  parsed.escape = parser.lines().escape();
  parsed.directives = parser.lines().directives();
  for (const Directive& directive : parsed.directives) {
    if (directive.name == "syntax") check_syntax(directive);
  }
  return parsed;
}

Containerfile load_containerfile(const std::filesystem::path& file) {
  files::refuse_link_out(file);
  return parse_containerfile(files::read_file(file, LineReader::k_max_text), file.string());
}

Instruction parse_trigger(std::string_view text, const std::string& origin) {
  Parser parser(text, origin);
  auto instruction = parser.next();
  if (!instruction || std::holds_alternative<From>(instruction->command) ||
      std::holds_alternative<Onbuild>(instruction->command)) {
    throw base::Error(base::ErrorCode::invalid_input,
                      origin + ": expected an instruction that can be a trigger");
  }
  if (const auto second = parser.next())
    text::fail_at(second->position,
                  "a trigger is one instruction, found " + upper(second->keyword) + " after it");
  return *std::move(instruction);
}

bool is_containerfile(const std::filesystem::path& file) {
  const std::string extension = lower(file.extension().string());
  return extension != ".yaml" && extension != ".yml" && extension != ".json";
}

}  // namespace pinnace::containerfile
