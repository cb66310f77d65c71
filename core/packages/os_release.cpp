#include "packages/os_release.hpp"

#include "packages/package.hpp"
#include "packages/paragraphs.hpp"

namespace pinnace::packages {

json::Table<OsRelease> OsRelease::table() {
  return {"OsRelease",
          "Which distribution an image is made of (os-release(5)).",
          {{"id", &OsRelease::id, "\"debian\"; empty: it does not say."},
           {"versionId", &OsRelease::version_id, "\"12\"; empty: it does not say."},
           {"prettyName", &OsRelease::pretty_name, "For people; empty: it does not say."}}};
}

namespace {

/// What a shell makes of a value without expansions: quotes go, "\" takes the next one as it is.
std::string unquoted(std::string_view value) {
  const char quote = !value.empty() && (value[0] == '"' || value[0] == '\'') ? value[0] : '\0';
  if (quote != '\0') value.remove_prefix(1);
  std::string text;
  for (std::size_t i = 0; i < value.size() && (quote == '\0' || value[i] != quote); ++i) {
    if (value[i] == '\\' && quote != '\'' && i + 1 < value.size()) ++i;
    text += value[i];
  }
  return text_of(text);
}

}  // namespace

OsRelease read_os_release(std::string_view text) {
  OsRelease os;
  while (!text.empty()) {
    const std::string_view line = trimmed(take_line(text));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || line.starts_with('#')) continue;
    const std::string_view name = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    if (name == "ID") os.id = unquoted(value);
    if (name == "VERSION_ID") os.version_id = unquoted(value);
    if (name == "PRETTY_NAME") os.pretty_name = unquoted(value);
  }
  return os;
}

}  // namespace pinnace::packages
