#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/error.hpp"
#include "compress/compression.hpp"
#include "definition/definition.hpp"
#include "definition/lock_difference.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "frontend/planner.hpp"
#include "inputs/resolve.hpp"
#include "pinning/pin.hpp"
#include "userfile/output_file.hpp"
#include "userfile/passing_lock.hpp"

namespace pinnace::pinning {

json::Table<PinRequest> PinRequest::table() {
  return job::request_table<PinRequest>(
      "PinRequest", "Fixes every outside input of definitions by digest, in their locks.",
      {{"definitions", &PinRequest::definitions, "Files."},
       {"check", &PinRequest::check_only, "Whether nothing is written."},
       {"update", &PinRequest::update,
        "Whether what is pinned is resolved again: all, or names only."},
       {"names", &PinRequest::names, "Of inputs that are resolved again; empty: all."},
       {"environments",
        &PinRequest::environments,
        "File that says what env: names mean; null: the one that a definition names.",
        {.later = true}}});
}

json::Table<PinResult> PinResult::table() {
  return {"PinResult",
          "The locks.",
          {{"locks", &PinResult::locks, "One for each definition.", {.count = 1000}}}};
}

json::Table<PinResult::Lock> PinResult::Lock::table() {
  return {"PinResult.Lock",
          "A definition and its lock.",
          {{"definition", &Lock::definition, "File.", job::k_line},
           {"lock", &Lock::lock, "File.", job::k_line},
           {"changed", &Lock::changed, "Whether the lock was, or with check would be, written."},
           {"differences", &Lock::differences, "For people.", job::k_lines},
           {"images", &Lock::images, "All that it pins.", {.count = 1000}}}};
}

json::Table<PinResult::Image> PinResult::Image::table() {
  return {"PinResult.Image",
          "An image that a lock pins.",
          {{"name", &Image::name, "As definitions name it.", job::k_line},
           {"digest", &Image::digest, "Of the index or manifest.", json::k_digest}}};
}

namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

/// What a definition has from outside, and how its layers will be compressed.
struct Inputs {
  std::string compression = "gzip";
  std::vector<definition::NamedImage> images;
  std::optional<fs::path> environments = {};  ///< the file that it names
};

Inputs inputs_of(const fs::path& file) {
  if (containerfile::is_containerfile(file)) {
    const auto parsed = containerfile::load_containerfile(file);
    return {"gzip", frontend::images_of(parsed, {}, oci::Platform::parse("linux/amd64"))};
  }
  const definition::Definition definition = definition::load_definition(file);
  Inputs inputs{definition.compression.value_or("gzip"), {}};
  if (definition.base) inputs.images.push_back(*definition.base);
  if (definition.environments) inputs.environments = file.parent_path() / *definition.environments;
  return inputs;
}

/// Pins definitions one after another, in the locks of their directories.
class Pinning {
 public:
  Pinning(const PinRequest& request, const job::JobContext& job)
      : m_request(request),
        m_job(job),
        m_context(job.context),
        m_access(job.access(request.places(request.environments))) {}
  PinResult run();

 private:
  /// A lock, while the definitions of its directory are pinned one after another.
  struct Work {
    std::filesystem::path file;
    std::optional<definition::Lock> on_disk;
    std::optional<definition::Lock> lock = on_disk;
    std::set<std::string> definitions = {};  ///< names of files beside it that want something of it
    std::set<std::string> resolved = {};     ///< names of images
    std::string first = {};                  ///< the definition that was pinned before all others
  };
  struct Pinned {
    std::string definition;
    std::filesystem::path file;
    std::optional<definition::Lock> old;
    definition::Lock now;
    bool changed;
  };
  using Works = std::map<std::filesystem::path, Work>;
  std::vector<userfile::PassingLock> keep_others_out() const;
  Works open_locks() const;
  Pinned pin(Work& work, const std::string& file);
  void add_inputs(Work& work, const std::string& file, const Inputs& inputs, definition::Lock& now);
  static void keep_for_others(const Work& work, definition::Lock& now);
  static void check_encoder(const Work& work, const std::string& file, const std::string& encoder);
  places::Access& access_for(const Inputs& inputs);
  bool must_resolve(const std::string& name, const Work& work) const;
  void check_names() const;

  const PinRequest& m_request;
  const job::JobContext& m_job;
  const base::Context& m_context;
  places::Access m_access;
  std::unique_ptr<places::Access>
      m_own_access;                ///< with the environments of the definition at work
  std::set<std::string> m_inputs;  ///< names of images that the definitions want
};

bool Pinning::must_resolve(const std::string& name, const Work& work) const {
  if (!work.lock || work.lock->find(name) == nullptr) return true;
  if (!m_request.update || work.resolved.contains(name)) return false;
  return m_request.names.empty() ||
         std::find(m_request.names.begin(), m_request.names.end(), name) != m_request.names.end();
}

/// The same for all spellings of a lock.
fs::path key_of(const fs::path& lock) {
  return fs::weakly_canonical(fs::absolute(lock));
}

/// Those of these names that are files beside a lock.
std::vector<std::string> those_there(const fs::path& lock, const std::set<std::string>& names) {
  std::vector<std::string> there;
  for (const std::string& name : names) {
    if (files::is_file(lock.parent_path() / name)) there.push_back(name);
  }
  return there;
}

/// What the definitions beside a lock want.
std::set<std::string> wanted_of(const fs::path& lock, std::set<std::string> definitions) {
  definitions.insert(definition::k_default_names.begin(), definition::k_default_names.end());
  std::set<std::string> wanted;
  for (const std::string& name : those_there(lock, definitions)) {
    const Inputs inputs = base::with_context([&] { return lock.string() + " is for it, too"; },
                                             [&] { return inputs_of(lock.parent_path() / name); });
    for (const definition::NamedImage& image : inputs.images) wanted.insert(image.text);
  }
  return wanted;
}

/// Each reads a lock, resolves names, and replaces it: two at the same time would lose what the
/// first one added. All take the directories in one order.
std::vector<userfile::PassingLock> Pinning::keep_others_out() const {
  std::set<fs::path> directories;
  for (const std::string& file : m_request.definitions)
    directories.insert(key_of(inputs::default_lock_file(file)).parent_path());
  std::vector<userfile::PassingLock> held;
  for (const fs::path& directory : directories) held.emplace_back(m_context, directory);
  return held;
}

Pinning::Works Pinning::open_locks() const {
  Works works;
  for (const std::string& file : m_request.definitions) {
    const fs::path lock = inputs::default_lock_file(file);
    const auto [found, is_new] = works.try_emplace(key_of(lock), Work{lock, std::nullopt});
    Work& work = found->second;
    files::refuse_link_out(lock);
    // It is about to be written, and so may be a link to nothing.
    if (is_new && files::status_of_target(lock))
      work.on_disk = work.lock = inputs::load_lock_if_present(lock);
    work.definitions.insert(fs::path(file).filename());
    if (work.lock)
      work.definitions.insert(work.lock->definitions.begin(), work.lock->definitions.end());
  }
  return works;
}

void Pinning::check_encoder(const Work& work, const std::string& file, const std::string& encoder) {
  if (work.first.empty() || work.lock->encoder == encoder) return;
  throw Error(ErrorCode::invalid_input, file + " wants layers by the encoder " + encoder +
                                            ", and " + work.first + " by " + work.lock->encoder +
                                            "; their lock " + work.file.string() +
                                            " has one, expected one of them in another directory");
}

/// A definition may say itself what env: names mean.
places::Access& Pinning::access_for(const Inputs& inputs) {
  if (m_request.environments || !inputs.environments) return m_access;
  m_own_access = std::make_unique<places::Access>(m_context, m_request.places(inputs.environments),
                                                  m_job.credentials);
  return *m_own_access;
}

void Pinning::add_inputs(Work& work, const std::string& file, const Inputs& inputs,
                         definition::Lock& now) {
  places::Access& access = access_for(inputs);
  for (const definition::NamedImage& input : inputs.images) {
    m_inputs.insert(input.text);
    if (!must_resolve(input.text, work)) {
      now.images.push_back(*work.lock->find(input.text));
      if (m_request.check_only && !work.resolved.contains(input.text))
        inputs::for_base(input, [&] {
          inputs::check_locked(m_context, access, now.images.back(),
                               inputs::from_here(input, file));
        });
      continue;
    }
    now.images.push_back(inputs::for_base(input, [&] {
      return inputs::resolve_image(m_context, access, input.text, inputs::from_here(input, file));
    }));
    work.resolved.insert(input.text);
  }
}

/// Keeps the time that the lock has, and what only others of its definitions want. They are looked
/// at only if there is something of the kind.
void Pinning::keep_for_others(const Work& work, definition::Lock& now) {
  if (!work.lock) return;
  now.created = work.lock->created;
  std::vector<definition::LockedImage> rest;
  std::copy_if(
      work.lock->images.begin(), work.lock->images.end(), std::back_inserter(rest),
      [&](const definition::LockedImage& image) { return now.find(image.name) == nullptr; });
  if (rest.empty()) return;
  const auto wanted = wanted_of(work.file, work.definitions);
  std::copy_if(rest.begin(), rest.end(), std::back_inserter(now.images),
               [&](const definition::LockedImage& image) { return wanted.contains(image.name); });
}

Pinning::Pinned Pinning::pin(Work& work, const std::string& file) {
  const Inputs inputs = inputs_of(file);
  definition::Lock now;
  now.encoder = compress::Compression::parse(inputs.compression).encoder();
  check_encoder(work, file, now.encoder);
  add_inputs(work, file, inputs, now);
  keep_for_others(work, now);
  // As the lock has them: comparing with an old one looks at the order, too.
  std::sort(now.images.begin(), now.images.end(),
            [](const definition::LockedImage& a, const definition::LockedImage& b) {
              return a.name < b.name;
            });
  now.definitions = those_there(work.file, work.definitions);
  for (const std::string_view name : definition::k_default_names) std::erase(now.definitions, name);
  // What it is for is written down, and is no reason to call a lock incomplete.
  const bool is_same =
      work.lock && (m_request.check_only ? definition::compare_locks(*work.lock, now).empty()
                                         : *work.lock == now);
  Pinned pinned{file, work.file, work.lock, now, !is_same};
  work.lock = std::move(now);
  if (work.first.empty()) work.first = file;
  return pinned;
}

void Pinning::check_names() const {
  for (const std::string& name : m_request.names) {
    if (m_inputs.contains(name)) continue;
    throw Error(ErrorCode::invalid_input,
                "--update " + name + ": no definition has an input of that name");
  }
}

std::vector<PinResult::Image> describe(const definition::Lock& lock) {
  std::vector<PinResult::Image> images;
  for (const definition::LockedImage& image : lock.images)
    images.push_back({image.name, image.digest.str()});
  return images;
}

PinResult Pinning::run() {
  const auto held = m_request.check_only ? std::vector<userfile::PassingLock>() : keep_others_out();
  Works works = open_locks();
  std::vector<Pinned> all;
  for (const std::string& file : m_request.definitions)
    all.push_back(pin(works.at(key_of(inputs::default_lock_file(file))), file));
  check_names();
  for (const auto& [key, work] : works) {
    if (!m_request.check_only && work.lock != work.on_disk)
      userfile::write_output_file(m_context, work.file, definition::lock_text(*work.lock));
  }
  PinResult result;
  for (const Pinned& one : all) {
    result.locks.push_back(
        {one.definition, one.file.string(), one.changed,
         definition::compare_locks(one.old.value_or(definition::Lock{}), one.now).text(),
         describe(one.now)});
  }
  return result;
}

}  // namespace

PinResult perform(const PinRequest& request, const job::JobContext& job) {
  return Pinning(request, job).run();
}

}  // namespace pinnace::pinning
