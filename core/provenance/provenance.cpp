#include "provenance/provenance.hpp"

#include <utility>

#include "json/json.hpp"

namespace pinnace::provenance {

using nlohmann::json;

namespace {

json resource(const Material& material) {
  json made = json::object();
  if (!material.name.empty()) made["name"] = material.name;
  if (!material.uri.empty()) made["uri"] = material.uri;
  if (!material.digest.empty()) made["digest"] = material.digest;
  return made;
}

json source_of(const SourceRevision& source) {
  json made = {{"revision", source.revision}, {"dirty", source.is_dirty}};
  if (!source.repository.empty()) made["repository"] = source.repository;
  if (!source.directory.empty()) made["directory"] = source.directory;
  return made;
}

/// The repository first: it is what people look for.
json materials_of(const Build& build) {
  json list = json::array();
  if (build.source && !build.source->repository.empty())
    list.push_back(
        resource({"source", build.source->repository, {{"gitCommit", build.source->revision}}}));
  for (const Material& material : build.materials) list.push_back(resource(material));
  return list;
}

}  // namespace

json predicate_of(const Build& build) {
  json parameters = build.parameters;
  if (build.source) parameters["source"] = source_of(*build.source);
  json builder = {{"id", k_unnamed_builder}, {"version", {{"pinnace", PINNACE_VERSION}}}};
  // SLSA takes fields of others with their names in front.
  json metadata = {{"pinnace_completeness",
                    {{"resolvedDependencies", build.not_recorded.empty()},
                     {"notRecorded", build.not_recorded}}}};
  json internal = {{"encoder", build.encoder}};
  if (build.invocation) {
    const Invocation& invocation = *build.invocation;
    if (!invocation.builder.empty()) builder["id"] = invocation.builder;
    if (!invocation.url.empty()) metadata["invocationId"] = invocation.url;
    if (!invocation.job.empty()) internal["job"] = invocation.job;
    if (!invocation.build.empty()) internal["build"] = invocation.build;
  }
  return {{"buildDefinition",
           {{"buildType", k_build_type},
            {"externalParameters", std::move(parameters)},
            {"internalParameters", std::move(internal)},
            {"resolvedDependencies", materials_of(build)}}},
          {"runDetails", {{"builder", std::move(builder)}, {"metadata", std::move(metadata)}}}};
}

std::string statement(const std::string& name, const hash::Digest& digest,
                      const std::string& predicate_type, json predicate) {
  return pinnace::json::dump_ascii(
      {{"_type", "https://in-toto.io/Statement/v1"},
       {"subject",
        {{{"name", name},
          {"digest", {{std::string(hash::to_string(digest.algorithm())), digest.hex()}}}}}},
       {"predicateType", predicate_type},
       {"predicate", std::move(predicate)}});
}

}  // namespace pinnace::provenance
