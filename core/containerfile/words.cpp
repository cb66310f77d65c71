#include "containerfile/words.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "containerfile/text.hpp"
#include "json/json.hpp"

namespace pinnace::containerfile {

namespace {

std::size_t skip_spaces(std::string_view line, std::size_t at) {
  return std::min(line.find_first_not_of(k_spaces, at), line.size());
}

/// Whether quotes and escapes stay in a word.
enum class Quotes { keep, drop };

/// One word that ends at a space outside of quotes; moves `at` behind it. An escape character at
/// the very end is dropped, as is one before a character where quotes are.
std::string take_word(std::string_view line, std::size_t& at, char escape, Quotes quotes) {
  std::string word;
  char quote = '\0';
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (quote == '\0' && is_space(c)) break;
    const bool escapes = c == escape && (quote != '\'' || quotes == Quotes::drop);
    if (escapes) {
      if (++at == line.size()) break;
      if (quotes == Quotes::keep) word += c;
      word += line[at];
      continue;
    }
    const bool opens = quote == '\0' && (c == '"' || c == '\'');
    const bool closes = quote != '\0' && c == quote;
    if (opens) quote = c;
    if (closes) quote = '\0';
    if (quotes == Quotes::keep || (!opens && !closes)) word += c;
  }
  return word;
}

/// Words of a shell's line, quotes kept; spaces between "<<" and a name belong to the word. Empty
/// if a quote has no end: then the shell will say so.
std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  char quote = '\0';
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '\\' && quote != '\'' && at + 1 < line.size()) {
      word += {c, line[++at]};
    } else if (quote == '\0' && c == '<' && line.substr(at).starts_with("<<")) {
      word += "<<";
      for (++at; at + 1 < line.size() && is_space(line[at + 1]); ++at) word += line[at + 1];
    } else if (quote == '\0' && is_space(c)) {
      if (!word.empty()) words.push_back(std::exchange(word, {}));
    } else {
      if (quote == '\0' && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = '\0';
      }
      word += c;
    }
  }
  if (quote != '\0') return {};
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

}  // namespace

std::vector<Flag> take_flags(std::string_view line, std::size_t& offset, char escape) {
  std::vector<Flag> flags;
  for (;;) {
    offset = skip_spaces(line, offset);
    if (!line.substr(offset).starts_with("--")) return flags;
    const std::size_t start = offset;
    const std::string word = take_word(line, offset, escape, Quotes::drop);
    if (word == "--") {
      offset = skip_spaces(line, offset);
      return flags;
    }
    const std::size_t equals = word.find('=');
    Flag flag{word.substr(2, equals == std::string::npos ? equals : equals - 2), {}, start};
    if (equals != std::string::npos) flag.value = word.substr(equals + 1);
    flags.push_back(std::move(flag));
  }
}

std::vector<Word> split_at_spaces(std::string_view line, std::size_t offset) {
  std::vector<Word> words;
  for (offset = skip_spaces(line, offset); offset < line.size();) {
    const std::size_t end = std::min(line.find_first_of(k_spaces, offset), line.size());
    words.push_back({std::string(line.substr(offset, end - offset)), offset});
    offset = skip_spaces(line, end);
  }
  return words;
}

std::vector<Word> split_quoted(std::string_view line, std::size_t offset, char escape) {
  std::vector<Word> words;
  for (offset = skip_spaces(line, offset); offset < line.size();
       offset = skip_spaces(line, offset)) {
    const std::size_t start = offset;
    std::string word = take_word(line, offset, escape, Quotes::keep);
    if (!word.empty()) words.push_back({std::move(word), start});
  }
  return words;
}

std::optional<std::vector<std::string>> parse_exec_form(std::string_view text,
                                                        const Position& position) {
  text = trim(text);
  if (!text.starts_with('[')) return std::nullopt;
  const nlohmann::json array = json::parse_or_null(text);
  if (!array.is_array()) return std::nullopt;
  std::vector<std::string> words;
  for (const nlohmann::json& item : array) {
    if (!item.is_string())
      text::fail_at(position, "the JSON form takes an array of strings and nothing else");
    words.push_back(item.get<std::string>());
  }
  return words;
}

std::optional<Heredoc> parse_heredoc(std::string_view word) {
  Heredoc heredoc;
  std::size_t at = std::min(word.find_first_not_of("0123456789"), word.size());
  if (at > 3 || !word.substr(at).starts_with("<<")) return std::nullopt;
  for (const char digit : word.substr(0, at))
    heredoc.descriptor = heredoc.descriptor * 10 + static_cast<unsigned>(digit - '0');
  at += 2;
  if (word.substr(at).starts_with('-')) {
    heredoc.strip_tabs = true;
    ++at;
  }
  const std::string_view name = trim(word.substr(at));
  if (name.empty() || name.find('<') != std::string_view::npos) return std::nullopt;
  std::size_t end = 0;
  heredoc.name = take_word(name, end, '\\', Quotes::drop);
  if (end != name.size() || heredoc.name.empty()) return std::nullopt;
  heredoc.expand = name.find_first_of("'\"") == std::string_view::npos;
  return heredoc;
}

std::vector<Heredoc> find_heredocs(std::string_view line) {
  std::vector<Heredoc> found;
  if (line.find("<<") == std::string_view::npos) return found;
  for (const std::string& word : shell_words(line)) {
    if (auto heredoc = parse_heredoc(word)) found.push_back(*std::move(heredoc));
  }
  return found;
}

}  // namespace pinnace::containerfile
