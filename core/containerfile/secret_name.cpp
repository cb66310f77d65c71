#include "containerfile/secret_name.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "containerfile/text.hpp"

namespace pinnace::containerfile {

bool is_secret_name(std::string_view name) {
  static const std::set<std::string, std::less<>> k_words = {
      "apikey",   "auth",  "credential", "credentials", "key",
      "password", "pword", "passwd",     "secret",      "token"};
  bool secret = false;
  std::string_view rest = name;
  while (!rest.empty()) {
    const std::string word = lower(rest.substr(0, rest.find('_')));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (word == "public") return false;
    secret = secret || k_words.contains(word);
  }
  return secret;
}

}  // namespace pinnace::containerfile
