#include "source/remote_source.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "source/git_server.hpp"
#include "text/path.hpp"
#include "web/redact.hpp"
#include "web/url.hpp"

namespace pinnace::source {

using base::Error;
using base::ErrorCode;

namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_input, message);
}

bool is_web(std::string_view source) {
  return source.starts_with("http://") || source.starts_with("https://");
}

std::string_view without_fragment(std::string_view source) {
  return source.substr(0, source.find('#'));
}

bool is_git(std::string_view source) {
  if (!is_web(source)) return is_remote(source);
  const std::string_view place = without_fragment(source);
  return place.substr(0, place.find('?')).ends_with(".git");
}

/// What git takes for a branch, tag or commit, and for nothing else (git-check-ref-format(1)).
void check_reference(const std::string& reference) {
  const auto is_bad = [](unsigned char c) {
    return c <= ' ' || c == 0x7f ||
           std::string_view("~^:?*[\\").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (reference.starts_with('-') || reference.starts_with('+') ||
      reference.find("..") != std::string::npos ||
      std::any_of(reference.begin(), reference.end(), is_bad))
    refuse(base::quote(reference) + " can't be a branch, tag or commit");
}

void check_repository(const std::string& repository) {
  if (is_web(repository)) (void)web::origin_of(repository);  // refuses user info
  const auto is_bad = [](unsigned char c) { return c <= ' ' || c == 0x7f; };
  const std::size_t host = repository.find("://");
  const std::string_view place =
      std::string_view(repository).substr(host == std::string::npos ? 0 : host + 3);
  // ssh would take it for an option.
  if (place.starts_with('-') || place.find("@-") != std::string_view::npos ||
      repository.find('?') != std::string::npos ||
      std::any_of(repository.begin(), repository.end(), is_bad) || !git_server_of(repository))
    refuse(base::quote(web::redact_url(repository)) +
           " can't be a git repository; expected https://HOST/NAME.git#REF:DIRECTORY");
}

GitSource parse_git(const std::string& source) {
  GitSource git;
  git.repository = without_fragment(source);
  if (git.repository.size() < source.size()) {
    const std::string fragment = source.substr(git.repository.size() + 1);
    git.reference = fragment.substr(0, fragment.find(':'));
    if (git.reference.size() < fragment.size())
      git.directory = text::rooted_path(fragment.substr(git.reference.size() + 1));
  }
  check_repository(git.repository);
  check_reference(git.reference);
  return git;
}

}  // namespace

bool is_remote(std::string_view source) {
  return is_web(source) || source.starts_with("git://") || source.starts_with("ssh://") ||
         source.starts_with("git@");
}

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

RemoteSource parse_remote(const std::string& source, const std::optional<std::string>& checksum,
                          std::optional<bool> keep_git) {
  if (is_git(source)) {
    GitSource git = parse_git(source);
    git.keep_git = keep_git.value_or(false);
    if (checksum && !is_commit(*checksum))
      refuse("--checksum=" + *checksum + ": expected a commit of 40 or 64 hex digits");
    git.commit = checksum;
    return git;
  }
  if (keep_git) refuse("--keep-git-dir is for git repositories");
  UrlSource url;
  url.url = without_fragment(source);
  url.name = web::file_name_of(url.url);  // refuses what is no URL, and user info
  if (checksum)
    url.checksum = base::with_context([&] { return "--checksum=" + *checksum; },
                                      [&] { return hash::Digest::parse(*checksum); });
  return url;
}

bool is_pinned(const RemoteSource& source) {
  if (const auto* url = std::get_if<UrlSource>(&source)) return url->checksum.has_value();
  const auto& git = std::get<GitSource>(source);
  return git.commit.has_value() || is_commit(git.reference);
}

std::string describe(const RemoteSource& source) {
  if (const auto* url = std::get_if<UrlSource>(&source)) return web::redact_url(url->url);
  const auto& git = std::get<GitSource>(source);
  std::string text = web::redact_url(git.repository);
  if (!git.reference.empty() || !git.directory.empty()) text += "#" + git.reference;
  if (!git.directory.empty()) text += ":" + git.directory;
  return text;
}

}  // namespace pinnace::source
