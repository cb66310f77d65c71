#include "provenance/source_revision.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "clone/git.hpp"
#include "files/look.hpp"
#include "process/process.hpp"
#include "source/remote_source.hpp"

namespace pinnace::provenance {

using base::Error;
using base::ErrorCode;
using clone::Git;

namespace {

/// Switches filters off that the clone's own settings have, not its user's: git runs them to see
/// what has changed.
std::vector<std::string> without_filters(const base::Context& context, const Git& git) {
  constexpr std::string_view k_filter = "filter.";
  const std::string said = git.run(context, {"config", "--null", "--show-scope", "--name-only",
                                             "--get-regexp", "^filter\\."})
                               .output;
  std::vector<std::string> options;
  // "SCOPE\0filter.NAME.KEY\0"
  for (std::size_t at = 0; at < said.size();) {
    const std::size_t scope_end = std::min(said.find('\0', at), said.size());
    const std::string scope = said.substr(at, scope_end - at);
    const std::size_t begin = std::min(scope_end + 1, said.size());
    const std::size_t end = std::min(said.find('\0', begin), said.size());
    const std::string key = said.substr(begin, end - begin);
    at = end + 1;
    if (scope != "local" && scope != "worktree") continue;
    const std::string name = key.substr(0, key.rfind('.'));
    if (name.size() <= k_filter.size() || name.find('=') != std::string::npos)
      throw Error(ErrorCode::denied, "the clone has settings of a filter " + base::quote(key));
    for (const char* off : {".clean=", ".process=", ".required=false"})
      options.insert(options.end(), {"-c", name + off});
  }
  return options;
}

/// Takes the first line off a text.
std::string take_line(std::string& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string line = text.substr(0, end);
  text.erase(0, std::min(end + 1, text.size()));
  return line;
}

bool is_dirty(const base::Context& context, const Git& git, const std::string& directory,
              const std::vector<std::string>& own) {
  std::vector<std::string> arguments = without_filters(context, git);
  for (const char* word : {"status", "--porcelain", "--ignore-submodules=dirty", "--", ":/"})
    arguments.emplace_back(word);
  for (const std::string& path : own)
    arguments.push_back(":(exclude,literal)" + (directory.empty() ? "" : directory + "/") + path);
  try {
    const process::Result said = git.run(context, arguments);
    return !said.succeeded() || !said.output.empty();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_input) throw;
    return true;  // more than fits
  }
}

std::optional<SourceRevision> ask(const base::Context& context, const Git& git,
                                  const std::string& directory,
                                  const std::vector<std::string>& own) {
  const process::Result said = git.run(context, {"rev-parse", "--verify", "HEAD"});
  if (!said.succeeded()) {
    const bool is_refused = said.error.find("dubious ownership") != std::string::npos;
    if (is_refused) context.log("the source's revision is not known: " + said.error);
    return std::nullopt;
  }
  SourceRevision source;
  std::string lines = said.output;
  source.directory = directory;
  source.revision = take_line(lines);
  if (!source::is_commit(source.revision)) return std::nullopt;
  std::string remote = git.run(context, {"config", "--get", "remote.origin.url"}).output;
  source.repository = repository_uri(take_line(remote));
  source.is_dirty = is_dirty(context, git, directory, own);
  return source;
}

}  // namespace

std::optional<SourceRevision> find_source(const base::Context& context,
                                          const std::filesystem::path& directory,
                                          const process::Environment& environment,
                                          const std::vector<std::string>& own) {
  try {
    const auto root = files::work_tree_of(directory);
    if (!root) return std::nullopt;
    const std::string below = std::filesystem::canonical(directory).lexically_relative(*root);
    const Git git(*root, environment, Git::Settings::of_user);
    return ask(context, git, below == "." ? "" : below, own);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    context.log("the source's revision is not known: " + std::string(error.what()));
    return std::nullopt;
  }
}

std::string repository_uri(std::string_view remote) {
  constexpr std::string_view k_own = "git+";
  const std::size_t end = remote.find("://");
  if (end != std::string_view::npos) {
    const std::string_view scheme = remote.substr(0, end);
    if (scheme != "https" && scheme != "http" && scheme != "ssh" && scheme != "git") return {};
    std::string_view rest = remote.substr(end + 3);
    const std::size_t host_end = std::min(rest.find_first_of("/?#"), rest.size());
    const std::size_t at = rest.substr(0, host_end).rfind('@');
    if (at != std::string_view::npos) rest.remove_prefix(at + 1);
    rest = rest.substr(0, rest.find_first_of("?#"));
    return std::string(k_own) + std::string(scheme) + "://" + std::string(rest);
  }
  // "user@host:path", as ssh has it; "C:\x" and "/x:y" are paths.
  const std::size_t colon = remote.find(':');
  const std::size_t at = remote.find('@');
  if (colon == std::string_view::npos || at == std::string_view::npos || at > colon ||
      remote.substr(0, colon).find('/') != std::string_view::npos)
    return {};
  std::string_view path = remote.substr(colon + 1);
  while (path.starts_with('/')) path.remove_prefix(1);
  return std::string(k_own) + "ssh://" + std::string(remote.substr(at + 1, colon - at - 1)) + "/" +
         std::string(path);
}

}  // namespace pinnace::provenance
