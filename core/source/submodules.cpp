#include "source/submodules.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "text/path.hpp"

namespace pinnace::source {

namespace {

using base::Error;
using base::ErrorCode;

/// What .gitmodules says of one name.
struct Setting {
  std::string path;
  std::string url;
  std::string update;
};

/// The texts that NUL ends.
std::vector<std::string_view> records(std::string_view list) {
  std::vector<std::string_view> all;
  for (std::size_t end = 0; !list.empty(); list.remove_prefix(std::min(end + 1, list.size()))) {
    end = std::min(list.find('\0'), list.size());
    all.push_back(list.substr(0, end));
  }
  return all;
}

/// Git and we must not take different ones of several.
void set_once(std::string& value, std::string_view text, const std::string& what) {
  if (!value.empty())
    throw Error(ErrorCode::invalid_input,
                ".gitmodules has two values for " + base::quote(what) + ", expected one");
  value = text;
}

/// By their names: "submodule.NAME.path\nVALUE".
std::map<std::string, Setting> settings_of(std::string_view list) {
  constexpr std::string_view k_section = "submodule.";
  std::map<std::string, Setting> all;
  for (const std::string_view record : records(list)) {
    const std::size_t end = record.find('\n');
    const std::size_t dot = record.rfind('.', end);
    if (!record.starts_with(k_section) || end == std::string_view::npos || dot < k_section.size())
      continue;
    Setting& one = all[std::string(record.substr(k_section.size(), dot - k_section.size()))];
    const std::string_view key = record.substr(dot + 1, end - dot - 1);
    const std::string_view value = record.substr(end + 1);
    const std::string what(record.substr(0, end));
    if (key == "path") set_once(one.path, value, what);
    if (key == "url") set_once(one.url, value, what);
    if (key == "update") set_once(one.update, value, what);
  }
  return all;
}

/// Git has no such names in a tree; who makes one by hand means harm.
void check_path(const std::string& path) {
  const auto is_git = [](std::string_view part) {
    return part.size() == 4 && part[0] == '.' && (part[1] | 0x20) == 'g' &&
           (part[2] | 0x20) == 'i' && (part[3] | 0x20) == 't';
  };
  std::string_view rest = path;
  bool sound = text::relative_path(path, "the path of a submodule") == path;
  while (sound && !rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    sound = !is_git(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!sound)
    throw Error(ErrorCode::invalid_input,
                "the path of a submodule is " + base::quote(path) + ", which is none");
}

/// "../" away, and what it takes back of a URL; the sign that parts what is left from what follows.
char take_back(std::string& repository) {
  const std::size_t slash = repository.rfind('/');
  const std::size_t end = slash != std::string::npos ? slash : repository.rfind(':');
  if (end == std::string::npos)
    throw Error(ErrorCode::invalid_input, "a submodule's URL leads up out of the repository's");
  repository.erase(end);
  return slash != std::string::npos ? '/' : ':';
}

}  // namespace

std::string submodule_url(std::string_view repository, std::string_view url) {
  if (!url.starts_with("./") && !url.starts_with("../")) return std::string(url);
  std::string left(repository);
  if (left.ends_with('/')) left.pop_back();
  char sign = '/';
  for (;;) {
    if (url.starts_with("../")) {
      if (take_back(left) == ':') sign = ':';
      url.remove_prefix(3);
    } else if (url.starts_with("./")) {
      url.remove_prefix(2);
    } else {
      break;
    }
  }
  if (url.ends_with('/')) url.remove_suffix(1);
  return left + sign + std::string(url);
}

std::vector<Submodule> submodules_of(const std::vector<GitLink>& links, std::string_view settings,
                                     std::string_view repository) {
  const auto named = settings_of(settings);
  std::vector<Submodule> all;
  for (const GitLink& link : links) {
    check_path(link.path);
    const auto at_path = [&](const auto& one) { return one.second.path == link.path; };
    const auto found = std::find_if(named.begin(), named.end(), at_path);
    if (found == named.end() || found->second.url.empty())
      throw Error(ErrorCode::invalid_input,
                  ".gitmodules has no URL for the submodule at " + base::quote(link.path));
    if (std::find_if(std::next(found), named.end(), at_path) != named.end())
      throw Error(ErrorCode::invalid_input,
                  ".gitmodules has two names for the submodule at " + base::quote(link.path));
    if (found->second.update == "none") continue;
    all.push_back(
        {found->first, link.path, submodule_url(repository, found->second.url), link.commit});
  }
  return all;
}

}  // namespace pinnace::source
