#include "building/request.hpp"

#include <algorithm>
#include <thread>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/look.hpp"

namespace pinnace::building {

using base::Error;
using base::ErrorCode;

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
       {"sandbox",
        &BuildRequest::sandbox,
        "How RUN runs; null: the defaults.",
        {.nullable = true}}});
}

unsigned BuildRequest::thread_count() const {
  return threads.value_or(std::max(1U, std::thread::hardware_concurrency()));
}

std::filesystem::path BuildRequest::lock_file() const {
  return lock ? std::filesystem::path(*lock) : inputs::default_lock_file(definition);
}

std::optional<definition::Lock> BuildRequest::load_lock() const {
  if (!lock) files::refuse_link_out(lock_file());
  auto found = inputs::load_lock_if_present(lock_file());
  if (!found && lock)
    throw Error(ErrorCode::not_found, "the lock " + *lock + " is not there; pinnace pin writes " +
                                          std::string(definition::k_lock_file_name) +
                                          " beside the definition");
  return found;
}

std::filesystem::path BuildRequest::context_directory() const {
  if (context) return *context;
  const std::filesystem::path directory = std::filesystem::path(definition).parent_path();
  return directory.empty() ? "." : directory;
}

namespace {

void check_holds(const oci::ImageName& name, std::size_t platforms) {
  const auto* archive = std::get_if<oci::ArchiveName>(&name);
  if (platforms < 2 || archive == nullptr || archive->format != oci::ArchiveFormat::docker) return;
  throw Error(ErrorCode::invalid_input,
              to_string(name) + " holds an image for one platform, and this build is for " +
                  std::to_string(platforms) + "; choose one by --platform");
}

}  // namespace

output::Targets open_targets(places::Access& access, const BuildRequest& request,
                             std::size_t platforms) {
  std::vector<output::Target> targets;
  for (const oci::ImageName& name : request.tags) {
    check_holds(name, platforms);
    const places::Located located = access.locate(name, places::Purpose::write);
    if (located.digest) {
      throw Error(ErrorCode::invalid_input, "the tag \"" + to_string(name) +
                                                "\" has a digest, which only the build can tell");
    }
    targets.push_back({located.store, located.tag.value_or("latest")});
  }
  if (targets.empty()) targets.push_back({access.local_images(), ""});
  return output::Targets(std::move(targets));
}

void check_encoder(const BuildRequest& request, const std::optional<definition::Lock>& lock,
                   const compress::Compression& compression) {
  if (!lock || request.compression || lock->encoder == compression.encoder()) return;
  throw Error(ErrorCode::unsupported, request.lock_file().string() +
                                          " wants layers by the encoder " + lock->encoder +
                                          ", this build would use " + compression.encoder() +
                                          " and give another digest; run pinnace pin to accept it");
}

void Unpinned::add(std::string problem) {
  if (m_request.locked) throw Error(ErrorCode::invalid_input, problem);
  if (m_has_lock && !m_request.repeats) m_problems.push_back(std::move(problem));
}

void Unpinned::warn(const base::Context& context) const {
  std::string all;
  for (const std::string& problem : m_problems) all += (all.empty() ? "" : "; ") + problem;
  if (!all.empty()) context.warn(all);
}

definition::LockedImage find_input(const base::Context& context, places::Access& access,
                                   const BuildRequest& request,
                                   const std::optional<definition::Lock>& lock,
                                   const definition::NamedImage& image, Unpinned& unpinned) {
  if (const definition::LockedImage* locked = lock ? lock->find(image.text) : nullptr) {
    inputs::for_base(image, [&] {
      inputs::check_locked(context, access, *locked, inputs::from_here(image, request.definition));
    });
    return *locked;
  }
  if (!has_digest(image.name)) {
    unpinned.add(image.position.str() + ": " + image.text + " is not pinned in " +
                 request.lock_file().string() + ", run pinnace pin");
  }
  return inputs::for_base(image, [&] {
    return inputs::resolve_image(context, access, image.text,
                                 inputs::from_here(image, request.definition));
  });
}

}  // namespace pinnace::building
