#include "cli/other_tools.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace pinnace::cli {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 18> k_verbs = {
    {{"buildx", "build"},
     {"push", "copy"},
     {"pull", "copy"},
     {"tag", "copy"},
     {"save", "copy"},
     {"load", "copy"},
     {"cp", "copy"},
     {"sync", "copy"},
     {"images", "inspect"},
     {"digest", "inspect"},
     {"manifest", "inspect"},
     {"config", "inspect"},
     {"kill", "stop"},
     {"rm", "stop"},
     {"prune", "gc"},
     {"rmi", "gc"},
     {"lock", "pin"},
     {"deploy", "promote"}}};

struct Note {
  std::string_view verb;
  std::string_view words;  ///< each between blanks
  std::string_view text;
};

constexpr std::string_view k_credentials =
    "credentials are those of docker login, or of the file that $REGISTRY_AUTH_FILE names";
constexpr std::string_view k_plain_http =
    "plain http and authorities of one's own are said in registries.yaml";

constexpr std::array k_notes = {
    Note{"", " login logout ", k_credentials},
    Note{"", " exec attach start restart create ", "a container runs one program, by pinnace run"},
    Note{"", " version ", "pinnace --version says it"},
    Note{"build", " --push --output -o ", "-t with a registry's reference pushes"},
    Note{"build", " --load ", "-t docker-archive:FILE:NAME is for docker load -i FILE"},
    Note{"build", " --pull ", "pinnace pin --update resolves bases again"},
    Note{"build", " --iidfile --metadata-file ", "--metadata FILE has the digest"},
    Note{"build", " --progress --rm --force-rm ", "it needs none"},
    Note{"run", " --rm ", "nothing of a container is left without it"},
    Note{"run", " -i -t -it -ti --interactive --tty ",
         "a container has neither a terminal nor standard input"},
    Note{"run", " --name --restart ", "a container's name is the ID that --detach prints"},
    Note{"run", " --entrypoint ", "a command behind -- is given to the image's entry point"},
    Note{"run", " --env-file --mount ", "-e NAME=VALUE sets a variable, -v mounts a directory"},
    Note{"run", " -P --publish-all ", "-p PORT publishes one, at any free port"},
    Note{"copy", " --all -a ", "all platforms are copied without it"},
    Note{"copy", " --platform --override-arch --override-os ",
         "the image for one platform is copied by its digest, which pinnace inspect shows"},
    Note{"inspect", " --raw --config --format -f ", "--json prints all that is known"},
    Note{"ps", " -a --all ", "those that have ended are listed without it"},
    Note{"logs", " -f --follow --tail -n ", "all that was written so far is printed"},
    Note{"stop", " -f --force ", "--time 0 kills at once"},
    Note{"gc", " -f --force ", "it asks nothing"},
    Note{"gc", " -a ", "--all empties the local store"},
    Note{"",
         " --creds --src-creds --dest-creds --username --password -u --authfile --src-authfile "
         "--dest-authfile ",
         k_credentials},
    Note{"",
         " --tls-verify --src-tls-verify --dest-tls-verify --insecure --cert-dir "
         "--src-cert-dir --dest-cert-dir ",
         k_plain_http},
};

}  // namespace

std::string_view verb_for(std::string_view word) {
  const auto* const found = std::find_if(k_verbs.begin(), k_verbs.end(),
                                         [&](const auto& entry) { return entry.first == word; });
  return found == k_verbs.end() ? "" : found->second;
}

std::string_view note_on(std::string_view verb, std::string_view word) {
  const std::string wanted = " " + std::string(word.substr(0, word.find('='))) + " ";
  for (const std::string_view place : {verb, std::string_view()}) {
    for (const Note& note : k_notes) {
      if (note.verb == place && note.words.find(wanted) != std::string_view::npos) return note.text;
    }
  }
  return {};
}

}  // namespace pinnace::cli
