#include <cstdlib>
#include <memory>
#include <optional>
#include <sstream>

#include "base/error.hpp"
#include "building/request.hpp"
#include "cli/images/verbs.hpp"
#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "cli/options/sandbox_flags.hpp"
#include "files/look.hpp"
#include "userfile/output_file.hpp"

namespace pinnace::cli {

namespace {

using Map = std::map<std::string, std::string>;

struct Options {
  building::BuildRequest request;
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
  std::string target;
  std::vector<std::string> arguments;
  std::vector<std::string> secrets;
  std::vector<std::string> ssh_agents;
  SandboxFlags sandbox;
  std::vector<std::string> cache_from;
  std::string cache_to;
  std::string context_modes;
  std::string loopback = "all";
  bool no_attest = false;
};

/// $SOURCE_DATE_EPOCH (reproducible-builds.org), if it is set.
std::optional<std::int64_t> source_date_epoch() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");  // NOLINT(concurrency-mt-unsafe)
  if (text == nullptr || *text == '\0') return std::nullopt;
  char* end = nullptr;
  const long long value = std::strtoll(text, &end, 10);
  if (*end != '\0' || value < 0) {
    throw base::Error(
        base::ErrorCode::invalid_input,
        "SOURCE_DATE_EPOCH: expected seconds since 1970, got \"" + std::string(text) + "\"");
  }
  return value;
}

/// A variable of the environment; empty if it is not set.
std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

/// What Jenkins tells the programs that a build runs.
building::BuildRequest::Invocation invocation_of_jenkins() {
  if (variable("JENKINS_URL").empty()) return {};
  return {variable("JENKINS_URL"), variable("JOB_NAME"), variable("BUILD_NUMBER"),
          variable("BUILD_URL")};
}

/// NAME=VALUE, or NAME for the value that the environment has, if it has one.
Map argument_map(const std::vector<std::string>& arguments) {
  Map map;
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
Map secret_map(const std::vector<std::string>& secrets) {
  Map map;
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
Map agent_map(const std::vector<std::string>& agents) {
  Map map;
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
  if (!files::is_directory(options.directory))
    throw base::Error(base::ErrorCode::invalid_input,
                      quoted +
                          " is no directory, expected the context; a definition is named by -f, "
                          "and every tag by a -t of its own");
}

std::vector<oci::ImageName> names_of(const std::vector<std::string>& texts) {
  std::vector<oci::ImageName> names;
  for (const std::string& text : texts) names.push_back(oci::parse_image_name(text));
  return names;
}

building::BuildRequest request_of(const Options& options, const std::string& environments,
                                  const GlobalOptions& global) {
  check_directory(options);
  building::BuildRequest request = options.request;
  add_common(request, global);
  request.definition = options.file.empty() ? default_definition(options.directory) : options.file;
  request.context = if_given(options.directory.empty() ? options.context : options.directory);
  request.lock = if_given(options.lock);
  request.target = if_given(options.target);
  request.arguments = argument_map(options.arguments);
  for (const std::string& text : options.platforms)
    request.platforms.push_back(oci::Platform::parse(text));
  request.tags = names_of(options.tags);
  request.labels = pair_map("--label", "KEY=VALUE", options.labels);
  request.compression = if_given(options.compression);
  request.source_date = source_date_epoch();
  request.secrets = secret_map(options.secrets);
  request.ssh_agents = agent_map(options.ssh_agents);
  request.sandbox = options.sandbox.request();
  if (options.threads != 0) request.threads = options.threads;
  request.cache_from = names_of(options.cache_from);
  if (!options.cache_to.empty()) request.cache_to = oci::parse_image_name(options.cache_to);
  if (!options.context_modes.empty())
    request.modes = json::value_named<tree::Modes>(options.context_modes).value();
  request.loopback = json::value_named<places::Loopback>(options.loopback).value();
  request.environments = if_given(environments);
  request.metadata = if_given(options.metadata);
  request.invocation = invocation_of_jenkins();
  if (options.no_attest) request.sbom = request.provenance = false;
  return request;
}

void keep(const Options& options, const building::BuildResult& result) {
  if (options.request.plan || options.request.check_only || options.metadata.empty()) return;
  constexpr auto k_replace = nlohmann::json::error_handler_t::replace;
  userfile::write_output_file({}, options.metadata,
                              json::write(result).dump(2, ' ', false, k_replace) + '\n');
}

std::vector<std::string> lines_for(const Options& options, const building::BuildResult& result) {
  if (options.request.plan) return lines_of(result.plan.value());
  if (options.request.check_only) return {"findings: " + std::to_string(result.findings.size())};
  return {result.digest.value()};
}

}  // namespace

namespace {

void add_cache_options(CLI::App& verb, Options& options) {
  verb.add_flag("--no-cache", options.request.no_cache, "Take nothing over from earlier builds")
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
          "--cache-size", options.request.cache_size,
          "What this machine's build cache may have, as 500MB or 20GiB (default: 10GiB); what "
          "was not used for the longest time goes first")
      ->transform(size_between(0, local::k_max_cache_size))
      ->group("Cache");
  verb.add_flag(
      "--verify-reproducible", options.request.verify_reproducible,
      "Build twice without cache; exit 1 and name the first file and byte that differ, or "
      "put the image where -t says");
}

}  // namespace

namespace {

void add_attestation_options(CLI::App& verb, Options& options) {
  if (!variable("PINNACE_NO_DEFAULT_ATTESTATIONS").empty())
    options.request.sbom = options.request.provenance = false;
  verb.add_flag(
          "--sbom", options.request.sbom,
          "Attach an SBOM to the image in registries and layouts (default: true; --sbom=false "
          "does not)")
      ->group("Attestations");
  verb.add_flag(
          "--provenance", options.request.provenance,
          "Attach by whom and of what it was made (default: true; --provenance=false does not)")
      ->group("Attestations");
  verb.add_flag(
          "--no-attest", options.no_attest,
          "Attach neither; PINNACE_NO_DEFAULT_ATTESTATIONS=1 in the environment does so where "
          "no option says otherwise")
      ->group("Attestations");
}

}  // namespace

void define_build(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  verb.footer(
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
  verb.add_option("CONTEXT", options->directory,
                  "Directory of the files; the definition is looked for in it");
  verb.add_option("-f,--file", options->file,
                  "Definition: a pinnace.yaml, or a Containerfile (default: the first of "
                  "pinnace.yaml, Containerfile and Dockerfile in CONTEXT, or here without one)");
  verb.add_option("--context", options->context,
                  "Directory of the files (default: the definition's); a definition is not looked "
                  "for there");
  verb.add_option("--context-modes", options->context_modes,
                  "Modes of the context's files: normalize takes back what a umask may have "
                  "caused, keep takes them as they are on disk (default: normalize)")
      ->check(CLI::IsMember(json::names_of<tree::Modes>()));
  verb.add_option("--lock", options->lock,
                  "Lock file (default: pinnace.lock.json beside the definition)");
  verb.add_flag("--locked", options->request.locked, "Refuse inputs that the lock does not pin");
  verb.add_option("--platform", options->platforms, "Only this platform (may be repeated)")
      ->delimiter(',');
  verb.add_option("-t,--tag", options->tags,
                  "Where the image goes: a registry reference, oci:DIR[:tag], "
                  "oci-archive:FILE[:tag] or docker-archive:FILE[:name:tag] (may be repeated)");
  verb.add_option("--label", options->labels, "KEY=VALUE, a label of the image (may be repeated)");
  verb.add_option(
      "--compression", options->compression,
      "gzip, gzip:balanced, zstd, zstd:balanced or none (default: the definition's, else gzip)");
  verb.add_option("--threads", options->threads,
                  "Threads that compress (default: the cores); never changes the digest")
      ->check(CLI::Range(1, 256));
  verb.add_option("--target", options->target,
                  "Stage of a Containerfile to build (default: the last one)");
  verb.add_option("--build-arg", options->arguments,
                  "NAME=VALUE for an ARG of a Containerfile (may be repeated)");
  verb.add_option("--secret", options->secrets,
                  "id=ID,src=FILE or id=ID,env=NAME for RUN --mount=type=secret (may be repeated)");
  verb.add_option("--loopback", options->loopback,
                  "Which servers on this machine's loopback ADD may ask: all, or named for those "
                  "that registries.yaml names; a Containerfile of strangers needs none of yours "
                  "(default: all)")
      ->check(CLI::IsMember(json::names_of<places::Loopback>()));
  verb.add_option("--ssh", options->ssh_agents,
                  "default or ID=SOCKET for RUN --mount=type=ssh (may be repeated)");
  const auto environments = add_environments(
      verb, "Where rules for places of images are; what has rules there is not written");
  options->sandbox.add_to(verb);
  verb.add_flag("--check", options->request.check_only,
                "Only look a Containerfile over for mistakes; exit 1 if there are findings");
  add_cache_options(verb, *options);
  add_attestation_options(verb, *options);
  verb.add_option("--metadata", options->metadata, "Also write the JSON result to this file");
  verb.add_flag("--plan", options->request.plan, "Print what would be built, and build nothing");
  verb.callback([options, environments, &global, &invocation] {
    using Result = building::BuildResult;
    invocation =
        job_invocation(request_of(*options, *environments, global),
                       {[options](const Result& result) { return lines_for(*options, result); },
                        [options](const Result& result) {
                          return options->request.check_only && !result.findings.empty() ? 1 : 0;
                        },
                        [options](const Result& result) { keep(*options, result); }});
  });
}

}  // namespace pinnace::cli
