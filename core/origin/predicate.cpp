#include "origin/predicate.hpp"

#include <utility>

#include "provenance/provenance.hpp"

namespace pinnace::origin {

using nlohmann::json;

namespace {

constexpr std::size_t k_max_inputs = 10'000;
constexpr std::size_t k_max_reasons = 1000;

/// The member, or null.
const json& member(const json& object, const char* name) {
  static const json k_null;
  if (!object.is_object()) return k_null;
  const auto found = object.find(name);
  return found == object.end() ? k_null : *found;
}

std::optional<std::string> text(const json& value) {
  if (!value.is_string()) return std::nullopt;
  return shown(value.get_ref<const std::string&>());
}

std::optional<bool> truth(const json& value) {
  if (!value.is_boolean()) return std::nullopt;
  return value.get<bool>();
}

/// SHA-256 before others: that is what else is known by.
std::string digest_of(const json& digests) {
  if (!digests.is_object() || digests.empty()) return {};
  const auto sha256 = digests.find("sha256");
  const auto one = sha256 == digests.end() ? digests.begin() : sha256;
  return shown(one.key()) + ":" + text(one.value()).value_or("");
}

Input input_of(const json& resource) {
  return {text(member(resource, "name")).value_or(""),
          text(member(resource, "uri")).value_or(""),
          digest_of(member(resource, "digest")),
          {},
          {}};
}

void add_source(Build& build, const json& source) {
  build.repository = text(member(source, "repository"));
  build.revision = text(member(source, "revision"));
  build.dirty = truth(member(source, "dirty"));
  if (build.revision) build.directory = text(member(source, "directory")).value_or("");
}

/// What others say: the first of the inputs that is a commit.
void add_first_commit(Build& build, const json& resources) {
  if (!resources.is_array()) return;
  for (const json& one : resources) {
    const json& digests = member(one, "digest");
    for (const char* name : {"gitCommit", "sha1"}) {
      build.revision = text(member(digests, name));
      if (!build.revision) continue;
      build.repository = text(member(one, "uri"));
      return;
    }
  }
}

/// Definition and lock have a file's name and no URI.
void name_files(Build& build, const json& parameters) {
  build.definition = text(member(parameters, "definition"));
  for (const Input& one : build.inputs) {
    if (one.uri.empty() && !one.name.empty() && one.name != build.definition)
      build.lock = build.lock.value_or(one.name);
  }
}

void add_inputs(Build& build, const json& resources) {
  if (!resources.is_array()) return;
  for (const json& one : resources) {
    if (build.inputs.size() == k_max_inputs) {
      build.not_recorded.push_back("inputs beyond the first " + std::to_string(k_max_inputs));
      return;
    }
    build.inputs.push_back(input_of(one));
  }
}

void add_completeness(Build& build, const json& said) {
  build.complete = truth(member(said, "resolvedDependencies"));
  const json& reasons = member(said, "notRecorded");
  if (!reasons.is_array()) return;
  for (const json& one : reasons) {
    if (build.not_recorded.size() == k_max_reasons) return;
    if (auto reason = text(one)) build.not_recorded.push_back(*std::move(reason));
  }
}

}  // namespace

Build build_of(const json& predicate, std::string where) {
  Build build;
  build.where = std::move(where);
  const json& definition = member(predicate, "buildDefinition");
  const json& run = member(predicate, "runDetails");
  const json& metadata = member(run, "metadata");
  const json& resources = member(definition, "resolvedDependencies");
  build.type = text(member(definition, "buildType")).value_or("");
  build.builder = text(member(member(run, "builder"), "id"));
  build.url = text(member(metadata, "invocationId"));
  add_inputs(build, resources);
  if (build.type != provenance::k_build_type) {
    add_first_commit(build, resources);
    return build;
  }
  if (build.builder == provenance::k_unnamed_builder) build.builder.reset();
  const json& parameters = member(definition, "externalParameters");
  const json& internal = member(definition, "internalParameters");
  build.job = text(member(internal, "job"));
  build.build = text(member(internal, "build"));
  add_source(build, member(parameters, "source"));
  name_files(build, parameters);
  add_completeness(build, member(metadata, "pinnace_completeness"));
  return build;
}

}  // namespace pinnace::origin
