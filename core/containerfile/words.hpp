#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "containerfile/lines.hpp"

namespace pinnace::containerfile {

/// A piece of an instruction and its offset in the logical line.
struct Word {
  std::string text;
  std::size_t offset = 0;
};

/// "--name=value" in front of an instruction's arguments.
struct Flag {
  std::string name;  ///< without "--"
  std::optional<std::string> value;
  std::size_t offset = 0;
};

/// Takes the leading flags of an instruction whose arguments start at `offset`, quotes taken out,
/// and moves `offset` to what follows them.
std::vector<Flag> take_flags(std::string_view line, std::size_t& offset, char escape);

/// Splits at spaces, as COPY, FROM and EXPOSE do it: quotes mean nothing.
std::vector<Word> split_at_spaces(std::string_view line, std::size_t offset);

/// Splits at spaces outside of quotes, which stay, as do escapes: expanding takes them out. For
/// ENV, LABEL and ARG.
std::vector<Word> split_quoted(std::string_view line, std::size_t offset, char escape);

/// The exec form: a JSON array of strings. nullopt for what is no JSON array, which is the shell
/// form then. Throws invalid_input at `position` for an array that holds something else.
std::optional<std::vector<std::string>> parse_exec_form(std::string_view text,
                                                        const Position& position);

/// The here-documents that a line of RUN, COPY or ADD announces, without their bodies.
std::vector<Heredoc> find_heredocs(std::string_view line);
/// `word` as "<<NAME", "<<-NAME" or "3<<'NAME'"; nullopt if it is none.
std::optional<Heredoc> parse_heredoc(std::string_view word);

}  // namespace pinnace::containerfile
