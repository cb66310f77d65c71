#include <cstdlib>
#include <memory>
#include <optional>
#include <sstream>

#include "base/error.hpp"
#include "base/look.hpp"
#include "base/output_file.hpp"
#include "invocation.hpp"
#include "jobs/build_request.hpp"
#include "sandbox_flags.hpp"

namespace pinnace::cli {

namespace {

using nlohmann::json;

struct Options {
  std::string file;
  std::string context;    ///< --context
  std::string directory;  ///< as docker build has it: the context, and where to look
  std::string lock;
  std::string metadata;
  std::string compression;
  std::vector<std::string> platforms;
  std::vector<std::string> tags;
  std::vector<std::string> labels;
  unsigned threads = 0;
  bool locked = false;
  bool plan = false;
  bool check = false;
  std::string target;
  std::vector<std::string> arguments;
  std::vector<std::string> secrets;
  std::vector<std::string> ssh_agents;
  SandboxFlags sandbox;
  bool no_cache = false;
  std::vector<std::string> cache_from;
  std::string cache_to;
  std::optional<std::uint64_t> cache_size;
  bool verify_reproducible = false;
  std::string context_modes;
};

/// $SOURCE_DATE_EPOCH (reproducible-builds.org), or null.
json source_date_epoch() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");  // NOLINT(concurrency-mt-unsafe)
  if (text == nullptr || *text == '\0') return nullptr;
  char* end = nullptr;
  const long long value = std::strtoll(text, &end, 10);
  if (*end != '\0' || value < 0) {
    throw base::Error(
        base::ErrorCode::invalid_input,
        "SOURCE_DATE_EPOCH: expected seconds since 1970, got \"" + std::string(text) + "\"");
  }
  return value;
}

/// NAME=VALUE, or NAME for the value that the environment has, if it has one.
json argument_map(const std::vector<std::string>& arguments) {
  json map = json::object();
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.find('=');
    if (equals == 0 || argument.empty()) {
      throw base::Error(base::ErrorCode::invalid_input,
                        "--build-arg: expected NAME=VALUE or NAME, got \"" + argument + "\"");
    }
    if (equals != std::string::npos) {
      map[argument.substr(0, equals)] = argument.substr(equals + 1);
    } else if (const char* value =
                   std::getenv(argument.c_str())) {  // NOLINT(concurrency-mt-unsafe)
      map[argument] = value;
    }
  }
  return map;
}

/// "id=ID,src=FILE" or "id=ID,env=NAME", as docker build has it.
json secret_map(const std::vector<std::string>& secrets) {
  json map = json::object();
  for (const std::string& secret : secrets) {
    std::map<std::string, std::string> fields;
    std::istringstream parts(secret);
    for (std::string part; std::getline(parts, part, ',');) {
      const std::size_t equals = part.find('=');
      if (equals != std::string::npos) fields[part.substr(0, equals)] = part.substr(equals + 1);
    }
    const std::string id = fields["id"];
    const std::string file = fields["src"] + fields["source"];
    if (id.empty() || (fields["env"].empty() && fields["type"] == "env"))
      throw base::Error(base::ErrorCode::invalid_input,
                        "--secret: expected id=ID,src=FILE or id=ID,env=NAME");
    if (!file.empty()) {
      map[id] = "file:" + file;
    } else {
      map[id] = "env:" + (fields["env"].empty() ? id : fields["env"]);
    }
  }
  return map;
}

/// "default", or "ID=SOCKET".
json agent_map(const std::vector<std::string>& agents) {
  json map = json::object();
  for (const std::string& agent : agents) {
    const std::size_t equals = agent.find('=');
    const char* own = std::getenv("SSH_AUTH_SOCK");  // NOLINT(concurrency-mt-unsafe)
    if (equals == std::string::npos && (own == nullptr || *own == '\0'))
      throw base::Error(base::ErrorCode::invalid_input,
                        "--ssh " + agent + ": SSH_AUTH_SOCK is not set; say " + agent + "=SOCKET");
    map[agent.substr(0, equals)] = equals == std::string::npos ? own : agent.substr(equals + 1);
  }
  return map;
}

/// Throws invalid_input for a word that was meant as something else.
void check_directory(const Options& options) {
  if (options.file == "-" || options.directory == "-" || options.context == "-")
    throw base::Error(base::ErrorCode::invalid_input,
                      "\"-\": neither a definition nor a context is read from standard input, "
                      "expected a file behind -f and a directory as the context");
  if (options.directory.empty()) return;
  const std::string quoted = "\"" + options.directory + "\"";
  if (!options.context.empty())
    throw base::Error(base::ErrorCode::invalid_input, "the context is given twice: " + quoted +
                                                          " and --context " + options.context);
  if (!base::is_directory(options.directory))
    throw base::Error(base::ErrorCode::invalid_input,
                      quoted +
                          " is no directory, expected the context; a definition is named by -f, "
                          "and every tag by a -t of its own");
}

json request_of(const Options& options, const std::string& environments,
                const GlobalOptions& global) {
  check_directory(options);
  json request = new_request(global);
  request["definition"] =
      options.file.empty() ? default_definition(options.directory) : options.file;
  request["context"] =
      text_or_null(options.directory.empty() ? options.context : options.directory);
  request["lock"] = text_or_null(options.lock);
  request["locked"] = options.locked;
  request["plan"] = options.plan;
  request["check"] = options.check;
  request["target"] = text_or_null(options.target);
  request["buildArgs"] = argument_map(options.arguments);
  request["platforms"] = options.platforms;
  request["tags"] = options.tags;
  request["labels"] = pair_map("--label", "KEY=VALUE", options.labels);
  request["compression"] = text_or_null(options.compression);
  request["sourceDateEpoch"] = source_date_epoch();
  request["secrets"] = secret_map(options.secrets);
  request["sshAgents"] = agent_map(options.ssh_agents);
  request["sandbox"] = options.sandbox.request();
  request["threads"] = options.threads == 0 ? json(nullptr) : json(options.threads);
  request["noCache"] = options.no_cache;
  request["cacheFrom"] = options.cache_from;
  request["cacheTo"] = text_or_null(options.cache_to);
  request["cacheSize"] = options.cache_size ? json(*options.cache_size) : json(nullptr);
  request["verifyReproducible"] = options.verify_reproducible;
  request["contextModes"] = text_or_null(options.context_modes);
  request["environments"] = text_or_null(environments);
  request["metadata"] = text_or_null(options.metadata);
  return request;
}

void keep(const Options& options, const json& result) {
  if (options.plan || options.check || options.metadata.empty()) return;
  base::write_output_file(options.metadata, result.dump(2) + '\n');
}

std::vector<std::string> present(const Options& options, const json& result) {
  if (options.plan) return lines_of(result.at("plan"));
  if (options.check) return {"findings: " + std::to_string(result.at("findings").size())};
  return {result.at("digest")};
}

}  // namespace

namespace {

void add_cache_options(CLI::App& verb, Options& options) {
  verb.add_flag("--no-cache", options.no_cache, "Take nothing over from earlier builds")
      ->group("Cache");
  verb.add_option(
          "--cache-from", options.cache_from,
          "Build cache to take steps from, written by --cache-to (may be repeated); whoever "
          "can write there decides what is in the image")
      ->group("Cache");
  verb.add_option("--cache-to", options.cache_to,
                  "Also write this build's steps to a registry reference or oci:DIR[:tag]")
      ->group("Cache");
  verb.add_option(
          "--cache-size", options.cache_size,
          "What this machine's build cache may have, as 500MB or 20GiB (default: 10GiB); what "
          "was not used for the longest time goes first")
      ->transform(size_between(0, jobs::k_max_cache_size))
      ->group("Cache");
  verb.add_flag(
      "--verify-reproducible", options.verify_reproducible,
      "Build twice without cache; exit 1 and name the first file and byte that differ, or "
      "put the image where -t says");
}

}  // namespace

void add_build(CLI::App& app, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("build", "Build an image from a definition and push it while it is made");
  verb->footer(
      "CONTEXT is the directory of the files, and where the definition is looked for without -f.\n"
      "The last line of stdout is the digest. Without -t the image goes to the local store,\n"
      "and pinnace run, copy, inspect and promote take that digest.\n"
      "SOURCE_DATE_EPOCH sets the timestamps in the image; without it files have 1970-01-01, and\n"
      "the image has the time of its base.\n\n"
      "Examples:\n"
      "  pinnace build -t oci:out:1.0\n"
      "  pinnace build -t registry.test/shop/web:17 -t registry.test/shop/web:latest .\n"
      "  pinnace build -f shop/pinnace.yaml -t registry.test/shop/web:17 --metadata image.json\n"
      "  pinnace build -t docker-archive:web.tar:shop/web:17; docker load -i web.tar\n"
      "  pinnace build -f Containerfile --target web --build-arg VERSION=17 -t oci:out:17");
  verb->add_option("CONTEXT", options->directory,
                   "Directory of the files; the definition is looked for in it");
  verb->add_option("-f,--file", options->file,
                   "Definition: a pinnace.yaml, or a Containerfile (default: the first of "
                   "pinnace.yaml, Containerfile and Dockerfile in CONTEXT, or here without one)");
  verb->add_option("--context", options->context,
                   "Directory of the files (default: the definition's); a definition is not looked "
                   "for there");
  verb->add_option("--context-modes", options->context_modes,
                   "Modes of the context's files: normalize takes back what a umask may have "
                   "caused, keep takes them as they are on disk (default: normalize)")
      ->check(CLI::IsMember({"normalize", "keep"}));
  verb->add_option("--lock", options->lock,
                   "Lock file (default: pinnace.lock.json beside the definition)");
  verb->add_flag("--locked", options->locked, "Refuse inputs that the lock does not pin");
  verb->add_option("--platform", options->platforms, "Only this platform (may be repeated)")
      ->delimiter(',');
  verb->add_option("-t,--tag", options->tags,
                   "Where the image goes: a registry reference, oci:DIR[:tag], "
                   "oci-archive:FILE[:tag] or docker-archive:FILE[:name:tag] (may be repeated)");
  verb->add_option("--label", options->labels, "KEY=VALUE, a label of the image (may be repeated)");
  verb->add_option(
      "--compression", options->compression,
      "gzip, gzip:balanced, zstd, zstd:balanced or none (default: the definition's, else gzip)");
  verb->add_option("--threads", options->threads,
                   "Threads that compress (default: the cores); never changes the digest")
      ->check(CLI::Range(1, 256));
  verb->add_option("--target", options->target,
                   "Stage of a Containerfile to build (default: the last one)");
  verb->add_option("--build-arg", options->arguments,
                   "NAME=VALUE for an ARG of a Containerfile (may be repeated)");
  verb->add_option(
      "--secret", options->secrets,
      "id=ID,src=FILE or id=ID,env=NAME for RUN --mount=type=secret (may be repeated)");
  verb->add_option("--ssh", options->ssh_agents,
                   "default or ID=SOCKET for RUN --mount=type=ssh (may be repeated)");
  const auto environments = add_environments(
      *verb, "Where rules for places of images are; what has rules there is not written");
  options->sandbox.add_to(*verb);
  verb->add_flag("--check", options->check,
                 "Only look a Containerfile over for mistakes; exit 1 if there are findings");
  add_cache_options(*verb, *options);
  verb->add_option("--metadata", options->metadata, "Also write the JSON result to this file");
  verb->add_flag("--plan", options->plan, "Print what would be built, and build nothing");
  verb->callback([options, environments, &global, &invocation] {
    invocation = {
        "build", request_of(*options, *environments, global),
        [options](const json& result) { return present(*options, result); },
        [options](const json& result) { return !options->check || result.at("findings").empty(); }};
    invocation.keep = [options](const json& result) { keep(*options, result); };
  });
}

}  // namespace pinnace::cli
