#include "building/request.hpp"

#include <algorithm>
#include <thread>

namespace pinnace::building {

json::Table<BuildRequest> BuildRequest::table() {
  return job::request_table<BuildRequest>(
      "BuildRequest",
      "Builds an image from a definition (a pinnace.yaml or a Containerfile), and pushes it while "
      "it is made.",
      {{"definition", &BuildRequest::definition, "File."},
       {"context", &BuildRequest::context,
        "Directory of what the image gets; null: the definition's."},
       {"lock", &BuildRequest::lock, "File; null: pinnace.lock.json beside the definition."},
       {"locked", &BuildRequest::locked, "Whether what the lock does not pin is refused."},
       {"plan", &BuildRequest::plan, "Whether it is only said what would be built."},
       {"check", &BuildRequest::check_only, "Whether a Containerfile is only looked over."},
       {"target", &BuildRequest::target, "Stage of a Containerfile; null: the last one."},
       {"buildArgs",
        &BuildRequest::arguments,
        "For the ARGs of a Containerfile.",
        {.variables = true}},
       {"platforms", &BuildRequest::platforms, "Only these; empty: what the definition says."},
       {"tags", &BuildRequest::tags, "Where the image goes; empty: the local store."},
       {"labels", &BuildRequest::labels, "Added to the image's."},
       {"compression", &BuildRequest::compression, "Null: the definition's, else gzip."},
       {"sourceDateEpoch",
        &BuildRequest::source_date,
        "Seconds: the timestamps in the image; null: 0.",
        // The last second of the year 9999, beyond which RFC 3339 has no name.
        {.most = 253402300799}},
       {"threads",
        &BuildRequest::threads,
        "So many that compress; null: the cores.",
        {.least = 1, .most = 256}},
       {"noCache", &BuildRequest::no_cache, "Whether nothing is taken over from earlier builds."},
       {"cacheFrom", &BuildRequest::cache_from,
        "Caches that other builds wrote. Who can write one decides what is in the image."},
       {"cacheTo", &BuildRequest::cache_to,
        "Where this build's steps are written, too; null: nowhere."},
       {"cacheSize",
        &BuildRequest::cache_size,
        "Bytes that the machine's own cache may have; null: 10 GiB.",
        {.most = local::k_max_cache_size, .nullable = true}},
       {"verifyReproducible", &BuildRequest::verify_reproducible,
        "Whether it is built twice without cache, which fails with the first difference."},
       {"sbom",
        &BuildRequest::sbom,
        "Whether an SBOM is attached to the image in registries and layouts.",
        {.later = true}},
       {"provenance",
        &BuildRequest::provenance,
        "Whether it is attached there by whom and of what the image was made.",
        {.later = true}},
       {"invocation",
        &BuildRequest::invocation,
        "The job of a build server that this is, for the provenance; null: none.",
        {.later = true, .nullable = true}},
       {"contextModes",
        &BuildRequest::modes,
        "keep: modes of the context's files as they are on disk; null or normalize: what a umask "
        "may have caused is taken back.",
        {.later = true, .nullable = true}},
       {"environments",
        &BuildRequest::environments,
        "File with environments, into which nothing is written where they have rules; null: none.",
        {.later = true}},
       {"metadata",
        &BuildRequest::metadata,
        "File to which the caller writes the result: no part of the context; null: none.",
        {.later = true}},
       {"secrets", &BuildRequest::secrets,
        "For RUN --mount=type=secret: id to file:PATH or env:NAME."},
       {"sshAgents", &BuildRequest::ssh_agents,
        "For RUN --mount=type=ssh: id to the path of an agent's socket."},
       {"sandbox", &BuildRequest::sandbox, "How RUN runs; null: the defaults.", {.nullable = true}},
       {"loopback",
        &BuildRequest::loopback,
        "Which servers on this machine's loopback ADD may ask; null or named: those that "
        "registries.yaml names, all: all.",
        {.later = true, .nullable = true}}});
}

json::Table<BuildRequest::Invocation> BuildRequest::Invocation::table() {
  return {"BuildRequest.Invocation",
          "A build of a job of a build server; empty: not said.",
          {{"builder", &Invocation::builder, "URI of the server.", job::k_line},
           {"job", &Invocation::job, "Its name.", job::k_line},
           {"build", &Invocation::build, "Number of the build.", job::k_line},
           {"url", &Invocation::url, "Of the build.", job::k_line}}};
}

unsigned BuildRequest::thread_count() const {
  return threads.value_or(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace pinnace::building
