#include "jobs/build_request.hpp"

#include <algorithm>
#include <thread>

#include "base/error.hpp"
#include "yaml/suggest.hpp"

namespace pinnace::jobs {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::int64_t k_default_cache_size = std::int64_t{10} << 30;

layer::Modes read_modes(RequestReader& request) {
  const std::string text = request.optional_text("contextModes").value_or("normalize");
  if (text == "normalize") return layer::Modes::normalize;
  if (text == "keep") return layer::Modes::keep;
  throw Error(ErrorCode::invalid_input,
              "contextModes: expected \"normalize\" or \"keep\", got " + yaml::quote(text));
}

}  // namespace

std::uint64_t read_cache_size(RequestReader& request) {
  return static_cast<std::uint64_t>(
      request.optional_integer("cacheSize", 0, k_max_cache_size).value_or(k_default_cache_size));
}

BuildRequest::BuildRequest(RequestReader& request)
    : definition(request.text("definition")),
      context(request.optional_text("context")),
      lock(request.optional_text("lock")),
      locked(request.flag("locked")),
      plan(request.flag("plan")),
      check(request.flag("check")),
      target(request.optional_text("target")),
      arguments(request.variables("buildArgs")),
      labels(request.text_map("labels")),
      compression(request.optional_text("compression")),
      secrets(request.text_map("secrets")),
      ssh_agents(request.text_map("sshAgents")),
      sandbox(request) {
  // The last second of the year 9999, beyond which RFC 3339 has no name.
  source_date = request.optional_integer("sourceDateEpoch", 0, 253402300799);
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  threads = static_cast<unsigned>(request.optional_integer("threads", 1, 256).value_or(cores));
  for (const std::string& text : request.texts("platforms")) {
    platforms.push_back(oci::Platform::parse(text));
  }
  for (const std::string& text : request.texts("tags")) {
    tags.push_back(oci::parse_image_name(text));
  }
  no_cache = request.flag("noCache");
  for (const std::string& text : request.texts("cacheFrom"))
    cache_from.push_back(oci::parse_image_name(text));
  if (const auto text = request.optional_text("cacheTo")) cache_to = oci::parse_image_name(*text);
  cache_size = read_cache_size(request);
  verify_reproducible = request.flag("verifyReproducible");
  modes = read_modes(request);
  if (auto file = request.optional_text("metadata")) metadata = *std::move(file);
}

std::filesystem::path BuildRequest::lock_file() const {
  return lock ? std::filesystem::path(*lock) : default_lock_file(definition);
}

std::optional<lock::Lock> BuildRequest::load_lock() const {
  auto found = load_lock_if_present(lock_file());
  if (!found && lock)
    throw Error(ErrorCode::not_found, "the lock " + *lock + " is not there; pinnace pin writes " +
                                          std::string(lock::k_file_name) +
                                          " beside the definition");
  return found;
}

std::filesystem::path BuildRequest::context_directory() const {
  if (context) return *context;
  const std::filesystem::path directory = std::filesystem::path(definition).parent_path();
  return directory.empty() ? "." : directory;
}

namespace {

void check_holds(const ImageName& name, std::size_t platforms) {
  const auto* archive = std::get_if<ArchiveName>(&name);
  if (platforms < 2 || archive == nullptr || archive->format != oci::ArchiveFormat::docker) return;
  throw Error(ErrorCode::invalid_input,
              to_string(name) + " holds an image for one platform, and this build is for " +
                  std::to_string(platforms) + "; choose one by --platform");
}

}  // namespace

build::Targets open_targets(Access& access, const BuildRequest& request, std::size_t platforms) {
  std::vector<build::Target> targets;
  for (const ImageName& name : request.tags) {
    check_holds(name, platforms);
    const Located located = access.locate(name, Purpose::write);
    if (located.digest) {
      throw Error(ErrorCode::invalid_input, "the tag \"" + to_string(name) +
                                                "\" has a digest, which only the build can tell");
    }
    targets.push_back({located.store, located.tag.value_or("latest")});
  }
  if (targets.empty()) targets.push_back({access.local_images(), ""});
  return build::Targets(std::move(targets));
}

void check_encoder(const BuildRequest& request, const std::optional<lock::Lock>& lock,
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

lock::LockedImage find_input(const base::Context& context, Access& access,
                             const BuildRequest& request, const std::optional<lock::Lock>& lock,
                             const std::string& name, const yaml::Position& position,
                             Unpinned& unpinned) {
  if (const lock::LockedImage* locked = lock ? lock->find(name) : nullptr) return *locked;
  const ImageName parsed = base::with_context(
      [&] { return position.str(); }, [&] { return parse_base_name(name, request.definition); });
  if (!has_digest(parsed)) {
    unpinned.add(position.str() + ": " + name + " is not pinned in " +
                 request.lock_file().string() + ", run pinnace pin");
  }
  return for_base(position, name, [&] { return resolve_image(context, access, name, parsed); });
}

std::vector<oci::Platform> platforms_of(const lock::LockedImage& image) {
  std::vector<oci::Platform> platforms;
  for (const auto& [text, locked] : image.platforms)
    platforms.push_back(oci::Platform::parse(text));
  return platforms;
}

std::optional<build::BaseImage> image_for(const lock::LockedImage& image,
                                          const oci::Platform& wish) {
  const std::vector<oci::Platform> offered = platforms_of(image);
  const auto found = oci::choose_platform(wish, offered);
  if (!found) return std::nullopt;
  const lock::LockedManifest& locked =
      std::next(image.platforms.begin(), static_cast<std::ptrdiff_t>(*found))->second;
  return build::BaseImage{image.name,
                          {locked.media_type,
                           locked.digest,
                           locked.size,
                           offered[*found],
                           {},
                           {},
                           nlohmann::json::object()}};
}

}  // namespace pinnace::jobs
