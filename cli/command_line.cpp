#include "cli/command_line.hpp"

#include <algorithm>
#include <string_view>

#include "base/quote.hpp"
#include "base/suggest.hpp"
#include "cli/other_tools.hpp"
#include "cli/verbs/list.hpp"

namespace pinnace::cli {

namespace {

void define_global_options(CLI::App& app, GlobalOptions& global) {
  app.set_version_flag("--version", std::string("pinnace ") + PINNACE_VERSION);
  app.set_help_all_flag("--help-all", "Help of all verbs");
  app.add_option("--store", global.store,
                 "Local store and cache (default: $PINNACE_STORE, else $XDG_CACHE_HOME/pinnace)");
  app.add_option("--registries", global.registries,
                 "Registry settings (default: $XDG_CONFIG_HOME/pinnace/registries.yaml)");
  app.add_flag("--json", global.json, "Print the job's JSON result instead");
  app.add_flag("-q,--quiet", global.quiet, "Only warnings and errors on stderr");
  app.footer(
      "A reference is host[:port]/repo[:tag][@digest], oci:DIR[:tag], oci-archive:FILE[:tag],\n"
      "docker-archive:FILE[:name:tag], env:NAME/image, or sha256:DIGEST of a build without -t.\n"
      "Exit: 0 done, 1 a check says no, 2 bad input, 3 registry, network or disk failed, 130 "
      "cancelled.\n"
      "Credentials are those of docker login: ~/.docker/config.json, $DOCKER_CONFIG, "
      "$REGISTRY_AUTH_FILE.");
}

/// CLI11 lets an option with a list take all words up to the next option.
void take_one_value_each(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) option->allow_extra_args(false);
  }
}

/// "-tX" of "-t=X".
std::string without_equals(std::string word) {
  const bool is_short = word.size() > 3 && word[0] == '-' && word[1] != '-' && word[2] == '=';
  if (is_short) word.erase(2, 1);
  return word;
}

/// "build --help" of "help build".
std::vector<std::string> without_help_verb(const CLI::App& app, std::vector<std::string> words) {
  if (words.empty() || words.front() != "help") return words;
  words.erase(words.begin());
  const auto verbs = app.get_subcommands(
      [&](const CLI::App* verb) { return !words.empty() && verb->get_name() == words.front(); });
  if (words.empty() || !verbs.empty()) words.emplace_back("--help");
  return words;
}

std::string meant_verb(const CLI::App& app, const std::string& written) {
  if (const auto note = note_on("", written); !note.empty()) return ": " + std::string(note);
  if (const auto verb = verb_for(written); !verb.empty())
    return ", did you mean " + base::quote(verb) + "?";
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands({})) {
    if (!verb->get_group().empty()) names.push_back(verb->get_name());
  }
  return base::suggestion(written, {names.begin(), names.end()});
}

/// What was meant by "--optin=x": an option that can stand there, or what other tools have; empty
/// if none is near.
std::string meant_option(const CLI::App& app, const CLI::App& verb, const std::string& written) {
  const CLI::Option* command = verb.get_option_no_throw("COMMAND");
  if (command != nullptr && command->count() > 0)
    return ": options of the container's command stand behind --";
  const std::string_view note = note_on(verb.get_name(), written);
  if (!note.empty()) return ": " + std::string(note);
  std::vector<std::string> names;
  for (const CLI::App* one : {&verb, &app}) {
    for (const CLI::Option* option : one->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  const std::string name = written.substr(0, written.find('='));
  const std::string_view near = base::nearest(name, {names.begin(), names.end()});
  return near.empty() ? "" : ", did you mean " + base::quote(near) + "?";
}

std::string with_help(const std::string& text, const std::string& command) {
  return text + (text.ends_with('?') ? " See " : ", see ") + command + " --help";
}

std::string unknown_word(const CLI::App& app, const std::string& word) {
  const auto verbs = app.get_subcommands();
  const bool is_option = word.size() > 1 && word.front() == '-';
  if (verbs.empty() && !is_option)
    return with_help("unknown verb " + base::quote(word) + meant_verb(app, word), "pinnace");
  const CLI::App& verb = verbs.empty() ? app : *verbs.front();
  const std::string command = verbs.empty() ? "pinnace" : "pinnace " + verb.get_name();
  if (!is_option) return with_help("one argument too many: " + base::quote(word), command);
  return with_help("unknown option " + base::quote(word) + meant_option(app, verb, word), command);
}

}  // namespace

void define_command_line(CLI::App& app, GlobalOptions& global, Invocation& invocation,
                         OptionsOf which) {
  app.name("pinnace");
  app.require_subcommand(1);
  app.fallthrough();
  define_global_options(app, global);
  take_one_value_each(app);
  for (const Verb& verb : all_verbs()) {
    CLI::App* const added = app.add_subcommand(verb.name, verb.description);
    if (std::string_view(verb.description).empty()) added->group("");
    const auto define = [added, &verb, &global, &invocation] {
      verb.define(*added, global, invocation);
      take_one_value_each(*added);
    };
    if (which == OptionsOf::all_verbs) {
      define();
    } else {
      added->preparse_callback([define](std::size_t) { define(); });
    }
  }
}

void parse_command_line(CLI::App& app, int argc, const char* const* argv) {
  auto words = without_help_verb(app, {argv + 1, argv + argc});
  const auto end = std::find(words.begin(), words.end(), "--");
  std::transform(words.begin(), end, words.begin(), without_equals);
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  app.parse(std::move(words));
}

std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  std::vector<std::string> unknown = app.remaining(true);
  std::erase(unknown, "--");
  const bool is_value = dynamic_cast<const CLI::ValidationError*>(&error) != nullptr ||
                        dynamic_cast<const CLI::ConversionError*>(&error) != nullptr;
  if (!is_value && !unknown.empty()) return unknown_word(app, unknown.front());
  const auto verbs = app.get_subcommands();
  const bool no_verb = verbs.empty() && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  std::string text = no_verb ? "no verb" + meant_verb(app, "") : error.what();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return with_help(text, verbs.empty() ? "pinnace" : "pinnace " + verbs.front()->get_name());
}

}  // namespace pinnace::cli
