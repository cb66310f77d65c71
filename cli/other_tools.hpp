#pragma once

#include <string_view>

namespace pinnace::cli {

/// The verb of ours that does what other tools call `word`; empty if none is known.
std::string_view verb_for(std::string_view word);

/// What to tell a person who writes an option, or a verb, that other tools have and this one has
/// not: a sentence without its end, or empty. `verb` is ours, or empty where a verb is expected.
std::string_view note_on(std::string_view verb, std::string_view word);

}  // namespace pinnace::cli
